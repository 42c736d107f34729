//! The presence audit: what people already say, with how sure that is.

use auscult_app::archive;
use auscult_app::channels::{self, ChannelState};
use auscult_app::presence::{self, Presence};
use auscult_model::measure::wilson;
use axum::Router;
use axum::extract::State;
use axum::response::{Redirect, Response};
use axum::routing::{get, post};

use crate::charts::Diverging;
use crate::error::PageError;
use crate::pages::words::{bare, network, plain};
use crate::pages::{Signed, Site};
use crate::render::page;
use crate::said::Said;
use crate::ui::{Empty, State as Shown, Tone, network_icon};
use crate::view::listen::{NetworkLine, PresencePage, TopicLine};
use crate::view::shell::Place;

/// Days the audit looks back.
const DAYS: u32 = 365;

/// The routes of this capability.
pub fn routes() -> Router<Site> {
    Router::new()
        .route("/presence", get(show))
        .route("/listen/presence", get(async |_: Signed| Redirect::to("/presence")))
        .route("/presence/again", post(async |_: Signed| Redirect::to("/presence")))
}

async fn show(State(site): State<Site>, signed: Signed) -> Result<Response, PageError> {
    let viewer = signed.viewer();
    let reader = &signed.visit.reader;
    let offset = i64::from(reader.zone.to_offset(reader.now).seconds()) * 1_000;
    let audit = presence::audit(&site.app, viewer, DAYS, offset).await?;
    let heard = presence::heard(&site.app, viewer).await?;
    let topics = presence::topic_shares(&site.app, viewer, &audit, 12).await?;
    let states = channels::list(&site.app, viewer).await?;
    let posts = audit.read_first.iter().chain(&audit.questions);
    let numbers = archive::numbers(&site.app, viewer, posts).await?;
    let lang = reader.locale.tag();
    let none = Empty {
        icon: "presence",
        title: Said::key("presence-none"),
        why: Said::key("presence-none-why"),
        next: Some(("/listen".to_owned(), Said::key("presence-none-do"))),
    };
    let view = PresencePage {
        shell: signed.shell(Place::Presence),
        lede: Said::key("presence-lede").with("n", audit.posts).with("sources", audit.sources.len()).with("answerable", heard.answerable),
        made: Some(audit.to),
        short: short(&audit),
        networks: networks(&audit, &states),
        topics: topics.iter().map(topic).collect(),
        quotes: audit.read_first.iter().map(|post| bare(post, &numbers, lang)).collect(),
        questions: audit.questions.iter().map(|post| bare(post, &numbers, lang)).collect(),
        places: Vec::new(),
        clinicians: Vec::new(),
        empty: (audit.posts == 0).then_some(none),
    };
    page(reader, &view)
}

/// A share in words with its interval.
fn share(part: i64, whole: i64) -> Said {
    let number = |count: i64| u64::try_from(count).unwrap_or(0);
    if whole <= 0 {
        return Said::key("figure-none");
    }
    let interval = wilson(number(part), number(whole));
    let percent = |value: f64| format!("{:.0}", value * 100.0);
    Said::key("share-interval")
        .with("share", percent(interval.value))
        .with("low", percent(interval.low))
        .with("high", percent(interval.high))
        .with("n", whole)
}

fn short(audit: &Presence) -> Vec<(Said, Said)> {
    let count = |value: &str| audit.sentiments.iter().find(|row| row.value == value).map_or(0, |row| row.posts);
    let asks = audit.intents.iter().filter(|row| matches!(row.value.as_str(), "question" | "seeking_recommendation")).map(|row| row.posts).sum();
    vec![
        (Said::key("short-good"), share(count("positive"), audit.posts)),
        (Said::key("short-hard"), share(count("negative"), audit.posts)),
        (Said::key("short-asks"), share(asks, audit.posts)),
    ]
}

fn networks(audit: &Presence, states: &[ChannelState]) -> Vec<NetworkLine> {
    let line = |row: &auscult_app::presence::PostCount| {
        let ours = states.iter().find(|state| state.channel.network == row.value);
        let answers = ours.is_some_and(|state| state.capabilities.reply);
        let owned = match (ours, answers) {
            (Some(_), true) => Shown { tone: Tone::Ok, text: Said::key("owned-answers") },
            (Some(_), false) => Shown { tone: Tone::Plain, text: Said::key("owned-hears") },
            (None, _) => Shown { tone: Tone::Warn, text: Said::key("owned-not") },
        };
        NetworkLine {
            icon: network_icon(&row.value),
            name: network(&row.value),
            found: ours.and_then(|state| state.channel.handle.clone()).unwrap_or_default(),
            owned,
            mentions: row.posts,
            share: share(row.posts, audit.posts),
            next: ours.is_none().then(|| ("/settings/channels".to_owned(), Said::key("channels-connect"))),
        }
    };
    audit.sources.iter().map(line).collect()
}

fn topic(row: &presence::TopicShare) -> TopicLine {
    let share = |part: i64| part as f64 / row.posts.max(1) as f64;
    let (hard, good) = (share(row.hard), share(row.good));
    TopicLine {
        name: Said::plain(plain(&row.topic)),
        shares: Diverging { hard, good },
        hard: format!("{:.0} %", hard * 100.0),
        good: format!("{:.0} %", good * 100.0),
        mentions: row.posts,
    }
}
