//! Pieces and their variants for channels.

use auscult_model::ids::{PieceId, VariantId};
use auscult_model::member::Viewer;
use auscult_model::plan::{Lineage, Piece, PieceState, Variant};
use jiff::Timestamp;

use crate::arg::args;
use crate::batch::json_text;
use crate::db::{Conn, Tx};
use crate::error::{StoreError, found};
use crate::row::Row;

const PIECE: &str = "id, aim_id, question_id, parent_id, parent_kind, title, text, stance, audience, claims, clinical_owner_id, author_id, review_on,
  consent_until, state, version, created_at, changed_at";
const VARIANT: &str =
    "id, piece_id, channel_id, text, parts, media, link, verdict, text_hash, version, changed_at";

fn read(row: &Row) -> Result<Piece, StoreError> {
    let parent = match (
        row.opt_id("parent_id")?,
        row.opt_word::<Lineage>("parent_kind")?,
    ) {
        (Some(parent), Some(kind)) => Some((parent, kind)),
        (_, None) | (None, _) => None,
    };
    Ok(Piece {
        id: row.id("id")?,
        aim: row.opt_id("aim_id")?,
        question: row.opt_id("question_id")?,
        parent,
        title: row.text("title")?,
        text: row.text("text")?,
        stance: row.text("stance")?,
        audience: row.text("audience")?,
        claims: row.json("claims")?,
        clinical_owner: row.opt_id("clinical_owner_id")?,
        author: row.opt_id("author_id")?,
        review_on: row.opt_time("review_on")?,
        consent_until: row.opt_time("consent_until")?,
        state: row.word("state")?,
        version: row.int("version")?,
        created_at: row.time("created_at")?,
        changed_at: row.time("changed_at")?,
    })
}

fn read_variant(row: &Row) -> Result<Variant, StoreError> {
    Ok(Variant {
        id: row.id("id")?,
        piece: row.id("piece_id")?,
        channel: row.id("channel_id")?,
        text: row.text("text")?,
        parts: row.text("parts")?,
        media: row.text("media")?,
        link: row.opt_text("link")?,
        verdict: row.text("verdict")?,
        text_hash: row.text("text_hash")?,
        version: row.int("version")?,
        changed_at: row.time("changed_at")?,
    })
}

/// Stores a new piece (id 0), or a change of one, if nobody changed it since its version. Says its id.
pub async fn save_piece(
    tx: &mut Tx,
    viewer: &Viewer,
    piece: &Piece,
    now: Timestamp,
) -> Result<PieceId, StoreError> {
    let id = if piece.id.0 == 0 {
        PieceId(tx.next_id(now))
    } else {
        piece.id
    };
    let mut values = args![
        piece.aim,
        piece.question,
        piece.parent.map(|(parent, _)| parent),
        piece.parent.map(|(_, kind)| kind.as_str()),
        &piece.title,
        &piece.text,
        &piece.stance,
        &piece.audience,
        json_text(&piece.claims)?,
        piece.clinical_owner,
        piece.author,
        piece.review_on,
        piece.consent_until,
        piece.state.as_str(),
        now,
        viewer.workspace,
        id
    ];
    if piece.id.0 == 0 {
        tx.run(
            "INSERT INTO piece (aim_id, question_id, parent_id, parent_kind, title, text, stance, audience, claims, clinical_owner_id, author_id, review_on,
               consent_until, state, changed_at, workspace_id, id, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $15)",
            values,
        )
        .await?;
    } else {
        values.push(piece.version.into());
        let rows = tx
            .run(
                "UPDATE piece SET aim_id = $1, question_id = $2, parent_id = $3, parent_kind = $4, title = $5, text = $6, stance = $7, audience = $8,
                   claims = $9, clinical_owner_id = $10, author_id = $11, review_on = $12, consent_until = $13, state = $14, changed_at = $15,
                   version = version + 1 WHERE workspace_id = $16 AND id = $17 AND version = $18",
                values,
            )
            .await?;
        if rows == 0 {
            self::piece(tx, viewer, piece.id).await?;
            return Err(StoreError::conflict("the piece"));
        }
    }
    tx.live(viewer.workspace, "plan", id.0, now);
    Ok(id)
}

/// One piece.
pub async fn piece(conn: &mut Conn, viewer: &Viewer, id: PieceId) -> Result<Piece, StoreError> {
    let row = conn
        .first(
            format!("SELECT {PIECE} FROM piece WHERE workspace_id = $1 AND id = $2"),
            args![viewer.workspace, id],
        )
        .await?;
    row.as_ref()
        .map_or(Err(StoreError::NotFound("piece")), read)
}

