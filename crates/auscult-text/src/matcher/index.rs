//! Where each word of a long text stands: chains of equal hashes.

use crate::token::Word;

const NONE: u32 = u32::MAX;

/// Positions by hash.
#[derive(Debug, Default)]
pub(crate) struct Index {
    heads: Vec<u32>,
    next: Vec<u32>,
}

impl Index {
    /// Reads the words of a text.
    pub(crate) fn fill(&mut self, words: &[Word]) {
        let size = (words.len() * 2).next_power_of_two().max(16);
        self.heads.clear();
        self.heads.resize(size, NONE);
        self.next.clear();
        self.next.resize(words.len(), NONE);
        // Backwards, so that each chain is in the order of the text.
        for (position, word) in words.iter().enumerate().rev() {
            let place = self.place(word.hash);
            if let (Some(head), Some(next)) =
                (self.heads.get_mut(place), self.next.get_mut(position))
            {
                *next = std::mem::replace(head, u32::try_from(position).unwrap_or(NONE));
            }
        }
    }

    /// Positions whose hash may be this one, in the order of the text.
    pub(crate) fn chain(&self, hash: u64) -> impl Iterator<Item = u32> {
        let mut at = self.heads.get(self.place(hash)).copied().unwrap_or(NONE);
        std::iter::from_fn(move || {
            let here = at;
            at = self.next.get(here as usize).copied()?;
            Some(here)
        })
    }

    fn place(&self, hash: u64) -> usize {
        usize::try_from(hash >> 17).unwrap_or(0) & (self.heads.len().max(1) - 1)
    }
}
