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

use crate::reading::Piece;

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

/// All identifiers of a text in order, none overlapping another.
pub fn find(text: &str, allow: &AllowList) -> Vec<Span> {
    find_in_pieces(&Piece::all(text), allow)
}

/// All identifiers of the pieces of a text.
pub(crate) fn find_in_pieces(pieces: &[Piece<'_>], allow: &AllowList) -> Vec<Span> {
    let mut spans = Vec::new();
    let mut offset = 0;
    for piece in pieces {
        find_in_piece(piece, offset, allow, &mut spans);
        offset += piece.source.len();
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

fn find_in_piece(piece: &Piece<'_>, offset: usize, allow: &AllowList, spans: &mut Vec<Span>) {
    let Piece {
        source,
        clean,
        words,
    } = piece;
    let digits = digits::spelled(clean, words);
    let mut found = shapes::find(digits.as_ref().unwrap_or(clean));
    found.extend(names::find(clean, words));
    found.extend(places::find(clean, words));
    if found.is_empty() {
        return;
    }
    found.sort_by_key(|claim| (claim.priority, claim.start));
    let mut kept: Vec<Span> = Vec::new();
    let mut taken = vec![false; source.len()];
    for claim in found {
        let text = source.get(claim.start..claim.end).unwrap_or_default();
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
