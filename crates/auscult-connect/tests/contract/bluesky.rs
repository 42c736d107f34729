//! A strict fake of a personal data server with its index, and the suite before it.
#![expect(
    clippy::significant_drop_tightening,
    reason = "the fake is one state behind one lock"
)]

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use auscult_connect::bluesky::Bluesky;
use auscult_connect::contract::{Account, Connector, FeedSpec, Secret, SendJob};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::server::{Call, Desk, Reply, START};
use crate::suite::{Fault, Stage};

/// The account the suite acts for.
pub(crate) const HOSPITAL: &str = "did:plc:hospital";
const ALICE: &str = "did:plc:alice";
const PASSWORD: &str = "abcd-efgh-ijkl-mnop";
const POSTS: &str = "app.bsky.feed.post";

/// What the fake knows.
#[derive(Default)]
pub(crate) struct Network {
    /// Posts in the order of writing, as the index shows them.
    pub(crate) views: Vec<Value>,
    /// Our records by key.
    pub(crate) records: BTreeMap<String, Value>,
    /// Texts accepted from us, in order.
    pub(crate) ledger: Vec<String>,
    /// Pictures uploaded.
    pub(crate) blobs: usize,
    /// What a thread call answers.
    pub(crate) thread: Option<String>,
    /// Notifications, oldest first.
    pub(crate) notifications: Vec<Value>,
    /// Where the sign-in says the account lives.
    pub(crate) endpoint: String,
    fault: Option<Fault>,
    revoked: bool,
    tokens: u32,
    /// The access token is not accepted any more.
    pub(crate) stale: bool,
}

impl Network {
    fn access(&self) -> String {
        format!("access-secret-{}", self.tokens)
    }

    fn refresh(&self) -> String {
        format!("refresh-secret-{}", self.tokens)
    }

    fn session(&mut self) -> Reply {
        self.tokens += 1;
        self.stale = false;
        let document =
            json!({ "service": [{ "id": "#atproto_pds", "serviceEndpoint": self.endpoint }] });
        Reply::json(200, &json!({
            "accessJwt": self.access(), "refreshJwt": self.refresh(), "did": HOSPITAL, "handle": "hospital.test",
            "didDoc": document, "somethingNew": true,
        }))
        .with("ratelimit-remaining", "0")
        .with("ratelimit-reset", "1793611900")
    }

    /// Lets sign-ins through again.
    pub(crate) fn forgive(&mut self) {
        self.revoked = false;
    }

    /// Adds a post to the index.
    pub(crate) fn add(&mut self, text: &str, did: &str) -> String {
        let number = self.views.len();
        let start: Timestamp = START.parse().unwrap();
        let at = start + SignedDuration::from_secs(i64::try_from(number).unwrap() - 4000);
        let uri = format!("at://{did}/{POSTS}/3k{number:05}");
        self.views.push(json!({
            "uri": uri, "cid": format!("cid-{number}"), "indexedAt": format!("{at:.3}"),
            "author": { "did": did, "handle": "alice.test", "displayName": "Alice" },
            "record": { "$type": POSTS, "text": text, "createdAt": format!("{at:.3}"), "langs": ["en"] },
            "replyCount": 0, "repostCount": 1, "likeCount": 2, "quoteCount": 0, "labels": [],
        }));
        uri
    }

