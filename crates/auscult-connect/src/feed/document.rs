//! A feed taken apart into its items, each read on its own: one that is broken costs nobody else.
//!
//! Entities of a document type are never resolved; the type is cut out before anything reads the rest.

use encoding_rs::{Encoding, UTF_8};
use jiff::Timestamp;

use super::json;

/// Depth of elements inside an item at most.
const DEEPEST: usize = 200;
/// Items read of one feed at most.
const ITEMS: usize = 2_000;

/// A feed as it was read.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Feed {
    /// Its title, as text.
    pub title: Option<String>,
    /// Its language.
    pub lang: Option<String>,
    /// Minutes it asks to be left alone.
    pub minutes: Option<u32>,
    /// Its items in the order they stand, or what could not be read.
    pub items: Vec<Result<Item, BrokenItem>>,
    /// Hub and topic, when it offers to push.
    pub hub: Option<(String, String)>,
}

/// An item as it was read.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Item {
    /// `id`, `guid`; empty when there is none.
    pub id: String,
    /// Where it can be read.
    pub url: Option<String>,
    /// Headline, perhaps with markup.
    pub title: Option<String>,
    /// Words, and whether they are HTML.
    pub content: Option<(String, bool)>,
    /// Who wrote it.
    pub author: Option<String>,
    /// The author's page.
    pub author_url: Option<String>,
    /// When it was published.
    pub published: Option<Timestamp>,
    /// When it was changed.
    pub updated: Option<Timestamp>,
    /// Language.
    pub lang: Option<String>,
    /// What it answers, if it says so.
    pub in_reply_to: Option<String>,
    /// Media types that come with it.
    pub media: Vec<String>,
    /// How many comments it has.
    pub comments: Option<f64>,
    /// As received.
    pub raw: Vec<u8>,
    /// What `raw` is.
    pub media_type: &'static str,
}

/// An item that could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BrokenItem {
    /// What was wrong.
    pub reason: String,
    /// Its bytes.
    pub raw: Vec<u8>,
}

/// Why a document is no feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoFeed {
    /// It is a web page; its text, so that its feed can be looked for.
    Page(String),
    /// It is something else, or breaks off.
    Other(String),
}

/// Reads a feed. `content_type` is the header of the answer, `base` resolves relative addresses.
pub fn parse(bytes: &[u8], content_type: &str, base: &str) -> Result<Feed, NoFeed> {
    let text = decoded(bytes, content_type);
    let start = text.trim_start();
    if start.starts_with('{') {
        return json::parse(start);
    }
    if is_page(start) {
        return Err(NoFeed::Page(text));
    }
    if !start.starts_with('<') {
        return Err(NoFeed::Other(
            "this is neither a feed nor a page".to_owned(),
        ));
    }
    let parts = Parts::of(start);
    if !parts.is_whole {
        return Err(NoFeed::Other(
            "the feed breaks off before its end".to_owned(),
        ));
    }
    if !matches!(parts.root.as_str(), "rss" | "feed" | "rdf:rdf" | "entry")
        && !parts.root.ends_with(":feed")
    {
        return Err(NoFeed::Other(format!(
            "the document begins with <{}>, which is no feed",
            parts.root
        )));
    }
    Ok(assemble(&parts, base))
}

fn assemble(parts: &Parts<'_>, base: &str) -> Feed {
    let shell = read_xml(&format!("{}{}", parts.head, parts.closing), base).ok();
    let of_shell =
        |take: fn(&feed_rs::model::Feed) -> Option<String>| shell.as_ref().and_then(take);
    let items = parts
        .items
        .iter()
        .map(|part| read_item(parts, part, base))
        .collect();
    Feed {
        title: of_shell(|feed| {
            feed.title
                .as_ref()
                .map(|title| crate::html::to_text(&title.content).text)
        }),
        lang: of_shell(|feed| feed.language.clone()),
        minutes: minutes(parts.head.as_str(), shell.as_ref()),
        hub: super::websub::offer(&parts.head, base),
        items,
    }
}

