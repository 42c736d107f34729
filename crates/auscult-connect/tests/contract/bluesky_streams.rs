//! Both streams before a fake that speaks them: live, from a place, with gaps, rubbish and deletions.

use std::sync::{Arc, Mutex};

use auscult_connect::bluesky::Bluesky;
use auscult_connect::contract::{Account, ConnectError, Connector, Cx, FeedSpec, Inbound, Page};
use auscult_connect::egress::Egress;
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::server::{ErrorResponse, Request, Response};

use crate::server::{Call, Desk, Reply};

const HOSPITAL: &str = "did:plc:hospital";
const SAM: &str = "did:plc:sam";
const CID: [u8; 36] = {
    let mut cid = [7; 36];
    (cid[0], cid[1], cid[2], cid[3]) = (1, 0x71, 0x12, 0x20);
    cid
};

/// Writes DAG-CBOR; `{"$link": …}` is the one CID, `{"$hex": …}` bytes.
fn cbor(value: &Value, out: &mut Vec<u8>) {
    let head = |kind: u8, number: u64, out: &mut Vec<u8>| {
        out.push(kind << 5 | 0x1b);
        out.extend(number.to_be_bytes());
    };
    match value {
        Value::Null => out.push(0xf6),
        Value::Bool(flag) => out.push(0xf4 + u8::from(*flag)),
        Value::Number(number) => match number.as_i64().unwrap() {
            number if number < 0 => head(1, u64::try_from(-1 - number).unwrap(), out),
            number => head(0, u64::try_from(number).unwrap(), out),
        },
        Value::String(text) => {
            head(3, text.len() as u64, out);
            out.extend(text.as_bytes());
        }
        Value::Array(items) => {
            head(4, items.len() as u64, out);
            for item in items {
                cbor(item, out);
            }
        }
        Value::Object(fields) if fields.contains_key("$link") => {
            head(6, 42, out);
            head(2, CID.len() as u64 + 1, out);
            out.push(0);
            out.extend(CID);
        }
        Value::Object(fields) if fields.contains_key("$bytes") => {
            let bytes: Vec<u8> = serde_json::from_value(fields["$bytes"].clone()).unwrap();
            head(2, bytes.len() as u64, out);
            out.extend(bytes);
        }
        Value::Object(fields) => {
            head(5, fields.len() as u64, out);
            for (name, value) in fields {
                cbor(&json!(name), out);
                cbor(value, out);
            }
        }
    }
}

fn frame(header: &Value, body: &Value) -> Message {
    let mut bytes = Vec::new();
    cbor(header, &mut bytes);
    cbor(body, &mut bytes);
    Message::binary(bytes)
}

fn varint(mut number: usize, out: &mut Vec<u8>) {
    while number >= 0x80 {
        out.push(u8::try_from(number & 0x7f).unwrap() | 0x80);
        number >>= 7;
    }
    out.push(u8::try_from(number).unwrap());
}

/// A CAR file with one block.
fn car(record: &Value) -> Vec<u8> {
    let (mut header, mut block) = (Vec::new(), CID.to_vec());
    cbor(&json!({ "roots": [], "version": 1 }), &mut header);
    cbor(record, &mut block);
    let mut bytes = Vec::new();
    for part in [header, block] {
        varint(part.len(), &mut bytes);
        bytes.extend(part);
    }
    bytes
}

fn commit(seq: i64, action: &str, key: &str, record: &Value) -> Message {
    let cid = if action == "delete" {
        Value::Null
    } else {
        json!({ "$link": 1 })
    };
    let ops = json!([
        { "action": "create", "path": "app.bsky.feed.like/3k", "cid": { "$link": 1 } },
        { "action": action, "path": format!("app.bsky.feed.post/{key}"), "cid": cid },
    ]);
    let body = json!({ "seq": seq, "repo": SAM, "time": format!("2026-11-02T09:00:{seq:02}Z"), "ops": ops, "rev": "3k",
        "blocks": { "$bytes": car(record) }, "commit": { "$link": 1 }, "rebase": false, "tooBig": false });
    frame(&json!({ "op": 1, "t": "#commit" }), &body)
}

fn record(text: &str) -> Value {
    json!({ "$type": "app.bsky.feed.post", "text": text, "createdAt": "2026-11-02T08:59:00.000Z", "langs": ["en"],
        "facets": [{ "index": { "byteStart": 0, "byteEnd": 1 }, "features": [{ "$type": "m", "did": HOSPITAL }] }] })
}

/// A server that says its script to one caller and closes; the addresses it was called at.
struct Speaker {
    place: String,
    asked: Arc<Mutex<Vec<String>>>,
    _tasks: JoinSet<()>,
}

