//! The calendar: when each variant goes out, as wall time, zone and instant.

use auscult_model::ids::{OccurrenceId, PieceId, WorkspaceId};
use auscult_model::member::Viewer;
use auscult_model::plan::{NewOccurrence, Occurrence};
use jiff::Timestamp;

use crate::arg::{Arg, args};
use crate::db::{Conn, Tx};
use crate::error::{StoreError, found};
use crate::row::Row;

const SELECT: &str = "SELECT o.id AS id, o.workspace_id AS workspace_id, o.variant_id AS variant_id, v.piece_id AS piece_id, p.title AS title,
  v.channel_id AS channel_id, COALESCE(c.network, '') AS network, v.text AS text, o.wall_time AS wall_time, o.zone AS zone, o.at AS at,
  o.late_policy AS late_policy, o.late_after_ms AS late_after_ms, COALESCE(d.state, o.state) AS state, o.delivery_id AS delivery_id, o.version AS version
  FROM occurrence o JOIN variant v ON v.id = o.variant_id JOIN piece p ON p.id = v.piece_id LEFT JOIN channel c ON c.id = v.channel_id
  LEFT JOIN delivery d ON d.id = o.delivery_id";

fn read(row: &Row) -> Result<Occurrence, StoreError> {
    Ok(Occurrence {
        id: row.id("id")?,
        variant: row.id("variant_id")?,
        piece: row.id("piece_id")?,
        title: row.text("title")?,
        channel: row.id("channel_id")?,
        network: row.text("network")?,
        text: row.text("text")?,
        wall_time: row.text("wall_time")?,
        zone: row.text("zone")?,
        at: row.time("at")?,
        late_policy: row.word("late_policy")?,
        late_after_ms: row.int("late_after_ms")?,
        state: row.word("state")?,
        delivery: row.opt_id("delivery_id")?,
        version: row.int("version")?,
    })
}

async fn read_all(
    conn: &mut Conn,
    rest: &str,
    args: Vec<Arg>,
) -> Result<Vec<Occurrence>, StoreError> {
    conn.all(format!("{SELECT} WHERE {rest}"), args)
        .await?
        .iter()
        .map(read)
        .collect()
}

/// Plans a sending of a variant.
pub async fn plan_occurrence(
    tx: &mut Tx,
    viewer: &Viewer,
    new: &NewOccurrence,
    now: Timestamp,
) -> Result<OccurrenceId, StoreError> {
    let id = OccurrenceId(tx.next_id(now));
    let rows = tx
        .run(
            "INSERT INTO occurrence (id, workspace_id, variant_id, wall_time, zone, zone_version, at, late_policy, late_after_ms, state, created_at)
             SELECT $1, v.workspace_id, v.id, $2, $3, $4, $5, $6, $7, 'planned', $8 FROM variant v WHERE v.workspace_id = $9 AND v.id = $10",
            args![
                id,
                &new.wall_time,
                &new.zone,
                &new.zone_version,
                new.at,
                new.late_policy.as_str(),
                new.late_after_ms,
                now,
                viewer.workspace,
                new.variant
            ],
        )
        .await?;
    found(rows, "variant")?;
    tx.live(viewer.workspace, "plan", id.0, now);
    Ok(id)
}

/// One sending.
pub async fn occurrence(
    conn: &mut Conn,
    viewer: &Viewer,
    id: OccurrenceId,
) -> Result<Occurrence, StoreError> {
    read_all(
        conn,
        "o.workspace_id = $1 AND o.id = $2",
        args![viewer.workspace, id],
    )
    .await?
    .pop()
    .ok_or(StoreError::NotFound("sending"))
}

/// Sendings in a period (its end excluded), in order of time; those taken out of the plan are left out.
pub async fn calendar(
    conn: &mut Conn,
    viewer: &Viewer,
    from: Timestamp,
    to: Timestamp,
) -> Result<Vec<Occurrence>, StoreError> {
    let rest = "o.workspace_id = $1 AND o.at >= $2 AND o.at < $3 AND o.state <> 'withdrawn' ORDER BY o.at, o.id";
    read_all(conn, rest, args![viewer.workspace, from, to]).await
}

/// Sendings of a piece, in order of time; those taken out of the plan are left out.
pub async fn occurrences_of(
    conn: &mut Conn,
    viewer: &Viewer,
    piece: PieceId,
) -> Result<Vec<Occurrence>, StoreError> {
    let rest = "o.workspace_id = $1 AND v.piece_id = $2 AND o.state <> 'withdrawn' ORDER BY o.at, o.id";
    read_all(conn, rest, args![viewer.workspace, piece]).await
}

/// Moves a sending that is not in the outbox yet, if nobody changed it since `version`.
pub async fn move_occurrence(
    tx: &mut Tx,
    viewer: &Viewer,
    id: (OccurrenceId, i64),
    to: &NewOccurrence,
    now: Timestamp,
) -> Result<(), StoreError> {
    let (id, version) = id;
    let rows = tx
        .run(
            "UPDATE occurrence SET wall_time = $1, zone = $2, zone_version = $3, at = $4, late_policy = $5, late_after_ms = $6, version = version + 1
             WHERE workspace_id = $7 AND id = $8 AND version = $9 AND delivery_id IS NULL AND state = 'planned'",
            args![
                &to.wall_time,
                &to.zone,
                &to.zone_version,
                to.at,
                to.late_policy.as_str(),
                to.late_after_ms,
                viewer.workspace,
                id,
                version
            ],
        )
        .await?;
    changed(tx, viewer, id, rows, now).await
}

/// Takes a sending that is not in the outbox yet out of the plan.
pub async fn cancel_occurrence(
    tx: &mut Tx,
    viewer: &Viewer,
    id: OccurrenceId,
    version: i64,
    now: Timestamp,
) -> Result<(), StoreError> {
    let rows = tx
        .run(
            "UPDATE occurrence SET state = 'withdrawn', version = version + 1
             WHERE workspace_id = $1 AND id = $2 AND version = $3 AND delivery_id IS NULL AND state = 'planned'",
            args![viewer.workspace, id, version],
        )
        .await?;
    changed(tx, viewer, id, rows, now).await
}

async fn changed(
    tx: &mut Tx,
    viewer: &Viewer,
    id: OccurrenceId,
    rows: u64,
    now: Timestamp,
) -> Result<(), StoreError> {
    if rows == 0 {
        occurrence(tx, viewer, id).await?;
        return Err(StoreError::conflict(
            "the sending, or it is in the outbox already",
        ));
    }
    tx.live(viewer.workspace, "plan", id.0, now);
    Ok(())
}

/// Sendings of all workspaces that are due before an instant and have no delivery yet: the app guards them once
/// more and puts them into the outbox.
pub async fn due_occurrences(
    conn: &mut Conn,
    before: Timestamp,
    limit: u32,
) -> Result<Vec<(WorkspaceId, Occurrence)>, StoreError> {
    let sql = format!(
        "{SELECT} WHERE o.delivery_id IS NULL AND o.state = 'planned' AND o.at <= $1 ORDER BY o.at, o.id LIMIT $2"
    );
    let rows = conn.all(sql, args![before, limit]).await?;
    rows.iter()
        .map(|row| Ok((row.id("workspace_id")?, read(row)?)))
        .collect()
}
