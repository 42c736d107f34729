//! A figure: never a value without its interval and what it was counted from.

use crate::locale::Locale;
use crate::said::Said;

use super::{Icon, escape};

/// The value of a figure.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Known: the number as shown and its unit.
    Known {
        /// The number as shown, such as "90.5" or "2 h 06".
        text: String,
        /// The unit, such as "%"; empty when the number needs none.
        unit: String,
    },
    /// Too little to say anything yet.
    Undecided,
    /// The data it needs are missing; the interval line says which.
    Unavailable,
}

/// How a figure moved against the period before.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// Better, by this much.
    Better(Said),
    /// Worse, by this much.
    Worse(Said),
    /// The interval of the change holds zero.
    NotClear,
    /// Moved, and neither way is better.
    Neutral(Said),
}

/// A figure with everything that belongs to it.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    /// Its name.
    pub name: Said,
    /// Its value.
    pub value: Value,
    /// Its interval in words, or why there is none.
    pub interval: Said,
    /// What it was counted from.
    pub of: Said,
    /// How it moved.
    pub change: Option<Change>,
}

impl Figure {
    /// A share in percent with its 95 % interval: `low` and `high` are shares from 0 to 1.
    pub fn share(name: Said, part: i64, whole: i64, interval: (f64, f64)) -> Self {
        let of = Said::key("figure-of")
            .with("part", part)
            .with("whole", whole);
        if whole == 0 {
            let none = Said::key("figure-nothing-yet");
            return Self {
                name,
                value: Value::Undecided,
                interval: none,
                of,
                change: None,
            };
        }
        let share = part as f64 / whole as f64 * 100.0;
        let low = format!("{:.1}", interval.0 * 100.0);
        let high = format!("{:.1}", interval.1 * 100.0);
        let value = Value::Known {
            text: format!("{share:.1}"),
            unit: "%".to_owned(),
        };
        let interval = Said::key("figure-interval")
            .with("low", low)
            .with("high", high);
        Self {
            name,
            value,
            interval,
            of,
            change: None,
        }
    }

    /// The tile of this figure, for a `dl` of class `tiles`.
    pub(crate) fn tile(&self, locale: &Locale) -> String {
        let name = escape(&locale.say(&self.name));
        let interval = escape(&locale.say(&self.interval));
        let of = escape(&locale.say(&self.of));
        let (class, value, interval) = match &self.value {
            Value::Known { text, unit } if unit.is_empty() => ("", escape(text), interval),
            Value::Known { text, unit } => (
                "",
                format!("{}<small> {}</small>", escape(text), escape(unit)),
                interval,
            ),
            Value::Undecided => (
                " undecided",
                escape(&locale.text("figure-none", &[])),
                undecided(locale, &interval),
            ),
            Value::Unavailable => (
                " undecided",
                escape(&locale.text("figure-none", &[])),
                interval,
            ),
        };
        let change = self
            .change
            .as_ref()
            .map(|change| change.html(locale))
            .unwrap_or_default();
        format!(
            "<div class=\"tile{class}\"><dt>{name}</dt><dd><span class=\"v\">{value}</span>\
             <span class=\"iv\">{interval}</span><span class=\"of\">{of}</span>{change}</dd></div>"
        )
    }
}

fn undecided(locale: &Locale, interval: &str) -> String {
    let words = escape(&locale.text("figure-undecided", &[]));
    let icon = Icon::new("clock");
    format!("<span class=\"badge unsure\">{icon}{words}</span> {interval}")
}

impl Change {
    fn html(&self, locale: &Locale) -> String {
        let (class, icon, words) = match self {
            Self::Better(said) => (" up", "up", locale.say(said)),
            Self::Worse(said) => (" down", "dn", locale.say(said)),
            Self::Neutral(said) => ("", "flat", locale.say(said)),
            Self::NotClear => ("", "flat", locale.text("figure-no-clear-change", &[])),
        };
        format!(
            "<span class=\"delta{class}\">{}{}</span>",
            Icon::small(icon),
            escape(&words)
        )
    }
}