    fn answer(&mut self, call: &Call) -> Reply {
        let name = call
            .path
            .strip_prefix("/xrpc/")
            .unwrap_or_default()
            .to_owned();
        let wrong = |error: &str| {
            Reply::json(
                401,
                &json!({ "error": error, "message": format!("no: {PASSWORD}") }),
            )
        };
        match name.as_str() {
            "com.atproto.server.createSession" => {
                let body = call.json();
                let good = body["identifier"] == "hospital.test"
                    && body["password"] == PASSWORD
                    && !self.revoked;
                return if good {
                    self.session()
                } else {
                    wrong("AuthenticationRequired")
                };
            }
            "com.atproto.server.refreshSession" => {
                let good = call.header("authorization") == format!("Bearer {}", self.refresh())
                    && !self.revoked;
                assert!(call.body.is_empty(), "a renewal has no body");
                return if good {
                    self.session()
                } else {
                    wrong("ExpiredToken")
                };
            }
            _ => {}
        }
        if call.header("authorization") != format!("Bearer {}", self.access())
            || self.stale
            || self.revoked
        {
            return Reply::json(
                400,
                &json!({ "error": "ExpiredToken", "message": "Token has expired" }),
            );
        }
        let writes = ["createRecord", "deleteRecord", "uploadBlob"]
            .iter()
            .any(|verb| name.ends_with(verb));
        assert_eq!(call.method, if writes { "POST" } else { "GET" }, "{name}");
        let effect = matches!(
            name.as_str(),
            "com.atproto.repo.createRecord" | "app.bsky.feed.searchPosts"
        );
        let fault = match self.fault {
            Some(Fault::TooMany | Fault::Error | Fault::HtmlError | Fault::HtmlPage) => {
                self.fault.take()
            }
            Some(_) if effect => self.fault.take(),
            _ => None,
        };
        self.wrong(fault, call, &name)
    }

