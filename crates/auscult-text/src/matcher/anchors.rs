//! Which rare keys wake a watch, and what the post must show beside them: without that it cannot be true.

use super::keys::KeyKind;
use super::needs::{Clause, Edge, Need, needs};
use super::program::Program;
use super::signature::{Guard, GuardWriter};
use super::statistics::Statistics;

/// A clause that is true for more posts than this guards nothing.
const TOO_COMMON: f32 = 0.5;

/// A key under which a watch is kept, and what else the post must show.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Pick {
    pub(crate) key: u64,
    pub(crate) guard: Guard,
}

/// How a watch is woken.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Wake {
    /// By one of these; by every post when there are none.
    pub(crate) picks: Option<Vec<Pick>>,
    /// The kinds of keys that posts are to show for it, with the edges of beginnings and ends.
    pub(crate) kinds: Vec<(KeyKind, Edge)>,
}

/// Chooses how a program is woken.
pub(crate) fn choose(program: &Program, statistics: &Statistics) -> Wake {
    let clauses = needs(program, statistics);
    let Some((anchor, others)) = clauses.split_first() else {
        return Wake::default();
    };
    let mut wake = Wake::default();
    let mut picks: Vec<Pick> = Vec::with_capacity(anchor.needs.len());
    for need in &anchor.needs {
        wake.note(need);
        picks.push(Pick {
            key: need.key,
            guard: guard(need.key, others),
        });
    }
    picks.sort_unstable_by_key(|pick| pick.key);
    picks.dedup_by_key(|pick| pick.key);
    for need in others.iter().flat_map(|clause| &clause.needs) {
        wake.note(need);
    }
    wake.picks = Some(picks);
    wake
}

impl Wake {
    fn note(&mut self, need: &Need) {
        let kind = (need.kind, need.edge);
        if !self.kinds.contains(&kind) {
            self.kinds.push(kind);
        }
    }
}

/// As many of the other clauses as there is room for, the rarest first.
fn guard(key: u64, others: &[Clause]) -> Guard {
    let mut guard = GuardWriter::default();
    for clause in others {
        let told = clause.needs.iter().any(|need| need.key == key);
        if !told && clause.share < TOO_COMMON {
            guard.add(clause.needs.iter().map(|need| need.key));
        }
    }
    guard.finish()
}