fn read_item(parts: &Parts<'_>, part: &Part<'_>, base: &str) -> Result<Item, BrokenItem> {
    let broken = |reason: String| {
        let raw = part.text.as_bytes();
        BrokenItem {
            reason,
            raw: raw.get(..64 << 10).unwrap_or(raw).to_vec(),
        }
    };
    if part.depth > DEEPEST {
        return Err(broken(format!(
            "elements are nested more than {DEEPEST} deep"
        )));
    }
    if !part.is_closed {
        return Err(broken("the item does not close".to_owned()));
    }
    let whole = format!("{}{}{}", parts.head, part.text, parts.closing);
    let feed = read_xml(&whole, base).map_err(broken)?;
    let entry = feed
        .entries
        .into_iter()
        .next()
        .ok_or_else(|| broken("the item is empty".to_owned()))?;
    let mut item = from_entry(entry);
    item.in_reply_to = reply_target(part.text);
    item.comments = element(part.text, "slash:comments").and_then(|count| count.parse().ok());
    item.raw = part.text.as_bytes().to_vec();
    Ok(item)
}

fn read_xml(text: &str, base: &str) -> Result<feed_rs::model::Feed, String> {
    let base = url::Url::parse(base).is_ok().then_some(base);
    let parser = feed_rs::parser::Builder::new()
        .base_uri(base)
        .id_generator(|_, _, _| String::new())
        .sanitize_content(false)
        .build();
    parser
        .parse(text.as_bytes())
        .map_err(|error| error.to_string())
}

fn from_entry(entry: feed_rs::model::Entry) -> Item {
    let is_html = |media_type: &str| media_type.contains("html") || media_type.contains("xml");
    let content = entry.content.and_then(|content| {
        let is_html = is_html(content.content_type.as_str());
        content.body.map(|body| (body, is_html))
    });
    let summary = entry
        .summary
        .map(|text| (text.content, is_html(text.content_type.as_str())));
    let link = entry.links.iter().find(|link| {
        link.rel.as_deref().is_none_or(|rel| rel == "alternate") && link.target.is_none()
    });
    let url = link
        .or(entry.links.first())
        .map(|link| link.href.trim().to_owned());
    let person = entry.authors.into_iter().next();
    let enclosures = entry
        .links
        .iter()
        .filter(|link| link.rel.as_deref() == Some("enclosure"));
    let linked = enclosures.filter_map(|link| link.media_type.clone());
    let media = entry.media.iter().flat_map(|media| &media.content);
    let attached =
        media.filter_map(|content| content.content_type.as_ref().map(ToString::to_string));
    Item {
        id: entry.id.trim().to_owned(),
        url: url.filter(|url| !url.is_empty()),
        title: entry.title.map(|title| title.content),
        content: content
            .filter(|(body, _)| !body.trim().is_empty())
            .or(summary),
        author: person.as_ref().and_then(|person| person.name.clone()),
        author_url: person.and_then(|person| person.uri),
        published: entry
            .published
            .and_then(|at| Timestamp::from_millisecond(at.timestamp_millis()).ok()),
        updated: entry
            .updated
            .and_then(|at| Timestamp::from_millisecond(at.timestamp_millis()).ok()),
        lang: entry.language,
        in_reply_to: None,
        media: linked.chain(attached).collect(),
        comments: None,
        raw: Vec::new(),
        media_type: "application/xml",
    }
}

/// What an item of a comments feed says it answers.
fn reply_target(item: &str) -> Option<String> {
    let (_, inside) = crate::html::tags(item).find(|(name, _)| name == "thr:in-reply-to")?;
    crate::html::attribute(inside, "ref").or_else(|| crate::html::attribute(inside, "href"))
}

/// The text of a simple element.
fn element(text: &str, name: &str) -> Option<String> {
    let (_, after) = text.split_once(&format!("<{name}>"))?;
    let (inside, _) = after.split_once("</")?;
    Some(inside.trim().to_owned())
}

/// Minutes the feed asks to be left alone: `ttl`, or its update period.
fn minutes(head: &str, shell: Option<&feed_rs::model::Feed>) -> Option<u32> {
    if let Some(ttl) = shell.and_then(|feed| feed.ttl) {
        return Some(ttl);
    }
    let period = match element(head, "sy:updatePeriod")?.as_str() {
        "hourly" => 60,
        "daily" => 1_440,
        "weekly" => 10_080,
        _ => return None,
    };
    let frequency: u32 = element(head, "sy:updateFrequency")
        .and_then(|count| count.parse().ok())
        .unwrap_or(1);
    Some(period / frequency.max(1))
}

