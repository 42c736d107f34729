//! The inbox: conversations, what is in them, and who may read what is written.
//!
//! The audience of an outgoing text is a type, not a flag: [`Public`], [`Private`] and [`Internal`] are three
//! types, and what can be sent takes [`Outward`], which has no room for [`Internal`]. A note cannot be sent by
//! construction.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ids::{
    CaseId, ChannelId, ConversationId, DeliveryId, EntryId, IdentityId, LabelId, MemberId,
    PersonId, PostId, TeamId,
};
use crate::word_enum;

word_enum! {
    /// Where a conversation stands.
    ConversationState {
        /// We owe an answer.
        New = "new",
        /// The person owes, or nothing is owed.
        Waiting = "waiting",
        /// Until a time or an event.
        Snoozed = "snoozed",
        /// Finished, with a reason.
        Resolved = "resolved",
    }
}

word_enum! {
    /// Why a conversation is finished.
    ResolveReason {
        /// We answered.
        Answered = "answered",
        /// Answered elsewhere.
        AnsweredElsewhere = "answered_elsewhere",
        /// No answer is needed.
        NoAnswerNeeded = "no_answer_needed",
        /// The person did not come back.
        NoAnswer = "no_answer",
        /// Spam.
        Spam = "spam",
        /// The same as another one.
        Duplicate = "duplicate",
        /// Handed over.
        HandedOver = "handed_over",
    }
}

word_enum! {
    /// A side mark of a conversation.
    Mark {
        /// Outgoing words wait for the end of a crisis hold.
        Held = "held",
        /// An approval is asked for.
        ApprovalAsked = "approval_asked",
        /// On the safety desk.
        Safety = "safety",
        /// Kept by law; no purge.
        LegalHold = "legal_hold",
        /// Answered by hand on the site.
        External = "external",
    }
}

word_enum! {
    /// What a member says about the order of work.
    Priority {
        /// Can wait.
        Low = "low",
        /// As it comes.
        Normal = "normal",
        /// Before others.
        High = "high",
    }
}

word_enum! {
    /// Whether a thread is read by everybody.
    Reach {
        /// Everybody can read it.
        Public = "public",
        /// The person and we.
        Private = "private",
    }
}

word_enum! {
    /// Who reads an entry, for showing it. What is sent takes [`Outward`].
    Audience {
        /// Everybody.
        Public = "public",
        /// The person and we.
        Private = "private",
        /// We alone.
        Internal = "internal",
    }
}

word_enum! {
    /// What an entry of a conversation is.
    EntryKind {
        /// Words of the person or of us.
        Message = "message",
        /// A note among us.
        Note = "note",
        /// Something that happened (assigned, resolved, approved …).
        Event = "event",
    }
}

word_enum! {
    /// Which way a message went.
    Direction {
        /// From the person to us.
        In = "in",
        /// From us to the person.
        Out = "out",
        /// Neither: notes and events.
        Within = "within",
    }
}

/// Words everybody will read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Public {
    /// Where: the post that is answered, or the account that publishes.
    pub place: String,
}

/// Words for one person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Private {
    /// To whom, as the channel names them.
    pub to: String,
}

/// Words among us.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Internal {
    /// For one team; `None` is everybody in the workspace who sees the conversation.
    pub team: Option<TeamId>,
}

/// An audience outside the house: the only thing a sending function takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outward {
    /// Everybody.
    Public(Public),
    /// One person.
    Private(Private),
}

impl Outward {
    /// The audience as shown.
    pub const fn audience(&self) -> Audience {
        match self {
            Self::Public(_) => Audience::Public,
            Self::Private(_) => Audience::Private,
        }
    }
}

