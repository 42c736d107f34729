//! Ingest: once and only once, in any order, nothing that was deleted comes back, the right conversation.

use auscult_model::inbox::{ConversationState, InboxView, Reach, ResolveReason};
use auscult_model::listen::{
    Findings, IngestFrom, IngestItem, IngestOutcome, IngestResult, NewPost, RawEvent, Route,
    RouteTo, TopicFinding,
};
use auscult_model::member::Viewer;
use auscult_model::post::{Author, Post};
use auscult_model::search::{PostFilter, Terms};
use auscult_store::inbox::Expected;
use auscult_store::{Store, StoreError, channel, cluster, feed, inbox, listen, post, search};
use proptest::prelude::*;
use proptest::strategy::ValueTree;

use crate::engines::{at, on_each_engine, workspace};

/// An invented post `id` with `text`, written and versioned at `time`.
pub(crate) fn heard(id: &str, text: &str, time: i64) -> NewPost {
    NewPost {
        post: Post {
            id: id.to_owned(),
            source: Some("mastodon".to_owned()),
            text: Some(text.to_owned()),
            author: Some(Author {
                id: Some(format!("{id}-author")),
                handle: Some("nell".to_owned()),
                name: Some("Nell".to_owned()),
                ..Author::default()
            }),
            ..Post::default()
        },
        posted_at: at(time),
        version_at: at(time),
        thread_root: id.to_owned(),
        raw: Some(RawEvent {
            bytes: text.as_bytes().to_vec(),
            media_type: "text/plain".to_owned(),
        }),
        findings: Findings {
            json: "{}".to_owned(),
            lang: "en".to_owned(),
            sentiment: "negative".to_owned(),
            salience: 10,
            polarity: -0.5,
            topics: vec![TopicFinding {
                id: "waiting".to_owned(),
                polarity: -0.5,
            }],
            flags: vec!["billing".to_owned()],
            ..Findings::default()
        },
        words: text.split_whitespace().map(str::to_lowercase).collect(),
        ..NewPost::default()
    }
}

pub(crate) fn answer_owed(due: i64) -> Route {
    Route::Conversation(RouteTo {
        reach: Reach::Public,
        needs_answer: true,
        urgency: 1,
        due_at: Some(at(due)),
        team: None,
        restricted: false,
    })
}

pub(crate) fn item(new: NewPost) -> IngestItem {
    IngestItem::Post(Box::new(new))
}

pub(crate) async fn take_in(
    store: &Store,
    viewer: &Viewer,
    items: &[IngestItem],
    now: i64,
) -> IngestOutcome {
    let mut tx = store.begin().await.expect("begin");
    let outcome = listen::ingest(&mut tx, viewer, &IngestFrom::default(), items, at(now))
        .await
        .expect("ingested");
    tx.commit().await.expect("commit");
    outcome
}

#[test]
fn the_same_batch_twice_is_stored_once() {
    on_each_engine("twice", |store, _| async move {
        let (_, viewer) = workspace(&store, "one").await;
        let items: Vec<IngestItem> = (0..40)
            .map(|n| item(heard(&format!("p{n}"), "long wait at the desk", n)))
            .collect();
        let first = take_in(&store, &viewer, &items, 100).await;
        assert_eq!(first.stored(), 40);
        let again = take_in(&store, &viewer, &items, 200).await;
        assert!(
            again
                .results
                .iter()
                .all(|result| matches!(result, IngestResult::Known(_))),
            "{again:?}"
        );
        let mut conn = store.read().await.expect("read");
        assert_eq!(
            post::count(&mut conn, &viewer, &PostFilter::default())
                .await
                .expect("counted"),
            40
        );
        let terms = Terms::All(vec![
            Terms::Word("wait".to_owned()),
            Terms::Prefix("des".to_owned()),
        ]);
        let hits = search::posts(
            &mut conn,
            &viewer,
            (&terms, &PostFilter::default()),
            None,
            100,
        )
        .await
        .expect("found");
        assert_eq!(hits.len(), 40);
        assert!(
            hits.windows(2).all(|pair| pair[0].id > pair[1].id),
            "newest first"
        );
    });
}

