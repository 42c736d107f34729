//! What a server sends, read with patience: unknown fields are left aside, missing ones are missing.

use auscult_model::listen::RawEvent;
use auscult_model::post::{Author, Parent, Post, PostKind};
use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use super::NETWORK;
use crate::contract::{Inbound, InboundPost};
use crate::{html, identity};

/// What a server says of itself, in the older or the newer form.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Instance {
    /// Its version, which names other software in brackets.
    #[serde(default)]
    pub version: String,
    /// Its name.
    #[serde(default)]
    pub title: Option<String>,
    /// Its limits.
    #[serde(default)]
    pub configuration: Option<Configuration>,
    /// The limit of older servers.
    #[serde(default)]
    pub max_toot_chars: Option<u32>,
    /// Addresses of older servers.
    #[serde(default)]
    pub urls: Option<Urls>,
}

/// Limits and addresses.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Configuration {
    /// Limits of posts.
    #[serde(default)]
    pub statuses: Option<StatusLimits>,
    /// Addresses.
    #[serde(default)]
    pub urls: Option<Urls>,
}

/// Limits of posts.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct StatusLimits {
    /// Characters at most.
    #[serde(default)]
    pub max_characters: Option<u32>,
    /// What an address counts.
    #[serde(default)]
    pub characters_reserved_per_url: Option<u32>,
}

/// Where the stream is.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Urls {
    /// Newer name.
    #[serde(default)]
    pub streaming: Option<String>,
    /// Older name.
    #[serde(default)]
    pub streaming_api: Option<String>,
}

impl Instance {
    /// Where the stream is, if the server names it.
    pub fn streaming(&self) -> Option<&str> {
        let newer = self
            .configuration
            .as_ref()
            .and_then(|configuration| configuration.urls.as_ref());
        let newer = newer.and_then(|urls| urls.streaming.as_deref());
        let older = self
            .urls
            .as_ref()
            .and_then(|urls| urls.streaming_api.as_deref().or(urls.streaming.as_deref()));
        newer.or(older).filter(|address| !address.is_empty())
    }
}

/// Our own account.
#[derive(Debug, Clone, Deserialize)]
pub struct OwnAccount {
    /// Its id on this server.
    #[serde(deserialize_with = "id")]
    pub id: String,
    /// Its short name.
    #[serde(default)]
    pub username: String,
    /// Its handle as the server shows it.
    #[serde(default)]
    pub acct: String,
    /// Its name.
    #[serde(default)]
    pub display_name: Option<String>,
    /// Its page.
    #[serde(default)]
    pub url: Option<String>,
}

/// An account.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Account {
    #[serde(default, deserialize_with = "id")]
    id: String,
    #[serde(default)]
    acct: String,
    #[serde(default)]
    display_name: Option<String>,
    #[serde(default)]
    note: Option<String>,
    #[serde(default)]
    url: Option<String>,
    #[serde(default)]
    uri: Option<String>,
    #[serde(default)]
    followers_count: Option<f64>,
}

/// A mention inside a post.
#[derive(Debug, Clone, Deserialize)]
pub struct Mention {
    #[serde(default, deserialize_with = "id")]
    id: String,
    #[serde(default)]
    acct: String,
    #[serde(default)]
    url: Option<String>,
}

/// A picture, film or sound.
#[derive(Debug, Clone, Deserialize)]
pub struct Attachment {
    #[serde(default, rename = "type")]
    kind: String,
}

/// A post.
#[derive(Debug, Clone, Deserialize)]
pub struct Status {
    /// Its id on this server.
    #[serde(deserialize_with = "id")]
    pub id: String,
    /// Its id everywhere.
    #[serde(default)]
    pub uri: String,
    /// Where it can be read.
    #[serde(default)]
    pub url: Option<String>,
    /// Who wrote it.
    pub account: Account,
    /// Its words, as HTML.
    #[serde(default)]
    pub content: String,
    #[serde(default)]
    spoiler_text: Option<String>,
    #[serde(default)]
    created_at: Option<String>,
    #[serde(default)]
    edited_at: Option<String>,
    /// Who sees it.
    #[serde(default)]
    pub visibility: String,
    /// The local id of what it answers.
    #[serde(default, deserialize_with = "maybe_id")]
    pub in_reply_to_id: Option<String>,
    #[serde(default, deserialize_with = "maybe_id")]
    in_reply_to_account_id: Option<String>,
    #[serde(default)]
    language: Option<String>,
    #[serde(default)]
    mentions: Vec<Mention>,
    #[serde(default)]
    media_attachments: Vec<Attachment>,
    #[serde(default)]
    reblog: Option<Box<Status>>,
    #[serde(default)]
    poll: Option<Value>,
    #[serde(default)]
    card: Option<Value>,
    #[serde(default)]
    favourites_count: Option<f64>,
    #[serde(default)]
    reblogs_count: Option<f64>,
    /// How many answers it has.
    #[serde(default)]
    pub replies_count: Option<f64>,
}

