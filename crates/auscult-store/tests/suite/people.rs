//! Who works here: the first run, members, sessions, invitations.

use auscult_model::ids::UserId;
use auscult_model::member::{Duty, Role};
use auscult_store::user::NewUser;
use auscult_store::{Store, StoreError, instance, member, session, token, user};

use crate::engines::{at, on_each_engine, workspace};

pub(crate) async fn person(store: &Store, name: &str) -> UserId {
    let mut tx = store.begin().await.expect("begin");
    let new = NewUser {
        email: format!("{name}@example.org"),
        name: name.to_owned(),
        password_hash: None,
    };
    let id = user::add(&mut tx, &new, at(1)).await.expect("added");
    tx.commit().await.expect("commit");
    id
}

#[test]
fn the_first_run_is_closed_once() {
    on_each_engine("first_run", |store, _| async move {
        let (ada, bela) = (person(&store, "Ada").await, person(&store, "Bela").await);
        let mut tx = store.begin().await.expect("begin");
        instance::ensure(&mut tx, "Invented Health", at(0))
            .await
            .expect("made");
        instance::close_first_run(&mut tx, ada)
            .await
            .expect("first");
        let second = instance::close_first_run(&mut tx, bela).await;
        assert!(matches!(second, Err(StoreError::Conflict(_))), "{second:?}");
        tx.commit().await.expect("commit");
        let seen = instance::get(&mut store.read().await.expect("read"))
            .await
            .expect("got")
            .expect("there");
        assert_eq!(seen.first_admin, Some(ada));
    });
}

#[test]
fn the_last_owner_stays() {
    on_each_engine("last_owner", |store, _| async move {
        let (id, viewer) = workspace(&store, "one").await;
        let (ada, bela) = (person(&store, "Ada").await, person(&store, "Bela").await);
        let mut tx = store.begin().await.expect("begin");
        let owner = member::add(&mut tx, id, ada, Role::Owner, at(2))
            .await
            .expect("added");
        assert!(matches!(
            member::set_role(&mut tx, &viewer, owner, Role::Viewer).await,
            Err(StoreError::Refused(_))
        ));
        assert!(matches!(
            member::set_disabled(&mut tx, &viewer, owner, true).await,
            Err(StoreError::Refused(_))
        ));
        let other = member::add(&mut tx, id, bela, Role::Responder, at(3))
            .await
            .expect("added");
        member::set_role(&mut tx, &viewer, other, Role::Owner)
            .await
            .expect("set");
        member::set_role(&mut tx, &viewer, owner, Role::Viewer)
            .await
            .expect("now it may");
        member::set_duties(&mut tx, &viewer, owner, &[Duty::Safety])
            .await
            .expect("set");
        let team = member::add_team(&mut tx, &viewer, "Press", at(4))
            .await
            .expect("made");
        member::set_teams(&mut tx, &viewer, owner, &[team])
            .await
            .expect("set");
        tx.commit().await.expect("commit");
        let read = member::get(&mut store.read().await.expect("read"), &viewer, owner)
            .await
            .expect("got");
        assert_eq!(
            (read.role, read.duties, read.teams),
            (Role::Viewer, vec![Duty::Safety], vec![team])
        );
    });
}

#[test]
fn a_disabled_user_has_no_session() {
    on_each_engine("sessions", |store, _| async move {
        let ada = person(&store, "Ada").await;
        let mut tx = store.begin().await.expect("begin");
        let new = session::NewSession {
            secret_hash: vec![1, 2, 3],
            user: ada,
            workspace: None,
            idle_until: at(1_000),
            ends_at: at(9_000),
            device: "Firefox\0".to_owned(),
        };
        session::add(&mut tx, &new, at(2)).await.expect("added");
        let found = session::by_secret(&mut tx, &[1, 2, 3], at(3))
            .await
            .expect("read")
            .expect("there");
        assert_eq!(found.device, "Firefox", "U+0000 stays outside");
        assert!(
            session::by_secret(&mut tx, &[1, 2, 3], at(1_001))
                .await
                .expect("read")
                .is_none(),
            "idle"
        );
        user::set_disabled(&mut tx, ada, true).await.expect("set");
        assert!(
            session::by_secret(&mut tx, &[1, 2, 3], at(3))
                .await
                .expect("read")
                .is_none()
        );
    });
}

#[test]
fn an_invitation_is_used_once() {
    on_each_engine("invitations", |store, _| async move {
        let (_, viewer) = workspace(&store, "one").await;
        let (ada, bela) = (person(&store, "Ada").await, person(&store, "Bela").await);
        let mut tx = store.begin().await.expect("begin");
        let new = token::NewInvitation {
            secret_hash: vec![7],
            email: "ada@example.org".to_owned(),
            role: Role::Approver,
            duties: vec![Duty::Risk],
            expires_at: at(5_000),
        };
        token::invite(&mut tx, &viewer, &new, at(1))
            .await
            .expect("stored");
        let open = token::invitation_by_secret(&mut tx, &[7], at(2))
            .await
            .expect("read")
            .expect("open");
        token::accept(&mut tx, &open, ada, at(2))
            .await
            .expect("accepted");
        let again = token::accept(&mut tx, &open, bela, at(2)).await;
        assert!(matches!(again, Err(StoreError::Conflict(_))), "{again:?}");
    });
}
