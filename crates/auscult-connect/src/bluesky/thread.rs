//! Threads: nested as deep as people talk, read without recursion.
//!
//! The network nests each reply inside its parent. A thousand levels would overflow a reader that calls itself, so the
//! posts are cut out of the bytes by one pass over them, and each is read alone.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::contract::{ConnectError, Cx, InboundPost};
use crate::egress::host;

use super::fault::Fault;
use super::item::{Viewer, view};
use super::session::{Call, Sessions};

/// Levels asked for at once.
const DEPTH: &str = "100";
/// Requests for one thread at most.
const REQUESTS: usize = 12;
/// Posts of one thread at most.
const POSTS: usize = 5000;

/// The thread around a post, oldest first.
pub(super) async fn thread(
    sessions: &Sessions,
    cx: &Cx,
    id: &str,
) -> Result<Vec<InboundPost>, ConnectError> {
    let viewer = Viewer {
        did: cx.account.external_id.clone(),
    };
    let mut posts = Vec::new();
    let mut known = BTreeSet::new();
    let mut asked = BTreeSet::new();
    let mut next = Some(id.to_owned());
    while let Some(uri) = next.take() {
        let found = match below(sessions, cx, &viewer, &uri).await {
            Ok(found) => found,
            // A branch that vanished while we were reading does not take the thread along.
            Err(Fault::Told(told)) if told.is_missing() && !posts.is_empty() => Vec::new(),
            Err(fault) => return Err(fault.into()),
        };
        asked.insert(uri);
        for post in found {
            if known.insert(post.post.id.clone()) && posts.len() < POSTS {
                posts.push(post);
            }
        }
        if asked.len() < REQUESTS {
            next = unread_branch(&posts, &asked);
        }
    }
    posts.sort_by(|one, other| {
        (one.posted_at, &one.post.id).cmp(&(other.posted_at, &other.post.id))
    });
    Ok(posts)
}

/// A post that has replies, none of which came along.
fn unread_branch(posts: &[InboundPost], asked: &BTreeSet<String>) -> Option<String> {
    let parents: BTreeSet<&str> = posts
        .iter()
        .filter_map(|post| post.post.parent.as_ref()?.id.as_deref())
        .collect();
    posts
        .iter()
        .find(|post| {
            let id = post.post.id.as_str();
            post.post.replies.unwrap_or(0.0) > 0.0 && !parents.contains(id) && !asked.contains(id)
        })
        .map(|post| post.post.id.clone())
}

/// One answer of the network: ancestors, the post, and what stands below it.
pub(super) async fn below(
    sessions: &Sessions,
    cx: &Cx,
    viewer: &Viewer,
    uri: &str,
) -> Result<Vec<InboundPost>, Fault> {
    let call = Call::get("app.bsky.feed.getPostThread")
        .with("uri", uri)
        .with("depth", DEPTH)
        .with("parentHeight", DEPTH);
    let response = sessions.ask(cx, &call).await?;
    let place = host(&response.url);
    let Some(ranges) = cut(&response.bytes) else {
        return Err(Fault::Broken(format!(
            "the thread that {place} sent breaks off or is not one"
        )));
    };
    let mut posts = Vec::new();
    for range in ranges {
        let json = response
            .bytes
            .get(range)
            .and_then(|bytes| std::str::from_utf8(bytes).ok());
        match json.map(|json| view(json, viewer)) {
            Some(Ok(found)) => posts.push(found.inbound),
            Some(Err(reason)) => {
                tracing::warn!(host = place, reason, "a post of a thread could not be read");
            }
            None => tracing::warn!(host = place, "a post of a thread is not UTF-8"),
        }
    }
    Ok(posts)
}

/// What a container in the answer is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    /// The outermost object.
    Outer,
    /// A post with its parent and replies.
    Node,
    /// The list of replies.
    Replies,
    /// The post itself, begun at this byte.
    Post(usize),
    /// Anything else.
    Other,
}

