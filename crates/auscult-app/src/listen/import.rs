//! Files of posts: read row by row in bounded memory, taken in batches; a second import of a file changes nothing.

use std::collections::HashSet;
use std::io::{Cursor, Read};
use std::time::Duration;

use auscult_connect::contract::{Inbound, InboundPost};
use auscult_connect::import::{Mapping, Options, Reader, RowError};
use auscult_model::ids::ImportId;
use auscult_model::listen::{IngestFrom, IngestResult};
use auscult_model::member::Viewer;
pub use auscult_store::import::{BrokenItem, Import};
use auscult_store::{import, post};
use serde::Serialize;

use crate::app::App;
use crate::error::AppError;
use crate::listen::take;
use crate::right::Right;

pub use auscult_connect::import::{Format, presets};

/// Refused rows that are kept for an import's page.
const KEPT: u32 = 1_000;
/// Rows of a batch.
const BATCH: usize = 500;

/// What is known of a file before it is read.
#[derive(Debug, Clone, Default)]
pub struct ImportFile {
    /// Its name.
    pub name: String,
    /// What it is; found out unless said.
    pub format: Option<Format>,
    /// Which column is which, as TOML or JSON; a preset is looked for unless said.
    pub mapping: Option<String>,
    /// Only counts what would happen.
    pub dry_run: bool,
}

/// What an import did, or would do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Imported {
    /// Under which it is remembered; none for a dry run.
    #[serde(skip)]
    pub id: Option<ImportId>,
    /// Posts that were not here.
    pub new: u64,
    /// Posts that were here as they are.
    pub known: u64,
    /// Posts that were here with other words.
    pub changed: u64,
    /// Rows that were refused.
    pub refused: u64,
}

/// A row that was refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RefusedRow {
    /// The line the row begins at, from 1; 0 when only the id is known.
    pub line: u64,
    /// The column or field.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// What is wrong and how to mend it.
    pub reason: String,
    /// The row as it stands.
    pub row: String,
}

impl RefusedRow {
    /// Where it stands in the file, in words; empty when only the id is known.
    pub fn place(&self) -> String {
        match (self.line, &self.column) {
            (0, _) => String::new(),
            (line, Some(column)) => format!("line {line}, {column}"),
            (line, None) => format!("line {line}"),
        }
    }
}

impl From<RowError> for RefusedRow {
    fn from(error: RowError) -> Self {
        Self {
            line: error.line,
            column: error.column,
            reason: format!("expected {}; {}", error.expected, error.mend),
            row: error.row,
        }
    }
}

/// What an import works with: where rows go and what is remembered between batches.
struct Importing<'a> {
    app: &'a App,
    viewer: &'a Viewer,
    import: Option<ImportId>,
    seen: HashSet<(String, String)>,
    counts: Imported,
}

/// Imports a file. Good rows are kept whatever the others are; each refused row is told to `refused` as it is met.
///
/// # Errors
/// [`AppError::Invalid`] when the file as a whole cannot be read: no header, swapped columns, a wrong mapping.
pub async fn run<R, F>(
    app: &App,
    viewer: &Viewer,
    file: ImportFile,
    read: R,
    mut refused: F,
) -> Result<Imported, AppError>
where
    R: Read + Send + 'static,
    F: FnMut(RefusedRow) -> Result<(), AppError>,
{
    Right::Listen.demand(viewer)?;
    let options = options(&file)?;
    let opened = tokio::task::spawn_blocking(move || Reader::new(read, &options))
        .await
        .map_err(|error| AppError::broken(error.to_string()))?;
    let reader = opened.map_err(|error| AppError::invalid(file.name.clone(), error.to_string()))?;
    let import = if file.dry_run {
        None
    } else {
        Some(begin(app, viewer, &file.name).await?)
    };
    let mut importing = Importing {
        app,
        viewer,
        import,
        seen: HashSet::new(),
        counts: Imported {
            id: import,
            ..Imported::default()
        },
    };
    match importing.rows(reader, &mut refused).await {
        Ok(unread) => {
            importing.counts.refused += unread;
            importing.end(unread).await
        }
        Err(error) => {
            importing.stopped(&file.name, &error).await?;
            Err(error)
        }
    }
}