/// A note that something happened.
#[derive(Debug, Deserialize)]
pub struct Notification {
    /// Its id.
    #[serde(deserialize_with = "id")]
    pub id: String,
    /// What happened: `mention`, `status`, `reblog` …
    #[serde(default, rename = "type")]
    pub kind: String,
    /// The post it is about.
    #[serde(default)]
    pub status: Option<Value>,
}

/// What is around a post.
#[derive(Debug, Default, Deserialize)]
pub struct Context {
    /// Oldest first.
    #[serde(default)]
    pub ancestors: Vec<Value>,
    /// What answers it.
    #[serde(default)]
    pub descendants: Vec<Value>,
}

/// What is needed to answer a post later.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReplyTo {
    /// Version of this shape.
    pub v: u8,
    /// The local id of the post.
    pub id: String,
    /// Its id everywhere.
    pub uri: String,
    /// Its author's handle, to be mentioned.
    pub acct: String,
    /// Who sees it.
    pub visibility: String,
}

/// How posts are read: for which server and account, and what is known of their threads.
#[derive(Debug, Clone, Default)]
pub struct Lens {
    /// The host of the server.
    pub host: String,
    /// Our account's id there; empty when nobody is signed in.
    pub own_id: String,
    /// Our handle.
    pub own_handle: String,
}

/// What is known above a post.
#[derive(Debug, Clone, Default)]
pub struct Above {
    /// The first post of its thread.
    pub root: Option<String>,
    /// The post it answers.
    pub parent: Option<Parent>,
}

/// Reads a post out of JSON, or sets it apart.
pub fn status(value: &Value, place: &str) -> Result<Status, Inbound> {
    let broken = |reason: String| {
        let mut raw = serde_json::to_vec(value).unwrap_or_default();
        raw.truncate(64 << 10);
        Inbound::Broken {
            place: place.to_owned(),
            reason,
            raw,
        }
    };
    let status: Status =
        serde_json::from_value(value.clone()).map_err(|error| broken(error.to_string()))?;
    if status.uri.is_empty() && status.url.is_none() {
        return Err(broken("a post has a uri".to_owned()));
    }
    Ok(status)
}

impl Status {
    /// Its id everywhere.
    pub fn name(&self) -> String {
        if self.uri.is_empty() {
            self.url.clone().unwrap_or_default()
        } else {
            self.uri.clone()
        }
    }

    /// Whether our account wrote it.
    pub fn is_own(&self, lens: &Lens) -> bool {
        let is_id = !lens.own_id.is_empty() && self.account.id == lens.own_id;
        is_id
            || (!lens.own_handle.is_empty()
                && self
                    .handle(&lens.host)
                    .eq_ignore_ascii_case(&lens.own_handle))
    }

    /// When it was written.
    pub fn written_at(&self) -> Option<Timestamp> {
        self.created_at.as_ref()?.parse().ok()
    }

    /// The words, as plain text.
    pub fn plain(&self) -> String {
        html::to_text(&self.content).text
    }

    fn handle(&self, host: &str) -> String {
        whole_handle(&self.account.acct, self.account.url.as_deref(), host)
    }

    fn mentions_us(&self, lens: &Lens) -> bool {
        let is_us = |mention: &Mention| {
            let is_id = !lens.own_id.is_empty() && mention.id == lens.own_id;
            is_id
                || whole_handle(&mention.acct, mention.url.as_deref(), &lens.host)
                    .eq_ignore_ascii_case(&lens.own_handle)
        };
        let has_account = !lens.own_id.is_empty() || !lens.own_handle.is_empty();
        let answers_us = self
            .in_reply_to_account_id
            .as_ref()
            .is_some_and(|id| *id == lens.own_id && !id.is_empty());
        has_account && (answers_us || self.mentions.iter().any(is_us))
    }

