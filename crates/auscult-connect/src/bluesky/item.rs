//! From the network's post to the canonical one. The only place that maps.

use auscult_model::listen::RawEvent;
use auscult_model::post::{Author, Parent, Post, PostKind};
use jiff::Timestamp;

use crate::contract::{Inbound, InboundPost};

use super::wire::{AtUri, Embed, PostView, Profile, Record, Ref, ReplyTo};

/// Bytes of an unreadable item that are kept.
const RAW_CAP: usize = 64 * 1024;

/// Who is looking.
#[derive(Debug, Clone, Default)]
pub(super) struct Viewer {
    /// Our DID; empty without an account.
    pub(super) did: String,
}

/// A record with what is known around it.
pub(super) struct Heard<'a> {
    pub(super) uri: &'a str,
    pub(super) cid: &'a str,
    pub(super) author: Profile,
    pub(super) record: Record,
    pub(super) indexed_at: Option<Timestamp>,
    pub(super) raw: RawEvent,
}

/// A post with the instant at which the network took it in.
pub(super) struct Viewed {
    pub(super) inbound: InboundPost,
    pub(super) indexed_at: Option<Timestamp>,
}

/// Reads a post view (search, thread, feed, notification).
pub(super) fn view(json: &str, viewer: &Viewer) -> Result<Viewed, String> {
    let view: PostView = serde_json::from_str(json).map_err(|error| explain(&error))?;
    if AtUri::parse(&view.uri).is_none() {
        return Err("its address is not of the form at://account/collection/key".to_owned());
    }
    let heard = Heard {
        uri: &view.uri,
        cid: &view.cid,
        author: view.author,
        record: view.record,
        indexed_at: view
            .indexed_at
            .as_deref()
            .and_then(|text| text.parse().ok()),
        raw: RawEvent {
            bytes: json.as_bytes().to_vec(),
            media_type: "application/json".to_owned(),
        },
    };
    let indexed_at = heard.indexed_at;
    let mut inbound = map(heard, viewer);
    inbound.post.likes = view.like_count;
    inbound.post.reposts = view.repost_count;
    inbound.post.replies = view.reply_count;
    inbound.addressed_to_us |= view.reason.is_some();
    Ok(Viewed {
        inbound,
        indexed_at,
    })
}

/// An item that could not be read, with what is left of it.
pub(super) fn broken(place: String, reason: String, raw: &[u8]) -> Inbound {
    Inbound::Broken {
        place,
        reason,
        raw: raw.get(..RAW_CAP).unwrap_or(raw).to_vec(),
    }
}

/// The canonical post.
pub(super) fn map(heard: Heard<'_>, viewer: &Viewer) -> InboundPost {
    let Heard {
        uri,
        cid,
        author,
        record,
        indexed_at,
        raw,
    } = heard;
    let (posted_at, created_at) = written_at(&record, indexed_at);
    let own = Ref {
        uri: uri.to_owned(),
        cid: cid.to_owned(),
    };
    let root = record
        .reply
        .as_ref()
        .map_or(own, |reply| reply.root.clone());
    let reply_to = ReplyTo {
        uri: uri.to_owned(),
        cid: cid.to_owned(),
        root: root.clone(),
    };
    let addressed = is_addressed(&record, &viewer.did);
    let post = Post {
        id: uri.to_owned(),
        source: Some("bluesky".to_owned()),
        kind: Some(if record.reply.is_some() {
            PostKind::Reply
        } else {
            PostKind::Post
        }),
        author: Some(writer(author)),
        url: permalink(uri),
        links: links(&record),
        lang: record
            .langs
            .first()
            .filter(|lang| !lang.is_empty())
            .cloned(),
        created_at,
        has: Some(attachments(&record)),
        parent: record.reply.map(|reply| Parent {
            id: Some(reply.parent.uri),
            text: None,
            author: None,
        }),
        text: Some(record.text),
        ..Post::default()
    };
    InboundPost {
        post,
        posted_at,
        version_at: None,
        version: cid.to_owned(),
        thread_root: root.uri,
        reply_to: serde_json::to_string(&reply_to).unwrap_or_default(),
        private: false,
        addressed_to_us: addressed,
        raw: Some(raw),
    }
}

