//! The inbox: the order of the queue by pages, who sees what, and that one of two deciders wins.

use auscult_model::ids::{ConversationId, TeamId};
use auscult_model::inbox::{Conversation, InboxView, Internal, QueuePlace, Reach, ResolveReason};
use auscult_model::listen::{IngestItem, Route, RouteTo};
use auscult_model::member::{Role, Viewer};
use auscult_model::search::{PostFilter, Terms};
use auscult_store::inbox::Expected;
use auscult_store::{
    Store, StoreError, attention, draft, inbox, label, live, member, post, search,
};

use crate::engines::{at, on_each_engine, workspace};
use crate::listen::{answer_owed, heard, item, take_in};
use crate::people::person;

/// A small generator, so that the conversations differ in everything the order looks at.
fn mixed(count: i64, teams: &[TeamId]) -> Vec<IngestItem> {
    let mut state = 88_172_645_463_325_252_u64;
    let mut next = move |below: i64| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        i64::try_from(state % u64::try_from(below).expect("positive")).expect("small")
    };
    (0..count)
        .map(|number| {
            let mut new = heard(&format!("c{number}"), "words", next(5));
            new.findings.salience = u8::try_from(next(3) * 30).expect("small");
            let team = usize::try_from(next(3))
                .ok()
                .and_then(|place| teams.get(place).copied());
            new.route = Route::Conversation(RouteTo {
                reach: if next(2) == 0 {
                    Reach::Public
                } else {
                    Reach::Private
                },
                needs_answer: next(6) > 0,
                urgency: u8::try_from(next(4)).expect("small"),
                due_at: (next(3) > 0).then(|| at(next(4))),
                team,
                restricted: next(8) == 0,
            });
            item(new)
        })
        .collect()
}

async fn every_page(
    store: &Store,
    viewer: &Viewer,
    view: &InboxView,
    size: u32,
) -> Vec<Conversation> {
    let mut conn = store.read().await.expect("read");
    let (mut all, mut after): (Vec<Conversation>, Option<QueuePlace>) = (Vec::new(), None);
    loop {
        let page = inbox::list(&mut conn, viewer, view, after, size)
            .await
            .expect("listed");
        all.extend(page.conversations);
        after = page.next;
        if after.is_none() {
            return all;
        }
    }
}

#[test]
fn pages_put_together_are_the_whole_queue_in_order() {
    on_each_engine("pages", |store, _| async move {
        let (id, system) = workspace(&store, "one").await;
        let user = person(&store, "Ada").await;
        let mut tx = store.begin().await.expect("begin");
        let (press, ward) = (
            member::add_team(&mut tx, &system, "Press", at(0))
                .await
                .expect("made"),
            member::add_team(&mut tx, &system, "Ward", at(0))
                .await
                .expect("made"),
        );
        let ada = member::add(&mut tx, id, user, Role::Responder, at(0))
            .await
            .expect("added");
        tx.commit().await.expect("commit");
        take_in(&store, &system, &mixed(70, &[press, ward]), 10).await;
        let limited = Viewer {
            workspace: id,
            member: Some(ada),
            role: Role::Responder,
            duties: Vec::new(),
            teams: vec![press],
        };
        let all = every_page(&store, &system, &InboxView::WaitingLongest, 500).await;
        assert!(all.len() > 40, "{}", all.len());
        let key = |one: &Conversation| {
            let ms = |time: Option<jiff::Timestamp>| time.map(jiff::Timestamp::as_millisecond);
            let since = ms(one.waiting_since).unwrap_or(one.opened_at.as_millisecond());
            let due = ms(one.due_at).unwrap_or(i64::MAX);
            let (band, place) = match one.urgency {
                3 => (0, since),
                2 => (1, due),
                _ => (2, due),
            };
            (band, place, 100 - one.salience, since, one.id)
        };
        assert!(
            all.windows(2).all(|pair| key(&pair[0]) < key(&pair[1])),
            "the order of the queue"
        );
        let views = [
            InboxView::WaitingLongest,
            InboxView::Unassigned,
            InboxView::Waiting,
            InboxView::Public,
            InboxView::Private,
            InboxView::Safety,
            InboxView::Team(press),
            InboxView::MyTeams,
            InboxView::Mine,
            InboxView::Resolved,
        ];
        for viewer in [&system, &limited] {
            for view in &views {
                let whole = every_page(&store, viewer, view, 500).await;
                for size in [3, 11] {
                    assert_eq!(
                        every_page(&store, viewer, view, size).await,
                        whole,
                        "{view:?} by {size}"
                    );
                }
                if viewer.member.is_some() {
                    assert!(
                        whole
                            .iter()
                            .all(|one| !one.restricted && one.team != Some(ward)),
                        "{view:?}"
                    );
                }
            }
        }
        let seen = every_page(&store, &limited, &InboxView::WaitingLongest, 50)
            .await
            .len();
        let mine = all
            .iter()
            .filter(|one| !one.restricted && one.team != Some(ward))
            .count();
        assert_eq!(seen, mine);
        let counts = inbox::counts(&mut store.read().await.expect("read"), &limited, at(2))
            .await
            .expect("counted");
        assert_eq!(
            usize::try_from(counts.waiting_longest).expect("positive"),
            mine
        );
    });
}