    /// The post as the house knows it.
    pub fn inbound(&self, value: &Value, lens: &Lens, above: Above) -> InboundPost {
        let shown = self.reblog.as_deref().unwrap_or(self);
        let plain = html::to_text(&shown.content);
        let id = self.name();
        let is_own = self.is_own(lens);
        let parent = self.parent(above.parent);
        let thread_root = match (&above.root, &parent) {
            (Some(root), _) => root.clone(),
            (
                None,
                Some(Parent {
                    id: Some(parent), ..
                }),
            ) => parent.clone(),
            (None, _) => id.clone(),
        };
        let version_at = self.edited_at.as_ref().and_then(|text| text.parse().ok());
        let handle = self.handle(&lens.host);
        InboundPost {
            posted_at: self.written_at(),
            version_at,
            version: self.edited_at.clone().unwrap_or_default(),
            thread_root,
            reply_to: self.reply_to(),
            private: self.visibility == "direct",
            addressed_to_us: !is_own && self.mentions_us(lens),
            raw: Some(RawEvent {
                bytes: serde_json::to_vec(value).unwrap_or_default(),
                media_type: "application/json".to_owned(),
            }),
            post: Post {
                id,
                source: Some(NETWORK.to_owned()),
                site: self.site(),
                kind: Some(self.kind()),
                title: shown
                    .spoiler_text
                    .clone()
                    .filter(|words| !words.trim().is_empty()),
                text: (!plain.text.is_empty()).then_some(plain.text.clone()),
                author: Some(self.author(handle)),
                url: self
                    .url
                    .clone()
                    .or_else(|| self.uri.starts_with("http").then(|| self.uri.clone())),
                links: outward(&plain),
                lang: self.language.clone().filter(|tag| !tag.is_empty()),
                created_at: self.written_at().map(|at| at.to_string()),
                likes: shown.favourites_count,
                reposts: shown.reblogs_count,
                replies: shown.replies_count,
                has: Some(shown.has(&plain)),
                parent,
                ..Post::default()
            },
        }
    }

    fn reply_to(&self) -> String {
        let reply_to = ReplyTo {
            v: 1,
            id: self.id.clone(),
            uri: self.name(),
            acct: self.account.acct.clone(),
            visibility: self.visibility.clone(),
        };
        serde_json::to_string(&reply_to).unwrap_or_default()
    }

    fn parent(&self, known: Option<Parent>) -> Option<Parent> {
        if let Some(reblog) = &self.reblog {
            let text = Some(reblog.plain()).filter(|text| !text.is_empty());
            return Some(Parent {
                id: Some(reblog.name()),
                text,
                author: Some(reblog.account.acct.clone()),
            });
        }
        known.or_else(|| self.in_reply_to_id.is_some().then(Parent::default))
    }

    /// This post as the parent of another.
    pub fn as_parent(&self, host: &str) -> Parent {
        let text = Some(self.plain()).filter(|text| !text.is_empty());
        Parent {
            id: Some(self.name()),
            text,
            author: Some(self.handle(host)),
        }
    }

    fn kind(&self) -> PostKind {
        match (&self.reblog, &self.in_reply_to_id) {
            (Some(_), _) => PostKind::Repost,
            (None, Some(_)) => PostKind::Reply,
            (None, None) => PostKind::Post,
        }
    }

    fn author(&self, handle: String) -> Author {
        let account = &self.account;
        let bio = account.note.as_deref().map(|note| html::to_text(note).text);
        Author {
            id: account.uri.clone().or_else(|| account.url.clone()),
            handle: Some(handle),
            name: account.display_name.clone().filter(|name| !name.is_empty()),
            bio: bio.filter(|bio| !bio.is_empty()),
            followers: account.followers_count,
            verified: None,
        }
    }

    fn site(&self) -> Option<String> {
        let address = self.url.as_deref().unwrap_or(&self.uri);
        url::Url::parse(address).ok()?.host_str().map(str::to_owned)
    }

    fn has(&self, plain: &html::Plain) -> Vec<String> {
        let mut has = Vec::new();
        for attachment in &self.media_attachments {
            has.push(match attachment.kind.as_str() {
                "gifv" => "gif".to_owned(),
                "image" | "video" | "audio" => attachment.kind.clone(),
                _ => "document".to_owned(),
            });
        }
        if self.poll.as_ref().is_some_and(|poll| !poll.is_null()) {
            has.push("poll".to_owned());
        }
        let has_card = self.card.as_ref().is_some_and(|card| !card.is_null());
        if has_card || !outward(plain).is_empty() {
            has.push("link".to_owned());
        }
        if plain.text.contains('?') {
            has.push("question".to_owned());
        }
        identity::dedupe(&mut has);
        has
    }
}

/// Where a text points, mentions and hashtags left out.
fn outward(plain: &html::Plain) -> Vec<String> {
    let is_outward = |link: &&html::Link| {
        !["mention", "hashtag"]
            .iter()
            .any(|class| link.class.contains(class))
    };
    let mut links: Vec<String> = plain
        .links
        .iter()
        .filter(is_outward)
        .map(|link| link.href.clone())
        .collect();
    identity::dedupe(&mut links);
    links
}

