//! Trains the second opinions of guard and crisis finder: `cargo run --release -p auscult-text --example train_opinions -- DATA [OUT]`.
//!
//! DATA is the folder with the labelled text (patient comments and `reply_guard.jsonl`); the rows written for this project are
//! in `tests/data`. OUT is `data/weights` when not given. The same data gives the same bytes.

mod writers;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use auscult_text::train::{crisis_opinion, guard_opinion};

fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    let folder = arguments
        .next()
        .map_or_else(|| PathBuf::from("../shared/data"), PathBuf::from);
    let out = arguments
        .next()
        .map_or_else(|| PathBuf::from("data/weights"), PathBuf::from);
    let comments = writers::comments(&folder);
    if comments.is_empty() {
        writers::say(&format!(
            "skipped: there is no labelled text in {}",
            folder.display()
        ));
        return ExitCode::SUCCESS;
    }
    let replies = writers::replies(&folder);
    for writer in &replies {
        writers::say(&format!("{}: {} replies", writer.name, writer.rows.len()));
    }
    let replies: Vec<_> = replies.iter().flat_map(|writer| &writer.rows).collect();
    let posts = writers::posts();
    let posts: Vec<_> = posts.iter().flat_map(|writer| &writer.rows).collect();
    let comments: Vec<&str> = comments.iter().map(String::as_str).collect();
    let opinion = guard_opinion(&replies);
    let crisis = crisis_opinion(&posts, &comments);
    let [block, rules] = opinion.tables();
    for (name, table) in [
        ("guard", block),
        ("guard-rules", rules),
        ("crisis", &crisis),
    ] {
        if let Err(problem) = write(&out.join(format!("{name}.weights")), table) {
            writers::say(&problem);
            return ExitCode::FAILURE;
        }
    }
    writers::say(&format!(
        "{} replies, {} posts, {} comments",
        replies.len(),
        posts.len(),
        comments.len()
    ));
    ExitCode::SUCCESS
}

fn write(path: &Path, table: &auscult_text::opinion::Table) -> Result<(), String> {
    let bytes = table.to_bytes().map_err(|error| error.to_string())?;
    std::fs::write(path, &bytes).map_err(|error| format!("{}: {error}", path.display()))?;
    writers::say(&format!("{} bytes in {}", bytes.len(), path.display()));
    Ok(())
}
