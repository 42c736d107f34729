//! The plan through its use cases: counted, guarded, approved by somebody else, and sent once.
#![cfg(test)]

mod support;

use auscult_app::answer;
use auscult_app::channels::TextRule;
use auscult_app::error::AppError;
use auscult_app::plan::piece::{self, Written};
use auscult_app::plan::schedule;
use auscult_model::approval::{ApprovalState, ApprovalWord};
use auscult_model::delivery::DeliveryState;
use auscult_model::ids::{ChannelId, PieceId};
use auscult_model::member::{Role, Viewer};
use auscult_model::plan::PieceState;
use auscult_model::workspace::{AnswerPolicy, WorkspaceSettings};
use auscult_store::outbox;
use jiff::civil::date;

use support::{House, at};

const NOW: &str = "2026-11-23T09:00:00Z";
const WORDS: &str = "Flu clinics at Glenmore run Saturday mornings in November.";

fn settings(second: bool) -> WorkspaceSettings {
    let answers = AnswerPolicy { second_member_always: second, ..AnswerPolicy::default() };
    WorkspaceSettings { time_zone: "Europe/Dublin".to_owned(), locale: "en".to_owned(), answers, ..WorkspaceSettings::default() }
}

async fn channels(house: &House) -> [ChannelId; 2] {
    let sky = house.channel("bluesky", TextRule::Graphemes { max: 300, max_bytes: 3_000 }).await;
    let fedi = house.channel("mastodon", TextRule::Mastodon { max: 500, url: 23 }).await;
    [sky, fedi]
}

fn written(channels: &[ChannelId], text: &str) -> Written {
    Written {
        title: "Flu clinics".to_owned(),
        stance: "health_how_to".to_owned(),
        variants: channels.iter().map(|id| (*id, text.to_owned())).collect(),
        ..Written::default()
    }
}

async fn text_of(house: &House, viewer: &Viewer, id: PieceId, channels: &[ChannelId], text: &str) -> Result<PieceId, AppError> {
    let version = piece::open(&house.app, viewer, id).await.expect("the piece").piece.version;
    let changed = Written { piece: Some((id, version)), ..written(channels, text) };
    piece::save(&house.app, viewer, &changed).await
}

#[tokio::test]
async fn each_network_counts_by_its_own_rule() {
    let house = House::new(NOW, settings(false)).await;
    let [sky, fedi] = channels(&house).await;
    let author = house.member("orla", Role::Responder).await;
    let text = "Times: https://stbrigids.example/a/very/long/address/of/a/page/about/flu";
    let on_sky = piece::check(&house.app, &author, sky, text).await.unwrap();
    let on_fedi = piece::check(&house.app, &author, fedi, text).await.unwrap();
    assert_eq!(on_sky.count.to_string(), format!("{} of 300", text.len()));
    assert_eq!(on_fedi.count.to_string(), "30 of 500");
    let long = "a".repeat(301);
    let over = piece::check(&house.app, &author, sky, &long).await.unwrap();
    assert_eq!((over.count.left(), over.problems.len()), (-1, 1));
    assert!(piece::check(&house.app, &author, fedi, &long).await.unwrap().problems.is_empty());
}

#[tokio::test]
async fn a_due_sending_goes_into_the_outbox_once_whoever_looks() {
    let house = House::new(NOW, settings(false)).await;
    let both = channels(&house).await;
    let author = house.member("orla", Role::Responder).await;
    let id = piece::save(&house.app, &author, &written(&both, WORDS)).await.unwrap();
    let planned = schedule::schedule(&house.app, &author, id, "2026-11-24T14:00").await.unwrap();
    assert_eq!((planned.at, planned.asked.len()), (at("2026-11-24T14:00:00Z"), 0));
    let twin = house.twin().await;
    assert_eq!(schedule::enqueue_due(&house.app).await.unwrap(), 0, "not due yet");

    house.clock.set(at("2026-11-24T13:59:30Z"));
    let (one, other) = tokio::join!(schedule::enqueue_due(&house.app), schedule::enqueue_due(&twin));
    assert_eq!(one.unwrap() + other.unwrap(), 2, "one delivery for each channel");
    assert_eq!(schedule::enqueue_due(&twin).await.unwrap(), 0);
    let mut conn = house.app.read().await.unwrap();
    for sending in schedule::calendar(&house.app, &author, date(2026, 11, 24), date(2026, 11, 25)).await.unwrap() {
        let deliveries = outbox::of_occurrence(&mut conn, &author, sending.id).await.unwrap();
        assert_eq!(deliveries.len(), 1);
        assert_eq!((deliveries[0].state, deliveries[0].eligible_at), (DeliveryState::Planned, planned.at));
        assert!(deliveries[0].payload.contains(WORDS));
        assert_eq!(sending.delivery, Some(deliveries[0].id));
    }
    let frozen = text_of(&house, &author, id, &both, "Something else.").await;
    assert!(matches!(frozen, Err(AppError::Conflict(_))), "{frozen:?}");
}

