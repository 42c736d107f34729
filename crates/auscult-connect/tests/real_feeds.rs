//! The feed connector before a real blog and a real WordPress (`tests/real/feeds`, `tests/real/wordpress`).
//!
//! Runs when `AUSCULT_REAL_FEEDS` or `AUSCULT_REAL_WORDPRESS` names an address, as `http://127.0.0.1:18100`; otherwise
//! each test says `skipped`.
#![cfg(test)]

use std::collections::BTreeSet;
use std::sync::Arc;

use auscult_connect::contract::{Account, Budget, Connector, Cx, FeedSpec, InboundPost, Now, Page};
use auscult_connect::egress::{Egress, HostPort, Method};
use auscult_connect::feed::Feeds;
use auscult_model::post::PostKind;
use jiff::Timestamp;

#[expect(
    clippy::disallowed_methods,
    reason = "the address of the real server is handed in by the environment"
)]
fn address(name: &str) -> Option<String> {
    let address = std::env::var(name)
        .ok()
        .filter(|address| !address.is_empty());
    if address.is_none() {
        println!("skipped: {name} names no server");
    }
    address.map(|address| {
        if address.starts_with("http") {
            address
        } else {
            format!("http://{address}")
        }
    })
}

#[expect(
    clippy::disallowed_methods,
    reason = "a real server lives in the real present"
)]
fn present() -> Timestamp {
    Timestamp::now()
}

fn cx(address: &str) -> Cx {
    let now: Now = Arc::new(present);
    let place: HostPort = address
        .trim_start_matches("http://")
        .trim_end_matches('/')
        .parse()
        .unwrap();
    let egress = Egress::new(vec![place], "auscult-real-test", Arc::clone(&now)).unwrap();
    Cx {
        egress,
        account: Account {
            base_url: address.to_owned(),
            ..Account::default()
        },
        now,
    }
}

async fn poll(cx: &Cx, path: &str, cursor: Option<&str>) -> Page {
    let url = format!("{}{path}", cx.account.base_url.trim_end_matches('/'));
    Feeds
        .poll(
            cx,
            &FeedSpec::Address { url, kind: None },
            cursor,
            Budget::default(),
        )
        .await
        .unwrap()
}

fn posts(page: &Page) -> Vec<&InboundPost> {
    page.items
        .iter()
        .map(|item| {
            let auscult_connect::contract::Inbound::Post(post) = item else {
                panic!("a post: {item:?}");
            };
            post.as_ref()
        })
        .collect()
}

#[tokio::test]
async fn a_blog_is_heard_once() {
    let Some(address) = address("AUSCULT_REAL_FEEDS") else {
        return;
    };
    let cx = cx(&address);
    for path in ["/feeds/all.rss.xml", "/feeds/all.atom.xml"] {
        let first = poll(&cx, path, None).await;
        let heard = posts(&first);
        assert!(!heard.is_empty(), "{path}");
        let ids: BTreeSet<&str> = heard.iter().map(|post| post.post.id.as_str()).collect();
        assert_eq!(ids.len(), heard.len());
        for post in heard {
            assert!(
                post.post.title.is_some() && post.post.text.is_some() && post.posted_at.is_some(),
                "{post:?}"
            );
        }
        let second = poll(&cx, path, first.cursor.as_deref()).await;
        assert!(second.items.is_empty(), "{path}: {:?}", second.items);
    }
}

#[tokio::test]
async fn a_comment_on_a_blog_is_heard_once_below_its_article() {
    let Some(address) = address("AUSCULT_REAL_WORDPRESS") else {
        return;
    };
    let cx = cx(&address);
    let before = poll(&cx, "/comments/feed/", None).await;
    let mark = present().as_millisecond();
    let text = format!("We waited {mark} minutes <b>in pain</b> & nobody came.");
    let mail = format!("ana{mark}@example.org");
    let fields = [
        ("comment_post_ID", "1"),
        ("author", "Ana"),
        ("email", mail.as_str()),
        ("comment", text.as_str()),
    ];
    // The form answers with a redirect to the article, which a client that only sends does not follow.
    let sent = cx
        .egress
        .request(Method::POST, &format!("{address}/wp-comments-post.php"))
        .form(&fields)
        .send()
        .await;
    if let Ok(answer) = &sent {
        assert!(
            answer.status.is_success(),
            "{}: {}",
            answer.status,
            answer.text()
        );
    }
    let after = poll(&cx, "/comments/feed/", before.cursor.as_deref()).await;
    let heard = posts(&after);
    let [comment] = heard.as_slice() else {
        panic!("one comment is new: {heard:?}")
    };
    assert_eq!(comment.post.kind, Some(PostKind::Comment));
    let words = format!("We waited {mark} minutes in pain & nobody came.");
    assert_eq!(comment.post.text.as_deref(), Some(words.as_str()));
    let articles = poll(&cx, "/feed/", None).await;
    let article = posts(&articles)
        .into_iter()
        .find(|post| post.post.id == comment.thread_root);
    assert!(
        article.is_some(),
        "{} is the id of an article",
        comment.thread_root
    );
    let again = poll(&cx, "/comments/feed/", after.cursor.as_deref()).await;
    assert!(again.items.is_empty());
}
