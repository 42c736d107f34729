//! When a piece goes out: wall time and zone become an instant, the calendar shows it, and what is due is put into the
//! outbox exactly once, whoever looks first.

use std::time::Duration;

use auscult_model::delivery::{DeliveryState, DeliveryTarget, LatePolicy, NewDelivery};
use auscult_model::hours::Calendar;
use auscult_model::ids::{ApprovalId, OccurrenceId, PieceId, VariantId, WorkspaceId};
use auscult_model::member::Viewer;
use auscult_model::plan::{NewOccurrence, Occurrence, PieceState, Variant};
use auscult_store::decision::{self, NewDecision};
use auscult_store::outbox::Enqueued;
use auscult_store::{Tx, channel, outbox, plan, workspace};
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::access::note;
use crate::app::App;
use crate::error::AppError;
use crate::plan::desk::{self, Checked};
use crate::plan::{piece, set_state};
use crate::right::Right;

/// Sendings go into the outbox this long before their instant; until then they can be changed.
const AHEAD: SignedDuration = SignedDuration::from_secs(60);
/// Later than this a person is asked.
const LATE: SignedDuration = SignedDuration::from_mins(30);
/// A wall time of the minute that has just begun is not in the past yet.
const GRACE: SignedDuration = SignedDuration::from_secs(60);
/// Sendings looked at in one turn.
const AT_ONCE: u32 = 500;

/// What came of scheduling.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scheduled {
    /// When it goes out.
    pub at: Timestamp,
    /// Its sendings.
    pub occurrences: Vec<OccurrenceId>,
    /// Approvals that were asked for; until they are given nothing goes out.
    pub asked: Vec<ApprovalId>,
}

/// The instant of a wall time in a zone: `2026-11-23T14:00`.
pub fn instant(zone: &str, wall: &str) -> Result<Timestamp, AppError> {
    let wrong = || AppError::invalid("at", format!("{wall:?} is no date with a time; write it as 2026-11-23T14:00"));
    let time: DateTime = wall.trim().parse().ok().ok_or_else(wrong)?;
    Calendar::resolve(&zone_of(zone)?, time).ok_or_else(wrong)
}

fn zone_of(zone: &str) -> Result<TimeZone, AppError> {
    TimeZone::get(zone).ok().ok_or_else(|| AppError::invalid("zone", format!("{zone:?} is no time zone; write it as Europe/Dublin")))
}

/// Schedules every variant of a piece, or moves its sendings that have not left. What needs a second member is asked
/// for and waits.
pub async fn schedule(app: &App, viewer: &Viewer, id: PieceId, wall: &str) -> Result<Scheduled, AppError> {
    Right::Publish.demand(viewer)?;
    let now = app.now();
    let mut tx = app.begin().await?;
    let space = workspace::get(&mut tx, viewer.workspace).await?;
    let at = instant(&space.settings.time_zone, wall)?;
    if at < now - GRACE {
        return Err(AppError::invalid("at", "choose a time that is still to come"));
    }
    let variants = plan::variants(&mut tx, viewer, id).await?;
    if variants.is_empty() {
        return Err(AppError::invalid("text", "write the words for at least one channel"));
    }
    let sendings = plan::occurrences_of(&mut tx, viewer, id).await?;
    let asked = piece::ask_in(app, &mut tx, viewer, id).await?;
    let mut occurrences = Vec::new();
    for variant in &variants {
        let new = NewOccurrence {
            variant: variant.id,
            wall_time: wall.trim().to_owned(),
            zone: space.settings.time_zone.clone(),
            zone_version: "built in".to_owned(),
            at,
            late_policy: LatePolicy::Ask,
            late_after_ms: i64::try_from(LATE.as_millis()).unwrap_or(i64::MAX),
        };
        occurrences.push(place(&mut tx, viewer, &new, &sendings, now).await?);
    }
    let stored = plan::piece(&mut tx, viewer, id).await?;
    if !piece::waiting(&mut tx, viewer, id).await? {
        set_state(&mut tx, viewer, stored, PieceState::Ready, now).await?;
    }
    note(&mut tx, viewer, "piece.scheduled", ("piece", id.0), now);
    app.commit(tx).await?;
    Ok(Scheduled { at, occurrences, asked })
}

