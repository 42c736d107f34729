//! Where the feeds of a page are.

use url::Url;

use crate::html;

/// A feed that a page names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// Where.
    pub url: String,
    /// What the page calls it.
    pub title: String,
}

/// The feeds a page names, in its order; what leads outside http(s) is left out.
pub fn feeds(page: &str, base: &str) -> Vec<Named> {
    let Ok(base) = Url::parse(base) else {
        return Vec::new();
    };
    let mut named: Vec<Named> = Vec::new();
    for (name, inside) in html::tags(page).take(20_000) {
        if name != "link" {
            continue;
        }
        let value = |key: &str| html::attribute(inside, key).unwrap_or_default();
        let is_alternate = value("rel")
            .split_whitespace()
            .any(|word| word.eq_ignore_ascii_case("alternate"));
        let media_type = value("type").to_ascii_lowercase();
        let is_feed = [
            "application/rss+xml",
            "application/atom+xml",
            "application/feed+json",
            "application/rdf+xml",
        ]
        .contains(&media_type.as_str());
        if !is_alternate || !is_feed {
            continue;
        }
        let Ok(url) = base.join(value("href").trim()) else {
            continue;
        };
        let is_web = matches!(url.scheme(), "http" | "https");
        if is_web && named.len() < 50 && named.iter().all(|known| known.url != url.as_str()) {
            named.push(Named {
                url: url.to_string(),
                title: value("title"),
            });
        }
    }
    named
}
