//! What a variant is judged by: the guard, the network's own rule, and whether a second member has to look.

use auscult_connect::contract::{Problem, SendJob};
use auscult_model::approval::{Approval, ApprovalState};
use auscult_model::channel::Channel;
use auscult_model::ids::{MemberId, VariantId};
use auscult_model::inbox::{Outward, Public};
use auscult_model::member::Viewer;
use auscult_model::workspace::Workspace;
use auscult_store::{Conn, approval};
use auscult_text::guard::{Kind, Verdict};
use jiff::Timestamp;

use crate::answer::text_hash;
use crate::app::App;
use crate::channels::{self, Capabilities};
use crate::error::AppError;
use crate::guard::{self, Around, Judged};

/// The length of a text by the rule of its network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Count {
    /// As counted there.
    pub length: usize,
    /// How much fits; `None` when no limit is known.
    pub most: Option<u32>,
}

impl Count {
    /// The length of a text on a channel.
    pub fn of(capabilities: &Capabilities, text: &str) -> Self {
        Self { length: capabilities.text.count(text), most: capabilities.text.most() }
    }

    /// How many are left; negative when it is too long.
    pub fn left(self) -> i64 {
        let length = i64::try_from(self.length).unwrap_or(i64::MAX);
        self.most.map_or(0, |most| i64::from(most) - length)
    }
}

impl std::fmt::Display for Count {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.most {
            Some(most) => write!(formatter, "{} of {most}", self.length),
            None => write!(formatter, "{}", self.length),
        }
    }
}

/// A text for a channel with all that is said of it.
#[derive(Debug, Clone)]
pub struct Checked {
    /// What the guard says.
    pub judged: Judged,
    /// What the network would refuse.
    pub problems: Vec<Problem>,
    /// Its length there.
    pub count: Count,
    /// Whether a second member has to approve.
    pub needs_approval: bool,
    /// For whom the words are.
    pub(crate) audience: Outward,
    /// What an approval is bound to.
    pub(crate) text_hash: String,
    /// What would be sent.
    pub(crate) job: SendJob,
}

impl Checked {
    /// Judges a text for a channel as the workspace settled it.
    pub(crate) fn new(app: &App, space: &Workspace, channel: &Channel, text: &str, at: Timestamp) -> Result<Self, AppError> {
        let capabilities = channels::capabilities(channel);
        let audience = Outward::Public(Public { place: channel.name.clone() });
        let around = Around { network: channel.network.clone(), ..Around::default() };
        let text = text.trim();
        let judged = guard::judge(&guard::policy(space)?, &audience, Kind::Post, text, &around);
        let job = SendJob {
            delivery: 0,
            key: String::new(),
            created_at: at,
            text: text.to_owned(),
            lang: space.settings.locale.clone(),
            reply_to: None,
            mention: None,
            private: false,
            media: Vec::new(),
        };
        let mut problems = app.connectors.get(channel.network.as_str()).map(|connector| connector.validate(&capabilities, &job)).unwrap_or_default();
        if !capabilities.publish {
            let message = format!("{} takes no posts from here; publish there by hand", channel.name);
            problems.push(Problem { code: "no_target".to_owned(), message });
        }
        Ok(Self {
            needs_approval: judged.verdict == Verdict::Warn || space.settings.answers.second_member_always,
            text_hash: text_hash(text, &audience, &format!("{}/{}", channel.network, channel.id)),
            count: Count::of(&capabilities, text),
            judged,
            problems,
            audience,
            job,
        })
    }

    /// The words as they would go out.
    pub fn text(&self) -> &str {
        &self.job.text
    }

    /// Refuses what may not go out.
    pub(crate) fn refuse(&self) -> Result<(), AppError> {
        if self.judged.blocks() {
            return Err(AppError::Guarded(Box::new(serde_json::to_value(&self.judged).unwrap_or_default())));
        }
        match self.problems.first() {
            Some(problem) => Err(AppError::invalid("text", problem.message.clone())),
            None => Ok(()),
        }
    }
}

/// The approval that was given to exactly these words by somebody other than their author and is not used up.
pub(crate) async fn given(conn: &mut Conn, viewer: &Viewer, id: VariantId, checked: &Checked, author: Option<MemberId>) -> Result<Option<Approval>, AppError> {
    let all = approval::of_variant(conn, viewer, id).await?;
    let fits = |approval: &Approval| approval.state == ApprovalState::Approved && approval.text_hash == checked.text_hash && approval.decided_by != author;
    Ok(all.into_iter().rev().find(fits))
}

/// Whether these very words wait for somebody's approval.
pub(crate) async fn asked(conn: &mut Conn, viewer: &Viewer, id: VariantId, checked: &Checked) -> Result<bool, AppError> {
    let all = approval::of_variant(conn, viewer, id).await?;
    Ok(all.iter().any(|approval| approval.state == ApprovalState::Asked && approval.text_hash == checked.text_hash))
}
