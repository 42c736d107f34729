//! People, cases, the plan and the rows that measures are made of.

use auscult_model::case::{Case, CaseKind, CaseState};
use auscult_model::channel::NewChannel;
use auscult_model::delivery::{DeliveryTarget, LatePolicy, NewDelivery};
use auscult_model::ids::{AimId, CaseId, PersonId, PieceId, VariantId};
use auscult_model::inbox::{Outward, Public};
use auscult_model::listen::Reading;
use auscult_model::measure::Turn;
use auscult_model::member::{Role, Viewer};
use auscult_model::plan::{Aim, NewOccurrence, Piece, PieceState, Variant};
use auscult_store::{
    Store, StoreError, Tx, case, channel, inbox, measure, member, outbox, person, plan,
};

use crate::engines::{at, on_each_engine, workspace};
use crate::listen::{answer_owed, heard, item, take_in};
use crate::people::person as new_user;

async fn someone(store: &Store, viewer: &Viewer, name: &str) -> PersonId {
    let mut new = heard(name, "hello?", 1);
    new.route = answer_owed(9);
    let id = take_in(store, viewer, &[item(new)], 2).await.opened[0];
    let mut conn = store.read().await.expect("read");
    inbox::get(&mut conn, viewer, id)
        .await
        .expect("there")
        .person
        .expect("a person")
}

/// Everything that can be seen of two people.
async fn seen(
    tx: &mut Tx,
    viewer: &Viewer,
    people: &[PersonId],
) -> Vec<(String, usize, usize, usize)> {
    let mut all = Vec::new();
    for id in people {
        let who = person::get(tx, viewer, *id).await.expect("there");
        let accounts = person::identities(tx, viewer, *id)
            .await
            .expect("read")
            .len();
        let talks = inbox::of_person(tx, viewer, *id).await.expect("read").len();
        let notes = person::notes(tx, viewer, *id).await.expect("read").len();
        all.push((
            format!("{} {:?}", who.name, who.merged_into),
            accounts,
            talks,
            notes,
        ));
    }
    all
}

#[test]
fn a_merge_undone_is_as_before() {
    on_each_engine("merge", |store, _| async move {
        let (_, viewer) = workspace(&store, "one").await;
        let (_, foreign) = workspace(&store, "two").await;
        let people = [
            someone(&store, &viewer, "a").await,
            someone(&store, &viewer, "b").await,
        ];
        let mut tx = store.begin().await.expect("begin");
        person::add_note(&mut tx, &viewer, people[0], "prefers letters", at(3))
            .await
            .expect("noted");
        let before = seen(&mut tx, &viewer, &people).await;
        let merge = person::merge(&mut tx, &viewer, people[0], people[1], at(4))
            .await
            .expect("merged");
        assert_eq!(
            person::identities(&mut tx, &viewer, people[0])
                .await
                .expect("read")
                .len(),
            2
        );
        assert_eq!(
            inbox::of_person(&mut tx, &viewer, people[0])
                .await
                .expect("read")
                .len(),
            2
        );
        assert!(
            person::merge(&mut tx, &viewer, people[1], people[0], at(5))
                .await
                .is_err(),
            "no circle"
        );
        assert!(matches!(
            person::unmerge(&mut tx, &foreign, merge, at(5)).await,
            Err(StoreError::NotFound(_))
        ));
        person::unmerge(&mut tx, &viewer, merge, at(5))
            .await
            .expect("undone");
        assert_eq!(seen(&mut tx, &viewer, &people).await, before);
        assert!(
            person::list(&mut tx, &foreign, "", None, 9)
                .await
                .expect("read")
                .is_empty()
        );
        assert_eq!(
            person::list(&mut tx, &viewer, "NEL", None, 9)
                .await
                .expect("read")
                .len(),
            2
        );
    });
}

fn new_case(kind: CaseKind) -> Case {
    Case {
        id: CaseId(0),
        number: 0,
        kind,
        title: "A letter went to the wrong house".to_owned(),
        state: CaseState::Open,
        owner: None,
        restricted: false,
        due_at: Some(at(99)),
        law_due_at: None,
        outside_reference: String::new(),
        outcome: String::new(),
        what_changed: String::new(),
        told_on: None,
        published: false,
        checklist: Vec::new(),
        version: 0,
        opened_at: at(0),
        closed_at: None,
        closed_by: None,
        second_signature: None,
    }
}

