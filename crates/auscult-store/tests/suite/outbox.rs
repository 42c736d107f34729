//! The outbox: one row for one key, one claim for one row, and never a second send without a look.

use auscult_model::channel::NewChannel;
use auscult_model::delivery::{
    DeliveryState, DeliveryTarget, LatePolicy, LookOutcome, NewDelivery, SendOutcome,
};
use auscult_model::ids::{ChannelId, ConversationId, DeliveryId};
use auscult_model::inbox::{ConversationState, Outward, Public};
use auscult_model::listen::IngestFrom;
use auscult_model::member::Viewer;
use auscult_store::outbox::Enqueued;
use auscult_store::{Store, StoreError, channel, inbox, listen, outbox};

use crate::engines::{at, on_each_engine, workspace};
use crate::listen::{answer_owed, heard, item, take_in};

async fn channel(store: &Store, viewer: &Viewer) -> ChannelId {
    let mut tx = store.begin().await.expect("begin");
    let new = NewChannel {
        network: "mastodon".to_owned(),
        ..NewChannel::default()
    };
    let id = channel::add(&mut tx, viewer, &new, at(0))
        .await
        .expect("added");
    tx.commit().await.expect("commit");
    id
}

async fn open(store: &Store, viewer: &Viewer, name: &str) -> (ConversationId, i64) {
    let mut new = heard(name, "is anybody there?", 1);
    new.route = answer_owed(9);
    let id = take_in(store, viewer, &[item(new)], 2).await.opened[0];
    let version = inbox::get(&mut store.read().await.expect("read"), viewer, id)
        .await
        .expect("there")
        .version;
    (id, version)
}

fn answer(channel: ChannelId, key: &str, to: (ConversationId, i64), eligible: i64) -> NewDelivery {
    NewDelivery {
        channel,
        client_key: key.to_owned(),
        target: DeliveryTarget::Answer(to.0, to.1),
        audience: Outward::Public(Public {
            place: "p".to_owned(),
        }),
        text: "Thank you for telling us".to_owned(),
        payload: "{}".to_owned(),
        text_hash: "hash".to_owned(),
        send_key: format!("send {key}"),
        approval: None,
        parent: None,
        exempt_from_hold: false,
        eligible_at: at(eligible),
        late_at: None,
        late_policy: LatePolicy::Ask,
    }
}

async fn put(
    store: &Store,
    viewer: &Viewer,
    new: &NewDelivery,
    now: i64,
) -> Result<Enqueued, StoreError> {
    let mut tx = store.begin().await?;
    let enqueued = outbox::enqueue(&mut tx, viewer, new, at(now)).await?;
    tx.commit().await?;
    Ok(enqueued)
}

async fn state(store: &Store, viewer: &Viewer, id: DeliveryId) -> DeliveryState {
    outbox::get(&mut store.read().await.expect("read"), viewer, id)
        .await
        .expect("there")
        .state
}

#[test]
fn the_same_key_twice_is_one_answer_and_a_stale_version_none() {
    on_each_engine("enqueue", |store, _| async move {
        let (_, viewer) = workspace(&store, "one").await;
        let channel = channel(&store, &viewer).await;
        let to = open(&store, &viewer, "p").await;
        let first = put(&store, &viewer, &answer(channel, "k", to, 20), 5)
            .await
            .expect("enqueued");
        let again = put(&store, &viewer, &answer(channel, "k", to, 20), 6)
            .await
            .expect("known");
        assert_eq!(
            (again, first),
            (Enqueued::Known(first.id()), Enqueued::New(first.id()))
        );
        let stale = put(&store, &viewer, &answer(channel, "other", to, 20), 7).await;
        assert!(matches!(stale, Err(StoreError::Conflict(_))), "{stale:?}");
        let mut conn = store.read().await.expect("read");
        let seen = inbox::get(&mut conn, &viewer, to.0).await.expect("there");
        assert_eq!(
            (seen.state, seen.waiting_since),
            (ConversationState::Waiting, None)
        );
        let out: Vec<_> = inbox::entries(&mut conn, &viewer, to.0, 0)
            .await
            .expect("read");
        assert_eq!(
            out.iter().filter(|entry| entry.delivery.is_some()).count(),
            1
        );
        drop(conn);
        let mut tx = store.begin().await.expect("begin");
        assert!(
            outbox::claim(&mut tx, at(10), at(99), 9)
                .await
                .expect("none yet")
                .is_empty(),
            "the undo time holds"
        );
        outbox::take_back(&mut tx, &viewer, first.id(), at(11))
            .await
            .expect("taken back");
        tx.commit().await.expect("commit");
        let mut tx = store.begin().await.expect("begin");
        assert!(
            outbox::claim(&mut tx, at(30), at(99), 9)
                .await
                .expect("none")
                .is_empty()
        );
        let seen = inbox::get(&mut tx, &viewer, to.0).await.expect("there");
        assert_eq!(
            (seen.state, seen.waiting_since),
            (ConversationState::New, Some(at(1))),
            "the person waits again"
        );
    });
}

