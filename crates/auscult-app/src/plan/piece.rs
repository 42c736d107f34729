//! Pieces and their variants: written, checked while one types, read again, and shown to a second member.

use auscult_connect::contract::Problem;
use auscult_model::approval::{Approval, ApprovalState, ApprovalTarget, AskApproval};
use auscult_model::channel::Channel;
use auscult_model::delivery::DeliveryState;
use auscult_model::ids::{AimId, ApprovalId, ChannelId, PieceId, QuestionId};
use auscult_model::member::Viewer;
use auscult_model::plan::{Aim, Claim, Occurrence, Piece, PieceState, Variant};
use auscult_store::{Conn, Tx, approval, channel, plan, workspace};
use jiff::Timestamp;
use jiff::civil::Date;

use crate::access::{note, required};
use crate::app::App;
use crate::channels;
use crate::error::AppError;
use crate::plan::desk::{self, Checked};
use crate::plan::{STANCES, set_state};
use crate::right::Right;

/// A text is at most this long before any network counts it.
const LONGEST: usize = 100_000;

/// A piece as a member writes it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Written {
    /// The piece that is changed and the version it was read at; `None` makes a new one.
    pub piece: Option<(PieceId, i64)>,
    /// Working title.
    pub title: String,
    /// The source text; the first variant's words when empty.
    pub text: String,
    /// One of [`STANCES`].
    pub stance: String,
    /// The aim it serves.
    pub aim: Option<AimId>,
    /// The question it answers.
    pub question: Option<QuestionId>,
    /// Its claims.
    pub claims: Vec<Claim>,
    /// When it has to be looked at again.
    pub review_on: Option<Timestamp>,
    /// Words for each channel; empty words make no variant.
    pub variants: Vec<(ChannelId, String)>,
}

/// A variant with its channel and what is said of it.
#[derive(Debug, Clone)]
pub struct Draft {
    /// The variant; `None` while nothing is written for the channel.
    pub variant: Option<Variant>,
    /// The channel.
    pub channel: Channel,
    /// What guard and network say.
    pub checked: Checked,
    /// The approvals of it, oldest first.
    pub approvals: Vec<Approval>,
    /// Whether these words are approved and the approval is not used up.
    pub approved: bool,
}

/// A piece with all that is shown around it.
#[derive(Debug, Clone)]
pub struct Opened {
    /// The piece.
    pub piece: Piece,
    /// Its variants, oldest first.
    pub drafts: Vec<Draft>,
    /// Channels that can publish and have no variant.
    pub others: Vec<Channel>,
    /// When it goes out, or went.
    pub occurrences: Vec<Occurrence>,
    /// Aims to choose from.
    pub aims: Vec<Aim>,
}

/// Channels of the workspace that can publish.
pub async fn publishing(app: &App, viewer: &Viewer) -> Result<Vec<Channel>, AppError> {
    publishers(&mut app.read().await?, viewer).await
}

async fn publishers(conn: &mut Conn, viewer: &Viewer) -> Result<Vec<Channel>, AppError> {
    let mut channels = channel::list(conn, viewer).await?;
    channels.retain(|channel| channel.disabled_at.is_none() && channels::capabilities(channel).publish);
    Ok(channels)
}

/// Aims of the workspace.
pub async fn aims(app: &App, viewer: &Viewer) -> Result<Vec<Aim>, AppError> {
    Ok(plan::aims(&mut app.read().await?, viewer).await?)
}

/// Pieces that are not put away, changed last first.
pub async fn list(app: &App, viewer: &Viewer) -> Result<Vec<Piece>, AppError> {
    Ok(plan::pieces(&mut app.read().await?, viewer, None).await?)
}

/// Judges a text for a channel as it is typed; nothing is stored.
pub async fn check(app: &App, viewer: &Viewer, channel: ChannelId, text: &str) -> Result<Checked, AppError> {
    Right::Publish.demand(viewer)?;
    let mut conn = app.read().await?;
    let space = workspace::get(&mut conn, viewer.workspace).await?;
    let channel = channel::get(&mut conn, viewer, channel).await?;
    Checked::new(app, &space, &channel, text, app.now())
}

/// Opens a piece.
pub async fn open(app: &App, viewer: &Viewer, id: PieceId) -> Result<Opened, AppError> {
    let mut conn = app.read().await?;
    let piece = plan::piece(&mut conn, viewer, id).await?;
    let space = workspace::get(&mut conn, viewer.workspace).await?;
    let mut others = publishers(&mut conn, viewer).await?;
    let mut drafts = Vec::new();
    for variant in plan::variants(&mut conn, viewer, id).await? {
        let channel = channel::get(&mut conn, viewer, variant.channel).await?;
        others.retain(|other| other.id != channel.id);
        let checked = Checked::new(app, &space, &channel, &variant.text, app.now())?;
        let approvals = approval::of_variant(&mut conn, viewer, variant.id).await?;
        let approved = desk::given(&mut conn, viewer, variant.id, &checked, piece.author).await?.is_some();
        drafts.push(Draft { variant: Some(variant), channel, checked, approvals, approved });
    }
    let occurrences = plan::occurrences_of(&mut conn, viewer, id).await?;
    let aims = plan::aims(&mut conn, viewer).await?;
    Ok(Opened { piece, drafts, others, occurrences, aims })
}

