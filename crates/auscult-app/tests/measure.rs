//! Measures of a tiny history, against numbers counted by hand.
#![cfg(test)]

mod support;

use auscult_app::channels::TextRule;
use auscult_app::listen::take;
use auscult_app::measure::{self, Measures};
use auscult_connect::contract::{Inbound, InboundPost};
use auscult_model::inbox::Reach;
use auscult_model::listen::{IngestFrom, IngestItem, NewPost, Route, RouteTo};
use auscult_model::measure::{Estimate, MeasureState, wilson};
use auscult_model::member::{Role, Viewer};
use auscult_model::post::{Author, Parent, Post, PostKind};
use auscult_model::workspace::{OpenHours, WorkspaceSettings};
use auscult_store::listen;
use jiff::{SignedDuration, Timestamp};

use support::{House, at};

/// Fourteen people write on a Monday at ten; ten get an answer after an hour, and six of these write again an hour later.
const MONDAY: &str = "2026-11-02T10:00:00Z";

fn post(person: usize, place: usize, when: Timestamp) -> InboundPost {
    let ours = place == 1;
    let root = format!("thread-{person}");
    let handle = if ours { "sttest".to_owned() } else { format!("person{person}") };
    let text = match place {
        0 => "When does the clinic open?",
        1 => "It opens at nine.",
        _ => "Thank you!",
    };
    let post = Post {
        id: if place == 0 { root.clone() } else { format!("{root}/{place}") },
        source: Some("bluesky".to_owned()),
        kind: Some(if place == 0 { PostKind::Post } else { PostKind::Reply }),
        text: Some(text.to_owned()),
        author: Some(Author { handle: Some(handle), ..Author::default() }),
        lang: Some("en".to_owned()),
        created_at: Some(when.to_string()),
        parent: (place > 0).then(|| Parent { id: Some(root.clone()), ..Parent::default() }),
        ..Post::default()
    };
    InboundPost { post, posted_at: Some(when), thread_root: root, private: !ours, addressed_to_us: !ours, ..InboundPost::default() }
}

async fn house(people: usize, answered: usize, returned: usize) -> House {
    let hours = (1..=5).map(|weekday| OpenHours { weekday, from: "09:00".to_owned(), to: "17:00".to_owned() }).collect();
    let settings = WorkspaceSettings { time_zone: "UTC".to_owned(), hours, ..WorkspaceSettings::default() };
    let house = House::new("2026-11-20T12:00:00Z", settings).await;
    let channel = house.channel("bluesky", TextRule::Free).await;
    let start = at(MONDAY);
    for (place, count) in [people, answered, returned].into_iter().enumerate() {
        let when = start + SignedDuration::from_hours(i64::try_from(place).unwrap());
        let items = (0..count).map(|person| Inbound::Post(Box::new(post(person, place, when)))).collect();
        let from = IngestFrom { channel: Some(channel), ..IngestFrom::default() };
        take(&house.app, house.workspace, from, items).await.unwrap();
    }
    house
}

async fn measures(house: &House) -> Measures {
    let viewer = house.member("maeve", Role::Owner).await;
    measure::compute(&house.app, &viewer, at("2026-11-02T00:00:00Z"), at("2026-11-09T00:00:00Z")).await.unwrap()
}

fn of<'m>(measures: &'m Measures, id: &str) -> &'m Estimate {
    measures.get(id).unwrap_or_else(|| panic!("{id} is missing"))
}

fn counted(estimate: &Estimate) -> (Option<f64>, Option<f64>) {
    (estimate.numerator, estimate.denominator)
}