#[tokio::test]
async fn nobody_approves_their_own_words_and_nothing_leaves_before() {
    let house = House::new(NOW, settings(true)).await;
    let [sky, _] = channels(&house).await;
    let author = house.member("tomas", Role::Approver).await;
    let second = house.member("maeve", Role::Manager).await;
    let id = piece::save(&house.app, &author, &written(&[sky], WORDS)).await.unwrap();
    let planned = schedule::schedule(&house.app, &author, id, "2026-11-23T10:00").await.unwrap();
    assert_eq!(planned.asked.len(), 1);
    house.clock.set(at("2026-11-23T10:00:10Z"));
    assert_eq!(schedule::enqueue_due(&house.app).await.unwrap(), 0, "not approved");

    let asked = answer::waiting(&house.app, &second).await.unwrap().remove(0).approval;
    let own = answer::decide(&house.app, &author, asked.id, &asked.text_hash, ApprovalWord::Approve, "").await;
    assert!(own.is_err(), "the author approved");
    answer::decide(&house.app, &second, asked.id, &asked.text_hash, ApprovalWord::Approve, "").await.unwrap();
    let opened = piece::open(&house.app, &author, id).await.unwrap();
    assert_eq!((opened.piece.state, opened.drafts[0].approved), (PieceState::Ready, true));
    assert_eq!(schedule::enqueue_due(&house.app).await.unwrap(), 1);
}

#[tokio::test]
async fn changed_words_void_their_approval() {
    let house = House::new(NOW, settings(true)).await;
    let [sky, _] = channels(&house).await;
    let author = house.member("orla", Role::Responder).await;
    let second = house.member("maeve", Role::Manager).await;
    let id = piece::save(&house.app, &author, &written(&[sky], WORDS)).await.unwrap();
    let asked = piece::ask(&house.app, &author, id).await.unwrap();
    let waiting = answer::waiting(&house.app, &second).await.unwrap().remove(0).approval;
    assert_eq!(waiting.id, asked[0]);
    answer::decide(&house.app, &second, waiting.id, &waiting.text_hash, ApprovalWord::Approve, "").await.unwrap();
    text_of(&house, &author, id, &[sky], "Flu clinics at Glenmore run Sunday mornings.").await.unwrap();
    let opened = piece::open(&house.app, &author, id).await.unwrap();
    assert!(!opened.drafts[0].approved);
    assert_eq!(opened.drafts[0].approvals[0].state, ApprovalState::Replaced);
    let late = answer::decide(&house.app, &second, waiting.id, &waiting.text_hash, ApprovalWord::Approve, "").await;
    assert!(late.is_err(), "an approval of words that are gone");
}

#[tokio::test]
async fn wall_times_follow_the_zone() {
    let zone = "Europe/Dublin";
    assert_eq!(schedule::instant(zone, "2026-07-01T09:00").unwrap(), at("2026-07-01T08:00:00Z"));
    assert_eq!(schedule::instant(zone, "2027-03-28T01:30").unwrap(), at("2027-03-28T01:00:00Z"), "the first instant after the gap");
    assert_eq!(schedule::instant(zone, "2026-10-25T01:30").unwrap(), at("2026-10-25T00:30:00Z"), "the first of the two");
    assert!(schedule::instant(zone, "tomorrow").is_err());
}

#[tokio::test]
async fn a_sending_is_moved_and_taken_out() {
    let house = House::new(NOW, settings(false)).await;
    let [sky, _] = channels(&house).await;
    let author = house.member("orla", Role::Responder).await;
    let id = piece::save(&house.app, &author, &written(&[sky], WORDS)).await.unwrap();
    assert!(schedule::schedule(&house.app, &author, id, "2026-11-22T14:00").await.is_err(), "a time that is over");
    let first = schedule::schedule(&house.app, &author, id, "2026-11-24T14:00").await.unwrap();
    let moved = schedule::schedule(&house.app, &author, id, "2026-11-25T14:00").await.unwrap();
    assert_eq!(first.occurrences, moved.occurrences);
    let days = schedule::calendar(&house.app, &author, date(2026, 11, 23), date(2026, 11, 30)).await.unwrap();
    assert_eq!(days.iter().map(|sending| sending.at).collect::<Vec<_>>(), [at("2026-11-25T14:00:00Z")]);
    schedule::cancel(&house.app, &author, days[0].id, days[0].version).await.unwrap();
    house.clock.set(at("2026-11-25T14:00:00Z"));
    assert_eq!(schedule::enqueue_due(&house.app).await.unwrap(), 0);
}
