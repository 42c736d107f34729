//! A workspace's policy: region, contacts, who may be named, and rules stricter than the shipped ones.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::case::Region;
use super::learnt::Opinion;
use super::report::{RuleSet, Verdict};
use super::rules::{self, Rule};
use crate::identifiers::AllowList;
use crate::reading::{Engine, PatternError, base};

/// A rule that a workspace adds, or a shipped rule that it makes stricter; with its reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stricter {
    /// A shipped rule's id to raise it, or an own id to add one.
    pub rule: String,
    /// At least this strict.
    pub verdict: Verdict,
    /// Words and patterns to catch, one a line; empty to raise the shipped rule as it is.
    #[serde(default)]
    pub patterns: String,
    /// Why the workspace wants it; shown with the finding.
    pub reason: String,
}

/// What is wrong with a policy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    /// A pattern cannot be read.
    #[error("patterns of rule {rule}: {source}")]
    Pattern {
        /// The rule.
        rule: String,
        /// What is wrong.
        source: PatternError,
    },
    /// A rule without a reason.
    #[error("rule {0} needs a reason: say why the workspace wants it stricter")]
    NoReason(String),
    /// A rule that would loosen.
    #[error("rule {0} would be looser than the shipped one: policies can only be made stricter")]
    Looser(String),
    /// An own rule without patterns.
    #[error("rule {0} is not a shipped rule and has no patterns: add the words it should catch")]
    Empty(String),
}

/// The policy under which drafts are judged.
#[derive(Debug, Clone, Default)]
pub struct Policy {
    /// The law.
    pub region: Region,
    /// The country (ISO, two letters) for crisis and emergency lines.
    pub country: Option<String>,
    /// The office as it is named in answers, for example "our patient relations office on 555-0100".
    pub office: Option<String>,
    /// The organisation's own numbers, addresses and links.
    pub contacts: Vec<String>,
    /// Staff, places and contacts that may be named.
    pub allow: AllowList,
    stricter: Vec<Stricter>,
    engine: Option<Arc<Engine>>,
    opinion: Option<Arc<Opinion>>,
}

impl Policy {
    /// A policy of one region with everything else as shipped.
    pub fn of_region(region: Region) -> Self {
        Self {
            region,
            ..Self::default()
        }
    }

    /// The same policy with stricter rules; a looser one is refused.
    pub fn with_stricter(mut self, stricter: Vec<Stricter>) -> Result<Self, PolicyError> {
        let mut engine = base().clone();
        for rule in &stricter {
            let shipped = rules::rules().get(&rule.rule);
            if rule.reason.trim().is_empty() {
                return Err(PolicyError::NoReason(rule.rule.clone()));
            }
            if shipped
                .is_some_and(|shipped| rule.patterns.is_empty() && rule.verdict < shipped.verdict)
                || rule.verdict == Verdict::Allow
            {
                return Err(PolicyError::Looser(rule.rule.clone()));
            }
            if shipped.is_none() && rule.patterns.trim().is_empty() {
                return Err(PolicyError::Empty(rule.rule.clone()));
            }
            let patterns = format!("[own.{}]\n{}", rule.rule, rule.patterns);
            engine
                .add(&patterns)
                .map_err(|source| PolicyError::Pattern {
                    rule: rule.rule.clone(),
                    source,
                })?;
        }
        self.engine = Some(Arc::new(engine));
        self.stricter = stricter;
        Ok(self)
    }

    /// The same policy with another learnt opinion than the shipped one, to measure it.
    #[must_use]
    pub fn with_opinion(mut self, opinion: Opinion) -> Self {
        self.opinion = Some(Arc::new(opinion));
        self
    }

    pub(crate) fn opinion(&self) -> Option<&Opinion> {
        self.opinion.as_deref().or_else(|| Opinion::shipped())
    }

    /// The stricter rules of this workspace.
    pub fn stricter(&self) -> &[Stricter] {
        &self.stricter
    }

    /// Version and hash of the rules under this policy.
    pub fn ruleset(&self) -> RuleSet {
        let shipped = rules::rules();
        if self.stricter.is_empty() {
            return RuleSet {
                version: shipped.version.clone(),
                hash: shipped.hash.clone(),
            };
        }
        let extra: Vec<String> = self
            .stricter
            .iter()
            .map(|rule| {
                format!(
                    "{}|{}|{}|{}",
                    rule.rule,
                    rule.verdict.as_str(),
                    rule.patterns,
                    rule.reason
                )
            })
            .collect();
        let parts: Vec<&str> = extra.iter().map(String::as_str).collect();
        RuleSet {
            version: format!("{}+{}", shipped.version, extra.len()),
            hash: rules::hash(&parts),
        }
    }

    pub(crate) fn engine(&self) -> &Engine {
        self.engine.as_deref().unwrap_or_else(|| base())
    }

    /// The verdict of a shipped rule under this policy.
    pub(crate) fn verdict(&self, rule: &Rule) -> Verdict {
        rule.verdict.max(self.raised(&rule.id))
    }

    /// What the workspace raised a shipped rule to.
    pub(crate) fn raised(&self, rule: &str) -> Verdict {
        self.stricter
            .iter()
            .filter(|own| own.rule == rule && own.patterns.is_empty())
            .map(|own| own.verdict)
            .max()
            .unwrap_or_default()
    }
}

/// One line of the policy page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyLine {
    /// The rule.
    pub rule: String,
    /// What it catches.
    pub title: String,
    /// What happens.
    pub verdict: Verdict,
    /// The rule in plain words.
    pub words: String,
    /// The law or policy, or the workspace's reason.
    pub law: String,
    /// Whether a privacy officer may override it.
    pub may_override: bool,
}

/// The active policy in plain words, one line a rule, the workspace's own last.
pub fn policy_text(policy: &Policy) -> Vec<PolicyLine> {
    let mut lines: Vec<PolicyLine> = rules::rules()
        .all
        .iter()
        .map(|rule| PolicyLine {
            rule: rule.id.clone(),
            title: rule.title.clone(),
            verdict: policy.verdict(rule),
            words: rule.plain.clone(),
            law: rule.law(policy.region).to_owned(),
            may_override: rule.may_override,
        })
        .collect();
    lines.extend(
        policy
            .stricter
            .iter()
            .filter(|own| !own.patterns.is_empty())
            .map(|own| PolicyLine {
                rule: own.rule.clone(),
                title: own.reason.clone(),
                verdict: own.verdict,
                words: format!("Our own rule: {}", own.reason),
                law: "Policy of this organisation.".to_owned(),
                may_override: true,
            }),
    );
    lines
}
