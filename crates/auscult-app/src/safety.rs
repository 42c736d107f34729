//! The safety desk: what may harm somebody gets a record, a clock for each step, a person, and two signatures at its end.
//!
//! Records are opened by listening, in the same flow that stores the post, so that an answer never waits for a form.

use auscult_model::case::{SafetyKind, SafetyRecord, Step};
use auscult_model::ids::{ConversationId, MemberId, PostId};
use auscult_model::inbox::{Conversation, Entry};
use auscult_model::listen::{IngestOutcome, IngestResult, StoredPost};
use auscult_model::member::Viewer;
use auscult_store::{Tx, case, inbox, outbox, post, workspace};
use auscult_text::classify::Flag;
use auscult_text::crisis;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::access::{note, required};
use crate::app::App;
use crate::error::AppError;
use crate::right::Right;

/// Steps of a crisis with their limits in minutes, counted from the moment it was heard.
const CRISIS: [(&str, i64); 5] = [
    (
        "C1 It stands at the top of the queue and the desk is told, without the words",
        0,
    ),
    (
        "C2 A named person takes it, a second one joins; never alone",
        5,
    ),
    (
        "C3 Act: emergency services when method, means, time or place are named; the platform's own report path; the reply with the regional line",
        15,
    ),
    (
        "C4 Hand over in the same shift: who was told, when and what; the safeguarding lead when a child or a ward is involved",
        8 * 60,
    ),
    (
        "C5 Close with a second signature: outcome, and after-care for staff",
        24 * 60,
    ),
];
/// Steps of an unwanted effect.
const ADVERSE: [(&str, i64); 5] = [
    (
        "A1 The record is open; the answer may name where side effects are reported",
        0,
    ),
    ("A2 A named person takes it", 60),
    (
        "A3 Write down the four elements: patient, reporter, product, reaction",
        4 * 60,
    ),
    (
        "A4 Hand over to medication safety; ask for what is missing in private, never in public",
        24 * 60,
    ),
    (
        "A5 Close with a second signature: reported where, or why not",
        15 * 24 * 60,
    ),
];
/// Steps of anything else that may have harmed somebody.
const EVENT: [(&str, i64); 4] = [
    ("S1 The record is open", 0),
    ("S2 A named person takes it", 15),
    (
        "S3 Tell the lead of the ward or the safeguarding lead",
        8 * 60,
    ),
    (
        "S4 Close with a second signature: what happened, and what changed",
        72 * 60,
    ),
];

/// What is known beside the steps; kept as JSON with the record.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Elements {
    /// Of an unwanted effect: who had it, as far as it is said.
    pub patient: String,
    /// Of an unwanted effect: who tells it.
    pub reporter: String,
    /// Of an unwanted effect: the medicine or device.
    pub product: String,
    /// Of an unwanted effect: what happened.
    pub reaction: String,
    /// Who has it.
    pub taken_by: Option<MemberId>,
    /// When they took it.
    pub taken_at: Option<Timestamp>,
    /// Who was told what.
    pub told: Vec<Told>,
    /// What happened in the end.
    pub outcome: String,
}

/// Somebody was told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// When.
    pub at: Timestamp,
    /// Who was told, and what.
    pub who: String,
    /// By which member.
    pub by: Option<MemberId>,
}

/// A record with what it is about.
#[derive(Debug, Clone)]
pub struct Open {
    /// The record.
    pub record: SafetyRecord,
    /// What is known.
    pub elements: Elements,
    /// The conversation.
    pub conversation: Option<Conversation>,
    /// What was written in it.
    pub entries: Vec<Entry>,
}

/// The desk.
#[derive(Debug, Clone)]
pub struct Desk {
    /// Open records, the first due first.
    pub open: Vec<Open>,
    /// Closed ones, the newest first.
    pub closed: Vec<Open>,
    /// Why everything that goes out is held; `None` when it is not.
    pub held: Option<String>,
    /// Whom a person in danger can call, in the country of the workspace.
    pub lines: Option<&'static crisis::Lines>,
}

