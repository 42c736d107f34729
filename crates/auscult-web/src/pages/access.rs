//! Signing in and out, and invitations.

use auscult_app::access::{self, SignedIn};
use auscult_app::error::AppError;
use auscult_model::member::Role;
use axum::Form;
use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use serde::Deserialize;

use crate::error::PageError;
use crate::pages::{Caller, Signed, Site, redirect_with};
use crate::render::{page, page_with};
use crate::router::Visit;
use crate::said::Said;
use crate::ui::Field;
use crate::view::access::{Door, InvitationPage, SignInPage, SignInTrouble};

/// The routes of this capability.
pub fn routes() -> Router<Site> {
    Router::new()
        .route("/", get(home))
        .route("/sign-in", get(sign_in_page).post(sign_in))
        .route("/sign-out", post(sign_out))
        .route("/join/{secret}", get(join_page).post(join))
}

async fn home(_: Signed) -> Redirect {
    Redirect::to("/today")
}

pub(super) fn door(site: &Site, visit: &Visit) -> Door {
    Door::of(visit, site.web.locales.names())
}

/// Where a form may lead: a path of this server, never another one.
fn safe_next(next: &str) -> &str {
    if next.starts_with('/')
        && !next.starts_with("//")
        && !next.contains('\\')
        && !next.contains(char::is_control)
    {
        next
    } else {
        "/today"
    }
}

pub(super) fn enter(site: &Site, signed: &SignedIn, to: &str) -> Response {
    let seconds =
        u32::try_from(signed.ends_at.as_second() - site.app.now().as_second()).unwrap_or(0);
    redirect_with(to, site.web.sessions().set(&signed.secret, seconds))
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Next {
    next: String,
}

async fn sign_in_page(
    State(site): State<Site>,
    visit: Visit,
    Query(next): Query<Next>,
) -> Result<Response, PageError> {
    if access::first_run_open(&site.app).await? {
        return Ok(Redirect::to("/welcome").into_response());
    }
    let view = sign_in_view(&site, &visit, &next.next, "", None).await?;
    page(&visit.reader, &view)
}

async fn sign_in_view(
    site: &Site,
    visit: &Visit,
    next: &str,
    email: &str,
    trouble: Option<SignInTrouble>,
) -> Result<SignInPage, PageError> {
    let organisation = access::organisation(&site.app).await?;
    Ok(SignInPage {
        door: door(site, visit),
        organisation,
        email: email.to_owned(),
        next: safe_next(next).to_owned(),
        trouble,
        example: false,
    })
}

#[derive(Deserialize)]
struct SignInForm {
    email: String,
    password: String,
    #[serde(default)]
    next: String,
}

async fn sign_in(
    State(site): State<Site>,
    visit: Visit,
    Caller(device): Caller,
    Form(form): Form<SignInForm>,
) -> Result<Response, PageError> {
    let trouble = match access::sign_in(&site.app, &form.email, &form.password, &device).await {
        Ok(signed) => return Ok(enter(&site, &signed, safe_next(&form.next))),
        Err(AppError::Invalid { .. }) => SignInTrouble::NoMatch,
        Err(AppError::RetryAt(at)) => SignInTrouble::Wait {
            minutes: ((at.as_second() - site.app.now().as_second()) / 60).max(1),
        },
        Err(error) => return Err(error.into()),
    };
    let view = sign_in_view(&site, &visit, &form.next, &form.email, Some(trouble)).await?;
    page_with(StatusCode::UNPROCESSABLE_ENTITY, &visit.reader, &view)
}

async fn sign_out(State(site): State<Site>, signed: Signed) -> Result<Response, PageError> {
    access::sign_out(&site.app, &signed.actor).await?;
    Ok(redirect_with("/sign-in", site.web.sessions().clear()))
}

async fn invitation_view(
    site: &Site,
    visit: &Visit,
    secret: &str,
    form: (Field, Field),
) -> Result<InvitationPage, PageError> {
    let invitation = access::invitation(&site.app, secret)
        .await?
        .ok_or(PageError::NotFound)?;
    let role = match invitation.role {
        Role::Owner => "role-owner",
        Role::Manager => "role-manager",
        Role::Responder => "role-responder",
        Role::Approver => "role-approver",
        Role::Viewer => "role-viewer",
    };
    Ok(InvitationPage {
        door: door(site, visit),
        organisation: access::organisation(&site.app).await?,
        by: String::new(),
        role: Said::key(role),
        email: invitation.email,
        name: form.0,
        password: form.1,
        until: invitation.expires_at,
    })
}

async fn join_page(
    State(site): State<Site>,
    visit: Visit,
    Path(secret): Path<String>,
) -> Result<Response, PageError> {
    page(
        &visit.reader,
        &invitation_view(&site, &visit, &secret, (Field::default(), Field::default())).await?,
    )
}

#[derive(Deserialize)]
struct JoinForm {
    name: String,
    password: String,
}

async fn join(
    State(site): State<Site>,
    visit: Visit,
    Path(secret): Path<String>,
    Caller(device): Caller,
    Form(form): Form<JoinForm>,
) -> Result<Response, PageError> {
    match access::accept(&site.app, &secret, &form.name, &form.password, &device).await {
        Ok(signed) => Ok(enter(&site, &signed, "/today")),
        Err(AppError::Invalid { field, message }) => {
            let fields = wrong_field(&field, message, [("name", &form.name), ("password", "")]);
            let [name, password] = fields;
            let view = invitation_view(&site, &visit, &secret, (name, password)).await?;
            page_with(StatusCode::UNPROCESSABLE_ENTITY, &visit.reader, &view)
        }
        Err(error) => Err(error.into()),
    }
}

/// Fields with what was typed, the message on the one it belongs to.
pub(super) fn wrong_field<const N: usize>(
    field: &str,
    message: String,
    typed: [(&str, &str); N],
) -> [Field; N] {
    let known = typed.iter().any(|(name, _)| *name == field);
    let mut first = !known;
    typed.map(|(name, value)| {
        let hit = name == field || std::mem::take(&mut first);
        let plain = Field::with(value);
        if hit {
            plain.wrong(Said::plain(message.clone()))
        } else {
            plain
        }
    })
}
