//! The calendar by week and month, with drafts below it and the questions people ask.

use std::collections::BTreeMap;

use auscult_app::plan::ideas::{self, Idea as Asked};
use auscult_app::plan::{about_us, piece, schedule};
use auscult_model::delivery::DeliveryState;
use auscult_model::ids::PieceId;
use auscult_model::plan::{Occurrence, Piece, PieceState};
use axum::extract::{Query, State};
use axum::response::Response;
use jiff::ToSpan;
use jiff::civil::Date;
use serde::Deserialize;

use crate::charts::{Body, Chart, DataTable, ShareBar, Strip, StripRow};
use crate::error::PageError;
use crate::pages::{Signed, Site};
use crate::render;
use crate::said::Said;
use crate::time;
use crate::ui::{Badge, Tone, network_icon};
use crate::view::plan::{Idea, PieceCard, PlanDay, PlanPage};
use crate::view::shell::Place;

/// What is looked at.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Look {
    view: String,
    from: String,
}

/// The days shown, and where the arrows lead.
struct Span {
    month: bool,
    chosen: Date,
    first: Date,
    end: Date,
}

impl Span {
    fn of(look: &Look, today: Date) -> Self {
        let month = look.view == "month";
        let day = look.from.parse::<Date>().unwrap_or(today);
        if !month {
            let first = monday(day);
            return Self { month, chosen: first, first, end: first.saturating_add(7.days()) };
        }
        let chosen = day.first_of_month();
        let end = monday(day.last_of_month()).saturating_add(7.days());
        Self { month, chosen, first: monday(chosen), end }
    }

    fn path(&self, from: Date) -> String {
        format!("/plan?view={}&from={from}", if self.month { "month" } else { "week" })
    }

    fn moves(&self) -> (String, String, String) {
        let step = if self.month { 1.month() } else { 7.days() };
        let now = if self.month { "/plan?view=month" } else { "/plan" };
        (self.path(self.chosen.saturating_sub(step)), now.to_owned(), self.path(self.chosen.saturating_add(step)))
    }
}

fn monday(day: Date) -> Date {
    day.saturating_sub(i64::from(day.weekday().to_monday_zero_offset()).days())
}

pub(super) async fn page(State(site): State<Site>, signed: Signed, Query(look): Query<Look>) -> Result<Response, PageError> {
    let (app, viewer) = (&site.app, signed.viewer());
    let reader = &signed.visit.reader;
    let today = reader.zone.to_datetime(reader.now).date();
    let span = Span::of(&look, today);
    let sendings = schedule::calendar(app, viewer, span.first, span.end).await?;
    let pieces: BTreeMap<PieceId, Piece> = piece::list(app, viewer).await?.into_iter().map(|piece| (piece.id, piece)).collect();
    let title = if span.month {
        let month = reader.locale.text(time::month_key(span.chosen), &[]);
        Said::key("plan-month-of").with("month", month).with("year", span.chosen.year().to_string())
    } else {
        Said::key("plan-week-of").with("day", time::date(&reader.locale, today, span.first))
    };
    let view = PlanPage {
        shell: signed.shell(Place::Plan),
        title,
        lede: Said::key("plan-lede").with("n", sendings.len()),
        month: span.month,
        moves: span.moves(),
        other: format!("/plan?view={}&from={}", if span.month { "week" } else { "month" }, span.chosen),
        days: days(&signed, &span, today, (&sendings, &pieces)),
        mix: mix(&sendings, &pieces),
        cadence: cadence(&signed, &span, &sendings),
        ideas: ideas::list(app, viewer).await?.into_iter().map(idea).collect(),
        drafts: drafts(&pieces),
        held: schedule::held(app, viewer).await?,
    };
    render::page(reader, &view)
}

fn days(signed: &Signed, span: &Span, today: Date, (sendings, pieces): (&[Occurrence], &BTreeMap<PieceId, Piece>)) -> Vec<PlanDay> {
    let zone = &signed.visit.reader.zone;
    let mut days = Vec::new();
    let mut day = span.first;
    while day < span.end {
        let mut cards: BTreeMap<(jiff::Timestamp, PieceId), PieceCard> = BTreeMap::new();
        for sending in sendings.iter().filter(|sending| zone.to_datetime(sending.at).date() == day) {
            let channel = (network_icon(&sending.network), sending.network.clone());
            match cards.get_mut(&(sending.at, sending.piece)) {
                Some(card) => card.channels.push(channel),
                None => drop(cards.insert((sending.at, sending.piece), card(signed, sending, pieces.get(&sending.piece)))),
            }
        }
        let outside = span.month && day.month() != span.chosen.month();
        days.push(PlanDay { date: day, today: day == today, outside, pieces: cards.into_values().collect(), gaps: Vec::new() });
        day = day.saturating_add(1.day());
    }
    days
}

fn card(signed: &Signed, sending: &Occurrence, piece: Option<&Piece>) -> PieceCard {
    let waits = sending.delivery.is_none() && piece.is_some_and(|piece| piece.state == PieceState::Review);
    let stance = piece.map_or("", |piece| piece.stance.as_str());
    PieceCard {
        path: format!("/plan/{}", sending.piece),
        time: time::clock(signed.visit.reader.zone.to_datetime(sending.at)),
        channels: vec![(network_icon(&sending.network), sending.network.clone())],
        title: sending.title.clone(),
        state: if waits { piece_badge(PieceState::Review) } else { sending_badge(sending.state) },
        stance: stance_words(stance),
        own: about_us(stance),
        draft: false,
        held: waits.then(|| Said::key("plan-waits-approval")),
    }
}

