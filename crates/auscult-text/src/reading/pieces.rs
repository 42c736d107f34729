//! A text in pieces, each cleaned and cut once for all who read it.

use super::clean::Clean;
use super::words::{RawWord, cut};

/// Longer texts are read in pieces of about this many bytes.
const LONGEST: usize = 64 * 1024;

/// One piece of a text, cleaned and cut.
#[derive(Debug)]
pub(crate) struct Piece<'a> {
    pub(crate) source: &'a str,
    pub(crate) clean: Clean,
    pub(crate) words: Vec<RawWord>,
}

impl<'a> Piece<'a> {
    /// Cleans and cuts a piece.
    pub(crate) fn new(source: &'a str) -> Self {
        let clean = Clean::new(source);
        let words = cut(&clean);
        Self {
            source,
            clean,
            words,
        }
    }

    /// Splits a long text at white space, so that the work for each piece is bounded.
    pub(crate) fn all(text: &'a str) -> Vec<Self> {
        let mut pieces = Vec::with_capacity(1);
        let mut rest = text;
        while rest.len() > LONGEST {
            let mut cut = LONGEST;
            while !rest.is_char_boundary(cut) {
                cut -= 1;
            }
            let head = rest.get(..cut).unwrap_or_default();
            let cut = head
                .rfind(char::is_whitespace)
                .filter(|space| *space > 0)
                .unwrap_or(cut);
            let Some((piece, following)) = rest.split_at_checked(cut) else {
                break;
            };
            pieces.push(Self::new(piece));
            rest = following;
        }
        if !rest.is_empty() {
            pieces.push(Self::new(rest));
        }
        pieces
    }
}
