//! What the guard answers.

use serde::{Deserialize, Serialize};

/// Whether the text may go out; the strictest finding decides.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It may.
    #[default]
    Allow,
    /// A second named person has to approve.
    Warn,
    /// It may not.
    Block,
}

impl Verdict {
    /// The name used in data and on the command line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Warn => "warn",
            Self::Block => "block",
        }
    }
}

/// Which part of the text a finding speaks of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// The draft itself.
    #[default]
    Draft,
    /// The draft read together with the parts before it.
    Thread,
    /// A picture, by its number from 0.
    Media(usize),
}

/// One thing the guard found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// The rule, `G01` to `G22` or one of the workspace.
    pub rule: String,
    /// How strict.
    pub verdict: Verdict,
    /// First byte of the draft.
    pub start: usize,
    /// One past the last byte; the same as `start` where something is missing or it is about a picture.
    pub end: usize,
    /// The words at fault.
    pub text: String,
    /// Why, in one sentence.
    pub why: String,
    /// The law or policy, in one line.
    pub law: String,
    /// Safe words a person may take instead.
    pub rewrite: String,
    /// Which part of the text.
    pub place: Place,
}

/// Which rules judged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleSet {
    /// Version of the shipped rules.
    pub version: String,
    /// Hash over the rules, lexicons, patterns and the workspace's own rules.
    pub hash: String,
}

/// The answer of the guard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// The strictest finding.
    pub verdict: Verdict,
    /// All findings, in order of the text.
    pub findings: Vec<Finding>,
    /// Which rules judged.
    pub ruleset: RuleSet,
}

impl Report {
    /// Whether a rule was broken.
    pub fn has(&self, rule: &str) -> bool {
        self.findings.iter().any(|finding| finding.rule == rule)
    }

    /// The findings with offsets in code points of the draft instead of bytes.
    pub fn in_code_points(&self, draft: &str) -> Vec<Finding> {
        let count = |byte: usize| {
            draft
                .char_indices()
                .take_while(|(at, _)| *at < byte)
                .count()
        };
        self.findings
            .iter()
            .map(|finding| Finding {
                start: count(finding.start),
                end: count(finding.end),
                ..finding.clone()
            })
            .collect()
    }
}
