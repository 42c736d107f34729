//! The judgement: every rule over the draft, the post and what goes with them.

use std::collections::HashMap;

use super::case::{Approval, Audience, Case, Kind, Media};
use super::policy::Policy;
use super::posted::Posted;
use super::report::{Finding, Place, Report, Verdict};
use super::rewrite;
use super::rules::{self, Rule};
use super::{addressed, contacts, duty, health, learnt, naming};
use crate::identifiers::{self, AllowList};
use crate::reading::{Hit, Reading};

/// Judges a case under a policy; every finding is reported, the strictest decides.
pub fn check(case: &Case, policy: &Policy) -> Report {
    let posted = Posted::new(policy.engine(), case);
    check_posted(case, policy, &posted)
}

pub(crate) fn check_posted(case: &Case, policy: &Policy, posted: &Posted<'_>) -> Report {
    let mut faults = Vec::new();
    let desk = Desk {
        case,
        policy,
        posted,
    };
    desk.read(&case.draft, Place::Draft, &mut faults);
    desk.read_thread(&mut faults);
    for (number, media) in case.media.iter().enumerate() {
        desk.read(&media.alt, Place::Media(number), &mut faults);
        picture(media, number, &mut faults);
    }
    approval(case, &mut faults);
    duty::whole_draft(&desk, &mut faults);
    learnt::weigh(&desk, &mut faults);
    report(&desk, faults)
}

/// A broken rule before it is explained.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) rule: String,
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) place: Place,
    pub(crate) verdict: Option<Verdict>,
}

impl Fault {
    pub(crate) fn whole(rule: &str) -> Self {
        Self {
            rule: rule.to_owned(),
            start: 0,
            end: 0,
            place: Place::Draft,
            verdict: None,
        }
    }
}

/// Everything a rule may look at.
#[derive(Debug)]
pub(crate) struct Desk<'a> {
    pub(crate) case: &'a Case,
    pub(crate) policy: &'a Policy,
    pub(crate) posted: &'a Posted<'a>,
}

/// Rules that look for words in the draft, by the set of the same name.
const WORD_RULES: [&str; 15] = [
    "G01", "G03", "G04", "G05", "G07", "G08", "G10", "G11", "G12", "G13", "G16", "G19", "G21",
    "G22", "G09",
];

impl Desk<'_> {
    /// Whether a rule is in force for this kind of text and audience.
    pub(crate) fn in_force(&self, rule: &str) -> bool {
        if self.case.audience == Audience::Private && matches!(rule, "G01" | "G06" | "G18") {
            return false;
        }
        match self.case.kind {
            Kind::Reply => true,
            Kind::Post => !matches!(
                rule,
                "G01" | "G03" | "G04" | "G05" | "G06" | "G08" | "G13" | "G14" | "G17" | "G18"
            ),
            Kind::Campaign => matches!(
                rule,
                "G02"
                    | "G09"
                    | "G10"
                    | "G11"
                    | "G12"
                    | "G13"
                    | "G15"
                    | "G16"
                    | "G20"
                    | "G21"
                    | "G22"
            ),
        }
    }

    fn read(&self, text: &str, place: Place, faults: &mut Vec<Fault>) {
        if text.trim().is_empty() {
            return;
        }
        let engine = self.policy.engine();
        let reading = Reading::new(engine, text);
        let hits = reading.hits(engine);
        let mut found = Vec::new();
        for hit in &hits {
            found.extend(self.word_rule(engine.set_name(hit.set), &reading, hit));
        }
        if place == Place::Draft {
            addressed::author(self, &reading, &mut found);
        }
        health::repeated(self, &reading, &mut found);
        health::keep_private_invitations(self, &reading, &mut found);
        health::substance(self, &reading, &hits, &mut found);
        let spans = identifiers::find(text, &AllowList::default());
        naming::identifiers(self, text, &spans, &mut found);
        if place == Place::Draft {
            contacts::typed(self, text, &spans, &mut found);
        }
        faults.extend(
            found
                .into_iter()
                .filter(|fault| self.in_force(&fault.rule))
                .map(|fault| Fault { place, ..fault }),
        );
    }

    fn word_rule(&self, set: &str, reading: &Reading<'_>, hit: &Hit) -> Option<Fault> {
        let (rule, verdict) = match set {
            "G16w" => ("G16", Some(Verdict::Warn)),
            "G09x" => ("G09", None),
            "G11c" if self.posted.is_empty => ("G11", None),
            "G08m" if self.posted.asks_advice => ("G08", None),
            own if own.starts_with("own.") => {
                let rule = own.trim_start_matches("own.");
                let verdict = self
                    .policy
                    .stricter()
                    .iter()
                    .filter(|stricter| stricter.rule == rule)
                    .map(|stricter| stricter.verdict)
                    .max();
                (rule, verdict)
            }
            other => (other, None),
        };
        let known = WORD_RULES.contains(&rule) || set.starts_with("own.");
        if !known || !self.in_force(rule) || health::is_general(self, rule, reading, hit) {
            return None;
        }
        let (start, end) = reading.bytes(hit.start, hit.end);
        Some(Fault {
            rule: rule.to_owned(),
            start,
            end,
            place: Place::Draft,
            verdict,
        })
    }

    /// Reads the parts of a thread together, so that nothing hides in the seam.
    fn read_thread(&self, faults: &mut Vec<Fault>) {
        if self.case.thread.is_empty() {
            return;
        }
        let mut joined = self.case.thread.join(" ");
        joined.push(' ');
        joined.push_str(&self.case.draft);
        let mut found = Vec::new();
        self.read(&joined, Place::Thread, &mut found);
        found.retain(|fault| !faults.iter().any(|known| known.rule == fault.rule));
        faults.extend(found.into_iter().map(|fault| Fault {
            start: 0,
            end: 0,
            ..fault
        }));
    }
}

