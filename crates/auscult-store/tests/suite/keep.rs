//! Keeping and letting go: retention, erasure, imports taken back, backup, schema.

use auscult_model::listen::{IngestFrom, IngestItem, IngestResult};
use auscult_model::search::PostFilter;
use auscult_store::retention::HoldOn;
use auscult_store::{Engine, StoreError, admin, import, inbox, listen, post, retention};

use crate::engines::{Place, at, on_each_engine, workspace};
use crate::listen::{answer_owed, heard, item, take_in};
use crate::records::tamper;

const PLANTED: &str = "Xylograph7";

/// Whether the planted word is anywhere in the store's own files or tables.
fn planted(place: &Place, directory: &std::path::Path) -> bool {
    match place {
        Place::File(path) => {
            let beside = [path.clone(), path.with_extension("db-wal")];
            beside
                .iter()
                .any(|file| std::fs::read(file).is_ok_and(|bytes| contains(&bytes)))
        }
        Place::Server(_) => std::fs::read(directory).is_ok_and(|bytes| contains(&bytes)),
    }
}

fn contains(bytes: &[u8]) -> bool {
    let (word, lower) = (PLANTED.as_bytes(), PLANTED.to_lowercase());
    bytes
        .windows(word.len())
        .any(|window| window == word || window == lower.as_bytes())
}

#[test]
fn an_erased_person_is_found_nowhere_and_does_not_come_back() {
    on_each_engine("erase", |store, place| async move {
        let (_, viewer) = workspace(&store, "one").await;
        let mut new = heard("p", &format!("my name is {PLANTED}"), 1);
        new.post.author.as_mut().expect("an author").name = Some(PLANTED.to_owned());
        new.route = answer_owed(9);
        let conversation = take_in(&store, &viewer, &[item(new.clone())], 2)
            .await
            .opened[0];
        let mut edited = new.clone();
        (edited.version_at, edited.post.text) = (at(3), Some(format!("still {PLANTED}")));
        take_in(&store, &viewer, &[item(edited)], 4).await;
        let mut tx = store.begin().await.expect("begin");
        let seen = inbox::get(&mut tx, &viewer, conversation)
            .await
            .expect("there");
        let person = seen.person.expect("a person");
        let hold = retention::hold(
            &mut tx,
            &viewer,
            (HoldOn::Conversation, conversation.0),
            "a court asks",
            at(5),
        )
        .await
        .expect("held");
        let refused = retention::erase_person(&mut tx, &viewer, person, at(6)).await;
        assert!(
            matches!(&refused, Err(StoreError::Refused(why)) if why.contains("a court asks")),
            "{refused:?}"
        );
        retention::release(&mut tx, &viewer, hold, at(7))
            .await
            .expect("released");
        assert_eq!(
            retention::erase_person(&mut tx, &viewer, person, at(8))
                .await
                .expect("erased"),
            1
        );
        tx.commit().await.expect("commit");
        let again = take_in(&store, &viewer, &[item(new)], 9).await;
        assert_eq!(again.results, [IngestResult::Tombstoned]);
        admin::tidy(&store).await.expect("tidied");
        let directory = tempfile::tempdir().expect("a directory");
        let copy = directory.path().join("copy");
        admin::backup(&store, &copy).await.expect("written");
        if store.engine() == Engine::Sqlite {
            // Index pages keep a term until they are merged; the copy is made from live rows only.
            assert!(
                !contains(&std::fs::read(&copy).expect("readable")),
                "the copy"
            );
        }
        assert!(!planted(&place, &copy), "the store itself");
    });
}

#[test]
fn what_is_old_goes_what_is_held_or_open_stays() {
    on_each_engine("purge", |store, _| async move {
        let (_, viewer) = workspace(&store, "one").await;
        let mut open = heard("open", "words", 1);
        open.route = answer_owed(9);
        take_in(
            &store,
            &viewer,
            &[
                item(open),
                item(heard("held", "words", 1)),
                item(heard("old", "words", 1)),
            ],
            2,
        )
        .await;
        take_in(&store, &viewer, &[item(heard("new", "words", 1))], 100).await;
        let mut tx = store.begin().await.expect("begin");
        let held = post::by_external(&mut tx, &viewer, "mastodon", "held")
            .await
            .expect("read")
            .expect("there");
        retention::hold(&mut tx, &viewer, (HoldOn::Post, held.id.0), "kept", at(101))
            .await
            .expect("held");
        assert_eq!(
            retention::preview(&mut tx, &viewer, at(50), at(50))
                .await
                .expect("read"),
            (3, 3)
        );
        let purged = retention::purge(&mut tx, &viewer, at(50), at(50), at(102))
            .await
            .expect("purged");
        assert_eq!((purged.posts, purged.more), (1, false));
        assert_eq!(
            post::count(&mut tx, &viewer, &PostFilter::default())
                .await
                .expect("counted"),
            3
        );
        assert!(
            post::by_external(&mut tx, &viewer, "mastodon", "old")
                .await
                .expect("read")
                .is_none()
        );
        tx.commit().await.expect("commit");
        assert_eq!(
            take_in(&store, &viewer, &[item(heard("old", "words", 1))], 103)
                .await
                .results,
            [IngestResult::Tombstoned]
        );
    });
}

