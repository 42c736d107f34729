//! Record keys: 13 characters that sort by time, made from a delivery's own key so that trying again is the same post.

use jiff::Timestamp;

const DIGITS: &[u8; 32] = b"234567abcdefghijklmnopqrstuvwxyz";

/// The record key of a delivery: its frozen millisecond, and twenty bits of its key.
pub(super) fn record_key(key: &str, created_at: Timestamp) -> String {
    let hash = fnv(key.as_bytes());
    let milliseconds = u64::try_from(created_at.as_millisecond()).unwrap_or(0);
    let microseconds = milliseconds.wrapping_mul(1000).wrapping_add(hash % 1000) & ((1 << 53) - 1);
    encode((microseconds << 10) | ((hash / 1000) % 1024))
}

fn encode(number: u64) -> String {
    (0..13)
        .rev()
        .filter_map(|place| DIGITS.get(usize::try_from((number >> (place * 5)) & 0x1f).ok()?))
        .map(|digit| char::from(*digit))
        .collect()
}

/// FNV-1a: small, and the same for ever.
fn fnv(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn instant(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn the_same_delivery_has_the_same_key_for_ever() {
        let at = instant("2026-11-02T09:14:05.120Z");
        assert_eq!(record_key("delivery-1", at), record_key("delivery-1", at));
        assert_ne!(record_key("delivery-1", at), record_key("delivery-2", at));
        // Written down: a change here would post what is on its way a second time.
        assert_eq!(record_key("delivery-1", at), "3mzcyconu3vsw");
    }

    #[test]
    fn keys_sort_by_time() {
        let early = record_key("b", instant("2026-11-02T09:14:05.120Z"));
        let late = record_key("a", instant("2026-11-02T09:14:05.121Z"));
        assert!(early < late, "{early} {late}");
    }

    proptest! {
        #[test]
        fn keys_are_well_formed(key in ".*", ms in 0_i64..4_000_000_000_000) {
            let tid = record_key(&key, Timestamp::from_millisecond(ms).unwrap());
            prop_assert_eq!(tid.len(), 13);
            prop_assert!(tid.bytes().all(|byte| DIGITS.contains(&byte)));
            prop_assert!(tid.as_bytes()[0] <= b'j', "the top bit is zero");
        }
    }
}
