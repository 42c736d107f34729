//! Out: a post or an answer under a record key of our own, so that trying again is the same post.

use crate::contract::{
    Capabilities, ConnectError, Cx, Problem, Reconciled, SendError, SendJob, Sent, TextRule,
};

use super::facets::{Span, SpanKind, spans};
use super::fault::Fault;
use super::item::permalink;
use super::session::{Call, Session, Sessions};
use super::tid::record_key;
use super::wire::{AtUri, POSTS, PostsWire, ReplyTo, Resolved, Stored, Uploaded, Written};

/// Pictures at most.
const PICTURES: usize = 4;
/// Handles looked up for one text at most.
const MENTIONS: usize = 20;

/// Characters at most.
const MAX: usize = 300;
/// Bytes at most.
const MAX_BYTES: usize = 3000;

/// What the network counts.
pub(super) const TEXT: TextRule = TextRule::Graphemes {
    max: 300,
    max_bytes: 3000,
};

/// What is wrong with a text.
pub(super) fn validate(capabilities: &Capabilities, job: &SendJob) -> Vec<Problem> {
    let mut found: Vec<(&str, String)> = Vec::new();
    if job.text.trim().is_empty() && job.media.is_empty() {
        found.push(("empty", "there is no text yet: write one".to_owned()));
    }
    found.extend(too_long(capabilities.text, &job.text).map(|message| ("too_long", message)));
    if job.media.len() > PICTURES {
        let message = format!(
            "{} pictures, {PICTURES} fit: take some away",
            job.media.len()
        );
        found.push(("too_many_images", message));
    }
    if job
        .media
        .iter()
        .any(|picture| picture.alt.trim().is_empty())
    {
        let message = "a picture has no description: say in words what is to be seen";
        found.push(("alt_text_missing", message.to_owned()));
    }
    if job
        .reply_to
        .as_deref()
        .is_some_and(|target| target_of(target).is_none())
    {
        let message =
            "the post is not known well enough to answer it from here: answer it on the network";
        found.push(("no_target", message.to_owned()));
    }
    if job.private {
        let message =
            "answers on this network are public: write to the person in a private channel";
        found.push(("not_private", message.to_owned()));
    }
    let problem = |(code, message): (&str, String)| Problem {
        code: code.to_owned(),
        message,
    };
    found.into_iter().map(problem).collect()
}

fn too_long(rule: TextRule, text: &str) -> Option<String> {
    let (max, max_bytes) = match rule {
        TextRule::Graphemes { max, max_bytes } => (max as usize, max_bytes as usize),
        TextRule::Free | TextRule::Mastodon { .. } => (MAX, MAX_BYTES),
    };
    let (letters, bytes) = (TEXT.count(text), text.len());
    if letters > max {
        return Some(format!(
            "{letters} characters, {max} fit: shorten it by {}",
            letters - max
        ));
    }
    (bytes > max_bytes).then(|| {
        format!("{bytes} bytes, {max_bytes} fit: use fewer emoji or accents, or shorten it")
    })
}

fn target_of(reply_to: &str) -> Option<ReplyTo> {
    let target: ReplyTo = serde_json::from_str(reply_to).ok()?;
    (AtUri::parse(&target.uri).is_some() && AtUri::parse(&target.root.uri).is_some())
        .then_some(target)
}

/// Sends.
pub(super) async fn send(sessions: &Sessions, cx: &Cx, job: &SendJob) -> Result<Sent, SendError> {
    let problems = validate(
        &Capabilities {
            text: TEXT,
            ..Capabilities::default()
        },
        job,
    );
    if let Some(problem) = problems.into_iter().next() {
        return Err(SendError::Refused(problem.message));
    }
    let session = sessions.session(cx).await.map_err(Fault::before_sending)?;
    let target = job.reply_to.as_deref().and_then(target_of);
    if let Some(target) = &target {
        still_there(sessions, cx, target).await?;
    }
    let record = record(sessions, cx, job, target).await?;
    let body = serde_json::json!({
        "repo": session.did,
        "collection": POSTS,
        "rkey": record_key(&job.key, job.created_at),
        "record": record,
    });
    let answer = sessions
        .ask(cx, &Call::post("com.atproto.repo.createRecord", body))
        .await;
    let response = answer.map_err(Fault::while_sending)?;
    // It was accepted: an answer that cannot be read leaves the outcome to reading back.
    let written: Written = response
        .json()
        .map_err(|error| SendError::Unknown(error.to_string()))?;
    Ok(Sent {
        url: permalink(&written.uri),
        external_id: written.uri,
    })
}

