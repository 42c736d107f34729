//! Jobs in the background, with leases, bounded tries and a place for the dead; and schedules that make them.

use auscult_model::ids::{JobId, WorkspaceId};
use jiff::Timestamp;

use crate::arg::args;
use crate::batch::{id_list, numbers};
use crate::db::{Conn, Tx};
use crate::error::{StoreError, found, unchanged};
use crate::row::Row;

/// A job to be run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewJob {
    /// The workspace it works in; `None` for the installation.
    pub workspace: Option<WorkspaceId>,
    /// Which kind of job.
    pub name: String,
    /// What it is told, as JSON.
    pub payload: String,
    /// Not before.
    pub run_at: Timestamp,
    /// How often it is tried before it is put aside.
    pub max_tries: u32,
    /// At most one open job has this key.
    pub unique_key: Option<String>,
}

/// A job as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// Its id.
    pub id: JobId,
    /// The workspace it works in.
    pub workspace: Option<WorkspaceId>,
    /// Which kind of job.
    pub name: String,
    /// What it is told.
    pub payload: String,
    /// Not before.
    pub run_at: Timestamp,
    /// How often it was tried.
    pub tries: i64,
    /// How often it may be.
    pub max_tries: i64,
    /// The last error.
    pub last_error: String,
    /// Fencing number of the present lease.
    pub fencing: i64,
    /// When it was made.
    pub created_at: Timestamp,
}

/// A schedule that was due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// Its name.
    pub name: String,
    /// What its job is told.
    pub payload: String,
}

const COLUMNS: &str =
    "id, workspace_id, name, payload, run_at, tries, max_tries, last_error, fencing, created_at";

fn read(row: &Row) -> Result<Job, StoreError> {
    Ok(Job {
        id: row.id("id")?,
        workspace: row.opt_id("workspace_id")?,
        name: row.text("name")?,
        payload: row.text("payload")?,
        run_at: row.time("run_at")?,
        tries: row.int("tries")?,
        max_tries: row.int("max_tries")?,
        last_error: row.text("last_error")?,
        fencing: row.int("fencing")?,
        created_at: row.time("created_at")?,
    })
}

/// Adds a job; `None` when an open one has the same key.
pub async fn add(tx: &mut Tx, new: &NewJob, now: Timestamp) -> Result<Option<JobId>, StoreError> {
    let id = JobId(tx.next_id(now));
    let row = tx
        .first(
            "INSERT INTO job (id, workspace_id, name, payload, unique_key, state, run_at, max_tries, created_at)
             VALUES ($1, $2, $3, $4, $5, 'ready', $6, $7, $8) ON CONFLICT (unique_key) DO NOTHING RETURNING id",
            args![id, new.workspace, &new.name, &new.payload, &new.unique_key, new.run_at, new.max_tries, now],
        )
        .await?;
    row.map(|row| row.id("id")).transpose()
}

/// Claims up to `limit` due jobs until `until`; those whose lease ended are due again.
pub async fn claim(
    tx: &mut Tx,
    now: Timestamp,
    until: Timestamp,
    limit: u32,
) -> Result<Vec<Job>, StoreError> {
    tx.run(
        "UPDATE job SET state = CASE WHEN tries >= max_tries THEN 'dead' ELSE 'ready' END, lease_until = 0,
         last_error = 'the work on it ended without a word', ended_at = CASE WHEN tries >= max_tries THEN $1 ELSE NULL END
         WHERE state = 'running' AND lease_until <= $1",
        args![now],
    )
    .await?;
    let sql = format!(
        "WITH due AS MATERIALIZED (SELECT id FROM job WHERE state = 'ready' AND run_at <= $1 ORDER BY run_at, id LIMIT $3 {lock})
         UPDATE job SET state = 'running', fencing = fencing + 1, lease_until = $2, tries = tries + 1
         WHERE id IN (SELECT id FROM due) AND state = 'ready' RETURNING id",
        lock = tx.skip_locked()
    );
    let rows = tx.all(sql, args![now, until, limit]).await?;
    let ids: Vec<i64> = rows
        .iter()
        .map(|row| row.int("id"))
        .collect::<Result<_, _>>()?;
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "SELECT {COLUMNS} FROM job WHERE id IN {} ORDER BY run_at, id",
        numbers(tx.engine(), 1)
    );
    tx.all(sql, args![id_list(ids)])
        .await?
        .iter()
        .map(read)
        .collect()
}

