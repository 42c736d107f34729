//! Deliveries: rows of the outbox, their states, and what a try came to.

use jiff::Timestamp;

use crate::ids::{
    ApprovalId, AttemptId, ChannelId, ConversationId, DeliveryId, EntryId, MemberId, OccurrenceId,
    WorkspaceId,
};
use crate::inbox::Outward;
use crate::word_enum;

word_enum! {
    /// Where a delivery stands.
    DeliveryState {
        /// Not yet due (undo time, send-later).
        Planned = "planned",
        /// Waits for a person: hold, guard, approval or consent missing.
        Held = "held",
        /// May be sent.
        Queued = "queued",
        /// Leased; its attempt row exists or is about to.
        Sending = "sending",
        /// The network named it.
        Sent = "sent",
        /// Seen on the network.
        Verified = "verified",
        /// Refused for now; tried again.
        NotNow = "not_now",
        /// Refused for good.
        Refused = "refused",
        /// It left, and nobody knows what became of it.
        Unknown = "unknown",
        /// Past its window.
        Late = "late",
        /// Taken back before it left, or taken down.
        Withdrawn = "withdrawn",
    }
}

word_enum! {
    /// What happens to a delivery past its window.
    LatePolicy {
        /// It goes out all the same.
        Publish = "publish",
        /// It is left out.
        Skip = "skip",
        /// A person is asked.
        Ask = "ask",
    }
}

/// What a delivery serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeliveryTarget {
    /// An answer in a conversation, written against this version of it.
    Answer(ConversationId, i64),
    /// A sending of the plan.
    Occurrence(OccurrenceId),
}

/// A row for the outbox. The audience is outward by type: a note cannot become one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDelivery {
    /// Through which channel.
    pub channel: ChannelId,
    /// The key the client made: the same key twice is one delivery.
    pub client_key: String,
    /// What it serves.
    pub target: DeliveryTarget,
    /// For whom the words are.
    pub audience: Outward,
    /// The words, as the conversation shows them.
    pub text: String,
    /// The frozen payload, as JSON of the connector.
    pub payload: String,
    /// Hash of text, media, channel and audience.
    pub text_hash: String,
    /// The key sent to the network or searched for afterwards; made once.
    pub send_key: String,
    /// The approval it uses up; it must be given and bound to the same hash.
    pub approval: Option<ApprovalId>,
    /// The delivery that must be out before this one.
    pub parent: Option<DeliveryId>,
    /// Whether a hold of everything outgoing lets it pass (safety answers).
    pub exempt_from_hold: bool,
    /// Not before this instant.
    pub eligible_at: Timestamp,
    /// Past its window from this instant on.
    pub late_at: Option<Timestamp>,
    /// What then.
    pub late_policy: LatePolicy,
}

/// A row of the outbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Its id.
    pub id: DeliveryId,
    /// Through which channel.
    pub channel: ChannelId,
    /// The client's key.
    pub client_key: String,
    /// The conversation it answers in.
    pub conversation: Option<ConversationId>,
    /// The sending of the plan it serves.
    pub occurrence: Option<OccurrenceId>,
    /// The entry that shows it.
    pub entry: Option<EntryId>,
    /// The delivery that must be out before.
    pub parent: Option<DeliveryId>,
    /// The approval it used.
    pub approval: Option<ApprovalId>,
    /// Who sent it.
    pub member: Option<MemberId>,
    /// For whom the words are.
    pub audience: Outward,
    /// The frozen payload.
    pub payload: String,
    /// Hash of text, media, channel and audience.
    pub text_hash: String,
    /// Where it stands.
    pub state: DeliveryState,
    /// Why it is held; empty when it is not.
    pub held_by: String,
    /// The reason of the last outcome, in plain words.
    pub reason: String,
    /// Not before this instant.
    pub eligible_at: Timestamp,
    /// Past its window from this instant on.
    pub late_at: Option<Timestamp>,
    /// The key for the network.
    pub send_key: String,
    /// Its id on the network.
    pub external_id: Option<String>,
    /// Where it can be read.
    pub url: Option<String>,
    /// How often it was tried.
    pub tries: i64,
    /// How many complete looks did not find it.
    pub missed_reads: i64,
    /// When somebody looks again.
    pub next_check_at: Option<Timestamp>,
    /// Grows with each change.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When the network took it.
    pub sent_at: Option<Timestamp>,
    /// When it was seen on the network.
    pub verified_at: Option<Timestamp>,
}

/// The right to work on a delivery until an instant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryLease {
    /// The workspace.
    pub workspace: WorkspaceId,
    /// The delivery.
    pub delivery: Delivery,
    /// Fencing number: a later holder has a higher one.
    pub fencing: i64,
    /// When the right ends.
    pub until: Timestamp,
}

/// A try of a delivery, written before the call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// Its id.
    pub id: AttemptId,
    /// Its number among the tries of the delivery.
    pub number: i64,
    /// When it began.
    pub started_at: Timestamp,
    /// When its outcome was known.
    pub ended_at: Option<Timestamp>,
    /// What it came to: `sent`, `not_now`, `refused`, `unknown`.
    pub outcome: Option<String>,
    /// Details for the log page.
    pub detail: String,
}

/// What a try came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SendOutcome {
    /// The network took it and named it.
    Sent {
        /// Its id there.
        external_id: String,
        /// Where it can be read.
        url: Option<String>,
    },
    /// Refused for now, surely not accepted.
    NotNow {
        /// Not before.
        retry_at: Timestamp,
        /// In plain words.
        reason: String,
    },
    /// Refused for good.
    Refused {
        /// In plain words.
        reason: String,
    },
    /// It left, and nobody knows.
    Unknown {
        /// When to look.
        check_at: Timestamp,
        /// In plain words.
        reason: String,
    },
    /// It may not go out now: a person has to look.
    Held {
        /// Why.
        reason: String,
    },
}

/// What looking for a delivery of unknown outcome brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LookOutcome {
    /// It is there.
    Found {
        /// Its id there.
        external_id: String,
        /// Where it can be read.
        url: Option<String>,
    },
    /// A complete look did not find it.
    NotFound {
        /// When to look again; after the second complete look it is queued.
        look_again_at: Timestamp,
    },
    /// Nobody can tell: a person decides.
    Undecided {
        /// In plain words.
        reason: String,
    },
    /// The look itself failed; look again then.
    LookAgain {
        /// When.
        at: Timestamp,
        /// Why, in plain words.
        reason: String,
    },
}

/// A hold of everything that goes out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutgoingHold {
    /// Of one channel; `None` is the whole workspace.
    pub channel: Option<ChannelId>,
    /// Why.
    pub reason: String,
    /// Who.
    pub member: Option<MemberId>,
    /// Since when.
    pub since: Timestamp,
}
