//! Phase II: items become a tree (docs/specs/watch-language.md, 4).

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "the few arms that matter are named; every other kind is answered alike"
)]

use super::error::{Code, Fault, Span};
use super::field::Field;
use super::lex::{Item, Token};
use super::read;
use super::tree::{Kind, Name, NearStep, Node};
use crate::token::Break;

/// How deep brackets, fields, exclusions and counts may be nested.
const DEEPEST: usize = 200;

/// A tree, and the faults of meaning met while values were read.
#[derive(Debug)]
pub(crate) struct Grown {
    pub(crate) tree: Node,
    pub(crate) faults: Vec<Fault>,
}

/// Makes the tree; `length` is that of the watch in code points.
pub(crate) fn tree(items: &[Item], length: usize) -> Result<Grown, Fault> {
    if items.is_empty() {
        return Err(Fault::new(Code::EmptyQuery, Span::new(0, length)));
    }
    let mut parser = Parser {
        items,
        at: 0,
        depth: 0,
        faults: Vec::new(),
    };
    let tree = parser.any(Inside::Words)?;
    match parser.peek() {
        Some(item) => Err(Fault::new(Code::StrayComma, item.span)),
        None => Ok(Grown {
            tree,
            faults: parser.faults,
        }),
    }
}

/// Where a part stands: it decides what a primary is.
#[derive(Clone, Copy)]
enum Inside {
    Words,
    /// The brackets of a value or number field.
    Field(Field),
}

struct Parser<'i> {
    items: &'i [Item],
    at: usize,
    depth: usize,
    faults: Vec<Fault>,
}

