//! `auscult import`: files of posts into a workspace. Good rows are kept; refused rows go to `FILE.refused.jsonl`.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use auscult_app::app::App;
use auscult_app::error::AppError;
use auscult_app::listen::import::{self, Format, ImportFile, Imported, RefusedRow};
use auscult_model::member::Viewer;

use super::open::{self, Which};
use crate::output;

/// Refused rows that are shown; all of them are in the file.
const SHOWN: u64 = 5;

/// Import files of posts.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// What the files are.
    #[arg(value_enum)]
    kind: Kind,
    /// The files.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Which column is which, as TOML or JSON.
    #[arg(long, value_name = "FILE")]
    map: Option<PathBuf>,
    /// Only count what would happen.
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    which: Which,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Kind {
    /// Rows with a header: exports of listening tools, review lists, surveys.
    Csv,
    /// One post a line, as JSON.
    Posts,
}

/// Imports one file after the other.
pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    super::runtime()?.block_on(async {
        let mapping = arguments.map.as_deref().map(|file| std::fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))).transpose()?;
        let (app, _, viewer) = open::workspace(&arguments.which).await?;
        let mut code = ExitCode::SUCCESS;
        for path in &arguments.files {
            let file = ImportFile {
                name: path.display().to_string(),
                format: Some(match arguments.kind {
                    Kind::Csv => Format::Csv,
                    Kind::Posts => Format::JsonLines,
                }),
                mapping: mapping.clone(),
                dry_run: arguments.dry_run,
            };
            match one(&app, &viewer, path, file).await {
                Ok(counts) => tell(path, &counts, arguments.dry_run)?,
                Err(error) => {
                    output::say(&format!("auscult: {error:#}"));
                    code = ExitCode::from(1);
                }
            }
        }
        app.store.close().await;
        Ok(code)
    })
}

async fn one(app: &App, viewer: &Viewer, path: &Path, file: ImportFile) -> anyhow::Result<Imported> {
    let read = File::open(path).with_context(|| format!("{} cannot be opened", path.display()))?;
    let mut kept = Refused::of(path);
    let counts = import::run(app, viewer, file, read, |row| kept.take(&row)).await?;
    kept.finish()?;
    Ok(counts)
}

fn tell(path: &Path, counts: &Imported, dry_run: bool) -> anyhow::Result<()> {
    let row = serde_json::json!({ "file": path.display().to_string(), "new": counts.new, "known": counts.known, "changed": counts.changed, "refused": counts.refused, "dry_run": dry_run });
    output::line(&row.to_string())?;
    Ok(())
}

/// The rows that were refused: the first ones shown, all written beside the file.
struct Refused {
    path: PathBuf,
    from: String,
    file: Option<BufWriter<File>>,
    count: u64,
}

impl Refused {
    fn of(path: &Path) -> Self {
        let mut name = path.as_os_str().to_owned();
        name.push(".refused.jsonl");
        Self { path: PathBuf::from(name), from: path.display().to_string(), file: None, count: 0 }
    }

    fn take(&mut self, row: &RefusedRow) -> Result<(), AppError> {
        self.count += 1;
        if self.count <= SHOWN {
            let column = row.column.as_ref().map(|column| format!(", “{column}”")).unwrap_or_default();
            output::say(&format!("{}, line {}{column}: {}", self.from, row.line, row.reason));
        }
        self.write(row).map_err(|error| AppError::Unavailable(format!("{} cannot be written: {error}", self.path.display())))
    }

    fn write(&mut self, row: &RefusedRow) -> std::io::Result<()> {
        let file = match &mut self.file {
            Some(file) => file,
            None => self.file.insert(BufWriter::new(File::create(&self.path)?)),
        };
        serde_json::to_writer(&mut *file, row)?;
        file.write_all(b"\n")
    }

    fn finish(mut self) -> anyhow::Result<()> {
        if let Some(file) = &mut self.file {
            file.flush()?;
            output::say(&format!("{} rows were refused; they are in {}", self.count, self.path.display()));
        }
        Ok(())
    }
}
