//! The state of the system, the audit log with its chain, what is kept how long, and a member's own sign-ins.

use auscult_model::delivery::DeliveryState;
use auscult_model::ids::{JobId, SessionId};
use auscult_model::member::{Session, Viewer};
use auscult_store::admin::Stats;
use auscult_store::audit::{AuditEntry, ChainCheck};
use auscult_store::job::Job;
use auscult_store::retention::LegalHold;
use auscult_store::{admin, audit, decision, import, job, outbox, retention, session};
use jiff::{SignedDuration, Timestamp};

use crate::access::{Actor, note};
use crate::app::App;
use crate::error::AppError;
use crate::right::Right;
use crate::workspace;

/// Entries of a page of the audit log.
const ENTRIES: u32 = 100;
/// Failed jobs shown.
const FAILED: u32 = 50;
/// An import that goes on longer than this was left by a process that ended.
const LONGEST_IMPORT: SignedDuration = SignedDuration::from_hours(12);

/// How the system is.
#[derive(Debug, Clone)]
pub struct System {
    /// Jobs that are ready.
    pub ready: i64,
    /// Jobs that run.
    pub running: i64,
    /// Jobs that failed for good.
    pub failed: Vec<Job>,
    /// What stands in the outbox, by state.
    pub outbox: Vec<(DeliveryState, i64)>,
    /// How large things are.
    pub stats: Stats,
    /// The number of the database's shape.
    pub schema: String,
    /// The kind of database.
    pub engine: &'static str,
}

/// Looks at jobs, outbox and store.
pub async fn look(app: &App, viewer: &Viewer) -> Result<System, AppError> {
    Right::Audit.demand(viewer)?;
    let mut conn = app.read().await?;
    let (ready, running, _) = job::depth(&mut conn).await?;
    let failed = job::dead(&mut conn, FAILED).await?;
    let outbox = outbox::depth(&mut conn).await?;
    drop(conn);
    let stats = admin::stats(&app.store).await?;
    let engine = match app.store.engine() {
        auscult_store::Engine::Sqlite => "SQLite",
        auscult_store::Engine::Postgres => "PostgreSQL",
    };
    Ok(System {
        ready,
        running,
        failed,
        outbox,
        stats,
        schema: auscult_store::SCHEMA.to_string(),
        engine,
    })
}

/// Tries a failed job again.
pub async fn again(app: &App, viewer: &Viewer, id: JobId) -> Result<(), AppError> {
    Right::Audit.demand(viewer)?;
    let mut tx = app.begin().await?;
    job::replay(&mut tx, id, app.now()).await?;
    note(&mut tx, viewer, "job.again", ("job", id.0), app.now());
    app.commit(tx).await
}

/// A page of the audit log, newest first, of actions that begin with `action`; and where the next one starts.
pub async fn audit_log(
    app: &App,
    viewer: &Viewer,
    action: &str,
    before: Option<i64>,
) -> Result<(Vec<AuditEntry>, Option<i64>), AppError> {
    Right::Audit.demand(viewer)?;
    let entries = audit::list(
        &mut app.read().await?,
        viewer,
        Some(action),
        before,
        ENTRIES,
    )
    .await?;
    let is_full = entries.len() >= usize::try_from(ENTRIES).unwrap_or(usize::MAX);
    let next = entries.last().map(|entry| entry.number).filter(|_| is_full);
    Ok((entries, next))
}

/// The first broken row of the audit log or the decision record; `None` when both chains hold.
pub async fn broken_chain(
    app: &App,
    viewer: &Viewer,
) -> Result<Option<(&'static str, i64)>, AppError> {
    Right::Audit.demand(viewer)?;
    let mut conn = app.read().await?;
    if let ChainCheck::Broken(number) = audit::verify(&mut conn, viewer.workspace).await? {
        return Ok(Some(("audit", number)));
    }
    match decision::verify(&mut conn, viewer.workspace).await? {
        ChainCheck::Broken(number) => Ok(Some(("decision", number))),
        ChainCheck::Whole(_) => Ok(None),
    }
}

/// What the next cleaning would take with these days: raw events and posts.
pub async fn cleaning(
    app: &App,
    viewer: &Viewer,
    raw_days: u32,
    text_days: u32,
) -> Result<(i64, i64), AppError> {
    Right::Settings.demand(viewer)?;
    let (raw, text) = (before(app, raw_days), before(app, text_days));
    Ok(retention::preview(&mut app.read().await?, viewer, raw, text).await?)
}

fn before(app: &App, days: u32) -> Timestamp {
    app.now() - SignedDuration::from_hours(24 * i64::from(days))
}

/// Lets go of what is older than each workspace keeps it, in small steps; a legal hold keeps its own. Imports whose
/// process is gone are ended.
pub async fn clean(app: &App) -> Result<(), AppError> {
    for workspace in workspace::all(app).await? {
        let viewer = Viewer::system(workspace.id);
        let mut tx = app.begin().await?;
        let forgotten = app.now() - LONGEST_IMPORT;
        import::stop_forgotten(&mut tx, &viewer, forgotten, app.now()).await?;
        app.commit(tx).await?;
        let kept = &workspace.settings.retention;
        loop {
            let (raw, text) = (before(app, kept.raw_days), before(app, kept.text_days));
            let mut tx = app.begin().await?;
            let purged = retention::purge(&mut tx, &viewer, raw, text, app.now()).await?;
            app.commit(tx).await?;
            if !purged.more {
                break;
            }
        }
    }
    Ok(())
}

/// Legal holds.
pub async fn holds(app: &App, viewer: &Viewer) -> Result<Vec<LegalHold>, AppError> {
    Right::Settings.demand(viewer)?;
    Ok(retention::holds(&mut app.read().await?, viewer).await?)
}

/// Where a member is signed in.
pub async fn sessions(app: &App, actor: &Actor) -> Result<Vec<Session>, AppError> {
    Ok(session::of_user(&mut app.read().await?, actor.user.id, app.now()).await?)
}

/// Ends one of a member's own sign-ins.
pub async fn end_session(app: &App, actor: &Actor, id: SessionId) -> Result<(), AppError> {
    let mut tx = app.begin().await?;
    session::end(&mut tx, actor.user.id, id).await?;
    app.commit(tx).await
}
