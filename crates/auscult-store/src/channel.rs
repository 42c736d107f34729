//! Channels: connected accounts and sources. Their secrets come sealed and leave sealed.

use auscult_model::channel::{Channel, Health, NewChannel};
use auscult_model::ids::{ChannelId, WorkspaceId};
use auscult_model::member::Viewer;
use jiff::Timestamp;

use crate::arg::args;
use crate::db::{Conn, Tx};
use crate::error::{StoreError, found};
use crate::row::Row;

const COLUMNS: &str = "id, network, name, base_url, handle, external_id, config, capabilities, health, health_note,
  (secret IS NOT NULL) AS has_secret, disabled_at, last_in, last_out, access_until, version, created_at";

fn read(row: &Row) -> Result<Channel, StoreError> {
    Ok(Channel {
        id: row.id("id")?,
        network: row.text("network")?,
        name: row.text("name")?,
        base_url: row.text("base_url")?,
        handle: row.opt_text("handle")?,
        external_id: row.opt_text("external_id")?,
        config: row.text("config")?,
        capabilities: row.text("capabilities")?,
        health: row.word("health")?,
        health_note: row.text("health_note")?,
        has_secret: row.flag("has_secret")?,
        disabled_at: row.opt_time("disabled_at")?,
        last_in: row.opt_time("last_in")?,
        last_out: row.opt_time("last_out")?,
        access_until: row.opt_time("access_until")?,
        version: row.int("version")?,
        created_at: row.time("created_at")?,
    })
}

/// Stores a channel.
pub async fn add(
    tx: &mut Tx,
    viewer: &Viewer,
    new: &NewChannel,
    now: Timestamp,
) -> Result<ChannelId, StoreError> {
    let id = ChannelId(tx.next_id(now));
    tx.run(
        "INSERT INTO channel (id, workspace_id, network, name, base_url, handle, external_id, config, capabilities, secret, access_until, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        args![
            id,
            viewer.workspace,
            &new.network,
            &new.name,
            &new.base_url,
            &new.handle,
            &new.external_id,
            &new.config,
            &new.capabilities,
            new.secret.clone(),
            new.access_until,
            now
        ],
    )
    .await?;
    tx.live(viewer.workspace, "channel", id.0, now);
    Ok(id)
}

/// One channel.
pub async fn get(conn: &mut Conn, viewer: &Viewer, id: ChannelId) -> Result<Channel, StoreError> {
    let row = conn
        .first(
            format!("SELECT {COLUMNS} FROM channel WHERE workspace_id = $1 AND id = $2"),
            args![viewer.workspace, id],
        )
        .await?;
    row.as_ref()
        .map_or(Err(StoreError::NotFound("channel")), read)
}

/// Channels of the workspace, oldest first.
pub async fn list(conn: &mut Conn, viewer: &Viewer) -> Result<Vec<Channel>, StoreError> {
    let rows = conn
        .all(
            format!("SELECT {COLUMNS} FROM channel WHERE workspace_id = $1 ORDER BY id"),
            args![viewer.workspace],
        )
        .await?;
    rows.iter().map(read).collect()
}

/// The workspace a channel belongs to; for work that starts from a channel's id alone.
pub async fn workspace_of(conn: &mut Conn, id: ChannelId) -> Result<WorkspaceId, StoreError> {
    let row = conn
        .first("SELECT workspace_id FROM channel WHERE id = $1", args![id])
        .await?;
    row.map_or(Err(StoreError::NotFound("channel")), |row| {
        row.id("workspace_id")
    })
}

/// The channel of a network with this stable id, whatever its workspace; for a door that is known by a hash alone.
pub async fn by_external_id(
    conn: &mut Conn,
    network: &str,
    external_id: &str,
) -> Result<Option<(WorkspaceId, Channel)>, StoreError> {
    let row = conn
        .first(
            format!("SELECT {COLUMNS}, workspace_id FROM channel WHERE network = $1 AND external_id = $2"),
            args![network, external_id],
        )
        .await?;
    row.map(|row| Ok((row.id("workspace_id")?, read(&row)?)))
        .transpose()
}

