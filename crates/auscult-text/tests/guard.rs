//! The guard through its public door: own cases for every rule, rewrites that pass, tricks that fail, hostile text.

#![cfg(test)]

use std::collections::BTreeMap;

use auscult_text::guard::{
    Approval, Audience, Case, Policy, PolicyError, Region, Stricter, Verdict, all_rules, check,
    exercises, policy_text, rewrite,
};
use proptest::prelude::*;
use serde::Deserialize;

const CASES: &str = include_str!("data/guard-cases.jsonl");

#[derive(Debug, Deserialize)]
struct Labelled {
    id: String,
    rule: String,
    register: String,
    verdict: Verdict,
    #[serde(flatten)]
    case: Case,
}

fn cases() -> Vec<Labelled> {
    CASES
        .lines()
        .map(|line| serde_json::from_str(line).expect("a case is a line of JSON"))
        .collect()
}

fn verdict(post: &str, draft: &str) -> Verdict {
    check(&Case::reply(post, draft), &Policy::default()).verdict
}

#[test]
fn every_rule_has_cases_in_three_registers() {
    let mut broken: BTreeMap<String, usize> = BTreeMap::new();
    let mut registers: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let cases = cases();
    for labelled in &cases {
        if labelled.verdict != Verdict::Allow {
            *broken.entry(labelled.rule.clone()).or_default() += 1;
        }
        registers
            .entry(labelled.rule.clone())
            .or_default()
            .push(labelled.register.clone());
    }
    assert!(cases.len() >= 600, "{} cases", cases.len());
    for rule in all_rules() {
        assert!(
            broken.get(&rule.id).is_some_and(|count| *count >= 20),
            "{} has too few cases",
            rule.id
        );
        let used = registers.get(&rule.id).expect("cases of the rule");
        assert!(
            ["curt", "warm", "formal"]
                .iter()
                .all(|register| used.iter().any(|used| used == register)),
            "{}",
            rule.id
        );
    }
}

#[test]
fn own_cases_are_judged_right() {
    let policy = Policy::default();
    let (mut blocks, mut blocked, mut harmless, mut stopped, mut right) = (0, 0, 0, 0, 0);
    let cases = cases();
    let mut wrong = Vec::new();
    for labelled in &cases {
        let report = check(&labelled.case, &policy);
        right += usize::from(report.verdict == labelled.verdict);
        match labelled.verdict {
            Verdict::Block => {
                blocks += 1;
                blocked += usize::from(report.verdict == Verdict::Block);
            }
            Verdict::Allow => {
                harmless += 1;
                stopped += usize::from(report.verdict == Verdict::Block);
            }
            Verdict::Warn => {}
        }
        if report.verdict != labelled.verdict {
            wrong.push(format!(
                "{} {} wanted {:?} got {:?}: {:?}",
                labelled.id, labelled.rule, labelled.verdict, report.verdict, labelled.case.draft
            ));
        }
    }
    assert!(
        blocked * 100 >= blocks * 95,
        "blocked {blocked} of {blocks}\n{}",
        wrong.join("\n")
    );
    assert!(
        stopped * 12 <= harmless,
        "{stopped} of {harmless} harmless replies blocked\n{}",
        wrong.join("\n")
    );
    assert!(
        right * 100 >= cases.len() * 93,
        "{right} of {} right\n{}",
        cases.len(),
        wrong.join("\n")
    );
}

