//! Measures guard and crisis finder on writers their second opinions never read: trained on all other writers, judged on the
//! one left out, with the rules alone beside it.
//!
//! `cargo run --release -p auscult-text --example eval_writers -- DATA`

#![cfg_attr(
    not(test),
    expect(clippy::print_stdout, reason = "an example that prints figures")
)]

mod writers;

use std::path::PathBuf;

use auscult_text::crisis;
use auscult_text::guard::{Opinion, Policy, Verdict, check};
use auscult_text::train::{LabelledReply, bootstrap, crisis_opinion, guard_opinion};
use writers::Writer;

fn main() {
    let folder = std::env::args_os()
        .nth(1)
        .map_or_else(|| PathBuf::from("../shared/data"), PathBuf::from);
    let errors = std::env::args().any(|argument| argument == "--errors");
    let comments = writers::comments(&folder);
    if comments.is_empty() {
        writers::say(&format!(
            "skipped: there is no labelled text in {}",
            folder.display()
        ));
        return;
    }
    println!("writers left out (trained on all others), and writers never trained on");
    let (held_replies, held_posts) = writers::held();
    let replies = writers::replies(&folder);
    for writer in held_replies.iter().chain(&replies) {
        let others = others(&replies, &writer.name);
        let learnt = Policy::default().with_opinion(guard_opinion(&others));
        let alone = Policy::default().with_opinion(Opinion::default());
        judge_replies(writer, &alone, "rules alone", false);
        judge_replies(writer, &learnt, "with opinion", errors);
    }
    let posts = writers::posts();
    // Every third comment is kept from training, and only these are judged.
    let (held, kept): (Vec<_>, Vec<_>) = comments
        .iter()
        .enumerate()
        .partition(|(place, _)| place % 3 == 0);
    let texts = |part: &[(usize, &String)]| part.iter().map(|(_, text)| (*text).clone()).collect();
    let (held, kept): (Vec<String>, Vec<String>) = (texts(&held), texts(&kept));
    for writer in held_posts.iter().chain(&posts) {
        let others = others(&posts, &writer.name);
        let kept: Vec<&str> = kept.iter().map(String::as_str).collect();
        let table = crisis_opinion(&others, &kept);
        for (how, opinion) in [("signs alone", None), ("with opinion", Some(&table))] {
            let found = |text: &str| crisis::find_with(text, opinion).is_some();
            let of = |wanted: bool| -> Vec<bool> {
                let rows = writer.rows.iter().filter(|row| row.crisis == wanted);
                rows.map(|row| found(&row.text)).collect()
            };
            let name = format!("{} {how}", writer.name);
            share(&name, "crisis recall", &of(true));
            share(&name, "alarms on tempting others", &of(false));
            let alarms: Vec<bool> = held.iter().map(|text| found(text)).collect();
            share(&name, "alarms on comments not seen", &alarms);
        }
    }
}

fn others<'w, T>(writers: &'w [Writer<T>], left_out: &str) -> Vec<&'w T> {
    writers
        .iter()
        .filter(|writer| writer.name != left_out)
        .flat_map(|writer| &writer.rows)
        .collect()
}

fn judge_replies(writer: &Writer<LabelledReply>, policy: &Policy, how: &str, errors: bool) {
    let name = format!("{} {how}", writer.name);
    let judged: Vec<(&LabelledReply, Verdict)> = writer
        .rows
        .iter()
        .map(|row| (row, check(&row.case, policy).verdict))
        .collect();
    let of = |wanted: Verdict| -> Vec<bool> {
        let rows = judged.iter().filter(|(row, _)| row.verdict == wanted);
        rows.map(|(_, said)| *said == Verdict::Block).collect()
    };
    share(&name, "block recall", &of(Verdict::Block));
    share(&name, "harmless replies blocked", &of(Verdict::Allow));
    let exact: Vec<bool> = judged
        .iter()
        .map(|(row, said)| row.verdict == *said)
        .collect();
    share(&name, "exact verdict", &exact);
    for (row, said) in judged.iter().filter(|_| errors) {
        let wrong = (row.verdict == Verdict::Block) != (*said == Verdict::Block);
        if wrong {
            println!(
                "    {} want {:?} {:?} got {said:?}: {:?} -> {:?}",
                row.id, row.verdict, row.rules, row.case.post, row.case.draft
            );
        }
    }
}

fn share(name: &str, what: &str, outcomes: &[bool]) {
    let rate = |sample: &[&bool]| {
        sample.iter().filter(|hit| ***hit).count() as f64 / sample.len().max(1) as f64
    };
    println!(
        "  {name}: {what} {} of {}",
        bootstrap(outcomes, 1000, 7, rate),
        outcomes.len()
    );
}
