//! Finds what identifies a person in free text: the Safe Harbor identifiers (45 CFR 164.514(b)(2)) and their
//! British and Irish kin, in any case, with look-alikes, spaced and spelled digits, and names without a model.
//!
//! Prefer recall: a span too many hides a word in a preview, a span too few shows a person. Staff, places and the
//! organisation's own contacts are let through by an [`AllowList`]. Nothing is stored and nothing leaves the function.

mod allow;
mod checks;
mod dates;
mod digits;
mod name_words;
mod names;
mod numbers;
mod places;
mod shapes;
mod wordlists;

use serde::{Deserialize, Serialize};

pub use allow::AllowList;

use crate::reading::{Clean, cut};

/// What kind of identifier a span is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Kind {
    /// A person's name.
    Name,
    /// A date tied to a person, finer than the year.
    Date,
    /// Telephone or fax number.
    Phone,
    /// Account, invoice, case, card or bank number.
    Acct,
    /// Medical record number.
    Mrn,
    /// E-mail address.
    Email,
    /// Street address.
    Address,
    /// Social security or national insurance number.
    Ssn,
    /// Name on a network.
    Handle,
    /// Age of ninety and more.
    #[serde(rename = "AGE_90_PLUS")]
    Age90Plus,
    /// NHS or CHI number.
    Nhs,
    /// Health plan or policy number.
    Plan,
    /// Serial number of a device.
    Device,
    /// Web address.
    Url,
    /// Town tied to a person.
    City,
    /// Post code.
    Zip,
    /// Number plate or vehicle number.
    Plate,
    /// Network address.
    Ip,
    /// Licence, certificate or passport number.
    Lic,
}

impl Kind {
    /// The name used in data files and on the command line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Name => "NAME",
            Self::Date => "DATE",
            Self::Phone => "PHONE",
            Self::Acct => "ACCT",
            Self::Mrn => "MRN",
            Self::Email => "EMAIL",
            Self::Address => "ADDRESS",
            Self::Ssn => "SSN",
            Self::Handle => "HANDLE",
            Self::Age90Plus => "AGE_90_PLUS",
            Self::Nhs => "NHS",
            Self::Plan => "PLAN",
            Self::Device => "DEVICE",
            Self::Url => "URL",
            Self::City => "CITY",
            Self::Zip => "ZIP",
            Self::Plate => "PLATE",
            Self::Ip => "IP",
            Self::Lic => "LIC",
        }
    }
}

/// One identifier: bytes `start..end` of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Span {
    /// What it is.
    #[serde(rename = "type")]
    pub kind: Kind,
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

/// Longer texts are read in pieces of about this many bytes.
const PIECE: usize = 64 * 1024;

/// All identifiers of a text in order, none overlapping another.
pub fn find(text: &str, allow: &AllowList) -> Vec<Span> {
    let mut spans = Vec::new();
    let mut offset = 0;
    for piece in pieces(text) {
        find_in_piece(piece, offset, allow, &mut spans);
        offset += piece.len();
    }
    spans
}

/// The text with each span replaced by its kind in brackets.
pub fn mask(text: &str, spans: &[Span]) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut at = 0;
    for span in spans {
        let (Some(before), true) = (text.get(at..span.start), text.is_char_boundary(span.end))
        else {
            continue;
        };
        masked.push_str(before);
        masked.push('[');
        masked.push_str(span.kind.as_str());
        masked.push(']');
        at = span.end;
    }
    masked.push_str(text.get(at..).unwrap_or_default());
    masked
}

/// Splits a long text at white space, so that the work for each piece is bounded.
pub(crate) fn pieces(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        if rest.len() <= PIECE {
            return Some(std::mem::take(&mut rest));
        }
        let mut cut = PIECE;
        while !rest.is_char_boundary(cut) {
            cut -= 1;
        }
        let head = rest.get(..cut).unwrap_or_default();
        let cut = head
            .rfind(char::is_whitespace)
            .filter(|space| *space > 0)
            .unwrap_or(cut);
        let (piece, following) = rest.split_at_checked(cut)?;
        rest = following;
        Some(piece)
    })
}

fn find_in_piece(piece: &str, offset: usize, allow: &AllowList, spans: &mut Vec<Span>) {
    let clean = Clean::new(piece);
    let words = cut(&clean);
    let digits = digits::spelled(&clean, &words);
    let read = digits.as_ref().unwrap_or(&clean);
    let mut found = shapes::find(read);
    found.extend(names::find(&clean, &words));
    found.extend(places::find(&clean, &words));
    if found.is_empty() {
        return;
    }
    found.sort_by_key(|claim| (claim.priority, claim.start));
    let mut kept: Vec<Span> = Vec::new();
    let mut taken = vec![false; piece.len()];
    for claim in found {
        let text = piece.get(claim.start..claim.end).unwrap_or_default();
        let Some(room) = taken.get_mut(claim.start..claim.end) else {
            continue;
        };
        if text.is_empty() || room.contains(&true) || allow.lets_through(claim.kind, text) {
            continue;
        }
        room.fill(true);
        kept.push(Span {
            kind: claim.kind,
            start: claim.start + offset,
            end: claim.end + offset,
        });
    }
    kept.sort_by_key(|span| span.start);
    spans.extend(kept);
}

/// A span before overlaps are settled: bytes of the piece, lower priority wins.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Claim {
    pub(crate) kind: Kind,
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) priority: usize,
}