/// A channel without words yet, for the editor.
pub async fn blank(app: &App, viewer: &Viewer, id: ChannelId, text: &str) -> Result<Draft, AppError> {
    let mut conn = app.read().await?;
    let space = workspace::get(&mut conn, viewer.workspace).await?;
    let channel = channel::get(&mut conn, viewer, id).await?;
    let checked = Checked::new(app, &space, &channel, text, app.now())?;
    Ok(Draft { variant: None, channel, checked, approvals: Vec::new(), approved: false })
}

/// Stores a piece and its variants. Changed words void their approval; words that are on their way out stay as they are.
///
/// # Errors
/// [`AppError::Conflict`] when somebody changed the piece since the version that was read, or when a variant is in the outbox.
pub async fn save(app: &App, viewer: &Viewer, written: &Written) -> Result<PieceId, AppError> {
    Right::Publish.demand(viewer)?;
    let now = app.now();
    let mut tx = app.begin().await?;
    let piece = piece_of(&mut tx, viewer, written, now).await?;
    let id = plan::save_piece(&mut tx, viewer, &piece, now).await?;
    let space = workspace::get(&mut tx, viewer.workspace).await?;
    let before = plan::variants(&mut tx, viewer, id).await?;
    let mut changed = false;
    for (channel, text) in &written.variants {
        let old = before.iter().find(|variant| variant.channel == *channel);
        let channel = channel::get(&mut tx, viewer, *channel).await?;
        let Some(variant) = variant_of(app, &space, (id, &channel), text, old)? else { continue };
        if old.is_some() {
            stays(&mut tx, viewer, &variant).await?;
        }
        plan::save_variant(&mut tx, viewer, &variant, now).await?;
        changed = true;
    }
    if changed && matches!(piece.state, PieceState::Ready | PieceState::Review) {
        let stored = plan::piece(&mut tx, viewer, id).await?;
        set_state(&mut tx, viewer, stored, PieceState::Draft, now).await?;
    }
    note(&mut tx, viewer, if written.piece.is_some() { "piece.changed" } else { "piece.made" }, ("piece", id.0), now);
    app.commit(tx).await?;
    Ok(id)
}

/// The piece that is to be stored.
async fn piece_of(tx: &mut Tx, viewer: &Viewer, written: &Written, now: Timestamp) -> Result<Piece, AppError> {
    let title = required("title", &written.title, 200)?;
    if !STANCES.contains(&written.stance.as_str()) {
        return Err(AppError::invalid("stance", format!("choose one of {}", STANCES.join(", "))));
    }
    for claim in &written.claims {
        required("claims", &claim.text, 2_000)?;
        if claim.review_on.as_ref().is_some_and(|day| day.parse::<Date>().is_err()) {
            return Err(AppError::invalid("claims", "write the day a claim is checked again as 2027-01-31"));
        }
    }
    let words = written.variants.iter().map(|(_, text)| text.trim()).find(|text| !text.is_empty()).unwrap_or_default();
    let text = if written.text.trim().is_empty() { words } else { written.text.trim() };
    if text.chars().count() > LONGEST {
        return Err(AppError::invalid("text", format!("use at most {LONGEST} characters")));
    }
    let new = Piece {
        id: PieceId(0),
        aim: None,
        question: None,
        parent: None,
        title: String::new(),
        text: String::new(),
        stance: String::new(),
        audience: "{}".to_owned(),
        claims: Vec::new(),
        clinical_owner: None,
        author: viewer.member,
        review_on: None,
        consent_until: None,
        state: PieceState::Draft,
        version: 1,
        created_at: now,
        changed_at: now,
    };
    let stored = match written.piece {
        Some((id, version)) => Piece { version, ..plan::piece(tx, viewer, id).await? },
        None => new,
    };
    Ok(Piece {
        title,
        text: text.to_owned(),
        stance: written.stance.clone(),
        aim: written.aim,
        question: written.question.or(stored.question),
        claims: written.claims.clone(),
        review_on: written.review_on,
        ..stored
    })
}