fn writer(profile: Profile) -> Author {
    Author {
        id: Some(profile.did).filter(|did| !did.is_empty()),
        handle: Some(profile.handle)
            .filter(|handle| !handle.is_empty() && handle != "handle.invalid"),
        name: profile.display_name.filter(|name| !name.is_empty()),
        bio: profile.description,
        followers: profile.followers_count,
        verified: None,
    }
}

/// Where a person can read a post.
pub(super) fn permalink(uri: &str) -> Option<String> {
    let at = AtUri::parse(uri)?;
    Some(format!(
        "https://bsky.app/profile/{}/post/{}",
        at.repo, at.rkey
    ))
}

/// The author's time, unless it lies after the network's: clocks of phones run wild.
fn written_at(
    record: &Record,
    indexed_at: Option<Timestamp>,
) -> (Option<Timestamp>, Option<String>) {
    let told: Option<Timestamp> = record
        .created_at
        .as_deref()
        .and_then(|text| text.parse().ok());
    match (told, indexed_at) {
        (Some(told), Some(indexed)) if told > indexed => (Some(indexed), Some(indexed.to_string())),
        (Some(told), _) => (Some(told), record.created_at.clone()),
        (None, indexed) => (indexed, indexed.map(|instant| instant.to_string())),
    }
}

fn is_addressed(record: &Record, did: &str) -> bool {
    if did.is_empty() {
        return false;
    }
    let mentioned = record
        .facets
        .iter()
        .flat_map(|facet| &facet.features)
        .any(|feature| feature.did.as_deref() == Some(did));
    let is_ours = |uri: &str| AtUri::parse(uri).is_some_and(|at| at.repo == did);
    let answered = record
        .reply
        .as_ref()
        .is_some_and(|reply| is_ours(&reply.parent.uri) || is_ours(&reply.root.uri));
    let quoted = record
        .embed
        .as_ref()
        .and_then(quoted_uri)
        .is_some_and(is_ours);
    mentioned || answered || quoted
}

fn quoted_uri(embed: &Embed) -> Option<&str> {
    let record = embed.record.as_ref()?;
    let uri = record
        .get("uri")
        .or_else(|| record.get("record")?.get("uri"))?;
    uri.as_str()
}

fn links(record: &Record) -> Vec<String> {
    let mut links: Vec<String> = Vec::new();
    let card = record.embed.as_ref().and_then(card);
    let in_text = record
        .facets
        .iter()
        .flat_map(|facet| &facet.features)
        .filter_map(|feature| feature.uri.as_deref());
    for link in in_text.chain(card) {
        if !link.is_empty() && !links.iter().any(|known| known == link) {
            links.push(link.to_owned());
        }
    }
    links
}

fn card(embed: &Embed) -> Option<&str> {
    let external = embed
        .external
        .as_ref()
        .or_else(|| embed.media.as_ref()?.external.as_ref())?;
    Some(external.uri.as_str())
}

fn attachments(record: &Record) -> Vec<String> {
    let mut has = Vec::new();
    let kinds = record.embed.iter().flat_map(|embed| {
        let inner = embed.media.as_ref().map_or("", |media| media.kind.as_str());
        [embed.kind.as_str(), inner]
    });
    for kind in kinds {
        // Views append `#view` to the name.
        match kind.trim_end_matches("#view") {
            "app.bsky.embed.images" => has.push("image".to_owned()),
            "app.bsky.embed.video" => has.push("video".to_owned()),
            _ => {}
        }
    }
    if !links(record).is_empty() {
        has.push("link".to_owned());
    }
    has
}

