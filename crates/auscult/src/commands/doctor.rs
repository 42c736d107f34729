//! `auscult doctor`: looks at an installation from outside; each finding with its mend. Exit 1 when something fails.

use std::path::Path;
use std::process::ExitCode;

use auscult_app::app::App;
use auscult_app::channels;
use auscult_app::workspace;
use auscult_model::channel::Health;
use auscult_model::member::Viewer;
use auscult_store::audit::ChainCheck;
use auscult_store::{SCHEMA, admin, audit, decision, outbox};
use jiff::Timestamp;

use crate::output;
use crate::settings::{self, Installation, KEY_FILE, Place};
use crate::wiring::{self, STORE};

/// Less free space than this is a failure.
const LEAST_FREE: u64 = 1 << 30;
/// No clock that is right shows less: the day this was written.
const WRITTEN: i64 = 1_764_028_800;

/// Look at the installation and say what is wrong, each with its mend.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    place: Place,
}

/// What was found.
#[derive(Debug, Default)]
struct Findings {
    failed: bool,
    lines: usize,
}

impl Findings {
    fn good(&mut self, text: &str) -> anyhow::Result<()> {
        self.tell(&format!("ok    {text}"))
    }

    fn odd(&mut self, text: &str, mend: &str) -> anyhow::Result<()> {
        self.tell(&format!("look  {text}: {mend}"))
    }

    fn bad(&mut self, text: &str, mend: &str) -> anyhow::Result<()> {
        self.failed = true;
        self.tell(&format!("FAIL  {text}: {mend}"))
    }

    fn tell(&mut self, line: &str) -> anyhow::Result<()> {
        self.lines += 1;
        Ok(output::line(line)?)
    }
}

/// Looks.
pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    super::runtime()?.block_on(async {
        let mut findings = Findings::default();
        match settings::read(&arguments.place) {
            Ok(installation) => look(&installation, &mut findings).await?,
            Err(error) => findings.bad(&format!("settings: {error:#}"), "mend the file, or start from an empty one")?,
        }
        output::say(&format!("{} things were looked at", findings.lines));
        Ok(if findings.failed { ExitCode::from(1) } else { ExitCode::SUCCESS })
    })
}

async fn look(installation: &Installation, findings: &mut Findings) -> anyhow::Result<()> {
    findings.good(&format!("settings of {}", installation.data.display()))?;
    modes(&installation.data, findings)?;
    disk(&installation.data, findings)?;
    if installation.settings.store.url.is_none() && !installation.data.join(STORE).exists() {
        return findings.odd("store: there is none here yet", "start the program with auscult serve, or name another directory with --data");
    }
    match wiring::open(installation).await {
        Ok(app) => inside(&app, findings).await,
        Err(error) => findings.bad(&format!("store: {error:#}"), "look whether the server of the database runs, or restore a backup into a new directory"),
    }
}

/// The key and the directory belong to us alone.
fn modes(data: &Path, findings: &mut Findings) -> anyhow::Result<()> {
    #[cfg(unix)]
    for (path, wanted) in [(data.to_owned(), 0o700), (data.join(KEY_FILE), 0o600)] {
        use std::os::unix::fs::PermissionsExt;
        let Ok(found) = std::fs::metadata(&path) else { continue };
        let mode = found.permissions().mode() & 0o777;
        let others = mode & 0o077;
        if others == 0 {
            findings.good(&format!("mode of {}: {mode:o}", path.display()))?;
        } else {
            findings.bad(&format!("mode of {}: {mode:o}, others can read it", path.display()), &format!("chmod {wanted:o} {}", path.display()))?;
        }
    }
    Ok(())
}

fn disk(data: &Path, findings: &mut Findings) -> anyhow::Result<()> {
    #[cfg(unix)]
    {
        let found = rustix::fs::statvfs(data)?;
        let free = found.f_bavail.saturating_mul(found.f_frsize);
        let words = format!("disk: {} MB free", free >> 20);
        if free < LEAST_FREE {
            return findings.bad(&words, "make room: the store stops writing when the disk is full");
        }
        findings.good(&words)?;
    }
    Ok(())
}

async fn inside(app: &App, findings: &mut Findings) -> anyhow::Result<()> {
    let faults = admin::check(&app.store).await?;
    if faults.is_empty() {
        let stats = admin::stats(&app.store).await?;
        findings.good(&format!("store: schema {SCHEMA}, {} posts, {} conversations, {} MB", stats.posts, stats.conversations, stats.bytes >> 20))?;
    }
    for fault in faults {
        findings.bad(&format!("store: {fault}"), "restore the last good backup into a new directory")?;
    }
    clock(app.now(), findings)?;
    for space in workspace::all(app).await? {
        findings.good(&format!("workspace: {} ({})", space.slug, space.name))?;
        let mut conn = app.read().await?;
        for (name, check) in [("audit log", audit::verify(&mut conn, space.id).await?), ("decision record", decision::verify(&mut conn, space.id).await?)] {
            match check {
                ChainCheck::Whole(rows) => findings.good(&format!("{name} of {}: {rows} rows, unbroken", space.slug))?,
                ChainCheck::Broken(row) => findings.bad(&format!("{name} of {}: row {row} was changed or is missing", space.slug), "somebody wrote to the database by hand: compare with a backup")?,
            }
        }
        drop(conn);
        look_at_channels(app, &Viewer::system(space.id), findings).await?;
    }
    let waiting: Vec<String> = outbox::depth(&mut app.read().await?).await?.into_iter().map(|(state, rows)| format!("{rows} {state}")).collect();
    findings.good(&format!("outgoing: {}", if waiting.is_empty() { "nothing".to_owned() } else { waiting.join(", ") }))?;
    app.store.close().await;
    Ok(())
}

fn clock(now: Timestamp, findings: &mut Findings) -> anyhow::Result<()> {
    if now.as_second() < WRITTEN {
        return findings.bad(&format!("clock: {now}"), "set the clock of this machine; signatures and due times depend on it");
    }
    findings.good(&format!("clock: {now}"))
}

async fn look_at_channels(app: &App, viewer: &Viewer, findings: &mut Findings) -> anyhow::Result<()> {
    for state in channels::list(app, viewer).await? {
        let channel = state.channel;
        let words = format!("channel {} ({}): {}", channel.name, channel.network, channel.health);
        match channel.health {
            Health::Ok => findings.good(&words)?,
            Health::Expiring | Health::Paused | Health::Failing => findings.odd(&words, &format!("{}; tries go on", channel.health_note))?,
            Health::NeedsPerson => findings.bad(&words, &format!("{}; renew it in Settings, Channels", channel.health_note))?,
        }
    }
    Ok(())
}
