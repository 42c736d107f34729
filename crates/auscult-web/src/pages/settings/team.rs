//! Members with roles and duties, and invitations whose link is shown once.

use auscult_app::access;
use auscult_app::error::AppError;
use auscult_app::right::Right;
use auscult_model::ids::{InvitationId, MemberId};
use auscult_model::member::{Duty, Invitation, Member, Role};
use axum::Router;
use axum::extract::{Form, Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use serde::Deserialize;

use super::frame;
use crate::error::PageError;
use crate::pages::words::Done;
use crate::pages::{Signed, Site};
use crate::render::{page, page_with};
use crate::said::Said;
use crate::ui::{Avatar, Choice, Field};
use crate::view::settings::{InvitationLine, MemberLine, Part, TeamPage};

/// The routes of the team.
pub(super) fn routes() -> Router<Site> {
    Router::new()
        .route("/settings/team", get(show))
        .route("/settings/team/invite", post(invite))
        .route("/settings/team/invitations/{id}/withdraw", post(withdraw))
        .route("/settings/team/{id}/role", post(role))
        .route("/settings/team/{id}/duties", post(duties))
        .route("/settings/team/{id}/switch", post(switch))
}

const fn role_key(role: Role) -> &'static str {
    match role {
        Role::Owner => "role-owner",
        Role::Manager => "role-manager",
        Role::Responder => "role-responder",
        Role::Approver => "role-approver",
        Role::Viewer => "role-viewer",
    }
}

const fn duty_key(duty: Duty) -> &'static str {
    match duty {
        Duty::PrivacyOfficer => "duty-privacy",
        Duty::Risk => "duty-risk",
        Duty::Safety => "duty-safety",
    }
}

fn roles(chosen: Role) -> Vec<Choice> {
    Role::ALL.iter().map(|role| Choice::new(role.as_str(), Said::key(role_key(*role)), *role == chosen)).collect()
}

async fn view(site: &Site, signed: &Signed, done: &Done, email: Field) -> Result<TeamPage, PageError> {
    let invitations = access::invitations(&site.app, signed.viewer()).await?;
    let members = access::members(&site.app, signed.viewer()).await?;
    let owners = members.iter().filter(|member| member.role == Role::Owner && !member.disabled).count();
    let line = |member: &Member| MemberLine {
        id: member.id.0,
        avatar: Avatar::of(&member.name),
        email: member.email.clone(),
        roles: roles(member.role),
        duties: Duty::ALL.iter().map(|duty| Choice::new(duty.as_str(), Said::key(duty_key(*duty)), member.duties.contains(duty))).collect(),
        last: None,
        last_owner: member.role == Role::Owner && owners <= 1,
        is_off: member.disabled,
    };
    let invited = |one: &Invitation| InvitationLine { id: one.id.0, email: one.email.clone(), role: Said::key(role_key(one.role)), until: one.expires_at };
    Ok(TeamPage {
        shell: frame(signed, done),
        part: Part::Team,
        members: members.iter().map(line).collect(),
        invitations: invitations.iter().map(invited).collect(),
        email,
        roles: roles(Role::Responder),
        link: None,
    })
}

async fn show(State(site): State<Site>, signed: Signed, Query(done): Query<Done>) -> Result<Response, PageError> {
    page(&signed.visit.reader, &view(&site, &signed, &done, Field::default()).await?)
}

#[derive(Deserialize)]
struct InviteForm {
    email: String,
    role: String,
}

/// Answers with the page itself: the link is never stored and cannot be shown after a redirect.
async fn invite(State(site): State<Site>, signed: Signed, Form(form): Form<InviteForm>) -> Result<Response, PageError> {
    let role = Role::parse(&form.role).ok_or_else(|| PageError::Bad { why: "role: choose one of the roles".to_owned() })?;
    match access::invite(&site.app, signed.viewer(), &form.email, role, Vec::new()).await {
        Ok(secret) => {
            let mut view = view(&site, &signed, &Done::default(), Field::default()).await?;
            let start = site.app.settings.web.public_url.as_deref().unwrap_or_default().trim_end_matches('/');
            view.link = Some(format!("{start}/join/{secret}"));
            page(&signed.visit.reader, &view)
        }
        Err(AppError::Invalid { message, .. }) => {
            let field = Field::with(form.email).wrong(Said::plain(message));
            page_with(StatusCode::UNPROCESSABLE_ENTITY, &signed.visit.reader, &view(&site, &signed, &Done::default(), field).await?)
        }
        Err(error) => Err(error.into()),
    }
}

fn back() -> Response {
    Redirect::to("/settings/team?saved=1").into_response()
}

async fn withdraw(State(site): State<Site>, signed: Signed, Path(id): Path<InvitationId>) -> Result<Response, PageError> {
    access::withdraw_invitation(&site.app, signed.viewer(), id).await?;
    Ok(back())
}

async fn member(site: &Site, signed: &Signed, id: MemberId) -> Result<Member, PageError> {
    Right::Members.demand(signed.viewer())?;
    let members = access::members(&site.app, signed.viewer()).await?;
    members.into_iter().find(|member| member.id == id).ok_or(PageError::NotFound)
}

#[derive(Deserialize)]
struct RoleForm {
    role: String,
}

async fn role(State(site): State<Site>, signed: Signed, Path(id): Path<MemberId>, Form(form): Form<RoleForm>) -> Result<Response, PageError> {
    let role = Role::parse(&form.role).ok_or_else(|| PageError::Bad { why: "role: choose one of the roles".to_owned() })?;
    let member = member(&site, &signed, id).await?;
    access::set_role(&site.app, signed.viewer(), id, role, &member.duties).await?;
    Ok(back())
}

#[derive(Deserialize)]
struct DutyForm {
    duty: String,
}

/// Gives a duty, or takes it from somebody who has it.
async fn duties(State(site): State<Site>, signed: Signed, Path(id): Path<MemberId>, Form(form): Form<DutyForm>) -> Result<Response, PageError> {
    let duty = Duty::parse(&form.duty).ok_or_else(|| PageError::Bad { why: "duty: choose one of the duties".to_owned() })?;
    let member = member(&site, &signed, id).await?;
    let mut duties = member.duties.clone();
    if duties.contains(&duty) { duties.retain(|had| *had != duty) } else { duties.push(duty) }
    access::set_role(&site.app, signed.viewer(), id, member.role, &duties).await?;
    Ok(back())
}

async fn switch(State(site): State<Site>, signed: Signed, Path(id): Path<MemberId>) -> Result<Response, PageError> {
    let member = member(&site, &signed, id).await?;
    access::set_disabled(&site.app, signed.viewer(), id, !member.disabled).await?;
    Ok(back())
}