/// Pieces in a state, changed last first; all that are not put away when no state is named. 500 at most.
pub async fn pieces(
    conn: &mut Conn,
    viewer: &Viewer,
    state: Option<PieceState>,
) -> Result<Vec<Piece>, StoreError> {
    let rows = conn
        .all(
            format!(
                "SELECT {PIECE} FROM piece WHERE workspace_id = $1 AND (state = $2 OR ($2 = '' AND state <> 'archived'))
                 ORDER BY changed_at DESC, id DESC LIMIT 500"
            ),
            args![viewer.workspace, state.map_or("", PieceState::as_str)],
        )
        .await?;
    rows.iter().map(read).collect()
}

/// Every piece that comes from another one, directly or over others.
pub async fn descendants(
    conn: &mut Conn,
    viewer: &Viewer,
    id: PieceId,
) -> Result<Vec<Piece>, StoreError> {
    let rows = conn
        .all(
            format!(
                "WITH RECURSIVE line (piece_id) AS (SELECT id FROM piece WHERE workspace_id = $1 AND parent_id = $2
                   UNION SELECT p.id FROM piece p JOIN line l ON p.parent_id = l.piece_id WHERE p.workspace_id = $1)
                 SELECT {PIECE} FROM piece WHERE id IN (SELECT piece_id FROM line) ORDER BY id"
            ),
            args![viewer.workspace, id],
        )
        .await?;
    rows.iter().map(read).collect()
}

/// Stores a new variant (id 0), or a change of one, if nobody changed it since its version. Says its id.
///
/// A changed hash voids approvals that are asked for or given.
pub async fn save_variant(
    tx: &mut Tx,
    viewer: &Viewer,
    variant: &Variant,
    now: Timestamp,
) -> Result<VariantId, StoreError> {
    if variant.id.0 == 0 {
        let id = VariantId(tx.next_id(now));
        let rows = tx
            .run(
                "INSERT INTO variant (id, workspace_id, piece_id, channel_id, text, parts, media, link, verdict, text_hash, created_at, changed_at)
                 SELECT $1, p.workspace_id, p.id, c.id, $2, $3, $4, $5, $6, $7, $8, $8 FROM piece p JOIN channel c ON c.workspace_id = p.workspace_id
                 WHERE p.workspace_id = $9 AND p.id = $10 AND c.id = $11",
                args![
                    id,
                    &variant.text,
                    &variant.parts,
                    &variant.media,
                    &variant.link,
                    &variant.verdict,
                    &variant.text_hash,
                    now,
                    viewer.workspace,
                    variant.piece,
                    variant.channel
                ],
            )
            .await?;
        found(rows, "piece or channel")?;
        tx.live(viewer.workspace, "plan", variant.piece.0, now);
        return Ok(id);
    }
    let rows = tx
        .run(
            "UPDATE variant SET text = $1, parts = $2, media = $3, link = $4, verdict = $5, text_hash = $6, changed_at = $7, version = version + 1
             WHERE workspace_id = $8 AND id = $9 AND version = $10",
            args![
                &variant.text,
                &variant.parts,
                &variant.media,
                &variant.link,
                &variant.verdict,
                &variant.text_hash,
                now,
                viewer.workspace,
                variant.id,
                variant.version
            ],
        )
        .await?;
    if rows == 0 {
        self::variant(tx, viewer, variant.id).await?;
        return Err(StoreError::conflict("the variant"));
    }
    tx.run(
        "UPDATE approval SET state = 'replaced', decided_at = $1 WHERE workspace_id = $2 AND variant_id = $3 AND state IN ('asked', 'approved') AND text_hash <> $4",
        args![now, viewer.workspace, variant.id, &variant.text_hash],
    )
    .await?;
    tx.live(viewer.workspace, "plan", variant.piece.0, now);
    Ok(variant.id)
}

/// One variant.
pub async fn variant(
    conn: &mut Conn,
    viewer: &Viewer,
    id: VariantId,
) -> Result<Variant, StoreError> {
    let row = conn
        .first(
            format!("SELECT {VARIANT} FROM variant WHERE workspace_id = $1 AND id = $2"),
            args![viewer.workspace, id],
        )
        .await?;
    row.as_ref()
        .map_or(Err(StoreError::NotFound("variant")), read_variant)
}

/// Variants of a piece, oldest first.
pub async fn variants(
    conn: &mut Conn,
    viewer: &Viewer,
    piece: PieceId,
) -> Result<Vec<Variant>, StoreError> {
    let rows = conn
        .all(
            format!("SELECT {VARIANT} FROM variant WHERE workspace_id = $1 AND piece_id = $2 ORDER BY id"),
            args![viewer.workspace, piece],
        )
        .await?;
    rows.iter().map(read_variant).collect()
}