/// The sealed secret.
pub async fn secret(
    conn: &mut Conn,
    viewer: &Viewer,
    id: ChannelId,
) -> Result<Option<Vec<u8>>, StoreError> {
    let row = conn
        .first(
            "SELECT secret FROM channel WHERE workspace_id = $1 AND id = $2",
            args![viewer.workspace, id],
        )
        .await?;
    row.map_or(Err(StoreError::NotFound("channel")), |row| {
        row.opt_bytes("secret")
    })
}

/// Stores a sealed secret. An empty one never replaces a stored one; `version` guards against two refreshers.
pub async fn set_secret(
    tx: &mut Tx,
    viewer: &Viewer,
    channel: (ChannelId, i64),
    sealed: Vec<u8>,
    access_until: Option<Timestamp>,
) -> Result<(), StoreError> {
    let (id, version) = channel;
    if sealed.is_empty() {
        return Err(StoreError::refused(
            "an empty secret never replaces a stored one",
        ));
    }
    let rows = tx
        .run(
            "UPDATE channel SET secret = $1, access_until = $2, version = version + 1
             WHERE workspace_id = $3 AND id = $4 AND version = $5",
            args![sealed, access_until, viewer.workspace, id, version],
        )
        .await?;
    changed(tx, viewer, id, rows).await
}

/// Changes name, address, identity, settings and capabilities, if nobody changed the channel since its version.
pub async fn save(tx: &mut Tx, viewer: &Viewer, channel: &Channel) -> Result<(), StoreError> {
    let rows = tx
        .run(
            "UPDATE channel SET name = $1, base_url = $2, handle = $3, external_id = $4, config = $5, capabilities = $6,
             disabled_at = $7, version = version + 1 WHERE workspace_id = $8 AND id = $9 AND version = $10",
            args![
                &channel.name,
                &channel.base_url,
                &channel.handle,
                &channel.external_id,
                &channel.config,
                &channel.capabilities,
                channel.disabled_at,
                viewer.workspace,
                channel.id,
                channel.version
            ],
        )
        .await?;
    changed(tx, viewer, channel.id, rows).await
}

async fn changed(tx: &mut Tx, viewer: &Viewer, id: ChannelId, rows: u64) -> Result<(), StoreError> {
    if rows == 0 {
        get(tx, viewer, id).await?;
        return Err(StoreError::conflict("the channel"));
    }
    Ok(())
}

/// Notes how a channel is; a live event goes out only when that is news.
pub async fn set_health(
    tx: &mut Tx,
    viewer: &Viewer,
    id: ChannelId,
    health: (Health, &str),
    now: Timestamp,
) -> Result<(), StoreError> {
    let rows = tx
        .run(
            "UPDATE channel SET health = $1, health_note = $2 WHERE workspace_id = $3 AND id = $4
             AND (health <> $1 OR health_note <> $2)",
            args![health.0.as_str(), health.1, viewer.workspace, id],
        )
        .await?;
    if rows > 0 {
        tx.live(viewer.workspace, "channel", id.0, now);
    }
    Ok(())
}

/// Switches a channel off (with its feeds) or on again.
pub async fn set_disabled(
    tx: &mut Tx,
    viewer: &Viewer,
    id: ChannelId,
    at: Option<Timestamp>,
) -> Result<(), StoreError> {
    let rows = tx
        .run(
            "UPDATE channel SET disabled_at = $1, version = version + 1 WHERE workspace_id = $2 AND id = $3",
            args![at, viewer.workspace, id],
        )
        .await?;
    found(rows, "channel")?;
    tx.run(
        "UPDATE feed SET active = $1 WHERE workspace_id = $2 AND channel_id = $3",
        args![at.is_none(), viewer.workspace, id],
    )
    .await?;
    Ok(())
}

/// Removes a channel with its feeds and gaps; what it brought stays.
pub async fn remove(tx: &mut Tx, viewer: &Viewer, id: ChannelId) -> Result<(), StoreError> {
    found(
        tx.run(
            "DELETE FROM channel WHERE workspace_id = $1 AND id = $2",
            args![viewer.workspace, id],
        )
        .await?,
        "channel",
    )?;
    tx.run(
        "DELETE FROM gap WHERE workspace_id = $1 AND feed_id IN (SELECT id FROM feed WHERE channel_id = $2)",
        args![viewer.workspace, id],
    )
    .await?;
    tx.run(
        "DELETE FROM feed WHERE workspace_id = $1 AND channel_id = $2",
        args![viewer.workspace, id],
    )
    .await?;
    Ok(())
}