fn is_page(start: &str) -> bool {
    let begins = start.get(..200).unwrap_or(start).to_ascii_lowercase();
    begins.contains("<!doctype html") || begins.starts_with("<html") || begins.contains("<html ")
}

/// The text of a document: by its mark, the header, its own first line, else found out.
fn decoded(bytes: &[u8], content_type: &str) -> String {
    let named = content_type.split(';').skip(1).find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim()
            .eq_ignore_ascii_case("charset")
            .then(|| value.trim().trim_matches('"').to_owned())
    });
    let start: String = bytes
        .iter()
        .take(200)
        .map(|byte| char::from(*byte))
        .collect();
    let written = start.split_once("encoding=").and_then(|(_, after)| {
        let quote = after
            .chars()
            .next()
            .filter(|quote| matches!(quote, '"' | '\''))?;
        after.get(1..)?.split(quote).next().map(str::to_owned)
    });
    let label = [named, written]
        .into_iter()
        .flatten()
        .find_map(|label| Encoding::for_label(label.as_bytes()));
    let coding = match (Encoding::for_bom(bytes), std::str::from_utf8(bytes)) {
        (Some((coding, _)), _) => coding,
        (None, Ok(_)) => UTF_8,
        (None, Err(_)) => label
            .filter(|coding| *coding != UTF_8)
            .unwrap_or_else(|| guessed(bytes)),
    };
    let (text, _) = coding.decode_with_bom_removal(bytes);
    text.into_owned()
}

fn guessed(bytes: &[u8]) -> &'static Encoding {
    let mut detector = chardetng::EncodingDetector::new(chardetng::Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    detector.guess(None, chardetng::Utf8Detection::Allow)
}

/// A document cut at its items.
#[derive(Debug, Default)]
struct Parts<'a> {
    root: String,
    head: String,
    items: Vec<Part<'a>>,
    closing: String,
    is_whole: bool,
}

#[derive(Debug)]
struct Part<'a> {
    text: &'a str,
    depth: usize,
    is_closed: bool,
}

/// A tag, and where it ends.
enum Mark<'a> {
    Open { name: &'a str, is_empty: bool },
    Close { name: &'a str },
    Other,
}

impl<'a> Parts<'a> {
    fn of(text: &'a str) -> Self {
        let mut cut = Cut {
            text,
            parts: Self::default(),
            open: Vec::new(),
            head_from: 0,
            item: None,
        };
        let mut at = 0;
        while let Some(found) = text.get(at..).and_then(|rest| rest.find('<')) {
            let begin = at + found;
            let rest = text.get(begin..).unwrap_or_default();
            let (mark, length) = next_mark(rest);
            at = begin + length.max(1);
            cut.take(&mark, begin, at);
        }
        cut.finish()
    }
}

struct Cut<'a> {
    text: &'a str,
    parts: Parts<'a>,
    /// Elements that were open when the first item began, and those open outside items since.
    open: Vec<&'a str>,
    head_from: usize,
    /// Begin, name, depth and deepest of the item that is open.
    item: Option<(usize, &'a str, usize, usize)>,
}

impl<'a> Cut<'a> {
    fn take(&mut self, mark: &Mark<'a>, begin: usize, end: usize) {
        match (mark, self.item) {
            (Mark::Other, None) => {
                // Declarations and document types are left out of the head.
                if self.parts.items.is_empty() {
                    self.keep_head(begin);
                    self.head_from = end;
                }
            }
            (Mark::Other, Some(_)) => {}
            (Mark::Open { name, is_empty }, None) => self.open_outside(name, *is_empty, begin),
            (Mark::Close { name }, None) => self.close_outside(name),
            (Mark::Open { name, is_empty }, Some((from, item, depth, deepest))) => {
                if *name == item {
                    self.end_item(from, begin, deepest, false);
                    self.begin_item(name, begin);
                } else if !*is_empty {
                    self.item = Some((from, item, depth + 1, deepest.max(depth + 1)));
                }
            }
            (Mark::Close { name }, Some((from, item, depth, deepest))) => {
                if *name == item {
                    self.end_item(from, end, deepest, true);
                } else if self.parts.root == name.to_ascii_lowercase() {
                    self.end_item(from, begin, deepest, false);
                    self.parts.is_whole = true;
                } else {
                    self.item = Some((from, item, depth.saturating_sub(1), deepest));
                }
            }
        }
    }

    fn keep_head(&mut self, until: usize) {
        if let Some(piece) = self.text.get(self.head_from..until) {
            self.parts.head.push_str(piece);
        }
    }

    fn open_outside(&mut self, name: &'a str, is_empty: bool, begin: usize) {
        if self.parts.root.is_empty() {
            self.parts.root = name.to_ascii_lowercase();
        }
        let local = name.rsplit(':').next().unwrap_or(name);
        if matches!(local, "item" | "entry") && !self.open.is_empty() && !is_empty {
            self.begin_item(name, begin);
        } else if !is_empty {
            self.open.push(name);
        } else if self.open.is_empty() {
            self.parts.is_whole = true;
        }
    }

    fn close_outside(&mut self, name: &str) {
        if let Some(at) = self.open.iter().rposition(|open| *open == name) {
            self.open.truncate(at);
        }
        if self.parts.root == name.to_ascii_lowercase() {
            self.parts.is_whole = true;
        }
    }

    fn begin_item(&mut self, name: &'a str, begin: usize) {
        if self.parts.closing.is_empty() && self.parts.items.is_empty() {
            self.keep_head(begin);
            let names = self.open.iter().rev();
            self.parts.closing = names.flat_map(|name| ["</", name, ">"]).collect();
        }
        self.item = Some((begin, name, 0, 0));
    }

    fn end_item(&mut self, from: usize, until: usize, depth: usize, is_closed: bool) {
        self.item = None;
        if self.parts.items.len() < ITEMS {
            let text = self.text.get(from..until).unwrap_or_default();
            self.parts.items.push(Part {
                text,
                depth,
                is_closed,
            });
        }
    }

    fn finish(mut self) -> Parts<'a> {
        if let Some((from, _, _, deepest)) = self.item {
            self.end_item(from, self.text.len(), deepest, false);
        }
        if self.parts.items.is_empty() {
            self.keep_head(self.text.len());
        }
        self.parts
    }
}

