//! Users: who can sign in. Mail addresses are compared without regard to case.

use auscult_model::ids::UserId;
use auscult_model::member::User;
use jiff::Timestamp;

use crate::arg::args;
use crate::db::{Conn, Tx};
use crate::error::{StoreError, found};
use crate::row::Row;

/// A user to be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewUser {
    /// Mail address as written.
    pub email: String,
    /// Name as shown.
    pub name: String,
    /// Hash of the password in PHC form.
    pub password_hash: Option<String>,
}

const COLUMNS: &str = "id, email, name, password_hash, disabled, preferences, created_at";

fn read(row: &Row) -> Result<User, StoreError> {
    Ok(User {
        id: row.id("id")?,
        email: row.text("email")?,
        name: row.text("name")?,
        password_hash: row.opt_text("password_hash")?,
        disabled: row.flag("disabled")?,
        preferences: row.text("preferences")?,
        created_at: row.time("created_at")?,
    })
}

/// What addresses are compared by.
pub(crate) fn email_key(email: &str) -> String {
    email.trim().to_lowercase()
}

/// Stores a user; [`StoreError::Conflict`] when the address is taken.
pub async fn add(tx: &mut Tx, user: &NewUser, now: Timestamp) -> Result<UserId, StoreError> {
    let id = UserId(tx.next_id(now));
    tx.run(
        "INSERT INTO app_user (id, email, email_key, name, password_hash, created_at) VALUES ($1, $2, $3, $4, $5, $6)",
        args![id, user.email.trim(), email_key(&user.email), &user.name, &user.password_hash, now],
    )
    .await?;
    Ok(id)
}

/// A user by id.
pub async fn get(conn: &mut Conn, id: UserId) -> Result<User, StoreError> {
    let row = conn
        .first(
            format!("SELECT {COLUMNS} FROM app_user WHERE id = $1"),
            args![id],
        )
        .await?;
    row.as_ref().map_or(Err(StoreError::NotFound("user")), read)
}

/// A user by mail address.
pub async fn by_email(conn: &mut Conn, email: &str) -> Result<Option<User>, StoreError> {
    let row = conn
        .first(
            format!("SELECT {COLUMNS} FROM app_user WHERE email_key = $1"),
            args![email_key(email)],
        )
        .await?;
    row.as_ref().map(read).transpose()
}

/// Every user of the installation, by name.
pub async fn list(conn: &mut Conn) -> Result<Vec<User>, StoreError> {
    let rows = conn
        .all(
            format!("SELECT {COLUMNS} FROM app_user ORDER BY name, id"),
            Vec::new(),
        )
        .await?;
    rows.iter().map(read).collect()
}

/// Sets the hash of a password.
pub async fn set_password(tx: &mut Tx, id: UserId, hash: &str) -> Result<(), StoreError> {
    found(
        tx.run(
            "UPDATE app_user SET password_hash = $1 WHERE id = $2",
            args![hash, id],
        )
        .await?,
        "user",
    )
}

/// Sets name and mail address as shown.
pub async fn set_profile(
    tx: &mut Tx,
    id: UserId,
    name: &str,
    email: &str,
) -> Result<(), StoreError> {
    let rows = tx
        .run(
            "UPDATE app_user SET name = $1, email = $2, email_key = $3 WHERE id = $4",
            args![name, email.trim(), email_key(email), id],
        )
        .await?;
    found(rows, "user")
}

/// Sets the own settings of the pages, as JSON.
pub async fn set_preferences(tx: &mut Tx, id: UserId, preferences: &str) -> Result<(), StoreError> {
    found(
        tx.run(
            "UPDATE app_user SET preferences = $1 WHERE id = $2",
            args![preferences, id],
        )
        .await?,
        "user",
    )
}

/// Switches sign-in off or on; switching off ends every session.
pub async fn set_disabled(tx: &mut Tx, id: UserId, disabled: bool) -> Result<(), StoreError> {
    found(
        tx.run(
            "UPDATE app_user SET disabled = $1 WHERE id = $2",
            args![disabled, id],
        )
        .await?,
        "user",
    )?;
    if disabled {
        crate::session::end_all(tx, id, None).await?;
    }
    Ok(())
}

/// The sealed secret of the second factor.
pub async fn second_factor(conn: &mut Conn, id: UserId) -> Result<Option<Vec<u8>>, StoreError> {
    let row = conn
        .first(
            "SELECT second_factor FROM app_user WHERE id = $1",
            args![id],
        )
        .await?;
    row.map_or(Err(StoreError::NotFound("user")), |row| {
        row.opt_bytes("second_factor")
    })
}

/// Stores or removes the sealed secret of the second factor.
pub async fn set_second_factor(
    tx: &mut Tx,
    id: UserId,
    sealed: Option<Vec<u8>>,
) -> Result<(), StoreError> {
    found(
        tx.run(
            "UPDATE app_user SET second_factor = $1 WHERE id = $2",
            args![sealed, id],
        )
        .await?,
        "user",
    )
}

/// Notes a failed sign-in of `who` (a key of address and account).
pub async fn failed_sign_in(tx: &mut Tx, who: &str, now: Timestamp) -> Result<(), StoreError> {
    let id = tx.next_id(now);
    tx.run(
        "INSERT INTO sign_in_attempt (id, who, at) VALUES ($1, $2, $3)",
        args![id, who, now],
    )
    .await?;
    Ok(())
}

/// Failed sign-ins of `who` since an instant: how many, and the last one.
pub async fn failed_sign_ins(
    conn: &mut Conn,
    who: &str,
    since: Timestamp,
) -> Result<(i64, Option<Timestamp>), StoreError> {
    let row = conn
        .one(
            "SELECT CAST(count(*) AS BIGINT) AS tries, max(at) AS last FROM sign_in_attempt WHERE who = $1 AND at >= $2",
            args![who, since],
        )
        .await?;
    Ok((row.int("tries")?, row.opt_time("last")?))
}

/// Forgets the failed sign-ins of `who`, after a good one.
pub async fn forget_failed_sign_ins(tx: &mut Tx, who: &str) -> Result<(), StoreError> {
    tx.run("DELETE FROM sign_in_attempt WHERE who = $1", args![who])
        .await?;
    Ok(())
}