#[test]
fn a_row_is_claimed_once_by_several_workers() {
    on_each_engine("race", |store, place| async move {
        let (_, viewer) = workspace(&store, "one").await;
        let channel = channel(&store, &viewer).await;
        for number in 0..24 {
            let to = open(&store, &viewer, &format!("p{number}")).await;
            put(
                &store,
                &viewer,
                &answer(channel, &format!("k{number}"), to, 5),
                5,
            )
            .await
            .expect("enqueued");
        }
        let work = |node: u16| {
            let place = place.clone();
            async move {
                let store = place.open(node).await;
                let mut mine = Vec::new();
                loop {
                    let mut tx = store.begin().await.expect("begin");
                    let leases = outbox::claim(&mut tx, at(10), at(1_000), 3)
                        .await
                        .expect("claimed");
                    tx.commit().await.expect("commit");
                    if leases.is_empty() {
                        break;
                    }
                    mine.extend(leases.into_iter().map(|lease| lease.delivery.id));
                }
                store.close().await;
                mine
            }
        };
        let (one, two, three, four) = tokio::join!(work(11), work(12), work(13), work(14));
        let mut all = [one, two, three, four].concat();
        let count = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!((count, all.len()), (24, 24), "each row came to one worker");
    });
}

#[test]
fn an_unknown_outcome_is_looked_for_and_never_sent_blindly() {
    on_each_engine("unknown", |store, _| async move {
        let (_, viewer) = workspace(&store, "one").await;
        let channel = channel(&store, &viewer).await;
        let to = open(&store, &viewer, "p").await;
        let id = put(&store, &viewer, &answer(channel, "k", to, 5), 5)
            .await
            .expect("enqueued")
            .id();
        let mut tx = store.begin().await.expect("begin");
        let lease = outbox::claim(&mut tx, at(10), at(100), 9)
            .await
            .expect("claimed")
            .remove(0);
        outbox::start_attempt(&mut tx, &lease, "hash", at(11))
            .await
            .expect("noted");
        tx.commit().await.expect("commit");
        // The worker dies here. Its lease ends; the try was written down, so it may be out.
        let mut tx = store.begin().await.expect("begin");
        assert!(
            outbox::claim(&mut tx, at(150), at(200), 9)
                .await
                .expect("none")
                .is_empty()
        );
        let swept = outbox::sweep_expired(&mut tx, at(150), at(160))
            .await
            .expect("swept");
        assert_eq!(
            (swept.unknown.as_slice(), swept.queued.len()),
            ([id].as_slice(), 0)
        );
        assert!(
            outbox::claim(&mut tx, at(151), at(200), 9)
                .await
                .expect("none")
                .is_empty(),
            "not sent again"
        );
        for (now, again, then) in [
            (160, 220, DeliveryState::Unknown),
            (220, 300, DeliveryState::Queued),
        ] {
            let look = outbox::claim_looks(&mut tx, at(now), at(now + 50), 9)
                .await
                .expect("claimed")
                .remove(0);
            let outcome = LookOutcome::NotFound {
                look_again_at: at(again),
            };
            outbox::settle(&mut tx, &look, &outcome, at(now + 1))
                .await
                .expect("settled");
            assert_eq!(
                outbox::get(&mut tx, &viewer, id)
                    .await
                    .expect("there")
                    .state,
                then
            );
        }
        let second = outbox::claim(&mut tx, at(230), at(300), 9)
            .await
            .expect("claimed")
            .remove(0);
        assert!(second.fencing > lease.fencing);
        // The first worker wakes up and is fenced off.
        assert!(
            !outbox::lease_holds(&mut tx, &lease, at(231))
                .await
                .expect("read")
        );
        let late = outbox::finish(
            &mut tx,
            &lease,
            &SendOutcome::Refused {
                reason: "x".to_owned(),
            },
            at(231),
        )
        .await;
        assert!(matches!(late, Err(StoreError::Conflict(_))), "{late:?}");
        let sent = SendOutcome::Sent {
            external_id: "ours".to_owned(),
            url: None,
        };
        outbox::start_attempt(&mut tx, &second, "hash", at(232))
            .await
            .expect("noted");
        outbox::finish(&mut tx, &second, &sent, at(233))
            .await
            .expect("finished");
        tx.commit().await.expect("commit");
        assert_eq!(state(&store, &viewer, id).await, DeliveryState::Sent);
        let tries = outbox::attempts(&mut store.read().await.expect("read"), &viewer, id)
            .await
            .expect("read");
        assert_eq!(
            tries
                .iter()
                .map(|one| one.outcome.as_deref())
                .collect::<Vec<_>>(),
            [None, Some("sent")]
        );
    });
}