/// The variant to be stored; `None` when nothing is written or nothing changed.
fn variant_of(
    app: &App,
    space: &auscult_model::workspace::Workspace,
    (piece, channel): (PieceId, &Channel),
    text: &str,
    old: Option<&Variant>,
) -> Result<Option<Variant>, AppError> {
    let text = text.trim();
    if text.chars().count() > LONGEST {
        return Err(AppError::invalid("text", format!("use at most {LONGEST} characters")));
    }
    if old.is_none_or(|old| old.text == text) && (old.is_some() || text.is_empty()) {
        return Ok(None);
    }
    let checked = Checked::new(app, space, channel, text, app.now())?;
    let new = Variant {
        id: auscult_model::ids::VariantId(0),
        piece,
        channel: channel.id,
        text: String::new(),
        parts: "[]".to_owned(),
        media: "[]".to_owned(),
        link: None,
        verdict: String::new(),
        text_hash: String::new(),
        version: 1,
        changed_at: app.now(),
    };
    let base = old.cloned().unwrap_or(new);
    Ok(Some(Variant { text: text.to_owned(), verdict: checked.judged.record(), text_hash: checked.text_hash, ..base }))
}

/// Refuses to change words that are frozen in the outbox and have not arrived.
async fn stays(tx: &mut Tx, viewer: &Viewer, variant: &Variant) -> Result<(), AppError> {
    let over = [DeliveryState::Sent, DeliveryState::Verified, DeliveryState::Refused, DeliveryState::Withdrawn];
    let sendings = plan::occurrences_of(tx, viewer, variant.piece).await?;
    let on_its_way = |sending: &&Occurrence| sending.variant == variant.id && sending.delivery.is_some() && !over.contains(&sending.state);
    match sendings.iter().find(on_its_way) {
        Some(sending) => Err(AppError::Conflict(format!("these words are on their way out ({}); take the sending back first", sending.state))),
        None => Ok(()),
    }
}

/// Whether any variant of a piece still waits for an approver.
pub(crate) async fn waiting(conn: &mut Conn, viewer: &Viewer, piece: PieceId) -> Result<bool, AppError> {
    for variant in plan::variants(conn, viewer, piece).await? {
        let asked = approval::of_variant(conn, viewer, variant.id).await?;
        if asked.iter().any(|approval| approval.state == ApprovalState::Asked) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Asks a second member for every variant that needs it and has neither an approval nor an open request.
pub async fn ask(app: &App, viewer: &Viewer, id: PieceId) -> Result<Vec<ApprovalId>, AppError> {
    Right::Publish.demand(viewer)?;
    let mut tx = app.begin().await?;
    let asked = ask_in(app, &mut tx, viewer, id).await?;
    app.commit(tx).await?;
    Ok(asked)
}

/// The same within a transaction.
pub(crate) async fn ask_in(app: &App, tx: &mut Tx, viewer: &Viewer, id: PieceId) -> Result<Vec<ApprovalId>, AppError> {
    let now = app.now();
    let piece = plan::piece(tx, viewer, id).await?;
    sourced(&piece)?;
    let space = workspace::get(tx, viewer.workspace).await?;
    let mut requests = Vec::new();
    for variant in plan::variants(tx, viewer, id).await? {
        let channel = channel::get(tx, viewer, variant.channel).await?;
        let checked = Checked::new(app, &space, &channel, &variant.text, now)?;
        checked.refuse()?;
        let settled = desk::given(tx, viewer, variant.id, &checked, piece.author).await?.is_some() || desk::asked(tx, viewer, variant.id, &checked).await?;
        if !checked.needs_approval || settled {
            continue;
        }
        let asked_by = piece.author.or(viewer.member).ok_or_else(|| AppError::Forbidden("only a member asks for approval".to_owned()))?;
        let request = AskApproval {
            target: ApprovalTarget::Variant(variant.id),
            audience: checked.audience.clone(),
            text: variant.text.clone(),
            text_hash: checked.text_hash.clone(),
            verdict: checked.judged.record(),
            asked_by,
            asked_of: None,
        };
        requests.push(approval::ask(tx, viewer, &request, now).await?);
    }
    if !requests.is_empty() {
        set_state(tx, viewer, piece, PieceState::Review, now).await?;
    }
    Ok(requests)
}

/// A claim without a source and a day to check it again is approved by nobody.
pub(crate) fn sourced(piece: &Piece) -> Result<(), AppError> {
    let bare = piece.claims.iter().find(|claim| claim.source.trim().is_empty() || claim.review_on.is_none());
    match bare {
        Some(claim) => Err(AppError::invalid("claims", format!("say where this comes from and when it is checked again: {}", claim.text))),
        None => Ok(()),
    }
}

/// What stands in the way of a piece, in plain words; empty when nothing does.
pub fn obstacles(opened: &Opened) -> Vec<Problem> {
    let mut found = Vec::new();
    if opened.drafts.is_empty() {
        found.push(Problem { code: "empty".to_owned(), message: "write the words for at least one channel".to_owned() });
    }
    if let Err(AppError::Invalid { message, .. }) = sourced(&opened.piece) {
        found.push(Problem { code: "claims".to_owned(), message });
    }
    for draft in &opened.drafts {
        found.extend(draft.checked.problems.iter().map(|problem| Problem { code: problem.code.clone(), message: format!("{}: {}", draft.channel.name, problem.message) }));
    }
    found
}
