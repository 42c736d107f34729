//! What goes when: retention by age, legal holds that stop it, and the erasure of a person.

use auscult_model::ids::{HoldId, MemberId, PersonId};
use auscult_model::member::Viewer;
use auscult_model::word_enum;
use jiff::Timestamp;

use crate::arg::args;
use crate::batch::{id_list, numbers};
use crate::db::{Conn, Tx};
use crate::error::{StoreError, found};
use crate::listen::{self, Gone};
use crate::row::Row;

/// The most rows one call removes; call again until it removes less.
const STEP: i64 = 500;

word_enum! {
    /// What a legal hold keeps.
    HoldOn {
        /// A conversation with its posts.
        Conversation = "conversation",
        /// A post.
        Post = "post",
        /// A person.
        Person = "person",
    }
}

/// A legal hold: what it keeps cannot be purged or erased.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LegalHold {
    /// Its id.
    pub id: HoldId,
    /// What kind of thing it keeps.
    pub on: HoldOn,
    /// The id of the thing.
    pub subject: i64,
    /// Why.
    pub reason: String,
    /// Who set it.
    pub member: Option<MemberId>,
    /// Since when.
    pub from: Timestamp,
}

/// What a purge removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Purged {
    /// Raw events.
    pub raw: u64,
    /// Posts whose words went.
    pub posts: u64,
    /// Whether there is more to remove.
    pub more: bool,
}

/// Sets a legal hold.
pub async fn hold(
    tx: &mut Tx,
    viewer: &Viewer,
    what: (HoldOn, i64),
    reason: &str,
    now: Timestamp,
) -> Result<HoldId, StoreError> {
    let id = HoldId(tx.next_id(now));
    tx.run(
        "INSERT INTO legal_hold (id, workspace_id, subject_kind, subject_id, reason, member_id, from_at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        args![id, viewer.workspace, what.0.as_str(), what.1, reason, viewer.member, now],
    )
    .await?;
    if what.0 == HoldOn::Conversation {
        let rows = tx
            .run(
                "UPDATE conversation SET mark_legal = TRUE, version = version + 1 WHERE workspace_id = $1 AND id = $2",
                args![viewer.workspace, what.1],
            )
            .await?;
        found(rows, "conversation")?;
        tx.live(viewer.workspace, "conversation", what.1, now);
    }
    Ok(id)
}

/// Ends a legal hold.
pub async fn release(
    tx: &mut Tx,
    viewer: &Viewer,
    id: HoldId,
    now: Timestamp,
) -> Result<(), StoreError> {
    let row = tx
        .first(
            "UPDATE legal_hold SET released_at = $1 WHERE workspace_id = $2 AND id = $3 AND released_at IS NULL RETURNING subject_kind, subject_id",
            args![now, viewer.workspace, id],
        )
        .await?
        .ok_or(StoreError::NotFound("hold"))?;
    if row.word::<HoldOn>("subject_kind")? == HoldOn::Conversation {
        tx.run(
            "UPDATE conversation SET version = version + 1, mark_legal = EXISTS (SELECT 1 FROM legal_hold h WHERE h.workspace_id = $1
               AND h.subject_kind = 'conversation' AND h.subject_id = $2 AND h.released_at IS NULL) WHERE workspace_id = $1 AND id = $2",
            args![viewer.workspace, row.int("subject_id")?],
        )
        .await?;
    }
    Ok(())
}

/// Legal holds of the workspace, newest first.
pub async fn holds(conn: &mut Conn, viewer: &Viewer) -> Result<Vec<LegalHold>, StoreError> {
    let rows = conn
        .all(
            "SELECT id, subject_kind, subject_id, reason, member_id, from_at FROM legal_hold WHERE workspace_id = $1 AND released_at IS NULL ORDER BY id DESC",
            args![viewer.workspace],
        )
        .await?;
    let hold = |row: &Row| {
        Ok(LegalHold {
            id: row.id("id")?,
            on: row.word("subject_kind")?,
            subject: row.int("subject_id")?,
            reason: row.text("reason")?,
            member: row.opt_id("member_id")?,
            from: row.time("from_at")?,
        })
    };
    rows.iter().map(hold).collect()
}

