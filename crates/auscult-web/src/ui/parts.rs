//! Small parts of pages: fields of forms, choices, empty states, messages, stars.

use crate::locale::Locale;
use crate::said::{Said, Word};

use super::{Tone, escape};

/// A field of a form with what stands in it and what is wrong with it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Field {
    /// What stands in it.
    pub value: String,
    /// What is wrong, and how to mend it.
    pub error: Option<Said>,
}

impl Field {
    /// A field with a value and nothing wrong.
    pub fn with(value: impl Into<String>) -> Self {
        Self {
            value: value.into(),
            error: None,
        }
    }

    /// The same field with an error.
    #[must_use]
    pub fn wrong(mut self, error: Said) -> Self {
        self.error = Some(error);
        self
    }
}

/// One choice of a select, a set of radio buttons or a set of tabs.
#[derive(Debug, Clone, PartialEq)]
pub struct Choice {
    /// What is sent.
    pub value: String,
    /// What is read.
    pub label: Said,
    /// Whether it is chosen.
    pub chosen: bool,
}

impl Choice {
    /// A choice.
    pub fn new(value: impl Into<String>, label: Said, chosen: bool) -> Self {
        Self {
            value: value.into(),
            label,
            chosen,
        }
    }
}

/// Why a list is empty, and one useful thing to do.
#[derive(Debug, Clone, PartialEq)]
pub struct Empty {
    /// The icon above it.
    pub icon: &'static str,
    /// What is missing.
    pub title: Said,
    /// Why, and what then.
    pub why: Said,
    /// The useful thing: a path of the workspace and its words.
    pub next: Option<(String, Said)>,
}

/// A message at the top of a page after something was done.
#[derive(Debug, Clone, PartialEq)]
pub struct Flash {
    /// Its colour.
    pub tone: Tone,
    /// Its words.
    pub text: Said,
}

/// The way on through a long list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Paging {
    /// The path of the page before.
    pub before: Option<String>,
    /// The path of the page after.
    pub after: Option<String>,
}

/// A state with an icon and a word, as in tables of sources and channels.
#[derive(Debug, Clone, PartialEq)]
pub struct State {
    /// Its colour.
    pub tone: Tone,
    /// Its word.
    pub text: Said,
}

impl State {
    /// The class of its words.
    pub const fn class(&self) -> &'static str {
        match self.tone {
            Tone::Ok => "ok-t",
            Tone::Warn => "warn-t",
            Tone::Danger => "danger-t",
            Tone::Plain
            | Tone::Accent
            | Tone::Public
            | Tone::Private
            | Tone::Internal
            | Tone::Unsure
            | Tone::Line => "muted",
        }
    }

    /// Its icon.
    pub const fn icon(&self) -> &'static str {
        match self.tone {
            Tone::Ok => "check",
            Tone::Warn => "alert",
            Tone::Danger => "stop",
            Tone::Plain
            | Tone::Accent
            | Tone::Public
            | Tone::Private
            | Tone::Internal
            | Tone::Unsure
            | Tone::Line => "pause",
        }
    }
}

/// The stars of a review.
pub fn stars(locale: &Locale, given: u8) -> String {
    let given = given.min(5);
    let label = escape(&locale.text("stars", &[("n", Word::Count(i64::from(given)))]));
    let marks: String = (1..=5)
        .map(|at| {
            let fill = if at <= given { " i-fill" } else { "" };
            format!("<svg class=\"i{fill}\" viewBox=\"0 0 24 24\" aria-hidden=\"true\"><use href=\"#i-star\"/></svg>")
        })
        .collect();
    format!("<span class=\"stars\" role=\"img\" aria-label=\"{label}\">{marks}</span>")
}