/// The kind of record that flags ask for.
pub fn kind_of(flags: &[String]) -> Option<SafetyKind> {
    let has = |flag: Flag| flags.iter().any(|found| found == flag.as_str());
    if has(Flag::CrisisSelfHarm) {
        Some(SafetyKind::Crisis)
    } else if has(Flag::AdverseDrugEvent) {
        Some(SafetyKind::AdverseEvent)
    } else if has(Flag::SafetyEvent) {
        Some(SafetyKind::Safeguarding)
    } else {
        None
    }
}

/// Opens a record for each conversation into which a batch brought a post with a flag; one that has an open record is
/// left as it is. Says how many were opened.
pub(crate) async fn open_for(
    app: &App,
    tx: &mut Tx,
    viewer: &Viewer,
    outcome: &IngestOutcome,
) -> Result<usize, AppError> {
    let stored = outcome.results.iter().filter_map(|result| match result {
        IngestResult::Stored(id) | IngestResult::Revised(id) => Some(*id),
        IngestResult::Known(_)
        | IngestResult::Deleted
        | IngestResult::Tombstoned
        | IngestResult::Refused(_) => None,
    });
    let ids: Vec<PostId> = stored.collect();
    if ids.is_empty() {
        return Ok(0);
    }
    let posts = post::several(tx, viewer, &ids).await?;
    let wanted: Vec<(ConversationId, SafetyKind, StoredPost)> = posts
        .into_iter()
        .filter(|post| !post.own)
        .filter_map(|post| Some((post.conversation?, kind_of(&post.findings.flags)?, post)))
        .collect();
    if wanted.is_empty() {
        return Ok(0);
    }
    let records = case::safety_list(tx, viewer).await?;
    let mut known = still_open(&records);
    let mut opened = 0;
    for (conversation, kind, post) in wanted {
        if known.contains(&conversation)
            || records.iter().any(|record| record.post == Some(post.id))
        {
            continue;
        }
        known.push(conversation);
        let about = (Some(conversation), Some(&post));
        open(tx, viewer, about, kind, app.now()).await?;
        opened += 1;
    }
    Ok(opened)
}

fn still_open(records: &[SafetyRecord]) -> Vec<ConversationId> {
    records
        .iter()
        .filter(|record| record.closed_at.is_none())
        .filter_map(|record| record.conversation)
        .collect()
}

async fn open(
    tx: &mut Tx,
    viewer: &Viewer,
    about: (Option<ConversationId>, Option<&StoredPost>),
    kind: SafetyKind,
    now: Timestamp,
) -> Result<i64, AppError> {
    let (conversation, post) = about;
    let steps = steps(kind, now);
    let reporter = post
        .and_then(|post| post.post.author.as_ref())
        .and_then(|author| author.handle.clone().or_else(|| author.name.clone()));
    let elements = Elements {
        reporter: reporter.unwrap_or_default(),
        ..Elements::default()
    };
    let record = SafetyRecord {
        id: 0,
        conversation,
        post: post.map(|post| post.id),
        kind,
        elements: written(&elements)?,
        due_at: next_due(&steps),
        steps,
        opened_at: now,
        closed_at: None,
        closed_by: None,
        second_signature: None,
        version: 1,
    };
    let id = case::open_safety(tx, viewer, &record, now).await?;
    note(tx, viewer, "safety.opened", ("safety", id), now);
    Ok(id)
}

fn steps(kind: SafetyKind, now: Timestamp) -> Vec<Step> {
    let plan: &[(&str, i64)] = match kind {
        SafetyKind::Crisis => &CRISIS,
        SafetyKind::AdverseEvent => &ADVERSE,
        SafetyKind::Safeguarding | SafetyKind::StaffAbuse => &EVENT,
    };
    let step = |(text, minutes): &(&str, i64)| Step {
        text: (*text).to_owned(),
        due_at: Some(now + SignedDuration::from_mins(*minutes)),
        done_at: (*minutes == 0).then_some(now),
        done_by: None,
        note: String::new(),
    };
    plan.iter().map(step).collect()
}

fn next_due(steps: &[Step]) -> Option<Timestamp> {
    steps
        .iter()
        .filter(|step| step.done_at.is_none())
        .find_map(|step| step.due_at)
}

