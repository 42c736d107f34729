//! JSON Lines in, JSON Lines out: streaming, on all cores, in the order of the input.
//!
//! Rows that cannot be read are reported on standard error with file and line and skipped; with `--strict` they end
//! the work with exit code 2. Memory does not grow with the input: no more than a few blocks are under way.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use anyhow::Context as _;

use crate::output;

/// Bytes read at a time.
const BLOCK: usize = 512 * 1024;

/// How rows are worked on.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Work {
    /// Threads to work on (all cores, if not said); the order of the output does not change
    #[arg(long, value_name = "N")]
    pub(crate) threads: Option<usize>,
    /// End with exit code 2 when a row cannot be read
    #[arg(long)]
    pub(crate) strict: bool,
    /// Print figures of the run as a last line on standard error
    #[arg(long)]
    pub(crate) stats: bool,
}

impl Work {
    /// How many threads work.
    pub(crate) fn threads(&self) -> usize {
        let cores = || std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        self.threads.unwrap_or_else(cores).max(1)
    }
}

/// What came of it.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Done {
    /// Rows that were read.
    pub(crate) rows: u64,
    /// Rows that could not be read.
    pub(crate) bad: u64,
    /// Reading, working and writing.
    pub(crate) seconds: f64,
}

impl Done {
    /// 2 when bad rows count, else 0.
    pub(crate) fn exit_code(&self, work: &Work) -> ExitCode {
        ExitCode::from(if work.strict && self.bad > 0 { 2 } else { 0 })
    }

    /// The figures as docs/specs/cli.md names them.
    pub(crate) fn say_stats(&self, work: &Work, setup: Duration) {
        if work.stats {
            let row = serde_json::json!({
                "items": self.rows,
                "seconds": self.seconds,
                "items_per_second": self.per_second(),
                "setup_seconds": setup.as_secs_f64(),
                "threads": work.threads(),
            });
            output::say(&row.to_string());
        }
    }

    /// Rows for each second.
    pub(crate) fn per_second(&self) -> f64 {
        if self.seconds > 0.0 {
            self.rows as f64 / self.seconds
        } else {
            0.0
        }
    }
}

/// Gives each row of `file` (`-` is standard input) to `answer`, which adds what is to be printed, line end included,
/// or says what is wrong with the row. Each thread has a state of its own, made by `state`.
pub(crate) fn answer_rows<S>(
    file: &Path,
    work: &Work,
    state: impl Fn() -> S + Sync,
    answer: impl Fn(&mut S, &str, &mut Vec<u8>) -> Result<(), String> + Sync,
) -> anyhow::Result<Done> {
    let start = Instant::now();
    let is_file = file.metadata().is_ok_and(|found| found.is_file());
    if work.strict && is_file {
        // Nothing is printed for a file that has a bad row.
        let checked = Job {
            file,
            work,
            start,
            silent: true,
        }
        .run(&state, &answer)?;
        if checked.bad > 0 {
            return Ok(checked);
        }
    }
    Job {
        file,
        work,
        start,
        silent: false,
    }
    .run(&state, &answer)
}

/// Reads a whole file of rows that are few: watches, lists. Bad rows are reported; the number of them is returned.
pub(crate) fn read_rows<T: serde::de::DeserializeOwned>(
    file: &Path,
) -> anyhow::Result<(Vec<T>, u64)> {
    let mut text = Vec::new();
    open(file)?
        .read_to_end(&mut text)
        .with_context(|| format!("cannot read {}", file.display()))?;
    let (mut rows, mut bad) = (Vec::new(), 0);
    each_row(without_mark(&text), 1, |line, row| {
        match row.and_then(|row| serde_json::from_str(row).map_err(|error| plain(&error))) {
            Ok(row) => rows.push(row),
            Err(message) => {
                bad += 1;
                output::say(&bad_row(file, line, &message));
            }
        }
    });
    Ok((rows, bad))
}

/// What is wrong with a row of JSON, without the line number, which would be that of the row alone.
pub(crate) fn plain(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let message = text.split(" at line ").next().unwrap_or(&text);
    format!(
        "{message} (column {}): one JSON object is expected",
        error.column()
    )
}

