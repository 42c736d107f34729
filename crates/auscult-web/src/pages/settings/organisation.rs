//! The organisation, its contacts, its hours and promises.

use auscult_app::error::AppError;
use auscult_app::right::Right;
use auscult_app::workspace::{self, Who};
use auscult_model::hours::{self, Calendar};
use auscult_model::subject::SubjectKind;
use auscult_model::workspace::{Contacts, HoursException, Law, Workspace};
use axum::Router;
use axum::extract::{Form, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;

use super::{frame, value};
use crate::error::PageError;
use crate::pages::welcome::{day_hours, hours_of, lines, regions};
use crate::pages::words::Done;
use crate::pages::{Signed, Site};
use crate::render::{page, page_with};
use crate::said::Said;
use crate::ui::Field;
use crate::view::settings::{HoursPage, OrganisationPage, Part};

/// The routes of the organisation.
pub(super) fn routes() -> Router<Site> {
    Router::new()
        .route("/settings/organisation", get(show).post(save))
        .route("/settings/hours", get(show_hours).post(save_hours))
}

async fn view(site: &Site, signed: &Signed, done: &Done) -> Result<OrganisationPage, PageError> {
    Right::Settings.demand(signed.viewer())?;
    let subjects = workspace::subjects(&site.app, signed.viewer()).await?;
    let settings = &signed.actor.workspace.settings;
    let own = subjects
        .iter()
        .find(|subject| subject.kind == SubjectKind::Organisation);
    let named = |kind| {
        subjects
            .iter()
            .filter(|subject| subject.active && subject.kind == kind)
            .map(|subject| subject.name.clone())
            .collect::<Vec<_>>()
            .join("\n")
    };
    let contact = |text: &Option<String>| Field::with(text.clone().unwrap_or_default());
    Ok(OrganisationPage {
        shell: frame(signed, done),
        part: Part::Organisation,
        name: Field::with(signed.actor.workspace.name.clone()),
        other_names: Field::with(own.map_or_else(String::new, |own| own.other_names.join("\n"))),
        places: Field::with(named(SubjectKind::Place)),
        clinicians: Field::with(named(SubjectKind::Clinician)),
        regions: regions(settings.law),
        country: Field::with(settings.country.clone()),
        zone: Field::with(settings.time_zone.clone()),
        phone: contact(&settings.contacts.phone),
        mail: contact(&settings.contacts.mail),
        secure_page: contact(&settings.contacts.secure_page),
        patient_advice: contact(&settings.contacts.patient_advice),
        website: contact(&settings.contacts.website),
    })
}

async fn show(
    State(site): State<Site>,
    signed: Signed,
    Query(done): Query<Done>,
) -> Result<Response, PageError> {
    page(&signed.visit.reader, &view(&site, &signed, &done).await?)
}

async fn save(
    State(site): State<Site>,
    signed: Signed,
    Form(form): Form<Vec<(String, String)>>,
) -> Result<Response, PageError> {
    let contact =
        |name: &str| Some(value(&form, name).trim().to_owned()).filter(|text| !text.is_empty());
    let who = Who {
        name: value(&form, "name").to_owned(),
        other_names: lines(value(&form, "other_names")),
        places: lines(value(&form, "places")),
        clinicians: lines(value(&form, "clinicians")),
        law: Law::parse(value(&form, "region")),
        country: value(&form, "country").trim().to_uppercase(),
        time_zone: value(&form, "zone").trim().to_owned(),
        hours: signed.actor.workspace.settings.hours.clone(),
        contacts: Contacts {
            phone: contact("phone"),
            mail: contact("mail"),
            secure_page: contact("secure_page"),
            patient_advice: contact("patient_advice"),
            website: contact("website"),
        },
    };
    match workspace::enter(&site.app, signed.viewer(), who).await {
        Ok(()) => Ok(Redirect::to("/settings/organisation?saved=1").into_response()),
        Err(AppError::Invalid { field, message }) => {
            let mut view = view(&site, &signed, &Done::default()).await?;
            let wrong =
                |name: &str| Field::with(value(&form, name)).wrong(Said::plain(message.clone()));
            match field.as_str() {
                "name" => view.name = wrong("name"),
                "country" => view.country = wrong("country"),
                _ => view.zone = wrong("zone"),
            }
            page_with(
                StatusCode::UNPROCESSABLE_ENTITY,
                &signed.visit.reader,
                &view,
            )
        }
        Err(error) => Err(error.into()),
    }
}

fn hours_view(signed: &Signed, done: &Done, workspace: &Workspace) -> Result<HoursPage, PageError> {
    Right::Settings.demand(signed.viewer())?;
    let settings = &workspace.settings;
    let now = signed.visit.reader.now;
    let due = Calendar::of(settings)
        .ok()
        .and_then(|calendar| hours::due(&calendar, now, 1).ok());
    let when = due.map(|at| {
        signed
            .visit
            .reader
            .zone
            .to_datetime(at)
            .strftime("%A %H:%M")
            .to_string()
    });
    Ok(HoursPage {
        shell: frame(signed, done),
        part: Part::Hours,
        hours: day_hours(&settings.hours),
        exceptions: Field::with(
            settings
                .exceptions
                .iter()
                .map(written)
                .collect::<Vec<_>>()
                .join("\n"),
        ),
        first: Field::with(settings.answers.first_reply_minutes.to_string()),
        next: Field::with(settings.answers.next_reply_minutes.to_string()),
        undo: Field::with(settings.answers.undo_seconds.to_string()),
        tester: when.map_or_else(
            || Said::key("hours-none"),
            |when| Said::key("hours-tester").with("when", when),
        ),
    })
}

/// A day as a line: `2026-12-24 09:00-13:00 Christmas Eve`, or with `closed`.
fn written(day: &HoursException) -> String {
    let hours = day
        .hours
        .iter()
        .map(|(from, to)| format!("{from}-{to}"))
        .collect::<Vec<_>>()
        .join(",");
    let hours = if hours.is_empty() {
        "closed".to_owned()
    } else {
        hours
    };
    format!("{} {hours} {}", day.date, day.name)
        .trim_end()
        .to_owned()
}

fn exception(line: &str) -> Result<HoursException, String> {
    let wrong = || {
        format!(
            "{line:?} is no such day; write 2026-12-25 closed Christmas Day, or 2026-12-24 09:00-13:00 Christmas Eve"
        )
    };
    let mut parts = line.splitn(3, ' ');
    let date = parts
        .next()
        .filter(|date| date.parse::<jiff::civil::Date>().is_ok())
        .ok_or_else(wrong)?;
    let hours = match parts.next() {
        Some("closed") => Vec::new(),
        Some(hours) => {
            let pairs = hours.split(',').map(|pair| {
                pair.split_once('-')
                    .map(|(from, to)| (from.to_owned(), to.to_owned()))
            });
            pairs.collect::<Option<Vec<_>>>().ok_or_else(wrong)?
        }
        None => return Err(wrong()),
    };
    Ok(HoursException {
        date: date.to_owned(),
        name: parts.next().unwrap_or_default().to_owned(),
        hours,
    })
}

async fn show_hours(signed: Signed, Query(done): Query<Done>) -> Result<Response, PageError> {
    let workspace = signed.actor.workspace.clone();
    page(
        &signed.visit.reader,
        &hours_view(&signed, &done, &workspace)?,
    )
}

async fn save_hours(
    State(site): State<Site>,
    signed: Signed,
    Form(form): Form<Vec<(String, String)>>,
) -> Result<Response, PageError> {
    let mut changed = signed.actor.workspace.clone();
    changed.settings.hours = hours_of(&form);
    let number = |name: &str| {
        value(&form, name)
            .trim()
            .parse::<u32>()
            .map_err(|_| (name.to_owned(), "write a whole number".to_owned()))
    };
    let mut read = || -> Result<(), (String, String)> {
        changed.settings.answers.first_reply_minutes = number("first")?;
        changed.settings.answers.next_reply_minutes = number("next")?;
        changed.settings.answers.undo_seconds = number("undo")?;
        let days = lines(value(&form, "exceptions"))
            .iter()
            .map(|line| exception(line))
            .collect::<Result<_, _>>();
        changed.settings.exceptions = days.map_err(|why| ("exceptions".to_owned(), why))?;
        Ok(())
    };
    let wrong = match read() {
        Err(wrong) => wrong,
        Ok(()) => match workspace::save(&site.app, signed.viewer(), &changed).await {
            Ok(()) => return Ok(Redirect::to("/settings/hours?saved=1").into_response()),
            Err(AppError::Invalid { field, message }) => (field, message),
            Err(error) => return Err(error.into()),
        },
    };
    let mut view = hours_view(&signed, &Done::default(), &changed)?;
    let (field, message) = wrong;
    let at = |name: &str| Field::with(value(&form, name)).wrong(Said::plain(message.clone()));
    match field.as_str() {
        "first" => view.first = at("first"),
        "next" => view.next = at("next"),
        "undo" | "undo_seconds" => view.undo = at("undo"),
        _ => view.exceptions = at("exceptions"),
    }
    page_with(
        StatusCode::UNPROCESSABLE_ENTITY,
        &signed.visit.reader,
        &view,
    )
}
