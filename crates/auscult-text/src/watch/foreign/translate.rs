//! A foreign tree becomes a watch, with a note on each part that is not simply the same.
//!
//! A part that cannot be said is dropped where it stands: from an AND, which then asks less and hears more, or from an
//! OR, which then hears less; under an exclusion it is the other way round. The note learns which at the place where
//! something else stays.
#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "the few arms that matter are named; every other kind is answered alike"
)]

use std::ops::Range;

use super::super::error::Span;
use super::super::library::Library;
use super::fields::{self, Mapped, Rule, ValueRule};
use super::out::{Out, print};
use super::tree::{Body, Field, Form, Leaf, Part, What};
use super::words::{self, Said};
use super::{Dialect, Faith, Hears, Remark, cut, marks, near, piece, talkwalker};

/// A remark whose words are not yet cut out.
#[derive(Debug)]
pub(super) struct Note {
    span: Span,
    faith: Faith,
    says: String,
    hears: Heard,
}

/// What is known of what the watch hears.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Heard {
    /// Decided where the part is dropped.
    Open,
    Said(Option<Hears>),
}

impl Note {
    /// The remark for people.
    pub(super) fn remark(self, chars: &[char]) -> Remark {
        let hears = match self.hears {
            Heard::Open => None,
            Heard::Said(hears) => hears,
        };
        let rest = match (self.faith, hears) {
            (Faith::LeftOut, Some(Hears::More)) => "; without it the watch hears more",
            (Faith::LeftOut, Some(Hears::Less)) => "; without it the watch hears less",
            (Faith::LeftOut, Some(Hears::Same)) => "; without it the watch hears the same",
            (Faith::Differs, Some(Hears::More)) => "; the watch may hear more",
            (Faith::Differs, Some(Hears::Less)) => "; the watch may hear less",
            _ => "",
        };
        Remark {
            start: self.span.start,
            end: self.span.end,
            text: cut(chars, self.span),
            kind: self.faith,
            says: format!("{}{rest}", self.says),
            hears,
        }
    }
}

