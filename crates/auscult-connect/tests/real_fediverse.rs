//! The connector before two real servers that federate (`tests/real/fediverse`).
//!
//! Runs when `AUSCULT_REAL_FEDIVERSE` is set; otherwise it says `skipped`.
#![cfg(test)]

use std::sync::Arc;
use std::time::Duration;

use auscult_connect::contract::{
    Account, Budget, Connector, Cx, FeedSpec, Fetched, Idempotency, Inbound, InboundPost, Now,
    Reconciled, Secret, SendError, SendJob,
};
use auscult_connect::egress::{Address, Egress, HostPort};
use auscult_connect::mastodon::Mastodon;
use jiff::Timestamp;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

const HOME: &str = "a.fediverse.test";
const AWAY: &str = "b.fediverse.test";

#[expect(
    clippy::disallowed_methods,
    reason = "whether the real servers run is handed in by the environment"
)]
fn is_asked_for() -> bool {
    let is_set = std::env::var("AUSCULT_REAL_FEDIVERSE").is_ok_and(|value| !value.is_empty());
    if !is_set {
        println!("skipped: AUSCULT_REAL_FEDIVERSE is not set");
    }
    is_set
}

#[expect(
    clippy::disallowed_methods,
    reason = "real servers live in the real present"
)]
fn present() -> Timestamp {
    Timestamp::now()
}

/// A request as a browser would send it; the whole answer as text.
async fn plain(host: &str, head: &str, body: &str) -> String {
    let mut stream = tokio::net::TcpStream::connect((host, 80)).await.unwrap();
    let request = format!(
        "{head} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\ncontent-type: application/x-www-form-urlencoded\r\n\
         content-length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

fn between<'a>(text: &'a str, before: &str, after: &str) -> &'a str {
    let (_, rest) = text
        .split_once(before)
        .unwrap_or_else(|| panic!("{before} is missing in {text}"));
    rest.split(after).next().unwrap()
}

fn form(pairs: &[(&str, &str)]) -> String {
    Address::parse_with_params("http://form/", pairs)
        .unwrap()
        .query()
        .unwrap()
        .to_owned()
}

/// The way a person signs in: an app, a form, a code, a token.
async fn token(host: &str, name: &str) -> String {
    let back = "http://localhost/signed-in";
    let app = form(&[
        ("client_name", "auscult"),
        ("redirect_uris", back),
        ("scopes", "read write follow"),
    ]);
    let app = plain(host, "POST /api/v1/apps", &app).await;
    let (id, secret) = (
        between(&app, "\"client_id\": \"", "\""),
        between(&app, "\"client_secret\": \"", "\""),
    );
    let login = form(&[
        ("login", name),
        ("passwd", "auscult-test"),
        ("redir", back),
        ("cid", id),
        ("state", ""),
    ]);
    let answer = plain(host, "POST /oauth/x-snac-login", &login).await;
    let code = between(&answer, "code=", "\r")
        .split('&')
        .next()
        .unwrap()
        .to_owned();
    let exchange = form(&[
        ("grant_type", "authorization_code"),
        ("code", &code),
        ("client_id", id),
        ("client_secret", secret),
        ("redirect_uri", back),
    ]);
    let answer = plain(host, "POST /oauth/token", &exchange).await;
    between(&answer, "\"access_token\": \"", "\"").to_owned()
}

async fn sign_in(host: &str, name: &str) -> Cx {
    let now: Now = Arc::new(present);
    let place: HostPort = format!("{host}:80").parse().unwrap();
    let other: HostPort = format!("{}:80", if host == HOME { AWAY } else { HOME })
        .parse()
        .unwrap();
    let egress = Egress::new(vec![place, other], "auscult-real-test", Arc::clone(&now)).unwrap();
    let secret = Secret::new(token(host, name).await);
    let account = Account {
        channel: 1,
        base_url: format!("http://{host}"),
        secret,
        ..Account::default()
    };
    let mut cx = Cx {
        egress,
        account,
        now,
    };
    let info = Mastodon.probe(&cx).await.unwrap();
    assert_eq!(info.handle, format!("{name}@{host}"));
    assert!(
        !info.capabilities.stream && !info.capabilities.withdraw,
        "{info:?}"
    );
    assert_eq!(info.capabilities.idempotency, Idempotency::ReadBack);
    cx.account.handle = info.handle;
    cx.account.external_id = info.external_id;
    cx
}

