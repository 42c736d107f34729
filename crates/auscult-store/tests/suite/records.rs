//! What only grows: the audit chain, decisions, live events. And jobs, and approvals by another member.

use auscult_model::approval::{ApprovalState, ApprovalTarget, ApprovalWord, AskApproval};
use auscult_model::inbox::{Outward, Public};
use auscult_model::member::Role;
use auscult_store::audit::{ChainCheck, Note};
use auscult_store::decision::NewDecision;
use auscult_store::job::NewJob;
use auscult_store::{StoreError, approval, audit, decision, job, live, member};
use sqlx::Connection;

use crate::engines::{Place, at, on_each_engine, workspace};
use crate::listen::{answer_owed, heard, item, take_in};
use crate::people::person;

/// Changes rows behind the store's back, as a hand with database access would.
pub(crate) async fn tamper(place: &Place, sql: &str) {
    let sql = sqlx::AssertSqlSafe(sql.to_owned());
    match place {
        Place::File(path) => {
            let options = sqlx::sqlite::SqliteConnectOptions::new().filename(path);
            let mut conn = sqlx::SqliteConnection::connect_with(&options)
                .await
                .expect("open");
            sqlx::raw_sql(sql)
                .execute(&mut conn)
                .await
                .expect("changed");
        }
        Place::Server(url) => {
            let mut conn = sqlx::PgConnection::connect(url).await.expect("open");
            sqlx::raw_sql(sql)
                .execute(&mut conn)
                .await
                .expect("changed");
        }
    }
}

#[test]
fn a_changed_or_missing_row_breaks_the_chain() {
    on_each_engine("chain", |store, place| async move {
        let (id, viewer) = workspace(&store, "one").await;
        let (_, foreign) = workspace(&store, "two").await;
        for round in 0..3 {
            let mut tx = store.begin().await.expect("begin");
            for number in 0..2 {
                let note = Note {
                    actor: "Ada".to_owned(),
                    action: format!("thing.{number}"),
                    ..Note::default()
                };
                audit::note(&mut tx, &viewer, note, at(round));
            }
            decision::record(
                &mut tx,
                &viewer,
                NewDecision {
                    kind: "sent".to_owned(),
                    ..NewDecision::default()
                },
                at(round),
            );
            tx.commit().await.expect("commit");
        }
        let mut conn = store.read().await.expect("read");
        assert_eq!(
            audit::verify(&mut conn, id).await.expect("checked"),
            ChainCheck::Whole(6)
        );
        assert_eq!(
            decision::verify(&mut conn, id).await.expect("checked"),
            ChainCheck::Whole(3)
        );
        assert!(
            audit::list(&mut conn, &foreign, None, None, 9)
                .await
                .expect("read")
                .is_empty()
        );
        assert!(
            decision::list(&mut conn, &foreign, None, None, 9)
                .await
                .expect("read")
                .is_empty()
        );
        assert_eq!(
            audit::list(&mut conn, &viewer, Some("thing.1"), None, 9)
                .await
                .expect("read")
                .len(),
            3
        );
        tamper(
            &place,
            "UPDATE audit_entry SET actor = 'Bela' WHERE number = 4",
        )
        .await;
        assert_eq!(
            audit::verify(&mut conn, id).await.expect("checked"),
            ChainCheck::Broken(4)
        );
        tamper(
            &place,
            "UPDATE audit_entry SET actor = 'Ada' WHERE number = 4",
        )
        .await;
        assert_eq!(
            audit::verify(&mut conn, id).await.expect("checked"),
            ChainCheck::Whole(6)
        );
        tamper(&place, "DELETE FROM audit_entry WHERE number = 6").await;
        assert!(
            matches!(
                audit::verify(&mut conn, id).await.expect("checked"),
                ChainCheck::Broken(_)
            ),
            "cut at the end"
        );
    });
}

#[test]
fn live_events_have_numbers_without_gaps_and_say_when_they_are_pruned() {
    on_each_engine("live", |store, _| async move {
        let (id, _) = workspace(&store, "one").await;
        for round in 0..4 {
            let mut tx = store.begin().await.expect("begin");
            tx.live(id, "thing", round, at(round));
            tx.live(id, "thing", round, at(round));
            tx.live(id, "other", round, at(round));
            tx.commit().await.expect("commit");
        }
        let mut tx = store.begin().await.expect("begin");
        let events = live::since(&mut tx, id, 3)
            .await
            .expect("read")
            .expect("whole");
        assert_eq!(
            events.iter().map(|event| event.number).collect::<Vec<_>>(),
            [4, 5, 6, 7, 8]
        );
        live::prune(&mut tx, at(2)).await.expect("pruned");
        assert_eq!(
            live::since(&mut tx, id, 1).await.expect("read"),
            None,
            "the page has to be loaded anew"
        );
        assert_eq!(
            live::since(&mut tx, id, 8).await.expect("read"),
            Some(Vec::new())
        );
    });
}

