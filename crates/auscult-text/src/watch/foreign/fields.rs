//! What the fields of other suites become: the tools that the tables of the dialects are made of.
#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "the few arms that matter are named; every other kind is answered alike"
)]

use super::super::parse as parse_watch;
use super::out::{Out, print};
use super::{Dialect, Faith, Hears, brandwatch, countries, meltwater, talkwalker, words};

/// What a field becomes.
#[derive(Clone, Copy)]
pub(super) enum Rule {
    /// A text to search in, the same here.
    Text(&'static str),
    /// Upper and lower case matter.
    Case,
    /// Values, each on its own.
    Value(ValueRule),
    /// A number.
    Number(&'static str),
    /// A number, and how it differs.
    NumberLike(&'static str, &'static str),
    /// Minutes of the day become hours.
    Minutes,
    /// When it was written.
    Date,
    /// A list of names, for this field.
    List(&'static str),
    /// It cannot be heard here, and why.
    Gone(&'static str),
}

/// What a value becomes; it is escaped as in a watch.
pub(super) type ValueRule = fn(&str) -> Mapped;

/// What became of a value.
pub(super) struct Mapped {
    pub(super) out: Option<Out>,
    pub(super) faith: Faith,
    pub(super) says: &'static str,
    pub(super) hears: Option<Hears>,
}

impl Mapped {
    /// The same here.
    pub(super) const fn exact(out: Out) -> Self {
        Self {
            out: Some(out),
            faith: Faith::Exact,
            says: "",
            hears: None,
        }
    }

    /// Something else here.
    pub(super) const fn differs(out: Out, says: &'static str, hears: Option<Hears>) -> Self {
        Self {
            out: Some(out),
            faith: Faith::Differs,
            says,
            hears,
        }
    }

    /// Not heard here.
    pub(super) const fn gone(says: &'static str) -> Self {
        Self {
            out: None,
            faith: Faith::LeftOut,
            says,
            hears: None,
        }
    }
}

/// What a field of this name becomes; nothing when the suite's field is not known here.
pub(super) fn rule(dialect: Dialect, name: &str) -> Option<Rule> {
    match dialect {
        Dialect::Brandwatch => brandwatch::rule(name),
        Dialect::Meltwater => meltwater::rule(name),
        Dialect::Talkwalker => talkwalker::rule(name),
    }
}

/// A value of a field, in quotes where it needs them.
pub(super) fn value(field: &'static str, text: &str) -> Out {
    let is_plain = |character: char| {
        character.is_ascii_alphanumeric() || matches!(character, '.' | '_' | '/' | '@' | '-' | '*')
    };
    let bare = text.chars().all(is_plain)
        && text.starts_with(|first: char| first.is_ascii_alphanumeric() || first == '*')
        && !["unknown", "none", "me"]
            .iter()
            .any(|word| text.eq_ignore_ascii_case(word));
    let written = if bare {
        text.to_owned()
    } else {
        format!("\"{}\"", text.trim())
    };
    Out::Value(field, written)
}

/// A value that is the same here.
pub(super) fn same(field: &'static str, text: &str) -> Mapped {
    Mapped::exact(value(field, text))
}

/// A text as it is meant, without escapes, in small letters.
pub(super) fn plain(text: &str) -> String {
    text.trim().replace('\\', "").to_lowercase()
}

/// A country of two or three letters.
pub(super) fn country(text: &str) -> Mapped {
    countries::two_letters(&plain(text)).map_or_else(
        || Mapped::gone("this is no country code of two or three letters"),
        |code| Mapped::exact(value("country:", &code)),
    )
}

/// An author: a handle, or words of a name when it has a space.
pub(super) fn author(text: &str) -> Mapped {
    if text.trim().contains(char::is_whitespace) {
        return named(text);
    }
    same("author:", text.trim())
}

/// Words of an author's name.
pub(super) fn named(text: &str) -> Mapped {
    match words::words(text, false, None) {
        words::Said::Words(name) => Mapped::differs(
            Out::Wrap("name:", Box::new(name)),
            "sought as words of the author's name",
            Some(Hears::More),
        ),
        _ => Mapped::gone("there are no words in this name"),
    }
}

/// A hashtag, with or without its sign.
pub(super) fn hashtag(text: &str) -> Mapped {
    tagged('#', text, "this is no hashtag")
}

/// A mention, with or without its sign.
pub(super) fn mention(text: &str) -> Mapped {
    tagged('@', text, "this is no handle")
}

fn tagged(sign: char, text: &str, says: &'static str) -> Mapped {
    let text = text.trim();
    let written = format!("{sign}{}", text.strip_prefix(sign).unwrap_or(text));
    match words::words(&written, false, None) {
        words::Said::Words(Out::Words(found)) if found == written => {
            Mapped::exact(Out::Words(found))
        }
        _ => Mapped::gone(says),
    }
}

/// An address or the beginning of one.
pub(super) fn address(text: &str) -> Mapped {
    same("url:", text.trim())
}

/// Something an address points to.
pub(super) fn link(text: &str) -> Mapped {
    same("link:", text.trim())
}

/// A host with everything below it, without scheme, path and `www.`.
pub(super) fn host(text: &str) -> String {
    let plain = plain(text);
    let host = plain
        .split_once("://")
        .map_or(plain.as_str(), |(_, host)| host);
    let host = host.split(['/', '?']).next().unwrap_or(host);
    host.strip_prefix("www.").unwrap_or(host).to_owned()
}

/// A site.
pub(super) fn site(text: &str) -> Mapped {
    let plain = plain(text);
    let bare = plain
        .split_once("://")
        .map_or(plain.as_str(), |(_, rest)| rest);
    if bare.trim_end_matches('/').contains('/') {
        return Mapped::differs(
            value("url:", text.trim()),
            "a part of a site: sought by the address",
            None,
        );
    }
    Mapped::exact(value("site:", &host(text)))
}

/// A subreddit, by the address of its posts.
pub(super) fn subreddit(text: &str) -> Mapped {
    let plain = plain(text);
    let name = plain.strip_prefix("r/").unwrap_or(&plain);
    Mapped::exact(value("url:", &format!("reddit.com/r/{name}")))
}

/// A network, by the sites it has.
pub(super) fn network(name: &str) -> Option<Out> {
    let sites: &[&str] = match name {
        "twitter" | "x" => &["twitter.com", "x.com"],
        "facebook" | "facebook_public" => &["facebook.com"],
        "instagram" => &["instagram.com"],
        "youtube" => &["youtube.com", "youtu.be"],
        "reddit" => &["reddit.com"],
        "tiktok" => &["tiktok.com"],
        "linkedin" => &["linkedin.com"],
        "pinterest" => &["pinterest.com"],
        "tumblr" => &["tumblr.com"],
        "twitch" => &["twitch.tv"],
        "threads" => &["threads.net", "threads.com"],
        "bluesky" => return Some(value("source:", "bluesky")),
        "mastodon" => return Some(value("source:", "mastodon")),
        "trustpilot" => &["trustpilot.com"],
        "glassdoor" => &["glassdoor.com"],
        "tripadvisor" => &["tripadvisor.com"],
        _ => return None,
    };
    Out::any(sites.iter().map(|site| value("site:", site)).collect())
}

/// A mood: positive, neutral or negative.
pub(super) fn mood(text: &str) -> Mapped {
    const SAYS: &str = "Auscult judges the mood of a post by itself";
    let mood = match plain(text).as_str() {
        "positive" | "p" | ">0" => "positive",
        "neutral" | "v" | "0" => "neutral",
        "negative" | "n" | "<0" => "negative",
        _ => return Mapped::gone("a mood is positive, neutral or negative"),
    };
    Mapped::differs(value("sentiment:", mood), SAYS, None)
}

/// Whether the network has verified the author.
pub(super) fn verified(text: &str) -> Mapped {
    match plain(text).as_str() {
        "true" | "yes" => Mapped::exact(value("verified:", "yes")),
        "false" | "no" => Mapped::exact(value("verified:", "no")),
        _ => Mapped::gone("true or false is expected"),
    }
}

/// What is wrong with a part by our own parser; nothing when it is a watch.
pub(super) fn trouble(out: &Out) -> Option<String> {
    parse_watch(&print(out))
        .errors
        .first()
        .map(|error| error.message.clone())
}

/// Minutes of the day, in UTC there as here; only whole hours are compared.
pub(super) fn hours(low: &str, high: &str) -> Mapped {
    let hour = |minutes: &str| {
        minutes
            .parse::<u32>()
            .ok()
            .filter(|minutes| *minutes < 24 * 60)
            .map(|minutes| minutes / 60)
    };
    match (hour(low), hour(high)) {
        (Some(low), Some(high)) => Mapped::differs(
            Out::Value("hour:", format!("{low}..{high}")),
            "whole hours are compared",
            Some(Hears::More),
        ),
        _ => Mapped::gone("minutes of a day are numbers from 0 to 1439"),
    }
}
