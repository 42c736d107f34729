//! Answering: the guard while one writes, a second pair of eyes, the undo time, and what a member does about a delivery.

use auscult_model::approval::{Approval, ApprovalState, ApprovalTarget, ApprovalWord, AskApproval};
use auscult_model::delivery::{Delivery, DeliveryTarget, LatePolicy, NewDelivery};
use auscult_model::ids::{ApprovalId, DeliveryId, MemberId};
use auscult_model::inbox::{Conversation, Outward, Private, Public, Reach};
use auscult_model::listen::StoredPost;
use auscult_model::member::Viewer;
use auscult_store::approval::Own;
use auscult_store::decision::{self, NewDecision};
use auscult_store::outbox::Enqueued;
use auscult_store::{Conn, Tx, approval, channel, draft, inbox, outbox, post, workspace};
use auscult_text::guard::{Kind, Verdict};
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};

use auscult_connect::contract::{Problem, SendJob};

use crate::app::App;
use crate::channels::{self, Capabilities};
use crate::error::AppError;
use crate::guard::{self, Around, Judged};
use crate::plan;
use crate::right::Right;

/// An answer as a member wants to send it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The conversation's number.
    pub number: i64,
    /// The version it was written against.
    pub version: i64,
    /// For the person alone.
    pub private: bool,
    /// The words.
    pub text: String,
    /// The key the page made: the same key twice is one answer.
    pub key: String,
    /// Not before this instant; at once, after the undo time, when left out.
    pub later: Option<Timestamp>,
}

/// What the page shows while somebody writes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// What the guard says.
    pub judged: Judged,
    /// What the network would refuse.
    pub problems: Vec<Problem>,
    /// Whether a second member has to approve.
    pub needs_approval: bool,
    /// Whether the answer can go out from here at all.
    pub can_reply: bool,
    /// The length by the network's own rule and the most it takes.
    pub count: Option<(usize, u32)>,
}

/// What became of a send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sending {
    /// It goes out at this instant, unless it is taken back.
    GoingOut(DeliveryId, Timestamp),
    /// The key was used before: this is that answer.
    Known(DeliveryId),
    /// A second member was asked.
    Asked(ApprovalId),
}

/// An approval with what it is about.
#[derive(Debug, Clone)]
pub struct Waiting {
    /// The request.
    pub approval: Approval,
    /// The conversation, when it is an answer the viewer may see.
    pub conversation: Option<Conversation>,
    /// The words that are answered.
    pub post: Option<StoredPost>,
    /// What the guard says now.
    pub judged: Judged,
}

/// Everything an answer is judged by.
struct Desk {
    conversation: Conversation,
    post: Option<StoredPost>,
    network: String,
    capabilities: Capabilities,
    audience: Outward,
    judged: Judged,
    problems: Vec<Problem>,
    job: SendJob,
    second: bool,
    undo: u32,
}

/// Judges a text as it is typed; nothing is stored.
pub async fn check(app: &App, viewer: &Viewer, answer: &Answer) -> Result<Checked, AppError> {
    Right::Answer.demand(viewer)?;
    let desk = desk(app, &mut app.read().await?, viewer, answer).await?;
    Ok(Checked { needs_approval: desk.needs_approval(), can_reply: desk.capabilities.reply, count: auscult_connect::contract::count(&desk.capabilities.text, &desk.job.text), judged: desk.judged, problems: desk.problems })
}

/// Sends: the guard, the network's own rule, the approval where one is due, then the outbox with its undo time.
///
/// # Errors
/// [`AppError::Guarded`] with the report; [`AppError::Conflict`] when somebody answered meanwhile (the draft is kept).
pub async fn send(app: &App, viewer: &Viewer, answer: &Answer) -> Result<Sending, AppError> {
    Right::Answer.demand(viewer)?;
    let mut conn = app.read().await?;
    if let Some(known) = outbox::by_client_key(&mut conn, viewer, &answer.key).await? {
        return Ok(Sending::Known(known.id));
    }
    let desk = desk(app, &mut conn, viewer, answer).await?;
    desk.refuse(answer)?;
    let given = approved(&mut conn, viewer, &desk, answer).await?;
    drop(conn);
    if desk.needs_approval() && given.is_none() {
        return ask_for(app, viewer, &desk, answer, None).await.map(Sending::Asked);
    }
    enqueue(app, viewer, &desk, answer, given).await
}