#[test]
fn nobody_approves_their_own_words_or_other_words() {
    on_each_engine("approval", |store, _| async move {
        let (id, system) = workspace(&store, "one").await;
        let (ada, bela) = (person(&store, "Ada").await, person(&store, "Bela").await);
        let mut new = heard("p", "hello?", 1);
        new.route = answer_owed(9);
        let conversation = take_in(&store, &system, &[item(new)], 2).await.opened[0];
        let mut tx = store.begin().await.expect("begin");
        let author = member::add(&mut tx, id, ada, Role::Responder, at(0))
            .await
            .expect("added");
        let second = member::add(&mut tx, id, bela, Role::Approver, at(0))
            .await
            .expect("added");
        let author = member::get(&mut tx, &system, author)
            .await
            .expect("there")
            .viewer();
        let second = member::get(&mut tx, &system, second)
            .await
            .expect("there")
            .viewer();
        let ask = AskApproval {
            target: ApprovalTarget::Answer(conversation),
            audience: Outward::Public(Public {
                place: "p".to_owned(),
            }),
            text: "Thank you".to_owned(),
            text_hash: "h1".to_owned(),
            verdict: "{}".to_owned(),
            asked_by: author.member.expect("a member"),
            asked_of: None,
        };
        let asked = approval::ask(&mut tx, &author, &ask, at(3))
            .await
            .expect("asked");
        assert!(
            approval::open(&mut tx, &author, approval::Own::Without)
                .await
                .expect("read")
                .is_empty()
        );
        assert_eq!(
            approval::open(&mut tx, &second, approval::Own::Without)
                .await
                .expect("read")
                .len(),
            1
        );
        let own = approval::decide(
            &mut tx,
            &author,
            (asked, "h1"),
            (ApprovalWord::Approve, ""),
            at(4),
        )
        .await;
        assert!(matches!(own, Err(StoreError::Refused(_))), "{own:?}");
        let machine = approval::decide(
            &mut tx,
            &system,
            (asked, "h1"),
            (ApprovalWord::Approve, ""),
            at(4),
        )
        .await;
        assert!(
            matches!(machine, Err(StoreError::Refused(_))),
            "{machine:?}"
        );
        let other = approval::decide(
            &mut tx,
            &second,
            (asked, "h2"),
            (ApprovalWord::Approve, ""),
            at(4),
        )
        .await;
        assert!(matches!(other, Err(StoreError::Conflict(_))), "{other:?}");
        let changed = AskApproval {
            text_hash: "h2".to_owned(),
            ..ask
        };
        let newer = approval::ask(&mut tx, &author, &changed, at(5))
            .await
            .expect("asked");
        let old = approval::decide(
            &mut tx,
            &second,
            (asked, "h1"),
            (ApprovalWord::Approve, ""),
            at(6),
        )
        .await;
        assert!(
            matches!(old, Err(StoreError::Conflict(_))),
            "the text changed: {old:?}"
        );
        approval::decide(
            &mut tx,
            &second,
            (newer, "h2"),
            (ApprovalWord::Approve, "good"),
            at(6),
        )
        .await
        .expect("approved");
        assert_eq!(
            approval::get(&mut tx, &author, newer)
                .await
                .expect("there")
                .state,
            ApprovalState::Approved
        );
        tx.commit().await.expect("commit");
    });
}

#[test]
fn a_poison_job_is_put_aside_and_its_neighbours_run() {
    on_each_engine("jobs", |store, _| async move {
        let mut tx = store.begin().await.expect("begin");
        let new = |name: &str, key: Option<&str>| NewJob {
            workspace: None,
            name: name.to_owned(),
            payload: "{}".to_owned(),
            run_at: at(0),
            max_tries: 2,
            unique_key: key.map(str::to_owned),
        };
        let poison = job::add(&mut tx, &new("poison", Some("one")), at(0))
            .await
            .expect("added")
            .expect("new");
        assert_eq!(
            job::add(&mut tx, &new("poison", Some("one")), at(0))
                .await
                .expect("known"),
            None
        );
        job::add(&mut tx, &new("good", None), at(0))
            .await
            .expect("added");
        let mut good = 0;
        for round in 0..4 {
            let now = 10 + round * 100;
            for claimed in job::claim(&mut tx, at(now), at(now + 50), 9)
                .await
                .expect("claimed")
            {
                if claimed.name == "good" {
                    good += 1;
                    job::done(&mut tx, &claimed, at(now)).await.expect("done");
                } else if round == 0 {
                    assert!(
                        job::failed(&mut tx, &claimed, "no", at(now + 1), at(now))
                            .await
                            .expect("noted")
                    );
                } // the second time its worker dies without a word
            }
        }
        assert_eq!(good, 1);
        let dead = job::dead(&mut tx, 9).await.expect("read");
        assert_eq!(dead.iter().map(|job| job.id).collect::<Vec<_>>(), [poison]);
        job::replay(&mut tx, poison, at(900)).await.expect("back");
        assert_eq!(
            job::claim(&mut tx, at(901), at(950), 9)
                .await
                .expect("claimed")
                .len(),
            1
        );
        job::schedule(&mut tx, "hourly", 3_600, "{}", at(0))
            .await
            .expect("made");
        assert_eq!(
            job::due_schedules(&mut tx, at(5)).await.expect("due").len(),
            1
        );
        assert!(
            job::due_schedules(&mut tx, at(6))
                .await
                .expect("not due")
                .is_empty()
        );
    });
}