/// Imports of the workspace, newest first.
pub async fn list(app: &App, viewer: &Viewer) -> Result<Vec<Import>, AppError> {
    Ok(import::list(&mut app.read().await?, viewer).await?)
}

/// One import with the rows it refused.
pub async fn get(
    app: &App,
    viewer: &Viewer,
    id: ImportId,
) -> Result<(Import, Vec<BrokenItem>), AppError> {
    let mut conn = app.read().await?;
    let all = import::list(&mut conn, viewer).await?;
    let found = all
        .into_iter()
        .find(|one| one.id == id)
        .ok_or(AppError::NotFound("import"))?;
    let rows = import::broken_of(&mut conn, viewer, id, KEPT).await?;
    Ok((found, rows))
}

/// Takes in a file that is in memory, beside the page that sent it; refused rows are kept with their reasons. Waits
/// for `patience` and says what came of it by then; none while it still goes on.
pub async fn take_in(
    app: &App,
    viewer: &Viewer,
    file: ImportFile,
    bytes: Vec<u8>,
    patience: Duration,
) -> Result<Option<Imported>, AppError> {
    let (say, said) = tokio::sync::oneshot::channel();
    let (work, member) = (app.clone(), viewer.clone());
    app.tasks.spawn(async move {
        let name = file.name.clone();
        let done = keep(&work, &member, file, bytes).await;
        if let Err(error) = &done {
            tracing::warn!("the import of {name} ended early: {error}");
        }
        // Nobody may be waiting any more; the import's own page shows what came of it.
        say.send(done).ok();
    });
    match tokio::time::timeout(patience, said).await {
        Ok(Ok(done)) => done.map(Some),
        Ok(Err(_)) => Err(AppError::broken("the import ended without a word")),
        Err(_) => Ok(None),
    }
}

async fn keep(
    app: &App,
    viewer: &Viewer,
    file: ImportFile,
    bytes: Vec<u8>,
) -> Result<Imported, AppError> {
    let mut rows = Vec::new();
    let done = run(app, viewer, file, Cursor::new(bytes), |row| {
        if rows.len() < KEPT as usize {
            rows.push(row);
        }
        Ok(())
    })
    .await?;
    let now = app.now();
    let mut tx = app.begin().await?;
    for row in rows {
        let item = BrokenItem {
            id: 0,
            channel: None,
            import: done.id,
            place: row.place(),
            reason: row.reason,
            bytes: row.row.into_bytes(),
            at: now,
        };
        import::keep_broken(&mut tx, viewer, &item, now).await?;
    }
    app.commit(tx).await?;
    Ok(done)
}

/// Takes an import back; posts somebody already works on stay.
pub async fn take_back(app: &App, viewer: &Viewer, id: ImportId) -> Result<(), AppError> {
    Right::Listen.demand(viewer)?;
    loop {
        let now = app.now();
        let mut tx = app.begin().await?;
        let left = import::roll_back(&mut tx, viewer, id, now).await?;
        if left == 0 {
            crate::access::note(&mut tx, viewer, "import.taken_back", ("import", id.0), now);
        }
        app.commit(tx).await?;
        if left == 0 {
            return Ok(());
        }
    }
}

