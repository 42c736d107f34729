//! Jetstream: the same stream in JSON, with microseconds as its place.

use auscult_model::listen::RawEvent;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::contract::{ConnectError, Cx, Inbound};
use crate::egress::{Frame, Knock};

use super::item::{Heard, Viewer, broken, explain, map};
use super::session::stream_base;
use super::stream::{Mark, Step};
use super::wire::{POSTS, Profile, Record};

/// Microseconds that are heard twice at a resumption: the servers' clocks differ.
const OVERLAP: i64 = 5_000_000;
/// How far back these servers reach; an older place is moved on without a word.
const REACH: SignedDuration = SignedDuration::from_hours(36);

#[derive(Deserialize)]
struct EventWire<'a> {
    did: String,
    time_us: i64,
    #[serde(borrow, default)]
    commit: Option<CommitWire<'a>>,
}

#[derive(Deserialize)]
struct CommitWire<'a> {
    #[serde(default)]
    operation: String,
    #[serde(default)]
    collection: String,
    #[serde(default)]
    rkey: String,
    #[serde(default)]
    cid: String,
    #[serde(borrow, default)]
    record: Option<&'a RawValue>,
}

/// The stream of a server.
pub(super) fn knock(cx: &Cx, url: &str, mark: &Mark) -> Result<Knock, ConnectError> {
    let mut address = stream_base(cx, url)?;
    if matches!(address.path(), "" | "/") {
        address.set_path("/subscribe");
    }
    let knock = cx
        .egress
        .websocket(address.as_str())
        .query("wantedCollections", POSTS);
    Ok(match mark.seq {
        Some(seq) => knock.query("cursor", seq.saturating_sub(OVERLAP)),
        None => knock,
    })
}

/// What was missed when the place is older than the server reaches.
pub(super) fn clamped(cx: &Cx, mark: &Mark) -> Option<(Timestamp, String)> {
    let at = mark
        .seq
        .and_then(|micros| Timestamp::from_microsecond(micros).ok())?;
    let away = (cx.now)().duration_since(at);
    (away > REACH).then(|| {
        (
            at,
            format!(
                "the stream keeps {} hours, and we were away for longer",
                REACH.as_hours()
            ),
        )
    })
}

/// Reads a frame. One that cannot be read is set apart, and the stream goes on.
#[expect(
    clippy::unnecessary_wraps,
    reason = "read like the frames of the other stream, which may refuse"
)]
pub(super) fn read(frame: &Frame, viewer: &Viewer, now: Timestamp) -> Result<Step, ConnectError> {
    let Frame::Text(text) = frame else {
        return Ok(Step::default());
    };
    let event: EventWire<'_> = match serde_json::from_str(text) {
        Ok(event) => event,
        Err(error) => {
            let item = broken(
                "a frame of the stream".to_owned(),
                explain(&error),
                text.as_bytes(),
            );
            return Ok(Step {
                items: vec![item],
                ..Step::default()
            });
        }
    };
    let at = Timestamp::from_microsecond(event.time_us).unwrap_or(now);
    let mut step = Step {
        seq: Some(event.time_us),
        at: Some(at),
        ..Step::default()
    };
    let Some(commit) = event.commit.filter(|commit| commit.collection == POSTS) else {
        return Ok(step);
    };
    let uri = format!("at://{}/{POSTS}/{}", event.did, commit.rkey);
    let item = match (commit.operation.as_str(), commit.record) {
        ("delete", _) => Inbound::Deleted {
            external_id: uri,
            at,
        },
        ("create" | "update", Some(raw)) => match serde_json::from_str::<Record>(raw.get()) {
            Ok(record) => {
                let heard = Heard {
                    uri: &uri,
                    cid: &commit.cid,
                    author: Profile {
                        did: event.did,
                        ..Profile::default()
                    },
                    record,
                    indexed_at: Some(at),
                    raw: RawEvent {
                        bytes: text.as_bytes().to_vec(),
                        media_type: "application/json".to_owned(),
                    },
                };
                Inbound::Post(Box::new(map(heard, viewer)))
            }
            Err(error) => broken(uri, explain(&error), text.as_bytes()),
        },
        _ => broken(
            uri,
            "it has neither a record nor says that it is gone".to_owned(),
            text.as_bytes(),
        ),
    };
    step.items.push(item);
    Ok(step)
}