impl Part {
    fn child(self, key: &[u8], at: usize) -> Self {
        match (self, key) {
            (Self::Outer, b"thread") | (Self::Node, b"parent") | (Self::Replies, _) => Self::Node,
            (Self::Node, b"replies") => Self::Replies,
            (Self::Node, b"post") => Self::Post(at),
            _ => Self::Other,
        }
    }
}

/// Where the posts stand in the bytes of a nested thread; `None` when it breaks off or is not JSON.
fn cut(bytes: &[u8]) -> Option<Vec<Range<usize>>> {
    let mut found = Vec::new();
    let mut open: Vec<Part> = Vec::new();
    let mut key: &[u8] = &[];
    let mut last_text: &[u8] = &[];
    let mut at = bytes.iter().position(|byte| !byte.is_ascii_whitespace())?;
    if bytes.get(at) != Some(&b'{') {
        return None;
    }
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => {
                let end = end_of_text(bytes, at + 1)?;
                last_text = bytes.get(at + 1..end)?;
                at = end;
            }
            b':' => key = last_text,
            b'{' | b'[' => {
                let part = open
                    .last()
                    .map_or(Part::Outer, |parent| parent.child(key, at));
                open.push(part);
                key = &[];
            }
            b'}' | b']' => {
                if let Part::Post(start) = open.pop()? {
                    found.push(start..at + 1);
                }
                if open.is_empty() {
                    let rest = bytes.get(at + 1..)?;
                    return rest.iter().all(u8::is_ascii_whitespace).then_some(found);
                }
            }
            _ => {}
        }
        at += 1;
    }
    None
}

/// The closing quote of a text that begins at `at`.
fn end_of_text(bytes: &[u8], mut at: usize) -> Option<usize> {
    loop {
        match bytes.get(at)? {
            b'"' => return Some(at),
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn texts(json: &str) -> Option<Vec<String>> {
        let ranges = cut(json.as_bytes())?;
        Some(
            ranges
                .into_iter()
                .map(|range| json.get(range).unwrap().to_owned())
                .collect(),
        )
    }

    #[test]
    fn posts_are_cut_out_at_their_own_level_only() {
        let json = r#"{"thread":{"post":{"a":{"post":{}}},"parent":{"post":{"b":"}\\\""},"other":{"post":{"no":1}}},
            "replies":[{"post":{"c":[1]},"replies":[]},{"$type":"app.bsky.feed.defs#notFoundPost","notFound":true}]}}"#;
        assert_eq!(
            texts(json).unwrap(),
            [r#"{"a":{"post":{}}}"#, r#"{"b":"}\\\""}"#, r#"{"c":[1]}"#]
        );
    }

    #[test]
    fn a_thousand_levels_are_no_matter() {
        let levels = 20_000;
        let mut json = String::from(r#"{"thread":"#);
        json.push_str(&r#"{"post":{"x":1},"replies":["#.repeat(levels));
        json.push_str(&"]}".repeat(levels));
        json.push('}');
        assert_eq!(cut(json.as_bytes()).unwrap().len(), levels);
    }

    #[test]
    fn what_breaks_off_is_not_a_thread() {
        let whole = r#"{"thread":{"post":{"a":"b"},"replies":[]}}"#;
        for end in 0..whole.len() {
            assert_eq!(cut(&whole.as_bytes()[..end]), None, "{end}");
        }
        assert_eq!(cut(b"<html>"), None);
        assert_eq!(cut(b"{}x"), None);
    }

    proptest! {
        #[test]
        fn no_bytes_break_it(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            for range in cut(&bytes).unwrap_or_default() {
                prop_assert!(bytes.get(range).is_some());
            }
        }

        #[test]
        fn nearly_json_does_not_break_it(text in r#"([{}\[\]":,\\]|post|thread|replies|parent){0,80}"#) {
            for range in cut(text.as_bytes()).unwrap_or_default() {
                prop_assert!(text.get(range).is_some());
            }
        }
    }
}