/// What stands at a `<`, and how long it is.
fn next_mark(rest: &str) -> (Mark<'_>, usize) {
    let until = |end: &str| rest.find(end).map(|at| at + end.len());
    if rest.starts_with("<!--") {
        return (Mark::Other, until("-->").unwrap_or(4));
    }
    if rest.starts_with("<![CDATA[") {
        // Inside a head this is text of an element, so it must stay: an empty mark keeps it.
        return (
            Mark::Open {
                name: "",
                is_empty: true,
            },
            until("]]>").unwrap_or(9),
        );
    }
    if rest.starts_with("<?") {
        return (Mark::Other, until("?>").unwrap_or(2));
    }
    if rest.starts_with("<!") {
        let close = rest.find('>').map_or(2, |at| at + 1);
        let has_inside = rest.get(..close).is_some_and(|start| start.contains('['));
        return (
            Mark::Other,
            if has_inside {
                until("]>").unwrap_or(close)
            } else {
                close
            },
        );
    }
    let Some(length) = tag_length(rest) else {
        return (
            Mark::Open {
                name: "",
                is_empty: true,
            },
            1,
        );
    };
    let inside = rest.get(1..length.saturating_sub(1)).unwrap_or_default();
    let (is_close, named) = inside
        .strip_prefix('/')
        .map_or((false, inside), |named| (true, named));
    let end = named
        .find(|letter: char| letter.is_whitespace() || letter == '/')
        .unwrap_or(named.len());
    let name = named.get(..end).unwrap_or_default();
    if is_close {
        return (Mark::Close { name }, length);
    }
    (
        Mark::Open {
            name,
            is_empty: name.is_empty() || inside.ends_with('/'),
        },
        length,
    )
}

fn tag_length(rest: &str) -> Option<usize> {
    let mut quote = None;
    for (at, letter) in rest.char_indices() {
        match (quote, letter) {
            (None, '>') => return Some(at + 1),
            (None, '"' | '\'') => quote = Some(letter),
            (None, '<') if at > 0 => return None,
            (Some(open), close) if open == close => quote = None,
            _ => {}
        }
    }
    None
}