#[test]
fn each_rewrite_passes_the_guard() {
    let mut failed = Vec::new();
    let policies = [
        Policy::default(),
        Policy::of_region(Region::Uk),
        Policy::of_region(Region::Eu),
    ];
    // One case in four, so that the suite stays quick; each rule is met in each register.
    for (labelled, policy) in cases().iter().step_by(4).zip(policies.iter().cycle()) {
        let text_only = Case {
            media: Vec::new(),
            approval: Approval::Deliberate,
            ..labelled.case.clone()
        };
        let mut drafts: Vec<String> = check(&text_only, policy)
            .findings
            .into_iter()
            .map(|finding| finding.rewrite)
            .collect();
        drafts.push(rewrite(&text_only, policy));
        drafts.sort();
        drafts.dedup();
        for draft in drafts {
            let report = check(
                &Case {
                    draft: draft.clone(),
                    ..text_only.clone()
                },
                policy,
            );
            if report.verdict != Verdict::Allow {
                let found: Vec<String> = report
                    .findings
                    .iter()
                    .map(|finding| format!("{} {:?}", finding.rule, finding.text))
                    .collect();
                failed.push(format!(
                    "{} {:?}: {draft:?} {found:?}",
                    labelled.id, labelled.case.post
                ));
            }
        }
    }
    assert!(
        failed.is_empty(),
        "{} fail\n{}",
        failed.len(),
        failed.join("\n")
    );
}

#[test]
fn exercises_agree_with_the_guard() {
    assert!(exercises().len() >= 40);
    for exercise in exercises() {
        let kind = if exercise.post.is_empty() {
            auscult_text::guard::Kind::Campaign
        } else {
            auscult_text::guard::Kind::Reply
        };
        let case = Case {
            kind,
            ..Case::reply(&exercise.post, &exercise.draft)
        };
        assert_eq!(
            check(&case, &Policy::default()).verdict,
            exercise.verdict,
            "{exercise:?}"
        );
        assert!(!exercise.why.is_empty());
    }
}

/// What the demo and the journeys send, and what the composer offers; they have to go out as they are.
#[test]
fn everyday_answers_pass() {
    let complaint =
        "Four hours at Fairview with my mother and nobody told us why. Who can we talk to?";
    let reach = "Please reach our patient relations office on 01 555 0142.";
    for (post, draft) in [
        (
            "Rude desk",
            "Thank you for writing. Please reach our patient relations office on 01 555 0142.",
        ),
        (
            "Dirty ward",
            "Thank you for writing. Clean wards are our standard and we are sorry. Please reach our patient relations office on 01 555 0142.",
        ),
        (
            complaint,
            "Thank you for telling us. Nobody should have to go looking for an answer, and shortening waits is a goal at all our sites. We can\u{2019}t talk about anyone\u{2019}s care here. Please reach our patient experience team on 01 555 0142 or through our secure page.",
        ),
        (
            "The receptionist shouted at me",
            "We are sorry to read this. This is not how anyone should be spoken to. We can\u{2019}t discuss anyone\u{2019}s care in public; our team is at 01 555 0142, or use our secure page if you would rather write.",
        ),
        (
            "Nobody answers the telephone",
            "Thank you for writing so clearly. Being reachable matters to us. Please ring 01 555 0142 and ask for patient experience, or use our secure page, and a person will answer.",
        ),
        (
            "Lovely nurses",
            "Thank you for taking the time to write. We will share this with the team.",
        ),
        (
            "Brilliant staff on the ward",
            "This made our morning. We\u{2019}ll pass it on to everyone there.",
        ),
        (
            "When are visiting hours?",
            "Good question. The up-to-date times for all our places are on our visiting page, and we have corrected the old one.",
        ),
        (
            "Is the breastfeeding group on this week?",
            "Yes, it is on this week. The page with all groups and classes shows the dates.",
        ),
    ] {
        let report = check(&Case::reply(post, draft), &Policy::default());
        assert_eq!(
            report.verdict,
            Verdict::Allow,
            "{post:?} {draft:?} {:?}",
            report.findings
        );
    }
    for draft in [
        "Thank you.",
        "We are very sorry to read this.",
        "Thank you for the comment.",
    ] {
        let draft = format!("{draft} {reach}");
        assert_eq!(verdict(complaint, &draft), Verdict::Allow, "{draft:?}");
    }
}

