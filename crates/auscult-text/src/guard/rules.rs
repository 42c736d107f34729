//! The rules as data: titles, plain words, law, safe words.

use std::sync::OnceLock;

use sha2::{Digest as _, Sha256};

use super::case::Region;
use super::report::Verdict;
use crate::reading::FILES;

const TEXT: &str = include_str!("../../../../data/guard/rules.txt");

/// How a person writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Register {
    /// Short and dry.
    Curt,
    /// Friendly.
    Warm,
    /// Polite and distant.
    Formal,
}

/// One rule of the rule set.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rule {
    /// `G01` to `G22`.
    pub id: String,
    /// What it catches, in a few words.
    pub title: String,
    /// What it does when it catches.
    pub verdict: Verdict,
    /// The rule as one would say it to a colleague.
    pub plain: String,
    /// Why, in one sentence.
    pub why: String,
    /// Whether a privacy officer may override a block, with a reason.
    pub may_override: bool,
    laws: [String; 3],
    says: [String; 3],
}

impl Rule {
    /// The law or policy behind it.
    pub fn law(&self, region: Region) -> &str {
        let [us, uk, eu] = &self.laws;
        match region {
            Region::Us => us,
            Region::Uk => uk,
            Region::Eu => eu,
        }
    }

    /// The safe words, with their placeholders.
    pub(crate) fn say(&self, register: Register) -> &str {
        let [curt, warm, formal] = &self.says;
        match register {
            Register::Curt => curt,
            Register::Warm => warm,
            Register::Formal => formal,
        }
    }

    fn set(&mut self, key: &str, value: &str) {
        let value_text = value.to_owned();
        let [us, uk, eu] = &mut self.laws;
        let [curt, warm, formal] = &mut self.says;
        match key {
            "title" => self.title = value_text,
            "verdict" => {
                self.verdict = if value == "warn" {
                    Verdict::Warn
                } else {
                    Verdict::Block
                }
            }
            "plain" => self.plain = value_text,
            "why" => self.why = value_text,
            "override" => self.may_override = value != "no",
            "law.us" => *us = value_text,
            "law.uk" => *uk = value_text,
            "law.eu" => *eu = value_text,
            "curt" => *curt = value_text,
            "warm" => *warm = value_text,
            "formal" => *formal = value_text,
            _ => {}
        }
    }
}

/// The shipped rules.
#[derive(Debug)]
pub(crate) struct Rules {
    pub(crate) version: String,
    pub(crate) hash: String,
    pub(crate) all: Vec<Rule>,
}

impl Rules {
    pub(crate) fn get(&self, id: &str) -> Option<&Rule> {
        self.all.iter().find(|rule| rule.id == id)
    }
}

/// The shipped rules, read once.
pub(crate) fn rules() -> &'static Rules {
    static RULES: OnceLock<Rules> = OnceLock::new();
    RULES.get_or_init(read)
}

fn read() -> Rules {
    let mut version = String::new();
    let mut rules: Vec<Rule> = Vec::new();
    for line in TEXT
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
    {
        if let Some(id) = line
            .strip_prefix('[')
            .and_then(|rest| rest.strip_suffix(']'))
        {
            rules.push(Rule {
                id: id.to_owned(),
                may_override: true,
                ..Rule::default()
            });
            continue;
        }
        let Some((key, value)) = line.split_once('=') else {
            continue;
        };
        match rules.last_mut() {
            Some(rule) => rule.set(key.trim(), value.trim()),
            None if key.trim() == "version" => value.trim().clone_into(&mut version),
            None => {}
        }
    }
    Rules {
        version,
        hash: hash(&[]),
        all: rules,
    }
}

/// Hash over the shipped rules, the weights of the second opinion, and what a workspace adds.
pub(crate) fn hash(extra: &[&str]) -> String {
    let mut hasher = Sha256::new();
    for weights in super::learnt::SHIPPED {
        hasher.update(weights);
    }
    for part in std::iter::once(TEXT)
        .chain(FILES)
        .chain(extra.iter().copied())
    {
        hasher.update(part.as_bytes());
        hasher.update([0]);
    }
    hasher
        .finalize()
        .iter()
        .take(16)
        .fold(String::new(), |mut text, byte| {
            for nibble in [byte >> 4, byte & 15] {
                text.extend(char::from_digit(u32::from(nibble), 16));
            }
            text
        })
}