async fn one_open(store: &Store, viewer: &Viewer) -> ConversationId {
    let mut new = heard("p", "is anybody there?", 1);
    new.route = answer_owed(9);
    take_in(store, viewer, &[item(new)], 2).await.opened[0]
}

#[test]
fn of_two_who_resolve_one_wins() {
    on_each_engine("resolve", |store, place| async move {
        let (_, viewer) = workspace(&store, "one").await;
        let id = one_open(&store, &viewer).await;
        let version = inbox::get(&mut store.read().await.expect("read"), &viewer, id)
            .await
            .expect("there")
            .version;
        let other = place.open(9).await;
        let decide = |store: Store, viewer: Viewer| async move {
            let mut tx = store.begin().await?;
            let expected = Expected { id, version };
            inbox::resolve(&mut tx, &viewer, expected, ResolveReason::Answered, at(5)).await?;
            tx.commit().await
        };
        let (one, two) = tokio::join!(
            decide(store.clone(), viewer.clone()),
            decide(other.clone(), viewer.clone())
        );
        assert!(one.is_ok() != two.is_ok(), "{one:?} {two:?}");
        let mut tx = store.begin().await.expect("begin");
        let seen = inbox::get(&mut tx, &viewer, id).await.expect("there");
        let again = inbox::resolve(
            &mut tx,
            &viewer,
            Expected {
                id,
                version: seen.version,
            },
            ResolveReason::Spam,
            at(6),
        )
        .await;
        assert!(matches!(again, Err(StoreError::Refused(_))), "{again:?}");
        let events = inbox::entries(&mut tx, &viewer, id, 0).await.expect("read");
        assert_eq!(
            events
                .iter()
                .filter(|entry| entry.data.contains("resolved"))
                .count(),
            1
        );
        drop(tx);
        other.close().await;
    });
}