#[test]
fn a_batch_that_is_not_committed_leaves_nothing() {
    on_each_engine("dropped", |store, place| async move {
        let (_, viewer) = workspace(&store, "one").await;
        let mut new = heard("p", "words", 1);
        new.route = answer_owed(9);
        let mut tx = store.begin().await.expect("begin");
        listen::ingest(
            &mut tx,
            &viewer,
            &IngestFrom::default(),
            &[item(new.clone())],
            at(2),
        )
        .await
        .expect("ingested");
        drop(tx);
        store.close().await;
        let store = place.open(2).await;
        let mut conn = store.read().await.expect("read");
        assert_eq!(
            post::count(&mut conn, &viewer, &PostFilter::default())
                .await
                .expect("counted"),
            0
        );
        drop(conn);
        let outcome = take_in(&store, &viewer, &[item(new)], 3).await;
        assert_eq!((outcome.stored(), outcome.opened.len()), (1, 1));
        let mut conn = store.read().await.expect("read");
        let seen = inbox::get(&mut conn, &viewer, outcome.opened[0])
            .await
            .expect("there");
        assert_eq!(
            (seen.number, seen.last_seq, seen.person_name.as_str()),
            (1, 1, "Nell")
        );
        drop(conn);
        store.close().await;
    });
}

#[test]
fn bad_items_are_refused_and_good_ones_kept() {
    on_each_engine("bad_items", |store, _| async move {
        let (_, viewer) = workspace(&store, "one").await;
        let mut without_source = heard("b", "words", 1);
        without_source.post.source = None;
        let with_nul = heard("c\0", "with \0 inside", 1);
        let outcome = take_in(
            &store,
            &viewer,
            &[
                item(heard("", "x", 1)),
                item(without_source),
                item(with_nul),
            ],
            2,
        )
        .await;
        assert!(
            matches!(&outcome.results[0], IngestResult::Refused(why) if why.starts_with("id:")),
            "{outcome:?}"
        );
        assert!(
            matches!(&outcome.results[1], IngestResult::Refused(why) if why.starts_with("source:"))
        );
        assert!(matches!(outcome.results[2], IngestResult::Stored(_)));
        let mut conn = store.read().await.expect("read");
        let kept = post::by_external(&mut conn, &viewer, "mastodon", "c")
            .await
            .expect("read")
            .expect("there");
        assert_eq!(kept.post.text.as_deref(), Some("with  inside"));
        assert_eq!(kept.findings.topics.len(), 1);
        assert_eq!(kept.findings.flags, ["billing"]);
    });
}

#[test]
fn deleted_posts_lose_their_words_and_do_not_come_back() {
    on_each_engine("deleted", |store, _| async move {
        let (_, viewer) = workspace(&store, "one").await;
        let mut new = heard("p", "planted words", 1);
        new.route = answer_owed(5);
        let gone = IngestItem::Deleted {
            source: "mastodon".to_owned(),
            external_id: "p".to_owned(),
            at: at(3),
        };
        let conversation = take_in(&store, &viewer, &[item(new.clone())], 2)
            .await
            .opened[0];
        let early = IngestItem::Deleted {
            source: "mastodon".to_owned(),
            external_id: "later".to_owned(),
            at: at(3),
        };
        take_in(&store, &viewer, &[gone.clone(), early, gone], 3).await;
        let outcome = take_in(
            &store,
            &viewer,
            &[item(new), item(heard("later", "x", 1))],
            4,
        )
        .await;
        assert_eq!(
            outcome.results,
            [IngestResult::Tombstoned, IngestResult::Tombstoned]
        );
        let mut conn = store.read().await.expect("read");
        let seen = inbox::get(&mut conn, &viewer, conversation)
            .await
            .expect("stays");
        assert_eq!(seen.last_line, "");
        let entries = inbox::entries(&mut conn, &viewer, conversation, 0)
            .await
            .expect("read");
        assert!(
            entries
                .iter()
                .all(|entry| entry.text.is_empty() && entry.removed_at.is_some()),
            "{entries:?}"
        );
        let hits = search::posts(
            &mut conn,
            &viewer,
            (&Terms::Word("planted".to_owned()), &PostFilter::default()),
            None,
            9,
        )
        .await;
        assert!(hits.expect("searched").is_empty());
    });
}

