//! Small labels: a word, with an icon where it says a state or an audience.

use crate::locale::Locale;
use crate::said::Said;

use super::{Icon, escape};

/// What a label's colour says. Never the only sign: the word always stands beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tone {
    /// Nothing in particular.
    #[default]
    Plain,
    /// Done or well.
    Ok,
    /// Needs somebody soon.
    Warn,
    /// A promise is broken or a person may come to harm.
    Danger,
    /// Ours, or the next step.
    Accent,
    /// Everybody can read it.
    Public,
    /// The person and we can read it.
    Private,
    /// We alone can read it.
    Internal,
    /// Stated by somebody, guessed, or not yet decidable.
    Unsure,
    /// A quiet outline, for channels.
    Line,
}

impl Tone {
    /// Its class name.
    pub const fn class(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Ok => " ok",
            Self::Warn => " warn",
            Self::Danger => " danger",
            Self::Accent => " accent",
            Self::Public => " public",
            Self::Private => " private",
            Self::Internal => " internal",
            Self::Unsure => " unsure",
            Self::Line => " line",
        }
    }
}

/// A small label.
#[derive(Debug, Clone, PartialEq)]
pub struct Badge {
    /// Its colour and edge.
    pub tone: Tone,
    /// The icon before the word.
    pub icon: Option<&'static str>,
    /// The word.
    pub text: Said,
}

impl Badge {
    /// A label without an icon.
    pub const fn new(tone: Tone, text: Said) -> Self {
        Self {
            tone,
            icon: None,
            text,
        }
    }

    /// A label with an icon.
    pub const fn with_icon(tone: Tone, icon: &'static str, text: Said) -> Self {
        Self {
            tone,
            icon: Some(icon),
            text,
        }
    }

    /// A plain label with words of the workspace.
    pub fn plain(text: impl Into<String>) -> Self {
        Self::new(Tone::Plain, Said::plain(text))
    }

    /// Its markup.
    pub fn html(&self, locale: &Locale) -> String {
        let icon = self
            .icon
            .map(|name| Icon::new(name).to_string())
            .unwrap_or_default();
        let text = escape(&locale.say(&self.text));
        format!(
            "<span class=\"badge{}\">{icon}{text}</span>",
            self.tone.class()
        )
    }
}

/// Who can read it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// Everybody.
    Public,
    /// The person and we.
    Private,
    /// We alone.
    Internal,
}

impl From<auscult_model::inbox::Audience> for Audience {
    fn from(audience: auscult_model::inbox::Audience) -> Self {
        match audience {
            auscult_model::inbox::Audience::Public => Self::Public,
            auscult_model::inbox::Audience::Private => Self::Private,
            auscult_model::inbox::Audience::Internal => Self::Internal,
        }
    }
}

impl Audience {
    /// Its class name: the colour and edge kept for it alone.
    pub const fn class(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Private => "private",
            Self::Internal => "internal",
        }
    }

    /// Its icon.
    pub const fn icon(self) -> &'static str {
        match self {
            Self::Public => "globe",
            Self::Private => "lock",
            Self::Internal => "note",
        }
    }

    /// Its label.
    pub const fn badge(self) -> Badge {
        match self {
            Self::Public => Badge::with_icon(Tone::Public, "globe", Said::key("audience-public")),
            Self::Private => Badge::with_icon(Tone::Private, "lock", Said::key("audience-private")),
            Self::Internal => {
                Badge::with_icon(Tone::Internal, "note", Said::key("audience-internal"))
            }
        }
    }
}