impl Importing<'_> {
    /// Takes in all rows of the file; how many could not be read.
    async fn rows<R, F>(&mut self, mut reader: Reader<R>, refused: &mut F) -> Result<u64, AppError>
    where
        R: Read + Send + 'static,
        F: FnMut(RefusedRow) -> Result<(), AppError>,
    {
        let mut unread = 0;
        loop {
            let (back, rows) = tokio::task::spawn_blocking(move || next(reader))
                .await
                .map_err(|error| AppError::broken(error.to_string()))?;
            reader = back;
            if rows.is_empty() {
                return Ok(unread);
            }
            let mut posts = Vec::with_capacity(rows.len());
            for row in rows {
                match row {
                    Ok(post) => posts.push(post),
                    Err(error) => {
                        unread += 1;
                        refused(error.into())?;
                    }
                }
            }
            for row in self.batch(posts).await? {
                refused(row)?;
            }
        }
    }

    /// Ends an import that could not go on, and says so where its refused rows are shown.
    async fn stopped(self, name: &str, error: &AppError) -> Result<(), AppError> {
        let Some(id) = self.import else {
            return Ok(());
        };
        let now = self.app.now();
        let mut tx = self.app.begin().await?;
        import::stop(&mut tx, self.viewer, id, name, &error.to_string(), now).await?;
        self.app.commit(tx).await
    }

    async fn batch(&mut self, posts: Vec<InboundPost>) -> Result<Vec<RefusedRow>, AppError> {
        if self.import.is_none() {
            self.look(&posts).await?;
            return Ok(Vec::new());
        }
        let from = IngestFrom {
            import: self.import,
            ..IngestFrom::default()
        };
        let ids: Vec<Option<String>> = posts
            .iter()
            .map(|inbound| Some(inbound.post.id.clone()))
            .collect();
        let items = posts
            .into_iter()
            .map(|post| Inbound::Post(Box::new(post)))
            .collect();
        let outcome = take(self.app, self.viewer.workspace, from, items).await?;
        let mut refused = Vec::new();
        for (id, result) in ids.into_iter().zip(outcome.results) {
            let reason = match result {
                IngestResult::Stored(_) => {
                    self.counts.new += 1;
                    continue;
                }
                IngestResult::Known(_) | IngestResult::Deleted => {
                    self.counts.known += 1;
                    continue;
                }
                IngestResult::Revised(_) => {
                    self.counts.changed += 1;
                    continue;
                }
                IngestResult::Tombstoned => {
                    "it was deleted or erased here before and does not come back".to_owned()
                }
                IngestResult::Refused(reason) => reason,
            };
            self.counts.refused += 1;
            refused.push(RefusedRow {
                line: 0,
                column: None,
                reason,
                row: id.unwrap_or_default(),
            });
        }
        Ok(refused)
    }

    /// Counts what would happen, and stores nothing.
    async fn look(&mut self, posts: &[InboundPost]) -> Result<(), AppError> {
        let mut conn = self.app.read().await?;
        for inbound in posts {
            let new = &inbound.post;
            let source = new.source.clone().unwrap_or_default();
            let stored = post::by_external(&mut conn, self.viewer, &source, &new.id).await?;
            let first = self.seen.insert((source, new.id.clone()));
            match stored {
                None if first => self.counts.new += 1,
                Some(stored) if stored.post.text != new.text || stored.post.title != new.title => {
                    self.counts.changed += 1
                }
                None | Some(_) => self.counts.known += 1,
            }
        }
        Ok(())
    }

    async fn end(self, unread: u64) -> Result<Imported, AppError> {
        if let Some(id) = self.import {
            let mut tx = self.app.begin().await?;
            import::end(
                &mut tx,
                self.viewer,
                id,
                i64::try_from(unread).unwrap_or(i64::MAX),
                self.app.now(),
            )
            .await?;
            self.app.commit(tx).await?;
        }
        Ok(self.counts)
    }
}

async fn begin(app: &App, viewer: &Viewer, name: &str) -> Result<ImportId, AppError> {
    let now = app.now();
    let mut tx = app.begin().await?;
    let id = import::begin(&mut tx, viewer, name, now).await?;
    crate::access::note(&mut tx, viewer, "import.begun", ("import", id.0), now);
    app.commit(tx).await?;
    Ok(id)
}

fn options(file: &ImportFile) -> Result<Options, AppError> {
    let mapping = file.mapping.as_deref().map(Mapping::parse).transpose();
    let mapping = mapping.map_err(|error| AppError::invalid("map", error.to_string()))?;
    Ok(Options {
        format: file.format,
        mapping,
        ..Options::default()
    })
}

type Rows = Vec<Result<InboundPost, RowError>>;

fn next<R: Read>(mut reader: Reader<R>) -> (Reader<R>, Rows) {
    let rows = reader.by_ref().take(BATCH).collect();
    (reader, rows)
}