#[test]
fn an_import_is_taken_back_and_can_come_again() {
    on_each_engine("import", |store, _| async move {
        let (_, viewer) = workspace(&store, "one").await;
        let items: Vec<IngestItem> = (0..30)
            .map(|number| item(heard(&format!("row{number}"), "words", 1)))
            .collect();
        let mut counts = Vec::new();
        for _ in 0..2 {
            let mut tx = store.begin().await.expect("begin");
            let id = import::begin(&mut tx, &viewer, "comments.csv", at(1))
                .await
                .expect("begun");
            let from = IngestFrom {
                import: Some(id),
                ..IngestFrom::default()
            };
            listen::ingest(&mut tx, &viewer, &from, &items, at(2))
                .await
                .expect("ingested");
            import::end(&mut tx, &viewer, id, 2, at(3))
                .await
                .expect("ended");
            assert_eq!(
                import::roll_back(&mut tx, &viewer, id, at(4))
                    .await
                    .expect("taken back"),
                0
            );
            let seen = import::list(&mut tx, &viewer)
                .await
                .expect("read")
                .remove(0);
            counts.push((
                seen.stored,
                seen.known,
                seen.refused,
                seen.rolled_back_at.is_some(),
            ));
            assert_eq!(
                post::count(&mut tx, &viewer, &PostFilter::default())
                    .await
                    .expect("counted"),
                0
            );
            tx.commit().await.expect("commit");
        }
        assert_eq!(counts, [(30, 0, 2, true), (30, 0, 2, true)]);
    });
}

#[test]
fn a_backup_is_whole_and_a_newer_schema_is_refused() {
    on_each_engine("backup", |store, place| async move {
        let (_, viewer) = workspace(&store, "one").await;
        take_in(&store, &viewer, &[item(heard("p", "words", 1))], 2).await;
        assert_eq!(
            admin::check(&store).await.expect("checked"),
            Vec::<String>::new()
        );
        let stats = admin::stats(&store).await.expect("read");
        assert_eq!((stats.posts, stats.indexed), (1, 1));
        let directory = tempfile::tempdir().expect("a directory");
        let copy = directory.path().join("copy.db");
        admin::backup(&store, &copy).await.expect("written");
        assert!(
            matches!(
                admin::backup(&store, &copy).await,
                Err(StoreError::Refused(_))
            ),
            "never over a file"
        );
        match &place {
            Place::File(_) => {
                let restored = Place::File(copy.clone()).open(5).await;
                let mut conn = restored.read().await.expect("read");
                assert_eq!(
                    post::count(&mut conn, &viewer, &PostFilter::default())
                        .await
                        .expect("counted"),
                    1
                );
                drop(conn);
                restored.close().await;
            }
            Place::Server(_) => {
                let text = std::fs::read_to_string(&copy).expect("readable");
                assert_eq!(
                    text.lines()
                        .filter(|line| line.starts_with("{\"table\":\"post\","))
                        .count(),
                    1
                );
            }
        }
        tamper(
            &place,
            "INSERT INTO schema_step (step, name) VALUES (999, 'later')",
        )
        .await;
        let newer = place.try_open(6).await;
        assert!(
            matches!(&newer, Err(StoreError::Refused(why)) if why.contains("newer version")),
            "{newer:?}"
        );
    });
}

#[test]
fn what_cannot_be_read_is_kept_once_however_often_a_channel_brings_it() {
    on_each_engine("broken", |store, _| async move {
        let (_, viewer) = workspace(&store, "one").await;
        let item = |channel: Option<i64>, bytes: &[u8]| import::BrokenItem {
            id: 0,
            channel: channel.map(Into::into),
            import: None,
            place: "entry 3".to_owned(),
            reason: "expected a date".to_owned(),
            bytes: bytes.to_vec(),
            at: at(1),
        };
        let mut tx = store.begin().await.expect("begin");
        for one in [
            item(Some(7), b"half an entry"),
            item(Some(7), b"half an entry"),
            item(Some(7), b"\xff\xfe"),
            item(Some(7), b"\xff\xfe"),
            item(Some(8), b"half an entry"),
            item(None, b"row 3"),
            item(None, b"row 3"),
        ] {
            import::keep_broken(&mut tx, &viewer, &one, at(1))
                .await
                .expect("kept");
        }
        let kept = import::broken(&mut tx, &viewer, 10).await.expect("read");
        assert_eq!(kept.len(), 5, "the rows of a file are each a row");
        let again = kept.iter().find(|one| one.channel == Some(8.into()));
        let id = again.expect("kept").id;
        import::settle_broken(&mut tx, &viewer, id, at(2))
            .await
            .expect("settled");
        import::keep_broken(&mut tx, &viewer, &item(Some(8), b"half an entry"), at(3))
            .await
            .expect("kept");
        assert_eq!(
            import::broken(&mut tx, &viewer, 10)
                .await
                .expect("read")
                .len(),
            5,
            "settled, and come again"
        );
        retention::purge(&mut tx, &viewer, at(4), at(0), at(9))
            .await
            .expect("purged");
        assert_eq!(
            import::broken(&mut tx, &viewer, 10)
                .await
                .expect("read")
                .len(),
            0,
            "no longer than what came in is kept"
        );
        tx.commit().await.expect("commit");
    });
}