impl Speaker {
    async fn open(script: Vec<Message>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let place = listener.local_addr().unwrap().to_string();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let heard = Arc::clone(&asked);
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            let (stream, _) = listener.accept().await.unwrap();
            #[expect(clippy::result_large_err, reason = "the library's own shape")]
            let note = |request: &Request, response: Response| -> Result<Response, ErrorResponse> {
                heard.lock().unwrap().push(request.uri().to_string());
                Ok(response)
            };
            let mut socket = tokio_tungstenite::accept_hdr_async(stream, note)
                .await
                .unwrap();
            for message in script {
                socket.send(message).await.unwrap();
            }
            socket.close(None).await.unwrap();
            while let Some(Ok(_)) = socket.next().await {}
        });
        Self {
            place,
            asked,
            _tasks: tasks,
        }
    }

    async fn listen(
        &self,
        flavour: &str,
        cursor: Option<&str>,
    ) -> (Vec<Page>, Result<(), ConnectError>) {
        let desk = Desk::open(|_: &Call| Reply::Silence).await;
        let egress = Egress::new(
            vec![self.place.parse().unwrap()],
            "auscult-test",
            desk.now(),
        )
        .unwrap();
        let account = Account {
            external_id: HOSPITAL.to_owned(),
            base_url: format!("http://{}", self.place),
            ..Account::default()
        };
        let cx = Cx {
            egress,
            account,
            now: desk.now(),
        };
        let feed = FeedSpec::Stream {
            url: String::new(),
            flavour: flavour.to_owned(),
        };
        let (out, mut pages) = mpsc::channel(64);
        let ended = Bluesky::default().stream(&cx, &feed, cursor, out).await;
        let mut heard = Vec::new();
        while let Some(page) = pages.recv().await {
            heard.push(page);
        }
        (heard, ended)
    }
}

fn all(pages: &[Page]) -> Vec<&Inbound> {
    pages.iter().flat_map(|page| &page.items).collect()
}

