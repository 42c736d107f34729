//! Sessions: sign-ins, known by the hash of the secret in the cookie.

use auscult_model::ids::{SessionId, UserId, WorkspaceId};
use auscult_model::member::Session;
use jiff::Timestamp;

use crate::arg::args;
use crate::db::{Conn, Tx};
use crate::error::{StoreError, found};
use crate::row::Row;

/// A sign-in to be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSession {
    /// Hash of the secret in the cookie.
    pub secret_hash: Vec<u8>,
    /// Whose it is.
    pub user: UserId,
    /// The workspace looked at first.
    pub workspace: Option<WorkspaceId>,
    /// Ends here when unused.
    pub idle_until: Timestamp,
    /// Ends here in any case.
    pub ends_at: Timestamp,
    /// Browser and address as told.
    pub device: String,
}

const COLUMNS: &str = "id, user_id, workspace_id, created_at, seen_at, idle_until, ends_at, device";

fn read(row: &Row) -> Result<Session, StoreError> {
    Ok(Session {
        id: row.id("id")?,
        user: row.id("user_id")?,
        workspace: row.opt_id("workspace_id")?,
        created_at: row.time("created_at")?,
        seen_at: row.time("seen_at")?,
        idle_until: row.time("idle_until")?,
        ends_at: row.time("ends_at")?,
        device: row.text("device")?,
    })
}

/// Stores a sign-in.
pub async fn add(
    tx: &mut Tx,
    session: &NewSession,
    now: Timestamp,
) -> Result<SessionId, StoreError> {
    let id = SessionId(tx.next_id(now));
    tx.run(
        "INSERT INTO session (id, secret_hash, user_id, workspace_id, created_at, seen_at, idle_until, ends_at, device)
         VALUES ($1, $2, $3, $4, $5, $5, $6, $7, $8)",
        args![
            id,
            session.secret_hash.as_slice(),
            session.user,
            session.workspace,
            now,
            session.idle_until,
            session.ends_at,
            &session.device
        ],
    )
    .await?;
    Ok(id)
}

/// The session with this secret's hash, if it is still good and its user may sign in.
pub async fn by_secret(
    conn: &mut Conn,
    secret_hash: &[u8],
    now: Timestamp,
) -> Result<Option<Session>, StoreError> {
    let row = conn
        .first(
            format!(
                "SELECT {COLUMNS} FROM session WHERE secret_hash = $1 AND idle_until > $2 AND ends_at > $2
                 AND EXISTS (SELECT 1 FROM app_user u WHERE u.id = session.user_id AND u.disabled = FALSE)"
            ),
            args![secret_hash, now],
        )
        .await?;
    row.as_ref().map(read).transpose()
}

/// Notes that a session was used, and moves its idle end.
pub async fn seen(
    tx: &mut Tx,
    id: SessionId,
    now: Timestamp,
    idle_until: Timestamp,
) -> Result<(), StoreError> {
    let rows = tx
        .run(
            "UPDATE session SET seen_at = $1, idle_until = $2 WHERE id = $3",
            args![now, idle_until, id],
        )
        .await?;
    found(rows, "session")
}

/// Notes which workspace is looked at.
pub async fn look_at(tx: &mut Tx, id: SessionId, workspace: WorkspaceId) -> Result<(), StoreError> {
    found(
        tx.run(
            "UPDATE session SET workspace_id = $1 WHERE id = $2",
            args![workspace, id],
        )
        .await?,
        "session",
    )
}

/// Sessions of a user, last used first.
pub async fn of_user(
    conn: &mut Conn,
    user: UserId,
    now: Timestamp,
) -> Result<Vec<Session>, StoreError> {
    let rows = conn
        .all(
            format!("SELECT {COLUMNS} FROM session WHERE user_id = $1 AND idle_until > $2 AND ends_at > $2 ORDER BY seen_at DESC, id"),
            args![user, now],
        )
        .await?;
    rows.iter().map(read).collect()
}

/// Ends one session of a user.
pub async fn end(tx: &mut Tx, user: UserId, id: SessionId) -> Result<(), StoreError> {
    found(
        tx.run(
            "DELETE FROM session WHERE user_id = $1 AND id = $2",
            args![user, id],
        )
        .await?,
        "session",
    )
}

/// Ends every session of a user, but keeps one if it is named.
pub async fn end_all(
    tx: &mut Tx,
    user: UserId,
    keep: Option<SessionId>,
) -> Result<u64, StoreError> {
    tx.run(
        "DELETE FROM session WHERE user_id = $1 AND id <> $2",
        args![user, keep.unwrap_or(SessionId(0))],
    )
    .await
}

/// Forgets sessions that ended and failed sign-ins older than a day.
pub async fn prune(tx: &mut Tx, now: Timestamp) -> Result<u64, StoreError> {
    let day_ago = now.as_millisecond() - 86_400_000;
    tx.run("DELETE FROM sign_in_attempt WHERE at < $1", args![day_ago])
        .await?;
    tx.run(
        "DELETE FROM session WHERE idle_until <= $1 OR ends_at <= $1",
        args![now],
    )
    .await
}
