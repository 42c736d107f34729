//! The contract as tests: every connector passes them against a strict fake of its network.
//!
//! A network brings a [`Stage`]: its connector, its fake, and the few things that can be done to the fake. The macro
//! `contract_suite!` turns each rule into a test of that network.

use std::collections::BTreeSet;
use std::sync::Arc;

use auscult_connect::contract::{
    Account, Budget, ConnectError, Connector, Cx, FeedSpec, Fetched, Inbound, InboundPost, Page,
    Reconciled, SendError, SendJob,
};

use crate::server::Desk;

/// What a fake does wrong at its next listening or sending call (never at a sign-in).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// 429, with a reset 40 seconds from now in the network's own header.
    TooMany,
    /// The access token is over, but can be renewed.
    Expired,
    /// The access is over for good, and every sign-in is refused; stays so.
    Revoked,
    /// Does what was asked, then breaks the connection.
    AcceptThenSilence,
    /// Does what was asked, then answers 500.
    AcceptThenError,
    /// Refuses the text for good. The error body repeats the secret.
    Refuse,
    /// An HTML page with status 200.
    HtmlPage,
    /// An HTML page with status 502.
    HtmlError,
    /// JSON (or XML) that breaks off.
    CutShort,
    /// 500 with a plain text.
    Error,
}

/// A network's connector before its strict fake.
pub(crate) trait Stage: Send + Sync {
    /// The connector.
    fn connector(&self) -> Arc<dyn Connector>;
    /// The fake's server and clock.
    fn desk(&self) -> &Desk;
    /// The account the suite acts for.
    fn account(&self) -> Account;
    /// The feed that brings what [`Stage::write`] writes.
    fn feed(&self) -> FeedSpec;
    /// Lets people write posts, a second apart; their ids in that order.
    fn write(&self, texts: &[String]) -> Vec<String>;
    /// Puts an item into the feed that nobody can read.
    fn write_broken(&self);
    /// Puts an item into the feed whose date is not one; its id.
    fn write_undated(&self) -> String;
    /// Takes a written post away.
    fn remove(&self, id: &str);
    /// The next call goes wrong.
    fn fail(&self, fault: Fault);
    /// An answer to a written post; `None` when this network is only listened to.
    fn answer(&self, id: &str, key: &str, text: &str) -> Option<SendJob>;
    /// The texts that were accepted from us, in order.
    fn ledger(&self) -> Vec<String>;
    /// Texts that must never be seen in an error.
    fn secrets(&self) -> Vec<String>;
    /// Whether an access that is over can be renewed without a person.
    fn renews(&self) -> bool {
        true
    }
    /// Whether posts can be asked for again by their id.
    fn fetches(&self) -> bool {
        true
    }
}

/// Turns each rule of the suite into a test of one network: `contract_suite!(bluesky, stage().await)`.
#[macro_export]
macro_rules! contract_suite {
    ($stage:expr) => {
        $crate::contract_suite!(@each $stage,
            says_who_it_is, hears_everything_once_known, walks_through_many, takes_up_where_it_left, keeps_a_pause,
            renews_its_access, says_when_access_is_over, never_panics_on_rubbish, keeps_the_rest_of_a_page,
            survives_a_wrong_date, sees_what_is_gone, sends_once_after_silence, sends_once_after_an_error,
            passes_on_a_refusal, waits_when_told_before_sending, answers_nothing_that_is_gone, withdraws_twice,
            counts_before_sending
        );
    };
    (@each $stage:expr, $($rule:ident),+) => {
        $(#[tokio::test]
        async fn $rule() {
            $crate::suite::$rule(&$stage).await;
        })+
    };
}

fn cx(stage: &impl Stage) -> Cx {
    Cx {
        egress: stage.desk().egress.clone(),
        account: stage.account(),
        now: stage.desk().now(),
    }
}

