//! Pauses that services ask for, remembered for each host and credential.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use reqwest::header::HeaderMap;

/// Nobody is taken at their word for longer than this.
const LONGEST: SignedDuration = SignedDuration::from_hours(24);
/// A refusal without a time.
const UNTOLD: SignedDuration = SignedDuration::from_secs(60);
/// Smaller numbers are a span in seconds, larger ones an instant.
const LARGEST_SPAN: i64 = 10_000_000;

/// Who is asked for how long not to ask.
#[derive(Debug, Default)]
pub(super) struct Pauses {
    until: Mutex<HashMap<(String, String), Timestamp>>,
}

impl Pauses {
    /// Until when `credential` must leave `host` alone.
    pub(super) fn until(&self, host: &str, credential: &str, now: Timestamp) -> Option<Timestamp> {
        let mut until = self.until.lock().unwrap_or_else(PoisonError::into_inner);
        until.retain(|_, instant| *instant > now);
        until
            .get(&(host.to_owned(), credential.to_owned()))
            .copied()
    }

    /// Remembers what an answer asks for.
    pub(super) fn hear(
        &self,
        place: (&str, &str),
        status: u16,
        headers: &HeaderMap,
        now: Timestamp,
    ) {
        let used_up = ["ratelimit-remaining", "x-ratelimit-remaining"]
            .iter()
            .any(|name| text(headers, name).and_then(first_number) == Some(0));
        let refused = status == 429 || (status == 503 && headers.contains_key("retry-after"));
        let Some(instant) = (match (refused, used_up) {
            (true, _) => Some(retry_at(headers, now).unwrap_or_else(|| later(now, UNTOLD))),
            (false, true) => retry_at(headers, now),
            (false, false) => None,
        }) else {
            return;
        };
        let key = (place.0.to_owned(), place.1.to_owned());
        self.until
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(key, instant);
    }
}

/// When an answer says to come back: `Retry-After`, else `RateLimit-Reset` or `X-RateLimit-Reset`, in any of their forms.
pub(super) fn retry_at(headers: &HeaderMap, now: Timestamp) -> Option<Timestamp> {
    let told = ["retry-after", "ratelimit-reset", "x-ratelimit-reset"]
        .iter()
        .find_map(|name| {
            let value = text(headers, name)?;
            instant(value, now)
        })?;
    Some(told.clamp(now, later(now, LONGEST)))
}

fn instant(value: &str, now: Timestamp) -> Option<Timestamp> {
    if let Some(number) = first_number(value) {
        return if number < LARGEST_SPAN {
            now.checked_add(SignedDuration::from_secs(number)).ok()
        } else if number > 100_000_000_000 {
            Timestamp::from_millisecond(number).ok()
        } else {
            Timestamp::from_second(number).ok()
        };
    }
    value.parse::<Timestamp>().ok().or_else(|| {
        jiff::fmt::rfc2822::parse(value)
            .ok()
            .map(|zoned| zoned.timestamp())
    })
}

/// A whole number, perhaps with a fraction (rounded up) that follows.
fn first_number(value: &str) -> Option<i64> {
    let value = value.trim();
    if let Ok(number) = value.parse::<i64>() {
        return (number >= 0).then_some(number);
    }
    let (whole, fraction) = value.split_once('.')?;
    let digits = !fraction.is_empty() && fraction.bytes().all(|byte| byte.is_ascii_digit());
    let whole = whole.parse::<i64>().ok()?;
    (digits && whole >= 0).then(|| whole.saturating_add(1))
}

fn later(now: Timestamp, span: SignedDuration) -> Timestamp {
    now.checked_add(span).unwrap_or(Timestamp::MAX)
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
            .collect()
    }

    fn now() -> Timestamp {
        "2026-11-02T09:00:00Z".parse().unwrap()
    }

    #[test]
    fn every_form_of_a_reset_is_understood() {
        for (name, value, expected) in [
            ("retry-after", "30", "2026-11-02T09:00:30Z"),
            (
                "retry-after",
                "Mon, 02 Nov 2026 09:02:00 GMT",
                "2026-11-02T09:02:00Z",
            ),
            ("ratelimit-reset", "1793610300", "2026-11-02T09:05:00Z"),
            (
                "x-ratelimit-reset",
                "2026-11-02T09:05:00.000Z",
                "2026-11-02T09:05:00Z",
            ),
            ("x-ratelimit-reset", "41.5", "2026-11-02T09:00:42Z"),
            ("x-ratelimit-reset", "1793610300000", "2026-11-02T09:05:00Z"),
        ] {
            let told = retry_at(&headers(&[(name, value)]), now());
            assert_eq!(told, Some(expected.parse().unwrap()), "{name}: {value}");
        }
    }

    #[test]
    fn a_reset_is_never_in_the_past_nor_a_year_away() {
        assert_eq!(
            retry_at(
                &headers(&[("retry-after", "Mon, 02 Nov 2020 09:02:00 GMT")]),
                now()
            ),
            Some(now())
        );
        let far = retry_at(&headers(&[("retry-after", "9999999")]), now()).unwrap();
        assert_eq!(far, "2026-11-03T09:00:00Z".parse::<Timestamp>().unwrap());
        assert_eq!(retry_at(&headers(&[("retry-after", "soon")]), now()), None);
    }

    #[test]
    fn a_pause_holds_for_its_credential_alone_and_ends() {
        let pauses = Pauses::default();
        pauses.hear(
            ("a.example", "one"),
            429,
            &headers(&[("retry-after", "10")]),
            now(),
        );
        pauses.hear(
            ("b.example", "one"),
            200,
            &headers(&[("ratelimit-remaining", "0"), ("ratelimit-reset", "5")]),
            now(),
        );
        assert!(pauses.until("a.example", "one", now()).is_some());
        assert!(pauses.until("b.example", "one", now()).is_some());
        assert!(pauses.until("a.example", "two", now()).is_none());
        assert!(
            pauses
                .until("a.example", "one", "2026-11-02T09:00:10Z".parse().unwrap())
                .is_none()
        );
    }
}
