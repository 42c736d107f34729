//! A text that is chosen now and translated when the page is rendered: a key with its arguments.
//!
//! View structs carry [`Said`] where the words depend on what happened; a template prints it with the filter `say`.
//! It never holds markup.

use std::fmt;

/// An argument of a text.
#[derive(Debug, Clone, PartialEq)]
pub enum Word {
    /// A whole number; texts choose their plural by it.
    Count(i64),
    /// A name or a phrase, shown as it is.
    Text(String),
}

/// Whatever may stand as an argument of a text.
pub trait ToWord {
    /// The argument.
    fn to_word(&self) -> Word;
}

macro_rules! counts {
    ($($kind:ty),+) => { $(impl ToWord for $kind {
        fn to_word(&self) -> Word {
            Word::Count(i64::try_from(*self).unwrap_or(i64::MAX))
        }
    })+ };
}
counts!(u8, u16, u32, u64, usize, i16, i32, i64);

impl ToWord for str {
    fn to_word(&self) -> Word {
        Word::Text(self.to_owned())
    }
}

impl ToWord for String {
    fn to_word(&self) -> Word {
        Word::Text(self.clone())
    }
}

impl ToWord for Word {
    fn to_word(&self) -> Word {
        self.clone()
    }
}

impl<T: ToWord + ?Sized> ToWord for &T {
    fn to_word(&self) -> Word {
        (**self).to_word()
    }
}

/// A text: a key with arguments, or words that are already in the reader's language.
#[derive(Debug, Clone, PartialEq)]
pub enum Said {
    /// A key of the locale files with its arguments.
    Key(&'static str, Vec<(&'static str, Word)>),
    /// Words of people or of the workspace, never translated.
    Plain(String),
}

impl Said {
    /// A text without arguments.
    pub const fn key(key: &'static str) -> Self {
        Self::Key(key, Vec::new())
    }

    /// Words as they are.
    pub fn plain(text: impl Into<String>) -> Self {
        Self::Plain(text.into())
    }

    /// The same text with one more argument.
    #[must_use]
    pub fn with(self, name: &'static str, value: impl ToWord) -> Self {
        match self {
            Self::Key(key, mut words) => {
                words.push((name, value.to_word()));
                Self::Key(key, words)
            }
            Self::Plain(text) => Self::Plain(text),
        }
    }
}

impl fmt::Display for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Count(count) => write!(f, "{count}"),
            Self::Text(text) => f.write_str(text),
        }
    }
}

/// Whatever holds a text.
pub trait AsSaid {
    /// The text.
    fn as_said(&self) -> &Said;
}

impl AsSaid for Said {
    fn as_said(&self) -> &Said {
        self
    }
}

impl<T: AsSaid + ?Sized> AsSaid for &T {
    fn as_said(&self) -> &Said {
        (**self).as_said()
    }
}
