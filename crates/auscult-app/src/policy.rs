//! What the organisation settled about answering: who looks twice, words it avoids, rules made stricter.

use auscult_model::member::Viewer;
use auscult_model::workspace::Workspace;
pub use auscult_text::guard::{Exercise, PolicyLine, Verdict};
use auscult_text::guard::{Stricter, policy_text};

use crate::app::App;
use crate::error::AppError;
use crate::guard;
use crate::workspace;

/// The rule under which own words are kept.
const OWN: &str = "OWN";
/// Where stricter rules stand in the settings.
const KEY: &str = "stricter";

/// The rules in plain words, without the own one.
pub fn rules(workspace: &Workspace) -> Result<Vec<PolicyLine>, AppError> {
    let mut lines = policy_text(&guard::policy(workspace)?);
    lines.retain(|line| line.rule != OWN);
    Ok(lines)
}

/// Rules that were made stricter.
pub fn raised(workspace: &Workspace) -> Vec<String> {
    let rules = stricter(workspace);
    rules
        .into_iter()
        .filter(|rule| rule.patterns.is_empty())
        .map(|rule| rule.rule)
        .collect()
}

/// Own words to avoid, one a line.
pub fn words(workspace: &Workspace) -> String {
    stricter(workspace)
        .into_iter()
        .find(|rule| rule.rule == OWN)
        .map(|rule| rule.patterns)
        .unwrap_or_default()
}

fn stricter(workspace: &Workspace) -> Vec<Stricter> {
    let kept = workspace
        .settings
        .more
        .get(KEY)
        .cloned()
        .unwrap_or_default();
    serde_json::from_value(kept).unwrap_or_default()
}

/// Exercises of the guard for a team in training.
pub fn exercises() -> &'static [Exercise] {
    auscult_text::guard::exercises()
}

/// Saves the policy: whether everybody is looked at twice, own words, and the rules that stop instead of asking.
pub async fn save(
    app: &App,
    viewer: &Viewer,
    mut seen: Workspace,
    always_second: bool,
    words: &str,
    stop: &[String],
) -> Result<(), AppError> {
    let mut kept: Vec<Stricter> = stricter(&seen)
        .into_iter()
        .filter(|rule| rule.rule != OWN && !rule.patterns.is_empty())
        .collect();
    let stops = stop.iter().map(|rule| Stricter {
        rule: rule.clone(),
        verdict: Verdict::Block,
        patterns: String::new(),
        reason: "the organisation settled that this stops".to_owned(),
    });
    kept.extend(stops);
    let words: Vec<&str> = words
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    if !words.is_empty() {
        kept.push(Stricter {
            rule: OWN.to_owned(),
            verdict: Verdict::Warn,
            patterns: words.join("\n"),
            reason: "a word the organisation avoids".to_owned(),
        });
    }
    let value = serde_json::to_value(&kept).map_err(|error| AppError::broken(error.to_string()))?;
    seen.settings.more.insert(KEY.to_owned(), value);
    seen.settings.answers.second_member_always = always_second;
    guard::policy(&seen).map_err(|error| AppError::invalid("words", error.to_string()))?;
    workspace::save(app, viewer, &seen).await
}
