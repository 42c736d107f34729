//! Measures guard, identifiers and crisis finder on folders of labelled text, with bootstrap intervals.
//!
//! `cargo run --release -p auscult-text --example eval_guard -- FOLDER [--errors]`
//! A folder may hold `reply_guard.jsonl`, `phi_posts.jsonl`, `presidio_pii.jsonl`, `intent_posts.jsonl`,
//! `crisis-cases.jsonl`, `guard-cases.jsonl` and patient comments (`nhs_fft_*.jsonl.gz`); what is absent is skipped.

#![cfg_attr(
    not(test),
    expect(clippy::print_stdout, reason = "an example that prints figures")
)]

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read};
use std::path::Path;
use std::time::Instant;

use auscult_text::crisis;
use auscult_text::guard::{Case, Policy, Verdict, check};
use auscult_text::identifiers::{self, AllowList};
use serde_json::Value;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let errors = arguments.iter().any(|argument| argument == "--errors");
    let folders: Vec<&Path> = arguments
        .iter()
        .filter(|argument| !argument.starts_with("--"))
        .map(Path::new)
        .collect();
    if folders.is_empty() {
        println!("usage: eval_guard FOLDER... [--errors]");
        return;
    }
    let started = Instant::now();
    let first = check(&Case::reply("Long wait.", "Thank you."), &Policy::default());
    println!(
        "start {:.1} ms, rules {}",
        started.elapsed().as_secs_f64() * 1000.0,
        first.ruleset.version
    );
    for folder in folders {
        if !folder.exists() {
            println!("skipped: there is no labelled text in {}", folder.display());
            continue;
        }
        for name in files(folder, &["reply_guard", "guard-"]) {
            replies(&folder.join(name), errors);
        }
        spans(&folder.join("phi_posts.jsonl"), errors);
        presidio(&folder.join("presidio_pii.jsonl"), errors);
        for name in files(folder, &["intent_posts", "crisis-"]) {
            crises(&folder.join(name), errors);
        }
        for name in ["nhs_fft_v6.jsonl.gz", "nhs_fft_phase1.jsonl.gz"] {
            alarms(&folder.join(name), errors);
        }
    }
}

/// Files in JSON Lines whose name begins with one of these, in order.
fn files(folder: &Path, beginnings: &[&str]) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| name.ends_with(".jsonl"))
        .filter(|name| {
            beginnings
                .iter()
                .any(|beginning| name.starts_with(beginning))
        })
        .collect();
    names.sort_unstable();
    names
}

fn rows(path: &Path) -> Vec<Value> {
    let Ok(file) = File::open(path) else {
        return Vec::new();
    };
    let reader: Box<dyn Read> = if path.extension().is_some_and(|ending| ending == "gz") {
        Box::new(flate2::read::GzDecoder::new(file))
    } else {
        Box::new(file)
    };
    BufReader::new(reader)
        .lines()
        .map_while(Result::ok)
        .filter_map(|line| serde_json::from_str(&line).ok())
        .collect()
}

/// The name of the file the next figures belong to.
fn title(path: &Path) {
    println!("{}", path.file_name().unwrap_or_default().to_string_lossy());
}

fn text<'a>(row: &'a Value, field: &str) -> &'a str {
    row.get(field).and_then(Value::as_str).unwrap_or_default()
}

/// Share of hits with a bootstrap interval of 95 %.
fn share(name: &str, outcomes: &[bool]) {
    if outcomes.is_empty() {
        return;
    }
    let mean =
        |sample: &[bool]| sample.iter().filter(|hit| **hit).count() as f64 / sample.len() as f64;
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let mut means: Vec<f64> = (0..1000)
        .map(|_| {
            let sample: Vec<bool> = (0..outcomes.len())
                .filter_map(|_| {
                    state ^= state << 13;
                    state ^= state >> 7;
                    state ^= state << 17;
                    let index = usize::try_from(state % outcomes.len() as u64).unwrap_or(0);
                    outcomes.get(index).copied()
                })
                .collect();
            mean(&sample)
        })
        .collect();
    means.sort_by(f64::total_cmp);
    let at = |index: usize| means.get(index).copied().unwrap_or_default();
    println!(
        "  {name}: {:.3} [{:.3}, {:.3}] of {}",
        mean(outcomes),
        at(25),
        at(975),
        outcomes.len()
    );
}