#[test]
fn whoever_lost_the_lease_stores_nothing() {
    on_each_engine("lease", |store, _| async move {
        let (_, viewer) = workspace(&store, "one").await;
        let mut tx = store.begin().await.expect("begin");
        let new = auscult_model::channel::NewChannel {
            network: "mastodon".to_owned(),
            ..Default::default()
        };
        let channel = channel::add(&mut tx, &viewer, &new, at(0))
            .await
            .expect("added");
        feed::add(&mut tx, &viewer, channel, ("{}", 60), at(0))
            .await
            .expect("added");
        let old = feed::claim_due(&mut tx, at(1), at(100), 5)
            .await
            .expect("claimed")
            .remove(0)
            .lease;
        assert!(
            feed::claim_due(&mut tx, at(2), at(100), 5)
                .await
                .expect("none")
                .is_empty()
        );
        let newer = feed::claim_due(&mut tx, at(101), at(200), 5)
            .await
            .expect("claimed")
            .remove(0)
            .lease;
        tx.commit().await.expect("commit");
        for (lease, good) in [(&old, false), (&newer, true)] {
            let cursor = Some(format!("cursor {}", lease.fencing));
            let from = IngestFrom {
                channel: Some(channel),
                feed: Some((lease.feed.id, lease.fencing, cursor)),
                import: None,
            };
            let mut tx = store.begin().await.expect("begin");
            let result = listen::ingest(
                &mut tx,
                &viewer,
                &from,
                &[item(heard("p", "words", 1))],
                at(150),
            )
            .await;
            if good {
                result.expect("ingested");
                feed::done(&mut tx, lease, at(150), at(300))
                    .await
                    .expect("done");
                tx.commit().await.expect("commit");
            } else {
                assert!(matches!(result, Err(StoreError::Conflict(_))), "{result:?}");
            }
        }
        let mut conn = store.read().await.expect("read");
        let feed = feed::list(&mut conn, &viewer, Some(channel))
            .await
            .expect("read")
            .remove(0);
        assert_eq!(
            (feed.cursor.as_deref(), feed.next_poll_at),
            (Some("cursor 2"), at(300))
        );
    });
}

