//! People: identities on networks, how each was linked, merges with undo, preferences, consent, notes.

use auscult_model::ids::{IdentityId, MergeId, PersonId, PersonNoteId};
use auscult_model::member::Viewer;
use auscult_model::person::{Consent, Evidence, Identity, Merge, Person, PersonNote};
use jiff::Timestamp;

use crate::arg::{Arg, args};
use crate::batch::json_text;
use crate::db::{Conn, Tx};
use crate::error::{StoreError, found, unchanged};
use crate::row::Row;

const PERSON: &str = "id, name, preferred_channel, lang, needs, restrictions, merged_into, erased_at, version, created_at";
const IDENTITY: &str =
    "id, source, external_id, handle, name, person_id, evidence, first_seen, last_seen";

fn read(row: &Row) -> Result<Person, StoreError> {
    Ok(Person {
        id: row.id("id")?,
        name: row.text("name")?,
        preferred_channel: row.opt_text("preferred_channel")?,
        lang: row.opt_text("lang")?,
        needs: row.json("needs")?,
        restrictions: row.json("restrictions")?,
        merged_into: row.opt_id("merged_into")?,
        erased_at: row.opt_time("erased_at")?,
        version: row.int("version")?,
        created_at: row.time("created_at")?,
    })
}

fn read_identity(row: &Row) -> Result<Identity, StoreError> {
    Ok(Identity {
        id: row.id("id")?,
        source: row.text("source")?,
        external_id: row.text("external_id")?,
        handle: row.opt_text("handle")?,
        name: row.opt_text("name")?,
        person: row.id("person_id")?,
        evidence: row.word("evidence")?,
        first_seen: row.time("first_seen")?,
        last_seen: row.time("last_seen")?,
    })
}

/// One person.
pub async fn get(conn: &mut Conn, viewer: &Viewer, id: PersonId) -> Result<Person, StoreError> {
    let row = conn
        .first(
            format!("SELECT {PERSON} FROM person WHERE workspace_id = $1 AND id = $2"),
            args![viewer.workspace, id],
        )
        .await?;
    row.as_ref()
        .map_or(Err(StoreError::NotFound("person")), read)
}

/// People before a place, newest first; those whose name or handle begins with `name` when it is not empty.
/// Merged and erased ones are left out.
pub async fn list(
    conn: &mut Conn,
    viewer: &Viewer,
    name: &str,
    before: Option<PersonId>,
    limit: u32,
) -> Result<Vec<Person>, StoreError> {
    let rows = conn
        .all(
            format!(
                "SELECT {PERSON} FROM person WHERE workspace_id = $1 AND id < $2 AND merged_into IS NULL AND erased_at IS NULL
                 AND ($3 = '' OR substr(lower(name), 1, length($3)) = $3 OR EXISTS (SELECT 1 FROM identity i WHERE i.person_id = person.id
                   AND substr(lower(i.handle), 1, length($3)) = $3))
                 ORDER BY id DESC LIMIT $4"
            ),
            args![viewer.workspace, before.map_or(i64::MAX, |id| id.0), name.to_lowercase(), limit],
        )
        .await?;
    rows.iter().map(read).collect()
}

/// Changes name, preferences, needs and restrictions, if nobody changed the person since its version.
pub async fn save(
    tx: &mut Tx,
    viewer: &Viewer,
    person: &Person,
    now: Timestamp,
) -> Result<(), StoreError> {
    let rows = tx
        .run(
            "UPDATE person SET name = $1, preferred_channel = $2, lang = $3, needs = $4, restrictions = $5, version = version + 1
             WHERE workspace_id = $6 AND id = $7 AND version = $8 AND erased_at IS NULL",
            args![
                &person.name,
                &person.preferred_channel,
                &person.lang,
                json_text(&person.needs)?,
                json_text(&person.restrictions)?,
                viewer.workspace,
                person.id,
                person.version
            ],
        )
        .await?;
    if rows == 0 {
        get(tx, viewer, person.id).await?;
        return Err(StoreError::conflict("the person"));
    }
    tx.live(viewer.workspace, "person", person.id.0, now);
    Ok(())
}

