//! Writing an answer: the guard while one types, drafts, sending, a second pair of eyes, notes.

use auscult_app::answer::{self, Answer, Checked, Sending};
use auscult_app::error::AppError;
use auscult_app::guard::Judged;
use auscult_app::inbox::{self, Opened};
use auscult_model::ids::MemberId;
use auscult_model::inbox::{Audience as Kept, Internal, Reach, ResolveReason};
use auscult_model::member::Role;
use axum::Router;
use axum::extract::{Form, Path, Query, State};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, http::StatusCode};
use jiff::Timestamp;
use serde::Deserialize;

use crate::error::PageError;
use crate::pages::inbox::{Look, back, inbox_page, show};
use crate::pages::words::network;
use crate::pages::{Signed, Site};
use crate::render::{html, page, page_with};
use crate::said::Said;
use crate::ui::{Audience, Choice};
use crate::view::inbox::{Composer, GuardAnswer, GuardFinding, GuardView, SavedReply, Verdict};

/// The routes of writing.
pub(super) fn routes() -> Router<Site> {
    Router::new()
        .route("/inbox/{number}/check", post(check))
        .route("/inbox/{number}/draft", post(draft))
        .route("/inbox/{number}/send", post(send))
        .route("/inbox/{number}/ask", post(ask))
        .route("/inbox/{number}/by-hand", post(by_hand))
}

/// What stands in the composer's form.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Typed {
    version: i64,
    /// The version of the draft these words were typed over.
    draft: i64,
    key: String,
    #[serde(rename = "as")]
    audience: String,
    text: Option<String>,
    switch: String,
    #[serde(rename = "use")]
    wording: String,
    later: String,
    approver: String,
    /// Somebody else's words, when the conversation changed meanwhile.
    #[serde(skip)]
    conflict: Option<(String, String)>,
}

impl Typed {
    fn audience(&self, default: Audience) -> Audience {
        let word = if self.switch.is_empty() {
            &self.audience
        } else {
            &self.switch
        };
        match word.as_str() {
            "public" => Audience::Public,
            "private" => Audience::Private,
            "internal" => Audience::Internal,
            _ => default,
        }
    }

    fn words(&self) -> String {
        if self.wording.is_empty() {
            self.text.clone().unwrap_or_default()
        } else {
            self.wording.clone()
        }
    }

    fn answer(&self, number: i64, audience: Audience) -> Answer {
        Answer {
            number,
            version: self.version,
            private: audience == Audience::Private,
            text: self.words(),
            key: self.key.clone(),
            later: None,
        }
    }
}

fn kept(audience: Audience) -> Kept {
    match audience {
        Audience::Public => Kept::Public,
        Audience::Private => Kept::Private,
        Audience::Internal => Kept::Internal,
    }
}

/// The composer of an open conversation, with what was typed or kept.
pub(super) async fn composer(
    site: &Site,
    signed: &Signed,
    opened: &Opened,
    typed: Typed,
) -> Result<Composer, PageError> {
    let row = &opened.conversation;
    let default = match row.reach {
        Reach::Public => Audience::Public,
        Reach::Private => Audience::Private,
    };
    let draft_version = opened.draft.as_ref().map_or(0, |draft| draft.version);
    let draft = opened
        .draft
        .as_ref()
        .filter(|_| typed.text.is_none() && typed.wording.is_empty());
    let audience = draft.map_or_else(|| typed.audience(default), |draft| draft.audience.into());
    let text = draft.map_or_else(|| typed.words(), |draft| draft.text.clone());
    let key = if typed.key.is_empty() {
        site.web.entropy.token()
    } else {
        typed.key.clone()
    };
    let asked = Answer {
        number: row.number,
        version: row.version,
        private: audience == Audience::Private,
        text: text.clone(),
        key: key.clone(),
        later: None,
    };
    let checked = if audience == Audience::Internal {
        None
    } else {
        Some(answer::check(&site.app, signed.viewer(), &asked).await?)
    };
    let guard = checked
        .as_ref()
        .filter(|_| !text.trim().is_empty())
        .map_or_else(GuardView::default, |checked| {
            guard_view(&checked.judged, row.number, audience)
        });
    let (count, over) = counted(checked.as_ref(), &text);
    let names = show::Names::read(site, signed).await?;
    let approvers = names.members.iter().filter(|member| {
        Some(member.id) != signed.viewer().member
            && !member.disabled
            && matches!(member.role, Role::Owner | Role::Manager | Role::Approver)
    });
    let first_name = signed
        .actor
        .user
        .name
        .split_whitespace()
        .next()
        .unwrap_or_default()
        .to_owned();
    let by_hand =
        row_link(opened).filter(|_| checked.as_ref().is_some_and(|checked| !checked.can_reply));
    Ok(Composer {
        number: row.number,
        version: row.version,
        draft: draft_version,
        key,
        audience,
        may: vec![default, Audience::Internal],
        place: if audience == Audience::Private {
            show::shown_name(row)
        } else {
            network(&row.source)
        },
        identities: vec![Choice::new("own", Said::plain(first_name), true)],
        text,
        guard,
        count,
        over,
        replies: Vec::<SavedReply>::new(),
        approvers: approvers
            .map(|member| {
                Choice::new(
                    member.id.to_string(),
                    Said::plain(member.name.clone()),
                    false,
                )
            })
            .collect(),
        needs_approval: checked
            .as_ref()
            .is_some_and(|checked| checked.needs_approval),
        approval: show::approval_words(site, signed, opened).await?,
        conflict: typed.conflict,
        by_hand,
        undo_seconds: signed.actor.workspace.settings.answers.undo_seconds,
    })
}

