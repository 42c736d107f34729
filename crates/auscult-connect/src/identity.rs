//! What names a post: sources, kinds, canonical addresses, and the key of a post that has no id of its own.

use auscult_model::post::{Post, PostKind};
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use url::Url;

/// Query keys that say how somebody came to a page, not which page it is.
const TRACKING: [&str; 8] = [
    "fbclid", "gclid", "igshid", "mc_cid", "mc_eid", "ref_src", "si", "cmpid",
];

/// Our name of a network or source, from any of the names exports use.
pub fn source(name: &str) -> String {
    let lower = name.trim().to_lowercase();
    let short = lower.trim_start_matches("www.");
    match short {
        "twitter" | "x" | "x (twitter)" | "twitter/x" | "x/twitter" | "twitter.com" | "x.com" => {
            "x".to_owned()
        }
        "facebook" | "facebook public" | "facebook.com" | "fb" => "facebook".to_owned(),
        "instagram" | "instagram public" | "instagram.com" => "instagram".to_owned(),
        "youtube" | "youtube.com" => "youtube".to_owned(),
        "reddit" | "reddit.com" => "reddit".to_owned(),
        "linkedin" | "linkedin.com" => "linkedin".to_owned(),
        "tiktok" | "tiktok.com" => "tiktok".to_owned(),
        "threads" | "threads.net" | "threads.com" => "threads".to_owned(),
        "bluesky" | "bsky" | "bsky.app" => "bluesky".to_owned(),
        "google"
        | "google reviews"
        | "google business profile"
        | "google my business"
        | "google maps" => "google".to_owned(),
        _ => short.split_whitespace().collect::<Vec<_>>().join("-"),
    }
}

/// The source whose pages live at `host`, where we have a name for it.
pub fn source_of_host(host: &str) -> Option<String> {
    let host = host
        .trim_start_matches("www.")
        .trim_start_matches("m.")
        .trim_start_matches("mobile.");
    let name = source(host);
    (name != host).then_some(name)
}

/// The kind a name means, older and foreign names included.
pub fn kind(name: &str) -> Option<PostKind> {
    let lower = name.trim().to_lowercase();
    PostKind::parse(&lower).or(match lower.as_str() {
        "tweet" | "status" | "message" | "mention" | "survey" | "feedback" | "forum" | "note" => {
            Some(PostKind::Post)
        }
        "retweet" | "share" | "boost" | "reblog" => Some(PostKind::Repost),
        "answer" => Some(PostKind::Reply),
        "rating" | "reviews" => Some(PostKind::Review),
        "news" | "blog" | "press" | "blogs" => Some(PostKind::Article),
        _ => None,
    })
}

/// A rating on a scale as 1 to 5 stars; `None` when it is outside its scale.
pub fn stars(value: f64, scale: f64) -> Option<f64> {
    let is_sound = scale.is_finite() && scale >= 1.0 && (0.0..=scale).contains(&value);
    is_sound.then(|| (value / scale * 5.0).clamp(1.0, 5.0))
}

/// The address without what differs between two visits: case of the host, fragment, tracking, closing slash.
pub fn canonical_url(address: &str) -> Option<String> {
    let mut url = Url::parse(address.trim()).ok()?;
    if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
        return None;
    }
    let is_comment = url
        .fragment()
        .is_some_and(|fragment| fragment.chars().any(|letter| letter.is_ascii_digit()));
    if !is_comment {
        url.set_fragment(None);
    }
    let kept: Vec<(String, String)> = url
        .query_pairs()
        .filter(|(key, _)| !key.starts_with("utm_") && !TRACKING.contains(&key.as_ref()))
        .map(|(key, value)| (key.into_owned(), value.into_owned()))
        .collect();
    if kept.is_empty() {
        url.set_query(None);
    } else if kept.len() != url.query_pairs().count() {
        url.query_pairs_mut().clear().extend_pairs(kept);
    }
    let text = url.to_string();
    Some(if url.query().is_none() && url.fragment().is_none() {
        text.trim_end_matches('/').to_owned()
    } else {
        text
    })
}

/// The id a network gives a post, read from its address, with the network.
pub fn native_id(address: &str) -> Option<(String, String)> {
    let url = Url::parse(address.trim()).ok()?;
    let source = source_of_host(url.host_str()?)?;
    let parts: Vec<&str> = url
        .path_segments()?
        .filter(|part| !part.is_empty())
        .collect();
    let id = match (source.as_str(), parts.as_slice()) {
        ("x", [_, "status" | "statuses", id, ..]) if is_digits(id) => (*id).to_owned(),
        ("bluesky", ["profile", did, "post", key]) if did.starts_with("did:") => {
            format!("at://{did}/app.bsky.feed.post/{key}")
        }
        ("youtube", ["watch"]) => url
            .query_pairs()
            .find(|(key, _)| key == "v")
            .map(|(_, id)| id.into_owned())?,
        ("reddit", ["r", _, "comments", id, ..]) => (*id).to_owned(),
        _ => return None,
    };
    Some((source, id))
}

