//! Signs that somebody may be in danger of harming themselves, in the first or the third person.
//!
//! Frames know the plain signs; a learnt second opinion (`data/weights/crisis.weights`) hears what is said between the lines.
//! Recall comes first; turns of phrase ("dying of boredom", "this queue kills me") do not fire. What is found is for
//! the safety desk: it never answers by itself and never leaves the desk.

mod lines;

use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

pub(crate) use lines::any_named_in;
pub use lines::{Lines, lines};

use crate::opinion::{Features, Pairs, Table};
use crate::reading::{Engine, FILES, Hit, Piece, Reading};

/// Who is in danger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// The author.
    Author,
    /// Somebody the author writes about.
    Other,
}

/// Words that make the danger near.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "four independent signs, as the crisis protocol lists them"
)]
pub struct Imminence {
    /// A way to do it is named.
    pub method: bool,
    /// It was begun, or the means are at hand.
    pub means: bool,
    /// A time is named.
    pub time: bool,
    /// A place is named.
    pub place: bool,
}

impl Imminence {
    /// Whether emergency services belong in the answer: an act begun, or two signs of the four.
    pub const fn is_near(self) -> bool {
        self.means || (self.method as u8 + self.time as u8 + self.place as u8) >= 2
    }
}

/// A crisis found in a text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Crisis {
    /// How sure, in 0..1.
    pub score: f64,
    /// Who is in danger.
    pub subject: Subject,
    /// What makes it near.
    pub imminence: Imminence,
    /// The words, as byte ranges of the text.
    pub spans: Vec<(usize, usize)>,
}

/// The signs alone: posts are many, and the rules for drafts have no business here.
fn signs() -> &'static Engine {
    static SIGNS: OnceLock<Engine> = OnceLock::new();
    SIGNS.get_or_init(|| {
        let mut engine = Engine::default();
        let built = FILES.last().map(|file| engine.add(file));
        debug_assert!(
            matches!(built, Some(Ok(()))),
            "the shipped signs are patterns"
        );
        engine
    })
}

/// The shipped second opinion; none where its file is foreign, then the signs stand alone.
fn shipped() -> Option<&'static Table> {
    static SHIPPED: OnceLock<Option<Table>> = OnceLock::new();
    SHIPPED
        .get_or_init(|| {
            Table::from_bytes(include_bytes!("../../../../data/weights/crisis.weights")).ok()
        })
        .as_ref()
}

/// Reads a text for signs of a crisis.
pub fn find(text: &str) -> Option<Crisis> {
    find_with(text, shipped())
}

/// Reads a text with another second opinion than the shipped one, or with none, to measure it.
pub fn find_with(text: &str, opinion: Option<&Table>) -> Option<Crisis> {
    read(Piece::all(text), opinion)
}

/// Reads the pieces of a text for signs of a crisis.
pub(crate) fn find_in_pieces(pieces: Vec<Piece<'_>>) -> Option<Crisis> {
    read(pieces, shipped())
}

fn read(pieces: Vec<Piece<'_>>, opinion: Option<&Table>) -> Option<Crisis> {
    let engine = signs();
    let mut found: Option<Crisis> = None;
    let mut offset = 0;
    for piece in pieces {
        let length = piece.source.len();
        let reading = Reading::of(engine, piece);
        if let Some(mut crisis) = judge(engine, &reading, opinion) {
            for span in &mut crisis.spans {
                *span = (span.0 + offset, span.1 + offset);
            }
            match &mut found {
                Some(earlier) => join(earlier, crisis),
                None => found = Some(crisis),
            }
        }
        offset += length;
    }
    found
}

fn join(earlier: &mut Crisis, later: Crisis) {
    earlier.score = earlier.score.max(later.score);
    earlier.spans.extend(later.spans);
    earlier.imminence.method |= later.imminence.method;
    earlier.imminence.means |= later.imminence.means;
    earlier.imminence.time |= later.imminence.time;
    earlier.imminence.place |= later.imminence.place;
}

/// Weight of each set of signs.
const SETS: [(&str, f64); 5] = [
    ("crisis.sure", 0.75),
    ("crisis.wish", 0.7),
    ("crisis.plan", 0.75),
    ("crisis.hopeless", 0.6),
    ("crisis.third", 0.7),
];