#[test]
fn a_foreign_viewer_finds_nothing() {
    on_each_engine("tenants", |store, _| async move {
        let (_, ours) = workspace(&store, "ours").await;
        let (_, foreign) = workspace(&store, "theirs").await;
        let id = one_open(&store, &ours).await;
        let mut tx = store.begin().await.expect("begin");
        let label = label::add(&mut tx, &ours, "Press", "blue", at(3))
            .await
            .expect("made");
        inbox::add_label(&mut tx, &ours, id, label, at(3))
            .await
            .expect("labelled");
        let mut conn = tx;
        let seen = inbox::get(&mut conn, &ours, id).await.expect("ours");
        assert_eq!(seen.labels, ["Press"]);
        let post_id = seen.post.expect("a post");
        assert!(matches!(
            inbox::get(&mut conn, &foreign, id).await,
            Err(StoreError::NotFound(_))
        ));
        assert!(matches!(
            inbox::by_number(&mut conn, &foreign, seen.number).await,
            Err(StoreError::NotFound(_))
        ));
        assert!(
            inbox::entries(&mut conn, &foreign, id, 0)
                .await
                .expect("read")
                .is_empty()
        );
        assert!(matches!(
            post::get(&mut conn, &foreign, post_id).await,
            Err(StoreError::NotFound(_))
        ));
        assert!(
            post::by_external(&mut conn, &foreign, "mastodon", "p")
                .await
                .expect("read")
                .is_none()
        );
        assert!(
            post::thread(&mut conn, &foreign, "mastodon", "p")
                .await
                .expect("read")
                .is_empty()
        );
        assert!(
            post::of_author(&mut conn, &foreign, ("mastodon", "p-author"), None, 9)
                .await
                .expect("read")
                .is_empty()
        );
        for terms in [Terms::Any, Terms::Word("anybody".to_owned())] {
            let hits = search::posts(
                &mut conn,
                &foreign,
                (&terms, &PostFilter::default()),
                None,
                9,
            )
            .await
            .expect("read");
            assert!(hits.is_empty());
        }
        assert!(matches!(
            attention::read(&mut conn, &foreign, id, 1, at(4)).await,
            Err(StoreError::NotFound(_))
        ));
        let note =
            inbox::add_note(&mut conn, &foreign, id, (&Internal::default(), "x"), at(4)).await;
        assert!(matches!(note, Err(StoreError::NotFound(_))));
        let version = seen.version;
        let move_it = inbox::resolve(
            &mut conn,
            &foreign,
            Expected { id, version },
            ResolveReason::Spam,
            at(4),
        )
        .await;
        assert!(
            matches!(move_it, Err(StoreError::NotFound(_))),
            "{move_it:?}"
        );
        assert!(
            draft::own(&mut conn, &foreign, id)
                .await
                .expect("read")
                .is_none()
        );
        conn.commit().await.expect("commit");
        let mut conn = store.read().await.expect("read");
        assert_eq!(
            live::last(&mut conn, foreign.workspace)
                .await
                .expect("read"),
            0
        );
        let events = live::since(&mut conn, ours.workspace, 0)
            .await
            .expect("read")
            .expect("whole");
        assert!(
            events
                .windows(2)
                .all(|pair| pair[0].number + 1 == pair[1].number)
                && !events.is_empty()
        );
    });
}

#[test]
fn drafts_are_not_overwritten_by_another_tab() {
    on_each_engine("drafts", |store, _| async move {
        let (id, system) = workspace(&store, "one").await;
        let user = person(&store, "Ada").await;
        let conversation = one_open(&store, &system).await;
        let mut tx = store.begin().await.expect("begin");
        let ada = member::add(&mut tx, id, user, Role::Responder, at(0))
            .await
            .expect("added");
        let viewer = member::get(&mut tx, &system, ada)
            .await
            .expect("there")
            .viewer();
        let mut save = auscult_model::draft::SaveDraft {
            conversation,
            member: ada,
            shared: false,
            audience: auscult_model::inbox::Audience::Public,
            text: "Thank you".to_owned(),
            verdict: "{}".to_owned(),
            against_version: 1,
        };
        let (_, first) = draft::save(&mut tx, &viewer, &save, 0, at(3))
            .await
            .expect("saved");
        save.text = "Thank you for telling us".to_owned();
        let (_, second) = draft::save(&mut tx, &viewer, &save, first, at(4))
            .await
            .expect("saved");
        assert_eq!((first, second), (1, 2));
        let stale = draft::save(&mut tx, &viewer, &save, first, at(5)).await;
        assert!(matches!(stale, Err(StoreError::Conflict(_))), "{stale:?}");
        assert_eq!(
            draft::own(&mut tx, &viewer, conversation)
                .await
                .expect("read")
                .expect("there")
                .version,
            2
        );
    });
}
