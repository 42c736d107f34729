//! Files of posts: looked at first, taken in, listed, and taken back.

use std::time::Duration;

use auscult_app::error::AppError;
use auscult_app::listen::import::{self, Import, ImportFile, Imported, RefusedRow};
use auscult_app::right::Right;
use auscult_model::ids::ImportId;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Multipart, Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};

use crate::error::PageError;
use crate::pages::{Signed, Site};
use crate::render::{page, page_with};
use crate::router::UPLOAD_CAP;
use crate::said::{Said, ToWord};
use crate::ui::{Field, State as Shown, Tone};
use crate::view::imports::{ImportLine, ImportPage, ImportsPage, RefusedLine, Tried};
use crate::view::shell::Place;

/// How long a page waits for a file; a longer import goes on beside it.
const PATIENCE: Duration = Duration::from_secs(8);
/// Refused rows that a dry run shows.
const SHOWN: usize = 20;

/// The routes of imports.
pub(super) fn routes() -> Router<Site> {
    Router::new()
        .route("/listen/imports", get(show).post(take))
        .layer(DefaultBodyLimit::max(UPLOAD_CAP))
        .route("/listen/imports/{id}", get(one))
        .route("/listen/imports/{id}/refused", get(refused))
        .route("/listen/imports/{id}/back", post(back))
}

async fn show(State(site): State<Site>, signed: Signed) -> Result<Response, PageError> {
    page(
        &signed.visit.reader,
        &view(&site, &signed, Field::default()).await?,
    )
}

async fn view(site: &Site, signed: &Signed, mapping: Field) -> Result<ImportsPage, PageError> {
    let all = import::list(&site.app, signed.viewer()).await?;
    Ok(ImportsPage {
        shell: signed.shell(Place::Listen),
        running: all.iter().any(is_running),
        imports: all.iter().map(line_of).collect(),
        mapping,
        tried: None,
        trouble: None,
        may_change: Right::Listen.of(signed.viewer()),
    })
}

const fn is_running(import: &Import) -> bool {
    import.ended_at.is_none() && import.rolled_back_at.is_none()
}

fn line_of(import: &Import) -> ImportLine {
    let (tone, text) = if import.rolled_back_at.is_some() {
        (Tone::Plain, "import-back")
    } else if import.ended_at.is_none() {
        (Tone::Warn, "import-running")
    } else if import.refused > 0 {
        (Tone::Warn, "import-refused-some")
    } else {
        (Tone::Ok, "import-done")
    };
    ImportLine {
        path: format!("/listen/imports/{}", import.id.0),
        name: import.file_name.clone(),
        at: import.started_at,
        counts: counts(import.stored, import.known, import.refused),
        stored: import.stored,
        state: Shown {
            tone,
            text: Said::key(text),
        },
    }
}

fn counts(new: impl ToWord, known: impl ToWord, refused: impl ToWord) -> Said {
    Said::key("import-counts")
        .with("new", new)
        .with("known", known)
        .with("refused", refused)
}

/// What the form brought.
#[derive(Default)]
struct Sent {
    name: String,
    bytes: Option<Bytes>,
    mapping: String,
    look: bool,
}

async fn sent(mut form: Multipart) -> Result<Sent, PageError> {
    let mut sent = Sent::default();
    let broken = |error: axum::extract::multipart::MultipartError| {
        let why = if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
            "the file is larger than 64 MB; import it on the server with: auscult import"
        } else {
            "the file did not arrive whole; please send it again"
        };
        PageError::Bad {
            why: why.to_owned(),
        }
    };
    while let Some(field) = form.next_field().await.map_err(broken)? {
        match field.name().unwrap_or_default() {
            "file" => {
                field
                    .file_name()
                    .unwrap_or_default()
                    .clone_into(&mut sent.name);
                sent.bytes = Some(field.bytes().await.map_err(broken)?);
            }
            "mapping" => sent.mapping = field.text().await.map_err(broken)?,
            "look" => sent.look = true,
            _ => {}
        }
    }
    Ok(sent)
}

