//! The first run: two doors, the first administrator, three steps.

use auscult_app::access::{self, FirstRun};
use auscult_app::channels;
use auscult_app::demo::{self, Stand};
use auscult_app::error::AppError;
use auscult_app::workspace::{self, Who};
use auscult_app::{listen, presence};
use auscult_model::channel::Channel;
use auscult_model::ids::ChannelId;
use auscult_model::workspace::{Law, OpenHours};
use axum::Form;
use axum::Router;
use axum::extract::{Query, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use serde::Deserialize;

use crate::error::PageError;
use crate::pages::{Caller, Signed, Site};
use crate::render::{page, page_with};
use crate::router::Visit;
use crate::said::Said;
use crate::ui::{Choice, Field};
use crate::view::access::{
    AddedSource, AdministratorPage, DayHours, DonePage, DoorsPage, ExamplePage, Heard, TestResult,
    WherePage, WhoPage,
};

use crate::pages::access::{door, enter, wrong_field};
use crate::pages::source::{SourceForm, kinds};

/// The routes of this capability.
pub fn routes() -> Router<Site> {
    Router::new()
        .route("/welcome", get(doors))
        .route("/welcome/example", get(example_page).post(example))
        .route(
            "/welcome/administrator",
            get(administrator_page).post(administrator),
        )
        .route("/welcome/who", get(who_page).post(who))
        .route("/welcome/where", get(where_page).post(add_source))
        .route("/welcome/where/test", post(test_source))
        .route("/welcome/where/remove", post(remove_source))
        .route("/welcome/done", get(done_page).post(done))
        .route("/welcome/heard", get(heard))
}

async fn doors(State(site): State<Site>, visit: Visit) -> Result<Response, PageError> {
    if !access::first_run_open(&site.app).await? {
        return Ok(Redirect::to("/sign-in").into_response());
    }
    page(
        &visit.reader,
        &DoorsPage {
            door: door(&site, &visit),
        },
    )
}

/// Fills the example and signs in as its first member; only while nobody has set this installation up.
async fn example(State(site): State<Site>) -> Result<Redirect, PageError> {
    let ticket = demo::begin(&site.app).await?;
    Ok(Redirect::to(&format!("/welcome/example?ticket={ticket}")))
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Ticket {
    ticket: String,
}

/// How far the example is; lets the one who asked for it in when it is there.
async fn example_page(
    State(site): State<Site>,
    visit: Visit,
    Caller(device): Caller,
    Query(asked): Query<Ticket>,
) -> Result<Response, PageError> {
    let (done, of, trouble) = match demo::stand(&site.app, &asked.ticket) {
        Stand::Telling { done, of } => (done, of, None),
        Stand::Failed(why) => (0, 1, Some(why)),
        Stand::Ready => {
            let signed = demo::enter(&site.app, &asked.ticket, &device).await?;
            let mut response = enter(&site, &signed, "/today");
            if visit.fragment {
                // The page asked, not the person: it goes there as a whole.
                *response.status_mut() = StatusCode::OK;
                let headers = response.headers_mut();
                headers.remove(header::LOCATION);
                headers.insert("hx-redirect", HeaderValue::from_static("/today"));
            }
            return Ok(response);
        }
        Stand::Unknown => return Ok(Redirect::to("/").into_response()),
    };
    let view = ExamplePage {
        door: door(&site, &visit),
        ticket: asked.ticket,
        done,
        of,
        trouble,
    };
    page(&visit.reader, &view)
}

async fn administrator_page(State(site): State<Site>, visit: Visit) -> Result<Response, PageError> {
    if !access::first_run_open(&site.app).await? {
        return Ok(Redirect::to("/sign-in").into_response());
    }
    let view = AdministratorPage {
        door: door(&site, &visit),
        name: Field::default(),
        email: Field::default(),
        password: Field::default(),
    };
    page(&visit.reader, &view)
}

#[derive(Deserialize)]
struct AdministratorForm {
    name: String,
    email: String,
    password: String,
}

async fn administrator(
    State(site): State<Site>,
    visit: Visit,
    Caller(device): Caller,
    Form(form): Form<AdministratorForm>,
) -> Result<Response, PageError> {
    let organisation = "My organisation".to_owned();
    let first = FirstRun {
        name: form.name.clone(),
        email: form.email.clone(),
        password: form.password,
        organisation,
    };
    match access::set_up(&site.app, first, &device).await {
        Ok((signed, _)) => Ok(enter(&site, &signed, "/welcome/who")),
        Err(AppError::Invalid { field, message }) => {
            let [name, email, password] = wrong_field(
                &field,
                message,
                [
                    ("name", &form.name),
                    ("email", &form.email),
                    ("password", ""),
                ],
            );
            let view = AdministratorPage {
                door: door(&site, &visit),
                name,
                email,
                password,
            };
            page_with(StatusCode::UNPROCESSABLE_ENTITY, &visit.reader, &view)
        }
        Err(error) => Err(error.into()),
    }
}

const DAYS: [(&str, &str, u8); 7] = [
    ("mon", "weekday-1", 1),
    ("tue", "weekday-2", 2),
    ("wed", "weekday-3", 3),
    ("thu", "weekday-4", 4),
    ("fri", "weekday-5", 5),
    ("sat", "weekday-6", 6),
    ("sun", "weekday-7", 7),
];

/// Opening hours as the form shows them: office hours where nothing is settled yet.
pub(crate) fn day_hours(hours: &[OpenHours]) -> Vec<DayHours> {
    let day = |(id, name, number): (&'static str, &'static str, u8)| {
        let found = hours.iter().find(|open| open.weekday == number);
        let open = found.is_some() || (hours.is_empty() && number <= 5);
        let time = |pick: fn(&OpenHours) -> &String, default: &str| {
            found.map_or_else(|| default.to_owned(), |open| pick(open).clone())
        };
        DayHours {
            id,
            name: Said::key(name),
            open,
            from: time(|open| &open.from, "09:00"),
            to: time(|open| &open.to, "17:00"),
        }
    };
    DAYS.map(day).to_vec()
}

/// Opening hours out of a form with `open_mon`, `from_mon`, `to_mon` …
pub(crate) fn hours_of(form: &[(String, String)]) -> Vec<OpenHours> {
    let value = |name: String| {
        form.iter()
            .find(|(key, _)| *key == name)
            .map(|(_, value)| value.trim().to_owned())
    };
    let day = |(id, _, weekday): (&str, &str, u8)| {
        value(format!("open_{id}"))?;
        Some(OpenHours {
            weekday,
            from: value(format!("from_{id}"))?,
            to: value(format!("to_{id}"))?,
        })
    };
    DAYS.iter().copied().filter_map(day).collect()
}

/// Time zones to choose from.
pub(crate) fn zones() -> Vec<String> {
    jiff::tz::db()
        .available()
        .map(|name| name.to_string())
        .filter(|name| name.contains('/') || name == "UTC")
        .collect()
}

/// The law profiles as choices.
pub(crate) fn regions(law: Law) -> Vec<Choice> {
    let one = |value: Law, key| Choice::new(value.as_str(), Said::key(key), value == law);
    vec![
        one(Law::Eu, "law-eu"),
        one(Law::Uk, "law-uk"),
        one(Law::Us, "law-us"),
    ]
}

async fn who_page(State(site): State<Site>, signed: Signed) -> Result<Response, PageError> {
    let subjects = workspace::subjects(&site.app, signed.viewer()).await?;
    let settings = &signed.actor.workspace.settings;
    let lines = |kind| {
        subjects
            .iter()
            .filter(|subject| subject.active && subject.kind == kind)
            .map(|subject| subject.name.clone())
            .collect::<Vec<_>>()
            .join("\n")
    };
    let own = subjects
        .iter()
        .find(|subject| subject.kind == auscult_model::subject::SubjectKind::Organisation);
    let view = WhoPage {
        door: door(&site, &signed.visit),
        name: Field::with(own.map_or_else(String::new, |own| own.name.clone())),
        other_names: Field::with(own.map_or_else(String::new, |own| own.other_names.join("\n"))),
        places: Field::with(lines(auscult_model::subject::SubjectKind::Place)),
        clinicians: Field::with(lines(auscult_model::subject::SubjectKind::Clinician)),
        regions: regions(settings.law),
        country: Field::with(settings.country.clone()),
        zone: Field::with(settings.time_zone.clone()),
        zones: zones(),
        hours: day_hours(&settings.hours),
    };
    page(&signed.visit.reader, &view)
}

fn typed<'f>(form: &'f [(String, String)], name: &str) -> &'f str {
    form.iter()
        .find(|(key, _)| key == name)
        .map_or("", |(_, value)| value.as_str())
}