pub(crate) fn find_in(engine: &Engine, reading: &Reading<'_>) -> Option<Crisis> {
    judge(engine, reading, shipped())
}

/// What the signs find; where they find nothing, what the second opinion says.
fn judge(engine: &Engine, reading: &Reading<'_>, opinion: Option<&Table>) -> Option<Crisis> {
    by_signs(engine, reading).or_else(|| by_opinion(engine, reading, opinion?))
}

/// What the words of a post hold for the second opinion.
pub(crate) fn features(reading: &Reading<'_>) -> Features {
    Features::of(&reading.words, Pairs::Never).sorted()
}

/// The words of a text as the finder reads them, for training.
pub(crate) fn features_of(text: &str) -> Features {
    features(&Reading::new(signs(), text))
}

fn by_opinion(engine: &Engine, reading: &Reading<'_>, opinion: &Table) -> Option<Crisis> {
    let features = features(reading);
    let score = *opinion.scores(&features).first()?;
    let head = opinion.header.heads.first()?;
    if score <= head.threshold || reading.words.is_empty() {
        return None;
    }
    let sentences: Vec<usize> = reading.words.iter().map(|word| word.sentence).collect();
    let (first, end) = opinion.loudest(&features, &sentences);
    Some(Crisis {
        score: f64::from(0.5 + 0.2 * (score - head.threshold).min(1.0)),
        subject: subject(engine, reading, (first, end)),
        imminence: imminence(engine, reading),
        spans: vec![reading.bytes(first, end)],
    })
}

fn by_signs(engine: &Engine, reading: &Reading<'_>) -> Option<Crisis> {
    let hits = reading.hits(engine);
    let idiom = engine.set_id("crisis.idiom");
    let idioms: Vec<&Hit> = hits.iter().filter(|hit| Some(hit.set) == idiom).collect();
    let mut missed = 1.0_f64;
    let mut spans: Vec<(usize, usize)> = Vec::new();
    let mut first: Option<&Hit> = None;
    for (name, weight) in SETS {
        let set = engine.set_id(name);
        let mut counted = false;
        for hit in hits.iter().filter(|hit| Some(hit.set) == set) {
            let idiomatic = idioms
                .iter()
                .any(|other| other.start < hit.end && hit.start < other.end);
            if idiomatic {
                continue;
            }
            if !counted {
                missed *= 1.0 - weight;
                counted = true;
            }
            first = first.or(Some(hit));
            spans.push(reading.bytes(hit.start, hit.end));
        }
    }
    let first = first?;
    spans.sort_unstable();
    spans.dedup();
    Some(Crisis {
        score: 1.0 - missed,
        subject: subject(engine, reading, (first.start, first.end)),
        imminence: imminence(engine, reading),
        spans,
    })
}

/// The nearest person before the words, or in them.
fn subject(engine: &Engine, reading: &Reading<'_>, (start, end): (usize, usize)) -> Subject {
    let third = engine.class_id("they");
    let words = reading
        .words
        .get(start.saturating_sub(8)..end)
        .unwrap_or_default();
    for word in words.iter().rev() {
        match word.text.as_str() {
            "i" | "me" | "myself" | "my" | "mine" => return Subject::Author,
            "herself" | "himself" | "themselves" => return Subject::Other,
            _ if third.is_some_and(|class| word.in_class(class).is_some()) => {
                return Subject::Other;
            }
            _ => {}
        }
    }
    Subject::Author
}

fn imminence(engine: &Engine, reading: &Reading<'_>) -> Imminence {
    let holds = |name: &str| reading.holds(engine.class_id(name));
    let begun = [
        "took",
        "taken",
        "swallowed",
        "overdosed",
        "necked",
        "downed",
        "standing",
        "sitting",
        "holding",
        "bought",
    ];
    let method = holds("method");
    Imminence {
        method,
        means: method
            && reading
                .words
                .iter()
                .any(|word| begun.contains(&word.text.as_str())),
        time: holds("timeword"),
        place: holds("placeword"),
    }
}