fn written(elements: &Elements) -> Result<String, AppError> {
    serde_json::to_string(elements).map_err(|error| AppError::broken(error.to_string()))
}

fn read(record: &SafetyRecord) -> Elements {
    serde_json::from_str(&record.elements).unwrap_or_default()
}

/// The desk as a member with the duty sees it. That it was read is noted.
pub async fn desk(app: &App, viewer: &Viewer) -> Result<Desk, AppError> {
    Right::Safety.demand(viewer)?;
    let mut conn = app.read().await?;
    let (mut open, mut closed) = (Vec::new(), Vec::new());
    for record in case::safety_list(&mut conn, viewer).await? {
        let conversation = match record.conversation {
            Some(id) => inbox::get(&mut conn, viewer, id).await.ok(),
            None => None,
        };
        let is_open = record.closed_at.is_none();
        let entries = match &conversation {
            Some(found) if is_open => inbox::entries(&mut conn, viewer, found.id, 0).await?,
            _ => Vec::new(),
        };
        let row = Open {
            elements: read(&record),
            record,
            conversation,
            entries,
        };
        if is_open {
            open.push(row)
        } else {
            closed.push(row)
        }
    }
    let held = outbox::holds(&mut conn, viewer)
        .await?
        .into_iter()
        .find(|hold| hold.channel.is_none())
        .map(|hold| hold.reason);
    let country = workspace::get(&mut conn, viewer.workspace)
        .await?
        .settings
        .country;
    drop(conn);
    if !open.is_empty() && viewer.member.is_some() {
        let mut tx = app.begin().await?;
        note(&mut tx, viewer, "safety.read", ("safety", 0), app.now());
        // Nothing changed for others: no page is woken.
        tx.commit().await?;
    }
    Ok(Desk {
        open,
        closed,
        held,
        lines: crisis::lines(&country),
    })
}

/// Takes a record: this member is its person from now on.
pub async fn take(app: &App, viewer: &Viewer, id: i64) -> Result<(), AppError> {
    let now = app.now();
    change(app, viewer, (id, "safety.taken"), |record, elements| {
        elements.taken_by = viewer.member;
        elements.taken_at = elements.taken_at.or(Some(now));
        let second = record
            .steps
            .iter_mut()
            .filter(|step| step.done_at.is_none())
            .find(|step| step.text.contains("named person takes it"));
        if let Some(step) = second {
            step.done_at = Some(now);
            step.done_by = viewer.member;
        }
        Ok(())
    })
    .await
}

/// Marks a step as done; the first word of its text names it.
pub async fn step(app: &App, viewer: &Viewer, id: i64, name: &str) -> Result<(), AppError> {
    let now = app.now();
    change(app, viewer, (id, "safety.step"), |record, elements| {
        let last = record.steps.len().saturating_sub(1);
        let found = record
            .steps
            .iter_mut()
            .enumerate()
            .find(|(_, step)| name_of(step) == name);
        let Some((at, step)) = found else {
            return Err(AppError::invalid("step", "this record has no such step"));
        };
        if at == last {
            return Err(AppError::invalid(
                "step",
                "the last step is done by two signatures",
            ));
        }
        if step.done_at.is_none() {
            step.done_at = Some(now);
            step.done_by = viewer.member;
        }
        if step.text.contains("named person takes it") && elements.taken_by.is_none() {
            elements.taken_by = viewer.member;
            elements.taken_at = Some(now);
        }
        Ok(())
    })
    .await
}

/// The name of a step: the first word of its text, such as C3.
pub fn name_of(step: &Step) -> &str {
    step.text.split(' ').next().unwrap_or_default()
}

/// Writes down who was told.
pub async fn told(app: &App, viewer: &Viewer, id: i64, who: &str) -> Result<(), AppError> {
    let who = required("who", who, 300)?;
    let now = app.now();
    change(app, viewer, (id, "safety.told"), |_, elements| {
        elements.told.push(Told {
            at: now,
            who: who.clone(),
            by: viewer.member,
        });
        Ok(())
    })
    .await
}

