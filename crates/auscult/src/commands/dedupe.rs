//! `auscult dedupe`: near-duplicates of a file of posts (docs/specs/cli.md).

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use auscult_text::dedupe::{Deduper, THRESHOLD};
use auscult_text::matcher::LeanPost;

use super::lines::{self, Work};

/// Find posts that say nearly the same.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Posts, one JSON object a line (`-` is standard input)
    #[arg(long, value_name = "FILE")]
    posts: PathBuf,
    /// Similarity from which two posts are near-duplicates, 0 to 1
    #[arg(long, value_name = "SHARE", default_value_t = THRESHOLD, value_parser = share)]
    threshold: f64,
    #[command(flatten)]
    work: Work,
}

fn share(text: &str) -> Result<f64, String> {
    let share: f64 = text
        .parse()
        .map_err(|_not_a_number| "a number between 0 and 1 is expected".to_owned())?;
    if (0.0..=1.0).contains(&share) {
        Ok(share)
    } else {
        Err("a number between 0 and 1 is expected".to_owned())
    }
}

/// Does it.
pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    // A cluster is named by its first post, so posts are taken one after the other.
    let work = Work {
        threads: Some(1),
        ..arguments.work.clone()
    };
    let fresh = || Deduper::new(arguments.threshold);
    let done = lines::answer_rows(&arguments.posts, &work, fresh, |deduper, row, out| {
        let post: LeanPost<'_> = serde_json::from_str(row).map_err(|error| lines::plain(&error))?;
        let view = post.view();
        let assigned = deduper.add(view.id, view.title, view.text);
        let row = serde_json::json!({"id": view.id, "cluster": assigned.cluster, "similarity": assigned.similarity});
        serde_json::to_writer(&mut *out, &row).map_err(|error| error.to_string())?;
        out.push(b'\n');
        Ok(())
    })?;
    done.say_stats(&work, Duration::ZERO);
    Ok(done.exit_code(&work))
}