/// Drafts by writers who had not seen the rules. The shipped opinion has read them, so this keeps it from falling back; how it
/// does on writers it has not read is measured by `make eval`.
#[test]
fn drafts_of_other_writers_are_judged_right() {
    let written = [
        include_str!("data/guard-wa.jsonl"),
        include_str!("data/guard-wb.jsonl"),
        include_str!("data/guard-wc.jsonl"),
        include_str!("data/guard-wd.jsonl"),
        include_str!("data/guard-we.jsonl"),
        include_str!("data/guard-wf.jsonl"),
        include_str!("data/guard-wg.jsonl"),
        include_str!("data/guard-wh.jsonl"),
    ];
    let (mut blocks, mut blocked, mut harmless, mut stopped) = (0, 0, 0, 0);
    for row in written
        .iter()
        .flat_map(|lines| auscult_text::train::replies(lines))
    {
        let stops = check(&row.case, &Policy::default()).verdict == Verdict::Block;
        blocks += usize::from(row.verdict == Verdict::Block);
        harmless += usize::from(row.verdict == Verdict::Allow);
        blocked += usize::from(stops && row.verdict == Verdict::Block);
        stopped += usize::from(stops && row.verdict == Verdict::Allow);
    }
    assert!(
        blocked * 100 >= blocks * 90,
        "{blocked} of {blocks} blocked"
    );
    assert!(stopped * 12 <= harmless, "{stopped} of {harmless} stopped");
}

#[test]
fn without_its_weights_the_rules_stand_alone() {
    let alone = Policy::default().with_opinion(auscult_text::guard::Opinion::default());
    let case = Case::reply("Long wait.", "We are sorry about your visit.");
    assert!(check(&case, &alone).has("G01"));
}

#[test]
fn tricks_do_not_hide_words() {
    for draft in [
        "Sorry about y\u{200B}our vis\u{AD}it.",
        "S\u{43E}rry about y\u{43E}ur v\u{456}sit on the ward.",
        "Sorry about y0ur v1s1t.",
        "Sorry about y o u r v i s i t to us.",
        "Sorry about \u{FF59}\u{FF4F}\u{FF55}\u{FF52} \u{FF56}\u{FF49}\u{FF53}\u{FF49}\u{FF54}.",
        "Sorry about yourvisit.",
        "Sorry about your vi-sit.",
        "SORRY ABOUT YOUR VISIT",
        "Sorry about \u{1D432}\u{1D428}\u{1D42E}\u{1D42B} \u{1D42F}\u{1D422}\u{1D42C}\u{1D422}\u{1D42D}.",
    ] {
        assert_eq!(verdict("Long wait.", draft), Verdict::Block, "{draft}");
    }
}

#[test]
fn nothing_hides_in_the_seam_of_a_thread_or_in_a_description() {
    let mut case = Case::reply("Long wait.", "visit. Please call 555-0100.");
    case.thread = vec!["We are sorry about your".to_owned()];
    assert_eq!(check(&case, &Policy::default()).verdict, Verdict::Block);
    let mut case = Case::reply("Lovely staff", "Thank you!");
    case.media = vec![auscult_text::guard::Media {
        alt: "Dear Mrs Halloran, get well soon".to_owned(),
        ..Default::default()
    }];
    assert!(check(&case, &Policy::default()).has("G02"));
}

#[test]
fn a_private_conversation_is_softer() {
    let mut case = Case::reply("Long wait.", "We are sorry about your wait.");
    assert!(check(&case, &Policy::default()).has("G01"));
    case.audience = Audience::Private;
    assert_eq!(check(&case, &Policy::default()).verdict, Verdict::Allow);
    case.draft = "Your biopsy was benign.".to_owned();
    assert!(check(&case, &Policy::default()).has("G03"));
}

