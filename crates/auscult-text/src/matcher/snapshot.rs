//! The compiled set at one moment: immutable, shared by threads, asked for each post.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::Timestamp;

use super::eval::{Pool, Run};
use super::post::PreparedPost;
use super::program::Program;
use super::showing::{Asked, Shown};
use super::signature::Signature;
use super::table::{Posting, Table};

/// Watches in one page; a change copies one page.
const PAGE: usize = 256;

/// A watch in the set.
#[derive(Debug)]
pub(crate) struct Compiled {
    pub(crate) key: u64,
    pub(crate) program: Program,
}

type WatchPage = Vec<Option<Arc<Compiled>>>;

/// What a set is made of; a clone shares everything.
#[derive(Debug, Clone, Default)]
pub(crate) struct Set {
    pub(crate) table: Table,
    watches: Vec<Arc<WatchPage>>,
    /// Watches that every post wakes.
    pub(crate) always: Arc<Vec<Posting>>,
    /// Which keys posts are to show.
    pub(crate) asked: Arc<Asked>,
    pub(crate) tenants: Arc<HashMap<u64, u32>>,
}

impl Set {
    #[inline]
    fn watch(&self, slot: u32) -> Option<&Compiled> {
        self.watches
            .get(slot as usize / PAGE)?
            .get(slot as usize % PAGE)?
            .as_deref()
    }

    pub(crate) fn put(&mut self, slot: u32, watch: Option<Arc<Compiled>>) {
        let page = slot as usize / PAGE;
        while self.watches.len() <= page {
            self.watches.push(Arc::new(vec![None; PAGE]));
        }
        if let Some(place) = self
            .watches
            .get_mut(page)
            .and_then(|page| Arc::make_mut(page).get_mut(slot as usize % PAGE))
        {
            *place = watch;
        }
    }
}

/// Room for matching, used again from post to post; one for each thread.
#[derive(Debug, Default)]
pub struct Scratch {
    /// The round in which a watch was looked at last.
    seen: Vec<u32>,
    round: u32,
    shown: Shown,
    matched: Vec<u64>,
    pool: Pool,
}

/// The compiled watches at one moment.
#[derive(Debug, Clone, Default)]
pub struct Snapshot {
    pub(crate) set: Set,
    pub(crate) slots: u32,
}

impl Snapshot {
    /// The keys of the watches that match a post, in ascending order; of all tenants when none is named.
    pub fn matches<'s>(
        &self,
        tenant: Option<u64>,
        post: &PreparedPost<'_>,
        now: Timestamp,
        scratch: &'s mut Scratch,
    ) -> &'s [u64] {
        scratch.matched.clear();
        let tenant = match tenant {
            None => 0,
            Some(tenant) => match self.set.tenants.get(&tenant) {
                Some(number) => *number,
                None => return &scratch.matched,
            },
        };
        scratch.begin(self.slots);
        let Scratch {
            seen,
            round,
            shown,
            matched,
            pool,
        } = &mut *scratch;
        shown.read(post, &self.set.asked, &self.set.table);
        let mut waking = Waking {
            set: &self.set,
            post,
            now,
            tenant,
            signature: &shown.signature,
            round: *round,
            seen,
            matched,
            pool,
        };
        for key in &shown.woken {
            for posting in self.set.table.get(*key) {
                waking.consider(posting);
            }
        }
        for posting in self.set.always.iter() {
            waking.consider(posting);
        }
        if !scratch.matched.is_sorted() {
            scratch.matched.sort_unstable();
        }
        &scratch.matched
    }
}

impl Scratch {
    fn begin(&mut self, slots: u32) {
        if self.seen.len() < slots as usize {
            self.seen.resize(slots as usize, 0);
        }
        self.round = self.round.wrapping_add(1);
        if self.round == 0 {
            self.seen.fill(0);
            self.round = 1;
        }
    }

    pub(crate) fn pool(&mut self) -> &mut Pool {
        &mut self.pool
    }
}

struct Waking<'w, 'p> {
    set: &'w Set,
    post: &'w PreparedPost<'p>,
    now: Timestamp,
    tenant: u32,
    signature: &'w Signature,
    round: u32,
    seen: &'w mut [u32],
    matched: &'w mut Vec<u64>,
    pool: &'w mut Pool,
}

impl Waking<'_, '_> {
    #[inline]
    fn consider(&mut self, posting: &Posting) {
        if self.tenant != 0 && posting.tenant != self.tenant
            || !posting.guard.lets_in(self.signature)
        {
            return;
        }
        match self.seen.get_mut(posting.slot as usize) {
            Some(seen) if *seen != self.round => *seen = self.round,
            _ => return,
        }
        self.run(posting.slot);
    }

    fn run(&mut self, slot: u32) {
        let Some(watch) = self.set.watch(slot) else {
            return;
        };
        let mut run = Run {
            program: &watch.program,
            post: self.post,
            now: self.now,
            pool: &mut *self.pool,
        };
        if run.holds(0, None) {
            self.matched.push(watch.key);
        }
    }
}