#[test]
fn our_answer_heard_again_closes_the_loop() {
    on_each_engine("loop", |store, _| async move {
        let (_, viewer) = workspace(&store, "one").await;
        let channel = channel(&store, &viewer).await;
        for (name, heard_first) in [("a", false), ("b", true)] {
            let to = open(&store, &viewer, name).await;
            let id = put(&store, &viewer, &answer(channel, name, to, 5), 5)
                .await
                .expect("enqueued")
                .id();
            let mut own = heard(&format!("ours {name}"), "Thank you for telling us", 12);
            (own.own, own.thread_root) = (true, name.to_owned());
            let mut tx = store.begin().await.expect("begin");
            let lease = outbox::claim(&mut tx, at(10), at(100), 9)
                .await
                .expect("claimed")
                .remove(0);
            outbox::start_attempt(&mut tx, &lease, "hash", at(11))
                .await
                .expect("noted");
            tx.commit().await.expect("commit");
            let sent = SendOutcome::Sent {
                external_id: format!("ours {name}"),
                url: Some("https://x.example".to_owned()),
            };
            for listening in [heard_first, !heard_first] {
                if listening {
                    take_in(&store, &viewer, &[item(own.clone())], 13).await;
                } else {
                    let mut tx = store.begin().await.expect("begin");
                    outbox::finish(&mut tx, &lease, &sent, at(14))
                        .await
                        .expect("finished");
                    tx.commit().await.expect("commit");
                }
            }
            assert_eq!(
                state(&store, &viewer, id).await,
                DeliveryState::Verified,
                "{name}"
            );
            let mut conn = store.read().await.expect("read");
            let entries = inbox::entries(&mut conn, &viewer, to.0, 0)
                .await
                .expect("read");
            let ours: Vec<_> = entries
                .iter()
                .filter(|entry| entry.text.starts_with("Thank"))
                .collect();
            assert_eq!(ours.len(), 1, "{name}: shown once");
            assert!(ours[0].post.is_some() && ours[0].delivery == Some(id));
            let marks = inbox::get(&mut conn, &viewer, to.0)
                .await
                .expect("there")
                .marks;
            assert!(
                marks.is_empty(),
                "{name}: not by hand on the site, {marks:?}"
            );
            assert!(
                inbox::get(&mut conn, &viewer, to.0)
                    .await
                    .expect("there")
                    .first_reply_at
                    .is_some()
            );
        }
    });
}

