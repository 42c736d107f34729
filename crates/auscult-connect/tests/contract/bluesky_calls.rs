//! What is particular to this network: sign-ins, notifications, own posts, deep threads and the shape of what is sent.

use auscult_connect::contract::{
    Account, Budget, ConnectError, Cx, FeedSpec, Inbound, InboundPost, Media, Page, Secret,
    SendError, SendJob,
};
use serde_json::{Value, json};

use crate::bluesky::{HOSPITAL, Pds, stage};
use crate::suite::{Fault, Stage};

const BOB: &str = "did:plc:bob";

fn cx(stage: &Pds) -> Cx {
    Cx {
        egress: stage.desk().egress.clone(),
        account: stage.account(),
        now: stage.desk().now(),
    }
}

async fn poll(stage: &Pds, feed: &FeedSpec, cursor: Option<&str>) -> Result<Page, ConnectError> {
    stage
        .connector()
        .poll(&cx(stage), feed, cursor, Budget::default())
        .await
}

fn posts(page: &Page) -> Vec<&InboundPost> {
    page.items
        .iter()
        .filter_map(|item| match item {
            Inbound::Post(post) => Some(post.as_ref()),
            Inbound::Deleted { .. } | Inbound::Broken { .. } => None,
        })
        .collect()
}

fn count(stage: &Pds, name: &str) -> usize {
    stage
        .desk()
        .calls()
        .iter()
        .filter(|call| call.path.ends_with(name))
        .count()
}

#[tokio::test]
async fn one_sign_in_and_one_renewal_serve_all_who_wait() {
    let stage = stage().await;
    let feed = stage.feed();
    let eight = || futures_util::future::join_all((0..8).map(|_| poll(&stage, &feed, None)));
    assert!(eight().await.iter().all(Result::is_ok));
    assert_eq!(
        (
            count(&stage, "createSession"),
            count(&stage, "refreshSession")
        ),
        (1, 0)
    );
    stage.fail(Fault::Expired);
    stage.desk().advance(10_000);
    assert!(eight().await.iter().all(Result::is_ok));
    assert_eq!(
        (
            count(&stage, "createSession"),
            count(&stage, "refreshSession")
        ),
        (1, 1)
    );
}

#[tokio::test]
async fn a_refused_sign_in_is_not_repeated_until_something_changes() {
    let stage = stage().await;
    stage.fail(Fault::Revoked);
    for _ in 0..5 {
        let error = poll(&stage, &stage.feed(), None).await.unwrap_err();
        assert!(
            matches!(&error, ConnectError::AccessEnded(text) if text.contains("app password")),
            "{error:?}"
        );
    }
    assert_eq!(count(&stage, "createSession"), 1);
    stage.network.lock().unwrap().forgive();
    let account = Account {
        version: 2,
        ..stage.account()
    };
    let cx = Cx {
        account,
        ..cx(&stage)
    };
    assert!(
        stage
            .connector()
            .poll(&cx, &stage.feed(), None, Budget::default())
            .await
            .is_ok()
    );
    assert_eq!(count(&stage, "createSession"), 2);
}

#[tokio::test]
async fn an_account_that_lives_where_we_may_not_go_is_said_to() {
    let stage = stage().await;
    stage.network.lock().unwrap().endpoint = "http://10.1.2.3:2583".to_owned();
    let error = poll(&stage, &stage.feed(), None).await.unwrap_err();
    let ConnectError::Settings(text) = &error else {
        panic!("{error:?}")
    };
    assert!(
        text.contains("10.1.2.3:2583") && text.contains("egress.allow"),
        "{text}"
    );
}

#[tokio::test]
async fn without_an_account_what_needs_one_says_so() {
    let stage = stage().await;
    let account = Account {
        secret: Secret::default(),
        ..stage.account()
    };
    let open = Cx {
        account,
        ..cx(&stage)
    };
    let error = stage
        .connector()
        .poll(&open, &FeedSpec::Mentions, None, Budget::default())
        .await
        .unwrap_err();
    assert!(matches!(error, ConnectError::Settings(_)), "{error:?}");
    assert_eq!(stage.desk().calls().len(), 0);
}

fn notification(number: usize, reason: &str) -> Value {
    json!({
        "uri": format!("at://{BOB}/app.bsky.feed.post/3n{number}"), "cid": format!("cid-{number}"), "reason": reason,
        "author": { "did": BOB, "handle": "bob.test", "displayName": "Bob" }, "isRead": false,
        "indexedAt": format!("2026-11-02T09:0{number}:00.000Z"),
        "record": { "$type": "app.bsky.feed.post", "text": format!("dear hospital {number}"), "langs": ["en"],
            // A phone whose clock runs ahead by years.
            "createdAt": "2031-01-01T00:00:00Z" },
    })
}