/// Accounts of a person and of those merged into it.
pub async fn identities(
    conn: &mut Conn,
    viewer: &Viewer,
    id: PersonId,
) -> Result<Vec<Identity>, StoreError> {
    let rows = conn
        .all(
            format!(
                "SELECT {IDENTITY} FROM identity WHERE workspace_id = $1 AND person_id IN
                 (SELECT p.id FROM person p WHERE p.workspace_id = $1 AND (p.id = $2 OR p.merged_into = $2)) ORDER BY first_seen, id"
            ),
            args![viewer.workspace, id],
        )
        .await?;
    rows.iter().map(read_identity).collect()
}

/// The account with this name on a network.
pub async fn identity_by_external(
    conn: &mut Conn,
    viewer: &Viewer,
    source: &str,
    external_id: &str,
) -> Result<Option<Identity>, StoreError> {
    let row = conn
        .first(
            format!("SELECT {IDENTITY} FROM identity WHERE workspace_id = $1 AND source = $2 AND external_id = $3"),
            args![viewer.workspace, source, external_id],
        )
        .await?;
    row.as_ref().map(read_identity).transpose()
}

/// Says how sure it is that an account belongs to its person.
pub async fn set_evidence(
    tx: &mut Tx,
    viewer: &Viewer,
    id: IdentityId,
    evidence: Evidence,
) -> Result<(), StoreError> {
    let rows = tx
        .run(
            "UPDATE identity SET evidence = $1 WHERE workspace_id = $2 AND id = $3",
            args![evidence.as_str(), viewer.workspace, id],
        )
        .await?;
    found(rows, "identity")
}

/// Merges one person into another. Nothing is moved: both histories stay, and [`unmerge`] brings them apart again.
pub async fn merge(
    tx: &mut Tx,
    viewer: &Viewer,
    kept: PersonId,
    merged: PersonId,
    now: Timestamp,
) -> Result<MergeId, StoreError> {
    if kept == merged {
        return Err(StoreError::refused(
            "a person cannot be merged into themselves",
        ));
    }
    let keeper = get(tx, viewer, kept).await?;
    get(tx, viewer, merged).await?;
    if keeper.merged_into.is_some() {
        return Err(StoreError::refused(
            "the person to keep is merged into another one: choose that one",
        ));
    }
    let rows = tx
        .run(
            "UPDATE person SET merged_into = $1, version = version + 1 WHERE workspace_id = $2 AND id = $3 AND merged_into IS NULL
             AND NOT EXISTS (SELECT 1 FROM person o WHERE o.workspace_id = $2 AND o.merged_into = $3)",
            args![kept, viewer.workspace, merged],
        )
        .await?;
    unchanged(
        rows,
        "the person is merged already, or others are merged into them: undo these first",
    )?;
    let id = MergeId(tx.next_id(now));
    tx.run(
        "INSERT INTO person_merge (id, workspace_id, kept_id, merged_id, member_id, at) VALUES ($1, $2, $3, $4, $5, $6)",
        args![id, viewer.workspace, kept, merged, viewer.member, now],
    )
    .await?;
    tx.live(viewer.workspace, "person", kept.0, now);
    Ok(id)
}

/// Undoes a merge, at any time.
pub async fn unmerge(
    tx: &mut Tx,
    viewer: &Viewer,
    id: MergeId,
    now: Timestamp,
) -> Result<(), StoreError> {
    let row = tx
        .first(
            "UPDATE person_merge SET undone_at = $1 WHERE workspace_id = $2 AND id = $3 AND undone_at IS NULL RETURNING merged_id, kept_id",
            args![now, viewer.workspace, id],
        )
        .await?
        .ok_or(StoreError::NotFound("merge"))?;
    tx.run(
        "UPDATE person SET merged_into = NULL, version = version + 1 WHERE id = $1 AND workspace_id = $2",
        args![row.int("merged_id")?, viewer.workspace],
    )
    .await?;
    tx.live(viewer.workspace, "person", row.int("kept_id")?, now);
    Ok(())
}

/// Merges into a person that are not undone.
pub async fn merges(
    conn: &mut Conn,
    viewer: &Viewer,
    kept: PersonId,
) -> Result<Vec<Merge>, StoreError> {
    let rows = conn
        .all(
            "SELECT id, kept_id, merged_id, member_id, at FROM person_merge WHERE workspace_id = $1 AND kept_id = $2 AND undone_at IS NULL ORDER BY id",
            args![viewer.workspace, kept],
        )
        .await?;
    let merge = |row: &Row| {
        Ok(Merge {
            id: row.id("id")?,
            kept: row.id("kept_id")?,
            merged: row.id("merged_id")?,
            by: row.opt_id("member_id")?,
            at: row.time("at")?,
        })
    };
    rows.iter().map(merge).collect()
}

