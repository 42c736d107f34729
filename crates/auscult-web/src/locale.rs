//! The languages of the pages: Fluent files, one folder per language, embedded in the binary.
//!
//! A key that a language lacks is taken from English; a key that English lacks prints itself, and a test refuses it.

use std::fmt;
use std::sync::Arc;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

use crate::said::{Said, Word};

macro_rules! files {
    ($lang:literal: $($name:literal),+ $(,)?) => {
        &[$(include_str!(concat!("../locales/", $lang, "/", $name, ".ftl"))),+]
    };
}

const EN: &[&str] = files!("en": "shell", "ui", "access", "work", "inbox", "listen", "plan", "measure", "people", "settings");
const GA: &[&str] = files!("ga": "shell");

/// One language.
pub struct Locale {
    tag: &'static str,
    name: &'static str,
    bundle: FluentBundle<FluentResource>,
    fallback: Option<Arc<Locale>>,
}

impl fmt::Debug for Locale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Locale({})", self.tag)
    }
}

impl Locale {
    fn build(
        tag: &'static str,
        name: &'static str,
        files: &[&str],
        fallback: Option<Arc<Self>>,
    ) -> Self {
        let language: LanguageIdentifier = tag.parse().unwrap_or_default();
        let mut bundle = FluentBundle::new_concurrent(vec![language]);
        bundle.set_use_isolating(false);
        for file in files {
            let resource = match FluentResource::try_new((*file).to_owned()) {
                Ok(resource) => resource,
                Err((resource, errors)) => {
                    tracing::error!(
                        locale = tag,
                        ?errors,
                        "a locale file has entries that cannot be read"
                    );
                    resource
                }
            };
            if let Err(errors) = bundle.add_resource(resource) {
                tracing::error!(locale = tag, ?errors, "a locale file says a key twice");
            }
        }
        Self {
            tag,
            name,
            bundle,
            fallback,
        }
    }

    /// Its tag, for the `lang` attribute.
    pub const fn tag(&self) -> &'static str {
        self.tag
    }

    /// Its name in its own words.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// Whether this language itself knows a key.
    pub fn knows(&self, key: &str) -> bool {
        self.bundle
            .get_message(key)
            .is_some_and(|message| message.value().is_some())
    }

    /// The text of a key.
    pub fn text(&self, key: &str, words: &[(&'static str, Word)]) -> String {
        let Some(pattern) = self
            .bundle
            .get_message(key)
            .and_then(|message| message.value())
        else {
            return self.fallback.as_ref().map_or_else(
                || {
                    tracing::warn!(key, "a text is missing from the locale files");
                    key.to_owned()
                },
                |fallback| fallback.text(key, words),
            );
        };
        let mut args = FluentArgs::new();
        for (name, word) in words {
            args.set(*name, value(word));
        }
        let mut errors = Vec::new();
        self.bundle
            .format_pattern(pattern, Some(&args), &mut errors)
            .into_owned()
    }

    /// A text that was chosen earlier.
    pub fn say(&self, said: &Said) -> String {
        match said {
            Said::Key(key, words) => self.text(key, words),
            Said::Plain(text) => text.clone(),
        }
    }

    /// A whole number with its groups: 1,284.
    pub fn number(&self, number: i64) -> String {
        let digits = number.unsigned_abs().to_string();
        let mark = self.text("number-group", &[]);
        let mut grouped = if number < 0 {
            String::from("-")
        } else {
            String::new()
        };
        for (at, digit) in digits.chars().enumerate() {
            if at > 0 && (digits.len() - at).is_multiple_of(3) {
                grouped.push_str(&mark);
            }
            grouped.push(digit);
        }
        grouped
    }

    /// A number with a fixed count of places after its point.
    pub fn decimal(&self, number: f64, places: usize) -> String {
        format!("{number:.places$}").replace('.', &self.text("number-point", &[]))
    }
}

fn value(word: &Word) -> FluentValue<'static> {
    match word {
        Word::Count(count) => FluentValue::from(*count),
        Word::Text(text) => FluentValue::from(text.clone()),
    }
}

/// All languages of the pages.
#[derive(Debug, Clone)]
pub struct Locales {
    english: Arc<Locale>,
    others: Arc<[Arc<Locale>]>,
}

impl Locales {
    /// Reads the embedded files.
    pub fn load() -> Self {
        let english = Arc::new(Locale::build("en", "English", EN, None));
        let irish = Arc::new(Locale::build(
            "ga",
            "Gaeilge",
            GA,
            Some(Arc::clone(&english)),
        ));
        Self {
            english,
            others: Arc::from([irish]),
        }
    }

    /// The language every key exists in.
    pub fn english(&self) -> Arc<Locale> {
        Arc::clone(&self.english)
    }

    /// All languages as (tag, own name), for a choice.
    pub fn names(&self) -> Vec<(&'static str, &'static str)> {
        let first = (self.english.tag, self.english.name);
        std::iter::once(first)
            .chain(self.others.iter().map(|locale| (locale.tag, locale.name)))
            .collect()
    }

    /// The language with this tag.
    pub fn by_tag(&self, tag: &str) -> Option<Arc<Locale>> {
        if tag == self.english.tag {
            return Some(self.english());
        }
        self.others
            .iter()
            .find(|locale| locale.tag == tag)
            .map(Arc::clone)
    }

    /// The first language of an `Accept-Language` header that the pages speak.
    pub fn pick(&self, accept: &str) -> Arc<Locale> {
        accept
            .split(',')
            .filter_map(|part| part.split([';', '-']).next())
            .find_map(|tag| self.by_tag(&tag.trim().to_ascii_lowercase()))
            .unwrap_or_else(|| self.english())
    }
}
