//! Icons of the sprite `assets/icons.svg`, which stands once in every page.

use std::fmt;

use askama::filters::HtmlSafe;

/// An icon; always beside a word or hidden from screen readers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Icon {
    name: String,
    small: bool,
}

impl Icon {
    /// An icon of the usual size.
    pub fn new(name: &str) -> Self {
        Self {
            name: kept(name),
            small: false,
        }
    }

    /// A small icon.
    pub fn small(name: &str) -> Self {
        Self {
            name: kept(name),
            small: true,
        }
    }
}

fn kept(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).collect()
}

impl fmt::Display for Icon {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let class = if self.small { "i i-s" } else { "i" };
        let name = &self.name;
        write!(
            f,
            "<svg class=\"{class}\" viewBox=\"0 0 24 24\" aria-hidden=\"true\"><use href=\"#i-{name}\"/></svg>"
        )
    }
}

impl HtmlSafe for Icon {}

/// The icon of a network.
pub fn network_icon(network: &str) -> &'static str {
    match network {
        "bluesky" => "sky",
        "mastodon" => "fedi",
        "feed" => "news",
        "google" | "nhs" | "trustpilot" | "yelp" => "map",
        "mail" => "mail",
        "webhook" | "csv" => "form",
        _ => "globe",
    }
}
