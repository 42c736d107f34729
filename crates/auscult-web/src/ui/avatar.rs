//! The round mark of a person: initials, or a question mark where we know only a handle.

use std::fmt;

use askama::filters::HtmlSafe;

use super::escape;

/// What a member does right now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum AvatarState {
    /// Nothing that others need to know.
    #[default]
    Still,
    /// Has this conversation open.
    Viewing,
    /// Writes in this conversation.
    Writing,
}

/// A person's mark. Its colour comes from the name, so that it stays the same everywhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Avatar {
    /// The name, for those who cannot see the mark.
    pub name: String,
    /// What they do right now.
    pub state: AvatarState,
    class: &'static str,
    initials: String,
    size: &'static str,
}

impl Avatar {
    /// The mark of a member or a person with a name.
    pub fn of(name: &str) -> Self {
        let initials: String = name
            .split_whitespace()
            .filter_map(|word| word.chars().find(|c| c.is_alphanumeric()))
            .take(2)
            .collect();
        let class = ["a", "b", "c", "d", "e"];
        let at = name.bytes().fold(0_usize, |sum, byte| {
            sum.wrapping_mul(31).wrapping_add(usize::from(byte))
        });
        Self {
            name: name.to_owned(),
            state: AvatarState::Still,
            class: class.get(at % class.len()).copied().unwrap_or("a"),
            initials: initials.to_uppercase(),
            size: "",
        }
    }

    /// The mark of somebody of whom we know only a handle.
    pub fn unknown(handle: &str) -> Self {
        let anon = "anon";
        Self {
            name: handle.to_owned(),
            state: AvatarState::Still,
            class: anon,
            initials: "?".to_owned(),
            size: "",
        }
    }

    /// The same mark, smaller.
    #[must_use]
    pub fn small(mut self) -> Self {
        self.size = " s";
        self
    }

    /// The same mark, larger.
    #[must_use]
    pub fn large(mut self) -> Self {
        self.size = " l";
        self
    }

    /// The same mark with what the person does right now.
    #[must_use]
    pub const fn doing(mut self, state: AvatarState) -> Self {
        self.state = state;
        self
    }

    /// The initials in it.
    pub fn initials(&self) -> &str {
        &self.initials
    }
}

impl fmt::Display for Avatar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = match self.state {
            AvatarState::Still => "",
            AvatarState::Viewing => " viewing",
            AvatarState::Writing => " writing",
        };
        let (size, class, initials) = (self.size, self.class, escape(&self.initials));
        write!(
            f,
            "<span class=\"avatar{size} {class}{state}\" aria-hidden=\"true\">{initials}</span>"
        )
    }
}

impl HtmlSafe for Avatar {}