#[tokio::test]
async fn the_firehose_brings_posts_new_versions_and_deletions() {
    let speaker = Speaker::open(vec![
        commit(7, "create", "3kone", &record("waited at the ER")),
        frame(
            &json!({ "op": 1, "t": "#identity" }),
            &json!({ "seq": 8, "did": SAM, "time": "2026-11-02T09:00:08Z" }),
        ),
        commit(9, "update", "3kone", &record("waited long at the ER")),
        commit(10, "delete", "3kone", &record("x")),
    ])
    .await;
    let (pages, ended) = speaker
        .listen(
            "firehose",
            Some(r#"{"v":1,"seq":6,"at":"2026-11-02T09:00:06Z"}"#),
        )
        .await;
    assert_eq!(ended, Ok(()));
    assert_eq!(
        *speaker.asked.lock().unwrap(),
        ["/xrpc/com.atproto.sync.subscribeRepos?cursor=6"]
    );
    let [
        Inbound::Post(first),
        Inbound::Post(second),
        Inbound::Deleted { external_id, at },
    ] = all(&pages)[..]
    else {
        panic!("{pages:?}");
    };
    assert_eq!(
        first.post.id,
        format!("at://{SAM}/app.bsky.feed.post/3kone")
    );
    assert_eq!(first.post.text.as_deref(), Some("waited at the ER"));
    assert_eq!(first.posted_at.unwrap().to_string(), "2026-11-02T08:59:00Z");
    assert!(
        first.addressed_to_us && first.version.starts_with("bafyrei") && !first.reply_to.is_empty()
    );
    assert_eq!(first.post.author.as_ref().unwrap().id.as_deref(), Some(SAM));
    assert_eq!(second.post.text.as_deref(), Some("waited long at the ER"));
    assert_eq!(
        (external_id, at.to_string()),
        (&first.post.id, "2026-11-02T09:00:10Z".to_owned())
    );
    assert_eq!(
        pages.last().unwrap().cursor.as_deref(),
        Some(r#"{"v":1,"seq":10,"at":"2026-11-02T09:00:10Z"}"#)
    );
}

#[tokio::test]
async fn rubbish_in_the_firehose_is_set_apart_and_the_rest_is_heard() {
    let mut half = commit(2, "create", "3khalf", &record("x"))
        .into_data()
        .to_vec();
    half.truncate(half.len() / 2);
    let speaker = Speaker::open(vec![
        Message::binary(vec![0xff; 10]),
        Message::binary(vec![0x81; 5000]),
        Message::binary(half),
        commit(3, "create", "3kbad", &json!({ "text": 5 })),
        frame(
            &json!({ "op": 1, "t": "#commit" }),
            &json!({ "seq": 4, "repo": SAM, "ops": [
            { "action": "create", "path": "app.bsky.feed.post/3knone", "cid": { "$link": 1 } }] }),
        ),
        frame(
            &json!({ "op": 1, "t": "#something-new" }),
            &json!({ "seq": 5 }),
        ),
        Message::text("not for us"),
        commit(6, "create", "3kgood", &record("good")),
    ])
    .await;
    let (pages, ended) = speaker.listen("firehose", None).await;
    assert_eq!(ended, Ok(()));
    let items = all(&pages);
    let broken = items.iter().filter(|item| matches!(item, Inbound::Broken { raw, reason, .. } if !raw.is_empty() && !reason.is_empty()));
    assert_eq!(broken.count(), 5, "{items:?}");
    assert!(
        matches!(items.last(), Some(Inbound::Post(post)) if post.post.text.as_deref() == Some("good"))
    );
}

#[tokio::test]
async fn fault_f15_what_was_missed_is_told() {
    let info = frame(
        &json!({ "op": 1, "t": "#info" }),
        &json!({ "name": "OutdatedCursor", "message": "too old" }),
    );
    let place = r#"{"v":1,"seq":3,"at":"2026-11-01T00:00:00Z"}"#;
    let speaker = Speaker::open(vec![info, commit(50, "create", "3k", &record("later"))]).await;
    let (pages, _) = speaker.listen("firehose", Some(place)).await;
    assert_eq!(
        pages[0].gap.as_ref().unwrap().0.to_string(),
        "2026-11-01T00:00:00Z"
    );
    assert!(
        pages[1..].iter().all(|page| page.gap.is_none()),
        "told once"
    );

    let future = frame(
        &json!({ "op": -1 }),
        &json!({ "error": "FutureCursor", "message": "Cursor in the future." }),
    );
    let (pages, ended) = Speaker::open(vec![future])
        .await
        .listen("firehose", Some(place))
        .await;
    assert_eq!(ended, Ok(()));
    assert!(pages[0].gap.is_some());
    assert_eq!(
        pages[0].cursor.as_deref(),
        Some(r#"{"v":1,"seq":null,"at":null}"#),
        "the next start is live"
    );

    let slow = frame(&json!({ "op": -1 }), &json!({ "error": "ConsumerTooSlow" }));
    let (_, ended) = Speaker::open(vec![slow])
        .await
        .listen("firehose", None)
        .await;
    assert!(
        matches!(ended, Err(ConnectError::Retry { .. })),
        "{ended:?}"
    );

    // Thirty-six hours before the clock of the test: moved on without a word by the server, told by us.
    let event =
        json!({ "did": SAM, "time_us": 1_793_611_000_000_000_i64, "kind": "account" }).to_string();
    let old = r#"{"v":1,"seq":1793400000000000,"at":"2026-10-31T00:00:00Z"}"#;
    let (pages, _) = Speaker::open(vec![Message::text(event)])
        .await
        .listen("jetstream", Some(old))
        .await;
    assert!(pages[0].gap.as_ref().unwrap().1.contains("36 hours"));
}

#[tokio::test]
async fn jetstream_brings_the_same_in_its_own_words() {
    let event = |time: i64, commit: Value| {
        Message::text(
            json!({ "did": SAM, "time_us": time, "kind": "commit", "commit": commit }).to_string(),
        )
    };
    let post = |operation: &str| {
        json!({ "rev": "3k", "operation": operation, "collection": "app.bsky.feed.post", "rkey": "3kone",
        "cid": "bafy-one", "record": record("waited at the ER") })
    };
    let start = 1_793_611_000_000_000;
    let speaker = Speaker::open(vec![
        event(start, post("create")),
        Message::text(r#"{"did": 5}"#),
        Message::text("{\"kind\":".repeat(5000)),
        event(
            start + 1,
            json!({ "operation": "create", "collection": "app.bsky.feed.like", "rkey": "3k" }),
        ),
        event(
            start + 2,
            json!({ "operation": "delete", "collection": "app.bsky.feed.post", "rkey": "3kone" }),
        ),
    ])
    .await;
    let place = r#"{"v":1,"seq":1793610995000000,"at":"2026-11-02T09:16:35Z"}"#;
    let (pages, ended) = speaker.listen("jetstream", Some(place)).await;
    assert_eq!(ended, Ok(()));
    let asked = speaker.asked.lock().unwrap().clone();
    assert_eq!(
        asked,
        ["/subscribe?wantedCollections=app.bsky.feed.post&cursor=1793610990000000"],
        "five seconds twice"
    );
    let [
        Inbound::Post(heard),
        Inbound::Broken { .. },
        Inbound::Broken { .. },
        Inbound::Deleted { external_id, .. },
    ] = all(&pages)[..]
    else {
        panic!("{pages:?}");
    };
    assert_eq!(
        (
            &heard.post.id,
            heard.version.as_str(),
            heard.addressed_to_us
        ),
        (external_id, "bafy-one", true)
    );
    assert!(pages.iter().all(|page| page.gap.is_none()));
    assert!(
        pages
            .last()
            .unwrap()
            .cursor
            .as_deref()
            .unwrap()
            .contains("1793611000000002")
    );
}

#[tokio::test]
async fn a_strange_place_and_a_strange_stream_are_said_to_be() {
    let speaker = Speaker::open(vec![]).await;
    let (pages, ended) = speaker.listen("firehose", Some("{nonsense")).await;
    assert_eq!((ended, pages.len()), (Ok(()), 1));
    assert!(pages[0].gap.is_some() && pages[0].cursor.is_some());
    let (_, ended) = speaker.listen("gossip", None).await;
    assert!(
        matches!(ended, Err(ConnectError::Settings(text)) if text.contains("firehose or jetstream"))
    );
}