/// Adds a note on a person.
pub async fn add_note(
    tx: &mut Tx,
    viewer: &Viewer,
    person: PersonId,
    text: &str,
    now: Timestamp,
) -> Result<PersonNoteId, StoreError> {
    get(tx, viewer, person).await?;
    let id = PersonNoteId(tx.next_id(now));
    tx.run(
        "INSERT INTO person_note (id, workspace_id, person_id, member_id, text, at) VALUES ($1, $2, $3, $4, $5, $6)",
        args![id, viewer.workspace, person, viewer.member.map_or(0, |id| id.0), text, now],
    )
    .await?;
    tx.live(viewer.workspace, "person", person.0, now);
    Ok(id)
}

/// Notes on a person, newest first.
pub async fn notes(
    conn: &mut Conn,
    viewer: &Viewer,
    person: PersonId,
) -> Result<Vec<PersonNote>, StoreError> {
    let rows = conn
        .all(
            "SELECT id, member_id, text, at FROM person_note WHERE workspace_id = $1 AND person_id = $2 ORDER BY id DESC",
            args![viewer.workspace, person],
        )
        .await?;
    let note = |row: &Row| {
        Ok(PersonNote {
            id: row.id("id")?,
            member: row.id("member_id")?,
            text: row.text("text")?,
            at: row.time("at")?,
        })
    };
    rows.iter().map(note).collect()
}

/// Removes a note the viewer wrote.
pub async fn remove_note(tx: &mut Tx, viewer: &Viewer, id: PersonNoteId) -> Result<(), StoreError> {
    let rows = tx
        .run(
            "DELETE FROM person_note WHERE workspace_id = $1 AND id = $2 AND member_id = $3",
            args![viewer.workspace, id, viewer.member],
        )
        .await?;
    found(rows, "note")
}

/// Stores a consent of a person and says its id.
pub async fn add_consent(
    tx: &mut Tx,
    viewer: &Viewer,
    person: PersonId,
    consent: &Consent,
    now: Timestamp,
) -> Result<i64, StoreError> {
    get(tx, viewer, person).await?;
    let id = tx.next_id(now);
    let values: Vec<Arg> = args![
        id,
        viewer.workspace,
        person,
        &consent.channel,
        &consent.purpose,
        consent.granted,
        &consent.proof,
        consent.from,
        consent.to
    ];
    tx.run(
        "INSERT INTO consent (id, workspace_id, person_id, channel, purpose, granted, proof, from_at, to_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        values,
    )
    .await?;
    Ok(id)
}

/// Takes a consent back.
pub async fn withdraw_consent(
    tx: &mut Tx,
    viewer: &Viewer,
    id: i64,
    now: Timestamp,
) -> Result<(), StoreError> {
    let rows = tx
        .run(
            "UPDATE consent SET withdrawn_at = $1 WHERE workspace_id = $2 AND id = $3 AND withdrawn_at IS NULL",
            args![now, viewer.workspace, id],
        )
        .await?;
    found(rows, "consent")
}

/// Consents of a person, newest first.
pub async fn consents(
    conn: &mut Conn,
    viewer: &Viewer,
    person: PersonId,
) -> Result<Vec<Consent>, StoreError> {
    let rows = conn
        .all(
            "SELECT id, channel, purpose, granted, proof, from_at, to_at, withdrawn_at FROM consent WHERE workspace_id = $1 AND person_id = $2 ORDER BY id DESC",
            args![viewer.workspace, person],
        )
        .await?;
    let consent = |row: &Row| {
        Ok(Consent {
            id: row.int("id")?,
            channel: row.text("channel")?,
            purpose: row.text("purpose")?,
            granted: row.flag("granted")?,
            proof: row.text("proof")?,
            from: row.time("from_at")?,
            to: row.opt_time("to_at")?,
            withdrawn_at: row.opt_time("withdrawn_at")?,
        })
    };
    rows.iter().map(consent).collect()
}
