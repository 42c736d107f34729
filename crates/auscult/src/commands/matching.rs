//! `auscult match`: which watches are true for which posts (docs/specs/watch-language.md, 11).

use std::collections::HashMap;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use auscult_text::matcher::{Buffers, Engine, LeanPost, PreparedPost, Scratch, Snapshot};
use auscult_text::watch::WatchError;
use jiff::Timestamp;
use serde::Deserialize;

use super::lines::{self, Done, Work};
use super::match_explain::Explainer;
use crate::output;

/// Match posts against watches.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Watches, one JSON object a line: {"id", "query"}
    #[arg(long, value_name = "FILE")]
    watches: PathBuf,
    /// Posts, one JSON object a line (`-` is standard input)
    #[arg(long, value_name = "FILE")]
    posts: PathBuf,
    /// Lists that watches name: {"name", "entries"}
    #[arg(long, value_name = "FILE")]
    lists: Option<PathBuf>,
    /// The present, as 2026-11-22T12:00:00Z; the clock is read when it is not said
    #[arg(long, value_name = "TIME")]
    now: Option<Timestamp>,
    /// Tell for each match which clauses are true, and where
    #[arg(long)]
    explain: bool,
    /// Tell for each watch that does not match the fewest clauses that would have to change
    #[arg(long, requires = "explain")]
    misses: bool,
    /// Print what a watch costs and what may be meant otherwise, on standard error
    #[arg(long)]
    notes: bool,
    #[command(flatten)]
    work: Work,
}

#[derive(Debug, Deserialize)]
struct WatchRow {
    id: String,
    query: String,
}

#[derive(Debug, Deserialize)]
struct ListRow {
    name: String,
    entries: Vec<String>,
}

/// The one tenant of the command line.
const TENANT: u64 = 0;

/// The watches of a run.
struct Watches {
    snapshot: Arc<Snapshot>,
    /// Ids as they are printed, by key.
    printed: Vec<String>,
    bad: u64,
    explainer: Option<Explainer>,
}

/// Does it.
pub(crate) fn run(
    arguments: &Arguments,
    clock: impl Fn() -> Timestamp,
) -> anyhow::Result<ExitCode> {
    let now = arguments.now.unwrap_or_else(clock);
    let start = Instant::now();
    let watches = compile(arguments)?;
    let setup = start.elapsed();
    if arguments.work.strict && watches.bad > 0 {
        return Ok(ExitCode::from(2));
    }
    let done = lines::answer_rows(
        &arguments.posts,
        &arguments.work,
        || (Buffers::default(), Scratch::default()),
        |(buffers, scratch), row, out| answer(&watches, now, (buffers, scratch), row, out),
    )?;
    if arguments.work.stats {
        say_stats(&done, watches.printed.len(), setup);
    }
    Ok(done.exit_code(&arguments.work))
}

fn answer(
    watches: &Watches,
    now: Timestamp,
    (buffers, scratch): (&mut Buffers, &mut Scratch),
    row: &str,
    out: &mut Vec<u8>,
) -> Result<(), String> {
    let post: LeanPost<'_> = LeanPost::read(row).map_err(|error| lines::plain(&error))?;
    let prepared = PreparedPost::of(post.view(), buffers);
    let matched = watches.snapshot.matches(None, &prepared, now, scratch);
    let explainer = watches.explainer.as_ref();
    if matched.is_empty() && !explainer.is_some_and(Explainer::tells_misses) {
        return Ok(());
    }
    out.extend_from_slice(b"{\"post\":");
    serde_json::to_writer(&mut *out, post.id()).map_err(|error| error.to_string())?;
    out.extend_from_slice(b",\"watches\":[");
    for (index, key) in matched.iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        let printed = usize::try_from(*key)
            .ok()
            .and_then(|key| watches.printed.get(key));
        out.extend_from_slice(printed.map_or("null", String::as_str).as_bytes());
    }
    out.push(b']');
    if let Some(explainer) = explainer {
        explainer.write(matched, &prepared, now, out)?;
    }
    out.extend_from_slice(b"}\n");
    Ok(())
}