fn texts(count: usize, from: usize) -> Vec<String> {
    (from..from + count)
        .map(|number| format!("waited {number} minutes at the clinic"))
        .collect()
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

fn ids(page: &Page) -> Vec<String> {
    posts(page)
        .iter()
        .map(|post| post.post.id.clone())
        .collect()
}

async fn poll(stage: &impl Stage, cursor: Option<&str>) -> Result<Page, ConnectError> {
    stage
        .connector()
        .poll(&cx(stage), &stage.feed(), cursor, Budget::default())
        .await
}

/// No secret in what is printed of an error.
fn quiet(stage: &impl Stage, error: &(impl std::fmt::Debug + std::fmt::Display)) {
    for secret in stage.secrets() {
        assert!(
            !format!("{error} {error:?}").contains(&secret),
            "a secret is in {error}"
        );
    }
}

/// Reads on until there is no more; everything that came, and the last cursor.
async fn drain(
    stage: &impl Stage,
    cursor: Option<String>,
    budget: Budget,
) -> (Vec<String>, Option<String>) {
    let (mut cursor, mut heard) = (cursor, Vec::new());
    for _ in 0..100 {
        let page = stage
            .connector()
            .poll(&cx(stage), &stage.feed(), cursor.as_deref(), budget)
            .await
            .unwrap();
        assert!(
            page.gap.is_none(),
            "nothing was missed, yet a gap is named: {:?}",
            page.gap
        );
        heard.extend(ids(&page));
        cursor = page.cursor.or(cursor);
        if !page.more {
            return (heard, cursor);
        }
    }
    panic!("there is always more");
}

/// A probe names the account and what it can do.
pub(crate) async fn says_who_it_is(stage: &impl Stage) {
    let info = stage.connector().probe(&cx(stage)).await.unwrap();
    assert!(!info.name.is_empty() || !info.handle.is_empty(), "{info:?}");
    assert_eq!(info.capabilities.reply, stage.answer("", "", "").is_some());
}

/// Two polls lose nothing, and what comes twice has the same id.
pub(crate) async fn hears_everything_once_known(stage: &impl Stage) {
    let first = stage.write(&texts(3, 0));
    let page = poll(stage, None).await.unwrap();
    assert_eq!(ids(&page), first, "oldest first");
    for post in posts(&page) {
        assert_eq!(
            post.post.source.as_deref(),
            Some(stage.connector().network())
        );
        assert!(
            post.post.text.as_deref().unwrap().starts_with("waited"),
            "{post:?}"
        );
        assert!(
            post.posted_at.is_some() && !post.thread_root.is_empty() && post.raw.is_some(),
            "{post:?}"
        );
    }
    let second = stage.write(&texts(2, 3));
    let page = poll(stage, page.cursor.as_deref()).await.unwrap();
    let heard = ids(&page);
    assert!(
        second.iter().all(|id| heard.contains(id)),
        "{heard:?} misses some of {second:?}"
    );
    assert!(
        heard
            .iter()
            .all(|id| first.contains(id) || second.contains(id))
    );
    let again = poll(stage, page.cursor.as_deref()).await.unwrap();
    assert!(
        ids(&again)
            .iter()
            .all(|id| first.contains(id) || second.contains(id))
    );
}

/// More than fits into one call is brought by the next ones, whatever is written meanwhile.
pub(crate) async fn walks_through_many(stage: &impl Stage) {
    let mut written: BTreeSet<String> = stage.write(&texts(2, 0)).into_iter().collect();
    let (heard, cursor) = drain(stage, None, Budget::default()).await;
    let mut heard: BTreeSet<String> = heard.into_iter().collect();
    written.extend(stage.write(&texts(240, 2)));
    let small = Budget {
        items: 100,
        requests: 1,
    };
    let page = stage
        .connector()
        .poll(&cx(stage), &stage.feed(), cursor.as_deref(), small)
        .await
        .unwrap();
    heard.extend(ids(&page));
    written.extend(stage.write(&texts(5, 242)));
    let (rest, cursor) = drain(stage, page.cursor, small).await;
    heard.extend(rest);
    heard.extend(drain(stage, cursor, small).await.0);
    assert_eq!(heard.len(), written.len());
    assert_eq!(heard, written);
}

/// A cursor holds though the posts it was made from are gone, and a strange one is an error or a new start.
pub(crate) async fn takes_up_where_it_left(stage: &impl Stage) {
    let first = stage.write(&texts(3, 0));
    let page = poll(stage, None).await.unwrap();
    for id in &first {
        stage.remove(id);
    }
    let second = stage.write(&texts(2, 3));
    let page = poll(stage, page.cursor.as_deref()).await.unwrap();
    let heard = ids(&page);
    assert!(second.iter().all(|id| heard.contains(id)), "{heard:?}");
    match poll(stage, Some("{\"v\":999")).await {
        Ok(page) => assert!(second.iter().all(|id| ids(&page).contains(id))),
        Err(error) => quiet(stage, &error),
    }
}

/// Too many requests: the instant is passed on, nobody asks before it, and then all goes on.
pub(crate) async fn keeps_a_pause(stage: &impl Stage) {
    let written = stage.write(&texts(1, 0));
    poll(stage, None).await.unwrap();
    stage.fail(Fault::TooMany);
    let error = poll(stage, None).await.unwrap_err();
    quiet(stage, &error);
    let ConnectError::Retry { at: Some(at), .. } = error else {
        panic!("a pause was asked for: {error:?}");
    };
    let wait = at.duration_since((cx(stage).now)());
    assert!((39..=41).contains(&wait.as_secs()), "{wait:?}");
    let before = stage.desk().calls().len();
    assert!(matches!(
        poll(stage, None).await,
        Err(ConnectError::Retry { at: Some(_), .. })
    ));
    assert_eq!(
        stage.desk().calls().len(),
        before,
        "asked again in spite of the pause"
    );
    stage.desk().advance(42);
    assert_eq!(ids(&poll(stage, None).await.unwrap()), written);
}

/// An access that can be renewed is renewed, unseen.
pub(crate) async fn renews_its_access(stage: &impl Stage) {
    let written = stage.write(&texts(1, 0));
    poll(stage, None).await.unwrap();
    stage.fail(Fault::Expired);
    match poll(stage, None).await {
        Ok(page) => assert_eq!(ids(&page), written),
        Err(error) => {
            assert!(!stage.renews(), "{error:?}");
            assert!(matches!(error, ConnectError::AccessEnded(_)), "{error:?}");
        }
    }
}

/// An access that is over is said to be over, without its secret, for reading and for writing.
pub(crate) async fn says_when_access_is_over(stage: &impl Stage) {
    let written = stage.write(&texts(1, 0));
    stage.fail(Fault::Revoked);
    let error = poll(stage, None).await.unwrap_err();
    quiet(stage, &error);
    assert!(matches!(error, ConnectError::AccessEnded(_)), "{error:?}");
    if let Some(job) = stage.answer(&written[0], "key-revoked", "Thank you for telling us.") {
        let error = stage.connector().send(&cx(stage), &job).await.unwrap_err();
        quiet(stage, &error);
        assert!(matches!(error, SendError::AccessEnded(_)), "{error:?}");
    }
    assert!(stage.ledger().is_empty());
}

/// Pages of errors, texts that break off and plain failures are errors with a name.
pub(crate) async fn never_panics_on_rubbish(stage: &impl Stage) {
    let written = stage.write(&texts(1, 0));
    for fault in [Fault::HtmlPage, Fault::CutShort] {
        stage.fail(fault);
        let error = poll(stage, None).await.unwrap_err();
        quiet(stage, &error);
        assert!(
            matches!(error, ConnectError::Broken(_)),
            "{fault:?}: {error:?}"
        );
    }
    for fault in [Fault::HtmlError, Fault::Error, Fault::AcceptThenSilence] {
        stage.fail(fault);
        let error = poll(stage, None).await.unwrap_err();
        quiet(stage, &error);
        assert!(
            matches!(error, ConnectError::Retry { .. }),
            "{fault:?}: {error:?}"
        );
    }
    assert_eq!(ids(&poll(stage, None).await.unwrap()), written);
}

/// One item that cannot be read is set apart with its bytes; its neighbours arrive.
pub(crate) async fn keeps_the_rest_of_a_page(stage: &impl Stage) {
    let mut written = stage.write(&texts(2, 0));
    stage.write_broken();
    written.extend(stage.write(&texts(2, 2)));
    let page = poll(stage, None).await.unwrap();
    assert_eq!(ids(&page), written);
    let broken: Vec<_> = page
        .items
        .iter()
        .filter(|item| matches!(item, Inbound::Broken { .. }))
        .collect();
    let [Inbound::Broken { place, reason, raw }] = broken.as_slice() else {
        panic!("one item is broken: {broken:?}");
    };
    assert!(!place.is_empty() && !reason.is_empty() && !raw.is_empty());
}

/// A date that is none does not lose the post nor the page.
pub(crate) async fn survives_a_wrong_date(stage: &impl Stage) {
    let written = stage.write(&texts(1, 0));
    let undated = stage.write_undated();
    let page = poll(stage, None).await.unwrap();
    let heard = ids(&page);
    assert!(heard.contains(&written[0]));
    let apart = page
        .items
        .iter()
        .any(|item| matches!(item, Inbound::Broken { .. }));
    assert!(
        heard.contains(&undated) || apart,
        "the post is neither here nor set apart"
    );
}

/// A post that was taken away is reported as gone, its neighbour as there.
pub(crate) async fn sees_what_is_gone(stage: &impl Stage) {
    let written = stage.write(&texts(2, 0));
    stage.remove(&written[0]);
    let found = stage.connector().fetch(&cx(stage), &written).await;
    if !stage.fetches() {
        assert!(
            matches!(found, Err(ConnectError::NotOffered(_))),
            "{found:?}"
        );
        return;
    }
    let found = found.unwrap();
    assert!(
        found.contains(&Fetched::Gone {
            external_id: written[0].clone()
        }),
        "{found:?}"
    );
    assert!(
        found
            .iter()
            .any(|one| matches!(one, Fetched::There(post) if post.post.id == written[1])),
        "{found:?}"
    );
}

/// A post to answer, and the answer.
fn first_answer(stage: &impl Stage, key: &str) -> Option<SendJob> {
    let written = stage.write(&texts(1, 0));
    stage.answer(
        &written[0],
        key,
        "We are sorry for the wait. Please call 01 555 0100.",
    )
}

async fn sends_once(stage: &impl Stage, fault: Fault) {
    let Some(job) = first_answer(stage, "key-once") else {
        return;
    };
    let connector = stage.connector();
    assert_eq!(
        connector.reconcile(&cx(stage), &job).await.unwrap(),
        Reconciled::NotFound
    );
    stage.fail(fault);
    let error = connector.send(&cx(stage), &job).await.unwrap_err();
    quiet(stage, &error);
    assert!(matches!(error, SendError::Unknown(_)), "{error:?}");
    let Reconciled::Found(sent) = connector.reconcile(&cx(stage), &job).await.unwrap() else {
        panic!("it is there");
    };
    assert!(!sent.external_id.is_empty());
    assert_eq!(stage.ledger(), vec![job.text.clone()]);
    let info = connector.probe(&cx(stage)).await.unwrap();
    if info.capabilities.idempotency == auscult_connect::contract::Idempotency::ReadBack {
        return;
    }
    // With a key even a careless repetition is one post.
    match connector.send(&cx(stage), &job).await {
        Ok(again) => assert_eq!(again.external_id, sent.external_id),
        Err(error) => assert!(matches!(error, SendError::Unknown(_)), "{error:?}"),
    }
    assert_eq!(stage.ledger(), vec![job.text.clone()], "posted twice");
}

/// Accepted, then silence: the outcome is unknown, reading back finds it, and it is there once.
pub(crate) async fn sends_once_after_silence(stage: &impl Stage) {
    sends_once(stage, Fault::AcceptThenSilence).await;
}

/// Accepted, then 500: the same.
pub(crate) async fn sends_once_after_an_error(stage: &impl Stage) {
    sends_once(stage, Fault::AcceptThenError).await;
}

/// What the network refuses is refused, in words without secrets; another text goes out.
pub(crate) async fn passes_on_a_refusal(stage: &impl Stage) {
    let Some(job) = first_answer(stage, "key-refused") else {
        return;
    };
    stage.fail(Fault::Refuse);
    let error = stage.connector().send(&cx(stage), &job).await.unwrap_err();
    quiet(stage, &error);
    assert!(matches!(error, SendError::Refused(_)), "{error:?}");
    assert!(stage.ledger().is_empty());
    let sent = stage.connector().send(&cx(stage), &job).await.unwrap();
    assert!(!sent.external_id.is_empty());
    assert_eq!(stage.ledger(), vec![job.text]);
}

/// Too many requests before sending: surely not accepted, try again at the instant.
pub(crate) async fn waits_when_told_before_sending(stage: &impl Stage) {
    let Some(job) = first_answer(stage, "key-later") else {
        return;
    };
    stage.fail(Fault::TooMany);
    let error = stage.connector().send(&cx(stage), &job).await.unwrap_err();
    quiet(stage, &error);
    assert!(
        matches!(error, SendError::NotNow { at: Some(_), .. }),
        "{error:?}"
    );
    assert!(stage.ledger().is_empty());
    stage.desk().advance(42);
    stage.connector().send(&cx(stage), &job).await.unwrap();
    assert_eq!(stage.ledger().len(), 1);
}

/// What it answers was taken away: said so, and nothing goes out.
pub(crate) async fn answers_nothing_that_is_gone(stage: &impl Stage) {
    let written = stage.write(&texts(1, 0));
    let Some(job) = stage.answer(&written[0], "key-gone", "We are sorry.") else {
        return;
    };
    stage.remove(&written[0]);
    let error = stage.connector().send(&cx(stage), &job).await.unwrap_err();
    quiet(stage, &error);
    assert!(matches!(error, SendError::TargetGone(_)), "{error:?}");
    assert!(stage.ledger().is_empty());
}

/// Taking a post down twice is as good as once.
pub(crate) async fn withdraws_twice(stage: &impl Stage) {
    let Some(job) = first_answer(stage, "key-withdrawn") else {
        return;
    };
    let connector = stage.connector();
    if !connector
        .probe(&cx(stage))
        .await
        .unwrap()
        .capabilities
        .withdraw
    {
        return;
    }
    let sent = connector.send(&cx(stage), &job).await.unwrap();
    connector
        .withdraw(&cx(stage), &sent.external_id)
        .await
        .unwrap();
    connector
        .withdraw(&cx(stage), &sent.external_id)
        .await
        .unwrap();
    assert_eq!(
        connector.reconcile(&cx(stage), &job).await.unwrap(),
        Reconciled::NotFound
    );
}

/// Empty and overlong texts and pictures without words are named before anything is sent.
pub(crate) async fn counts_before_sending(stage: &impl Stage) {
    let Some(good) = first_answer(stage, "key-counted") else {
        return;
    };
    let connector = stage.connector();
    let capabilities = connector.probe(&cx(stage)).await.unwrap().capabilities;
    assert_eq!(connector.validate(&capabilities, &good), vec![]);
    let codes = |job: &SendJob| -> Vec<String> {
        connector
            .validate(&capabilities, job)
            .into_iter()
            .map(|problem| problem.code)
            .collect()
    };
    assert_eq!(
        codes(&SendJob {
            text: "  ".to_owned(),
            ..good.clone()
        }),
        ["empty"]
    );
    assert_eq!(
        codes(&SendJob {
            text: "ä".repeat(5001),
            ..good.clone()
        }),
        ["too_long"]
    );
    let picture = auscult_connect::contract::Media {
        media_type: "image/png".to_owned(),
        bytes: vec![1],
        alt: String::new(),
    };
    assert_eq!(
        codes(&SendJob {
            media: vec![picture],
            ..good
        }),
        ["alt_text_missing"]
    );
}