impl<'i> Parser<'i> {
    fn peek(&self) -> Option<&'i Item> {
        self.items.get(self.at)
    }

    fn token(&self, ahead: usize) -> Option<&'i Token> {
        self.items.get(self.at + ahead).map(|item| &item.token)
    }

    fn before(&self) -> Option<&'i Item> {
        self.at.checked_sub(1).and_then(|at| self.items.get(at))
    }

    fn deeper(&mut self, span: Span) -> Result<(), Fault> {
        self.depth += 1;
        if self.depth > DEEPEST {
            Err(Fault::new(Code::TooDeep, span))
        } else {
            Ok(())
        }
    }

    fn any(&mut self, inside: Inside) -> Result<Node, Fault> {
        let mut sides = vec![self.all(inside)?];
        while matches!(self.token(0), Some(Token::Or)) {
            self.at += 1;
            sides.push(self.all(inside)?);
        }
        Ok(joined(sides, Kind::Any))
    }

    fn all(&mut self, inside: Inside) -> Result<Node, Fault> {
        let mut sides = vec![self.not(inside)?];
        loop {
            match self.token(0) {
                Some(Token::And) => self.at += 1,
                Some(Token::Or | Token::Close | Token::Comma) | None => break,
                Some(_) => {}
            }
            sides.push(self.not(inside)?);
        }
        Ok(joined(sides, Kind::All))
    }

    fn not(&mut self, inside: Inside) -> Result<Node, Fault> {
        let Some(Item {
            token: Token::Not,
            span,
        }) = self.peek()
        else {
            return self.scope(inside);
        };
        self.deeper(*span)?;
        self.at += 1;
        let denied = self.not(inside)?;
        self.depth -= 1;
        Ok(negation(*span, denied))
    }

    fn scope(&mut self, inside: Inside) -> Result<Node, Fault> {
        let mut left = self.near(inside)?;
        let mut chain: Option<(Break, Vec<Node>)> = None;
        let mut switches = 0;
        loop {
            let negated = matches!(self.token(0), Some(Token::Not));
            let Some(Token::Piece(piece)) = self.token(usize::from(negated)) else {
                break;
            };
            let operator = self.peek().map(|item| item.span).unwrap_or_default();
            self.at += 1 + usize::from(negated);
            let right = self.near(inside)?;
            let right = if negated {
                negation(operator, right)
            } else {
                right
            };
            match &mut chain {
                Some((kind, sides)) if kind == piece => sides.push(right),
                _ => {
                    switches += 1;
                    if switches > DEEPEST {
                        return Err(Fault::new(Code::TooDeep, operator));
                    }
                    if let Some((kind, sides)) = chain.take() {
                        left = chained(kind, sides);
                    }
                    chain = Some((*piece, vec![left.clone(), right]));
                }
            }
        }
        Ok(chain.map_or(left, |(kind, sides)| chained(kind, sides)))
    }

    fn near(&mut self, inside: Inside) -> Result<Node, Fault> {
        let first = self.unary(inside)?;
        let mut steps = Vec::new();
        loop {
            let negated = matches!(self.token(0), Some(Token::Not));
            let Some(Token::Near(near)) = self.token(usize::from(negated)) else {
                break;
            };
            self.at += 1 + usize::from(negated);
            self.refuse_not()?;
            let mut near = *near;
            near.negated = negated;
            steps.push(NearStep {
                near,
                side: self.unary(inside)?,
            });
        }
        let Some(last) = steps.last() else {
            return Ok(first);
        };
        let span = first.outer.to(last.side.outer);
        Ok(Node {
            kind: Kind::Near(Box::new(first), steps),
            span,
            outer: span,
        })
    }

    /// NOT cannot stand directly after NEAR or `atleast`.
    fn refuse_not(&self) -> Result<(), Fault> {
        match self.peek() {
            Some(Item {
                token: Token::Not,
                span,
            }) => Err(Fault::new(Code::NotInNear, *span)),
            _ => Ok(()),
        }
    }

    fn unary(&mut self, inside: Inside) -> Result<Node, Fault> {
        let Some(Item { token, span }) = self.peek() else {
            return Err(self.missing_operand());
        };
        match token {
            Token::Minus => {
                self.deeper(*span)?;
                self.at += 1;
                let denied = self.unary(inside)?;
                self.depth -= 1;
                Ok(negation(*span, denied))
            }
            Token::AtLeast(count) => {
                self.deeper(*span)?;
                self.at += 1;
                self.refuse_not()?;
                let body = self.unary(inside)?;
                self.depth -= 1;
                let whole = span.to(body.outer);
                Ok(Node {
                    kind: Kind::AtLeast(*count, Box::new(body)),
                    span: whole,
                    outer: whole,
                })
            }
            Token::Of(count) => {
                self.deeper(*span)?;
                self.at += 1;
                let bag = self.bag(*count, *span)?;
                self.depth -= 1;
                Ok(bag)
            }
            _ => self.primary(inside),
        }
    }

    fn bag(&mut self, count: u32, span: Span) -> Result<Node, Fault> {
        let Some(opening) = self.peek() else {
            return Err(self.missing_operand());
        };
        self.at += 1;
        if let Token::Field(Field::List) = opening.token {
            let (name, end) = self.name()?;
            let list = Name {
                name,
                span: opening.span.to(end),
            };
            let whole = span.to(end);
            return Ok(Node {
                kind: Kind::OfList(count, list),
                span: whole,
                outer: whole,
            });
        }
        self.refuse_empty(opening.span)?;
        let mut items = vec![self.any(Inside::Words)?];
        while matches!(self.token(0), Some(Token::Comma)) {
            self.at += 1;
            items.push(self.any(Inside::Words)?);
        }
        let whole = span.to(self.close(opening.span)?);
        if items.len() < count as usize {
            self.faults.push(Fault::new(Code::TooFewItems, whole));
        }
        Ok(Node {
            kind: Kind::Of(count, items),
            span: whole,
            outer: whole,
        })
    }

    fn refuse_empty(&self, opening: Span) -> Result<(), Fault> {
        match self.peek() {
            Some(Item {
                token: Token::Close,
                span,
            }) => Err(Fault::new(Code::EmptyGroup, opening.to(*span))),
            _ => Ok(()),
        }
    }

    /// The end of a bracket.
    fn close(&mut self, opening: Span) -> Result<Span, Fault> {
        match self.peek() {
            Some(Item {
                token: Token::Close,
                span,
            }) => {
                self.at += 1;
                Ok(*span)
            }
            Some(item) => Err(Fault::new(Code::StrayComma, item.span)),
            None => Err(Fault::new(Code::UnclosedParen, opening)),
        }
    }

    fn group(&mut self, inside: Inside) -> Result<Node, Fault> {
        let Some(opening) = self.peek() else {
            return Err(self.missing_operand());
        };
        self.deeper(opening.span)?;
        self.at += 1;
        self.refuse_empty(opening.span)?;
        let mut node = self.any(inside)?;
        let closing = self.close(opening.span)?;
        self.depth -= 1;
        node.outer = opening.span.to(closing);
        Ok(node)
    }

    fn primary(&mut self, inside: Inside) -> Result<Node, Fault> {
        let Some(Item { token, span }) = self.peek() else {
            return Err(self.missing_operand());
        };
        let span = *span;
        if matches!(token, Token::Open) {
            return self.group(inside);
        }
        if let (Inside::Field(field), Token::Values(_) | Token::Number(_)) = (inside, token) {
            self.at += 1;
            return Ok(self.condition(field, token, span));
        }
        let kind = match token {
            Token::Word { glyphs, exact } => {
                read::words(glyphs, *exact, None, span, &mut self.faults)
            }
            Token::Phrase {
                glyphs,
                exact,
                slop,
            } => read::words(glyphs, *exact, *slop, span, &mut self.faults),
            Token::Hashtag(glyphs) => read::hashtag(glyphs),
            Token::Mention(glyphs) => read::mention(glyphs),
            Token::Field(field) => return self.field(*field, span),
            _ => return Err(self.missing_operand()),
        };
        self.at += 1;
        Ok(Node {
            kind,
            span,
            outer: span,
        })
    }

    fn field(&mut self, field: Field, span: Span) -> Result<Node, Fault> {
        self.at += 1;
        let wrap: fn(Box<Node>) -> Kind = match field {
            Field::Text(text) => return self.wrapped(span, |body| Kind::In(text, body)),
            Field::Case => Kind::Case,
            Field::Sentence => |body| Kind::Piece(Break::Sentence, body),
            Field::Paragraph => |body| Kind::Piece(Break::Paragraph, body),
            Field::Raw | Field::List | Field::Watch => return self.named(field, span),
            Field::Value(_) | Field::Number(_) => return self.facts(field, span),
        };
        self.wrapped(span, wrap)
    }

    fn wrapped(&mut self, span: Span, wrap: impl FnOnce(Box<Node>) -> Kind) -> Result<Node, Fault> {
        self.deeper(span)?;
        let body = self.primary(Inside::Words)?;
        self.depth -= 1;
        let whole = span.to(body.outer);
        Ok(Node {
            kind: wrap(Box::new(body)),
            span: whole,
            outer: whole,
        })
    }

    /// `raw:`, `list:` and `watch:`.
    fn named(&mut self, field: Field, span: Span) -> Result<Node, Fault> {
        let (name, end) = self.name()?;
        let whole = span.to(end);
        let kind = match field {
            Field::Raw => Kind::Raw(name),
            Field::Watch => Kind::Watch(name),
            _ => Kind::List(name),
        };
        Ok(Node {
            kind,
            span: whole,
            outer: whole,
        })
    }

    fn name(&mut self) -> Result<(String, Span), Fault> {
        let Some(Item {
            token: Token::Named(glyphs) | Token::Raw(glyphs),
            span,
        }) = self.peek()
        else {
            return Err(self.missing_operand());
        };
        self.at += 1;
        Ok((glyphs.literal(), *span))
    }

    /// A condition on a field, perhaps in brackets.
    fn facts(&mut self, field: Field, span: Span) -> Result<Node, Fault> {
        let Some(next) = self.peek() else {
            return Err(self.missing_operand());
        };
        if matches!(next.token, Token::Open) {
            self.deeper(span)?;
            let mut node = self.group(Inside::Field(field))?;
            self.depth -= 1;
            node.span = span.to(node.outer);
            node.outer = node.span;
            return Ok(node);
        }
        self.at += 1;
        let mut node = self.condition(field, &next.token, next.span);
        node.span = span.to(next.span);
        node.outer = node.span;
        Ok(node)
    }

    fn condition(&mut self, field: Field, token: &Token, span: Span) -> Node {
        let kind = match (field, token) {
            (Field::Value(field), Token::Values(values)) => {
                read::values(field, values, &mut self.faults)
            }
            (Field::Number(field), Token::Number(glyphs)) => {
                read::number(field, glyphs, span, &mut self.faults)
            }
            _ => Kind::Any(Vec::new()),
        };
        Node {
            kind,
            span,
            outer: span,
        }
    }

    /// What is missing where an item should begin.
    fn missing_operand(&self) -> Fault {
        let before = self.before();
        if let Some(item) = before.filter(|item| is_operator(&item.token)) {
            return Fault::new(Code::MissingOperand, item.span);
        }
        match (self.peek(), before) {
            (
                Some(Item {
                    token: Token::Comma,
                    span,
                }),
                _,
            ) if !self.in_bag() => Fault::new(Code::StrayComma, *span),
            (Some(item), _) | (None, Some(item)) => Fault::new(Code::MissingOperand, item.span),
            (None, None) => Fault::new(Code::EmptyQuery, Span::default()),
        }
    }

    /// Whether the bracket just opened belongs to `k OF`.
    fn in_bag(&self) -> bool {
        self.at
            .checked_sub(2)
            .and_then(|at| self.items.get(at))
            .is_some_and(|item| matches!(item.token, Token::Of(_)))
    }
}

