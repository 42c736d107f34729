//! Values bound to a query: the few column types both engines share.

use std::borrow::Cow;

use auscult_model::ids;
use jiff::Timestamp;

/// One bound value. Absent values keep their type, because PostgreSQL wants to know it.
#[derive(Debug, Clone)]
pub(crate) enum Arg {
    Int(Option<i64>),
    Real(Option<f64>),
    Bool(Option<bool>),
    Text(Option<String>),
    Bytes(Option<Vec<u8>>),
}

/// The bound values of a query, `$1` first.
macro_rules! args {
    ($($value:expr),* $(,)?) => { vec![$($crate::arg::Arg::from($value)),*] };
}
pub(crate) use args;

/// Takes out U+0000, which PostgreSQL refuses.
pub(crate) fn without_nul(text: &str) -> Cow<'_, str> {
    if text.contains('\0') {
        Cow::Owned(text.replace('\0', ""))
    } else {
        Cow::Borrowed(text)
    }
}

impl From<i64> for Arg {
    fn from(value: i64) -> Self {
        Self::Int(Some(value))
    }
}

impl From<Option<i64>> for Arg {
    fn from(value: Option<i64>) -> Self {
        Self::Int(value)
    }
}

impl From<u8> for Arg {
    fn from(value: u8) -> Self {
        Self::Int(Some(value.into()))
    }
}

impl From<Option<u8>> for Arg {
    fn from(value: Option<u8>) -> Self {
        Self::Int(value.map(i64::from))
    }
}

impl From<u32> for Arg {
    fn from(value: u32) -> Self {
        Self::Int(Some(value.into()))
    }
}

impl From<f64> for Arg {
    fn from(value: f64) -> Self {
        Self::Real(Some(value))
    }
}

impl From<Option<f64>> for Arg {
    fn from(value: Option<f64>) -> Self {
        Self::Real(value)
    }
}

impl From<bool> for Arg {
    fn from(value: bool) -> Self {
        Self::Bool(Some(value))
    }
}

impl From<&str> for Arg {
    fn from(value: &str) -> Self {
        Self::Text(Some(without_nul(value).into_owned()))
    }
}

impl From<&String> for Arg {
    fn from(value: &String) -> Self {
        Self::from(value.as_str())
    }
}

impl From<String> for Arg {
    fn from(value: String) -> Self {
        Self::Text(Some(if value.contains('\0') {
            value.replace('\0', "")
        } else {
            value
        }))
    }
}

impl From<Option<&str>> for Arg {
    fn from(value: Option<&str>) -> Self {
        Self::Text(value.map(|text| without_nul(text).into_owned()))
    }
}

impl From<Option<String>> for Arg {
    fn from(value: Option<String>) -> Self {
        Self::from(value.as_deref())
    }
}

impl From<&Option<String>> for Arg {
    fn from(value: &Option<String>) -> Self {
        Self::from(value.as_deref())
    }
}

impl From<Vec<u8>> for Arg {
    fn from(value: Vec<u8>) -> Self {
        Self::Bytes(Some(value))
    }
}

impl From<&[u8]> for Arg {
    fn from(value: &[u8]) -> Self {
        Self::Bytes(Some(value.to_vec()))
    }
}

impl From<Option<Vec<u8>>> for Arg {
    fn from(value: Option<Vec<u8>>) -> Self {
        Self::Bytes(value)
    }
}

impl From<Timestamp> for Arg {
    fn from(value: Timestamp) -> Self {
        Self::Int(Some(value.as_millisecond()))
    }
}

impl From<Option<Timestamp>> for Arg {
    fn from(value: Option<Timestamp>) -> Self {
        Self::Int(value.map(Timestamp::as_millisecond))
    }
}

macro_rules! id_args {
    ($($id:ident),+ $(,)?) => {$(
        impl From<ids::$id> for Arg {
            fn from(value: ids::$id) -> Self {
                Self::Int(Some(value.0))
            }
        }

        impl From<Option<ids::$id>> for Arg {
            fn from(value: Option<ids::$id>) -> Self {
                Self::Int(value.map(|id| id.0))
            }
        }
    )+};
}

id_args!(
    WorkspaceId,
    UserId,
    MemberId,
    TeamId,
    SessionId,
    TokenId,
    InvitationId,
    SubjectId,
    ChannelId,
    FeedId,
    WatchId,
    ListId,
    PostId,
    RawEventId,
    ImportId,
    PersonId,
    IdentityId,
    MergeId,
    PersonNoteId,
    ConversationId,
    EntryId,
    LabelId,
    DraftId,
    ApprovalId,
    DeliveryId,
    AttemptId,
    CaseId,
    DecisionId,
    AimId,
    QuestionId,
    PieceId,
    VariantId,
    OccurrenceId,
    JobId,
    HoldId,
);
