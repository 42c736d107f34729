//! Policy of the guard, and what is kept how long.

use auscult_app::error::AppError;
use auscult_app::policy::{self, Verdict};
use auscult_app::right::Right;
use auscult_app::{system, workspace};
use auscult_model::workspace::Retention;
use axum::Router;
use axum::extract::{Form, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;

use super::{frame, value};
use crate::error::PageError;
use crate::pages::words::{Done, plain};
use crate::pages::{Signed, Site};
use crate::render::{page, page_with};
use crate::said::Said;
use crate::ui::{Choice, Field};
use crate::view::settings::{ExerciseLine, KeptLine, Part, PolicyPage, PrivacyPage, RuleLine};

/// Exercises shown.
const EXERCISES: usize = 40;

/// The routes of policy and privacy.
pub(super) fn routes() -> Router<Site> {
    Router::new().route("/settings/policy", get(show).post(save)).route("/settings/privacy", get(privacy).post(keep))
}

fn view(signed: &Signed, done: &Done) -> Result<PolicyPage, PageError> {
    Right::Settings.demand(signed.viewer())?;
    let workspace = &signed.actor.workspace;
    let raised = policy::raised(workspace);
    let rule = |line: policy::PolicyLine| {
        let is_raised = raised.contains(&line.rule);
        let stops = line.verdict == Verdict::Block;
        RuleLine {
            what: Said::plain(format!("{}. {}", line.title, line.words)),
            why: Said::plain(line.law),
            does: vec![Choice::new("ask", Said::key("rule-asks"), !stops), Choice::new("stop", Said::key("rule-stops"), stops)],
            fixed: stops && !is_raised,
            id: line.rule,
        }
    };
    let exercise = |one: &policy::Exercise| ExerciseLine {
        post: one.post.clone(),
        draft: one.draft.clone(),
        verdict: Said::key(match one.verdict {
            Verdict::Block => "verdict-block",
            Verdict::Warn => "verdict-warn",
            Verdict::Allow => "verdict-allow",
        }),
        rule: one.rule.clone(),
        why: one.why.clone(),
    };
    Ok(PolicyPage {
        shell: frame(signed, done),
        part: Part::Policy,
        approve_public: workspace.settings.answers.second_member_always,
        words: Field::with(policy::words(workspace)),
        rules: policy::rules(workspace)?.into_iter().map(rule).collect(),
        exercises: policy::exercises().iter().take(EXERCISES).map(exercise).collect(),
    })
}

async fn show(signed: Signed, Query(done): Query<Done>) -> Result<Response, PageError> {
    page(&signed.visit.reader, &view(&signed, &done)?)
}

async fn save(State(site): State<Site>, signed: Signed, Form(form): Form<Vec<(String, String)>>) -> Result<Response, PageError> {
    let stop: Vec<String> = form.iter().filter(|(_, value)| value == "stop").map(|(name, _)| name.clone()).collect();
    let second = !value(&form, "approve_public").is_empty();
    let words = value(&form, "words");
    match policy::save(&site.app, signed.viewer(), signed.actor.workspace.clone(), second, words, &stop).await {
        Ok(()) => Ok(Redirect::to("/settings/policy?saved=1").into_response()),
        Err(AppError::Invalid { message, .. }) => {
            let mut view = view(&signed, &Done::default())?;
            view.words = Field::with(words).wrong(Said::plain(message));
            page_with(StatusCode::UNPROCESSABLE_ENTITY, &signed.visit.reader, &view)
        }
        Err(error) => Err(error.into()),
    }
}

async fn privacy_view(site: &Site, signed: &Signed, done: &Done, kept: &Retention) -> Result<PrivacyPage, PageError> {
    let (raw, texts) = system::cleaning(&site.app, signed.viewer(), kept.raw_days, kept.text_days).await?;
    let line = |id, key, days: u32, preview| KeptLine { id, what: Said::key(key), days: Field::with(days.to_string()), preview };
    let never = || Said::key("kept-chain");
    let holds = system::holds(&site.app, signed.viewer()).await?;
    Ok(PrivacyPage {
        shell: frame(signed, done),
        part: Part::Privacy,
        kept: vec![
            line("text_days", "kept-text", kept.text_days, Said::key("kept-preview-text").with("n", texts)),
            line("raw_days", "kept-raw", kept.raw_days, Said::key("kept-preview-raw").with("n", raw)),
            line("decision_days", "kept-decision", kept.decision_days, never()),
            line("audit_days", "kept-audit", kept.audit_days, never()),
        ],
        holds: holds.iter().map(|hold| (format!("{} {}", plain(hold.on.as_str()), hold.subject), Said::plain(hold.reason.clone()))).collect(),
        cleaned: None,
    })
}

async fn privacy(State(site): State<Site>, signed: Signed, Query(done): Query<Done>) -> Result<Response, PageError> {
    page(&signed.visit.reader, &privacy_view(&site, &signed, &done, &signed.actor.workspace.settings.retention).await?)
}

async fn keep(State(site): State<Site>, signed: Signed, Form(form): Form<Vec<(String, String)>>) -> Result<Response, PageError> {
    let mut changed = signed.actor.workspace.clone();
    let kept = &mut changed.settings.retention;
    let mut wrong = None;
    for (name, days) in [("text_days", &mut kept.text_days), ("raw_days", &mut kept.raw_days), ("decision_days", &mut kept.decision_days), ("audit_days", &mut kept.audit_days)] {
        match value(&form, name).trim().parse::<u32>() {
            Ok(number) if (1..=36_500).contains(&number) => *days = number,
            _ => wrong = Some(name),
        }
    }
    let Some(wrong) = wrong else {
        workspace::save(&site.app, signed.viewer(), &changed).await?;
        return Ok(Redirect::to("/settings/privacy?saved=1").into_response());
    };
    let mut view = privacy_view(&site, &signed, &Done::default(), &changed.settings.retention).await?;
    if let Some(line) = view.kept.iter_mut().find(|line| line.id == wrong) {
        line.days = Field::with(value(&form, wrong)).wrong(Said::key("kept-wrong"));
    }
    page_with(StatusCode::UNPROCESSABLE_ENTITY, &signed.visit.reader, &view)
}