/// A handle with its host, from what the server shows and the account's page.
pub fn whole_handle(acct: &str, url: Option<&str>, host: &str) -> String {
    let acct = acct.trim_start_matches('@');
    if acct.contains('@') || acct.is_empty() {
        return acct.to_owned();
    }
    let of_page = url
        .and_then(|url| url::Url::parse(url).ok())
        .and_then(|url| url.host_str().map(str::to_owned));
    format!("{acct}@{}", of_page.unwrap_or_else(|| host.to_owned()))
}

fn id<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    maybe_id(deserializer)?.ok_or_else(|| serde::de::Error::custom("expected an id"))
}

/// Ids are texts; some servers write numbers.
fn maybe_id<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    match Option::<Value>::deserialize(deserializer)? {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(id)) => Ok((!id.is_empty()).then_some(id)),
        Some(Value::Number(id)) if id.is_u64() => Ok(Some(id.to_string())),
        Some(Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_)) => {
            Err(serde::de::Error::custom("expected an id"))
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn example() -> Value {
        serde_json::from_str(include_str!("fixtures/status.json")).unwrap()
    }

    fn lens() -> Lens {
        Lens {
            host: "care.example".into(),
            own_id: "12".into(),
            own_handle: "riverside@care.example".into(),
        }
    }

    #[test]
    fn a_status_becomes_a_post() {
        let value = example();
        let inbound = status(&value, "item 1")
            .unwrap()
            .inbound(&value, &lens(), Above::default());
        let post = &inbound.post;
        assert_eq!(
            post.id,
            "https://social.example/users/ana/statuses/115482200112233445"
        );
        assert_eq!(
            post.text.as_deref(),
            Some("Great nurses at @riverside\n\nMore: https://ana.example/ward")
        );
        assert_eq!(
            post.author.as_ref().unwrap().handle.as_deref(),
            Some("ana@social.example")
        );
        assert_eq!(post.links, ["https://ana.example/ward"]);
        assert_eq!(post.has.as_deref().unwrap(), ["image", "link"]);
        assert_eq!((post.likes, post.lang.as_deref()), (Some(4.0), Some("en")));
        assert!(inbound.addressed_to_us && !inbound.private);
        assert_eq!(
            inbound.posted_at.unwrap().to_string(),
            "2026-11-02T09:14:05.12Z"
        );
        let reply: ReplyTo = serde_json::from_str(&inbound.reply_to).unwrap();
        assert_eq!(
            (reply.id.as_str(), reply.acct.as_str()),
            ("115482200112233445", "ana@social.example")
        );
    }

    #[test]
    fn a_boost_points_to_what_it_passes_on() {
        let mut value = example();
        value["reblog"] = example();
        value["uri"] = Value::from("https://social.example/users/bob/statuses/9/activity");
        let inbound = status(&value, "item 1")
            .unwrap()
            .inbound(&value, &lens(), Above::default());
        assert_eq!(inbound.post.kind, Some(PostKind::Repost));
        assert_eq!(
            inbound.thread_root,
            "https://social.example/users/ana/statuses/115482200112233445"
        );
    }

    #[test]
    fn handles_get_their_host() {
        assert_eq!(
            whole_handle("ana", Some("https://care.example/@ana"), "x.example"),
            "ana@care.example"
        );
        assert_eq!(
            whole_handle("@ana@a.example", None, "x.example"),
            "ana@a.example"
        );
        assert_eq!(whole_handle("ana", None, "x.example"), "ana@x.example");
    }

    proptest! {
        #[test]
        fn any_field_may_be_anything(key in "[a-z_]{2,24}", at in 0_usize..40, value in prop_oneof![
            Just(Value::Null), any::<bool>().prop_map(Value::from), any::<f64>().prop_map(Value::from),
            "[ -~]{0,10}".prop_map(Value::from), Just(serde_json::json!([1])), Just(serde_json::json!({"a": 1}))]) {
            let mut status_value = example();
            let keys: Vec<String> = status_value.as_object().unwrap().keys().cloned().collect();
            status_value[keys.get(at).unwrap_or(&key).as_str()] = value;
            match status(&status_value, "item 1") {
                Ok(status) => {
                    let inbound = status.inbound(&status_value, &lens(), Above::default());
                    prop_assert!(!inbound.post.id.is_empty() && !inbound.thread_root.is_empty());
                }
                Err(Inbound::Broken { reason, raw, .. }) => prop_assert!(!reason.is_empty() && !raw.is_empty()),
                Err(other) => prop_assert!(false, "{:?}", other),
            }
        }
    }
}