/// Pieces that are on no day.
fn drafts(pieces: &BTreeMap<PieceId, Piece>) -> Vec<PieceCard> {
    let loose = pieces.values().rev().filter(|piece| matches!(piece.state, PieceState::Idea | PieceState::Draft | PieceState::Review));
    let card = |piece: &Piece| PieceCard {
        path: format!("/plan/{}", piece.id),
        time: String::new(),
        channels: Vec::new(),
        title: piece.title.clone(),
        state: piece_badge(piece.state),
        stance: stance_words(&piece.stance),
        own: about_us(&piece.stance),
        draft: true,
        held: None,
    };
    loose.take(20).map(card).collect()
}

fn mix(sendings: &[Occurrence], pieces: &BTreeMap<PieceId, Piece>) -> Vec<(Said, ShareBar)> {
    let mut shown: Vec<PieceId> = sendings.iter().map(|sending| sending.piece).collect();
    shown.sort_unstable();
    shown.dedup();
    let known: Vec<&Piece> = shown.iter().filter_map(|id| pieces.get(id)).collect();
    if known.is_empty() {
        return Vec::new();
    }
    let us = known.iter().filter(|piece| about_us(&piece.stance)).count();
    let them = known.len() - us;
    let words = Said::key("plan-mix-words").with("them", them).with("all", known.len()).with("us", us);
    vec![(words, ShareBar::against(them as f64 / known.len() as f64))]
}

fn cadence(signed: &Signed, span: &Span, sendings: &[Occurrence]) -> Option<Chart> {
    let zone = &signed.visit.reader.zone;
    let length = f64::from(span.first.until(span.end).map_or(7, |span| span.get_days()));
    let mut rows: BTreeMap<String, Vec<f64>> = BTreeMap::new();
    for sending in sendings {
        let at = zone.to_datetime(sending.at);
        let days = f64::from(span.first.until(at.date()).map_or(0, |span| span.get_days())) + f64::from(at.hour()) / 24.0;
        rows.entry(sending.network.clone()).or_default().push((days / length).clamp(0.0, 1.0));
    }
    if rows.is_empty() {
        return None;
    }
    let table = DataTable {
        heads: vec![Said::key("col-channel"), Said::key("plan-sendings")],
        rows: rows.iter().map(|(name, dots)| vec![name.clone(), dots.len().to_string()]).collect(),
        csv: None,
    };
    let rows = rows.into_iter().map(|(name, dots)| StripRow { name, dots, gap: None });
    Some(Chart { id: "cadence", title: Said::key("plan-cadence-title"), body: Body::Strip(Strip { rows: rows.collect() }), table })
}

fn idea(asked: Asked) -> Idea {
    Idea {
        question: asked.text,
        asked: i64::try_from(asked.asked).unwrap_or(0),
        channels: asked.sources.join(", "),
        badge: None,
        path: format!("/plan/new?idea={}", asked.post),
    }
}

/// The words of a stance.
pub(super) fn stance_words(stance: &str) -> Said {
    match stance {
        "patient_challenge" => Said::key("stance-patient-challenge"),
        "health_how_to" => Said::key("stance-health-how-to"),
        "patient_story" => Said::key("stance-patient-story"),
        "recognition" => Said::key("stance-recognition"),
        "organisation_news" => Said::key("stance-organisation-news"),
        "promotion" => Said::key("stance-promotion"),
        "conversation_starter" => Said::key("stance-conversation-starter"),
        "service_notice" => Said::key("stance-service-notice"),
        other => Said::plain(other),
    }
}

/// How a piece stands.
pub(super) const fn piece_badge(state: PieceState) -> Badge {
    match state {
        PieceState::Idea => Badge::with_icon(Tone::Unsure, "bulb", Said::key("piece-idea")),
        PieceState::Draft => Badge::with_icon(Tone::Unsure, "pen", Said::key("piece-draft")),
        PieceState::Review => Badge::with_icon(Tone::Warn, "clock", Said::key("piece-in-review")),
        PieceState::Ready => Badge::with_icon(Tone::Ok, "check", Said::key("piece-ready")),
        PieceState::Out => Badge::with_icon(Tone::Ok, "check", Said::key("piece-out")),
        PieceState::Archived => Badge::with_icon(Tone::Plain, "pause", Said::key("piece-archived")),
    }
}

/// How a sending stands.
pub(super) const fn sending_badge(state: DeliveryState) -> Badge {
    match state {
        DeliveryState::Planned => Badge::with_icon(Tone::Accent, "clock", Said::key("sending-planned")),
        DeliveryState::Held => Badge::with_icon(Tone::Danger, "pause", Said::key("sending-held")),
        DeliveryState::Queued => Badge::with_icon(Tone::Accent, "clock", Said::key("sending-queued")),
        DeliveryState::Sending => Badge::with_icon(Tone::Accent, "clock", Said::key("sending-sending")),
        DeliveryState::Sent => Badge::with_icon(Tone::Ok, "check", Said::key("sending-sent")),
        DeliveryState::Verified => Badge::with_icon(Tone::Ok, "check", Said::key("sending-verified")),
        DeliveryState::NotNow => Badge::with_icon(Tone::Warn, "clock", Said::key("sending-not-now")),
        DeliveryState::Refused => Badge::with_icon(Tone::Danger, "stop", Said::key("sending-refused")),
        DeliveryState::Unknown => Badge::with_icon(Tone::Warn, "alert", Said::key("sending-unknown")),
        DeliveryState::Late => Badge::with_icon(Tone::Danger, "alert", Said::key("sending-late")),
        DeliveryState::Withdrawn => Badge::with_icon(Tone::Plain, "pause", Said::key("sending-withdrawn")),
    }
}
