//! The guard as use cases ask it: the policy of the workspace, the post that is answered, and a report with what to do.

use auscult_model::ids::ConversationId;
use auscult_model::inbox::Outward;
use auscult_model::listen::StoredPost;
use auscult_model::member::Viewer;
use auscult_model::workspace::{Law, Workspace};
use auscult_store::{Conn, case};
use auscult_text::guard::{
    Audience, Case, Finding, Kind, Policy, Region, Report, RuleSet, Stricter, Verdict, check,
    rewrite,
};
use serde::{Deserialize, Serialize};

use crate::error::AppError;

pub use auscult_text::guard::{Exercise, PolicyLine, exercises, policy_text};

/// What the guard says of a text, with a wording that works.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judged {
    /// Allow, warn or block.
    pub verdict: Verdict,
    /// Findings; offsets in code points of the text.
    pub findings: Vec<Finding>,
    /// A wording that says the same and gives nothing away; empty when none is needed.
    pub rewrite: String,
    /// Which rules judged.
    pub ruleset: RuleSet,
}

impl Judged {
    /// Whether the text stays here.
    pub fn blocks(&self) -> bool {
        self.verdict == Verdict::Block
    }

    /// The record of it: everything but the text.
    pub fn record(&self) -> String {
        let findings = self.findings.iter().map(|finding| {
            serde_json::json!({ "rule": finding.rule, "verdict": finding.verdict, "start": finding.start, "end": finding.end, "law": finding.law })
        });
        serde_json::json!({ "verdict": self.verdict, "findings": findings.collect::<Vec<_>>() })
            .to_string()
    }

    /// Version and hash of the rules, as the decision record names them.
    pub fn rules(&self) -> String {
        format!("{} {}", self.ruleset.version, self.ruleset.hash)
    }
}

/// The policy of a workspace.
pub fn policy(workspace: &Workspace) -> Result<Policy, AppError> {
    let settings = &workspace.settings;
    let contacts = &settings.contacts;
    let all = [
        &contacts.phone,
        &contacts.mail,
        &contacts.secure_page,
        &contacts.patient_advice,
        &contacts.website,
    ];
    let office = contacts
        .phone
        .as_ref()
        .map(|phone| format!("{} on {phone}", workspace.name))
        .or_else(|| contacts.mail.clone())
        .or_else(|| contacts.secure_page.clone());
    let mut policy = Policy::of_region(region(settings.law));
    policy.country = Some(settings.country.clone()).filter(|country| !country.is_empty());
    policy.office = office;
    policy.contacts = all.into_iter().flatten().cloned().collect();
    let own: Vec<Stricter> = settings
        .more
        .get("stricter")
        .map(|rules| serde_json::from_value(rules.clone()))
        .transpose()
        .unwrap_or_default()
        .unwrap_or_default();
    policy
        .with_stricter(own)
        .map_err(|error| AppError::invalid("policy", error.to_string()))
}

fn region(law: Law) -> Region {
    match law {
        Law::Us => Region::Us,
        Law::Uk => Region::Uk,
        Law::Eu => Region::Eu,
    }
}

/// What is judged beside the text itself.
#[derive(Debug, Clone, Default)]
pub struct Around {
    /// The words that are answered; empty for a text of our own.
    pub post: String,
    /// Flags of these words.
    pub flags: Vec<String>,
    /// The network.
    pub network: String,
    /// Whether a safety record is open.
    pub safety_record_open: bool,
    /// Parts of a thread that go out before.
    pub thread: Vec<String>,
    /// Pictures.
    pub media: Vec<auscult_text::guard::Media>,
}

impl Around {
    /// What is around an answer in a conversation.
    pub async fn answer(
        conn: &mut Conn,
        viewer: &Viewer,
        conversation: ConversationId,
        post: Option<&StoredPost>,
        network: &str,
    ) -> Result<Self, AppError> {
        let records = case::safety_list(conn, &Viewer::system(viewer.workspace)).await?;
        let words = post.map(|post| {
            [post.post.title.clone(), post.post.text.clone()]
                .into_iter()
                .flatten()
                .collect::<Vec<_>>()
                .join("\n")
        });
        Ok(Self {
            post: words.unwrap_or_default(),
            flags: post
                .map(|post| post.findings.flags.clone())
                .unwrap_or_default(),
            network: network.to_owned(),
            safety_record_open: records
                .iter()
                .any(|record| record.conversation == Some(conversation)),
            ..Self::default()
        })
    }
}

/// Judges a text that stands alone, or below `post`; nothing is stored.
pub fn check_text(
    workspace: &Workspace,
    audience: &Outward,
    (text, post): (&str, &str),
) -> Result<Judged, AppError> {
    let kind = if post.is_empty() {
        Kind::Post
    } else {
        Kind::Reply
    };
    let around = Around {
        post: post.to_owned(),
        ..Around::default()
    };
    Ok(judge(&policy(workspace)?, audience, kind, text, &around))
}

/// Judges a text for an audience.
pub fn judge(
    policy: &Policy,
    audience: &Outward,
    kind: Kind,
    text: &str,
    around: &Around,
) -> Judged {
    let case = Case {
        post: around.post.clone(),
        draft: text.to_owned(),
        channel: around.network.clone(),
        audience: match audience {
            Outward::Public(_) => Audience::Public,
            // A network's direct messages are not covered by an agreement of the workspace.
            Outward::Private(_) if matches!(around.network.as_str(), "webhook" | "mail") => {
                Audience::Private
            }
            Outward::Private(_) => Audience::Public,
        },
        kind,
        thread: around.thread.clone(),
        media: around.media.clone(),
        flags: around.flags.clone(),
        safety_record_open: around.safety_record_open,
        ..Case::default()
    };
    let report: Report = check(&case, policy);
    let better = if report.verdict == Verdict::Allow {
        String::new()
    } else {
        rewrite(&case, policy)
    };
    Judged {
        verdict: report.verdict,
        findings: report.in_code_points(text),
        rewrite: better,
        ruleset: report.ruleset,
    }
}