fn row_link(opened: &Opened) -> Option<String> {
    opened
        .post
        .as_ref()
        .and_then(|post| post.post.url.clone())
        .filter(|url| url.starts_with("http"))
}

/// The length by the network's own rule, and whether it is too long.
fn counted(checked: Option<&Checked>, text: &str) -> (String, bool) {
    let over = checked.is_some_and(|checked| {
        checked
            .problems
            .iter()
            .any(|problem| problem.code == "too_long")
    });
    let count = checked.and_then(|checked| checked.count).map_or_else(
        || text.chars().count().to_string(),
        |(now, most)| format!("{now} / {most}"),
    );
    (count, over)
}

/// What the guard says, as the composer shows it.
pub(crate) fn guard_view(judged: &Judged, number: i64, audience: Audience) -> GuardView {
    let verdict = match judged.verdict.as_str() {
        "block" => Verdict::Block,
        "warn" => Verdict::Warn,
        _ => Verdict::Clear,
    };
    let findings = judged
        .findings
        .iter()
        .enumerate()
        .map(|(place, finding)| GuardFinding {
            number: place + 1,
            start: finding.start,
            end: finding.end,
            why: Said::plain(format!("{} {}", finding.why, finding.law)),
            rules: finding.rule.clone(),
            hard: finding.verdict.as_str() == "block",
        });
    GuardView {
        verdict,
        findings: findings.collect(),
        rewrite: Some(judged.rewrite.clone()).filter(|words| !words.is_empty()),
        private_helps: false,
        elsewhere: false,
        number: if audience == Audience::Internal {
            0
        } else {
            number
        },
    }
}

async fn check(
    State(site): State<Site>,
    signed: Signed,
    Path(number): Path<i64>,
    Form(typed): Form<Typed>,
) -> Result<Response, PageError> {
    let audience = typed.audience(Audience::Public);
    let text = typed.words();
    let conversation = inbox::by_number(&site.app, signed.viewer(), number).await?;
    inbox::writing(&site.app, signed.viewer(), conversation.id).await?;
    let words = (kept(audience), text.as_str());
    let saved = inbox::save_draft(
        &site.app,
        signed.viewer(),
        &conversation,
        words,
        typed.draft,
    )
    .await;
    // Typed in another window too: the words stay where they are, and the guard still looks at them.
    let (draft, elsewhere) = match saved {
        Ok(version) => (version, false),
        Err(AppError::Conflict(_)) => (typed.draft, true),
        Err(error) => return Err(error.into()),
    };
    if audience == Audience::Internal || text.trim().is_empty() {
        let nothing = GuardAnswer {
            findings: Vec::new(),
            blocked: false,
            said: String::new(),
            html: String::new(),
            count: text.chars().count().to_string(),
            over: false,
            draft,
        };
        return Ok(Json(nothing).into_response());
    }
    let checked =
        answer::check(&site.app, signed.viewer(), &typed.answer(number, audience)).await?;
    let mut view = guard_view(&checked.judged, number, audience);
    view.elsewhere = elsewhere;
    let (count, over) = counted(Some(&checked), &text);
    let reader = &signed.visit.reader;
    let answer = GuardAnswer {
        findings: view.marks(),
        blocked: view.verdict == Verdict::Block,
        said: reader.locale.say(&view.head()),
        html: html(reader, &view)?,
        count,
        over,
        draft,
    };
    Ok(Json(answer).into_response())
}

async fn draft(
    State(site): State<Site>,
    signed: Signed,
    Path(number): Path<i64>,
    Query(look): Query<Look>,
    Form(typed): Form<Typed>,
) -> Result<Response, PageError> {
    let conversation = inbox::by_number(&site.app, signed.viewer(), number).await?;
    let audience = typed.audience(Audience::Public);
    let words = typed.words();
    let keep = async |over| {
        let kept = (kept(audience), words.as_str());
        inbox::save_draft(&site.app, signed.viewer(), &conversation, kept, over).await
    };
    match keep(typed.draft).await {
        // Kept while typing a moment ago; this form holds the newer words.
        Err(AppError::Conflict(_)) => {
            let opened = inbox::open(&site.app, signed.viewer(), number).await?;
            keep(opened.draft.map_or(0, |draft| draft.version)).await?
        }
        kept => kept?,
    };
    if !signed.visit.fragment {
        return Ok(back(number, &look));
    }
    let opened = inbox::open(&site.app, signed.viewer(), number).await?;
    page(
        &signed.visit.reader,
        &composer(&site, &signed, &opened, typed).await?,
    )
}

