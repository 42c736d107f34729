//! In, as it happens: frames of a stream gathered into pages with the place after them.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;
use tokio::time::Instant;

use crate::contract::{ConnectError, Cx, FeedSpec, Inbound, Page};
use crate::egress::{EgressError, Frame, Knock, Socket};

use super::item::Viewer;
use super::{firehose, jetstream};

/// Items of a page at most.
const ITEMS: usize = 200;
/// Longest wait for a page to fill.
const FILL: Duration = Duration::from_millis(200);
/// Longest time without telling the place, when nothing of interest came.
const TELL: Duration = Duration::from_secs(5);

/// The place in a stream.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Mark {
    v: u8,
    /// The sequence number, or microseconds.
    pub(super) seq: Option<i64>,
    /// When that was.
    pub(super) at: Option<Timestamp>,
}

/// What a frame brought.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Step {
    pub(super) items: Vec<Inbound>,
    pub(super) seq: Option<i64>,
    pub(super) at: Option<Timestamp>,
    /// The stream began later than we asked.
    pub(super) gap: Option<String>,
    /// The place is of no use: start anew.
    pub(super) lost_place: Option<String>,
}

type Reader = fn(&Frame, &Viewer, Timestamp) -> Result<Step, ConnectError>;

/// Runs a stream until its connection ends.
pub(super) async fn stream(
    cx: &Cx,
    feed: &FeedSpec,
    cursor: Option<&str>,
    out: mpsc::Sender<Page>,
) -> Result<(), ConnectError> {
    let FeedSpec::Stream { url, flavour } = feed else {
        return Err(ConnectError::NotOffered("a stream of this kind"));
    };
    let mark = match cursor.map(serde_json::from_str::<Mark>) {
        None => Mark::default(),
        Some(Ok(mark)) if mark.v == 1 => mark,
        Some(_) => {
            return start_anew(
                &out,
                Mark::default(),
                cx,
                "the place in this stream could not be read",
            )
            .await;
        }
    };
    let (knock, reader): (Knock, Reader) = match flavour.as_str() {
        "firehose" | "" => (firehose::knock(cx, url, &mark)?, firehose::read),
        "jetstream" => (jetstream::knock(cx, url, &mark)?, jetstream::read),
        _ => {
            return Err(ConnectError::Settings(format!(
                "{flavour:?} is not a stream here: write firehose or jetstream"
            )));
        }
    };
    let mut gap = None;
    if flavour == "jetstream" {
        gap = jetstream::clamped(cx, &mark);
    }
    let socket = match knock
        .credential(format!("bluesky stream {}", cx.account.channel))
        .connect()
        .await
    {
        Ok(socket) => socket,
        Err(EgressError::Answered { body, .. })
            if body.contains("FutureCursor") || body.contains("CursorTooOld") =>
        {
            return start_anew(&out, mark, cx, "the stream no longer knows where we were").await;
        }
        Err(error) => return Err(error.into()),
    };
    let viewer = Viewer {
        did: cx.account.external_id.clone(),
    };
    Pump {
        cx,
        viewer,
        reader,
        out,
        batch: Batch {
            mark,
            gap,
            ..Batch::default()
        },
    }
    .run(socket)
    .await
}

/// Says what was missed, and hands out the place of the present.
async fn start_anew(
    out: &mpsc::Sender<Page>,
    mark: Mark,
    cx: &Cx,
    reason: &str,
) -> Result<(), ConnectError> {
    let from = mark.at.unwrap_or_else(|| (cx.now)());
    let page = Page {
        cursor: Some(write(&Mark {
            v: 1,
            ..Mark::default()
        })?),
        gap: Some((from, reason.to_owned())),
        ..Page::default()
    };
    // Nobody listening any more is no error.
    out.send(page).await.or(Ok(()))
}

fn write(mark: &Mark) -> Result<String, ConnectError> {
    serde_json::to_string(mark)
        .map_err(|error| ConnectError::Broken(format!("the cursor cannot be written: {error}")))
}

#[derive(Default)]
struct Batch {
    items: Vec<Inbound>,
    mark: Mark,
    gap: Option<(Timestamp, String)>,
    moved: bool,
}

struct Pump<'a> {
    cx: &'a Cx,
    viewer: Viewer,
    reader: Reader,
    out: mpsc::Sender<Page>,
    batch: Batch,
}