#[test]
fn a_workspace_may_only_be_stricter() {
    let own = |rule: &str, verdict, patterns: &str, reason: &str| Stricter {
        rule: rule.to_owned(),
        verdict,
        patterns: patterns.to_owned(),
        reason: reason.to_owned(),
    };
    let policy = Policy::default()
        .with_stricter(vec![
            own(
                "G18",
                Verdict::Block,
                "",
                "Every complaint is answered by the office.",
            ),
            own(
                "W01",
                Verdict::Warn,
                "ombudsman|watchdog",
                "The ombudsman is named by counsel only.",
            ),
        ])
        .expect("stricter rules are taken");
    assert_eq!(
        check(&Case::reply("Dirty ward", "We will do better."), &policy).verdict,
        Verdict::Block
    );
    let report = check(
        &Case::reply("Lovely team", "Thank you. The ombudsman will be glad."),
        &policy,
    );
    assert!(report.has("W01"));
    assert_ne!(report.ruleset.hash, Policy::default().ruleset().hash);
    assert_eq!(policy_text(&policy).len(), all_rules().len() + 1);
    assert!(matches!(
        Policy::default().with_stricter(vec![own("G01", Verdict::Warn, "", "softer")]),
        Err(PolicyError::Looser(_))
    ));
    assert!(matches!(
        Policy::default().with_stricter(vec![own("W02", Verdict::Block, "word", " ")]),
        Err(PolicyError::NoReason(_))
    ));
    assert!(matches!(
        Policy::default().with_stricter(vec![own("W03", Verdict::Block, "..3 word", "gap first")]),
        Err(PolicyError::Pattern { .. })
    ));
}

#[test]
fn own_contacts_count_and_others_do_not() {
    let mut case = Case::reply(
        "Dirty ward",
        "We are sorry. Please call our office on 555-0100.",
    );
    case.contacts = vec!["555-0100".to_owned()];
    assert_eq!(check(&case, &Policy::default()).verdict, Verdict::Allow);
    case.draft = "We are sorry. Please call our office on 555-0199.".to_owned();
    let report = check(&case, &Policy::default());
    assert!(report.has("G18"), "{report:?}");
    assert_eq!(report.verdict, Verdict::Warn);
}

#[test]
fn findings_explain_themselves() {
    let report = check(
        &Case::reply("Long wait.", "We are sorry about your visit."),
        &Policy::of_region(Region::Uk),
    );
    let finding = report
        .findings
        .iter()
        .find(|finding| finding.rule == "G01")
        .expect("the relation is found");
    assert_eq!(finding.text, "your visit");
    assert!(finding.law.contains("UK GDPR"), "{}", finding.law);
    assert!(!finding.why.is_empty() && !finding.rewrite.is_empty());
    let umlauts = check(
        &Case::reply("Long wait.", "Größe: your visit."),
        &Policy::default(),
    );
    let counted = umlauts.in_code_points("Größe: your visit.");
    assert!(
        counted
            .iter()
            .any(|finding| finding.rule == "G01" && finding.start == 7),
        "{counted:?}"
    );
}

#[test]
fn hostile_length_stays_linear() {
    for piece in [
        "your ",
        "a",
        "\u{202E}\u{200D}",
        "\u{1F9D1}",
        "1 ",
        "y o u r ",
        "your visit we saw you ",
    ] {
        let text = piece.repeat(6_000 / piece.len());
        assert!(check(&Case::reply(&text, &text), &Policy::default()).verdict >= Verdict::Allow);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_text_is_judged(post in "\\PC{0,80}", draft in "\\PC{0,120}") {
        let case = Case::reply(&post, &draft);
        let report = check(&case, &Policy::default());
        for finding in &report.findings {
            prop_assert!(draft.get(finding.start..finding.end).is_some());
            prop_assert!(finding.verdict <= report.verdict);
        }
        let whole = Case { draft: rewrite(&case, &Policy::default()), ..case };
        let report = check(&whole, &Policy::default());
        prop_assert_eq!(report.verdict, Verdict::Allow, "{:?}", report.findings);
    }
}

#[test]
fn a_rewrite_does_not_say_thanks_twice() {
    let case = Case::reply("Great staff.", "Thank you! We enjoyed treating you.");
    let words = rewrite(&case, &Policy::default());
    assert_eq!(words.matches("Thank").count(), 1, "{words}");
}
