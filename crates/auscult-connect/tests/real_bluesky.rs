//! The connector before a real AT Protocol network (PLC, PDS, AppView) on this machine.
//!
//! Runs when `AUSCULT_REAL_ATPROTO` names the address of the account server, as `http://localhost:2583`; otherwise each
//! test says `skipped`.
#![cfg(test)]

use std::sync::Arc;
use std::time::Duration;

use auscult_connect::bluesky::Bluesky;
use auscult_connect::contract::{
    Account, Budget, Connector, Cx, FeedSpec, Fetched, Inbound, InboundPost, Media, Now, Page,
    Reconciled, Secret, SendError, SendJob, Sent,
};
use auscult_connect::egress::{Egress, HostPort};
use jiff::Timestamp;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

/// The smallest picture: one pixel.
const PIXEL: [u8; 70] = [
    0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0x0d, 0x49, 0x48, 0x44, 0x52, 0, 0, 0,
    1, 0, 0, 0, 1, 8, 6, 0, 0, 0, 0x1f, 0x15, 0xc4, 0x89, 0, 0, 0, 0x0d, 0x49, 0x44, 0x41, 0x54,
    0x78, 0xda, 0x63, 0xfc, 0xcf, 0xc0, 0x50, 0x0f, 0, 4, 0x85, 1, 0x80, 0x84, 0xa9, 0x8c, 0x21, 0,
    0, 0, 0, 0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82,
];

#[expect(
    clippy::disallowed_methods,
    reason = "the address of the real network is handed in by the environment"
)]
fn address() -> Option<String> {
    let address = std::env::var("AUSCULT_REAL_ATPROTO")
        .ok()
        .filter(|address| !address.is_empty());
    if address.is_none() {
        println!("skipped: AUSCULT_REAL_ATPROTO names no network");
    }
    address
}

#[expect(
    clippy::disallowed_methods,
    reason = "a real network lives in the real present"
)]
fn present() -> Timestamp {
    Timestamp::now()
}

/// A member of the network with a connector.
struct Member {
    connector: Arc<Bluesky>,
    cx: Cx,
}

impl Member {
    async fn sign_in(address: &str, handle: &str) -> Self {
        let place: HostPort = address
            .trim_start_matches("http://")
            .trim_end_matches('/')
            .parse()
            .unwrap();
        let now: Now = Arc::new(present);
        let egress = Egress::new(vec![place], "auscult-test", Arc::clone(&now)).unwrap();
        let account = Account {
            channel: 1,
            version: 1,
            base_url: address.to_owned(),
            handle: handle.to_owned(),
            secret: Secret::new("auscult-test"),
            ..Account::default()
        };
        let mut member = Self {
            connector: Arc::new(Bluesky::default()),
            cx: Cx {
                egress,
                account,
                now,
            },
        };
        let info = member.connector.probe(&member.cx).await.unwrap();
        assert!(
            info.capabilities.search && info.capabilities.reply,
            "{info:?}"
        );
        assert!(
            info.external_id.starts_with("did:plc:") && info.handle == handle,
            "{info:?}"
        );
        member.cx.account.external_id = info.external_id;
        member
    }

    async fn write(&self, text: &str) -> Sent {
        self.connector
            .send(&self.cx, &job(text, None))
            .await
            .unwrap()
    }

    /// Answers as soon as the index shows what is answered: what its author sees at once, others see a moment later.
    async fn answer(&self, text: &str, reply_to: String) -> Sent {
        let job = job(text, Some(reply_to));
        for _ in 0..200 {
            match self.connector.send(&self.cx, &job).await {
                Err(SendError::NotNow { at: None, .. }) => moment().await,
                sent => return sent.unwrap(),
            }
        }
        panic!("the index never showed what is answered");
    }

    async fn poll(&self, feed: &FeedSpec, cursor: Option<&str>) -> Page {
        self.connector
            .poll(&self.cx, feed, cursor, Budget::default())
            .await
            .unwrap()
    }