impl Pump<'_> {
    async fn run(mut self, mut socket: Socket) -> Result<(), ConnectError> {
        let mut told = Instant::now();
        let mut full_at: Option<Instant> = None;
        loop {
            // The silence of the other side is counted only while nothing waits to be handed on.
            let arrived = match full_at {
                None => Some(socket.next().await),
                Some(instant) => tokio::time::timeout_at(instant, socket.next()).await.ok(),
            };
            let mut ended = None;
            match arrived {
                None => {}
                Some(Ok(Some(frame))) => {
                    if let Some(reason) = self.hear(&frame)? {
                        let gone = self.tell().await?;
                        return if gone {
                            Ok(())
                        } else {
                            start_anew(&self.out, self.batch.mark, self.cx, &reason).await
                        };
                    }
                }
                Some(Ok(None)) => ended = Some(Ok(())),
                Some(Err(error)) => ended = Some(Err(error.into())),
            }
            let now = Instant::now();
            let waiting = !self.batch.items.is_empty() || self.batch.gap.is_some();
            if waiting && full_at.is_none() {
                full_at = Some(now + FILL);
            }
            let due =
                full_at.is_some_and(|instant| now >= instant) || self.batch.items.len() >= ITEMS;
            if due || ended.is_some() || (self.batch.moved && now >= told + TELL) {
                (told, full_at) = (now, None);
                if self.tell().await? {
                    return Ok(());
                }
            }
            if let Some(ended) = ended {
                return ended;
            }
        }
    }

    /// Takes a frame in; the reason when the place is lost.
    fn hear(&mut self, frame: &Frame) -> Result<Option<String>, ConnectError> {
        let step = (self.reader)(frame, &self.viewer, (self.cx.now)())?;
        if step.lost_place.is_some() {
            return Ok(step.lost_place);
        }
        if let Some(reason) = step.gap {
            let from = self.batch.mark.at.unwrap_or_else(|| (self.cx.now)());
            self.batch.gap = Some((from, reason));
        }
        self.batch.items.extend(step.items);
        if step.seq.is_some() {
            self.batch.moved = true;
            self.batch.mark.seq = step.seq;
            self.batch.mark.at = step.at.or(self.batch.mark.at);
        }
        Ok(None)
    }

    /// Hands a page on; true when nobody takes it any more.
    async fn tell(&mut self) -> Result<bool, ConnectError> {
        let batch = &mut self.batch;
        batch.mark.v = 1;
        if batch.items.is_empty() && batch.gap.is_none() && !batch.moved {
            return Ok(false);
        }
        batch.moved = false;
        let page = Page {
            items: std::mem::take(&mut batch.items),
            cursor: Some(write(&batch.mark)?),
            gap: batch.gap.take(),
            ..Page::default()
        };
        Ok(self.out.send(page).await.is_err())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn calm(frame: &Frame) {
        let now = Timestamp::UNIX_EPOCH;
        for read in [firehose::read as Reader, jetstream::read] {
            if let Ok(step) = read(frame, &Viewer::default(), now) {
                assert!(step.items.len() < 100);
            }
        }
    }

    /// Half of a commit as the network writes it: enough to lead random bytes deep.
    const HEADER: &[u8] = b"\xa2atg#commitbop\x01";

    proptest! {
        #[test]
        fn no_frame_breaks_a_stream(bytes in proptest::collection::vec(any::<u8>(), 0..200), text in any::<String>()) {
            calm(&Frame::Binary(bytes.clone().into()));
            calm(&Frame::Binary([HEADER, &bytes].concat().into()));
            calm(&Frame::Text(text));
        }

        #[test]
        fn no_event_breaks_a_stream(
            operation in "create|update|delete|.{0,6}",
            key in ".{0,10}",
            record in r#"\{"text":("[a-z]*"|5|null),"createdAt":("[0-9TZ:-]{0,20}"|3),"facets":(\[\]|\[\{\}\]|1)\}"#,
            time in any::<i64>(),
        ) {
            let commit = serde_json::json!({ "operation": operation, "collection": "app.bsky.feed.post", "rkey": key });
            let event = format!(r#"{{"did":"did:plc:sam","time_us":{time},"commit":{commit}}}"#);
            let event = event.replacen("{\"collection", &format!("{{\"record\":{record},\"collection"), 1);
            calm(&Frame::Text(event));
        }

        #[test]
        fn no_place_is_taken_for_another(seq in any::<i64>(), text in ".{0,40}") {
            let mark = Mark { v: 1, seq: Some(seq), at: None };
            prop_assert_eq!(serde_json::from_str::<Mark>(&write(&mark).unwrap()).unwrap(), mark);
            if let Ok(mark) = serde_json::from_str::<Mark>(&text) {
                prop_assert!(mark.v != 1 || text.contains('v'));
            }
        }
    }
}