/// Asks a second member, somebody in particular or whoever may.
pub async fn ask(app: &App, viewer: &Viewer, answer: &Answer, of: Option<MemberId>) -> Result<ApprovalId, AppError> {
    Right::Answer.demand(viewer)?;
    let desk = desk(app, &mut app.read().await?, viewer, answer).await?;
    desk.refuse(answer)?;
    ask_for(app, viewer, &desk, answer, of).await
}

/// Requests that wait for the viewer, oldest first.
pub async fn waiting(app: &App, viewer: &Viewer) -> Result<Vec<Waiting>, AppError> {
    let mut conn = app.read().await?;
    let mut found = Vec::new();
    for asked in approval::open(&mut conn, viewer, Own::With).await? {
        found.push(look(&mut conn, viewer, asked).await?);
    }
    Ok(found)
}

/// Gives the second pair of eyes to exactly the words with this hash; approved answers go out at once, with the undo time.
pub async fn decide(app: &App, viewer: &Viewer, id: ApprovalId, text_hash: &str, word: ApprovalWord, why: &str) -> Result<Option<Sending>, AppError> {
    Right::Approve.demand(viewer)?;
    let now = app.now();
    let mut tx = app.begin().await?;
    let asked = approval::get(&mut tx, viewer, id).await?;
    let looked = look(&mut tx, viewer, asked.clone()).await?;
    if word == ApprovalWord::Approve && looked.judged.blocks() {
        return Err(guarded(&looked.judged));
    }
    approval::decide(&mut tx, viewer, (id, text_hash), (word, why), now).await?;
    let decided = NewDecision {
        kind: if word == ApprovalWord::Approve { "approved" } else { "returned" }.to_owned(),
        conversation: looked.conversation.as_ref().map(|conversation| conversation.id),
        delivery: None,
        approved_by: viewer.member,
        text_hash: text_hash.to_owned(),
        rules: looked.judged.rules(),
        verdict: looked.judged.record(),
        detail: serde_json::json!({ "note": why }).to_string(),
    };
    decision::record(&mut tx, viewer, decided, now);
    if let ApprovalTarget::Variant(variant) = asked.target {
        plan::decided(&mut tx, viewer, variant, word, now).await?;
    }
    app.commit(tx).await?;
    let Some(conversation) = looked.conversation.filter(|_| word == ApprovalWord::Approve) else { return Ok(None) };
    let author = Viewer { member: Some(asked.asked_by), ..viewer.clone() };
    let answer = Answer {
        number: conversation.number,
        version: inbox::get(&mut app.read().await?, viewer, conversation.id).await?.version,
        private: matches!(asked.audience, Outward::Private(_)),
        text: asked.text,
        key: format!("approval/{id}"),
        later: None,
    };
    send(app, &author, &answer).await.map(Some)
}

/// Takes a request back.
pub async fn withdraw_approval(app: &App, viewer: &Viewer, id: ApprovalId) -> Result<(), AppError> {
    let mut tx = app.begin().await?;
    approval::withdraw(&mut tx, viewer, id, app.now()).await?;
    app.commit(tx).await
}

/// Deliveries of a conversation, oldest first.
pub async fn deliveries(app: &App, viewer: &Viewer, conversation: &Conversation) -> Result<Vec<Delivery>, AppError> {
    Ok(outbox::of_conversation(&mut app.read().await?, viewer, conversation.id).await?)
}

/// Takes an answer back while it has not left.
pub async fn undo(app: &App, viewer: &Viewer, id: DeliveryId) -> Result<(), AppError> {
    Right::Answer.demand(viewer)?;
    let mut tx = app.begin().await?;
    outbox::take_back(&mut tx, viewer, id, app.now()).await?;
    app.commit(tx).await
}

/// A person's word on a delivery nobody can tell about: it is there (with its address), or it is not and goes out again.
pub async fn settle(app: &App, viewer: &Viewer, id: DeliveryId, there: Option<&str>) -> Result<(), AppError> {
    Right::Answer.demand(viewer)?;
    let mut tx = app.begin().await?;
    outbox::settle_by_hand(&mut tx, viewer, id, there, app.now()).await?;
    app.commit(tx).await
}

/// Releases a delivery that was held or is late.
pub async fn release(app: &App, viewer: &Viewer, id: DeliveryId) -> Result<(), AppError> {
    Right::Answer.demand(viewer)?;
    let now = app.now();
    let mut tx = app.begin().await?;
    outbox::release_one(&mut tx, viewer, id, now, now).await?;
    app.commit(tx).await
}

/// Holds everything that goes out, or ends that hold.
pub async fn hold(app: &App, viewer: &Viewer, why: Option<&str>) -> Result<(), AppError> {
    Right::Channels.demand(viewer)?;
    let mut tx = app.begin().await?;
    match why {
        Some(why) => outbox::hold_all(&mut tx, viewer, None, why, app.now()).await?,
        None => outbox::release_all(&mut tx, viewer, None, app.now()).await?,
    }
    app.commit(tx).await
}