    fn wrong(&mut self, fault: Option<Fault>, call: &Call, name: &str) -> Reply {
        let reset = START.parse::<Timestamp>().unwrap().as_second() + 40;
        let secret = format!("{} {PASSWORD}", self.access());
        match fault {
            None | Some(Fault::Expired | Fault::Revoked) => self.serve(call, name),
            Some(Fault::TooMany) => Reply::json(
                429,
                &json!({ "error": "RateLimitExceeded", "message": secret }),
            )
            .with("ratelimit-limit", "3000")
            .with("ratelimit-remaining", "0")
            .with("ratelimit-reset", &reset.to_string()),
            Some(Fault::AcceptThenSilence) => {
                self.serve(call, name);
                Reply::Silence
            }
            Some(Fault::AcceptThenError) => {
                self.serve(call, name);
                Reply::json(
                    500,
                    &json!({ "error": "InternalServerError", "message": secret }),
                )
            }
            Some(Fault::Refuse) => Reply::json(
                400,
                &json!({ "error": "InvalidRequest", "message": secret }),
            ),
            Some(Fault::HtmlPage) => Reply::raw(200, "text/html", "<!doctype html><p>hello"),
            Some(Fault::HtmlError) => Reply::raw(502, "text/html", "<html>bad gateway"),
            Some(Fault::CutShort) => {
                Reply::raw(200, "application/json", r#"{"posts":[{"uri":"at:"#)
            }
            Some(Fault::Error) => Reply::raw(500, "text/plain", secret),
        }
    }

    fn serve(&mut self, call: &Call, name: &str) -> Reply {
        match name {
            "app.bsky.feed.searchPosts" => search(&self.views, call),
            "app.bsky.notification.listNotifications" => {
                assert_eq!(call.query("priority"), "false");
                page(&self.notifications, "notifications", call, |_| true)
            }
            "app.bsky.feed.getAuthorFeed" => {
                let own: Vec<Value> = self
                    .views
                    .iter()
                    .filter(|view| view["author"]["did"] == call.query("actor"))
                    .map(|view| json!({ "post": view }))
                    .collect();
                page(&own, "feed", call, |_| true)
            }
            "app.bsky.feed.getPosts" => {
                let wanted: Vec<&String> = call
                    .query
                    .iter()
                    .filter(|(key, _)| key == "uris")
                    .map(|(_, uri)| uri)
                    .collect();
                assert!(wanted.len() <= 25, "at most 25 at once");
                let found: Vec<&Value> = self
                    .views
                    .iter()
                    .filter(|view| wanted.iter().any(|uri| view["uri"] == **uri))
                    .collect();
                Reply::json(200, &json!({ "posts": found }))
            }
            "app.bsky.feed.getPostThread" => self.thread.clone().map_or_else(
                || {
                    Reply::json(
                        400,
                        &json!({ "error": "NotFound", "message": "Post not found" }),
                    )
                },
                |body| Reply::raw(200, "application/json", body),
            ),
            "app.bsky.actor.getProfile" => Reply::json(
                200,
                &json!({ "did": HOSPITAL, "handle": "hospital.test", "displayName": "St Brigid" }),
            ),
            "com.atproto.identity.resolveHandle" if call.query("handle") == "alice.test" => {
                Reply::json(200, &json!({ "did": ALICE }))
            }
            "com.atproto.identity.resolveHandle" => Reply::json(
                400,
                &json!({ "error": "InvalidRequest", "message": "Unable to resolve handle" }),
            ),
            "com.atproto.repo.uploadBlob" => {
                assert_eq!(call.header("content-type"), "image/png");
                self.blobs += 1;
                let blob = json!({ "$type": "blob", "ref": { "$link": "bafy" }, "mimeType": "image/png", "size": 1 });
                Reply::json(200, &json!({ "blob": blob }))
            }
            _ => self.repo(call, name),
        }
    }

    fn repo(&mut self, call: &Call, name: &str) -> Reply {
        let uri = |key: &str| format!("at://{HOSPITAL}/{POSTS}/{key}");
        match name {
            "com.atproto.repo.createRecord" => {
                let body = call.json();
                assert_eq!(
                    (&body["repo"], &body["collection"]),
                    (&json!(HOSPITAL), &json!(POSTS))
                );
                let key = body["rkey"].as_str().unwrap().to_owned();
                assert_eq!(key.len(), 13, "a record key of a post is a TID");
                let record = &body["record"];
                assert_eq!(record["$type"], POSTS);
                assert!(
                    record["createdAt"]
                        .as_str()
                        .unwrap()
                        .parse::<Timestamp>()
                        .is_ok()
                );
                if self.records.contains_key(&key) {
                    // As the reference server does: no duplicate, and no typed error.
                    return Reply::json(
                        500,
                        &json!({ "error": "InternalServerError", "message": "Internal Server Error" }),
                    );
                }
                self.ledger
                    .push(record["text"].as_str().unwrap().to_owned());
                self.records.insert(key.clone(), record.clone());
                Reply::json(
                    200,
                    &json!({ "uri": uri(&key), "cid": "bafy-record", "validationStatus": "valid" }),
                )
            }
            "com.atproto.repo.getRecord" => match self.records.get(call.query("rkey")) {
                Some(record) => Reply::json(
                    200,
                    &json!({ "uri": uri(call.query("rkey")), "cid": "bafy-record", "value": record }),
                ),
                None => Reply::json(
                    400,
                    &json!({ "error": "RecordNotFound", "message": "Could not locate record" }),
                ),
            },
            "com.atproto.repo.deleteRecord" => {
                self.records.remove(call.json()["rkey"].as_str().unwrap());
                Reply::json(200, &json!({}))
            }
            other => panic!("the fake does not know {other}"),
        }
    }
}

fn search(views: &[Value], call: &Call) -> Reply {
    assert_eq!(
        (call.query("sort"), call.query("q").is_empty()),
        ("latest", false)
    );
    let since: Option<Timestamp> = Some(call.query("since"))
        .filter(|text| !text.is_empty())
        .map(|text| text.parse().unwrap());
    page(views, "posts", call, |view| {
        let at = view["indexedAt"]
            .as_str()
            .and_then(|text| text.parse::<Timestamp>().ok());
        // Inclusive; what has no time is never left out.
        since.is_none_or(|since| at.is_none_or(|at| at >= since))
    })
}

/// Newest first, by keys that stay good when others are written.
fn page(all: &[Value], name: &str, call: &Call, keep: impl Fn(&Value) -> bool) -> Reply {
    let limit: usize = call.query("limit").parse().unwrap_or(50);
    assert!((1..=100).contains(&limit), "limit is 1 to 100");
    let before = match call.query("cursor") {
        "" => all.len(),
        token => match token
            .strip_prefix("before-")
            .and_then(|number| number.parse().ok())
        {
            Some(number) => number,
            None => {
                return Reply::json(
                    400,
                    &json!({ "error": "InvalidRequest", "message": "Malformed cursor" }),
                );
            }
        },
    };
    let found: Vec<(usize, &Value)> = all
        .iter()
        .enumerate()
        .take(before)
        .rev()
        .filter(|(_, view)| !view["gone"].is_boolean() && keep(view))
        .take(limit)
        .collect();
    let mut body = json!({ name: found.iter().map(|(_, view)| view).collect::<Vec<_>>() });
    if let Some((last, _)) = found.last().filter(|_| found.len() == limit) {
        body["cursor"] = json!(format!("before-{last}"));
    }
    Reply::json(200, &body)
}

/// The fake on its stage.
pub(crate) struct Pds {
    connector: Arc<Bluesky>,
    desk: Desk,
    /// What it knows.
    pub(crate) network: Arc<Mutex<Network>>,
}

/// Opens a fake.
pub(crate) async fn stage() -> Pds {
    let network = Arc::new(Mutex::new(Network::default()));
    let served = Arc::clone(&network);
    let desk = Desk::open(move |call| served.lock().unwrap().answer(call)).await;
    network.lock().unwrap().endpoint = desk.url.clone();
    Pds {
        connector: Arc::new(Bluesky::default()),
        desk,
        network,
    }
}

impl Stage for Pds {
    fn connector(&self) -> Arc<dyn Connector> {
        Arc::clone(&self.connector) as Arc<dyn Connector>
    }