/// The key of a post without an id: its canonical address, else a digest of source, author, minute and text.
pub fn derived(post: &Post, posted_at: Option<Timestamp>) -> String {
    if let Some(address) = post.url.as_deref().and_then(canonical_url) {
        return address;
    }
    let author = post.author.as_ref();
    let name = author
        .and_then(|author| author.handle.as_deref().or(author.name.as_deref()))
        .unwrap_or_default();
    let minute = posted_at
        .map(|at| at.as_second().div_euclid(60).to_string())
        .unwrap_or_default();
    let words = [post.title.as_deref(), post.text.as_deref()];
    let text = words
        .into_iter()
        .flatten()
        .map(normal)
        .collect::<Vec<_>>()
        .join("\n");
    let stars = post
        .stars
        .map(|stars| stars.to_string())
        .unwrap_or_default();
    let mut digest = Sha256::new();
    for part in [
        post.source.as_deref().unwrap_or_default(),
        &normal(name),
        &minute,
        &text,
        &stars,
    ] {
        digest.update(part.as_bytes());
        digest.update([0]);
    }
    format!(
        "sha256:{}",
        data_encoding::HEXLOWER.encode(&digest.finalize())
    )
}

/// Whether an id went through a spreadsheet that took it for a number and lost its last digits.
pub fn is_damaged(id: &str) -> bool {
    let id = id.trim();
    if let Some((mantissa, exponent)) = id.split_once(['E', 'e']) {
        let is_number = !mantissa.is_empty()
            && mantissa
                .chars()
                .all(|letter| letter.is_ascii_digit() || ".,".contains(letter));
        return is_number
            && mantissa.contains(['.', ','])
            && exponent.strip_prefix('+').is_some_and(is_digits);
    }
    let lost = id.len().saturating_sub(15);
    is_digits(id) && lost >= 3 && id.bytes().rev().take(lost).all(|digit| digit == b'0')
}

/// Drops what came before, keeping the order.
pub fn dedupe(list: &mut Vec<String>) {
    let mut seen = std::collections::HashSet::new();
    list.retain(|entry| seen.insert(entry.clone()));
}

/// Words in lower case, one space between them.
pub fn normal(text: &str) -> String {
    text.split_whitespace()
        .map(str::to_lowercase)
        .collect::<Vec<_>>()
        .join(" ")
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|letter| letter.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn one_page_has_one_address() {
        let same = [
            "https://News.Example/Story/1/",
            "https://news.example/Story/1?utm_source=mail#top",
            "https://news.example/Story/1?fbclid=abc",
        ];
        for address in same {
            assert_eq!(
                canonical_url(address).unwrap(),
                "https://news.example/Story/1",
                "{address}"
            );
        }
        assert_eq!(
            canonical_url("https://a.example/p?id=4&utm_medium=x").unwrap(),
            "https://a.example/p?id=4"
        );
        assert_eq!(
            canonical_url("https://a.example/p#comment-5").unwrap(),
            "https://a.example/p#comment-5"
        );
        assert_eq!(canonical_url("mailto:a@example.org"), None);
    }

    #[test]
    fn ids_are_read_from_addresses_and_damage_is_seen() {
        let x = native_id("https://twitter.com/tess/status/1984000000000000001?s=20").unwrap();
        assert_eq!(x, ("x".to_owned(), "1984000000000000001".to_owned()));
        assert!(
            is_damaged("1.98E+18") && is_damaged("1984000000000000000") && is_damaged("1,98e+18")
        );
        assert!(
            !is_damaged("1984000000000000001")
                && !is_damaged("100000")
                && !is_damaged("E+18")
                && !is_damaged("1E5")
        );
    }

    #[test]
    fn the_derived_key_looks_through_spaces_and_case() {
        let post = |text: &str| Post {
            source: Some("csv".into()),
            text: Some(text.into()),
            ..Post::default()
        };
        let at = Some("2026-11-02T09:14:05Z".parse().unwrap());
        let later = Some("2026-11-02T09:14:59Z".parse().unwrap());
        assert_eq!(
            derived(&post("Long  wait"), at),
            derived(&post("long wait "), later)
        );
        assert_ne!(
            derived(&post("Long wait"), at),
            derived(&post("Short wait"), at)
        );
    }

    proptest! {
        #[test]
        fn canonical_addresses_stay_as_they_are(path in "[a-z0-9/]{0,20}", query in "([a-z]{1,4}=[a-z0-9]{0,4}&?){0,3}") {
            if let Some(once) = canonical_url(&format!("https://a.example/{path}?{query}")) {
                let twice = canonical_url(&once);
                prop_assert_eq!(twice, Some(once));
            }
        }
    }
}