    /// Asks until a post of this id is in the feed: the index lags a moment.
    async fn hear(&self, feed: &FeedSpec, id: &str) -> InboundPost {
        let mut cursor: Option<String> = None;
        for _ in 0..200 {
            let page = self.poll(feed, cursor.as_deref()).await;
            assert!(page.gap.is_none());
            if let Some(post) = posts(page.items)
                .into_iter()
                .find(|post| post.post.id == id)
            {
                return post;
            }
            cursor = page.cursor;
            moment().await;
        }
        panic!("{id} never came");
    }
}

/// A pause between two looks at a network that indexes in its own time.
async fn moment() {
    tokio::time::sleep(Duration::from_millis(50)).await;
}

fn posts(items: Vec<Inbound>) -> Vec<InboundPost> {
    let post = |item| {
        if let Inbound::Post(post) = item {
            Some(*post)
        } else {
            None
        }
    };
    items.into_iter().filter_map(post).collect()
}

fn word() -> String {
    format!("q{:x}", present().as_nanosecond() % 0xffff_ffff_ffff)
}

fn job(text: &str, reply_to: Option<String>) -> SendJob {
    SendJob {
        delivery: 1,
        key: text.to_owned(),
        created_at: present(),
        text: text.to_owned(),
        lang: "en".to_owned(),
        reply_to,
        mention: None,
        private: false,
        media: Vec::new(),
    }
}