#[expect(clippy::too_many_lines, reason = "one figure after the other")]
fn replies(path: &Path, errors: bool) {
    let rows = rows(path);
    if rows.is_empty() {
        return;
    }
    title(path);
    let policy = Policy::default();
    let (mut blocks, mut harmless, mut exact, mut labels, mut millis) =
        (vec![], vec![], vec![], vec![], vec![]);
    for row in &rows {
        let Ok(case) = serde_json::from_value::<Case>(row.clone()) else {
            println!("  unreadable: {row}");
            continue;
        };
        let started = Instant::now();
        let report = check(&case, &policy);
        millis.push(started.elapsed().as_secs_f64() * 1000.0);
        let wanted = text(row, "verdict");
        match wanted {
            "block" => blocks.push(report.verdict == Verdict::Block),
            "allow" => harmless.push(report.verdict == Verdict::Block),
            _ => {}
        }
        let right = report.verdict.as_str() == wanted;
        exact.push(right);
        let rules: Vec<&str> = row
            .get("rules")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        let found = rules.iter().all(|rule| report.has(rule));
        if !rules.is_empty() {
            labels.push(found);
        }
        if errors && (!right || !found) {
            let got: Vec<String> = report
                .findings
                .iter()
                .map(|finding| format!("{} {:?} {:?}", finding.rule, finding.verdict, finding.text))
                .collect();
            println!(
                "  {} want {wanted} {rules:?} got {}\n     post {:?}\n     draft {:?}\n     {}",
                text(row, "id"),
                report.verdict.as_str(),
                case.post,
                case.draft,
                got.join("; ")
            );
        }
    }
    share("block recall", &blocks);
    share("harmless replies blocked", &harmless);
    share("exact verdict", &exact);
    share("all labelled rules found", &labels);
    millis.sort_by(f64::total_cmp);
    println!(
        "  p99 {:.2} ms",
        millis
            .get(millis.len() * 99 / 100)
            .copied()
            .unwrap_or_default()
    );
}

fn labelled(row: &Value) -> Vec<(String, usize, usize)> {
    let number = |span: &Value, field: &str| {
        span.get(field)
            .and_then(Value::as_u64)
            .and_then(|value| usize::try_from(value).ok())
            .unwrap_or(0)
    };
    row.get("spans")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .map(|span| {
            (
                text(span, "type").to_owned(),
                number(span, "start"),
                number(span, "end"),
            )
        })
        .collect()
}

fn found(text: &str) -> Vec<(String, usize, usize)> {
    let count = |byte: usize| text.get(..byte).map_or(0, |part| part.chars().count());
    identifiers::find(text, &AllowList::default())
        .into_iter()
        .map(|span| {
            (
                span.kind.as_str().to_owned(),
                count(span.start),
                count(span.end),
            )
        })
        .collect()
}

fn spans(path: &Path, errors: bool) {
    let rows = rows(path);
    if rows.is_empty() {
        return;
    }
    title(path);
    let (mut exact, mut touched, mut precise, mut negatives) = (vec![], vec![], vec![], vec![]);
    for row in &rows {
        let post = text(row, "text");
        let (want, got) = (labelled(row), found(post));
        if want.is_empty() {
            negatives.push(!got.is_empty());
        }
        for span in &want {
            exact.push(got.contains(span));
            touched.push(
                got.iter()
                    .any(|other| other.0 == span.0 && other.1 < span.2 && span.1 < other.2),
            );
        }
        precise.extend(got.iter().map(|span| {
            want.iter()
                .any(|other| other.1 < span.2 && span.1 < other.2)
        }));
        if errors && want != got {
            println!("  {post:?}\n     want {want:?}\n     got  {got:?}");
        }
    }
    share("span recall, exact", &exact);
    share("span recall, touching", &touched);
    share("precision, touching", &precise);
    let (recall, precision) = (rate(&exact), rate(&precise));
    println!(
        "  F2 {:.3}",
        5.0 * precision * recall / (4.0 * precision + recall)
    );
    share("hard negatives flagged", &negatives);
}