/// Writes down the four elements of an unwanted effect.
pub async fn describe(
    app: &App,
    viewer: &Viewer,
    id: i64,
    four: [&str; 4],
) -> Result<(), AppError> {
    let [patient, reporter, product, reaction] =
        four.map(|text| text.trim().chars().take(300).collect::<String>());
    let now = app.now();
    let whole = [&patient, &reporter, &product, &reaction]
        .iter()
        .all(|text| !text.is_empty());
    change(app, viewer, (id, "safety.described"), |record, elements| {
        elements.patient.clone_from(&patient);
        elements.reporter.clone_from(&reporter);
        elements.product.clone_from(&product);
        elements.reaction.clone_from(&reaction);
        let third = record
            .steps
            .iter_mut()
            .find(|step| name_of(step) == "A3" && step.done_at.is_none());
        if let Some(step) = third.filter(|_| whole) {
            step.done_at = Some(now);
            step.done_by = viewer.member;
        }
        Ok(())
    })
    .await
}

/// Signs the closing with what happened in the end. The second signature, by another member, closes; says whether it is
/// closed now.
pub async fn close(app: &App, viewer: &Viewer, id: i64, outcome: &str) -> Result<bool, AppError> {
    Right::Safety.demand(viewer)?;
    let outcome = required("outcome", outcome, 1_000)?;
    let now = app.now();
    let mut tx = app.begin().await?;
    let mut record = case::safety(&mut tx, viewer, id).await?;
    let left = record
        .steps
        .iter()
        .rev()
        .skip(1)
        .filter(|step| step.done_at.is_none())
        .map(name_of)
        .last();
    if let Some(left) = left {
        return Err(AppError::invalid(
            "outcome",
            format!("step {left} is not done yet; do it or write down why not, then close"),
        ));
    }
    let mut elements = read(&record);
    elements.outcome = outcome;
    record.elements = written(&elements)?;
    if let Some(last) = record
        .steps
        .last_mut()
        .filter(|_| record.closed_by.is_some() && record.closed_by != viewer.member)
    {
        last.done_at = Some(now);
        last.done_by = viewer.member;
    }
    case::save_safety(&mut tx, viewer, &record, now).await?;
    let closed = case::close_safety(&mut tx, viewer, id, record.version + 1, now).await?;
    note(
        &mut tx,
        viewer,
        if closed {
            "safety.closed"
        } else {
            "safety.signed"
        },
        ("safety", id),
        now,
    );
    app.commit(tx).await?;
    Ok(closed)
}

/// Raises a concern about a conversation by hand.
pub async fn raise(
    app: &App,
    viewer: &Viewer,
    number: i64,
    kind: SafetyKind,
) -> Result<(), AppError> {
    Right::Answer.demand(viewer)?;
    let system = Viewer::system(viewer.workspace);
    let now = app.now();
    let mut tx = app.begin().await?;
    let conversation = inbox::by_number(&mut tx, viewer, number).await?;
    if still_open(&case::safety_list(&mut tx, &system).await?).contains(&conversation.id) {
        return Err(AppError::Conflict(
            "this conversation is on the safety desk already".to_owned(),
        ));
    }
    let post = match conversation.post {
        Some(id) => post::get(&mut tx, &system, id).await.ok(),
        None => None,
    };
    open(
        &mut tx,
        viewer,
        (Some(conversation.id), post.as_ref()),
        kind,
        now,
    )
    .await?;
    app.commit(tx).await
}

async fn change(
    app: &App,
    viewer: &Viewer,
    what: (i64, &'static str),
    work: impl FnOnce(&mut SafetyRecord, &mut Elements) -> Result<(), AppError>,
) -> Result<(), AppError> {
    Right::Safety.demand(viewer)?;
    let (id, action) = what;
    let now = app.now();
    let mut tx = app.begin().await?;
    let mut record = case::safety(&mut tx, viewer, id).await?;
    let mut elements = read(&record);
    work(&mut record, &mut elements)?;
    record.elements = written(&elements)?;
    record.due_at = next_due(&record.steps);
    case::save_safety(&mut tx, viewer, &record, now).await?;
    note(&mut tx, viewer, action, ("safety", id), now);
    app.commit(tx).await
}
