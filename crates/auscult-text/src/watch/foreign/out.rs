//! A watch that is being put together, and its text.
#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "the few arms that matter are named; every other kind is answered alike"
)]

/// A part of a watch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Out {
    All(Vec<Out>),
    Any(Vec<Out>),
    Not(Box<Out>),
    /// Sides with the operators between them.
    Near(Box<Out>, Vec<(String, Out)>),
    Piece(Box<Out>, Vec<(&'static str, Out)>),
    AtLeast(u32, Box<Out>),
    /// `title:` and its like.
    Wrap(&'static str, Box<Out>),
    /// A word, phrase, hashtag or mention as it is written.
    Words(String),
    /// Characters, compared exactly, as they are written with `raw:`.
    Raw(String),
    /// A condition on a field: its name with the colon, and the value as it is written.
    Value(&'static str, String),
}

impl Out {
    /// Several that must all hold; nothing when there is none.
    pub(super) fn all(sides: Vec<Self>) -> Option<Self> {
        let mut flat = Vec::with_capacity(sides.len());
        for side in sides {
            match side {
                Self::All(inner) => flat.extend(inner),
                other => flat.push(other),
            }
        }
        joined(flat, Self::All)
    }

    /// Several of which one must hold; values of one field side by side become `field:a,b`.
    pub(super) fn any(sides: Vec<Self>) -> Option<Self> {
        let mut flat: Vec<Self> = Vec::with_capacity(sides.len());
        for side in sides {
            let inner = match side {
                Self::Any(inner) => inner,
                other => vec![other],
            };
            for side in inner {
                if let (Some(Self::Value(before, values)), Self::Value(field, value)) =
                    (flat.last_mut(), &side)
                    && before == field
                    && takes_several(field)
                {
                    values.extend([",", value]);
                } else {
                    flat.push(side);
                }
            }
        }
        joined(flat, Self::Any)
    }

    /// The opposite.
    pub(super) fn not(self) -> Self {
        match self {
            Self::Not(body) => *body,
            other => Self::Not(Box::new(other)),
        }
    }

    /// Whether it has places in a text, so that it may stand beside NEAR.
    pub(super) fn has_places(&self) -> bool {
        match self {
            Self::Any(sides) => sides.iter().all(Self::has_places),
            Self::Wrap(_, body) => body.has_places(),
            Self::Words(_) | Self::Near(..) => true,
            Self::Value(field, _) => matches!(*field, "list:"),
            Self::All(_) | Self::Not(_) | Self::Piece(..) | Self::AtLeast(..) | Self::Raw(_) => {
                false
            }
        }
    }

    /// Whether it may stand in a sentence: neither text fields nor raw characters in it.
    pub(super) fn fits_a_piece(&self) -> bool {
        match self {
            Self::All(sides) | Self::Any(sides) => sides.iter().all(Self::fits_a_piece),
            Self::Not(body) | Self::AtLeast(_, body) => body.fits_a_piece(),
            Self::Near(first, steps) => {
                first.fits_a_piece() && steps.iter().all(|(_, side)| side.fits_a_piece())
            }
            Self::Piece(first, steps) => {
                first.fits_a_piece() && steps.iter().all(|(_, side)| side.fits_a_piece())
            }
            Self::Wrap(prefix, body) => *prefix == "case:" && body.fits_a_piece(),
            Self::Raw(_) => false,
            Self::Words(_) | Self::Value(..) => true,
        }
    }

    const fn tightness(&self) -> Tight {
        match self {
            Self::Any(_) => Tight::Any,
            Self::All(_) => Tight::All,
            Self::Not(_) => Tight::Not,
            Self::Piece(..) => Tight::Piece,
            Self::Near(..) => Tight::Near,
            Self::AtLeast(..) => Tight::Unary,
            Self::Wrap(..) | Self::Words(_) | Self::Raw(_) | Self::Value(..) => Tight::Primary,
        }
    }
}

/// How tightly a part is joined, from loose to tight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Tight {
    Any,
    All,
    Not,
    Piece,
    Near,
    Unary,
    Primary,
}

fn joined(mut sides: Vec<Out>, kind: fn(Vec<Out>) -> Out) -> Option<Out> {
    match sides.len() {
        0 | 1 => sides.pop(),
        _ => Some(kind(sides)),
    }
}

/// The text of a watch, with no more brackets than people need to read it.
pub(super) fn print(out: &Out) -> String {
    let mut text = String::new();
    write(out, Tight::Any, &mut text);
    text
}

fn write(out: &Out, at_least: Tight, text: &mut String) {
    let in_brackets = out.tightness() < at_least;
    if in_brackets {
        text.push('(');
    }
    match out {
        Out::All(sides) => write_sides(sides, " AND ", text),
        Out::Any(sides) => write_sides(sides, " OR ", text),
        Out::Not(body) => {
            text.push_str("NOT ");
            write(body, Tight::Piece, text);
        }
        Out::Near(first, steps) => {
            write(first, Tight::Unary, text);
            for (operator, side) in steps {
                text.extend([" ", operator, " "]);
                write(side, Tight::Unary, text);
            }
        }
        Out::Piece(first, steps) => {
            write(first, Tight::Near, text);
            for (operator, side) in steps {
                text.extend([" ", operator, " "]);
                write(side, Tight::Near, text);
            }
        }
        Out::AtLeast(count, body) => {
            text.extend(["atleast/", &count.to_string(), " "]);
            write(body, Tight::Primary, text);
        }
        Out::Wrap(prefix, body) => {
            text.push_str(prefix);
            write(body, Tight::Primary, text);
        }
        Out::Words(words) => text.push_str(words),
        Out::Raw(value) => text.extend(["raw:", value]),
        Out::Value(field, value) => text.extend([field, value.as_str()]),
    }
    if in_brackets {
        text.push(')');
    }
}

fn write_sides(sides: &[Out], between: &str, text: &mut String) {
    for (at, side) in sides.iter().enumerate() {
        if at > 0 {
            text.push_str(between);
        }
        write(side, Tight::Not, text);
    }
}

/// Whether a comma joins values of this field.
fn takes_several(field: &str) -> bool {
    matches!(
        field,
        "site:"
            | "url:"
            | "link:"
            | "author:"
            | "parent-author:"
            | "lang:"
            | "country:"
            | "region:"
            | "city:"
            | "is:"
            | "has:"
            | "sentiment:"
            | "source:"
            | "parent-id:"
    )
}
