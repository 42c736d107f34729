//! A query from another suite fills the editor of a new watch, with what could not be translated beside it.

use auscult_app::error::AppError;
use auscult_app::listen::bring::{self, Dialect, Faith, Remark, Translation};
use axum::extract::{Form, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::watches::{WatchForm, editor_view};
use crate::error::PageError;
use crate::pages::{Signed, Site};
use crate::render::page_with;
use crate::said::Said;
use crate::ui::{Choice, Field, State as Shown, Tone};
use crate::view::bring::{Bring, Brought, BroughtPiece, BroughtRemark, Mark};

/// Remarks that are shown.
const SHOWN: usize = 100;
/// Characters of a part that are shown beside its remark.
const PART: usize = 120;

/// The fold as it stands before anything was brought.
pub(super) fn folded(dialect: Option<Dialect>, foreign: &str) -> Bring {
    let choice = |one: Dialect| {
        let chosen = dialect.unwrap_or(Dialect::Brandwatch) == one;
        Choice::new(one.name(), Said::plain(one.title()), chosen)
    };
    Bring {
        is_open: false,
        dialects: Dialect::ALL.into_iter().map(choice).collect(),
        foreign: Field::with(foreign),
        brought: None,
    }
}

/// Translates what was pasted; the rest of the form stays as it was typed.
pub(super) async fn take(
    State(site): State<Site>,
    signed: Signed,
    Form(mut form): Form<WatchForm>,
) -> Result<Response, PageError> {
    let dialect: Dialect = form
        .dialect
        .parse()
        .map_err(|why: String| AppError::invalid("dialect", why))?;
    let mut fold = Bring {
        is_open: true,
        ..folded(Some(dialect), &form.foreign)
    };
    let mut status = StatusCode::UNPROCESSABLE_ENTITY;
    match bring::bring(&site.app, signed.viewer(), dialect, &form.foreign).await {
        Ok(translation) => {
            fold.brought = Some(brought(dialect, form.foreign.trim(), &translation));
            if let Some(query) = translation.query {
                form.query = query;
                status = StatusCode::OK;
            }
        }
        Err(AppError::Invalid { message, .. }) => {
            fold.foreign = fold.foreign.wrong(Said::plain(message));
        }
        Err(error) => return Err(error.into()),
    }
    let mut view = editor_view(&site, &signed, None, &form, None).await?;
    view.bring = Some(fold);
    page_with(status, &signed.visit.reader, &view)
}

fn brought(dialect: Dialect, foreign: &str, translation: &Translation) -> Brought {
    let faults = translation
        .errors
        .iter()
        .map(|fault| (shortened(&fault.text), fault.says.clone()));
    Brought {
        suite: dialect.title(),
        faults: faults.collect(),
        pieces: pieces(foreign, &translation.remarks),
        remarks: translation.remarks.iter().take(SHOWN).map(remark).collect(),
        more: translation.remarks.len().saturating_sub(SHOWN),
    }
}

fn remark(remark: &Remark) -> BroughtRemark {
    let (tone, key) = match remark.kind {
        Faith::Exact => (Tone::Ok, Said::key("brought-exact")),
        Faith::Differs => (Tone::Warn, Said::key("brought-differs")),
        Faith::LeftOut => (Tone::Danger, Said::key("brought-left-out")),
    };
    BroughtRemark {
        state: Shown { tone, text: key },
        text: shortened(&remark.text),
        says: Said::plain(remark.says.clone()),
    }
}

fn shortened(text: &str) -> String {
    let mut short: String = text.chars().take(PART).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

/// The foreign query cut where its marks begin and end. Of two marks on one place the later begins where the first ends.
fn pieces(foreign: &str, remarks: &[Remark]) -> Vec<BroughtPiece> {
    let letters: Vec<char> = foreign.chars().collect();
    let mut pieces = Vec::new();
    let mut push = |start: usize, end: usize, mark| {
        let text: String = letters.get(start..end).unwrap_or_default().iter().collect();
        if !text.is_empty() {
            pieces.push(BroughtPiece { text, mark });
        }
    };
    let mut at = 0;
    for remark in remarks {
        let mark = match remark.kind {
            Faith::Exact => continue,
            Faith::Differs => Mark::Differs,
            Faith::LeftOut => Mark::LeftOut,
        };
        let start = remark.start.max(at);
        push(at, start, Mark::None);
        push(start, remark.end, mark);
        at = at.max(remark.end);
    }
    push(at, letters.len(), Mark::None);
    pieces
}