fn bad_row(file: &Path, line: u64, message: &str) -> String {
    serde_json::json!({"file": file.display().to_string(), "line": line, "message": message})
        .to_string()
}

fn open(file: &Path) -> anyhow::Result<Box<dyn Read + Send>> {
    if file == Path::new("-") {
        return Ok(Box::new(io::stdin()));
    }
    let opened = File::open(file).with_context(|| format!("cannot open {}", file.display()))?;
    Ok(Box::new(opened))
}

fn without_mark(text: &[u8]) -> &[u8] {
    text.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(text)
}

/// Calls `see` with the number and text of each row that is not blank; returns how many lines there were.
fn each_row(block: &[u8], first: u64, mut see: impl FnMut(u64, Result<&str, String>)) -> u64 {
    let mut line = first;
    let block = block.strip_suffix(b"\n").unwrap_or(block);
    for row in block.split(|byte| *byte == b'\n') {
        if row.iter().any(|byte| !byte.is_ascii_whitespace()) {
            see(
                line,
                std::str::from_utf8(row).map_err(|_invalid| "the row is not UTF-8 text".to_owned()),
            );
        }
        line += 1;
    }
    line - first
}

/// Whole rows on their way to a worker.
struct Block {
    number: u64,
    first_line: u64,
    bytes: Vec<u8>,
}

/// What a worker made of a block.
struct Answered {
    number: u64,
    out: Vec<u8>,
    bad: Vec<(u64, String)>,
    rows: u64,
    /// The block's room, for the reader to use again.
    bytes: Vec<u8>,
}

struct Job<'a> {
    file: &'a Path,
    work: &'a Work,
    start: Instant,
    /// Only look for bad rows.
    silent: bool,
}

impl Job<'_> {
    fn run<S>(
        &self,
        state: &(impl Fn() -> S + Sync),
        answer: &(impl Fn(&mut S, &str, &mut Vec<u8>) -> Result<(), String> + Sync),
    ) -> anyhow::Result<Done> {
        let input = open(self.file)?;
        let threads = self.work.threads();
        // What is under way is bounded by the rooms, so that nobody ever waits to hand something on.
        let (give, blocks) = channel::<Block>();
        let (outs_give, outs) = channel::<Vec<u8>>();
        let (blocks, outs) = (Mutex::new(blocks), Mutex::new(outs));
        let (tell, answers) = channel::<Answered>();
        let (free, rooms) = channel::<(Vec<u8>, Vec<u8>)>();
        for _ in 0..threads * 3 {
            free.send((Vec::new(), Vec::new()))
                .ok()
                .context("the reader has not begun")?;
        }
        std::thread::scope(|scope| {
            let (outs, blocks) = (&outs, &blocks);
            let reader = scope.spawn(move || read_blocks(input, &rooms, &give, &outs_give));
            for _ in 0..threads {
                let tell = tell.clone();
                scope.spawn(move || {
                    let mut own = state();
                    work_on(blocks, outs, &tell, |row, out| answer(&mut own, row, out));
                });
            }
            drop(tell);
            let done = self.write(&answers, &free);
            drop(answers);
            drop(free);
            let read = reader
                .join()
                .map_err(|_panic| anyhow::anyhow!("reading {} stopped", self.file.display()))?;
            read.with_context(|| format!("cannot read {}", self.file.display()))?;
            done
        })
    }

    /// Writes answers in the order of the input.
    fn write(
        &self,
        answers: &Receiver<Answered>,
        free: &Sender<(Vec<u8>, Vec<u8>)>,
    ) -> anyhow::Result<Done> {
        let mut waiting = BTreeMap::new();
        let mut next = 0;
        let mut done = Done::default();
        let mut meter = Meter::new(self.start);
        while let Ok(answered) = answers.recv() {
            waiting.insert(answered.number, answered);
            while let Some(mut answered) = waiting.remove(&next) {
                next += 1;
                done.rows += answered.rows;
                done.bad += answered.bad.len() as u64;
                for (line, message) in answered.bad.drain(..) {
                    meter.clear();
                    output::say(&bad_row(self.file, line, &message));
                }
                if self.work.strict && done.bad > 0 {
                    return Ok(Done {
                        seconds: self.start.elapsed().as_secs_f64(),
                        ..done
                    });
                }
                if !self.silent {
                    output::lines(&answered.out)?;
                }
                answered.out.clear();
                answered.bytes.clear();
                if free.send((answered.bytes, answered.out)).is_err() {
                    // The reader has reached the end and needs no more room.
                    continue;
                }
            }
            meter.show(done.rows);
        }
        meter.clear();
        Ok(Done {
            seconds: self.start.elapsed().as_secs_f64(),
            ..done
        })
    }
}