/// Reads lists and watches; keys are given in the order in which ids are printed.
fn compile(arguments: &Arguments) -> anyhow::Result<Watches> {
    let mut engine = Engine::new();
    let mut bad = 0;
    if let Some(file) = &arguments.lists {
        let (rows, unread) = lines::read_rows::<ListRow>(file)?;
        bad += unread;
        let mut known = HashMap::new();
        for row in rows {
            known.entry(row.name).or_insert(row.entries);
        }
        for (name, entries) in known {
            engine.set_list(TENANT, &name, &entries);
        }
    }
    let (rows, unread) = lines::read_rows::<WatchRow>(&arguments.watches)?;
    bad += unread;
    let mut ids: Vec<&str> = rows.iter().map(|row| row.id.as_str()).collect();
    ids.sort_unstable();
    ids.dedup();
    let keys: HashMap<&str, u64> = ids.iter().copied().zip(0..).collect();
    let mut seen = vec![false; ids.len()];
    let mut order = Vec::with_capacity(rows.len());
    for row in &rows {
        let Some(key) = keys.get(row.id.as_str()).copied() else {
            continue;
        };
        let is_first = usize::try_from(key)
            .ok()
            .and_then(|key| seen.get_mut(key))
            .is_some_and(|seen| !std::mem::replace(seen, true));
        if is_first {
            engine.upsert(TENANT, key, &row.id, &row.query, true);
        }
        order.push((row, key, is_first));
    }
    bad += say_errors(&mut engine, &order);
    let printed: Vec<String> = ids
        .iter()
        .map(|id| serde_json::Value::from(*id).to_string())
        .collect();
    let explainer = explainer(arguments, &mut engine, &order, &printed);
    Ok(Watches {
        snapshot: engine.snapshot(),
        printed,
        bad,
        explainer,
    })
}

/// What explains matches, if that is asked for; says the notes.
fn explainer(
    arguments: &Arguments,
    engine: &mut Engine,
    order: &[(&WatchRow, u64, bool)],
    printed: &[String],
) -> Option<Explainer> {
    if !arguments.explain && !arguments.notes {
        return None;
    }
    let library = engine.library(TENANT).cloned().unwrap_or_default();
    let mut firsts: Vec<_> = order.iter().filter(|(_, _, is_first)| *is_first).collect();
    firsts.sort_by_key(|(_, key, _)| *key);
    let queries = firsts
        .iter()
        .zip(printed)
        .map(|((row, _, _), printed)| (printed.clone(), row.query.clone()));
    let explainer = Explainer::new(library, queries, arguments.misses);
    if arguments.notes {
        explainer.notes().for_each(|row| output::say(&row));
    }
    arguments.explain.then_some(explainer)
}

/// Reports each faulty watch in the order of the file; returns how many there are.
fn say_errors(engine: &mut Engine, order: &[(&WatchRow, u64, bool)]) -> u64 {
    let faulty: std::collections::HashSet<u64> = engine.faulty().into_iter().collect();
    let mut bad = 0;
    for (row, key, is_first) in order {
        let errors = match (is_first, faulty.contains(key)) {
            (false, _) => vec![WatchError::duplicate()],
            (true, true) => engine.errors(*key),
            (true, false) => continue,
        };
        bad += 1;
        output::say(&serde_json::json!({"watch": row.id, "errors": errors}).to_string());
    }
    bad
}

fn say_stats(done: &Done, watches: usize, setup: Duration) {
    let row = serde_json::json!({
        "posts": done.rows,
        "watches": watches,
        "seconds": done.seconds,
        "posts_per_second": done.per_second(),
        "compile_seconds": setup.as_secs_f64(),
    });
    output::say(&row.to_string());
}
