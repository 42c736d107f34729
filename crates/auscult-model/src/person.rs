//! People: contact records of the organisation, never patient records. Nothing about health hangs on a person.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ids::{IdentityId, MemberId, MergeId, PersonId, PersonNoteId};
use crate::word_enum;

word_enum! {
    /// A format somebody said they need; a closed list, without a reason.
    Need {
        /// Large print.
        LargePrint = "large_print",
        /// Plain language, easy to read.
        EasyRead = "easy_read",
        /// For a screen reader.
        ScreenReader = "screen_reader",
        /// Braille.
        Braille = "braille",
        /// As sound.
        Audio = "audio",
        /// Sign language.
        SignLanguage = "sign_language",
        /// An interpreter.
        Interpreter = "interpreter",
        /// In writing, not by telephone.
        InWriting = "in_writing",
        /// By telephone, not in writing.
        ByTelephone = "by_telephone",
        /// More time.
        MoreTime = "more_time",
    }
}

word_enum! {
    /// How sure it is that an account belongs to a person.
    Evidence {
        /// Signed in, or a code was sent.
        Verified = "verified",
        /// The person said so.
        Stated = "stated",
        /// A suggestion only.
        Guessed = "guessed",
    }
}

/// What must not be done, and who may speak for the person.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Restrictions {
    /// Do not contact.
    pub do_not_contact: bool,
    /// Blocked or muted until then.
    pub muted_until: Option<Timestamp>,
    /// A carer or proxy who may speak for the person, and about what.
    pub proxy: Option<String>,
    /// Hours in which the person wants quiet, `HH:MM` pairs in words of the person.
    pub quiet_hours: Vec<(String, String)>,
}

/// A person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Its id.
    pub id: PersonId,
    /// The name as shown.
    pub name: String,
    /// The channel they prefer.
    pub preferred_channel: Option<String>,
    /// Their language, BCP 47.
    pub lang: Option<String>,
    /// Formats they said they need.
    pub needs: Vec<Need>,
    /// What must not be done.
    pub restrictions: Restrictions,
    /// The person this one was merged into.
    pub merged_into: Option<PersonId>,
    /// When it was erased.
    pub erased_at: Option<Timestamp>,
    /// Grows with each change.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
}

/// An account of a person on a network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// Its id.
    pub id: IdentityId,
    /// The network.
    pub source: String,
    /// The stable id there.
    pub external_id: String,
    /// The handle.
    pub handle: Option<String>,
    /// The name as shown.
    pub name: Option<String>,
    /// The person.
    pub person: PersonId,
    /// How sure that is.
    pub evidence: Evidence,
    /// When it was seen first.
    pub first_seen: Timestamp,
    /// When it was seen last.
    pub last_seen: Timestamp,
}

/// A merge of two persons; undone by id at any time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merge {
    /// Its id.
    pub id: MergeId,
    /// The one that is shown.
    pub kept: PersonId,
    /// The one that is hidden behind it.
    pub merged: PersonId,
    /// Who merged.
    pub by: Option<MemberId>,
    /// When.
    pub at: Timestamp,
}

/// A note on a person, about how to talk with them; never about health.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonNote {
    /// Its id.
    pub id: PersonNoteId,
    /// Who wrote it.
    pub member: MemberId,
    /// The words.
    pub text: String,
    /// When.
    pub at: Timestamp,
}

/// A consent of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consent {
    /// Its id; 0 for a new one.
    pub id: i64,
    /// For which channel.
    pub channel: String,
    /// For what.
    pub purpose: String,
    /// Given, or refused.
    pub granted: bool,
    /// How we know.
    pub proof: String,
    /// From when.
    pub from: Timestamp,
    /// Until when.
    pub to: Option<Timestamp>,
    /// When it was taken back.
    pub withdrawn_at: Option<Timestamp>,
}
