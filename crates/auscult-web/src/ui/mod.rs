//! Components that more than one page shows. Each is plain data that knows its own markup.

mod avatar;
mod badge;
mod due;
mod figure;
mod icon;
mod parts;

pub use avatar::{Avatar, AvatarState};
pub use badge::{Audience, Badge, Tone};
pub use due::Due;
pub use figure::{Change, Figure, Value};
pub use icon::{Icon, network_icon};
pub use parts::{Choice, Empty, Field, Flash, Paging, State, stars};

/// Text made safe for markup and attributes.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}