fn read_blocks(
    mut input: Box<dyn Read + Send>,
    rooms: &Receiver<(Vec<u8>, Vec<u8>)>,
    give: &Sender<Block>,
    outs: &Sender<Vec<u8>>,
) -> io::Result<()> {
    let (mut number, mut line) = (0, 1);
    let mut rest: Vec<u8> = Vec::new();
    let mut at_end = false;
    while !at_end {
        let Ok((mut bytes, out)) = rooms.recv() else {
            return Ok(());
        };
        if outs.send(out).is_err() {
            return Ok(());
        }
        bytes.append(&mut rest);
        let mut last = memchr::memrchr(b'\n', &bytes);
        while last.is_none() || bytes.len() < BLOCK {
            let before = bytes.len();
            let room = u64::try_from(BLOCK).unwrap_or(u64::MAX);
            if input.by_ref().take(room).read_to_end(&mut bytes)? == 0 {
                at_end = true;
                break;
            }
            let found = bytes
                .get(before..)
                .and_then(|new| memchr::memrchr(b'\n', new));
            last = found.map(|at| before + at).or(last);
        }
        if !at_end && let Some(last) = last {
            rest = bytes.split_off(last + 1);
        }
        if number == 0 && bytes.starts_with(b"\xEF\xBB\xBF") {
            bytes.drain(..3);
        }
        let lines = memchr::memchr_iter(b'\n', &bytes).count() as u64;
        if give
            .send(Block {
                number,
                first_line: line,
                bytes,
            })
            .is_err()
        {
            return Ok(());
        }
        number += 1;
        line += lines;
    }
    Ok(())
}

fn work_on(
    blocks: &Mutex<Receiver<Block>>,
    outs: &Mutex<Receiver<Vec<u8>>>,
    tell: &Sender<Answered>,
    mut answer: impl FnMut(&str, &mut Vec<u8>) -> Result<(), String>,
) {
    loop {
        let block = {
            let Ok(blocks) = blocks.lock() else { return };
            blocks.recv()
        };
        let Ok(Block {
            number,
            first_line,
            bytes,
        }) = block
        else {
            return;
        };
        let mut out = outs
            .lock()
            .ok()
            .and_then(|outs| outs.try_recv().ok())
            .unwrap_or_default();
        let mut bad = Vec::new();
        let mut rows = 0;
        each_row(&bytes, first_line, |line, row| {
            let before = out.len();
            match row.and_then(|row| answer(row, &mut out)) {
                Ok(()) => rows += 1,
                Err(message) => {
                    out.truncate(before);
                    bad.push((line, message));
                }
            }
        });
        if tell
            .send(Answered {
                number,
                out,
                bad,
                rows,
                bytes,
            })
            .is_err()
        {
            return;
        }
    }
}

/// Tells the person at the terminal how far the work is, once it takes longer than a second.
struct Meter {
    start: Instant,
    shown: Option<Instant>,
    watched: bool,
}

impl Meter {
    fn new(start: Instant) -> Self {
        Self {
            start,
            shown: None,
            watched: output::is_watched(),
        }
    }

    fn show(&mut self, rows: u64) {
        let elapsed = self.start.elapsed();
        let due = self
            .shown
            .is_none_or(|shown| shown.elapsed() > Duration::from_millis(200));
        if self.watched && due && elapsed > Duration::from_secs(1) {
            let rate = rows as f64 / elapsed.as_secs_f64();
            output::progress(&format!("{rows} rows, {rate:.0} a second"));
            self.shown = Some(Instant::now());
        }
    }

    fn clear(&mut self) {
        if self.shown.take().is_some() {
            output::progress("");
        }
    }
}