async fn take(
    State(site): State<Site>,
    signed: Signed,
    form: Multipart,
) -> Result<Response, PageError> {
    let sent = sent(form).await?;
    let bytes = sent.bytes.unwrap_or_default();
    let file = ImportFile {
        name: sent.name.clone(),
        format: None,
        mapping: Some(sent.mapping.clone()).filter(|mapping| !mapping.trim().is_empty()),
        dry_run: sent.look,
    };
    let done = if sent.name.is_empty() || bytes.is_empty() {
        Err(AppError::invalid(
            "file",
            "choose a file with a header row, or with one JSON object on each line",
        ))
    } else if sent.look {
        look(&site, &signed, file, &bytes).await.map(Done::Looked)
    } else {
        import::take_in(&site.app, signed.viewer(), file, bytes.to_vec(), PATIENCE)
            .await
            .map(Done::Taken)
    };
    let mapping = Field::with(sent.mapping);
    match done {
        Ok(Done::Taken(imported)) => {
            let to = imported
                .and_then(|imported| imported.id)
                .map_or_else(String::new, |id| format!("/{}", id.0));
            Ok(Redirect::to(&format!("/listen/imports{to}")).into_response())
        }
        Ok(Done::Looked(tried)) => {
            let mut view = view(&site, &signed, mapping).await?;
            view.tried = Some(tried);
            page(&signed.visit.reader, &view)
        }
        Err(AppError::Invalid { message, .. }) => {
            let mut view = view(&site, &signed, mapping).await?;
            view.trouble = Some(Said::plain(message));
            page_with(
                StatusCode::UNPROCESSABLE_ENTITY,
                &signed.visit.reader,
                &view,
            )
        }
        Err(error) => Err(error.into()),
    }
}

enum Done {
    Looked(Tried),
    Taken(Option<Imported>),
}

async fn look(
    site: &Site,
    signed: &Signed,
    file: ImportFile,
    bytes: &Bytes,
) -> Result<Tried, AppError> {
    let name = file.name.clone();
    let read = std::io::Cursor::new(bytes.to_vec());
    let mut rows = Vec::new();
    let found = import::run(&site.app, signed.viewer(), file, read, |row| {
        if rows.len() < SHOWN {
            rows.push(refused_row(row));
        }
        Ok(())
    })
    .await?;
    Ok(Tried {
        name,
        counts: counts(found.new, found.known, found.refused),
        changed: found.changed,
        rows,
    })
}

fn refused_row(row: RefusedRow) -> RefusedLine {
    RefusedLine {
        place: row.place(),
        reason: row.reason,
        row: row.row,
    }
}

async fn one(
    State(site): State<Site>,
    signed: Signed,
    Path(id): Path<ImportId>,
) -> Result<Response, PageError> {
    let (found, rows) = import::get(&site.app, signed.viewer(), id).await?;
    let view = ImportPage {
        shell: signed.shell(Place::Listen),
        one: line_of(&found),
        running: is_running(&found),
        rows: rows
            .into_iter()
            .map(|row| RefusedLine {
                place: row.place,
                reason: row.reason,
                row: String::from_utf8_lossy(&row.bytes).into_owned(),
            })
            .collect(),
        may_change: Right::Listen.of(signed.viewer()) && found.rolled_back_at.is_none(),
    };
    page(&signed.visit.reader, &view)
}

/// The refused rows as JSON Lines, to mend and import again.
async fn refused(
    State(site): State<Site>,
    signed: Signed,
    Path(id): Path<ImportId>,
) -> Result<Response, PageError> {
    let (_, rows) = import::get(&site.app, signed.viewer(), id).await?;
    let mut body = String::new();
    for row in rows {
        let line = serde_json::json!({
            "place": row.place, "reason": row.reason, "row": String::from_utf8_lossy(&row.bytes),
        });
        body.push_str(&line.to_string());
        body.push('\n');
    }
    let headers = [
        (header::CONTENT_TYPE, "application/x-ndjson"),
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"refused.jsonl\"",
        ),
    ];
    Ok((headers, body).into_response())
}

async fn back(
    State(site): State<Site>,
    signed: Signed,
    Path(id): Path<ImportId>,
) -> Result<Response, PageError> {
    import::take_back(&site.app, signed.viewer(), id).await?;
    Ok(Redirect::to(&format!("/listen/imports/{}", id.0)).into_response())
}
