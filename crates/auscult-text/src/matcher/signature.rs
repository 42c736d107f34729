//! What one post shows, as a set of bits that may say yes too often and never says no wrongly; and what a watch asks
//! of it before it is run.

const CELLS: usize = 128;
/// As many keys as make a guard.
const SPOTS: usize = 11;

/// The keys that a post shows.
#[derive(Debug, Clone)]
pub(crate) struct Signature([u64; CELLS]);

impl Default for Signature {
    fn default() -> Self {
        Self([0; CELLS])
    }
}

impl Signature {
    pub(crate) fn clear(&mut self) {
        self.0 = [0; CELLS];
    }

    #[inline]
    pub(crate) fn add(&mut self, key: u64) {
        let spot = spot(key);
        if let Some(cell) = self.0.get_mut(cell_of(spot)) {
            *cell |= 1 << (spot & 63);
        }
    }

    #[inline]
    fn has(&self, spot: u16) -> bool {
        self.0
            .get(cell_of(spot))
            .is_some_and(|cell| cell >> (spot & 63) & 1 == 1)
    }
}

#[inline]
const fn cell_of(spot: u16) -> usize {
    (spot >> 6) as usize & (CELLS - 1)
}

/// The place of a key: 13 bits.
#[inline]
const fn spot(key: u64) -> u16 {
    (key >> 51) as u16
}

/// Clauses of keys: of each clause one must be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Guard {
    /// The bit of each place that is the last of its clause.
    ends: u16,
    spots: [u16; SPOTS],
}

impl Guard {
    /// Whether each clause may be true; `false` is certain.
    #[inline]
    pub(crate) fn lets_in(&self, signature: &Signature) -> bool {
        let mut ends = self.ends;
        let mut found = false;
        for spot in self.spots {
            if ends == 0 {
                break;
            }
            found |= signature.has(spot);
            if ends & 1 == 1 {
                if !found {
                    return false;
                }
                found = false;
            }
            ends >>= 1;
        }
        true
    }
}

/// Makes a guard.
#[derive(Debug, Default)]
pub(crate) struct GuardWriter {
    guard: Guard,
    used: usize,
}

impl GuardWriter {
    /// Adds a clause if there is room for all of it.
    pub(crate) fn add(&mut self, keys: impl ExactSizeIterator<Item = u64>) {
        let count = keys.len();
        let Some(room) = self.guard.spots.get_mut(self.used..self.used + count) else {
            return;
        };
        for (place, key) in room.iter_mut().zip(keys) {
            *place = spot(key);
        }
        self.used += count;
        if count > 0 {
            self.guard.ends |= 1 << (self.used - 1);
        }
    }

    pub(crate) const fn finish(self) -> Guard {
        self.guard
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(number: u64) -> u64 {
        number << 51
    }

    fn showing(keys: &[u64]) -> Signature {
        let mut signature = Signature::default();
        for number in keys {
            signature.add(key(*number));
        }
        signature
    }

    #[test]
    fn each_clause_needs_one_of_its_keys() {
        let mut writer = GuardWriter::default();
        writer.add([key(1)].into_iter());
        writer.add([key(700), key(8191)].into_iter());
        let guard = writer.finish();
        assert!(guard.lets_in(&showing(&[1, 8191])));
        assert!(guard.lets_in(&showing(&[700, 1, 5])));
        assert!(!guard.lets_in(&showing(&[700, 8191])));
        assert!(!guard.lets_in(&showing(&[1])));
        assert!(Guard::default().lets_in(&showing(&[])));
    }

    #[test]
    fn a_clause_without_room_is_left_out_whole() {
        let mut writer = GuardWriter::default();
        writer.add((0..8).map(key).collect::<Vec<_>>().into_iter());
        writer.add((8..12).map(key).collect::<Vec<_>>().into_iter());
        writer.add((20..23).map(key).collect::<Vec<_>>().into_iter());
        let guard = writer.finish();
        assert!(guard.lets_in(&showing(&[3, 21])));
        assert!(!guard.lets_in(&showing(&[3, 9])));
    }
}