#[tokio::test]
async fn mentions_replies_and_quotes_are_heard_and_likes_are_not() {
    let stage = stage().await;
    let reasons = ["mention", "like", "reply", "quote", "follow"];
    stage.network.lock().unwrap().notifications = reasons
        .iter()
        .enumerate()
        .map(|(number, reason)| notification(number, reason))
        .collect();
    let page = poll(&stage, &FeedSpec::Mentions, None).await.unwrap();
    let heard = posts(&page);
    assert_eq!(heard.len(), 3);
    assert!(heard.iter().all(|post| post.addressed_to_us));
    assert_eq!(
        heard[0].posted_at.unwrap().to_string(),
        "2026-11-02T09:00:00Z",
        "never later than the network heard it"
    );
    let again = poll(&stage, &FeedSpec::Mentions, page.cursor.as_deref())
        .await
        .unwrap();
    assert!(posts(&again).is_empty() && !again.more);
}

#[tokio::test]
async fn answers_below_own_posts_are_heard_when_they_are_new() {
    let stage = stage().await;
    let uri = {
        let mut network = stage.network.lock().unwrap();
        let uri = network.add("Our new entrance is open.", HOSPITAL);
        network.views[0]["replyCount"] = json!(1);
        let reply = json!({ "uri": format!("at://{BOB}/app.bsky.feed.post/3nx"), "cid": "c", "author": { "did": BOB },
            "indexedAt": "2026-11-02T09:10:00Z", "record": { "text": "Where is it?", "createdAt": "2026-11-02T09:09:00Z",
            "reply": { "root": { "uri": uri, "cid": "cid-0" }, "parent": { "uri": uri, "cid": "cid-0" } } } });
        let own = network.views[0].clone();
        network.thread = Some(
            json!({ "thread": { "post": own, "replies": [{ "post": reply, "replies": [] }] } })
                .to_string(),
        );
        uri
    };
    let page = poll(&stage, &FeedSpec::Own, None).await.unwrap();
    let heard = posts(&page);
    assert_eq!(
        heard
            .iter()
            .map(|post| post.addressed_to_us)
            .collect::<Vec<_>>(),
        [false, true]
    );
    assert_eq!(
        (
            heard[1].thread_root.as_str(),
            heard[1].post.parent.as_ref().unwrap().id.as_deref()
        ),
        (uri.as_str(), Some(uri.as_str()))
    );
    let again = poll(&stage, &FeedSpec::Own, page.cursor.as_deref())
        .await
        .unwrap();
    assert!(posts(&again).is_empty());
    assert_eq!(
        count(&stage, "getPostThread"),
        1,
        "a thread that has not grown is not read again"
    );
}