/// Plans a sending, or moves the one that waits.
async fn place(tx: &mut Tx, viewer: &Viewer, new: &NewOccurrence, sendings: &[Occurrence], now: Timestamp) -> Result<OccurrenceId, AppError> {
    let own = || sendings.iter().filter(|sending| sending.variant == new.variant);
    let over = [DeliveryState::Sent, DeliveryState::Verified, DeliveryState::Refused, DeliveryState::Withdrawn];
    if let Some(leaving) = own().find(|sending| sending.delivery.is_some() && !over.contains(&sending.state)) {
        return Err(AppError::Conflict(format!("a sending of these words is on its way ({}); take it back first", leaving.state)));
    }
    match own().find(|sending| sending.delivery.is_none()) {
        Some(waiting) => {
            plan::move_occurrence(tx, viewer, (waiting.id, waiting.version), new, now).await?;
            Ok(waiting.id)
        }
        None => Ok(plan::plan_occurrence(tx, viewer, new, now).await?),
    }
}

/// Takes a sending out of the plan, or back from the outbox while it has not left.
pub async fn cancel(app: &App, viewer: &Viewer, id: OccurrenceId, version: i64) -> Result<(), AppError> {
    Right::Publish.demand(viewer)?;
    let now = app.now();
    let mut tx = app.begin().await?;
    let sending = plan::occurrence(&mut tx, viewer, id).await?;
    match sending.delivery {
        Some(delivery) => outbox::take_back(&mut tx, viewer, delivery, now).await?,
        None => plan::cancel_occurrence(&mut tx, viewer, id, version, now).await?,
    }
    note(&mut tx, viewer, "sending.cancelled", ("occurrence", id.0), now);
    app.commit(tx).await
}

/// Moves one sending that has not gone to the outbox.
pub async fn move_to(app: &App, viewer: &Viewer, (id, version): (OccurrenceId, i64), wall: &str) -> Result<Timestamp, AppError> {
    Right::Publish.demand(viewer)?;
    let now = app.now();
    let mut tx = app.begin().await?;
    let space = workspace::get(&mut tx, viewer.workspace).await?;
    let at = instant(&space.settings.time_zone, wall)?;
    if at < now - GRACE {
        return Err(AppError::invalid("at", "choose a time that is still to come"));
    }
    let sending = plan::occurrence(&mut tx, viewer, id).await?;
    let new = NewOccurrence {
        variant: sending.variant,
        wall_time: wall.trim().to_owned(),
        zone: space.settings.time_zone.clone(),
        zone_version: "built in".to_owned(),
        at,
        late_policy: sending.late_policy,
        late_after_ms: sending.late_after_ms,
    };
    plan::move_occurrence(&mut tx, viewer, (id, version), &new, now).await?;
    app.commit(tx).await?;
    Ok(at)
}

/// Sendings of the days `from` to `to` (excluded), in the zone of the workspace.
pub async fn calendar(app: &App, viewer: &Viewer, from: Date, to: Date) -> Result<Vec<Occurrence>, AppError> {
    let mut conn = app.read().await?;
    let space = workspace::get(&mut conn, viewer.workspace).await?;
    let zone = zone_of(&space.settings.time_zone)?;
    let midnight = |day: Date| Calendar::resolve(&zone, day.at(0, 0, 0, 0)).ok_or_else(|| AppError::invalid("from", "this day is out of range"));
    Ok(plan::calendar(&mut conn, viewer, midnight(from)?, midnight(to)?).await?)
}

/// The background turn: what is due goes into the outbox.
pub(crate) async fn turn(app: App) -> anyhow::Result<Duration> {
    enqueue_due(&app).await?;
    Ok(Duration::from_secs(2))
}

