//! Spans and distances (docs/specs/watch-language.md, 5).

use crate::watch::Near;

/// First and last position in one text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Span {
    pub(crate) first: u32,
    pub(crate) last: u32,
}

impl Span {
    /// The number of words between this span and a later one; nothing when it is not later.
    fn gap(self, later: Self) -> Option<u32> {
        later.first.checked_sub(self.last)?.checked_sub(1)
    }
}

/// In the order of first, then last position, each once.
pub(crate) fn tidy(spans: &mut Vec<Span>) {
    if !spans.is_sorted_by(|left, right| left < right) {
        spans.sort_unstable();
        spans.dedup();
    }
}

/// Whether `left` is near `right`, without making the spans that cover both.
/// Both sides are tidy.
pub(crate) fn any_near(left: &[Span], right: &[Span], near: Near) -> bool {
    followed(left, right, near.distance) || !near.ordered && followed(right, left, near.distance)
}

/// Whether some span of `first` is followed by one of `second` with few enough words between.
fn followed(first: &[Span], second: &[Span], distance: u32) -> bool {
    first.iter().any(|span| {
        let next = second.partition_point(|later| later.first <= span.last);
        second
            .get(next)
            .and_then(|later| span.gap(*later))
            .is_some_and(|gap| gap <= distance)
    })
}

/// Adds the spans that cover a span of each side.
pub(crate) fn cover_near(left: &[Span], right: &[Span], near: Near, out: &mut Vec<Span>) {
    covers(left, right, near.distance, out);
    if !near.ordered {
        covers(right, left, near.distance, out);
    }
    tidy(out);
}

fn covers(first: &[Span], second: &[Span], distance: u32, out: &mut Vec<Span>) {
    for span in first {
        let next = second.partition_point(|later| later.first <= span.last);
        for later in second.get(next..).unwrap_or_default() {
            if span.gap(*later).is_none_or(|gap| gap > distance) {
                break;
            }
            out.push(Span {
                first: span.first,
                last: later.last,
            });
        }
    }
}

/// Adds the spans of `left` near which there is no span of `right`.
pub(crate) fn keep_far(
    left: &[Span],
    right: &[Span],
    near: Near,
    reach: &mut Vec<u32>,
    out: &mut Vec<Span>,
) {
    // The furthest last position of all spans that begin no later.
    reach.clear();
    let mut furthest = 0;
    for span in right {
        furthest = span.last.max(furthest);
        reach.push(furthest);
    }
    for span in left {
        let limit = u64::from(span.last) + u64::from(near.distance) + 1;
        let begun = right.partition_point(|other| u64::from(other.first) <= limit);
        let from = if near.ordered {
            u64::from(span.first)
        } else {
            u64::from(span.first).saturating_sub(u64::from(near.distance) + 1)
        };
        let close = begun
            .checked_sub(1)
            .and_then(|last| reach.get(last))
            .is_some_and(|last| u64::from(*last) >= from);
        if !close {
            out.push(*span);
        }
    }
}

/// How many of the spans can be taken so that no two share a position, counting no further than `enough`.
pub(crate) fn disjoint(spans: &mut [Span], enough: u32) -> u32 {
    spans.sort_unstable_by_key(|span| (span.last, span.first));
    let mut count = 0;
    let mut free_from = 0;
    for span in spans {
        if span.first >= free_from {
            count += 1;
            free_from = span.last + 1;
            if count >= enough {
                break;
            }
        }
    }
    count
}