#[tokio::test]
async fn a_thread_of_a_thousand_levels_is_read() {
    let stage = stage().await;
    let mut body = String::from(r#"{"thread":"#);
    let uri = |level: usize| format!("at://{BOB}/app.bsky.feed.post/3l{level:04}");
    for level in 0..1000 {
        let reply = json!({ "root": { "uri": uri(0), "cid": "c" }, "parent": { "uri": uri(level.max(1) - 1), "cid": "c" } });
        let post = json!({ "uri": uri(level), "cid": "c", "author": { "did": BOB }, "replyCount": u8::from(level < 999),
            "indexedAt": "2026-11-02T09:10:00Z", "record": { "text": format!("level {level}"), "reply": reply } });
        body.push_str(&[r#"{"post":"#, &post.to_string(), r#","replies":["#].concat());
    }
    body.push_str(&"]}".repeat(1000));
    body.push('}');
    stage.network.lock().unwrap().thread = Some(body.clone());
    let thread = stage
        .connector()
        .thread(&cx(&stage), &uri(0))
        .await
        .unwrap();
    assert_eq!(thread.len(), 1000);
    assert_eq!(count(&stage, "getPostThread"), 1);
    stage.network.lock().unwrap().thread = Some(body.chars().take(5000).collect());
    assert!(matches!(
        stage.connector().thread(&cx(&stage), &uri(0)).await,
        Err(ConnectError::Broken(_))
    ));
    stage.network.lock().unwrap().thread = None;
    assert!(matches!(
        stage.connector().thread(&cx(&stage), &uri(0)).await,
        Err(ConnectError::Gone(_))
    ));
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one story, told in order")]
async fn what_is_sent_has_its_facets_its_words_and_its_frozen_time() {
    let stage = stage().await;
    let parent = stage.write(&["waited".to_owned()]).remove(0);
    let text = "Größe: @alice.test and @nobody.test, see https://river.example/er. #ERwait";
    let picture = Media {
        media_type: "image/png".to_owned(),
        bytes: vec![1],
        alt: "The entrance.".to_owned(),
    };
    let job = SendJob {
        media: vec![picture],
        ..stage.answer(&parent, "key-facets", text).unwrap()
    };
    let sent = stage.connector().send(&cx(&stage), &job).await.unwrap();
    let (blobs, records) = {
        let network = stage.network.lock().unwrap();
        (network.blobs, network.records.clone())
    };
    assert_eq!(blobs, 1);
    let (key, record) = records.iter().next().unwrap();
    assert_eq!(
        sent.external_id,
        format!("at://{HOSPITAL}/app.bsky.feed.post/{key}")
    );
    assert_eq!(
        sent.url.as_deref(),
        Some(format!("https://bsky.app/profile/{HOSPITAL}/post/{key}").as_str())
    );
    assert_eq!(record["createdAt"], "2026-11-02T09:30:00.000Z");
    assert_eq!(record["langs"], json!(["en"]));
    assert_eq!(record["reply"]["parent"]["uri"], json!(parent));
    assert_eq!(record["embed"]["images"][0]["alt"], "The entrance.");
    let marked: Vec<(&str, &Value)> = record["facets"]
        .as_array()
        .unwrap()
        .iter()
        .map(|facet| {
            let place =
                |name: &str| usize::try_from(facet["index"][name].as_u64().unwrap()).unwrap();
            (
                text.get(place("byteStart")..place("byteEnd")).unwrap(),
                &facet["features"][0],
            )
        })
        .collect();
    let kind = |name: &str| format!("app.bsky.richtext.facet#{name}");
    assert_eq!(
        marked[0],
        (
            "@alice.test",
            &json!({ "$type": kind("mention"), "did": "did:plc:alice" })
        )
    );
    assert_eq!(
        marked[1],
        (
            "https://river.example/er",
            &json!({ "$type": kind("link"), "uri": "https://river.example/er" })
        )
    );
    assert_eq!(
        marked[2],
        ("#ERwait", &json!({ "$type": kind("tag"), "tag": "ERwait" }))
    );
    assert_eq!(marked.len(), 3, "a handle of nobody stays plain text");
}

#[tokio::test]
async fn what_is_private_or_answers_nothing_known_does_not_go_out() {
    let stage = stage().await;
    let good = stage
        .answer(
            "at://did:plc:alice/app.bsky.feed.post/3k",
            "key",
            "We are sorry.",
        )
        .unwrap();
    for job in [
        SendJob {
            private: true,
            ..good.clone()
        },
        SendJob {
            reply_to: Some("{}".to_owned()),
            ..good.clone()
        },
        SendJob {
            text: "👩‍⚕️".repeat(301),
            ..good.clone()
        },
        // Few letters, many bytes.
        SendJob {
            text: "👩🏽‍❤️‍💋‍👨🏿".repeat(100),
            ..good
        },
    ] {
        let error = stage.connector().send(&cx(&stage), &job).await.unwrap_err();
        assert!(matches!(error, SendError::Refused(_)), "{error:?}");
    }
    assert_eq!(stage.desk().calls().len(), 0, "nothing left the house");
}

#[tokio::test]
async fn a_page_token_that_went_bad_starts_the_walk_again() {
    let stage = stage().await;
    let texts: Vec<String> = (0..150).map(|number| format!("waited {number}")).collect();
    let written = stage.write(&texts);
    let small = Budget {
        items: 100,
        requests: 1,
    };
    let page = stage
        .connector()
        .poll(&cx(&stage), &stage.feed(), None, small)
        .await
        .unwrap();
    assert!(page.more);
    let rotten = page.cursor.unwrap().replace("before-", "rotten-");
    let (mut heard, mut cursor) = (posts_ids(&page.items), Some(rotten));
    while let Some(place) = cursor.take() {
        let page = stage
            .connector()
            .poll(&cx(&stage), &stage.feed(), Some(&place), small)
            .await
            .unwrap();
        heard.extend(posts_ids(&page.items));
        cursor = page.cursor.filter(|_| page.more);
    }
    heard.sort();
    heard.dedup();
    assert_eq!(heard, written);
}

fn posts_ids(items: &[Inbound]) -> Vec<String> {
    let id = |item: &Inbound| {
        if let Inbound::Post(post) = item {
            Some(post.post.id.clone())
        } else {
            None
        }
    };
    items.iter().filter_map(id).collect()
}

#[tokio::test]
async fn an_index_that_lost_its_memory_deletes_nothing_here() {
    let stage = stage().await;
    let ids = [0, 1].map(|number| format!("at://did:plc:alice/app.bsky.feed.post/3g{number}"));
    // The index shows neither; the author's own server still has the first.
    stage
        .network
        .lock()
        .unwrap()
        .records
        .insert("3g0".to_owned(), json!({ "text": "waited" }));
    let error = stage
        .connector()
        .fetch(&cx(&stage), &ids)
        .await
        .unwrap_err();
    assert!(matches!(error, ConnectError::Retry { .. }), "{error:?}");
    stage.network.lock().unwrap().records.clear();
    assert_eq!(
        stage
            .connector()
            .fetch(&cx(&stage), &ids)
            .await
            .unwrap()
            .len(),
        2,
        "both are gone"
    );
}