fn job(text: &str, reply_to: Option<String>) -> SendJob {
    SendJob {
        delivery: 1,
        key: format!("key-{text}"),
        created_at: present(),
        text: text.to_owned(),
        lang: "en".to_owned(),
        reply_to,
        mention: None,
        private: false,
        media: Vec::new(),
    }
}

/// Listens until a post with these words is heard, as long as servers take to deliver.
async fn heard(cx: &Cx, feed: &FeedSpec, words: &str) -> InboundPost {
    let mut tick = tokio::time::interval(Duration::from_millis(500));
    let mut cursor: Option<String> = None;
    for _ in 0..80 {
        tick.tick().await;
        let page = Mastodon
            .poll(cx, feed, cursor.as_deref(), Budget::default())
            .await
            .unwrap();
        cursor = page.cursor.or(cursor);
        for item in page.items {
            if let Inbound::Post(post) = item
                && post
                    .post
                    .text
                    .as_ref()
                    .is_some_and(|text| text.contains(words))
            {
                return *post;
            }
        }
    }
    panic!("“{words}” was not heard");
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one journey, told in its order")]
async fn a_person_is_heard_and_answered_across_servers() {
    if !is_asked_for() {
        return;
    }
    let (hospital, bob) = (sign_in(HOME, "hospital").await, sign_in(AWAY, "bob").await);
    let mark = present().as_millisecond();
    let complaint = format!("I waited {mark} minutes and nobody said why. #riverside{mark}");
    let sent = Mastodon
        .send(&bob, &job(&format!("@hospital@{HOME} {complaint}"), None))
        .await
        .unwrap();

    let post = heard(&hospital, &FeedSpec::Mentions, &format!("waited {mark}")).await;
    assert_eq!(post.post.id, sent.external_id);
    assert_eq!(
        post.post.author.as_ref().unwrap().handle.as_deref(),
        Some("bob@b.fediverse.test")
    );
    assert!(post.addressed_to_us && !post.private, "{post:?}");
    let tagged = heard(
        &hospital,
        &FeedSpec::Hashtag {
            tag: format!("riverside{mark}"),
        },
        &format!("waited {mark}"),
    )
    .await;
    assert_eq!(
        tagged.post.id, post.post.id,
        "one post, however it is heard"
    );

    let answer = job(
        &format!("We are sorry about the {mark} minutes. Please call 01 555 0100."),
        Some(post.reply_to.clone()),
    );
    assert_eq!(
        Mastodon.reconcile(&hospital, &answer).await.unwrap(),
        Reconciled::NotFound
    );
    let replied = Mastodon.send(&hospital, &answer).await.unwrap();
    let Reconciled::Found(found) = Mastodon.reconcile(&hospital, &answer).await.unwrap() else {
        panic!("the answer is read back");
    };
    assert_eq!(found.external_id, replied.external_id);
    let reply = heard(
        &bob,
        &FeedSpec::Mentions,
        &format!("sorry about the {mark}"),
    )
    .await;
    assert_eq!(reply.post.id, replied.external_id);
    assert_eq!(
        reply.thread_root, post.post.id,
        "the answer stands below its question"
    );

    let thread = Mastodon.thread(&hospital, &post.post.id).await.unwrap();
    let ids: Vec<&str> = thread.iter().map(|post| post.post.id.as_str()).collect();
    assert_eq!(ids, [post.post.id.as_str(), replied.external_id.as_str()]);
    let fetched = Mastodon
        .fetch(
            &hospital,
            &[replied.external_id, format!("http://{HOME}/hospital/p/0.1")],
        )
        .await
        .unwrap();
    assert!(
        matches!(
            fetched.as_slice(),
            [Fetched::There(_), Fetched::Gone { .. }]
        ),
        "{fetched:?}"
    );
}

#[tokio::test]
async fn nothing_goes_out_below_a_post_that_is_gone() {
    if !is_asked_for() {
        return;
    }
    let hospital = sign_in(HOME, "hospital").await;
    let gone = r#"{"v":1,"id":"123","uri":"http://b.fediverse.test/bob/p/0.1","acct":"bob@b.fediverse.test","visibility":"public"}"#;
    let answer = job("This must never be seen.", Some(gone.to_owned()));
    let error = Mastodon.send(&hospital, &answer).await.unwrap_err();
    assert!(matches!(error, SendError::TargetGone(_)), "{error:?}");
    assert_eq!(
        Mastodon.reconcile(&hospital, &answer).await.unwrap(),
        Reconciled::NotFound
    );
}