#[tokio::test]
async fn figures_equal_what_is_counted_by_hand() {
    let house = house(14, 10, 6).await;
    let found = measures(&house).await;
    for id in ["av.answered", "av.answered_all", "en.reciprocity"] {
        let estimate = of(&found, id);
        let expected = wilson(10, 14);
        assert_eq!((estimate.value, estimate.low, estimate.high), (Some(expected.value), Some(expected.low), Some(expected.high)), "{id}");
        assert_eq!(counted(estimate), (Some(10.0), Some(14.0)), "{id}");
    }
    assert_eq!(counted(of(&found, "en.two_way")), (Some(6.0), Some(14.0)));
    assert_eq!(counted(of(&found, "en.returned")), (Some(6.0), Some(10.0)));
    assert_eq!(of(&found, "en.qc").value, Some(6.0));
    // Six threads changed sides twice, four once.
    assert_eq!(of(&found, "en.turn_depth.p50").value, Some(2.0));
    // Ten of fourteen were answered after sixty minutes: half is reached there, nine tenths never.
    let half = of(&found, "av.first_reply_clock.p50");
    assert_eq!((half.value, half.n), (Some(60.0), 14));
    let most = of(&found, "av.first_reply_clock.p90");
    assert_eq!((most.value, most.state), (None, MeasureState::NotYet));
    assert_eq!(of(&found, "av.first_reply_staffed.p50").value, Some(60.0));
    // Five days of eight hours.
    let covered = of(&found, "av.coverage").value.unwrap();
    assert!((covered - 40.0 / 168.0).abs() < 1e-9, "{covered}");
    assert_eq!(counted(of(&found, "av.coverage_demand")), (Some(14.0), Some(14.0)));
    // Since Monday the second, ten o'clock: eighteen days and two hours.
    assert_eq!(of(&found, "av.oldest_open").value, Some((18.0 * 24.0 + 2.0) * 60.0));
    assert_eq!(counted(of(&found, "qa.outsider_share")), (Some(20.0), Some(20.0)));
}

#[tokio::test]
async fn few_people_are_hidden_and_few_items_say_nothing() {
    let house = house(4, 3, 2).await;
    let found = measures(&house).await;
    for id in ["en.reciprocity", "en.returned", "qa.outsider_share"] {
        let estimate = of(&found, id);
        assert_eq!(estimate.state, MeasureState::Hidden, "{id}");
        assert_eq!((estimate.value, estimate.numerator, estimate.denominator, estimate.n), (None, None, None, 0), "{id}");
    }
    assert_eq!((of(&found, "av.answered").state, of(&found, "av.answered").value), (MeasureState::NotYet, None));
    assert_eq!(of(&found, "av.first_reply_clock.p50").state, MeasureState::NotYet);
}

/// A post of somebody at risk, on the safety desk.
fn crisis(when: Timestamp) -> IngestItem {
    let heard = post(99, 0, when);
    let route = RouteTo { reach: Reach::Public, needs_answer: true, urgency: 3, due_at: Some(when), team: None, restricted: true };
    IngestItem::Post(Box::new(NewPost {
        post: heard.post,
        posted_at: when,
        version_at: when,
        thread_root: heard.thread_root,
        restricted: true,
        route: Route::Conversation(route),
        ..NewPost::default()
    }))
}

#[tokio::test]
async fn crisis_rows_stay_out_whoever_looks() {
    let house = house(14, 10, 6).await;
    let before = measures(&house).await;
    let system = Viewer::system(house.workspace);
    let item = crisis(at(MONDAY));
    let mut tx = house.app.begin().await.unwrap();
    let outcome = listen::ingest(&mut tx, &system, &IngestFrom::default(), &[item], house.app.now()).await.unwrap();
    house.app.commit(tx).await.unwrap();
    assert_eq!(outcome.opened.len(), 1);
    let after = measure::compute(&house.app, &system, before.from, before.to).await.unwrap();
    assert_eq!(before.estimates, after.estimates);
}

#[tokio::test]
async fn the_answer_has_the_form_of_the_command_line() {
    let house = house(14, 10, 6).await;
    let json = serde_json::to_value(measures(&house).await).unwrap();
    let first = json["measures"].as_array().unwrap().iter().find(|measure| measure["id"] == "av.answered").unwrap();
    for field in ["value", "low", "high", "numerator", "denominator", "n", "estimator", "state"] {
        assert!(first.get(field).is_some(), "{field} is missing: {first}");
    }
    assert_eq!(first["state"], "ok");
}
