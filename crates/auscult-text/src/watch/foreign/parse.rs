//! The items of a foreign query become a tree; every fault is listed and read over.
//!
//! In all three suites NEAR binds before NOT, NOT before AND, and AND before OR. Meltwater says so ("NOT > AND > OR",
//! meltwater.com/au/blog/the-boolean-touch). Brandwatch's own check of a query refuses NEAR beside AND or OR, and
//! words side by side next to OR, without brackets, and reads the rest in this order; Talkwalker does not say. Where
//! brackets are missing that one of these two would need, a remark says how the query was read.
#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "the few arms that matter are named; every other kind is answered alike"
)]

use super::super::error::Span;
use super::lex::{Item, Token};
use super::tree::{Body, Field, Form, How, Leaf, Mark, Part, PieceStep, Step, What};
use super::{Dialect, Fault, MOST_FAULTS};

/// The most brackets, fields and exclusions inside each other. A level becomes at most three of a watch, which may
/// have 200.
const DEEPEST: usize = 64;

/// Builds the tree of a query.
pub(super) fn tree(
    items: Vec<Item>,
    length: usize,
    dialect: Dialect,
    faults: &mut Vec<Fault>,
) -> Part {
    let whole = Span::new(0, length);
    if items.is_empty() {
        faults.push((whole, "the query is empty".to_owned()));
        return Part::new(What::Nothing, whole);
    }
    let is_loose = dialect == Dialect::Talkwalker
        && items
            .iter()
            .all(|item| matches!(item.token, Token::Word(_)));
    let (items, partners) = balanced(items, faults);
    let mut parser = Parser {
        items: &items,
        partners: &partners,
        at: 0,
        depth: 0,
        is_told: false,
        dialect,
        faults,
    };
    let whole = parser.any();
    if !is_loose {
        return whole;
    }
    let span = whole.span;
    let words = match whole.what {
        What::All(words) => words,
        what => vec![Part::new(what, span)],
    };
    Part::new(What::Loose(words), span)
}

/// Reports brackets without a partner and repairs them; gives each opening bracket the place of its end.
fn balanced(items: Vec<Item>, faults: &mut Vec<Fault>) -> (Vec<Item>, Vec<usize>) {
    let mut kept: Vec<Item> = Vec::with_capacity(items.len());
    let mut partners = Vec::with_capacity(items.len());
    let mut open = Vec::new();
    for item in items {
        match item.token {
            Token::Open => open.push(kept.len()),
            Token::Close => {
                let Some(opening) = open.pop() else {
                    told(faults, item.span, "this bracket closes nothing");
                    continue;
                };
                if let Some(partner) = partners.get_mut(opening) {
                    *partner = kept.len();
                }
            }
            _ => {}
        }
        kept.push(item);
        partners.push(0);
    }
    let end = kept.last().map(|item| item.span.end).unwrap_or_default();
    while let Some(opening) = open.pop() {
        let Some(span) = kept.get(opening).map(|item| item.span) else {
            continue;
        };
        told(faults, span, "this bracket is never closed");
        if let Some(partner) = partners.get_mut(opening) {
            *partner = kept.len();
        }
        kept.push(Item {
            token: Token::Close,
            span: Span::new(end, end),
        });
        partners.push(0);
    }
    (kept, partners)
}

/// A megabyte of brackets is not a megabyte of faults.
fn told(faults: &mut Vec<Fault>, span: Span, says: &str) {
    if faults.len() <= 2 * MOST_FAULTS {
        faults.push((span, says.to_owned()));
    }
}

struct Parser<'i> {
    items: &'i [Item],
    partners: &'i [usize],
    at: usize,
    depth: usize,
    /// That the query is nested too deep was reported.
    is_told: bool,
    dialect: Dialect,
    faults: &'i mut Vec<Fault>,
}

