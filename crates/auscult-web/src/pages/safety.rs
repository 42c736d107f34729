//! The safety desk: records with their steps and clocks, who was told, and closing by two signatures.

use auscult_app::safety::{self, Desk, Elements, Open};
use auscult_app::{access, answer};
use auscult_model::case::{SafetyKind, Step};
use auscult_model::ids::MemberId;
use auscult_model::inbox::{Direction, Entry};
use auscult_model::member::Member;
use axum::Router;
use axum::extract::{Form, Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use serde::Deserialize;

use crate::error::PageError;
use crate::pages::words::network;
use crate::pages::{Signed, Site};
use crate::render::page;
use crate::said::Said;
use crate::time::minutes_between;
use crate::ui::{Avatar, Badge, Due, Tone};
use crate::view::safety::{ClosedFlag, SafetyFlag, SafetyPage, SafetyStep, SafetyWords};
use crate::view::shell::Place;

/// Words shown with a record; the rest stands in the conversation.
const WORDS: usize = 4;
/// Closed records shown.
const CLOSED: usize = 20;

/// The routes of this capability.
pub fn routes() -> Router<Site> {
    Router::new()
        .route("/safety", get(show))
        .route("/safety/raise", post(raise))
        .route("/safety/hold", post(hold))
        .route("/safety/{id}/take", post(take))
        .route("/safety/{id}/step", post(step))
        .route("/safety/{id}/told", post(told))
        .route("/safety/{id}/elements", post(elements))
        .route("/safety/{id}/close", post(close))
}

async fn show(State(site): State<Site>, signed: Signed) -> Result<Response, PageError> {
    let desk = safety::desk(&site.app, signed.viewer()).await?;
    let members = access::members(&site.app, signed.viewer()).await?;
    let mut shell = signed.shell(Place::Safety);
    shell.live_since = Some(auscult_app::live::last(&site.app, signed.viewer()).await?);
    shell.counts.safety = u32::try_from(desk.open.len()).ok();
    let me = signed.viewer().member;
    let view = SafetyPage {
        shell,
        open: desk.open.iter().map(|open| flag(open, &members, me)).collect(),
        checked: signed.visit.reader.now,
        fault: None,
        on_call: None,
        held: desk.held.is_some(),
        closed: desk.closed.iter().take(CLOSED).map(|open| closed(open, &members)).collect(),
        record: record(&desk),
        lines: desk.lines.map(|lines| format!("{} · {} · {}", lines.say, lines.emergency, lines.report)),
    };
    page(&signed.visit.reader, &view)
}

fn name(members: &[Member], id: Option<MemberId>) -> Option<String> {
    id.map(|id| members.iter().find(|member| member.id == id).map_or_else(|| "?".to_owned(), |member| member.name.clone()))
}

fn title(kind: SafetyKind) -> (&'static str, Said) {
    match kind {
        SafetyKind::Crisis => ("alert", Said::key("safety-crisis")),
        SafetyKind::AdverseEvent => ("heart", Said::key("safety-adverse")),
        SafetyKind::Safeguarding => ("safety", Said::key("safety-safeguarding")),
        SafetyKind::StaffAbuse => ("people", Said::key("safety-staff-abuse")),
    }
}

fn number(open: &Open) -> String {
    open.conversation.as_ref().map_or_else(|| format!("S-{}", open.record.id % 10_000), |conversation| format!("S-{}", conversation.number))
}

fn flag(open: &Open, members: &[Member], me: Option<MemberId>) -> SafetyFlag {
    let record = &open.record;
    let (icon, title) = title(record.kind);
    let now = record.steps.iter().position(|step| step.done_at.is_none());
    let last = record.steps.len().saturating_sub(1);
    let steps = record.steps.iter().enumerate().map(|(at, step)| shown_step(step, (at, now, last), members));
    let ready = now.is_none_or(|now| now == last);
    let signed_by = name(members, record.closed_by);
    let mut log: Vec<_> = open.elements.told.iter().map(|told| (told.at, Said::plain(told.who.clone()))).collect();
    log.extend(signed_by.map(|who| (record.opened_at, Said::key("safety-signed-once").with("name", who))));
    SafetyFlag {
        id: record.id,
        number: number(open),
        crisis: record.kind == SafetyKind::Crisis,
        icon,
        title,
        due: record.due_at.map(|at| Due { from: record.opened_at, at }),
        taken_by: name(members, open.elements.taken_by),
        words: open.entries.iter().filter(|entry| !entry.text.is_empty()).take(WORDS).map(words).collect(),
        path: open.conversation.as_ref().map_or_else(|| "/inbox".to_owned(), |conversation| format!("/inbox/{}", conversation.number)),
        steps: steps.collect(),
        log,
        elements: (record.kind == SafetyKind::AdverseEvent).then(|| four(&open.elements)),
        outcome: open.elements.outcome.clone(),
        may_close: ready && record.closed_by != me,
    }
}

fn four(known: &Elements) -> Vec<(&'static str, &'static str, String)> {
    vec![
        ("patient", "element-patient", known.patient.clone()),
        ("reporter", "element-reporter", known.reporter.clone()),
        ("product", "element-product", known.product.clone()),
        ("reaction", "element-reaction", known.reaction.clone()),
    ]
}

fn shown_step(step: &Step, place: (usize, Option<usize>, usize), members: &[Member]) -> SafetyStep {
    let (at, now, last) = place;
    let note = match (step.done_at, name(members, step.done_by)) {
        (Some(_), Some(who)) => Some(Said::key("step-by").with("name", who)),
        (Some(_), None) => Some(Said::key("step-by-auscult")),
        (None, _) => None,
    };
    SafetyStep { id: safety::name_of(step).to_owned(), name: Said::plain(step.text.clone()), done: step.done_at.is_some(), now: now == Some(at) && at != last, note }
}

fn words(entry: &Entry) -> SafetyWords {
    let ours = entry.direction == Direction::Out;
    let author = if entry.author_name.is_empty() { entry.author_handle.clone() } else { entry.author_name.clone() };
    SafetyWords {
        avatar: if entry.author_name.is_empty() { Avatar::unknown(&author) } else { Avatar::of(&author) },
        author,
        ours,
        audience: entry.audience.into(),
        at: entry.at,
        text: entry.text.clone(),
        footer: Said::plain(entry.url.as_ref().map(|_| network("web")).unwrap_or_default()),
    }
}

fn closed(open: &Open, members: &[Member]) -> ClosedFlag {
    let record = &open.record;
    let (_, text) = title(record.kind);
    let tone = if record.kind == SafetyKind::Crisis { Tone::Danger } else { Tone::Warn };
    let signed = [record.closed_by, record.second_signature].into_iter().filter_map(|id| name(members, id)).collect::<Vec<_>>();
    ClosedFlag {
        number: number(open),
        kind: Badge::new(tone, text),
        taken: open.elements.taken_at.map_or(0, |at| minutes_between(record.opened_at, at)),
        closed: record.closed_at.map_or(0, |at| minutes_between(record.opened_at, at)),
        signed: signed.join(", "),
        outcome: open.elements.outcome.clone(),
    }
}

fn record(desk: &Desk) -> Vec<(Said, Said)> {
    let taken: Vec<_> = desk.closed.iter().chain(&desk.open).filter(|open| open.elements.taken_at.is_some()).collect();
    if taken.is_empty() {
        return Vec::new();
    }
    let promise = |open: &Open| if open.record.kind == SafetyKind::Crisis { 5 } else { 60 };
    let in_time = |open: &&&Open| open.elements.taken_at.is_some_and(|at| minutes_between(open.record.opened_at, at) <= promise(open));
    let part = taken.iter().filter(in_time).count();
    vec![(Said::key("safety-in-time"), Said::key("safety-in-time-of").with("n", part).with("all", taken.len()))]
}

fn back() -> Response {
    Redirect::to("/safety").into_response()
}

async fn take(State(site): State<Site>, signed: Signed, Path(id): Path<i64>) -> Result<Response, PageError> {
    safety::take(&site.app, signed.viewer(), id).await?;
    Ok(back())
}

#[derive(Deserialize)]
struct StepForm {
    step: String,
}

async fn step(State(site): State<Site>, signed: Signed, Path(id): Path<i64>, Form(form): Form<StepForm>) -> Result<Response, PageError> {
    safety::step(&site.app, signed.viewer(), id, &form.step).await?;
    Ok(back())
}

#[derive(Deserialize)]
struct ToldForm {
    who: String,
}

async fn told(State(site): State<Site>, signed: Signed, Path(id): Path<i64>, Form(form): Form<ToldForm>) -> Result<Response, PageError> {
    safety::told(&site.app, signed.viewer(), id, &form.who).await?;
    Ok(back())
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct ElementsForm {
    patient: String,
    reporter: String,
    product: String,
    reaction: String,
}

async fn elements(State(site): State<Site>, signed: Signed, Path(id): Path<i64>, Form(form): Form<ElementsForm>) -> Result<Response, PageError> {
    safety::describe(&site.app, signed.viewer(), id, [&form.patient, &form.reporter, &form.product, &form.reaction].map(String::as_str)).await?;
    Ok(back())
}

#[derive(Deserialize)]
struct CloseForm {
    outcome: String,
}

async fn close(State(site): State<Site>, signed: Signed, Path(id): Path<i64>, Form(form): Form<CloseForm>) -> Result<Response, PageError> {
    safety::close(&site.app, signed.viewer(), id, &form.outcome).await?;
    Ok(back())
}

#[derive(Deserialize)]
struct RaiseForm {
    number: String,
    kind: String,
}

async fn raise(State(site): State<Site>, signed: Signed, Form(form): Form<RaiseForm>) -> Result<Response, PageError> {
    let bad = |why: &str| PageError::Bad { why: why.to_owned() };
    let number = form.number.trim().trim_start_matches('#').parse().map_err(|_| bad("number: write the number of the conversation, such as 12"))?;
    let kind = SafetyKind::parse(&form.kind).ok_or_else(|| bad("kind: choose one of the kinds"))?;
    safety::raise(&site.app, signed.viewer(), number, kind).await?;
    Ok(back())
}

#[derive(Deserialize)]
struct HoldForm {
    hold: String,
}

async fn hold(State(site): State<Site>, signed: Signed, Form(form): Form<HoldForm>) -> Result<Response, PageError> {
    let why = (form.hold == "on").then_some("held from the safety desk");
    answer::hold(&site.app, signed.viewer(), why).await?;
    Ok(back())
}