impl Desk {
    fn needs_approval(&self) -> bool {
        self.second || self.judged.verdict == Verdict::Warn
    }

    fn hash(&self) -> String {
        text_hash(&self.job.text, &self.audience, &self.network)
    }

    fn refuse(&self, answer: &Answer) -> Result<(), AppError> {
        if answer.text.trim().is_empty() {
            return Err(AppError::invalid("text", "there is nothing to send yet"));
        }
        if !self.capabilities.reply {
            return Err(AppError::invalid("channel", "this place has no way to answer from here: copy the words, post them there, and mark the conversation as answered elsewhere"));
        }
        if self.judged.blocks() {
            return Err(guarded(&self.judged));
        }
        if let Some(problem) = self.problems.first() {
            return Err(AppError::invalid("text", problem.message.clone()));
        }
        if self.conversation.version != answer.version {
            return Err(AppError::Conflict("the conversation changed since this answer was written; your words are kept".to_owned()));
        }
        Ok(())
    }
}

fn guarded(judged: &Judged) -> AppError {
    AppError::Guarded(Box::new(serde_json::to_value(judged).unwrap_or_default()))
}

async fn desk(app: &App, conn: &mut Conn, viewer: &Viewer, answer: &Answer) -> Result<Desk, AppError> {
    let conversation = inbox::by_number(conn, viewer, answer.number).await?;
    let answered = answered_post(conn, viewer, &conversation).await?;
    let (network, capabilities) = match conversation.channel {
        Some(id) => {
            let channel = channel::get(conn, viewer, id).await?;
            (channel.network.clone(), channels::capabilities(&channel))
        }
        None => (conversation.source.clone(), Capabilities::default()),
    };
    let space = workspace::get(conn, viewer.workspace).await?;
    let policy = guard::policy(&space)?;
    let audience = audience(&conversation, answered.as_ref(), answer.private);
    let around = Around::answer(conn, viewer, conversation.id, answered.as_ref(), &network).await?;
    let judged = guard::judge(&policy, &audience, Kind::Reply, &answer.text, &around);
    let job = SendJob {
        delivery: 0,
        key: answer.key.clone(),
        created_at: app.now(),
        text: answer.text.trim().to_owned(),
        lang: space.settings.locale.clone(),
        reply_to: answered.as_ref().map(|post| post.reply_to.clone()).filter(|target| !target.is_empty()),
        mention: Some(conversation.handle.clone()).filter(|handle| !handle.is_empty()),
        private: answer.private,
        media: Vec::new(),
    };
    let problems = app.connectors.get(network.as_str()).map(|connector| connector.validate(&capabilities, &job)).unwrap_or_default();
    let answers = &space.settings.answers;
    Ok(Desk { conversation, post: answered, network, capabilities, audience, judged, problems, job, second: answers.second_member_always, undo: answers.undo_seconds })
}

/// The person's last message that can be answered; the post that opened the conversation otherwise.
async fn answered_post(conn: &mut Conn, viewer: &Viewer, conversation: &Conversation) -> Result<Option<StoredPost>, AppError> {
    let thread = post::thread(conn, viewer, &conversation.source, &conversation.thread_root).await?;
    let last = thread.into_iter().rev().find(|post| !post.own && !post.reply_to.is_empty());
    match (last, conversation.post) {
        (Some(last), _) => Ok(Some(last)),
        (None, Some(id)) => Ok(post::get(conn, viewer, id).await.ok()),
        (None, None) => Ok(None),
    }
}

fn audience(conversation: &Conversation, post: Option<&StoredPost>, private: bool) -> Outward {
    if private || conversation.reach == Reach::Private {
        return Outward::Private(Private { to: conversation.handle.clone() });
    }
    Outward::Public(Public { place: post.map_or_else(|| conversation.thread_root.clone(), |post| post.post.id.clone()) })
}

/// What an approval is bound to: text, channel and audience.
pub(crate) fn text_hash(text: &str, audience: &Outward, network: &str) -> String {
    let mut hasher = Sha256::new();
    let kind = match audience {
        Outward::Public(_) => "public",
        Outward::Private(_) => "private",
    };
    for part in [text, kind, network] {
        hasher.update((part.len() as u64).to_le_bytes());
        hasher.update(part.as_bytes());
    }
    data_encoding::HEXLOWER.encode(&hasher.finalize())
}

