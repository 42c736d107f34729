//! API tokens and invitations: secrets shown once, kept as hashes.

use auscult_model::ids::{InvitationId, MemberId, TokenId, UserId};
use auscult_model::member::{ApiToken, Duty, Invitation, Role, Viewer};
use jiff::Timestamp;

use crate::arg::args;
use crate::batch::json_text;
use crate::db::{Conn, Tx};
use crate::error::{StoreError, found, unchanged};
use crate::row::Row;

/// A token to be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewToken {
    /// Hash of the secret.
    pub secret_hash: Vec<u8>,
    /// The member it acts for.
    pub member: MemberId,
    /// What it is called.
    pub name: String,
    /// What it may do.
    pub scopes: Vec<String>,
    /// When it ends.
    pub expires_at: Option<Timestamp>,
}

/// An invitation to be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewInvitation {
    /// Hash of the secret in the link.
    pub secret_hash: Vec<u8>,
    /// Who is invited.
    pub email: String,
    /// With which role.
    pub role: Role,
    /// With which duties.
    pub duties: Vec<Duty>,
    /// When it ends.
    pub expires_at: Timestamp,
}

const TOKEN: &str = "id, member_id, name, scopes, expires_at, last_used_at, revoked_at, created_at";
const INVITATION: &str =
    "id, workspace_id, email, role, duties, invited_by, expires_at, accepted_at";

fn read_token(row: &Row) -> Result<ApiToken, StoreError> {
    Ok(ApiToken {
        id: row.id("id")?,
        member: row.id("member_id")?,
        name: row.text("name")?,
        scopes: row.json("scopes")?,
        expires_at: row.opt_time("expires_at")?,
        last_used_at: row.opt_time("last_used_at")?,
        revoked_at: row.opt_time("revoked_at")?,
        created_at: row.time("created_at")?,
    })
}

fn read_invitation(row: &Row) -> Result<Invitation, StoreError> {
    Ok(Invitation {
        id: row.id("id")?,
        workspace: row.id("workspace_id")?,
        email: row.text("email")?,
        role: row.word("role")?,
        duties: row.json("duties")?,
        invited_by: row.opt_id("invited_by")?,
        expires_at: row.time("expires_at")?,
        accepted_at: row.opt_time("accepted_at")?,
    })
}

/// Stores a token for a member of the viewer's workspace.
pub async fn add(
    tx: &mut Tx,
    viewer: &Viewer,
    token: &NewToken,
    now: Timestamp,
) -> Result<TokenId, StoreError> {
    crate::member::get(tx, viewer, token.member).await?;
    let id = TokenId(tx.next_id(now));
    tx.run(
        "INSERT INTO api_token (id, secret_hash, workspace_id, member_id, name, scopes, expires_at, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        args![
            id,
            token.secret_hash.as_slice(),
            viewer.workspace,
            token.member,
            &token.name,
            json_text(&token.scopes)?,
            token.expires_at,
            now
        ],
    )
    .await?;
    Ok(id)
}

/// The token with this secret's hash, if it is still good.
pub async fn by_secret(
    conn: &mut Conn,
    secret_hash: &[u8],
    now: Timestamp,
) -> Result<Option<ApiToken>, StoreError> {
    let row = conn
        .first(
            format!(
                "SELECT {TOKEN} FROM api_token WHERE secret_hash = $1 AND revoked_at IS NULL
                 AND (expires_at IS NULL OR expires_at > $2)"
            ),
            args![secret_hash, now],
        )
        .await?;
    row.as_ref().map(read_token).transpose()
}

/// The member a token acts for, whatever the workspace; used once a secret was checked.
pub async fn member_of(
    conn: &mut Conn,
    token: TokenId,
) -> Result<auscult_model::member::Member, StoreError> {
    let row = conn
        .first(
            "SELECT t.workspace_id AS workspace_id, m.user_id AS user_id FROM api_token t
             JOIN member m ON m.id = t.member_id WHERE t.id = $1",
            args![token],
        )
        .await?
        .ok_or(StoreError::NotFound("token"))?;
    let (workspace, user) = (row.id("workspace_id")?, row.id("user_id")?);
    crate::member::of_user(conn, workspace, user)
        .await?
        .ok_or(StoreError::NotFound("member"))
}