#[test]
fn a_safety_case_closes_by_two() {
    on_each_engine("cases", |store, _| async move {
        let (id, system) = workspace(&store, "one").await;
        let (ada, bela) = (
            new_user(&store, "Ada").await,
            new_user(&store, "Bela").await,
        );
        let mut tx = store.begin().await.expect("begin");
        let ada = member::add(&mut tx, id, ada, Role::Manager, at(0))
            .await
            .expect("added");
        let bela = member::add(&mut tx, id, bela, Role::Manager, at(0))
            .await
            .expect("added");
        let ada = member::get(&mut tx, &system, ada)
            .await
            .expect("there")
            .viewer();
        let bela = member::get(&mut tx, &system, bela)
            .await
            .expect("there")
            .viewer();
        let plain = case::open(&mut tx, &ada, &new_case(CaseKind::Complaint), at(1))
            .await
            .expect("opened");
        assert!(
            case::close(&mut tx, &ada, plain.id, plain.version, at(2))
                .await
                .expect("closed")
        );
        let safety = case::open(&mut tx, &ada, &new_case(CaseKind::Safety), at(1))
            .await
            .expect("opened");
        assert_eq!((plain.number, safety.number), (1, 2));
        assert!(
            !case::close(&mut tx, &ada, safety.id, safety.version, at(2))
                .await
                .expect("signed")
        );
        let alone = case::close(&mut tx, &ada, safety.id, safety.version + 1, at(3)).await;
        assert!(matches!(alone, Err(StoreError::Refused(_))), "{alone:?}");
        assert!(
            case::close(&mut tx, &bela, safety.id, safety.version + 1, at(4))
                .await
                .expect("closed")
        );
        assert!(
            case::list(&mut tx, &ada, None)
                .await
                .expect("read")
                .is_empty()
        );
        assert!(matches!(
            case::save(&mut tx, &ada, &safety, at(5)).await,
            Err(StoreError::Conflict(_))
        ));
    });
}

fn new_piece() -> Piece {
    Piece {
        id: PieceId(0),
        aim: None,
        question: None,
        parent: None,
        title: "Parking at the clinic".to_owned(),
        text: "Where to park".to_owned(),
        stance: "inform".to_owned(),
        audience: "{}".to_owned(),
        claims: Vec::new(),
        clinical_owner: None,
        author: None,
        review_on: None,
        consent_until: None,
        state: PieceState::Draft,
        version: 0,
        created_at: at(0),
        changed_at: at(0),
    }
}

#[test]
fn a_sending_of_the_plan_has_one_delivery() {
    on_each_engine("plan", |store, _| async move {
        let (_, viewer) = workspace(&store, "one").await;
        let (_, foreign) = workspace(&store, "two").await;
        let mut tx = store.begin().await.expect("begin");
        let new = NewChannel {
            network: "bluesky".to_owned(),
            ..NewChannel::default()
        };
        let channel = channel::add(&mut tx, &viewer, &new, at(0))
            .await
            .expect("added");
        let aim = Aim {
            id: AimId(0),
            outcome: "Fewer lost visitors".to_owned(),
            measure: "en.qc".to_owned(),
            target: Some(3.0),
            target_on: None,
            owner: None,
            created_at: at(0),
            closed_at: None,
        };
        let aim = plan::add_aim(&mut tx, &viewer, &aim, at(0))
            .await
            .expect("added");
        let piece = plan::save_piece(
            &mut tx,
            &viewer,
            &Piece {
                aim: Some(aim),
                ..new_piece()
            },
            at(1),
        )
        .await
        .expect("stored");
        let child = Piece {
            parent: Some((piece, auscult_model::plan::Lineage::Cut)),
            ..new_piece()
        };
        let child = plan::save_piece(&mut tx, &viewer, &child, at(1))
            .await
            .expect("stored");
        let line = plan::descendants(&mut tx, &viewer, piece)
            .await
            .expect("read");
        assert_eq!(line.iter().map(|one| one.id).collect::<Vec<_>>(), [child]);
        let variant = Variant {
            id: VariantId(0),
            piece,
            channel,
            text: "Park at the east door".to_owned(),
            parts: "[]".to_owned(),
            media: "[]".to_owned(),
            link: None,
            verdict: "{}".to_owned(),
            text_hash: "h".to_owned(),
            version: 0,
            changed_at: at(0),
        };
        let variant = plan::save_variant(&mut tx, &viewer, &variant, at(2))
            .await
            .expect("stored");
        let when = NewOccurrence {
            variant,
            wall_time: "2026-07-01T09:00".to_owned(),
            zone: "Europe/Dublin".to_owned(),
            zone_version: String::new(),
            at: at(50),
            late_policy: LatePolicy::Ask,
            late_after_ms: 1_800_000,
        };
        let id = plan::plan_occurrence(&mut tx, &viewer, &when, at(3))
            .await
            .expect("planned");
        assert!(matches!(
            plan::plan_occurrence(&mut tx, &foreign, &when, at(3)).await,
            Err(StoreError::NotFound(_))
        ));
        assert_eq!(
            plan::calendar(&mut tx, &viewer, at(50), at(51))
                .await
                .expect("read")
                .len(),
            1
        );
        assert!(
            plan::calendar(&mut tx, &viewer, at(0), at(50))
                .await
                .expect("read")
                .is_empty(),
            "the end is excluded"
        );
        assert!(
            plan::due_occurrences(&mut tx, at(49), 9)
                .await
                .expect("read")
                .is_empty()
        );
        let (_, due) = plan::due_occurrences(&mut tx, at(50), 9)
            .await
            .expect("read")
            .remove(0);
        let send = |key: &str| NewDelivery {
            channel,
            client_key: key.to_owned(),
            target: DeliveryTarget::Occurrence(due.id),
            audience: Outward::Public(Public {
                place: "bluesky".to_owned(),
            }),
            text: String::new(),
            payload: "{}".to_owned(),
            text_hash: "h".to_owned(),
            send_key: key.to_owned(),
            approval: None,
            parent: None,
            exempt_from_hold: false,
            eligible_at: at(50),
            late_at: None,
            late_policy: LatePolicy::Ask,
        };
        outbox::enqueue(&mut tx, &viewer, &send("one"), at(50))
            .await
            .expect("enqueued");
        assert!(
            plan::due_occurrences(&mut tx, at(60), 9)
                .await
                .expect("read")
                .is_empty()
        );
        let second = outbox::enqueue(&mut tx, &viewer, &send("two"), at(51)).await;
        assert!(matches!(second, Err(StoreError::Conflict(_))), "{second:?}");
        let moved = plan::move_occurrence(&mut tx, &viewer, (id, due.version), &when, at(52)).await;
        assert!(
            matches!(moved, Err(StoreError::Conflict(_))),
            "it is in the outbox: {moved:?}"
        );
    });
}