#[test]
fn a_hold_of_everything_holds_and_lateness_asks() {
    on_each_engine("hold", |store, _| async move {
        let (_, viewer) = workspace(&store, "one").await;
        let channel = channel(&store, &viewer).await;
        let to = open(&store, &viewer, "p").await;
        let mut new = answer(channel, "k", to, 5);
        new.late_at = Some(at(50));
        let id = put(&store, &viewer, &new, 5).await.expect("enqueued").id();
        let safety = open(&store, &viewer, "s").await;
        let mut exempt = answer(channel, "safety", safety, 5);
        exempt.exempt_from_hold = true;
        let exempt = put(&store, &viewer, &exempt, 5)
            .await
            .expect("enqueued")
            .id();
        let mut tx = store.begin().await.expect("begin");
        outbox::hold_all(&mut tx, &viewer, None, "a crisis in the region", at(6))
            .await
            .expect("held");
        let claimed = outbox::claim(&mut tx, at(10), at(20), 9)
            .await
            .expect("claimed");
        assert_eq!(
            claimed
                .iter()
                .map(|lease| lease.delivery.id)
                .collect::<Vec<_>>(),
            [exempt]
        );
        let swept = outbox::sweep_late(&mut tx, at(60)).await.expect("swept");
        assert_eq!(swept.late, [id]);
        outbox::release_all(&mut tx, &viewer, None, at(61))
            .await
            .expect("released");
        assert!(
            outbox::claim(&mut tx, at(62), at(70), 9)
                .await
                .expect("none")
                .is_empty(),
            "late ones ask"
        );
        outbox::release_one(&mut tx, &viewer, id, at(62), at(62))
            .await
            .expect("released");
        assert_eq!(
            outbox::claim(&mut tx, at(63), at(70), 9)
                .await
                .expect("claimed")
                .len(),
            1
        );
        tx.commit().await.expect("commit");
    });
}

#[test]
fn an_ingest_and_a_claim_at_once_wait_for_each_other_only() {
    on_each_engine("beside", |store, place| async move {
        let (_, viewer) = workspace(&store, "one").await;
        let other = place.open(7).await;
        let write = |store: Store, viewer: Viewer, name: &'static str| async move {
            for round in 0..6 {
                let items: Vec<_> = (0..20)
                    .map(|number| {
                        item(heard(
                            &format!("{}{number}", if round % 2 == 0 { "same" } else { name }),
                            "words",
                            1,
                        ))
                    })
                    .collect();
                let mut tx = store.begin().await.expect("begin");
                listen::ingest(&mut tx, &viewer, &IngestFrom::default(), &items, at(round))
                    .await
                    .expect("ingested");
                tx.commit().await.expect("commit");
            }
        };
        tokio::join!(
            write(store.clone(), viewer.clone(), "a"),
            write(other.clone(), viewer.clone(), "b")
        );
        let filter = auscult_model::search::PostFilter::default();
        let count =
            auscult_store::post::count(&mut store.read().await.expect("read"), &viewer, &filter)
                .await
                .expect("counted");
        assert_eq!(count, 60, "what both heard is stored once");
        other.close().await;
    });
}

#[test]
fn an_answer_taken_down_is_shown_as_gone_and_the_person_waits_again() {
    on_each_engine("takedown", |store, _| async move {
        let (_, viewer) = workspace(&store, "one").await;
        let channel = channel(&store, &viewer).await;
        let to = open(&store, &viewer, "a").await;
        let id = put(&store, &viewer, &answer(channel, "a", to, 5), 5)
            .await
            .expect("enqueued")
            .id();
        let mut tx = store.begin().await.expect("begin");
        let early = outbox::taken_down(&mut tx, &viewer, id, "gone", at(6)).await;
        assert!(matches!(early, Err(StoreError::Conflict(_))), "{early:?}");
        drop(tx);
        let mut tx = store.begin().await.expect("begin");
        let lease = outbox::claim(&mut tx, at(10), at(100), 9)
            .await
            .expect("claimed")
            .remove(0);
        let sent = SendOutcome::Sent {
            external_id: "ours".to_owned(),
            url: None,
        };
        outbox::finish(&mut tx, &lease, &sent, at(11))
            .await
            .expect("finished");
        outbox::taken_down(&mut tx, &viewer, id, "gone", at(12))
            .await
            .expect("taken down");
        tx.commit().await.expect("commit");
        assert_eq!(state(&store, &viewer, id).await, DeliveryState::Withdrawn);
        let mut conn = store.read().await.expect("read");
        let entries = inbox::entries(&mut conn, &viewer, to.0, 0)
            .await
            .expect("read");
        let gone = entries.iter().find(|entry| entry.delivery == Some(id));
        assert!(gone.is_some_and(|entry| entry.removed_at == Some(at(12))));
        assert!(
            entries
                .iter()
                .any(|entry| entry.data.contains("taken_down"))
        );
        let conversation = inbox::get(&mut conn, &viewer, to.0).await.expect("there");
        assert!(conversation.waiting_since.is_some());
    });
}