/// Whether the post that is answered is still there. A network that cannot tell does not hold the answer up; an index
/// that does not show it (yet), while its author still keeps it, makes the answer wait.
async fn still_there(sessions: &Sessions, cx: &Cx, target: &ReplyTo) -> Result<(), SendError> {
    let call = Call::get("app.bsky.feed.getPosts").with("uris", target.uri.clone());
    match sessions.ask(cx, &call).await {
        Ok(response) => match response.json::<PostsWire>() {
            Ok(found) if found.posts.is_empty() => {
                let kept = sessions.kept_by_author(cx, &target.uri).await;
                Err(not_shown(kept.map_err(Fault::before_sending)?))
            }
            _ => Ok(()),
        },
        Err(Fault::Told(told)) if told.status == 429 || told.access_is_over() => {
            Err(Fault::Told(told).before_sending())
        }
        Err(Fault::Access(message)) => Err(SendError::AccessEnded(message)),
        Err(Fault::Net(error)) => Err(Fault::Net(error).before_sending()),
        Err(Fault::Told(_) | Fault::Settings(_) | Fault::Broken(_)) => Ok(()),
    }
}

/// Why an answer to a post that the index does not show does not go out.
fn not_shown(kept_by_author: bool) -> SendError {
    if kept_by_author {
        SendError::NotNow {
            at: None,
            message:
                "the network does not show the post that is answered yet, or its author hides \
                      it from us: nothing was sent, it is tried again"
                    .to_owned(),
        }
    } else {
        SendError::TargetGone("the post that is answered was deleted: nothing was sent".to_owned())
    }
}

async fn record(
    sessions: &Sessions,
    cx: &Cx,
    job: &SendJob,
    target: Option<ReplyTo>,
) -> Result<serde_json::Value, SendError> {
    let mut record = serde_json::json!({
        "$type": POSTS,
        "text": job.text,
        // Milliseconds, as the network's own programs write it; frozen with the delivery.
        "createdAt": format!("{:.3}", job.created_at),
    });
    let facets = facets(sessions, cx, &job.text).await?;
    let embed = pictures(sessions, cx, job).await?;
    let Some(fields) = record.as_object_mut() else {
        return Ok(record);
    };
    if !job.lang.is_empty() && job.lang != "und" {
        fields.insert("langs".to_owned(), serde_json::json!([job.lang]));
    }
    if !facets.is_empty() {
        fields.insert("facets".to_owned(), facets.into());
    }
    if let Some(target) = target {
        let parent = serde_json::json!({ "uri": target.uri, "cid": target.cid });
        fields.insert(
            "reply".to_owned(),
            serde_json::json!({ "root": target.root, "parent": parent }),
        );
    }
    if let Some(embed) = embed {
        fields.insert("embed".to_owned(), embed);
    }
    Ok(record)
}