#[test]
fn measures_get_arrivals_and_turns() {
    on_each_engine("measure", |store, _| async move {
        let (_, viewer) = workspace(&store, "one").await;
        let (_, foreign) = workspace(&store, "two").await;
        let mut first = heard("root", "is it open?", 10);
        first.route = answer_owed(90);
        let follow = |name: &str, time: i64, own: bool| {
            let mut new = heard(name, "words", time);
            (new.thread_root, new.own) = ("root".to_owned(), own);
            new
        };
        take_in(&store, &viewer, &[item(first)], 11).await;
        take_in(&store, &viewer, &[item(follow("answer", 20, true))], 21).await;
        take_in(&store, &viewer, &[item(follow("thanks", 30, false))], 31).await;
        let mut tx = store.begin().await.expect("begin");
        let arrivals = measure::arrivals(&mut tx, &viewer, at(10), at(11))
            .await
            .expect("read");
        assert_eq!(arrivals.len(), 1);
        assert_eq!(
            (
                arrivals[0].needs_answer,
                arrivals[0].due_at,
                arrivals[0].first_reply_at
            ),
            (true, Some(at(90)), Some(at(20)))
        );
        assert!(
            measure::arrivals(&mut tx, &viewer, at(11), at(99))
                .await
                .expect("read")
                .is_empty()
        );
        let exchanges = measure::exchanges(&mut tx, &viewer, at(25), at(40))
            .await
            .expect("read");
        let turns: Vec<Turn> = exchanges[0].turns.iter().map(|turn| turn.1).collect();
        assert_eq!(turns, [Turn::Out, Turn::Own, Turn::Out]);
        assert!(
            measure::exchanges(&mut tx, &foreign, at(0), at(99))
                .await
                .expect("read")
                .is_empty()
        );
        assert!(
            measure::arrivals(&mut tx, &foreign, at(0), at(99))
                .await
                .expect("read")
                .is_empty()
        );
        let own = auscult_store::post::by_external(&mut tx, &viewer, "mastodon", "answer")
            .await
            .expect("read")
            .expect("there");
        let reading = Reading {
            post: own.id,
            at: at(40),
            likes: Some(3.0),
            reposts: None,
            replies: Some(1.0),
            views: None,
        };
        let again = [reading.clone(), reading.clone()];
        assert_eq!(
            measure::add_readings(&mut tx, &viewer, &again)
                .await
                .expect("stored"),
            1
        );
        assert_eq!(
            measure::add_readings(&mut tx, &foreign, std::slice::from_ref(&reading))
                .await
                .expect("none"),
            0
        );
        assert_eq!(
            measure::own_readings(&mut tx, &viewer, at(0), at(99))
                .await
                .expect("read"),
            [reading]
        );
    });
}
