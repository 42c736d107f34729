//! Approvals: a draft beside what it answers, for a second member.

use auscult_app::access;
use auscult_app::answer::{self, Waiting};
use auscult_model::approval::ApprovalWord;
use auscult_model::ids::ApprovalId;
use axum::Router;
use axum::extract::{Form, Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use serde::Deserialize;

use crate::error::PageError;
use crate::pages::inbox::guard_view;
use crate::pages::{Signed, Site};
use crate::render::page;
use crate::said::Said;
use crate::ui::{Avatar, Badge, Due, Tone};
use crate::view::approvals::{ApprovalView, ApprovalsPage, OwnApproval};
use crate::view::shell::Place;

/// The routes of this capability.
pub fn routes() -> Router<Site> {
    Router::new()
        .route("/approvals", get(list))
        .route("/approvals/{id}/approve", post(approve))
        .route("/approvals/{id}/return", post(give_back))
        .route("/approvals/{id}/withdraw", post(withdraw))
}

async fn list(State(site): State<Site>, signed: Signed) -> Result<Response, PageError> {
    let waiting = answer::waiting(&site.app, signed.viewer()).await?;
    let members = access::members(&site.app, signed.viewer()).await?;
    let name = |id| {
        members
            .iter()
            .find(|member| member.id == id)
            .map(|member| member.name.clone())
            .unwrap_or_default()
    };
    let me = signed.viewer().member;
    let (own, asked): (Vec<Waiting>, Vec<Waiting>) = waiting
        .into_iter()
        .partition(|one| Some(one.approval.asked_by) == me);
    let mut shell = signed.shell(Place::Approvals);
    shell.live_since = Some(auscult_app::live::last(&site.app, signed.viewer()).await?);
    let view = ApprovalsPage {
        shell,
        asked: asked
            .iter()
            .map(|one| approval_view(one, &name(one.approval.asked_by)))
            .collect(),
        own: own.iter().map(own_view).collect(),
    };
    page(&signed.visit.reader, &view)
}

fn path(one: &Waiting) -> String {
    match (&one.conversation, one.approval.target) {
        (Some(conversation), _) => format!("/inbox/{}", conversation.number),
        (None, auscult_model::approval::ApprovalTarget::Variant(id)) => {
            format!("/plan/variants/{id}")
        }
        (None, auscult_model::approval::ApprovalTarget::Answer(_)) => "/inbox".to_owned(),
    }
}

fn title(one: &Waiting) -> String {
    one.conversation.as_ref().map_or_else(
        || one.approval.text.chars().take(60).collect(),
        |conversation| conversation.last_line.clone(),
    )
}

fn approval_view(one: &Waiting, by: &str) -> ApprovalView {
    let words = one.post.as_ref().map(|post| {
        let who = post
            .post
            .author
            .as_ref()
            .and_then(|author| author.name.clone().or_else(|| author.handle.clone()))
            .unwrap_or_default();
        (who, post.post.text.clone().unwrap_or_default())
    });
    let due = one.conversation.as_ref().and_then(|conversation| {
        conversation.due_at.map(|at| Due {
            from: conversation.waiting_since.unwrap_or(conversation.opened_at),
            at,
        })
    });
    ApprovalView {
        id: one.approval.id.0,
        title: title(one),
        audience: one.approval.audience.audience().into(),
        place: one
            .conversation
            .as_ref()
            .map_or_else(String::new, |conversation| conversation.source.clone()),
        by: Avatar::of(by),
        at: one.approval.asked_at,
        due,
        why: Said::key(if one.judged.findings.is_empty() {
            "approval-why-policy"
        } else {
            "approval-why-guard"
        }),
        context: words.into_iter().collect(),
        text: one.approval.text.clone(),
        hash: one.approval.text_hash.clone(),
        guard: guard_view(&one.judged, 0, one.approval.audience.audience().into()),
        path: path(one),
        changed_from: None,
        cannot: None,
    }
}

fn own_view(one: &Waiting) -> OwnApproval {
    OwnApproval {
        path: path(one),
        title: title(one),
        state: Badge::new(Tone::Plain, Said::key("approval-asked")),
        note: None,
        at: one.approval.asked_at,
    }
}

#[derive(Deserialize)]
struct Word {
    hash: String,
    #[serde(default)]
    note: String,
}

async fn decide(
    site: &Site,
    signed: &Signed,
    id: ApprovalId,
    form: &Word,
    word: ApprovalWord,
) -> Result<Response, PageError> {
    answer::decide(
        &site.app,
        signed.viewer(),
        id,
        &form.hash,
        word,
        form.note.trim(),
    )
    .await?;
    Ok(Redirect::to("/approvals").into_response())
}

async fn approve(
    State(site): State<Site>,
    signed: Signed,
    Path(id): Path<ApprovalId>,
    Form(form): Form<Word>,
) -> Result<Response, PageError> {
    decide(&site, &signed, id, &form, ApprovalWord::Approve).await
}

async fn give_back(
    State(site): State<Site>,
    signed: Signed,
    Path(id): Path<ApprovalId>,
    Form(form): Form<Word>,
) -> Result<Response, PageError> {
    decide(&site, &signed, id, &form, ApprovalWord::Return).await
}

async fn withdraw(
    State(site): State<Site>,
    signed: Signed,
    Path(id): Path<ApprovalId>,
) -> Result<Response, PageError> {
    answer::withdraw_approval(&site.app, signed.viewer(), id).await?;
    Ok(Redirect::to("/approvals").into_response())
}
