//! `com.atproto.sync.subscribeRepos`: every commit of every account of a server, in DAG-CBOR.

use auscult_model::listen::RawEvent;
use jiff::Timestamp;

use crate::contract::{ConnectError, Cx, Inbound};
use crate::egress::{Frame, Knock};

use super::cbor::{Value, blocks, cid_text, decode};
use super::item::{Heard, Viewer, broken, explain, map};
use super::session::stream_base;
use super::stream::{Mark, Step};
use super::wire::{POSTS, Profile, Record};

/// The stream of a server.
pub(super) fn knock(cx: &Cx, url: &str, mark: &Mark) -> Result<Knock, ConnectError> {
    let mut address = stream_base(cx, url)?;
    address.set_path("/xrpc/com.atproto.sync.subscribeRepos");
    let knock = cx.egress.websocket(address.as_str());
    Ok(match mark.seq {
        Some(seq) => knock.query("cursor", seq),
        None => knock,
    })
}

/// Reads a frame. One that cannot be read is set apart, and the stream goes on.
pub(super) fn read(frame: &Frame, viewer: &Viewer, now: Timestamp) -> Result<Step, ConnectError> {
    let Frame::Binary(bytes) = frame else {
        return Ok(Step::default());
    };
    let apart = |reason: &str| Step {
        items: vec![broken(
            "a frame of the firehose".to_owned(),
            reason.to_owned(),
            bytes,
        )],
        ..Step::default()
    };
    let (header, rest) = match decode(bytes) {
        Ok(found) => found,
        Err(reason) => return Ok(apart(reason.0)),
    };
    let body = match decode(rest) {
        Ok((body, _)) => body,
        Err(reason) => return Ok(apart(reason.0)),
    };
    if header.int("op") == Some(-1) {
        return refusal(&body);
    }
    let mut step = Step {
        seq: body.int("seq"),
        at: body.text("time").and_then(|time| time.parse().ok()),
        ..Step::default()
    };
    match header.text("t") {
        Some("#commit") => step.items = commit(&body, viewer, step.at.unwrap_or(now), bytes),
        Some("#info") if body.text("name") == Some("OutdatedCursor") => {
            step.gap = Some(
                "the network keeps its past for a limited time only, and we were away for longer"
                    .to_owned(),
            );
        }
        _ => {}
    }
    Ok(step)
}

fn refusal(body: &Value<'_>) -> Result<Step, ConnectError> {
    match body.text("error").unwrap_or_default() {
        "FutureCursor" => {
            let reason =
                "the network counts anew: it was set up again, or it is another one".to_owned();
            Ok(Step {
                lost_place: Some(reason),
                ..Step::default()
            })
        }
        "ConsumerTooSlow" => Err(ConnectError::Retry {
            at: None,
            message: "the stream was ended because we read too slowly".to_owned(),
        }),
        _ => Err(ConnectError::Retry {
            at: None,
            message: "the stream was ended by the network".to_owned(),
        }),
    }
}

fn commit(body: &Value<'_>, viewer: &Viewer, at: Timestamp, frame: &[u8]) -> Vec<Inbound> {
    let (Some(repo), Some(Value::List(ops))) = (body.text("repo"), body.get("ops")) else {
        return vec![broken(
            "a commit of the firehose".to_owned(),
            "it names no account or no changes".to_owned(),
            frame,
        )];
    };
    let mut items = Vec::new();
    let mut unpacked = None;
    for op in ops {
        let Some(path) = op
            .text("path")
            .filter(|path| path.split_once('/').is_some_and(|(name, _)| name == POSTS))
        else {
            continue;
        };
        let uri = format!("at://{repo}/{path}");
        match op.text("action") {
            Some("delete") => items.push(Inbound::Deleted {
                external_id: uri,
                at,
            }),
            Some("create" | "update") => {
                let blocks = unpacked
                    .get_or_insert_with(|| blocks(body.bytes("blocks").unwrap_or_default()));
                let block = op.link("cid").and_then(|cid| {
                    let block = blocks.as_ref().ok()?.get(cid)?;
                    Some((cid, *block))
                });
                items.push(match block {
                    Some((cid, block)) => record(&uri, cid, block, repo, (viewer, at)),
                    None => broken(
                        uri,
                        "its content did not come with the commit".to_owned(),
                        frame,
                    ),
                });
            }
            _ => {}
        }
    }
    items
}

fn record(uri: &str, cid: &[u8], block: &[u8], repo: &str, seen: (&Viewer, Timestamp)) -> Inbound {
    let json = match decode(block) {
        Ok((value, _)) => value.to_json(),
        Err(reason) => return broken(uri.to_owned(), reason.0.to_owned(), block),
    };
    let bytes = json.to_string().into_bytes();
    match serde_json::from_value::<Record>(json) {
        Ok(record) => {
            let heard = Heard {
                uri,
                cid: &cid_text(cid),
                author: Profile {
                    did: repo.to_owned(),
                    ..Profile::default()
                },
                record,
                indexed_at: Some(seen.1),
                raw: RawEvent {
                    bytes,
                    media_type: "application/json".to_owned(),
                },
            };
            Inbound::Post(Box::new(map(heard, seen.0)))
        }
        Err(error) => broken(uri.to_owned(), explain(&error), &bytes),
    }
}
