//! Trains the weights of the classifier: `cargo run --release -p auscult-text --example train -- DATA [OUT]`.
//!
//! DATA is the folder with the labelled text; OUT is `data/weights/classify.weights` when not given. The same data gives the
//! same bytes.

mod labelled;

use std::path::PathBuf;
use std::process::ExitCode;

use auscult_text::train::{Plan, train};

fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    let Some(folder) = arguments.next().map(PathBuf::from) else {
        labelled::say("usage: train DATA [OUT]");
        return ExitCode::from(2);
    };
    let out = arguments.next().map_or_else(
        || PathBuf::from("data/weights/classify.weights"),
        PathBuf::from,
    );
    let Some(corpus) = labelled::read(&folder) else {
        labelled::say(&format!(
            "skipped: there is no labelled text in {}",
            folder.display()
        ));
        return ExitCode::SUCCESS;
    };
    let weights = train(&corpus, Plan::default());
    let bytes = match weights.to_bytes() {
        Ok(bytes) => bytes,
        Err(error) => {
            labelled::say(&error.to_string());
            return ExitCode::FAILURE;
        }
    };
    if let Err(error) = std::fs::write(&out, &bytes) {
        labelled::say(&format!("{}: {error}", out.display()));
        return ExitCode::FAILURE;
    }
    labelled::say(&format!(
        "{} rows of text, {} bytes of weights in {}",
        corpus.rows.len(),
        bytes.len(),
        out.display()
    ));
    ExitCode::SUCCESS
}