fn rate(outcomes: &[bool]) -> f64 {
    outcomes.iter().filter(|hit| **hit).count() as f64 / outcomes.len().max(1) as f64
}

fn presidio(path: &Path, errors: bool) {
    let rows = rows(path);
    if rows.is_empty() {
        return;
    }
    title(path);
    let kinds = [
        "PERSON",
        "CREDIT_CARD",
        "IBAN_CODE",
        "EMAIL_ADDRESS",
        "PHONE_NUMBER",
        "US_SSN",
        "US_DRIVER_LICENSE",
        "DOMAIN_NAME",
        "ZIP_CODE",
        "STREET_ADDRESS",
        "DATE_TIME",
        "GPE",
    ];
    let mut by_kind: Vec<Vec<bool>> = vec![Vec::new(); kinds.len()];
    for row in &rows {
        let post = text(row, "text");
        let got = found(post);
        for (kind, start, end) in labelled(row) {
            let Some(index) = kinds.iter().position(|known| *known == kind) else {
                continue;
            };
            let length = end - start;
            let covered: usize = got
                .iter()
                .map(|span| span.2.min(end).saturating_sub(span.1.max(start)))
                .sum();
            let hit = covered * 2 >= length;
            if let Some(list) = by_kind.get_mut(index) {
                list.push(hit);
            }
            if errors && !hit && kind != "GPE" {
                println!(
                    "  missed {kind} {:?} in {post:?} got {got:?}",
                    post.chars().skip(start).take(length).collect::<String>()
                );
            }
        }
    }
    for (kind, outcomes) in kinds.iter().zip(&by_kind) {
        share(kind, outcomes);
    }
    // Years alone and days of the week are no identifiers here, and places are no patterns.
    let shaped = |from: usize, to: usize| -> Vec<bool> {
        by_kind.get(from..to).unwrap_or_default().concat()
    };
    share("pattern kinds (card to domain)", &shaped(1, 8));
    share("pattern kinds and post codes", &shaped(1, 9));
}

fn crises(path: &Path, errors: bool) {
    let rows = rows(path);
    if rows.is_empty() {
        return;
    }
    title(path);
    let (mut caught, mut alarmed) = (vec![], vec![]);
    for row in &rows {
        let post = text(row, "text");
        let labelled = row.get("crisis").and_then(Value::as_bool);
        let wanted = labelled.unwrap_or_else(|| {
            row.get("intents")
                .and_then(Value::as_array)
                .is_some_and(|intents| intents.iter().any(|intent| intent == "crisis_self_harm"))
        });
        let got = crisis::find(post);
        if wanted {
            caught.push(got.is_some());
        } else {
            alarmed.push(got.is_some());
        }
        if errors && wanted != got.is_some() {
            println!(
                "  want {wanted} {post:?} {:?}",
                got.map(|crisis| crisis.spans)
            );
        }
    }
    share("crisis recall", &caught);
    share("alarms on others", &alarmed);
}

fn alarms(path: &Path, errors: bool) {
    let rows = rows(path);
    if rows.is_empty() {
        return;
    }
    title(path);
    let started = Instant::now();
    let mut alarmed = vec![];
    for row in &rows {
        let post = text(row, "text");
        let got = crisis::find(post);
        alarmed.push(got.is_some());
        if let Some(crisis) = got.filter(|_| errors) {
            println!(
                "  alarm {post:?} {:?}",
                crisis
                    .spans
                    .iter()
                    .filter_map(|span| post.get(span.0..span.1))
                    .collect::<Vec<_>>()
            );
        }
    }
    share("alarms on comments", &alarmed);
    println!(
        "  {:.1} us a comment (crisis)",
        started.elapsed().as_secs_f64() * 1e6 / rows.len() as f64
    );
    let started = Instant::now();
    let spans: usize = rows
        .iter()
        .map(|row| identifiers::find(text(row, "text"), &AllowList::default()).len())
        .sum();
    println!(
        "  {:.1} us a comment (identifiers), {spans} spans",
        started.elapsed().as_secs_f64() * 1e6 / rows.len() as f64
    );
}
