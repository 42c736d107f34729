//! Names of rows: time-ordered 64-bit numbers, one Rust type for each kind of thing.
//!
//! They are made in the program, not by a database, so that the same SQL runs on both engines and a
//! whole batch can be written by one statement. A later number is a later row. In JSON they are texts,
//! because a browser's numbers end at 53 bits.

use std::sync::atomic::{AtomicI64, Ordering};

use jiff::Timestamp;

/// 2024-01-01T00:00:00Z in milliseconds: the numbers start there.
const EPOCH_MS: i64 = 1_704_067_200_000;
const SEQUENCE_BITS: u32 = 10;
const NODE_BITS: u32 = 12;
const SEQUENCE_MASK: i64 = (1 << SEQUENCE_BITS) - 1;

/// Makes ids: 41 bits of milliseconds, 12 bits of node, 10 bits of sequence.
///
/// Within one source each id is greater than the one before, also when the clock goes back. Two
/// processes that share a database need different nodes (a random one will do: a collision is refused
/// by the primary key, never stored).
#[derive(Debug)]
pub struct IdSource {
    node: i64,
    /// Milliseconds since the epoch and sequence, without the node bits.
    last: AtomicI64,
}

impl IdSource {
    /// A source for the node `node` (its lower 12 bits).
    pub fn new(node: u16) -> Self {
        Self {
            node: i64::from(node) & ((1 << NODE_BITS) - 1),
            last: AtomicI64::new(0),
        }
    }

    /// The next id at the instant `now`.
    pub fn next(&self, now: Timestamp) -> i64 {
        let wanted = (now.as_millisecond() - EPOCH_MS).max(0) << SEQUENCE_BITS;
        let ticket = self
            .last
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |last| {
                Some(wanted.max(last + 1))
            })
            .map_or(wanted, |last| wanted.max(last + 1));
        let (milliseconds, sequence) = (ticket >> SEQUENCE_BITS, ticket & SEQUENCE_MASK);
        (milliseconds << (SEQUENCE_BITS + NODE_BITS)) | (self.node << SEQUENCE_BITS) | sequence
    }
}

/// The instant in which an id was made, as far as the id tells.
pub fn made_at(id: i64) -> Timestamp {
    let milliseconds = (id >> (SEQUENCE_BITS + NODE_BITS)) + EPOCH_MS;
    Timestamp::from_millisecond(milliseconds).unwrap_or(Timestamp::UNIX_EPOCH)
}

macro_rules! ids {
    ($($(#[$meta:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub i64);

        impl $name {
            /// The number itself.
            pub const fn get(self) -> i64 { self.0 }
        }

        impl From<i64> for $name {
            fn from(number: i64) -> Self { Self(number) }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(formatter)
            }
        }

        impl std::str::FromStr for $name {
            type Err = std::num::ParseIntError;
            fn from_str(text: &str) -> Result<Self, Self::Err> { text.parse().map(Self) }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(&self.0)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    )+};
}

ids! {
    /// One organisation's space.
    WorkspaceId,
    /// Someone who can sign in.
    UserId,
    /// A user's membership of one workspace.
    MemberId,
    /// A team of members.
    TeamId,
    /// A sign-in.
    SessionId,
    /// An API token.
    TokenId,
    /// An invitation.
    InvitationId,
    /// What is listened for.
    SubjectId,
    /// A connected account or source.
    ChannelId,
    /// One thing a channel listens to.
    FeedId,
    /// A saved query.
    WatchId,
    /// A named list of entries.
    ListId,
    /// A post we heard.
    PostId,
    /// A raw event as received.
    RawEventId,
    /// A file import.
    ImportId,
    /// A person.
    PersonId,
    /// An account of a person on a channel.
    IdentityId,
    /// A merge of two persons.
    MergeId,
    /// A note on a person.
    PersonNoteId,
    /// A conversation.
    ConversationId,
    /// A message, note or event in a conversation.
    EntryId,
    /// A label.
    LabelId,
    /// A draft.
    DraftId,
    /// A request for approval.
    ApprovalId,
    /// A row of the outbox.
    DeliveryId,
    /// One try of a delivery.
    AttemptId,
    /// A case.
    CaseId,
    /// A record of a decision.
    DecisionId,
    /// An aim.
    AimId,
    /// A question people ask.
    QuestionId,
    /// A piece of content.
    PieceId,
    /// A piece made for one channel.
    VariantId,
    /// One sending of a variant.
    OccurrenceId,
    /// A background job.
    JobId,
    /// A legal hold.
    HoldId,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_grow_even_when_the_clock_goes_back() {
        let source = IdSource::new(7);
        let late = Timestamp::from_millisecond(EPOCH_MS + 5_000).expect("in range");
        let mut last = source.next(late);
        assert_eq!(made_at(last), late);
        for step in 0..5_000 {
            let id = source
                .next(Timestamp::from_millisecond(EPOCH_MS + 5_000 - step).expect("in range"));
            assert!(id > last, "{id} after {last}");
            last = id;
        }
    }

    #[test]
    fn two_nodes_never_make_the_same_id() {
        let now = Timestamp::from_millisecond(EPOCH_MS + 1).expect("in range");
        let (one, two) = (IdSource::new(1), IdSource::new(2));
        let mut seen = std::collections::HashSet::new();
        for _ in 0..3_000 {
            assert!(seen.insert(one.next(now)) && seen.insert(two.next(now)));
        }
    }
}