/// Notes that a token was used.
pub async fn used(tx: &mut Tx, id: TokenId, now: Timestamp) -> Result<(), StoreError> {
    tx.run(
        "UPDATE api_token SET last_used_at = $1 WHERE id = $2",
        args![now, id],
    )
    .await?;
    Ok(())
}

/// Tokens of the workspace, newest first.
pub async fn list(conn: &mut Conn, viewer: &Viewer) -> Result<Vec<ApiToken>, StoreError> {
    let rows = conn
        .all(
            format!("SELECT {TOKEN} FROM api_token WHERE workspace_id = $1 ORDER BY id DESC"),
            args![viewer.workspace],
        )
        .await?;
    rows.iter().map(read_token).collect()
}

/// Revokes a token.
pub async fn revoke(
    tx: &mut Tx,
    viewer: &Viewer,
    id: TokenId,
    now: Timestamp,
) -> Result<(), StoreError> {
    let rows = tx
        .run(
            "UPDATE api_token SET revoked_at = $1 WHERE workspace_id = $2 AND id = $3 AND revoked_at IS NULL",
            args![now, viewer.workspace, id],
        )
        .await?;
    found(rows, "token")
}

/// Stores an invitation.
pub async fn invite(
    tx: &mut Tx,
    viewer: &Viewer,
    new: &NewInvitation,
    now: Timestamp,
) -> Result<InvitationId, StoreError> {
    let id = InvitationId(tx.next_id(now));
    tx.run(
        "INSERT INTO invitation (id, secret_hash, workspace_id, email, role, duties, invited_by, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        args![
            id,
            new.secret_hash.as_slice(),
            viewer.workspace,
            &new.email,
            new.role.as_str(),
            json_text(&new.duties)?,
            viewer.member,
            now,
            new.expires_at
        ],
    )
    .await?;
    Ok(id)
}

/// Open invitations of the workspace.
pub async fn invitations(
    conn: &mut Conn,
    viewer: &Viewer,
    now: Timestamp,
) -> Result<Vec<Invitation>, StoreError> {
    let rows = conn
        .all(
            format!("SELECT {INVITATION} FROM invitation WHERE workspace_id = $1 AND accepted_at IS NULL AND expires_at > $2 ORDER BY id"),
            args![viewer.workspace, now],
        )
        .await?;
    rows.iter().map(read_invitation).collect()
}

/// The open invitation with this secret's hash.
pub async fn invitation_by_secret(
    conn: &mut Conn,
    secret_hash: &[u8],
    now: Timestamp,
) -> Result<Option<Invitation>, StoreError> {
    let row = conn
        .first(
            format!("SELECT {INVITATION} FROM invitation WHERE secret_hash = $1 AND accepted_at IS NULL AND expires_at > $2"),
            args![secret_hash, now],
        )
        .await?;
    row.as_ref().map(read_invitation).transpose()
}

/// Uses an invitation once: the user becomes a member with its role and duties.
pub async fn accept(
    tx: &mut Tx,
    invitation: &Invitation,
    user: UserId,
    now: Timestamp,
) -> Result<MemberId, StoreError> {
    let rows = tx
        .run(
            "UPDATE invitation SET accepted_at = $1 WHERE id = $2 AND accepted_at IS NULL AND expires_at > $1",
            args![now, invitation.id],
        )
        .await?;
    unchanged(rows, "the invitation is used or over")?;
    let member = crate::member::add(tx, invitation.workspace, user, invitation.role, now).await?;
    crate::member::set_duties(
        tx,
        &Viewer::system(invitation.workspace),
        member,
        &invitation.duties,
    )
    .await?;
    Ok(member)
}

/// Takes an invitation back.
pub async fn withdraw(tx: &mut Tx, viewer: &Viewer, id: InvitationId) -> Result<(), StoreError> {
    let rows = tx
        .run(
            "DELETE FROM invitation WHERE workspace_id = $1 AND id = $2 AND accepted_at IS NULL",
            args![viewer.workspace, id],
        )
        .await?;
    found(rows, "invitation")
}
