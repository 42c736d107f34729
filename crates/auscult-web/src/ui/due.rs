//! The clock of a promise: the word first, then the ring, then the colour.

use jiff::Timestamp;

use crate::render::Reader;
use crate::said::Word;
use crate::time;

use super::escape;

/// A promise with its start and its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    /// When the wait began.
    pub from: Timestamp,
    /// When we promised to have answered.
    pub at: Timestamp,
}

impl Due {
    /// Whether the promise is broken.
    pub fn is_late(&self, now: Timestamp) -> bool {
        self.at < now
    }

    /// Its markup, with the class of a size.
    pub(crate) fn pill(&self, reader: &Reader, size: &str) -> String {
        let left = time::minutes_between(reader.now, self.at);
        let locale = &reader.locale;
        let today =
            reader.zone.to_datetime(reader.now).date() == reader.zone.to_datetime(self.at).date();
        let (state, words) = if left < 0 {
            (
                " late",
                locale.text(
                    "clock-late",
                    &[("span", Word::Text(time::span(locale, -left)))],
                ),
            )
        } else if left <= 60 {
            (" soon", time::span(locale, left))
        } else if today {
            ("", time::span(locale, left))
        } else {
            ("", time::when(locale, &reader.zone, reader.now, self.at))
        };
        let words = escape(&words);
        let title = escape(&locale.text(
            "clock-title",
            &[(
                "when",
                Word::Text(time::full(locale, &reader.zone, self.at)),
            )],
        ));
        let share = self.share_left(reader.now);
        format!(
            "<span class=\"clock {size}{state}\" title=\"{title}\"><svg viewBox=\"0 0 24 24\" aria-hidden=\"true\">\
             <circle class=\"track\" cx=\"12\" cy=\"12\" r=\"9\"/><circle class=\"left\" cx=\"12\" cy=\"12\" r=\"9\" \
             pathLength=\"100\" stroke-dasharray=\"{share} 100\"/></svg>{words}</span>"
        )
    }

    fn share_left(&self, now: Timestamp) -> i64 {
        let whole = (self.at.as_second() - self.from.as_second()).max(1);
        let left = (self.at.as_second() - now.as_second()).clamp(0, whole);
        (left * 100 / whole).max(2)
    }
}