/// Purges one step of what is older than its time: raw events and items that could not be read before `raw_before`, words of posts heard before
/// `text_before` unless their conversation is open or a hold keeps them. Rows and counts stay.
pub async fn purge(
    tx: &mut Tx,
    viewer: &Viewer,
    raw_before: Timestamp,
    text_before: Timestamp,
    now: Timestamp,
) -> Result<Purged, StoreError> {
    let raw = tx
        .run(
            "DELETE FROM raw_event WHERE id IN (SELECT id FROM raw_event WHERE workspace_id = $1 AND received_at < $2 LIMIT $3)",
            args![viewer.workspace, raw_before, STEP],
        )
        .await?;
    // What could not be read is what came in, too.
    let broken = tx
        .run(
            "DELETE FROM broken_item WHERE id IN (SELECT id FROM broken_item WHERE workspace_id = $1 AND at < $2 LIMIT $3)",
            args![viewer.workspace, raw_before, STEP],
        )
        .await?;
    let rows = tx
        .all(
            "SELECT p.id AS id FROM post p WHERE p.workspace_id = $1 AND p.heard_at < $2 AND p.removed_at IS NULL
             AND NOT EXISTS (SELECT 1 FROM conversation c WHERE c.id = p.conversation_id AND (c.state <> 'resolved' OR c.mark_legal))
             AND NOT EXISTS (SELECT 1 FROM legal_hold h WHERE h.workspace_id = p.workspace_id AND h.subject_kind = 'post' AND h.subject_id = p.id AND h.released_at IS NULL)
             ORDER BY p.id LIMIT $3",
            args![viewer.workspace, text_before, STEP],
        )
        .await?;
    let ids: Vec<i64> = rows
        .iter()
        .map(|row| row.int("id"))
        .collect::<Result<_, _>>()?;
    listen::bury(tx, viewer, &ids, (Gone::Expired, now)).await?;
    listen::purge_posts(tx, viewer, &ids, now).await?;
    let posts = u64::try_from(ids.len()).unwrap_or(u64::MAX);
    let full = u64::try_from(STEP).unwrap_or(u64::MAX);
    Ok(Purged {
        raw,
        posts,
        more: raw >= full || broken >= full || posts >= full,
    })
}

/// How many posts and raw events a purge would reach now, for the preview.
pub async fn preview(
    conn: &mut Conn,
    viewer: &Viewer,
    raw_before: Timestamp,
    text_before: Timestamp,
) -> Result<(i64, i64), StoreError> {
    let row = conn
        .one(
            "SELECT (SELECT CAST(count(*) AS BIGINT) FROM raw_event WHERE workspace_id = $1 AND received_at < $2) AS raw,
             (SELECT CAST(count(*) AS BIGINT) FROM post WHERE workspace_id = $1 AND heard_at < $3 AND removed_at IS NULL) AS posts",
            args![viewer.workspace, raw_before, text_before],
        )
        .await?;
    Ok((row.int("raw")?, row.int("posts")?))
}