/// Puts what is due soon into the outbox and says how many it was. Two processes may do this at once: the key of a
/// sending is unique.
pub async fn enqueue_due(app: &App) -> Result<usize, AppError> {
    let due = plan::due_occurrences(&mut app.read().await?, app.now() + AHEAD, AT_ONCE).await?;
    let mut put = 0;
    for (workspace, sending) in due {
        match enqueue(app, workspace, &sending).await {
            Ok(true) => put += 1,
            // Somebody else was faster, moved it, or took it out.
            Ok(false) | Err(AppError::Conflict(_) | AppError::NotFound(_)) => {}
            Err(error) => tracing::error!(sending = sending.id.0, %error, "sending {} could not be put into the outbox: {error}", sending.id),
        }
    }
    Ok(put)
}

async fn enqueue(app: &App, workspace: WorkspaceId, sending: &Occurrence) -> Result<bool, AppError> {
    let system = Viewer::system(workspace);
    let mut tx = app.begin().await?;
    let space = workspace::get(&mut tx, workspace).await?;
    let variant = plan::variant(&mut tx, &system, sending.variant).await?;
    let piece = plan::piece(&mut tx, &system, sending.piece).await?;
    let channel = channel::get(&mut tx, &system, variant.channel).await?;
    let checked = Checked::new(app, &space, &channel, &variant.text, sending.at)?;
    let given = desk::given(&mut tx, &system, variant.id, &checked, piece.author).await?;
    if checked.needs_approval && given.is_none() {
        tx.rollback().await?;
        return Ok(false);
    }
    let author = Viewer { member: piece.author, ..system.clone() };
    let new = delivery(app, sending, &variant, &checked, given.as_ref().map(|given| given.id))?;
    let Enqueued::New(id) = outbox::enqueue(&mut tx, &author, &new, app.now()).await? else {
        tx.rollback().await?;
        return Ok(false);
    };
    // The row is ours now; whatever changed before that voids this turn.
    if plan::occurrence(&mut tx, &system, sending.id).await?.at != sending.at {
        tx.rollback().await?;
        return Ok(false);
    }
    let decided = NewDecision {
        kind: "sent".to_owned(),
        conversation: None,
        delivery: Some(id),
        approved_by: given.and_then(|given| given.decided_by),
        text_hash: checked.text_hash.clone(),
        rules: checked.judged.rules(),
        verdict: checked.judged.record(),
        detail: serde_json::json!({ "channel": channel.network, "audience": "public", "piece": piece.id }).to_string(),
    };
    decision::record(&mut tx, &author, decided, app.now());
    app.commit(tx).await?;
    Ok(true)
}

fn delivery(app: &App, sending: &Occurrence, variant: &Variant, checked: &Checked, approval: Option<ApprovalId>) -> Result<NewDelivery, AppError> {
    Ok(NewDelivery {
        channel: variant.channel,
        client_key: format!("occurrence/{}", sending.id),
        target: DeliveryTarget::Occurrence(sending.id),
        audience: checked.audience.clone(),
        text: checked.job.text.clone(),
        payload: serde_json::to_string(&checked.job).map_err(|error| AppError::broken(error.to_string()))?,
        text_hash: checked.text_hash.clone(),
        send_key: app.entropy.token(),
        approval,
        parent: None,
        exempt_from_hold: false,
        eligible_at: sending.at,
        late_at: Some(sending.at + SignedDuration::from_millis(sending.late_after_ms)),
        late_policy: sending.late_policy,
    })
}

/// Whether everything that goes out is held.
pub async fn held(app: &App, viewer: &Viewer) -> Result<bool, AppError> {
    let holds = outbox::holds(&mut app.read().await?, viewer).await?;
    Ok(holds.iter().any(|hold| hold.channel.is_none()))
}

/// The piece of a variant, for links from an approval.
pub async fn piece_of(app: &App, viewer: &Viewer, id: VariantId) -> Result<PieceId, AppError> {
    Ok(plan::variant(&mut app.read().await?, viewer, id).await?.piece)
}