/// What is wrong with an item, without its content.
pub(super) fn explain(error: &serde_json::Error) -> String {
    let text = error.to_string();
    // serde repeats the offending value in back-quotes or quotes: field names are ours, values are a person's.
    if text.starts_with("missing field") {
        return text;
    }
    format!(
        "it does not have the expected shape at line {}, column {}",
        error.line(),
        error.column()
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn hospital() -> Viewer {
        Viewer {
            did: "did:plc:hospital".to_owned(),
        }
    }

    #[test]
    fn a_post_is_read_as_the_network_shows_it() {
        let heard = view(include_str!("fixtures/post_view.json"), &hospital())
            .unwrap()
            .inbound;
        let post = &heard.post;
        assert_eq!(post.kind, Some(PostKind::Reply));
        assert_eq!(
            post.url.as_deref(),
            Some("https://bsky.app/profile/did:plc:sam/post/3mabc2defgh2m")
        );
        assert_eq!(post.links, ["https://river.example/er"]);
        assert_eq!(
            post.has.as_deref(),
            Some(&["image".to_owned(), "link".to_owned()][..])
        );
        assert_eq!(
            (post.lang.as_deref(), post.created_at.as_deref()),
            (Some("en"), Some("2026-11-02T09:09:58Z"))
        );
        assert_eq!(
            (post.likes, post.reposts, post.replies),
            (Some(3.0), Some(0.0), Some(1.0))
        );
        let author = post.author.as_ref().unwrap();
        assert_eq!(
            (
                author.id.as_deref(),
                author.handle.as_deref(),
                author.name.as_deref()
            ),
            (Some("did:plc:sam"), Some("sam.example"), Some("Sam"))
        );
        assert_eq!(
            post.parent.as_ref().unwrap().id.as_deref(),
            Some("at://did:plc:kim/app.bsky.feed.post/3mparent")
        );
        assert_eq!(
            heard.thread_root,
            "at://did:plc:kim/app.bsky.feed.post/3mroot"
        );
        assert_eq!(
            heard.reply_to,
            r#"{"uri":"at://did:plc:sam/app.bsky.feed.post/3mabc2defgh2m","cid":"bafy-post","root":{"uri":"at://did:plc:kim/app.bsky.feed.post/3mroot","cid":"bafy-root"}}"#
        );
        assert!(heard.addressed_to_us, "it quotes us");
        assert!(
            !view(include_str!("fixtures/post_view.json"), &Viewer::default())
                .unwrap()
                .inbound
                .addressed_to_us
        );
    }

    #[test]
    fn a_notification_without_a_good_date_or_handle_is_read() {
        let heard = view(
            include_str!("fixtures/notification.json"),
            &Viewer::default(),
        )
        .unwrap()
        .inbound;
        assert!(heard.addressed_to_us, "the network says so");
        assert_eq!(heard.posted_at.unwrap().to_string(), "2026-11-02T09:11:00Z");
        assert_eq!(
            heard.post.created_at.as_deref(),
            Some("2026-11-02T09:11:00Z")
        );
        let author = heard.post.author.unwrap();
        assert_eq!((author.handle, author.name), (None, None));
        assert_eq!(heard.post.links, ["https://river.example/thanks"]);
        assert_eq!(
            (heard.post.kind, heard.thread_root.as_str()),
            (Some(PostKind::Post), heard.post.id.as_str())
        );
    }

    #[test]
    fn what_is_wrong_is_said_without_the_words_of_the_person() {
        let reason = view(
            r#"{"uri":"at://a/b/c","cid":"c","author":{},"record":{"text":["private words"]}}"#,
            &hospital(),
        );
        let reason = reason.err().unwrap();
        assert!(
            reason.contains("column") && !reason.contains("private words"),
            "{reason}"
        );
        assert_eq!(
            view(r#"{"uri":"at://a/b/c"}"#, &hospital()).err().unwrap(),
            "missing field `cid` at line 1 column 20"
        );
        assert!(
            view(
                r#"{"uri":"https://x","cid":"","author":{},"record":{}}"#,
                &hospital()
            )
            .is_err()
        );
    }

    proptest! {
        #[test]
        fn a_fixture_with_a_hole_is_read_or_refused(at in 0_usize..1900, junk in r#"[{}\[\]",:0-9a-z]{0,6}"#) {
            let whole = include_str!("fixtures/post_view.json");
            let (before, after) = whole.split_at_checked(at.min(whole.len())).unwrap_or((whole, ""));
            let after = after.get(junk.len()..).unwrap_or_default();
            let changed = [before, &junk, after].concat();
            if let Err(reason) = view(&changed, &hospital()) {
                prop_assert!(!reason.contains("waiting room") && !reason.contains("4 hours"));
            }
        }
    }
}
