//! The table of keys: pages that are shared between snapshots and copied when they change.

use std::sync::Arc;

use super::signature::Guard;

/// Pages of the table; a change copies only those it touches.
const PAGES: usize = 2048;
const FIRST_FILTER_BITS: u32 = 15;
const LARGEST_FILTER_BITS: u32 = 26;
/// Bits of the filter for each key, two of which are set.
const BITS_A_KEY: usize = 12;

/// A watch under a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Posting {
    pub(crate) slot: u32,
    pub(crate) tenant: u32,
    pub(crate) guard: Guard,
}

#[derive(Debug, Clone, Default)]
enum List {
    #[default]
    Empty,
    One(Posting),
    Many(Arc<Vec<Posting>>),
}

#[derive(Debug, Clone, Default)]
struct Slot {
    key: u64,
    list: List,
}

#[derive(Debug, Clone, Default)]
struct Page {
    slots: Vec<Slot>,
    used: usize,
}

/// Tells which keys may be in a table; a no is certain.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Filter<'t> {
    cells: &'t [u64],
    shift: u32,
}

impl Filter<'_> {
    /// Whether a key may be in the table.
    #[inline]
    pub(crate) fn may_have(self, key: u64) -> bool {
        let (cell, bits) = marks(key, self.shift);
        self.cells
            .get(cell)
            .is_some_and(|found| found & bits == bits)
    }
}

/// The cell of a filter that tells of a key, and its two bits there.
#[inline]
fn marks(key: u64, shift: u32) -> (usize, u64) {
    let cell = usize::try_from(key >> shift).unwrap_or(0);
    (cell, 1 << (key >> 20 & 63) | 1 << (key >> 26 & 63))
}

/// Keys and the watches under them.
#[derive(Debug, Clone)]
pub(crate) struct Table {
    pages: Vec<Arc<Page>>,
    filter: Arc<Vec<u64>>,
    filter_bits: u32,
    keys: usize,
}

impl Default for Table {
    fn default() -> Self {
        let page = Arc::new(Page::default());
        Self {
            pages: std::iter::repeat_with(|| Arc::clone(&page))
                .take(PAGES)
                .collect(),
            filter: Arc::new(vec![0; 1 << (FIRST_FILTER_BITS - 6)]),
            filter_bits: FIRST_FILTER_BITS,
            keys: 0,
        }
    }
}

impl Table {
    /// Tells which keys may be in the table.
    #[inline]
    pub(crate) fn filter(&self) -> Filter<'_> {
        Filter {
            cells: &self.filter,
            shift: 70 - self.filter_bits,
        }
    }

    /// The watches under a key.
    #[inline]
    pub(crate) fn get(&self, key: u64) -> &[Posting] {
        let Some(page) = self.pages.get(page_of(key)) else {
            return &[];
        };
        match page.find(key) {
            Some(Slot {
                list: List::One(posting),
                ..
            }) => std::slice::from_ref(posting),
            Some(Slot {
                list: List::Many(postings),
                ..
            }) => postings,
            _ => &[],
        }
    }

    /// Adds a watch under a key.
    pub(crate) fn insert(&mut self, key: u64, posting: Posting) {
        let Some(page) = self.pages.get_mut(page_of(key)) else {
            return;
        };
        let page = Arc::make_mut(page);
        if page.used * 4 >= page.slots.len() * 3 {
            page.grow();
        }
        let Some(slot) = page.place(key) else { return };
        let is_new = matches!(slot.list, List::Empty);
        slot.key = key;
        match &mut slot.list {
            List::Empty => slot.list = List::One(posting),
            List::One(first) => slot.list = List::Many(Arc::new(vec![*first, posting])),
            List::Many(postings) => Arc::make_mut(postings).push(posting),
        }
        if is_new {
            page.used += 1;
            self.keys += 1;
            self.mark(key);
            let is_full = self.keys * BITS_A_KEY > 1 << self.filter_bits;
            if is_full && self.filter_bits < LARGEST_FILTER_BITS {
                self.enlarge_filter();
            }
        }
    }

    /// Removes a watch from under a key.
    pub(crate) fn remove(&mut self, key: u64, watch: u32) {
        let Some(page) = self.pages.get_mut(page_of(key)) else {
            return;
        };
        let page = Arc::make_mut(page);
        let Some(slot) = page.place(key).filter(|slot| slot.key == key) else {
            return;
        };
        let is_gone = match &mut slot.list {
            List::Empty => false,
            List::One(posting) => posting.slot == watch,
            List::Many(postings) => {
                let postings = Arc::make_mut(postings);
                postings.retain(|posting| posting.slot != watch);
                postings.is_empty()
            }
        };
        if is_gone {
            slot.list = List::Empty;
            page.rebuild();
            self.keys -= 1;
        }
    }

    fn mark(&mut self, key: u64) {
        let (cell, bits) = marks(key, 70 - self.filter_bits);
        if let Some(found) = Arc::make_mut(&mut self.filter).get_mut(cell) {
            *found |= bits;
        }
    }

    fn enlarge_filter(&mut self) {
        self.filter_bits += 1;
        self.filter = Arc::new(vec![0; 1 << (self.filter_bits - 6)]);
        let pages: Vec<Arc<Page>> = self.pages.clone();
        for slot in pages.iter().flat_map(|page| &page.slots) {
            if !matches!(slot.list, List::Empty) {
                self.mark(slot.key);
            }
        }
    }
}

impl Page {
    #[inline]
    fn find(&self, key: u64) -> Option<&Slot> {
        let mask = self.slots.len().checked_sub(1)?;
        let mut at = home(key) & mask;
        loop {
            let slot = self.slots.get(at)?;
            if slot.key == key || matches!(slot.list, List::Empty) {
                return Some(slot);
            }
            at = (at + 1) & mask;
        }
    }

    /// The slot of a key, or the free one where it would go.
    fn place(&mut self, key: u64) -> Option<&mut Slot> {
        let mask = self.slots.len().checked_sub(1)?;
        let mut at = home(key) & mask;
        while self
            .slots
            .get(at)
            .is_some_and(|slot| slot.key != key && !matches!(slot.list, List::Empty))
        {
            at = (at + 1) & mask;
        }
        self.slots.get_mut(at)
    }

    fn grow(&mut self) {
        let size = (self.slots.len() * 2).max(4);
        self.resize(size);
    }

    fn rebuild(&mut self) {
        self.resize(self.slots.len());
    }

    fn resize(&mut self, size: usize) {
        let before = std::mem::replace(&mut self.slots, vec![Slot::default(); size]);
        self.used = 0;
        for slot in before {
            if matches!(slot.list, List::Empty) {
                continue;
            }
            if let Some(place) = self.place(slot.key) {
                *place = slot;
                self.used += 1;
            }
        }
    }
}

#[inline]
fn page_of(key: u64) -> usize {
    usize::try_from(key & (PAGES as u64 - 1)).unwrap_or(0)
}

#[inline]
fn home(key: u64) -> usize {
    usize::try_from((key >> 11) & 0xFFFF_FFFF).unwrap_or(0)
}