async fn facets(
    sessions: &Sessions,
    cx: &Cx,
    text: &str,
) -> Result<Vec<serde_json::Value>, SendError> {
    let mut facets = Vec::new();
    let mut mentions = 0;
    for Span { start, end, kind } in spans(text) {
        let feature = match kind {
            SpanKind::Link(uri) => {
                serde_json::json!({ "$type": "app.bsky.richtext.facet#link", "uri": uri })
            }
            SpanKind::Tag(tag) => {
                serde_json::json!({ "$type": "app.bsky.richtext.facet#tag", "tag": tag })
            }
            SpanKind::Mention(handle) => {
                mentions += 1;
                if mentions > MENTIONS {
                    continue;
                }
                let Some(did) = resolve(sessions, cx, &handle).await? else {
                    continue;
                };
                serde_json::json!({ "$type": "app.bsky.richtext.facet#mention", "did": did })
            }
        };
        facets.push(serde_json::json!({ "index": { "byteStart": start, "byteEnd": end }, "features": [feature] }));
    }
    Ok(facets)
}

/// The account of a handle; nobody has it: it stays plain text.
async fn resolve(sessions: &Sessions, cx: &Cx, handle: &str) -> Result<Option<String>, SendError> {
    let call = Call::get("com.atproto.identity.resolveHandle").with("handle", handle);
    match sessions.ask(cx, &call).await {
        Ok(response) => Ok(response.json::<Resolved>().ok().map(|found| found.did)),
        Err(Fault::Told(told)) if matches!(told.status, 400 | 404) && !told.access_is_over() => {
            Ok(None)
        }
        Err(fault) => Err(fault.before_sending()),
    }
}

async fn pictures(
    sessions: &Sessions,
    cx: &Cx,
    job: &SendJob,
) -> Result<Option<serde_json::Value>, SendError> {
    let mut images = Vec::new();
    for picture in &job.media {
        let call = Call::blob(
            "com.atproto.repo.uploadBlob",
            picture.bytes.clone(),
            picture.media_type.clone(),
        );
        let response = sessions
            .ask(cx, &call)
            .await
            .map_err(Fault::before_sending)?;
        let uploaded: Uploaded = response.json().map_err(|error| SendError::NotNow {
            at: None,
            message: error.to_string(),
        })?;
        images.push(serde_json::json!({ "alt": picture.alt, "image": uploaded.blob }));
    }
    Ok((!images.is_empty())
        .then(|| serde_json::json!({ "$type": "app.bsky.embed.images", "images": images })))
}

/// Looks under the delivery's own record key.
pub(super) async fn reconcile(
    sessions: &Sessions,
    cx: &Cx,
    job: &SendJob,
) -> Result<Reconciled, ConnectError> {
    let session = sessions.session(cx).await?;
    let call = Call::get("com.atproto.repo.getRecord")
        .with("repo", session.did)
        .with("collection", POSTS)
        .with("rkey", record_key(&job.key, job.created_at));
    match sessions.ask(cx, &call).await {
        Ok(response) => {
            let stored: Stored = response.json()?;
            if stored.value.text != job.text {
                return Ok(Reconciled::Undecided(
                    "another text stands under the key of this answer: look at the account"
                        .to_owned(),
                ));
            }
            Ok(Reconciled::Found(Sent {
                url: permalink(&stored.uri),
                external_id: stored.uri,
            }))
        }
        Err(Fault::Told(told)) if told.name == "RecordNotFound" => Ok(Reconciled::NotFound),
        Err(fault) => Err(fault.into()),
    }
}

/// Takes an own post down.
pub(super) async fn withdraw(
    sessions: &Sessions,
    cx: &Cx,
    external_id: &str,
) -> Result<(), ConnectError> {
    let session: Session = sessions.session(cx).await?;
    let own =
        AtUri::parse(external_id).filter(|at| at.repo == session.did && at.collection == POSTS);
    let Some(at) = own else {
        return Err(ConnectError::Settings(
            "only posts of the connected account can be taken down from here".to_owned(),
        ));
    };
    let body = serde_json::json!({ "repo": session.did, "collection": POSTS, "rkey": at.rkey });
    match sessions
        .ask(cx, &Call::post("com.atproto.repo.deleteRecord", body))
        .await
    {
        Ok(_) => Ok(()),
        Err(Fault::Told(told)) if told.is_missing() => Ok(()),
        Err(fault) => Err(fault.into()),
    }
}
