//! Measures the classifier by cross-validation: `cargo run --release -p auscult-text --example eval -- DATA [DATE COMMIT OUT]`
//! (`DATA quick` measures two folds of five).
//!
//! Every row is judged by weights that have not seen it, through the same door as the product. With OUT the figures are
//! written there too, without a word of the rows.

mod labelled;
mod measure;

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use auscult_text::classify::Classifier;
use auscult_text::train::{Plan, cross_validated};

/// Folds of the evaluation.
const FOLDS: u32 = 5;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some(folder) = arguments.first().map(PathBuf::from) else {
        labelled::say("usage: eval DATA [DATE COMMIT OUT]");
        return ExitCode::from(2);
    };
    let Some(corpus) = labelled::read(&folder) else {
        labelled::say(&format!(
            "skipped: there is no labelled text in {}; nothing was measured",
            folder.display()
        ));
        return ExitCode::SUCCESS;
    };
    let mut answers = measure::Answers::default();
    // Neither the triage posts nor the long accounts are trained on: any fold's weights will do.
    let mut last = Classifier::new(None);
    let measured = if arguments.get(1).is_some_and(|word| word == "quick") {
        2
    } else {
        FOLDS
    };
    cross_validated(
        &corpus,
        Plan::default(),
        FOLDS,
        measured,
        |fold, weights| {
            labelled::say(&format!("fold {} of {FOLDS}", fold + 1));
            let classifier = Classifier::new(Some(weights));
            for row in corpus.rows.iter().filter(|row| row.fold(FOLDS) == fold) {
                answers.judge(&classifier, row);
            }
            answers.judge_stories(&classifier, &corpus, fold, FOLDS);
            last = classifier;
        },
    );
    if let Some(posts) = labelled::lines(&folder, "intent_posts.jsonl") {
        answers.judge_intents(&last, &posts);
    }
    if let Some(stories) = labelled::lines(
        &PathBuf::from("crates/auscult-text/tests/data"),
        "stories.jsonl",
    ) {
        answers.judge_own_stories(&last, &stories);
    }
    let report = answers.report();
    let mut out = std::io::stdout().lock();
    drop(writeln!(out, "{report}\n{}", answers.worst()));
    if let [_, date, commit, path] = arguments.as_slice() {
        let page = format!(
            "# What the classifier gets right\n\nMeasured {date} at commit {commit} by `make eval`: {FOLDS}-fold cross-validation on the labelled \
             text described in data/weights/card.md, 95 % bootstrap intervals in brackets. The rows themselves are not in this repository.\n\n{report}"
        );
        if let Err(error) = std::fs::write(path, page) {
            labelled::say(&format!("{path}: {error}"));
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}