const fn is_operator(token: &Token) -> bool {
    matches!(
        token,
        Token::And
            | Token::Or
            | Token::Not
            | Token::Minus
            | Token::Near(_)
            | Token::Piece(_)
            | Token::AtLeast(_)
            | Token::Of(_)
            | Token::Comma
    )
}

fn joined(mut sides: Vec<Node>, kind: fn(Vec<Node>) -> Kind) -> Node {
    let (Some(first), Some(last)) = (
        sides.first().map(|side| side.outer),
        sides.last().map(|side| side.outer),
    ) else {
        return Node {
            kind: kind(sides),
            span: Span::default(),
            outer: Span::default(),
        };
    };
    if sides.len() == 1
        && let Some(only) = sides.pop()
    {
        return only;
    }
    let span = first.to(last);
    Node {
        kind: kind(sides),
        span,
        outer: span,
    }
}

fn negation(operator: Span, denied: Node) -> Node {
    let span = operator.to(denied.outer);
    Node {
        kind: Kind::Not(Box::new(denied)),
        span,
        outer: span,
    }
}

/// A chain of SENTENCE or PARAGRAPH is one piece in which all sides are true.
fn chained(piece: Break, sides: Vec<Node>) -> Node {
    let body = joined(sides, Kind::All);
    let span = body.outer;
    Node {
        kind: Kind::Piece(piece, Box::new(body)),
        span,
        outer: span,
    }
}