/// One entry a line.
pub(crate) fn lines(text: &str) -> Vec<String> {
    text.lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .map(str::to_owned)
        .collect()
}

async fn who(
    State(site): State<Site>,
    signed: Signed,
    Form(form): Form<Vec<(String, String)>>,
) -> Result<Response, PageError> {
    let entered = Who {
        name: typed(&form, "name").to_owned(),
        other_names: lines(typed(&form, "other_names")),
        places: lines(typed(&form, "places")),
        clinicians: lines(typed(&form, "clinicians")),
        law: Law::parse(typed(&form, "region")),
        country: typed(&form, "country").trim().to_uppercase(),
        time_zone: typed(&form, "zone").trim().to_owned(),
        hours: hours_of(&form),
        contacts: signed.actor.workspace.settings.contacts.clone(),
    };
    match workspace::enter(&site.app, signed.viewer(), entered).await {
        Ok(()) => Ok(Redirect::to("/welcome/where").into_response()),
        Err(AppError::Invalid { field, message }) => {
            let names = [
                "name",
                "other_names",
                "places",
                "clinicians",
                "country",
                "zone",
            ];
            let field = if field == "hours" || field == "time_zone" {
                "zone".to_owned()
            } else {
                field
            };
            let [name, other_names, places, clinicians, country, zone] = wrong_field(
                &field,
                message,
                names.map(|name| (name, typed(&form, name))),
            );
            let view = WhoPage {
                door: door(&site, &signed.visit),
                name,
                other_names,
                places,
                clinicians,
                regions: regions(Law::parse(typed(&form, "region")).unwrap_or(Law::Eu)),
                country,
                zone,
                zones: zones(),
                hours: day_hours(&hours_of(&form)),
            };
            page_with(
                StatusCode::UNPROCESSABLE_ENTITY,
                &signed.visit.reader,
                &view,
            )
        }
        Err(error) => Err(error.into()),
    }
}