/// An approval that was given to exactly these words, by somebody else.
async fn approved(conn: &mut Conn, viewer: &Viewer, desk: &Desk, _: &Answer) -> Result<Option<Approval>, AppError> {
    let hash = desk.hash();
    let all = approval::of_conversation(conn, viewer, desk.conversation.id).await?;
    let fits = |approval: &Approval| approval.state == ApprovalState::Approved && approval.text_hash == hash && approval.decided_by != viewer.member;
    Ok(all.into_iter().rev().find(fits))
}

async fn ask_for(app: &App, viewer: &Viewer, desk: &Desk, answer: &Answer, of: Option<MemberId>) -> Result<ApprovalId, AppError> {
    let asked_by = viewer.member.ok_or_else(|| AppError::Forbidden("only a member asks for approval".to_owned()))?;
    let request = AskApproval {
        target: ApprovalTarget::Answer(desk.conversation.id),
        audience: desk.audience.clone(),
        text: answer.text.trim().to_owned(),
        text_hash: desk.hash(),
        verdict: desk.judged.record(),
        asked_by,
        asked_of: of,
    };
    let mut tx = app.begin().await?;
    let id = approval::ask(&mut tx, viewer, &request, app.now()).await?;
    app.commit(tx).await?;
    Ok(id)
}

async fn enqueue(app: &App, viewer: &Viewer, desk: &Desk, answer: &Answer, given: Option<Approval>) -> Result<Sending, AppError> {
    let now = app.now();
    let channel = desk.conversation.channel.ok_or_else(|| AppError::invalid("channel", "this conversation has no connected channel"))?;
    let undo = now + SignedDuration::from_secs(i64::from(desk.undo.clamp(10, 30)));
    let eligible_at = answer.later.map_or(undo, |later| later.max(undo));
    let new = NewDelivery {
        channel,
        client_key: answer.key.clone(),
        target: DeliveryTarget::Answer(desk.conversation.id, answer.version),
        audience: desk.audience.clone(),
        text: desk.job.text.clone(),
        payload: serde_json::to_string(&desk.job).map_err(|error| AppError::broken(error.to_string()))?,
        text_hash: desk.hash(),
        send_key: app.entropy.token(),
        approval: given.as_ref().map(|given| given.id),
        parent: None,
        exempt_from_hold: desk.conversation.restricted,
        eligible_at,
        late_at: None,
        late_policy: LatePolicy::Ask,
    };
    let mut tx = app.begin().await?;
    let enqueued = outbox::enqueue(&mut tx, viewer, &new, now).await?;
    if let Enqueued::New(id) = enqueued {
        record(&mut tx, viewer, desk, id, given.as_ref(), now);
        draft::discard(&mut tx, viewer, desk.conversation.id).await?;
    }
    app.commit(tx).await?;
    Ok(match enqueued {
        Enqueued::New(id) => Sending::GoingOut(id, eligible_at),
        Enqueued::Known(id) => Sending::Known(id),
    })
}

fn record(tx: &mut Tx, viewer: &Viewer, desk: &Desk, id: DeliveryId, given: Option<&Approval>, now: Timestamp) {
    let decided = NewDecision {
        kind: "sent".to_owned(),
        conversation: Some(desk.conversation.id),
        delivery: Some(id),
        approved_by: given.and_then(|given| given.decided_by),
        text_hash: desk.hash(),
        rules: desk.judged.rules(),
        verdict: desk.judged.record(),
        detail: serde_json::json!({ "channel": desk.network, "audience": desk.audience.audience(), "post": desk.post.as_ref().map(|post| post.id) }).to_string(),
    };
    decision::record(tx, viewer, decided, now);
}

async fn look(conn: &mut Conn, viewer: &Viewer, asked: Approval) -> Result<Waiting, AppError> {
    let space = workspace::get(conn, viewer.workspace).await?;
    let policy = guard::policy(&space)?;
    let conversation = match asked.target {
        ApprovalTarget::Answer(id) => inbox::get(conn, viewer, id).await.ok(),
        ApprovalTarget::Variant(_) => None,
    };
    let (answered, around) = match &conversation {
        Some(conversation) => {
            let answered = answered_post(conn, viewer, conversation).await?;
            let around = Around::answer(conn, viewer, conversation.id, answered.as_ref(), &conversation.source).await?;
            (answered, around)
        }
        None => (None, Around::default()),
    };
    let kind = if conversation.is_some() { Kind::Reply } else { Kind::Post };
    let judged = guard::judge(&policy, &asked.audience, kind, &asked.text, &around);
    Ok(Waiting { approval: asked, conversation, post: answered, judged })
}
