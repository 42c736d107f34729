//! The inbox: views, list, conversation and what a member does with it.

mod compose;
mod person;
mod show;
mod timeline;
mod views;

use auscult_app::access;
use auscult_app::answer;
use auscult_app::inbox::{self, Act, Opened};
use auscult_app::takedown;
use auscult_model::ids::{ConversationId, DeliveryId, LabelId, MemberId, TeamId};
use auscult_model::inbox::{InboxView, Priority, QueuePlace, ResolveReason};
use axum::Router;
use axum::extract::{Form, Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use jiff::{SignedDuration, Timestamp, ToSpan};
use serde::Deserialize;

use crate::error::PageError;
use crate::pages::{Signed, Site};
use crate::render::page;
use crate::said::Said;
use crate::ui::Empty;
use crate::view::inbox::InboxPage;
use crate::view::shell::Place;

pub(crate) use compose::guard_view;
pub(crate) use show::{audience, shown_name};

/// The routes of this capability.
pub fn routes() -> Router<Site> {
    Router::new()
        .route("/inbox", get(list_page))
        .route("/inbox/list", get(list_fragment))
        .route("/inbox/next", get(next_page))
        .route("/inbox/{number}", get(open_page))
        .route("/inbox/{number}/timeline", get(timeline_fragment))
        .route("/inbox/{number}/assign", post(assign))
        .route("/inbox/{number}/team", post(team))
        .route("/inbox/{number}/snooze", post(snooze))
        .route("/inbox/{number}/resolve", post(resolve))
        .route("/inbox/{number}/reopen", post(reopen))
        .route("/inbox/{number}/priority", post(priority))
        .route("/inbox/{number}/label", post(label))
        .route("/inbox/{number}/unread", post(unread))
        .route("/inbox/{number}/undo/{delivery}", post(undo))
        .route("/inbox/{number}/settle/{delivery}", post(settle))
        .route("/inbox/{number}/release/{delivery}", post(release))
        .route("/inbox/{number}/take-down/{delivery}", post(take_down))
        .merge(compose::routes())
}

/// Which list is looked at; the same words stand in every address of the inbox.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Look {
    /// The view.
    view: String,
    /// The place the page starts after.
    after: String,
}

impl Look {
    pub(super) fn view(&self) -> InboxView {
        views::parse(&self.view)
    }

    fn after(&self) -> Option<QueuePlace> {
        let mut parts = self.after.split('.').map(|part| part.parse::<i64>().ok());
        let mut next = || parts.next().flatten();
        Some(QueuePlace {
            band: next()?,
            at: next()?,
            dullness: next()?,
            waiting_since: next()?,
            id: next()?,
        })
    }

    /// The query that keeps the view.
    pub(super) fn query(&self) -> String {
        if self.view.is_empty() {
            String::new()
        } else {
            format!("?view={}", crate::pages::url_encode(&self.view))
        }
    }
}

async fn inbox_page(
    site: &Site,
    signed: &Signed,
    look: &Look,
    opened: Option<Opened>,
) -> Result<InboxPage, PageError> {
    let viewer = signed.viewer();
    let names = show::Names::read(site, signed).await?;
    let current = opened.as_ref().map(|opened| opened.conversation.number);
    let list = show::list(site, signed, look, current, &names).await?;
    let counts = inbox::counts(&site.app, viewer).await.ok();
    let mut shell = signed.shell(Place::Inbox);
    shell.fill = true;
    shell.live_since = Some(auscult_app::live::last(&site.app, viewer).await?);
    let (mut open, mut beside) = (None, None);
    if let Some(opened) = &opened {
        open = Some(show::conversation(site, signed, opened, &names).await?);
        beside = Some(person::panel(site, signed, opened).await?);
    }
    Ok(InboxPage {
        shell,
        views: views::links(look, counts, &names),
        list,
        opened: open.is_some(),
        open,
        person: beside,
    })
}

async fn list_page(
    State(site): State<Site>,
    signed: Signed,
    Query(look): Query<Look>,
) -> Result<Response, PageError> {
    page(
        &signed.visit.reader,
        &inbox_page(&site, &signed, &look, None).await?,
    )
}

/// Leads to the conversation that has waited longest.
async fn next_page(State(site): State<Site>, signed: Signed) -> Result<Redirect, PageError> {
    let waiting = inbox::list(&site.app, signed.viewer(), &InboxView::WaitingLongest, None)
        .await?
        .conversations;
    Ok(Redirect::to(&waiting.first().map_or_else(
        || "/inbox".to_owned(),
        |row| format!("/inbox/{}", row.number),
    )))
}