#[tokio::test]
async fn real_a_post_is_heard_by_search_and_as_a_mention() {
    let Some(address) = address() else { return };
    let (hospital, alice) = (
        Member::sign_in(&address, "hospital.test").await,
        Member::sign_in(&address, "alice.test").await,
    );
    let word = word();
    let text =
        format!("Größe Wartezeit at @hospital.test, see https://river.example/er {word} #longwait");
    let sent = alice.write(&text).await;

    let found = hospital
        .hear(&FeedSpec::Search { query: word }, &sent.external_id)
        .await;
    assert_eq!(found.post.text.as_deref(), Some(text.as_str()));
    assert_eq!(found.post.lang.as_deref(), Some("en"));
    assert_eq!(found.post.links, ["https://river.example/er"]);
    let author = found.post.author.clone().unwrap();
    assert_eq!(
        (author.handle.as_deref(), author.id),
        (
            Some("alice.test"),
            Some(alice.cx.account.external_id.clone())
        )
    );
    assert!(
        found.addressed_to_us && !found.version.is_empty() && found.thread_root == sent.external_id
    );

    let mention = hospital.hear(&FeedSpec::Mentions, &sent.external_id).await;
    assert!(mention.addressed_to_us);
    assert_eq!(
        mention.reply_to, found.reply_to,
        "either way it can be answered"
    );
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one story, told in order")]
async fn real_an_answer_is_there_once_and_can_be_taken_down() {
    let Some(address) = address() else { return };
    let (hospital, bob) = (
        Member::sign_in(&address, "hospital.test").await,
        Member::sign_in(&address, "bob.test").await,
    );
    let question = bob
        .write(&format!(
            "Does @hospital.test have a crutches return point? {}",
            word()
        ))
        .await;
    let heard = hospital
        .hear(&FeedSpec::Mentions, &question.external_id)
        .await;

    let job = job(
        &format!("Yes, at the main desk, day and night. {}", word()),
        Some(heard.reply_to),
    );
    let connector = &hospital.connector;
    assert_eq!(
        connector.reconcile(&hospital.cx, &job).await.unwrap(),
        Reconciled::NotFound
    );
    let sent = connector.send(&hospital.cx, &job).await.unwrap();
    assert_eq!(
        connector.reconcile(&hospital.cx, &job).await.unwrap(),
        Reconciled::Found(sent.clone())
    );
    // Another process that knows of nothing sends the same delivery again.
    let again = Bluesky::default().send(&hospital.cx, &job).await;
    assert!(
        matches!(&again, Err(SendError::Unknown(_))) || again == Ok(sent.clone()),
        "{again:?}"
    );

    let answer = bob.hear(&FeedSpec::Mentions, &sent.external_id).await;
    assert_eq!(answer.thread_root, question.external_id);
    let thread = hospital
        .connector
        .thread(&hospital.cx, &question.external_id)
        .await
        .unwrap();
    let copies = thread
        .iter()
        .filter(|post| post.post.text.as_deref() == Some(job.text.as_str()))
        .count();
    assert_eq!(
        (copies, thread[0].post.id.as_str()),
        (1, question.external_id.as_str())
    );

    connector
        .withdraw(&hospital.cx, &sent.external_id)
        .await
        .unwrap();
    connector
        .withdraw(&hospital.cx, &sent.external_id)
        .await
        .unwrap();
    assert_eq!(
        connector.reconcile(&hospital.cx, &job).await.unwrap(),
        Reconciled::NotFound
    );
    let gone = Fetched::Gone {
        external_id: sent.external_id.clone(),
    };
    for _ in 0..200 {
        let found = connector
            .fetch(&hospital.cx, std::slice::from_ref(&sent.external_id))
            .await
            .unwrap();
        if found == [gone.clone()] {
            return;
        }
        moment().await;
    }
    panic!("the answer never went away");
}

#[tokio::test]
async fn real_an_answer_to_something_gone_is_not_sent() {
    let Some(address) = address() else { return };
    let (hospital, alice) = (
        Member::sign_in(&address, "hospital.test").await,
        Member::sign_in(&address, "alice.test").await,
    );
    let question = alice
        .write(&format!("Dear @hospital.test, never mind {}", word()))
        .await;
    let heard = hospital
        .hear(&FeedSpec::Mentions, &question.external_id)
        .await;
    alice
        .connector
        .withdraw(&alice.cx, &question.external_id)
        .await
        .unwrap();
    for _ in 0..200 {
        let found = hospital
            .connector
            .fetch(&hospital.cx, std::slice::from_ref(&question.external_id))
            .await
            .unwrap();
        if matches!(found.as_slice(), [Fetched::Gone { .. }]) {
            break;
        }
        moment().await;
    }
    let answer = job(&format!("Gladly. {}", word()), Some(heard.reply_to));
    let error = hospital
        .connector
        .send(&hospital.cx, &answer)
        .await
        .unwrap_err();
    assert!(matches!(error, SendError::TargetGone(_)), "{error:?}");
    assert_eq!(
        hospital
            .connector
            .reconcile(&hospital.cx, &answer)
            .await
            .unwrap(),
        Reconciled::NotFound
    );
}

#[tokio::test]
async fn real_a_picture_goes_with_its_words_and_own_posts_are_heard() {
    let Some(address) = address() else { return };
    let (hospital, alice) = (
        Member::sign_in(&address, "hospital.test").await,
        Member::sign_in(&address, "alice.test").await,
    );
    let picture = Media {
        media_type: "image/png".to_owned(),
        bytes: PIXEL.to_vec(),
        alt: "One dark pixel.".to_owned(),
    };
    let post = SendJob {
        media: vec![picture],
        ..job(&format!("Our new entrance {}", word()), None)
    };
    let sent = hospital.connector.send(&hospital.cx, &post).await.unwrap();
    let own = hospital.hear(&FeedSpec::Own, &sent.external_id).await;
    assert_eq!(own.post.has, Some(vec!["image".to_owned()]));
    let raw = String::from_utf8(own.raw.unwrap().bytes).unwrap();
    assert!(raw.contains("One dark pixel."));

    let seen = alice
        .hear(
            &FeedSpec::Own,
            &alice.write(&format!("hello {}", word())).await.external_id,
        )
        .await;
    assert!(!seen.reply_to.is_empty());
    let question = alice
        .answer(&format!("Where is it? {}", word()), own.reply_to)
        .await;
    let below = hospital.hear(&FeedSpec::Own, &question.external_id).await;
    assert!(below.addressed_to_us && below.thread_root == sent.external_id);
}

/// A stream that runs beside the test.
struct Listening {
    pages: mpsc::Receiver<Page>,
    _tasks: JoinSet<()>,
}

impl Listening {
    fn to(member: &Member, cursor: Option<String>) -> Self {
        let (out, pages) = mpsc::channel(16);
        let (connector, cx) = (Arc::clone(&member.connector), member.cx.clone());
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            let feed = FeedSpec::Stream {
                url: String::new(),
                flavour: "firehose".to_owned(),
            };
            connector
                .stream(&cx, &feed, cursor.as_deref(), out)
                .await
                .unwrap();
        });
        Self {
            pages,
            _tasks: tasks,
        }
    }

    /// Reads on until `found` says so; the cursor after it.
    async fn until(&mut self, mut found: impl FnMut(&Inbound) -> bool) -> String {
        let reading = async {
            while let Some(page) = self.pages.recv().await {
                assert_eq!(page.gap, None);
                if page.items.iter().any(&mut found) {
                    return page.cursor.unwrap();
                }
            }
            panic!("the stream ended");
        };
        tokio::time::timeout(Duration::from_secs(20), reading)
            .await
            .expect("it was never heard")
    }
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one story, told in order")]
async fn real_the_firehose_is_heard_live_and_from_a_place() {
    let Some(address) = address() else { return };
    let (hospital, alice) = (
        Member::sign_in(&address, "hospital.test").await,
        Member::sign_in(&address, "alice.test").await,
    );
    let mut live = Listening::to(&hospital, None);
    // The stream has no way of saying that it is open: posts are written until one is heard.
    let word = word();
    let mut first = alice
        .write(&format!("{word} number 0, dear @hospital.test"))
        .await;
    let mut cursor = None;
    for number in 1..40 {
        let heard = tokio::time::timeout(Duration::from_millis(500), live.pages.recv()).await;
        if let Ok(Some(page)) = heard {
            let ours = |item: &Inbound| matches!(item, Inbound::Post(post) if post.post.text.as_deref().is_some_and(|text| text.contains(&word)));
            if page.items.iter().any(ours) {
                cursor = page.cursor;
                let heard = posts(page.items)
                    .into_iter()
                    .find(|post| {
                        post.post
                            .text
                            .as_deref()
                            .is_some_and(|text| text.contains(&word))
                    })
                    .unwrap();
                assert!(
                    heard.addressed_to_us
                        && heard.post.author.unwrap().id
                            == Some(alice.cx.account.external_id.clone())
                );
                break;
            }
        }
        first = alice
            .write(&format!("{word} number {number}, dear @hospital.test"))
            .await;
    }
    let cursor = cursor.expect("the live stream is heard");
    drop(live);

    // While nobody listens one post is written and one taken away.
    let second = alice.write(&format!("{word} while you were away")).await;
    alice
        .connector
        .withdraw(&alice.cx, &first.external_id)
        .await
        .unwrap();
    let mut resumed = Listening::to(&hospital, Some(cursor));
    let mut missed = [second.external_id, first.external_id];
    resumed
        .until(|item| {
            match item {
                Inbound::Post(post) if post.post.id == missed[0] => missed[0].clear(),
                Inbound::Deleted { external_id, .. } if *external_id == missed[1] => {
                    missed[1].clear();
                }
                Inbound::Post(_) | Inbound::Deleted { .. } => {}
                Inbound::Broken { reason, place, .. } => panic!("{place}: {reason}"),
            }
            missed.iter().all(String::is_empty)
        })
        .await;
}

#[tokio::test]
async fn real_a_place_of_another_network_is_a_gap_not_silence() {
    let Some(address) = address() else { return };
    let hospital = Member::sign_in(&address, "hospital.test").await;
    let mut strange = {
        let (out, pages) = mpsc::channel(4);
        let feed = FeedSpec::Stream {
            url: String::new(),
            flavour: "firehose".to_owned(),
        };
        let cursor = r#"{"v":1,"seq":999999999,"at":"2026-11-02T09:00:00Z"}"#;
        hospital
            .connector
            .stream(&hospital.cx, &feed, Some(cursor), out)
            .await
            .unwrap();
        pages
    };
    let page = strange.recv().await.unwrap();
    assert_eq!(
        page.gap.unwrap().0,
        "2026-11-02T09:00:00Z".parse::<Timestamp>().unwrap()
    );
    assert_eq!(
        page.cursor.as_deref(),
        Some(r#"{"v":1,"seq":null,"at":null}"#)
    );
}