/// A conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conversation {
    /// Its id.
    pub id: ConversationId,
    /// Its number as shown, counted in the workspace.
    pub number: i64,
    /// The channel it runs on.
    pub channel: Option<ChannelId>,
    /// Network or feed.
    pub source: String,
    /// The first post of its thread on the network.
    pub thread_root: String,
    /// Public thread or private words.
    pub reach: Reach,
    /// Where it stands.
    pub state: ConversationState,
    /// Why it is finished.
    pub resolve_reason: Option<ResolveReason>,
    /// Who has it.
    pub assignee: Option<MemberId>,
    /// Which team has it.
    pub team: Option<TeamId>,
    /// What a member said about the order of work.
    pub priority: Priority,
    /// Urgency 0 to 3.
    pub urgency: u8,
    /// Salience 0 to 100.
    pub salience: u8,
    /// Only for those with the safety duty.
    pub restricted: bool,
    /// Whether an answer is owed by rule or by a person's mark.
    pub needs_answer: bool,
    /// Side marks.
    pub marks: Vec<Mark>,
    /// Grows with each change; a send names the version it was written against.
    pub version: i64,
    /// Number of the last entry.
    pub last_seq: i64,
    /// Since when the person waits.
    pub waiting_since: Option<Timestamp>,
    /// When the next reply is due.
    pub due_at: Option<Timestamp>,
    /// Until when it sleeps.
    pub snoozed_until: Option<Timestamp>,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// When we answered first.
    pub first_reply_at: Option<Timestamp>,
    /// When it was resolved.
    pub resolved_at: Option<Timestamp>,
    /// How often it was opened again.
    pub reopened: i64,
    /// When something was said last.
    pub last_at: Timestamp,
    /// The last line, shortened.
    pub last_line: String,
    /// The account that opened it.
    pub identity: Option<IdentityId>,
    /// The person.
    pub person: Option<PersonId>,
    /// Name of the person as shown.
    pub person_name: String,
    /// Handle of the person.
    pub handle: String,
    /// The post that opened it.
    pub post: Option<PostId>,
    /// Its case.
    pub case: Option<CaseId>,
    /// Its labels.
    pub labels: Vec<String>,
    /// Whether the viewer has not read all of it.
    pub unread: bool,
}

/// Something in a conversation: a message, a note or an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its id.
    pub id: EntryId,
    /// Its number in the conversation; the order of showing.
    pub seq: i64,
    /// What it is.
    pub kind: EntryKind,
    /// Which way it went.
    pub direction: Direction,
    /// Who reads it.
    pub audience: Audience,
    /// The member who wrote it.
    pub member: Option<MemberId>,
    /// Name of the author as shown.
    pub author_name: String,
    /// Handle of the author.
    pub author_handle: String,
    /// The words; empty when removed.
    pub text: String,
    /// The post it shows.
    pub post: Option<PostId>,
    /// The delivery it belongs to.
    pub delivery: Option<DeliveryId>,
    /// Its id on the network.
    pub external_id: Option<String>,
    /// The network id it answers.
    pub parent_external_id: Option<String>,
    /// Where it can be read.
    pub url: Option<String>,
    /// For events: what happened, as JSON with a `what` key.
    pub data: String,
    /// When.
    pub at: Timestamp,
    /// When its words were removed (deleted upstream, erased).
    pub removed_at: Option<Timestamp>,
}

/// A label of a workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// Its id.
    pub id: LabelId,
    /// Its name.
    pub name: String,
    /// Its colour token.
    pub colour: String,
}

/// A view of the inbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InboxView {
    /// Assigned to the viewer.
    Mine,
    /// Assigned to nobody.
    Unassigned,
    /// Everything that waits for us.
    WaitingLongest,
    /// The safety desk.
    Safety,
    /// An approval is asked for.
    Approvals,
    /// Public threads that wait for us.
    Public,
    /// Private words that wait for us.
    Private,
    /// Asleep.
    Snoozed,
    /// With an answer that goes out later.
    SentLater,
    /// We wait for the person.
    Waiting,
    /// Finished.
    Resolved,
    /// Of the viewer's teams.
    MyTeams,
    /// Of one team.
    Team(TeamId),
    /// With a label.
    Label(LabelId),
    /// Of one channel.
    Channel(ChannelId),
}

/// The place of a conversation in the queue: what a page starts after.
///
/// Order: band (urgency 3, then 2, then the rest), due time, salience falling, waiting since, id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct QueuePlace {
    /// 0 for urgency 3, 1 for urgency 2, 2 for the rest.
    pub band: i64,
    /// Milliseconds: waiting since in band 0, due time in the others.
    pub at: i64,
    /// 100 minus salience.
    pub dullness: i64,
    /// Milliseconds since when the person waits.
    pub waiting_since: i64,
    /// The conversation.
    pub id: i64,
}

/// A page of the inbox.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct InboxPage {
    /// The rows.
    pub conversations: Vec<Conversation>,
    /// Where the next page starts; `None` at the end.
    pub next: Option<QueuePlace>,
}

/// How many conversations each view holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct InboxCounts {
    /// Assigned to the viewer.
    pub mine: i64,
    /// Assigned to nobody.
    pub unassigned: i64,
    /// Everything that waits for us.
    pub waiting_longest: i64,
    /// The safety desk.
    pub safety: i64,
    /// An approval is asked for.
    pub approvals: i64,
    /// Public threads.
    pub public: i64,
    /// Private words.
    pub private: i64,
    /// Asleep.
    pub snoozed: i64,
    /// With an answer that goes out later.
    pub sent_later: i64,
    /// We wait for the person.
    pub waiting: i64,
    /// Of the viewer's teams.
    pub my_teams: i64,
    /// Past their due time.
    pub overdue: i64,
}