async fn list_fragment(
    State(site): State<Site>,
    signed: Signed,
    Query(look): Query<Look>,
) -> Result<Response, PageError> {
    let names = show::Names::read(&site, &signed).await?;
    page(
        &signed.visit.reader,
        &show::list(&site, &signed, &look, None, &names).await?,
    )
}

async fn open_page(
    State(site): State<Site>,
    signed: Signed,
    Path(number): Path<i64>,
    Query(look): Query<Look>,
) -> Result<Response, PageError> {
    let opened = inbox::open(&site.app, signed.viewer(), number).await?;
    page(
        &signed.visit.reader,
        &inbox_page(&site, &signed, &look, Some(opened)).await?,
    )
}

async fn timeline_fragment(
    State(site): State<Site>,
    signed: Signed,
    Path(number): Path<i64>,
) -> Result<Response, PageError> {
    let names = show::Names::read(&site, &signed).await?;
    let opened = inbox::open(&site.app, signed.viewer(), number).await?;
    page(
        &signed.visit.reader,
        &timeline::timeline(&site, &signed, &opened, &names).await?,
    )
}

/// Back to the conversation, with its view.
pub(super) fn back(number: i64, look: &Look) -> Response {
    Redirect::to(&format!("/inbox/{number}{}", look.query())).into_response()
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct ActForm {
    version: Option<i64>,
    member: String,
    team: String,
    until: String,
    reason: String,
    priority: String,
    label: String,
    url: String,
}

/// Does something with a conversation, against the version the member saw.
async fn act(
    site: &Site,
    signed: &Signed,
    number: i64,
    version: Option<i64>,
    act: Act,
) -> Result<ConversationId, PageError> {
    let found = inbox::by_number(&site.app, signed.viewer(), number).await?;
    inbox::act(
        &site.app,
        signed.viewer(),
        (found.id, version.unwrap_or(found.version)),
        act,
    )
    .await?;
    Ok(found.id)
}

async fn assign(
    State(site): State<Site>,
    signed: Signed,
    Path(number): Path<i64>,
    Query(look): Query<Look>,
    Form(form): Form<ActForm>,
) -> Result<Response, PageError> {
    let what = match form.member.as_str() {
        "me" => Act::Assign(signed.viewer().member),
        "" | "nobody" => Act::Assign(None),
        other => Act::Assign(Some(
            other.parse::<MemberId>().ok().ok_or(PageError::NotFound)?,
        )),
    };
    act(&site, &signed, number, form.version, what).await?;
    Ok(back(number, &look))
}

async fn team(
    State(site): State<Site>,
    signed: Signed,
    Path(number): Path<i64>,
    Query(look): Query<Look>,
    Form(form): Form<ActForm>,
) -> Result<Response, PageError> {
    let found = inbox::by_number(&site.app, signed.viewer(), number).await?;
    let team = form.team.parse::<TeamId>().ok();
    let what = Act::Team(team.filter(|team| found.team != Some(*team)));
    act(&site, &signed, number, None, what).await?;
    Ok(back(number, &look))
}

async fn snooze(
    State(site): State<Site>,
    signed: Signed,
    Path(number): Path<i64>,
    Query(look): Query<Look>,
    Form(form): Form<ActForm>,
) -> Result<Response, PageError> {
    let until = rest_until(&signed, &form.until).ok_or_else(|| PageError::Bad {
        why: "choose until when it rests".to_owned(),
    })?;
    act(&site, &signed, number, form.version, Act::Snooze(until)).await?;
    Ok(back(number, &look))
}

/// Until when a conversation rests: three hours, tomorrow morning, Monday morning.
fn rest_until(signed: &Signed, words: &str) -> Option<Timestamp> {
    let now = signed.visit.reader.now;
    let zone = &signed.visit.reader.zone;
    let today = zone.to_datetime(now).date();
    let morning = |days: i64| {
        let date = today.checked_add(days.days()).ok()?;
        auscult_model::hours::Calendar::resolve(zone, date.at(8, 0, 0, 0))
    };
    match words {
        "3h" => Some(now + SignedDuration::from_hours(3)),
        "tomorrow" => morning(1),
        "week" => morning(7 - i64::from(today.weekday().to_monday_zero_offset())),
        other => other.parse().ok(),
    }
}

async fn resolve(
    State(site): State<Site>,
    signed: Signed,
    Path(number): Path<i64>,
    Query(look): Query<Look>,
    Form(form): Form<ActForm>,
) -> Result<Response, PageError> {
    let next = form.reason == "answered_next";
    let word = if next {
        "answered"
    } else {
        form.reason.as_str()
    };
    let reason = ResolveReason::parse(word).ok_or_else(|| PageError::Bad {
        why: "choose why it is finished".to_owned(),
    })?;
    act(&site, &signed, number, form.version, Act::Resolve(reason)).await?;
    if next {
        let page = inbox::list(&site.app, signed.viewer(), &look.view(), None).await?;
        if let Some(first) = page.conversations.first() {
            return Ok(back(first.number, &look));
        }
    }
    Ok(back(number, &look))
}

async fn reopen(
    State(site): State<Site>,
    signed: Signed,
    Path(number): Path<i64>,
    Query(look): Query<Look>,
    Form(form): Form<ActForm>,
) -> Result<Response, PageError> {
    act(&site, &signed, number, form.version, Act::Reopen).await?;
    Ok(back(number, &look))
}

async fn priority(
    State(site): State<Site>,
    signed: Signed,
    Path(number): Path<i64>,
    Query(look): Query<Look>,
    Form(form): Form<ActForm>,
) -> Result<Response, PageError> {
    let priority = Priority::parse(&form.priority).ok_or(PageError::NotFound)?;
    act(&site, &signed, number, None, Act::Priority(priority)).await?;
    Ok(back(number, &look))
}

async fn label(
    State(site): State<Site>,
    signed: Signed,
    Path(number): Path<i64>,
    Query(look): Query<Look>,
    Form(form): Form<ActForm>,
) -> Result<Response, PageError> {
    let id = form
        .label
        .parse::<LabelId>()
        .ok()
        .ok_or(PageError::NotFound)?;
    let found = inbox::by_number(&site.app, signed.viewer(), number).await?;
    let all = inbox::labels(&site.app, signed.viewer()).await?;
    let name = all
        .iter()
        .find(|label| label.id == id)
        .map(|label| label.name.as_str())
        .unwrap_or_default();
    let has = found.labels.iter().any(|label| label == name);
    act(
        &site,
        &signed,
        number,
        None,
        if has {
            Act::Unlabel(id)
        } else {
            Act::Label(id)
        },
    )
    .await?;
    Ok(back(number, &look))
}

async fn unread(
    State(site): State<Site>,
    signed: Signed,
    Path(number): Path<i64>,
    Query(look): Query<Look>,
) -> Result<Response, PageError> {
    act(&site, &signed, number, None, Act::Unread).await?;
    Ok(Redirect::to(&format!("/inbox{}", look.query())).into_response())
}

async fn undo(
    State(site): State<Site>,
    signed: Signed,
    Path((number, id)): Path<(i64, DeliveryId)>,
    Query(look): Query<Look>,
) -> Result<Response, PageError> {
    answer::undo(&site.app, signed.viewer(), id).await?;
    Ok(back(number, &look))
}

async fn settle(
    State(site): State<Site>,
    signed: Signed,
    Path((number, id)): Path<(i64, DeliveryId)>,
    Query(look): Query<Look>,
    Form(form): Form<ActForm>,
) -> Result<Response, PageError> {
    let there = Some(form.url.trim()).filter(|url| !url.is_empty());
    answer::settle(&site.app, signed.viewer(), id, there).await?;
    Ok(back(number, &look))
}

async fn release(
    State(site): State<Site>,
    signed: Signed,
    Path((number, id)): Path<(i64, DeliveryId)>,
    Query(look): Query<Look>,
) -> Result<Response, PageError> {
    answer::release(&site.app, signed.viewer(), id).await?;
    Ok(back(number, &look))
}

async fn take_down(
    State(site): State<Site>,
    signed: Signed,
    Path((number, id)): Path<(i64, DeliveryId)>,
    Query(look): Query<Look>,
    Form(form): Form<ActForm>,
) -> Result<Response, PageError> {
    takedown::take_down(&site.app, signed.viewer(), id, &form.reason).await?;
    Ok(back(number, &look))
}

/// Why a list is empty, and one useful thing.
pub(super) fn empty(look: &Look) -> Empty {
    let next = match look.view() {
        InboxView::WaitingLongest => ("/listen".to_owned(), Said::key("inbox-empty-listen")),
        _ => ("/inbox".to_owned(), Said::key("inbox-empty-all")),
    };
    Empty {
        icon: "inbox",
        title: Said::key("inbox-empty"),
        why: Said::key("inbox-empty-why"),
        next: Some(next),
    }
}

/// Members as the inbox names them.
pub(super) async fn members(
    site: &Site,
    signed: &Signed,
) -> Result<Vec<auscult_model::member::Member>, PageError> {
    Ok(access::members(&site.app, signed.viewer()).await?)
}