    fn desk(&self) -> &Desk {
        &self.desk
    }

    fn account(&self) -> Account {
        Account {
            channel: 7,
            version: 1,
            base_url: self.desk.url.clone(),
            handle: "hospital.test".to_owned(),
            external_id: HOSPITAL.to_owned(),
            secret: Secret::new(PASSWORD),
            config: Value::Null,
        }
    }

    fn feed(&self) -> FeedSpec {
        FeedSpec::Search {
            query: "waited".to_owned(),
        }
    }

    fn write(&self, texts: &[String]) -> Vec<String> {
        let mut network = self.network.lock().unwrap();
        texts.iter().map(|text| network.add(text, ALICE)).collect()
    }

    fn write_broken(&self) {
        let mut network = self.network.lock().unwrap();
        network.add("x", ALICE);
        let last = network.views.last_mut().unwrap();
        *last = json!({ "uri": 5, "indexedAt": last["indexedAt"], "author": "who" });
    }

    fn write_undated(&self) -> String {
        let mut network = self.network.lock().unwrap();
        let uri = network.add("waited since yesterday", ALICE);
        let last = network.views.last_mut().unwrap();
        last["record"]["createdAt"] = json!("yesterday");
        last["indexedAt"] = json!("just now");
        uri
    }

    fn remove(&self, id: &str) {
        for view in &mut self.network.lock().unwrap().views {
            if view["uri"] == id {
                *view = json!({ "gone": true });
            }
        }
    }

    fn fail(&self, fault: Fault) {
        let mut network = self.network.lock().unwrap();
        match fault {
            Fault::Expired => network.stale = true,
            Fault::Revoked => network.revoked = true,
            Fault::TooMany
            | Fault::AcceptThenSilence
            | Fault::AcceptThenError
            | Fault::Refuse
            | Fault::HtmlPage
            | Fault::HtmlError
            | Fault::CutShort
            | Fault::Error => network.fault = Some(fault),
        }
    }

    fn answer(&self, id: &str, key: &str, text: &str) -> Option<SendJob> {
        let cid = "cid-of-the-parent";
        Some(SendJob {
            delivery: 1,
            key: key.to_owned(),
            created_at: START.parse().unwrap(),
            text: text.to_owned(),
            lang: "en".to_owned(),
            reply_to: Some(
                json!({ "uri": id, "cid": cid, "root": { "uri": id, "cid": cid } }).to_string(),
            ),
            mention: None,
            private: false,
            media: Vec::new(),
        })
    }

    fn ledger(&self) -> Vec<String> {
        self.network.lock().unwrap().ledger.clone()
    }

    fn secrets(&self) -> Vec<String> {
        vec![
            PASSWORD.to_owned(),
            "access-secret".to_owned(),
            "refresh-secret".to_owned(),
        ]
    }
}

crate::contract_suite!(stage().await);