/// Ends a job that went well; its key is free again.
pub async fn done(tx: &mut Tx, job: &Job, now: Timestamp) -> Result<(), StoreError> {
    let rows = tx
        .run(
            "UPDATE job SET state = 'done', ended_at = $1, lease_until = 0, unique_key = NULL WHERE id = $2 AND fencing = $3 AND state = 'running'",
            args![now, job.id, job.fencing],
        )
        .await?;
    unchanged(rows, "the lease of the job is over")
}

/// Ends a try that failed: again at `retry_at`, or aside when its tries are used up. Says whether it is tried again.
pub async fn failed(
    tx: &mut Tx,
    job: &Job,
    error: &str,
    retry_at: Timestamp,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let row = tx
        .first(
            "UPDATE job SET state = CASE WHEN tries >= max_tries THEN 'dead' ELSE 'ready' END, run_at = $1, last_error = $2, lease_until = 0,
             ended_at = CASE WHEN tries >= max_tries THEN $3 ELSE NULL END WHERE id = $4 AND fencing = $5 AND state = 'running' RETURNING state",
            args![retry_at, error, now, job.id, job.fencing],
        )
        .await?
        .ok_or_else(|| StoreError::conflict("the lease of the job is over"))?;
    Ok(row.text("state")? == "ready")
}

/// Gives a running job back untouched, at shutdown.
pub async fn hand_back(tx: &mut Tx, job: &Job) -> Result<(), StoreError> {
    tx.run(
        "UPDATE job SET state = 'ready', tries = tries - 1, lease_until = 0 WHERE id = $1 AND fencing = $2 AND state = 'running'",
        args![job.id, job.fencing],
    )
    .await?;
    Ok(())
}

/// Jobs that were put aside, newest first.
pub async fn dead(conn: &mut Conn, limit: u32) -> Result<Vec<Job>, StoreError> {
    let rows = conn
        .all(format!("SELECT {COLUMNS} FROM job WHERE state = 'dead' ORDER BY ended_at DESC, id DESC LIMIT $1"), args![limit])
        .await?;
    rows.iter().map(read).collect()
}

/// Puts a job that was put aside back, with all its tries.
pub async fn replay(tx: &mut Tx, id: JobId, now: Timestamp) -> Result<(), StoreError> {
    let rows = tx
        .run(
            "UPDATE job SET state = 'ready', tries = 0, run_at = $1, ended_at = NULL WHERE id = $2 AND state = 'dead'",
            args![now, id],
        )
        .await?;
    found(rows, "job")
}

/// How many jobs are ready, running and dead.
pub async fn depth(conn: &mut Conn) -> Result<(i64, i64, i64), StoreError> {
    let row = conn
        .one(
            "SELECT CAST(count(*) FILTER (WHERE state = 'ready') AS BIGINT) AS ready, CAST(count(*) FILTER (WHERE state = 'running') AS BIGINT) AS running,
             CAST(count(*) FILTER (WHERE state = 'dead') AS BIGINT) AS dead FROM job WHERE state <> 'done'",
            Vec::new(),
        )
        .await?;
    Ok((row.int("ready")?, row.int("running")?, row.int("dead")?))
}

/// Forgets jobs that went well before an instant.
pub async fn prune(tx: &mut Tx, before: Timestamp) -> Result<u64, StoreError> {
    tx.run(
        "DELETE FROM job WHERE state = 'done' AND ended_at < $1",
        args![before],
    )
    .await
}

/// Makes or changes a schedule; when it runs next stays unless it is new.
pub async fn schedule(
    tx: &mut Tx,
    name: &str,
    every_seconds: u32,
    payload: &str,
    first_at: Timestamp,
) -> Result<(), StoreError> {
    tx.run(
        "INSERT INTO schedule (name, every_seconds, payload, next_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (name) DO UPDATE SET every_seconds = excluded.every_seconds, payload = excluded.payload",
        args![name, every_seconds, payload, first_at],
    )
    .await?;
    Ok(())
}

/// Takes the schedules that are due; each comes to one worker, and missed rounds are not made up.
pub async fn due_schedules(tx: &mut Tx, now: Timestamp) -> Result<Vec<Due>, StoreError> {
    let rows = tx
        .all(
            "UPDATE schedule SET last_at = $1, next_at = $1 + every_seconds * 1000 WHERE next_at <= $1 RETURNING name, payload",
            args![now],
        )
        .await?;
    rows.iter()
        .map(|row| {
            Ok(Due {
                name: row.text("name")?,
                payload: row.text("payload")?,
            })
        })
        .collect()
}