fn picture(media: &Media, number: usize, faults: &mut Vec<Fault>) {
    let without_consent = media.shows_person
        && media
            .consent
            .as_deref()
            .is_none_or(|consent| consent.trim().is_empty());
    if without_consent || media.alt.trim().is_empty() || media.has_location {
        faults.push(Fault {
            place: Place::Media(number),
            ..Fault::whole("G20")
        });
    }
}

fn approval(case: &Case, faults: &mut Vec<Fault>) {
    let broken = match &case.approval {
        Approval::Deliberate => false,
        Approval::Automatic => case.audience == Audience::Public,
        Approval::Named { by, text } => by.trim().is_empty() || *text != case.draft,
    };
    if broken {
        faults.push(Fault::whole("G21"));
    }
}

/// Explains the faults, one finding for each rule and stretch of words.
fn report(desk: &Desk<'_>, mut faults: Vec<Fault>) -> Report {
    faults.sort_by(|left, right| {
        (left.start, &left.rule, right.end).cmp(&(right.start, &right.rule, left.end))
    });
    let relation = faults.iter().any(|fault| fault.rule == "G01");
    let mut kept: Vec<Fault> = Vec::new();
    for fault in faults {
        if kept.len() >= MOST_FINDINGS && kept.iter().any(|other| other.rule == fault.rule) {
            continue;
        }
        let covered = kept.iter_mut().find(|other| {
            other.rule == fault.rule
                && other.place == fault.place
                && fault.start <= other.end
                && other.verdict == fault.verdict
        });
        match covered {
            Some(other) => other.end = other.end.max(fault.end),
            None => kept.push(fault),
        }
    }
    let mut said: HashMap<String, String> = HashMap::new();
    let findings: Vec<Finding> = kept
        .into_iter()
        .map(|fault| explain(desk, fault, relation, &mut said))
        .collect();
    let verdict = findings
        .iter()
        .map(|finding| finding.verdict)
        .max()
        .unwrap_or_default();
    Report {
        verdict,
        findings,
        ruleset: desk.policy.ruleset(),
    }
}

/// Whether a draft with these faults is blocked.
pub(crate) fn blocks(desk: &Desk<'_>, faults: &[Fault]) -> bool {
    let relation = faults.iter().any(|fault| fault.rule == "G01");
    faults.iter().any(|fault| {
        let verdict = match rules::rules().get(&fault.rule) {
            Some(rule) => strictness(desk, fault, rule, relation),
            None => fault.verdict.unwrap_or(Verdict::Block),
        };
        verdict == Verdict::Block
    })
}

/// How strict a finding of a shipped rule is.
fn strictness(desk: &Desk<'_>, fault: &Fault, rule: &Rule, relation: bool) -> Verdict {
    match fault.verdict {
        Some(verdict) => verdict.max(desk.policy.raised(&rule.id)),
        // Arguing with somebody whose care the draft confirms is worse than arguing.
        None if fault.rule == "G07" && relation => Verdict::Block,
        None => desk.policy.verdict(rule),
    }
}

/// No draft is explained at greater length.
const MOST_FINDINGS: usize = 200;

fn explain(
    desk: &Desk<'_>,
    fault: Fault,
    relation: bool,
    said: &mut HashMap<String, String>,
) -> Finding {
    let region = desk.case.region.unwrap_or(desk.policy.region);
    let text = match fault.place {
        Place::Draft => desk
            .case
            .draft
            .get(fault.start..fault.end)
            .unwrap_or_default()
            .to_owned(),
        Place::Thread | Place::Media(_) => String::new(),
    };
    let (start, end) = if fault.place == Place::Draft {
        (fault.start, fault.end)
    } else {
        (0, 0)
    };
    let own = desk
        .policy
        .stricter()
        .iter()
        .find(|own| own.rule == fault.rule && !own.patterns.is_empty());
    match (rules::rules().get(&fault.rule), own) {
        (Some(rule), _) => {
            let verdict = strictness(desk, &fault, rule, relation);
            Finding {
                rule: fault.rule,
                verdict,
                start,
                end,
                text,
                why: rule.why.clone(),
                law: rule.law(region).to_owned(),
                rewrite: said
                    .entry(rule.id.clone())
                    .or_insert_with(|| rewrite::for_rule(desk, rule))
                    .clone(),
                place: fault.place,
            }
        }
        (None, own) => {
            let why = own.map(|own| own.reason.clone()).unwrap_or_default();
            let verdict = fault.verdict.unwrap_or(Verdict::Block);
            Finding {
                rule: fault.rule,
                verdict,
                start,
                end,
                text,
                why,
                law: "Policy of this organisation.".to_owned(),
                rewrite: rewrite::neutral(desk),
                place: fault.place,
            }
        }
    }
}