/// Translates a tree without faults. Nothing when nothing of it can be said.
pub(super) fn translated(
    part: &Part,
    asides: Vec<(Span, Faith, &'static str)>,
    dialect: Dialect,
    library: &Library,
) -> (Option<Out>, Vec<Note>) {
    let mut translator = Translator {
        dialect,
        library,
        notes: Vec::new(),
        exact: None,
    };
    let start = Context {
        positive: true,
        inside: Inside::Words,
    };
    let out = translator.part(part, start);
    let mut notes = translator.notes;
    notes.extend(asides.into_iter().map(|(span, faith, says)| Note {
        span,
        faith,
        says: says.to_owned(),
        hears: Heard::Said((faith == Faith::LeftOut).then_some(Hears::Same)),
    }));
    notes.sort_by_key(|note| note.span);
    (out, notes)
}

/// Where a part stands.
#[derive(Clone, Copy)]
pub(super) struct Context {
    /// Under an even number of exclusions.
    positive: bool,
    inside: Inside,
}

impl Context {
    pub(super) const fn turned(self, turn: bool) -> Self {
        Self {
            positive: self.positive != turn,
            ..self
        }
    }

    pub(super) const fn within(self, inside: Inside) -> Self {
        Self { inside, ..self }
    }
}

/// What words are, by where they stand.
#[derive(Clone, Copy)]
pub(super) enum Inside {
    /// Words of the post.
    Words,
    /// Values of a field.
    Value(ValueRule),
    /// Numbers of a field.
    Number(&'static str),
    /// Names of lists for a field.
    List(&'static str),
}

pub(super) struct Translator<'l> {
    pub(super) dialect: Dialect,
    library: &'l Library,
    notes: Vec<Note>,
    /// What the first value became that is the same here, for one remark on the whole field.
    exact: Option<String>,
}

impl Translator<'_> {
    /// Notes that a part is the same here.
    pub(super) fn exact(&mut self, span: Span, says: String) {
        self.note(span, Faith::Exact, says, Heard::Said(None));
    }

    /// Notes that a part means something else here; `hears` is for a part that is not excluded.
    pub(super) fn differs(
        &mut self,
        context: Context,
        span: Span,
        says: &str,
        hears: Option<Hears>,
    ) {
        let hears = hears.map(|hears| turned(hears, context));
        self.note(span, Faith::Differs, says.to_owned(), Heard::Said(hears));
    }

    /// Notes that a part is left out; where it is dropped decides what the watch hears.
    pub(super) fn left_out(&mut self, span: Span, says: &str) -> Option<Out> {
        self.note(span, Faith::LeftOut, says.to_owned(), Heard::Open);
        None
    }

    /// Notes that a sign beside a part is left out, while the part stays.
    pub(super) fn sign_left_out(&mut self, context: Context, span: Span, says: &str, hears: Hears) {
        let hears = Heard::Said(Some(turned(hears, context)));
        self.note(span, Faith::LeftOut, says.to_owned(), hears);
    }

    fn note(&mut self, span: Span, faith: Faith, says: String, hears: Heard) {
        self.notes.push(Note {
            span,
            faith,
            says,
            hears,
        });
    }

    /// How many notes there are, to name those of a part that is dropped later.
    pub(super) const fn noted(&self) -> usize {
        self.notes.len()
    }

    /// What was dropped stands beside something that stays.
    pub(super) fn dropped(&mut self, context: Context, notes: Range<usize>, hears: Hears) {
        let hears = turned(hears, context);
        for note in self.notes.get_mut(notes).unwrap_or_default() {
            if note.hears == Heard::Open {
                note.hears = Heard::Said(Some(hears));
            }
        }
    }

    /// Translates a part; nothing when it is left out, which is noted.
    pub(super) fn part(&mut self, part: &Part, context: Context) -> Option<Out> {
        let is_value = !matches!(context.inside, Inside::Words);
        match &part.what {
            What::Nothing => None,
            What::All(sides) => {
                self.ask_for_brackets(sides, context);
                self.every(sides, context)
            }
            What::Loose(sides) => talkwalker::loose(self, sides, part.span, context),
            What::Any(sides, first_or) => {
                self.ask_for_order(sides, *first_or, context);
                self.ask_for_brackets(sides, context);
                self.join(sides, context, Hears::Less).and_then(Out::any)
            }
            What::Not(body) => self.part(body, context.turned(true)).map(Out::not),
            What::Words(leaf) => self.leaf(leaf, part.span, context),
            _ if is_value => self.left_out(part.span, "values cannot be joined like this here"),
            What::Near(first, steps) => near::near(self, first, steps, context),
            What::Piece(first, steps) => piece::piece(self, first, steps, context),
            What::Field(field) => self.field(field, part.span, context),
            What::Marked(body, marks) => marks::marked(self, body, marks, context),
            What::Plus(body, count) => talkwalker::plus(self, body, *count, context),
        }
    }

    /// Parts that must all hold.
    pub(super) fn every(&mut self, sides: &[Part], context: Context) -> Option<Out> {
        self.join(sides, context, Hears::More).and_then(Out::all)
    }

    fn join(&mut self, sides: &[Part], context: Context, hears: Hears) -> Option<Vec<Out>> {
        let mut kept = Vec::with_capacity(sides.len());
        let mut dropped = Vec::new();
        for side in sides {
            let from = self.noted();
            match self.part(side, context) {
                Some(out) => kept.push(out),
                None => dropped.push(from..self.noted()),
            }
        }
        if kept.is_empty() {
            return None;
        }
        for notes in dropped {
            self.dropped(context, notes, hears);
        }
        Some(kept)
    }

    /// Suites that do not say what binds first, or ask for brackets.
    fn ask_for_order(&mut self, sides: &[Part], first_or: Span, context: Context) {
        let mixes = sides
            .iter()
            .any(|side| !side.bracketed && matches!(side.what, What::All(_)));
        if mixes && self.dialect != Dialect::Meltwater {
            let says =
                "AND, or words side by side, stand beside OR without brackets: AND was read first";
            self.differs(context, first_or, says, None);
        }
    }

    fn ask_for_brackets(&mut self, sides: &[Part], context: Context) {
        if self.dialect != Dialect::Brandwatch {
            return;
        }
        let near = sides.iter().find_map(|side| match &side.what {
            What::Near(_, steps) if !side.bracketed => steps.first().map(|step| step.operator),
            _ => None,
        });
        if let Some(operator) = near {
            let says = "NEAR stands beside AND or OR without brackets, which Brandwatch refuses: NEAR was read first";
            self.differs(context, operator, says, None);
        }
    }

    fn leaf(&mut self, leaf: &Leaf, span: Span, context: Context) -> Option<Out> {
        match context.inside {
            Inside::Words => self.words(leaf, span, context),
            Inside::Value(rule) => self.mapped(rule(&leaf.text), span, context),
            Inside::Number(field) => {
                self.mapped(Mapped::exact(number(field, &leaf.text)), span, context)
            }
            Inside::List(field) => self.listed(field, &leaf.text, span),
        }
    }

    fn words(&mut self, leaf: &Leaf, span: Span, context: Context) -> Option<Out> {
        if leaf.form == Form::Braced {
            return match words::words(&leaf.text, true, None) {
                Said::Words(out) => {
                    let says = format!("upper and lower case matter: {}", print(&out));
                    self.exact(span, says);
                    Some(out)
                }
                said => self.said(said, span, context),
            };
        }
        let said = words::words(&leaf.text, false, None);
        if matches!(said, Said::Words(_)) {
            self.remark_on_words(leaf, span, context);
        }
        self.said(said, span, context)
    }

    fn remark_on_words(&mut self, leaf: &Leaf, span: Span, context: Context) {
        let more = Some(Hears::More);
        if self.dialect == Dialect::Brandwatch {
            if has_accents(&leaf.text) {
                let says = "Brandwatch wants the accents of a word that is written with them; here accents never matter";
                self.differs(context, span, says, more);
            }
            if leaf.form == Form::Quoted && words::has_wildcards(&leaf.text) {
                let says = "wildcards work in quotation marks here; Brandwatch takes them as they are written";
                self.differs(context, span, says, more);
            }
        }
        if leaf.text.starts_with('$') && leaf.form == Form::Bare {
            self.differs(context, span, "the $ is not compared", more);
        }
    }

    /// What became of words, with a note where they are more than words.
    pub(super) fn said(&mut self, said: Said, span: Span, context: Context) -> Option<Out> {
        match said {
            Said::Words(out) => Some(out),
            Said::Signs(out) => {
                let says = format!("signs without a word: {}", print(&out));
                self.exact(span, says);
                Some(out)
            }
            Said::Address(out) => {
                self.differs(
                    context,
                    span,
                    "an address is sought among the links of a post",
                    None,
                );
                Some(out)
            }
            Said::Nothing => self.left_out(span, "no watch can hear this"),
        }
    }

    /// What became of a value, if our own parser takes it.
    fn mapped(&mut self, mapped: Mapped, span: Span, context: Context) -> Option<Out> {
        let Some(out) = mapped.out else {
            return self.left_out(span, mapped.says);
        };
        if let Some(trouble) = fields::trouble(&out) {
            return self.left_out(span, &trouble);
        }
        match mapped.faith {
            Faith::Exact => {
                self.exact.get_or_insert_with(|| print(&out));
            }
            Faith::Differs | Faith::LeftOut => {
                let says = format!("{}: {}", print(&out), mapped.says);
                self.differs(context, span, &says, mapped.hears);
            }
        }
        Some(out)
    }

    fn listed(&mut self, field: &'static str, name: &str, span: Span) -> Option<Out> {
        let plain = name.replace('\\', "");
        if self.library.list(&plain).is_none() {
            return self.left_out(span, "there is no list of this name here");
        }
        let Out::Value(_, written) = fields::value(field, name) else {
            return None;
        };
        let out = Out::Value(field, format!("list:{written}"));
        if let Some(trouble) = fields::trouble(&out) {
            return self.left_out(span, &trouble);
        }
        self.exact.get_or_insert_with(|| print(&out));
        Some(out)
    }

    fn field(&mut self, field: &Field, span: Span, context: Context) -> Option<Out> {
        let Some(rule) = fields::rule(self.dialect, &field.name) else {
            return self.left_out(span, "there is no such field here");
        };
        match (rule, &field.body) {
            (Rule::Gone(says), _) => self.left_out(span, says),
            (Rule::Text(prefix), Body::Part(body)) => {
                let out = self.part(body, context)?;
                self.exact(field.name_span, format!("{prefix} here"));
                Some(Out::Wrap(prefix, Box::new(out)))
            }
            (Rule::Case, Body::Part(body)) => {
                let out = self.part(body, context)?;
                self.exact(field.name_span, "case: here".to_owned());
                Some(Out::Wrap("case:", Box::new(out)))
            }
            (Rule::Value(rule), Body::Part(body)) => {
                self.values(field, body, context.within(Inside::Value(rule)))
            }
            (Rule::Value(rule), Body::Test(sign, value)) => {
                let value = format!("{}{value}", if *sign == "=" { "" } else { sign });
                let out = self.mapped(rule(&value), span, context);
                self.tell_exact(span);
                out
            }
            (Rule::List(list), Body::Part(body)) => {
                self.values(field, body, context.within(Inside::List(list)))
            }
            (Rule::Number(number), _) => self.number(number, field, span, context),
            (Rule::NumberLike(number, says), _) => {
                let from = self.noted();
                let out = self.number(number, field, span, context);
                if out.is_some() {
                    self.notes.truncate(from);
                    self.differs(context, field.name_span, says, None);
                }
                out
            }
            (Rule::Minutes, Body::Range(low, high)) => {
                let hours = fields::hours(low, high);
                self.mapped(hours, span, context)
            }
            (Rule::Date, body) => {
                let out = self.mapped(talkwalker::date(body), span, context);
                self.tell_exact(span);
                out
            }
            _ => self.left_out(span, "this field is not compared like this here"),
        }
    }

    /// The values of a field, with one remark for all that are the same here.
    fn values(&mut self, field: &Field, body: &Part, context: Context) -> Option<Out> {
        let outer = self.exact.take();
        let is_single = matches!(body.what, What::Words(_));
        let whole = field.name_span.to(body.span);
        let out = match &body.what {
            What::Words(leaf) => self.leaf(leaf, whole, context),
            _ => self.part(body, context),
        };
        self.tell_exact(if is_single { whole } else { field.name_span });
        self.exact = outer;
        out
    }

    fn tell_exact(&mut self, span: Span) {
        if let Some(first) = self.exact.take() {
            self.exact(span, format!("{first} here"));
        }
    }

    fn number(
        &mut self,
        number_field: &'static str,
        field: &Field,
        span: Span,
        context: Context,
    ) -> Option<Out> {
        let out = match &field.body {
            Body::Part(part) => {
                return self.values(field, part, context.within(Inside::Number(number_field)));
            }
            Body::Range(low, high) => {
                let open = |bound: &str| {
                    if bound == "*" {
                        String::new()
                    } else {
                        bare_number(bound)
                    }
                };
                Out::Value(number_field, format!("{}..{}", open(low), open(high)))
            }
            Body::Test(sign, value) => {
                let sign = if *sign == "=" { "" } else { sign };
                Out::Value(number_field, format!("{sign}{}", bare_number(value)))
            }
        };
        let out = self.mapped(Mapped::exact(out), span, context);
        self.tell_exact(span);
        out
    }
}

fn turned(hears: Hears, context: Context) -> Hears {
    if context.positive {
        hears
    } else {
        hears.turned()
    }
}

fn number(field: &'static str, text: &str) -> Out {
    Out::Value(field, bare_number(text))
}

/// A number without the commas people write in it. What is none stays, and is refused by our own parser.
fn bare_number(text: &str) -> String {
    text.chars()
        .filter(|character| !matches!(character, ',' | '"' | '\\' | ' '))
        .collect()
}

fn has_accents(text: &str) -> bool {
    use unicode_normalization::UnicodeNormalization as _;
    text.nfd()
        .any(|character| ('\u{300}'..='\u{36F}').contains(&character))
}