/// Erases a person with all accounts merged into them: their words, names, notes and consents go, tombstones keep
/// the posts from coming back, our own answers stay. A legal hold stops it, with the reason.
pub async fn erase_person(
    tx: &mut Tx,
    viewer: &Viewer,
    id: PersonId,
    now: Timestamp,
) -> Result<u64, StoreError> {
    crate::person::get(tx, viewer, id).await?;
    refuse_if_held(tx, viewer, id).await?;
    let group =
        "SELECT p.id FROM person p WHERE p.workspace_id = $1 AND (p.id = $2 OR p.merged_into = $2)";
    let rows = tx
        .all(
            format!(
                "SELECT p.id AS id FROM post p JOIN identity i ON i.workspace_id = p.workspace_id AND i.source = p.source
                 AND i.external_id = p.author_id WHERE p.workspace_id = $1 AND p.own = FALSE AND i.person_id IN ({group})"
            ),
            args![viewer.workspace, id],
        )
        .await?;
    let ids: Vec<i64> = rows
        .iter()
        .map(|row| row.int("id"))
        .collect::<Result<_, _>>()?;
    for some in ids.chunks(500) {
        listen::bury(tx, viewer, some, (Gone::Erased, now)).await?;
        listen::purge_posts(tx, viewer, some, now).await?;
    }
    forget_threads(tx, viewer, id, now).await?;
    for table in ["person_note", "consent"] {
        tx.run(
            format!("DELETE FROM {table} WHERE person_id IN ({group})"),
            args![viewer.workspace, id],
        )
        .await?;
    }
    tx.run(
        format!("UPDATE identity SET external_id = 'erased:' || id, handle = NULL, name = NULL WHERE person_id IN ({group})"),
        args![viewer.workspace, id],
    )
    .await?;
    tx.run(
        format!(
            "UPDATE person SET name = '', preferred_channel = NULL, lang = NULL, needs = '[]', restrictions = '{{}}', erased_at = $3, version = version + 1
             WHERE id IN ({group})"
        ),
        args![viewer.workspace, id, now],
    )
    .await?;
    Ok(u64::try_from(ids.len()).unwrap_or(u64::MAX))
}

async fn refuse_if_held(tx: &mut Tx, viewer: &Viewer, id: PersonId) -> Result<(), StoreError> {
    let row = tx
        .first(
            "SELECT reason FROM legal_hold WHERE workspace_id = $1 AND released_at IS NULL AND ((subject_kind = 'person' AND subject_id = $2)
               OR (subject_kind = 'conversation' AND subject_id IN (SELECT c.id FROM conversation c WHERE c.person_id IN
                 (SELECT p.id FROM person p WHERE p.workspace_id = $1 AND (p.id = $2 OR p.merged_into = $2)))))",
            args![viewer.workspace, id],
        )
        .await?;
    match row {
        Some(row) => Err(StoreError::Refused(format!(
            "a legal hold keeps this person: {}",
            row.text("reason")?
        ))),
        None => Ok(()),
    }
}

/// Takes the person's name and words out of their conversations, drafts and approvals included.
async fn forget_threads(
    tx: &mut Tx,
    viewer: &Viewer,
    id: PersonId,
    now: Timestamp,
) -> Result<(), StoreError> {
    let rows = tx
        .all(
            "SELECT c.id AS id FROM conversation c WHERE c.workspace_id = $1 AND c.person_id IN
             (SELECT p.id FROM person p WHERE p.workspace_id = $1 AND (p.id = $2 OR p.merged_into = $2))",
            args![viewer.workspace, id],
        )
        .await?;
    let ids: Vec<i64> = rows
        .iter()
        .map(|row| row.int("id"))
        .collect::<Result<_, _>>()?;
    let json = id_list(ids.iter().copied());
    let list = numbers(tx.engine(), 1);
    tx.run(
        format!("UPDATE conversation SET person_name = '', handle = '', last_line = '', version = version + 1 WHERE id IN {list}"),
        args![&json],
    )
    .await?;
    tx.run(
        format!(
            "UPDATE entry SET text = '', author_name = '', author_handle = '', removed_at = COALESCE(removed_at, $2)
             WHERE conversation_id IN {list} AND direction = 'in'"
        ),
        args![&json, now],
    )
    .await?;
    tx.run(
        format!("DELETE FROM draft WHERE conversation_id IN {list}"),
        args![&json],
    )
    .await?;
    for conversation in ids {
        tx.live(viewer.workspace, "conversation", conversation, now);
    }
    Ok(())
}