impl<'i> Parser<'i> {
    fn token(&self, ahead: usize) -> Option<&'i Token> {
        self.items.get(self.at + ahead).map(|item| &item.token)
    }

    fn span(&self) -> Span {
        let end = || self.items.last().map_or(0, |item| item.span.end);
        self.items
            .get(self.at)
            .map_or_else(|| Span::new(end(), end()), |item| item.span)
    }

    fn fault(&mut self, span: Span, says: &str) {
        self.faults.push((span, says.to_owned()));
    }

    /// One level deeper; false when it is too deep, which is reported once.
    fn deeper(&mut self) -> bool {
        if self.depth < DEEPEST {
            self.depth += 1;
            return true;
        }
        if !self.is_told {
            self.is_told = true;
            let says =
                format!("more than {DEEPEST} brackets, fields and exclusions inside each other");
            self.faults.push((self.span(), says));
        }
        false
    }

    fn any(&mut self) -> Part {
        let mut sides = vec![self.all()];
        let mut first_or = Span::default();
        while matches!(self.token(0), Some(Token::Or)) {
            if sides.len() == 1 {
                first_or = self.span();
            }
            self.at += 1;
            sides.push(self.all());
        }
        joined(sides, |sides| What::Any(sides, first_or))
    }

    fn all(&mut self) -> Part {
        let mut sides = vec![self.not()];
        loop {
            let is_said = matches!(self.token(0), Some(Token::And));
            if is_said {
                self.at += 1;
            } else if matches!(self.token(0), Some(Token::Or | Token::Close) | None) {
                break;
            }
            let side = self.not();
            // Talkwalker finds results of both of two sites side by side.
            if self.dialect == Dialect::Talkwalker
                && !is_said
                && is_site(&side)
                && let Some(last) = sides.last_mut()
                && either_site(last)
            {
                last.span = last.span.to(side.span);
                if let What::Any(sites, _) = &mut last.what {
                    sites.push(side);
                }
                continue;
            }
            sides.push(side);
        }
        joined(sides, What::All)
    }

    fn not(&mut self) -> Part {
        if !matches!(self.token(0), Some(Token::Not)) {
            return self.piece();
        }
        self.denied(&Token::Not, Self::not)
    }

    /// What follows NOT or a minus.
    fn denied(&mut self, sign: &Token, body: fn(&mut Self) -> Part) -> Part {
        let span = self.span();
        if !self.deeper() {
            while self.token(0) == Some(sign) {
                self.at += 1;
            }
            return Part::new(What::Nothing, span);
        }
        self.at += 1;
        let body = body(self);
        self.depth -= 1;
        let whole = span.to(body.span);
        Part::new(What::Not(Box::new(body)), whole)
    }

    fn piece(&mut self) -> Part {
        let first = self.near();
        let mut steps = Vec::new();
        loop {
            let negated = matches!(self.token(0), Some(Token::Not));
            let Some(Token::Piece {
                is_paragraph,
                reach,
            }) = self.token(usize::from(negated))
            else {
                break;
            };
            let operator = self.operator(negated);
            steps.push(PieceStep {
                is_paragraph: *is_paragraph,
                reach: *reach,
                negated,
                operator,
                side: self.near(),
            });
        }
        let Some(last) = steps.last() else {
            return first;
        };
        let span = first.span.to(last.side.span);
        Part::new(What::Piece(Box::new(first), steps), span)
    }

    fn near(&mut self) -> Part {
        let first = self.unary();
        let mut steps = Vec::new();
        loop {
            let negated = matches!(self.token(0), Some(Token::Not));
            let how = match self.token(usize::from(negated)) {
                Some(Token::Near {
                    distance,
                    ordered,
                    respelt,
                }) => How::Near {
                    distance: *distance,
                    ordered: *ordered,
                    respelt: *respelt,
                },
                Some(Token::ExceptIn) if !negated => How::ExceptIn,
                _ => break,
            };
            let operator = self.operator(negated);
            steps.push(Step {
                how,
                negated,
                operator,
                side: self.unary(),
            });
        }
        let Some(last) = steps.last() else {
            return first;
        };
        let span = first.span.to(last.side.span);
        Part::new(What::Near(Box::new(first), steps), span)
    }

    /// Steps over an operator with the NOT before it.
    fn operator(&mut self, negated: bool) -> Span {
        let start = self.span();
        self.at += usize::from(negated);
        let span = start.to(self.span());
        self.at += 1;
        span
    }

    fn unary(&mut self) -> Part {
        match self.token(0) {
            Some(Token::Minus) => self.denied(&Token::Minus, Self::unary),
            Some(Token::Plus(_)) => {
                let start = self.span();
                let mut count = 0;
                while let Some(Token::Plus(more)) = self.token(0) {
                    count = count.max(*more);
                    self.at += 1;
                }
                let body = self.marked();
                let span = start.to(body.span);
                Part::new(What::Plus(Box::new(body), count), span)
            }
            _ => self.marked(),
        }
    }

    /// A part and the marks behind it.
    fn marked(&mut self) -> Part {
        let body = self.primary();
        let mut marks = Vec::new();
        loop {
            let mark = match self.token(0) {
                Some(Token::Slop(count)) => Mark::Slop(*count),
                Some(Token::Often(low, high)) => Mark::Often(*low, *high),
                Some(Token::Boost) => Mark::Boost,
                _ => break,
            };
            marks.push((mark, self.span()));
            self.at += 1;
        }
        let Some((_, last)) = marks.last() else {
            return body;
        };
        let span = body.span.to(*last);
        Part::new(What::Marked(Box::new(body), marks), span)
    }

    fn primary(&mut self) -> Part {
        let span = self.span();
        let leaf = |text: &str, form| {
            let text = text.to_owned();
            Part::new(What::Words(Leaf { text, form }), span)
        };
        let part = match self.token(0) {
            Some(Token::Open) => return self.group(),
            Some(Token::Field(name)) => return self.field(name),
            Some(Token::Word(text)) => leaf(text, Form::Bare),
            Some(Token::Quoted(text)) => leaf(text, Form::Quoted),
            Some(Token::Braced(text)) => leaf(text, Form::Braced),
            _ => return self.missing(),
        };
        self.at += 1;
        part
    }

    fn missing(&mut self) -> Part {
        let span = self.span();
        let before = self
            .at
            .checked_sub(1)
            .and_then(|at| self.items.get(at))
            .filter(|item| !matches!(item.token, Token::Open | Token::Close));
        match (before, self.token(0)) {
            (Some(before), _) => {
                let before = before.span;
                self.fault(before, "something is missing after this");
            }
            (None, Some(Token::Close)) => self.fault(span, "something is missing before this"),
            (None, _) => self.fault(span, "something is missing beside this operator"),
        }
        // An operator is stepped over where it is expected; a mark never is.
        if matches!(
            self.token(0),
            Some(
                Token::Often(..)
                    | Token::Boost
                    | Token::Slop(_)
                    | Token::Range(..)
                    | Token::Test(..)
            )
        ) {
            self.at += 1;
        }
        Part::new(What::Nothing, span)
    }

    fn group(&mut self) -> Part {
        let start = self.span();
        let end = self.partners.get(self.at).copied().unwrap_or(self.at);
        let whole = start.to(self.items.get(end).map_or(start, |item| item.span));
        if end == self.at + 1 {
            self.at = end + 1;
            self.fault(whole, "there is nothing between these brackets");
            return Part::new(What::Nothing, whole);
        }
        if !self.deeper() {
            self.at = end + 1;
            return Part::new(What::Nothing, whole);
        }
        self.at += 1;
        let mut body = self.any();
        self.depth -= 1;
        self.at = self.at.max(end + 1);
        body.span = whole;
        body.bracketed = true;
        body
    }

    fn field(&mut self, name: &str) -> Part {
        let name_span = self.span();
        if !self.deeper() {
            while matches!(self.token(0), Some(Token::Field(_))) {
                self.at += 1;
            }
            return Part::new(What::Nothing, name_span);
        }
        self.at += 1;
        let span = self.span();
        let body = match self.token(0) {
            Some(Token::Range(low, high)) => Some(Body::Range(low.clone(), high.clone())),
            Some(Token::Test(sign, value)) => Some(Body::Test(sign, value.clone())),
            _ => None,
        };
        let (body, end) = if let Some(body) = body {
            self.at += 1;
            (body, span)
        } else {
            let part = self.primary();
            let end = part.span;
            (Body::Part(Box::new(part)), end)
        };
        self.depth -= 1;
        let field = Field {
            name: name.to_owned(),
            name_span,
            body,
        };
        Part::new(What::Field(field), name_span.to(end))
    }
}

fn is_site(part: &Part) -> bool {
    matches!(&part.what, What::Field(field) if field.name == "site" && !part.bracketed)
}

/// Makes a site an alternative of sites; false when it is none.
fn either_site(part: &mut Part) -> bool {
    if matches!(&part.what, What::Any(sites, _) if !part.bracketed && sites.iter().all(is_site)) {
        return true;
    }
    if !is_site(part) {
        return false;
    }
    let span = part.span;
    let site = Part::new(std::mem::replace(&mut part.what, What::Nothing), span);
    part.what = What::Any(vec![site], Span::default());
    true
}

fn joined(mut sides: Vec<Part>, what: impl FnOnce(Vec<Part>) -> What) -> Part {
    let (Some(first), Some(last)) = (
        sides.first().map(|side| side.span),
        sides.last().map(|side| side.span),
    ) else {
        return Part::new(What::Nothing, Span::default());
    };
    if sides.len() == 1
        && let Some(only) = sides.pop()
    {
        return only;
    }
    Part::new(what(sides), first.to(last))
}