#[test]
fn a_thread_has_one_conversation_that_opens_again() {
    on_each_engine("thread", |store, _| async move {
        let (_, viewer) = workspace(&store, "one").await;
        let mut first = heard("root", "is the clinic open today?", 1);
        first.route = answer_owed(50);
        let mut second = heard("reply", "anyone?", 2);
        second.thread_root = "root".to_owned();
        let outcome = take_in(&store, &viewer, &[item(second), item(first)], 3).await;
        let id = outcome.opened[0];
        let mut conn = store.read().await.expect("read");
        let entries = inbox::entries(&mut conn, &viewer, id, 0)
            .await
            .expect("read");
        assert_eq!(
            entries
                .iter()
                .map(|entry| entry.text.as_str())
                .collect::<Vec<_>>(),
            ["is the clinic open today?", "anyone?"]
        );
        let seen = inbox::get(&mut conn, &viewer, id).await.expect("there");
        drop(conn);
        let mut tx = store.begin().await.expect("begin");
        let expected = Expected {
            id,
            version: seen.version,
        };
        inbox::resolve(&mut tx, &viewer, expected, ResolveReason::Answered, at(4))
            .await
            .expect("resolved");
        tx.commit().await.expect("commit");
        let mut third = heard("third", "still no word", 5);
        (third.thread_root, third.route) = ("root".to_owned(), answer_owed(60));
        let outcome = take_in(&store, &viewer, &[item(third)], 6).await;
        assert_eq!(
            (outcome.reopened.as_slice(), outcome.touched.as_slice()),
            ([id].as_slice(), [id].as_slice())
        );
        let mut conn = store.read().await.expect("read");
        let seen = inbox::get(&mut conn, &viewer, id).await.expect("there");
        assert_eq!(
            (seen.state, seen.reopened, seen.waiting_since),
            (ConversationState::New, 1, Some(at(5)))
        );
        let seqs: Vec<i64> = inbox::entries(&mut conn, &viewer, id, 0)
            .await
            .expect("read")
            .iter()
            .map(|entry| entry.seq)
            .collect();
        assert_eq!(seqs, [1, 2, 3, 4, 5], "no number twice, none left out");
        drop(conn);
        // Resolved, and 31 days later a message: a new conversation takes the thread over.
        let mut tx = store.begin().await.expect("begin");
        let expected = Expected {
            id,
            version: seen.version,
        };
        let resolved =
            inbox::resolve(&mut tx, &viewer, expected, ResolveReason::Answered, at(7)).await;
        let now = inbox::get(&mut tx, &viewer, id)
            .await
            .expect("there")
            .version;
        resolved.unwrap_or(now);
        tx.commit().await.expect("commit");
        let later = 31 * 86_400_000;
        let mut fourth = heard("fourth", "a new matter", later);
        (fourth.thread_root, fourth.route) = ("root".to_owned(), answer_owed(later + 9));
        let outcome = take_in(&store, &viewer, &[item(fourth)], later).await;
        assert_eq!(
            (outcome.opened.len(), outcome.touched.len()),
            (1, 0),
            "{outcome:?}"
        );
        let page = inbox::list(
            &mut store.read().await.expect("read"),
            &viewer,
            &InboxView::WaitingLongest,
            None,
            10,
        )
        .await;
        assert_eq!(page.expect("listed").conversations.len(), 1);
    });
}

/// What can be seen of a post: text, number of versions, whether the index finds the newest word only.
async fn shown(store: &Store, viewer: &Viewer) -> Vec<(String, i64, Vec<String>)> {
    let mut conn = store.read().await.expect("read");
    let mut all = search::posts(
        &mut conn,
        viewer,
        (&Terms::Any, &PostFilter::default()),
        None,
        100,
    )
    .await
    .expect("read");
    all.sort_by(|one, two| one.post.id.cmp(&two.post.id));
    let mut seen = Vec::new();
    for stored in all {
        let versions = post::revisions(&mut conn, viewer, stored.id)
            .await
            .expect("read");
        let text = stored.post.text.clone().unwrap_or_default();
        let hits = search::posts(
            &mut conn,
            viewer,
            (&Terms::Word(text.clone()), &PostFilter::default()),
            None,
            9,
        )
        .await;
        assert!(
            hits.expect("read").iter().any(|hit| hit.id == stored.id),
            "the index knows the shown version"
        );
        seen.push((
            text,
            stored.revisions,
            versions
                .into_iter()
                .filter_map(|version| version.text)
                .collect(),
        ));
    }
    seen
}

