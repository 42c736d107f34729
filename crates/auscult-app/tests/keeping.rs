//! How long things are kept: what the settings say is what is done.
#![cfg(test)]

#[expect(dead_code, reason = "other tests use more of it")]
mod support;

use auscult_app::app::App;
use auscult_app::listen::take;
use auscult_app::system;
use auscult_connect::contract::{Inbound, InboundPost};
use auscult_model::ids::ImportId;
use auscult_model::listen::IngestFrom;
use auscult_model::member::Viewer;
use auscult_model::post::Post;
use auscult_model::search::{PostFilter, Terms};
use auscult_model::workspace::WorkspaceSettings;
use auscult_store::import::{BrokenItem, Import};
use auscult_store::{import, post, search};
use jiff::SignedDuration;

use support::{House, at};

#[tokio::test]
async fn what_is_older_than_the_settings_say_is_let_go() {
    let house = House::new("2026-11-02T10:00:00Z", WorkspaceSettings::default()).await;
    let viewer = Viewer::system(house.workspace);
    let heard = InboundPost {
        post: Post {
            id: "one".to_owned(),
            source: Some("feed".to_owned()),
            text: Some("When does the clinic open?".to_owned()),
            created_at: Some("2026-11-02T09:00:00Z".to_owned()),
            ..Post::default()
        },
        ..InboundPost::default()
    };
    let broken = Inbound::Broken {
        place: "entry 2".to_owned(),
        reason: "expected a date".to_owned(),
        raw: b"half an entry".to_vec(),
    };
    let items = vec![Inbound::Post(Box::new(heard)), broken];
    take(&house.app, house.workspace, IngestFrom::default(), items)
        .await
        .expect("taken in");
    let left = async |days: i64| {
        house
            .clock
            .set(at("2026-11-02T10:00:00Z") + SignedDuration::from_hours(24 * days));
        system::clean(&house.app).await.expect("cleaned");
        let mut conn = house.app.read().await.expect("a connection");
        let unread = import::broken(&mut conn, &viewer, 10).await.expect("read");
        let posts = post::count(&mut conn, &viewer, &PostFilter::default())
            .await
            .expect("counted");
        (unread.len(), posts)
    };
    assert_eq!(left(29).await, (1, 1), "everything is kept for its time");
    assert_eq!(left(31).await, (0, 1), "what came in goes first");
    assert_eq!(left(731).await, (0, 0), "then the words");
}

#[tokio::test]
async fn an_import_whose_process_is_gone_is_ended_and_says_so() {
    let house = House::new("2026-11-02T10:00:00Z", WorkspaceSettings::default()).await;
    let viewer = Viewer::system(house.workspace);
    let mut tx = house.app.begin().await.expect("a transaction");
    let id = import::begin(&mut tx, &viewer, "comments.csv", house.app.now())
        .await
        .expect("begun");
    house.app.commit(tx).await.expect("kept");
    let after = async |hours: i64| {
        house
            .clock
            .set(at("2026-11-02T10:00:00Z") + SignedDuration::from_hours(hours));
        system::clean(&house.app).await.expect("cleaned");
        import_of(&house, &viewer, id).await
    };
    let (going, rows) = after(11).await;
    assert!(going.ended_at.is_none() && rows.is_empty());
    let (ended, rows) = after(13).await;
    assert!(ended.ended_at.is_some());
    assert_eq!((ended.refused, rows.len()), (1, 1));
    assert!(rows[0].reason.contains("Import the file again"), "{rows:?}");
}

async fn import_of(house: &House, viewer: &Viewer, id: ImportId) -> (Import, Vec<BrokenItem>) {
    auscult_app::listen::import::get(&house.app, viewer, id)
        .await
        .expect("found")
}

#[tokio::test]
async fn what_is_said_again_joins_the_first_also_after_a_restart() {
    const WORDS: &str = "I waited four hours in the emergency room with my mother, and nobody at the desk could tell us why it took so long.";
    let house = House::new("2026-11-02T10:00:00Z", WorkspaceSettings::default()).await;
    let viewer = Viewer::system(house.workspace);
    let said = |source: &str, id: &str, text: &str| {
        Inbound::Post(Box::new(InboundPost {
            post: Post {
                id: id.to_owned(),
                source: Some(source.to_owned()),
                text: Some(text.to_owned()),
                created_at: Some("2026-11-02T09:00:00Z".to_owned()),
                ..Post::default()
            },
            ..InboundPost::default()
        }))
    };
    let hear = async |app: &App, items| {
        take(app, house.workspace, IngestFrom::default(), items)
            .await
            .expect("taken in");
    };
    let clusters = async |app: &App| {
        let mut conn = app.read().await.expect("a connection");
        let filter = PostFilter {
            cluster: Some("google 1".to_owned()),
            ..PostFilter::default()
        };
        let found = search::posts(&mut conn, &viewer, (&Terms::Any, &filter), None, 10)
            .await
            .expect("found");
        let mut ids: Vec<String> = found.into_iter().map(|post| post.post.id).collect();
        ids.sort_unstable();
        ids
    };
    let items = vec![
        said("google", "1", WORDS),
        said("yelp", "2", &WORDS.to_uppercase()),
        said("yelp", "3", "Lovely garden, and the coffee is good."),
    ];
    hear(&house.app, items).await;
    // The same post again is no second post.
    hear(&house.app, vec![said("google", "1", WORDS)]).await;
    assert_eq!(clusters(&house.app).await, ["1", "2"]);
    let again = house.twin().await;
    hear(
        &again,
        vec![said("facebook", "4", &format!("{WORDS} Shame."))],
    )
    .await;
    assert_eq!(clusters(&again).await, ["1", "2", "4"]);
    // The first process hears of what the second one stored.
    hear(&house.app, vec![said("x", "5", &format!("{WORDS} Shame."))]).await;
    assert_eq!(clusters(&house.app).await, ["1", "2", "4", "5"]);
}
