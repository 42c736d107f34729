//! `auscult classify`: what the posts of a file mean (docs/specs/cli.md).

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use auscult_model::post::{Author, Known, Post, PostKind};
use auscult_text::classify::{Classifier, Scratch};
use jiff::Timestamp;
use serde_json::Value;

use super::lines::{self, Work};

/// Say what posts mean: sentiment, topics, intents, urgency, flags, identifiers, salience.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Posts, one JSON object a line (`-` is standard input); only `text` is required
    #[arg(long, value_name = "FILE")]
    posts: PathBuf,
    /// The instant that ages are counted from (RFC 3339; the clock, if not said)
    #[arg(long, value_name = "TIME")]
    now: Option<Timestamp>,
    /// Add the words behind each finding
    #[arg(long)]
    explain: bool,
    #[command(flatten)]
    work: Work,
}

/// Does it.
pub(crate) fn run(arguments: &Arguments, clock: fn() -> Timestamp) -> anyhow::Result<ExitCode> {
    let now = arguments.now.unwrap_or_else(clock);
    let begin = Instant::now();
    let classifier = Classifier::built_in();
    let setup = begin.elapsed();
    let done = lines::answer_rows(&arguments.posts, &arguments.work, Scratch::default, |scratch, row, out| {
        let value: Value = serde_json::from_str(row).map_err(|error| lines::plain(&error))?;
        let post = post_of(&value)?;
        let found = if arguments.explain {
            classifier.explain(&post, now, scratch)
        } else {
            classifier.read(&post, now, scratch)
        };
        match value.get("id") {
            // An id that is no text comes back as it was.
            Some(id) if !id.is_string() => {
                let mut answer = serde_json::to_value(&found).map_err(|error| error.to_string())?;
                if let Some(slot) = answer.get_mut("id") {
                    *slot = id.clone();
                }
                serde_json::to_writer(&mut *out, &answer)
            }
            _ => serde_json::to_writer(&mut *out, &found),
        }
        .map_err(|error| error.to_string())?;
        out.push(b'\n');
        Ok(())
    })?;
    done.say_stats(&arguments.work, setup);
    Ok(done.exit_code(&arguments.work))
}

/// The post of a row; fields of another type than expected count as missing, names of the webhook are understood.
fn post_of(value: &Value) -> Result<Post, String> {
    let text = |names: [&str; 2]| names.iter().find_map(|name| value.get(name).and_then(Value::as_str)).map(str::to_owned);
    let number = |name: &str| value.get(name).and_then(Value::as_f64);
    if !value.get("text").is_some_and(Value::is_string) && !value.get("title").is_some_and(Value::is_string) {
        return Err("field `text`: a text is expected".to_owned());
    }
    let author = value.get("author").filter(|author| author.is_object()).map(|author| Author {
        handle: author.get("handle").and_then(Value::as_str).map(str::to_owned),
        bio: author.get("bio").and_then(Value::as_str).map(str::to_owned),
        followers: author.get("followers").and_then(Value::as_f64),
        ..Author::default()
    });
    Ok(Post {
        id: text(["id", "id"]).unwrap_or_default(),
        source: text(["source", "source"]),
        site: text(["site", "site"]),
        kind: text(["kind", "type"]).as_deref().and_then(PostKind::parse),
        title: text(["title", "title"]),
        text: text(["text", "text"]),
        author,
        lang: text(["lang", "language"]),
        created_at: text(["created_at", "created_at"]),
        stars: number("stars").or_else(|| number("rating")),
        status: text(["status", "status"]).map_or(Known::Missing, Known::Value),
        ..Post::default()
    })
}
