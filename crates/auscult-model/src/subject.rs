//! Subjects: what is listened for.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ids::SubjectId;
use crate::word_enum;

word_enum! {
    /// Kinds of subject.
    SubjectKind {
        /// The organisation itself.
        Organisation = "organisation",
        /// A place of care.
        Place = "place",
        /// A clinician.
        Clinician = "clinician",
        /// A service.
        Service = "service",
        /// A condition.
        Condition = "condition",
        /// A campaign.
        Campaign = "campaign",
        /// A peer organisation to compare with.
        Peer = "peer",
    }
}

/// What is listened for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    /// Its id.
    pub id: SubjectId,
    /// What it is.
    pub kind: SubjectKind,
    /// Its name.
    pub name: String,
    /// Other names, spellings, hashtags, handles.
    pub other_names: Vec<String>,
    /// The place it belongs to.
    pub place: Option<SubjectId>,
    /// Whether it is listened for.
    pub active: bool,
    /// When it was made.
    pub created_at: Timestamp,
}

/// A subject to be stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewSubject {
    /// What it is.
    pub kind: SubjectKind,
    /// Its name.
    pub name: String,
    /// Other names, spellings, hashtags, handles.
    pub other_names: Vec<String>,
    /// The place it belongs to.
    pub place: Option<SubjectId>,
}