fn added(channel: &Channel) -> AddedSource {
    let icon = crate::ui::network_icon(&channel.network);
    AddedSource {
        id: channel.id.to_string(),
        icon,
        name: channel.name.clone(),
        what: Said::plain(channel.base_url.clone()),
    }
}

async fn where_view(
    site: &Site,
    signed: &Signed,
    kind: &str,
    address: Field,
    test: Option<TestResult>,
) -> Result<WherePage, PageError> {
    let states = channels::list(&site.app, signed.viewer()).await?;
    let sources = states.iter().map(|state| added(&state.channel)).collect();
    Ok(WherePage {
        door: door(site, &signed.visit),
        kinds: kinds(kind),
        address,
        test,
        sources,
    })
}

async fn where_page(State(site): State<Site>, signed: Signed) -> Result<Response, PageError> {
    page(
        &signed.visit.reader,
        &where_view(&site, &signed, "feed", Field::default(), None).await?,
    )
}

async fn test_source(
    State(site): State<Site>,
    signed: Signed,
    Form(form): Form<SourceForm>,
) -> Result<Response, PageError> {
    let result = form.test(&site, &signed).await?;
    let reader = &signed.visit.reader;
    if signed.visit.fragment {
        return page(reader, &result);
    }
    let address = Field::with(form.address);
    page(
        reader,
        &where_view(&site, &signed, &form.kind, address, Some(result)).await?,
    )
}

async fn add_source(
    State(site): State<Site>,
    signed: Signed,
    Form(form): Form<SourceForm>,
) -> Result<Response, PageError> {
    let Some(wrong) = form.connect(&site, &signed).await? else {
        return Ok(Redirect::to("/welcome/where").into_response());
    };
    page_with(
        StatusCode::UNPROCESSABLE_ENTITY,
        &signed.visit.reader,
        &where_view(&site, &signed, &form.kind, wrong, None).await?,
    )
}

#[derive(Deserialize)]
struct RemoveForm {
    source: ChannelId,
}

async fn remove_source(
    State(site): State<Site>,
    signed: Signed,
    Form(form): Form<RemoveForm>,
) -> Result<Response, PageError> {
    channels::remove(&site.app, signed.viewer(), form.source).await?;
    Ok(Redirect::to("/welcome/where").into_response())
}

async fn done(_: Signed) -> Redirect {
    Redirect::to("/welcome/done")
}

async fn heard_view(site: &Site, signed: &Signed) -> Result<Heard, PageError> {
    let heard = presence::heard(&site.app, signed.viewer()).await?;
    Ok(Heard {
        mentions: heard.mentions,
        answerable: heard.answerable,
        enough: heard.mentions > 0,
    })
}

async fn done_page(State(site): State<Site>, signed: Signed) -> Result<Response, PageError> {
    let watches = listen::watches::list(&site.app, signed.viewer())
        .await?
        .into_iter()
        .map(|watch| watch.name)
        .collect();
    let sources = channels::list(&site.app, signed.viewer()).await?.len();
    let view = DonePage {
        door: door(&site, &signed.visit),
        watches,
        sources,
        heard: heard_view(&site, &signed).await?,
    };
    page(&signed.visit.reader, &view)
}

async fn heard(State(site): State<Site>, signed: Signed) -> Result<Response, PageError> {
    page(&signed.visit.reader, &heard_view(&site, &signed).await?)
}