#[test]
fn any_order_with_repetition_ends_in_the_same_state() {
    let items: Vec<IngestItem> = (0..3)
        .flat_map(|post| {
            (0..4).map(move |version| {
                item(heard(
                    &format!("p{post}"),
                    &format!("w{post}v{}", version % 3),
                    version / 2,
                ))
            })
        })
        .chain([IngestItem::Deleted {
            source: "mastodon".to_owned(),
            external_id: "p2".to_owned(),
            at: at(9),
        }])
        .collect();
    let orders = proptest::collection::vec(0..items.len(), 0..20);
    let mut runner = proptest::test_runner::TestRunner::new_with_rng(
        ProptestConfig {
            cases: 6,
            failure_persistence: None,
            ..ProptestConfig::default()
        },
        proptest::test_runner::TestRng::deterministic_rng(
            proptest::test_runner::RngAlgorithm::ChaCha,
        ),
    );
    let mut plans = Vec::new();
    for _ in 0..6 {
        let repeated = orders.new_tree(&mut runner).expect("a plan").current();
        let shuffled = Just((0..items.len()).collect::<Vec<_>>())
            .prop_shuffle()
            .new_tree(&mut runner)
            .expect("a plan")
            .current();
        plans.push(repeated.into_iter().chain(shuffled).collect::<Vec<usize>>());
    }
    on_each_engine("any_order", |store, _| {
        let (items, plans) = (items.clone(), plans.clone());
        async move {
            let mut first: Option<Vec<(String, i64, Vec<String>)>> = None;
            for (number, plan) in plans.iter().enumerate() {
                let (_, viewer) = workspace(&store, &format!("plan{number}")).await;
                for (step, part) in plan.chunks(5).enumerate() {
                    let batch: Vec<IngestItem> =
                        part.iter().map(|place| items[*place].clone()).collect();
                    take_in(
                        &store,
                        &viewer,
                        &batch,
                        i64::try_from(step).expect("small") + 10,
                    )
                    .await;
                }
                let now = shown(&store, &viewer).await;
                assert_eq!(now.len(), 2, "{plan:?}");
                let before = first.get_or_insert_with(|| now.clone());
                assert_eq!(*before, now, "{plan:?}");
            }
        }
    });
}

#[test]
fn about_us_is_what_names_us_or_speaks_with_us() {
    on_each_engine("about", |store, _| async move {
        let (_, viewer) = workspace(&store, "one").await;
        let mut named = heard("named", "the clinic", 1);
        named.subjects = vec![5.into()];
        let mut spoken = heard("spoken", "to you", 2);
        spoken.route = answer_owed(9);
        let other = heard("other", "elsewhere", 3);
        take_in(&store, &viewer, &[named, spoken, other].map(item), 4).await;
        let filter = PostFilter {
            about_us: true,
            ..PostFilter::default()
        };
        let mut conn = store.read().await.expect("read");
        let counted = post::count(&mut conn, &viewer, &filter).await;
        assert_eq!(counted.expect("counted"), 2);
        let found = search::posts(&mut conn, &viewer, (&Terms::Any, &filter), None, 10).await;
        let ids: Vec<String> = found
            .expect("found")
            .into_iter()
            .map(|one| one.post.id)
            .collect();
        assert_eq!(ids, ["spoken", "named"]);
    });
}

#[test]
fn a_cluster_is_counted_and_found_by_its_first_post() {
    on_each_engine("cluster", |store, _| async move {
        let (_, viewer) = workspace(&store, "one").await;
        let first = heard("first", "the same words", 1);
        let source = first.post.source.clone().unwrap_or_default();
        let name = cluster::name(&source, "first");
        let mut again = heard("again", "the same words", 2);
        again.cluster = Some(name.clone());
        let other = heard("other", "elsewhere", 3);
        take_in(&store, &viewer, &[first, again, other].map(item), 4).await;
        let mut conn = store.read().await.expect("read");
        let joined = cluster::joined(&mut conn, &viewer, std::slice::from_ref(&name)).await;
        assert_eq!(joined.expect("counted"), [(name.clone(), 1)]);
        let filter = PostFilter {
            cluster: Some(name.clone()),
            ..PostFilter::default()
        };
        for terms in [Terms::Any, Terms::Word("words".to_owned())] {
            let found = search::posts(&mut conn, &viewer, (&terms, &filter), None, 10).await;
            let ids: Vec<String> = found
                .expect("found")
                .into_iter()
                .map(|one| one.post.id)
                .collect();
            // Within a batch ids follow the names on the source.
            assert_eq!(ids, ["first", "again"], "{terms:?}");
        }
        let newer = cluster::newer(&mut conn, &viewer, 0.into(), 2)
            .await
            .expect("read");
        let told = cluster::told(&mut conn, &viewer, &newer)
            .await
            .expect("read");
        let clusters: Vec<String> = told.into_iter().map(|told| told.cluster).collect();
        assert_eq!(clusters, [name, cluster::name(&source, "other")]);
    });
}