async fn send(
    State(site): State<Site>,
    signed: Signed,
    Path(number): Path<i64>,
    Query(look): Query<Look>,
    Form(typed): Form<Typed>,
) -> Result<Response, PageError> {
    let audience = typed.audience(Audience::Public);
    if audience == Audience::Internal {
        let conversation = inbox::by_number(&site.app, signed.viewer(), number).await?;
        inbox::add_note(
            &site.app,
            signed.viewer(),
            conversation.id,
            &Internal::default(),
            &typed.words(),
        )
        .await?;
        inbox::discard_draft(&site.app, signed.viewer(), conversation.id).await?;
        return Ok(back(number, &look));
    }
    let mut wanted = typed.answer(number, audience);
    wanted.later = match later(&signed, &typed.later) {
        Ok(at) => at,
        Err(error) => return refused(&site, &signed, (number, &look), typed, error).await,
    };
    match answer::send(&site.app, signed.viewer(), &wanted).await {
        Ok(Sending::GoingOut(..) | Sending::Known(_) | Sending::Asked(_)) => {
            Ok(back(number, &look))
        }
        Err(error) => refused(&site, &signed, (number, &look), typed, error).await,
    }
}

/// A send that did not happen: the page again, with the words kept and the reason beside them.
async fn refused(
    site: &Site,
    signed: &Signed,
    (number, look): (i64, &Look),
    mut typed: Typed,
    error: AppError,
) -> Result<Response, PageError> {
    let status = match &error {
        AppError::Guarded(_) | AppError::Invalid { .. } => StatusCode::UNPROCESSABLE_ENTITY,
        AppError::Conflict(_) => StatusCode::CONFLICT,
        AppError::NotFound(_)
        | AppError::Forbidden(_)
        | AppError::RetryAt(_)
        | AppError::Unavailable(_)
        | AppError::Broken(_) => return Err(error.into()),
    };
    let opened = inbox::open(&site.app, signed.viewer(), number).await?;
    if let AppError::Conflict(_) = error {
        let last = opened
            .entries
            .iter()
            .rev()
            .find(|entry| !entry.text.is_empty());
        typed.conflict = last.map(|entry| (entry.author_name.clone(), entry.text.clone()));
    }
    let words = match &error {
        AppError::Invalid { message, .. } => Some(message.clone()),
        _ => None,
    };
    let composer = composer(site, signed, &opened, typed).await?;
    let mut view = inbox_page(site, signed, look, Some(opened)).await?;
    if let Some(open) = &mut view.open {
        open.composer = Some(composer);
    }
    if let Some(words) = words {
        view.shell.flash = Some(crate::ui::Flash {
            tone: crate::ui::Tone::Warn,
            text: Said::plain(words),
        });
    }
    page_with(status, &signed.visit.reader, &view)
}

/// The wall time of the form in the zone of the workspace.
fn later(signed: &Signed, text: &str) -> Result<Option<Timestamp>, AppError> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    let wrong = || {
        AppError::invalid(
            "later",
            "choose a date and a time that is still to come; nothing was sent, and your words are kept",
        )
    };
    let wall: jiff::civil::DateTime = text.trim().parse().ok().ok_or_else(wrong)?;
    let at = auscult_model::hours::Calendar::resolve(&signed.visit.reader.zone, wall);
    // Words that were meant for later never go out at once because the time was mistyped.
    at.filter(|at| *at > signed.visit.reader.now)
        .map(Some)
        .ok_or_else(wrong)
}

async fn ask(
    State(site): State<Site>,
    signed: Signed,
    Path(number): Path<i64>,
    Query(look): Query<Look>,
    Form(typed): Form<Typed>,
) -> Result<Response, PageError> {
    let of = typed.approver.parse::<MemberId>().ok();
    let wanted = typed.answer(number, typed.audience(Audience::Public));
    match answer::ask(&site.app, signed.viewer(), &wanted, of).await {
        Ok(_) => Ok(back(number, &look)),
        Err(error) => refused(&site, &signed, (number, &look), typed, error).await,
    }
}

/// The words were posted by hand at the place itself.
async fn by_hand(
    State(site): State<Site>,
    signed: Signed,
    Path(number): Path<i64>,
    Query(look): Query<Look>,
    Form(typed): Form<Typed>,
) -> Result<Response, PageError> {
    let conversation = inbox::by_number(&site.app, signed.viewer(), number).await?;
    let act = inbox::Act::Resolve(ResolveReason::AnsweredElsewhere);
    inbox::act(
        &site.app,
        signed.viewer(),
        (conversation.id, typed.version),
        act,
    )
    .await?;
    inbox::discard_draft(&site.app, signed.viewer(), conversation.id).await?;
    Ok(back(number, &look))
}
