//! `auscult backup` and `auscult restore`: a consistent, verified copy while running; back into an empty directory, where
//! nothing goes out by itself.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, bail};
use auscult_app::clock::SystemEntropy;
use auscult_app::keys::Keys;
use auscult_store::{Engine, Store, StoreOptions, admin};

use crate::output;
use crate::settings::{self, FILE, Installation, KEY_FILE, Place};
use crate::wiring::{self, STORE};

/// How a SQLite file begins.
const SQLITE: &[u8; 16] = b"SQLite format 3\0";

/// Write a verified copy of the store to a new file.
#[derive(Debug, clap::Args)]
pub(crate) struct Backup {
    /// The file; must not be there yet.
    file: PathBuf,
    #[command(flatten)]
    place: Place,
}

/// Bring a backup back into an empty data directory.
#[derive(Debug, clap::Args)]
pub(crate) struct Restore {
    /// The backup.
    file: PathBuf,
    /// The key file that belongs to it, kept elsewhere; stored secrets open with no other.
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
    #[command(flatten)]
    place: Place,
}

/// Backs up.
pub(crate) fn run(arguments: &Backup) -> anyhow::Result<ExitCode> {
    super::runtime()?.block_on(async {
        let installation = settings::read(&arguments.place)?;
        let store = open(&installation).await?;
        admin::backup(&store, &arguments.file).await?;
        make_private(&arguments.file)?;
        let engine = store.engine();
        store.close().await;
        let said = match engine {
            Engine::Sqlite => verify(&arguments.file).await?,
            Engine::Postgres => "JSON Lines of every table, from one instant".to_owned(),
        };
        output::say(&format!("{}: {said}", arguments.file.display()));
        output::say(&format!("keep {} in another safe place: without it the stored secrets do not open", installation.data.join(KEY_FILE).display()));
        Ok(ExitCode::SUCCESS)
    })
}

/// Restores.
pub(crate) fn run_restore(arguments: &Restore) -> anyhow::Result<ExitCode> {
    super::runtime()?.block_on(async {
        let file = &arguments.file;
        begins_as_sqlite(file)?;
        let installation = settings::read(&arguments.place)?;
        if installation.settings.store.url.is_some() {
            bail!("this backup is a SQLite file: restore it without store.url and AUSCULT_DATABASE_URL");
        }
        is_empty(&installation.data)?;
        if let Some(key) = &arguments.key {
            let to = installation.data.join(KEY_FILE);
            fs::copy(key, &to).with_context(|| format!("{} cannot be copied", key.display()))?;
            make_private(&to)?;
        }
        let to = installation.data.join(STORE);
        fs::copy(file, &to).with_context(|| format!("{} cannot be copied to {}", file.display(), to.display()))?;
        make_private(&to)?;
        let held = match settle(&installation).await {
            Ok(held) => held,
            Err(error) => {
                fs::remove_file(&to)?;
                return Err(error);
            }
        };
        output::say(&format!("restored into {}; {held} outgoing texts are held until somebody looks at them", installation.data.display()));
        if arguments.key.is_none() {
            output::say("no key file was given (--key): connected accounts need their passwords again unless it is put back");
        }
        Ok(ExitCode::SUCCESS)
    })
}

async fn settle(installation: &Installation) -> anyhow::Result<u64> {
    let store = open(installation).await?;
    let faults = admin::check(&store).await?;
    if !faults.is_empty() {
        bail!("the backup is damaged: {}", faults.join("; "));
    }
    let held = admin::hold_after_restore(&store).await?;
    store.close().await;
    Ok(held)
}

async fn open(installation: &Installation) -> anyhow::Result<Store> {
    let keys = Keys::new(&settings::key(&installation.data, &SystemEntropy)?);
    wiring::store(installation, &keys, &SystemEntropy).await
}

/// Opens the copy and looks at all of it.
async fn verify(file: &Path) -> anyhow::Result<String> {
    let copy = Store::open_sqlite(file, &StoreOptions::default()).await.context("the copy does not open")?;
    let faults = admin::check(&copy).await?;
    let stats = admin::stats(&copy).await?;
    copy.close().await;
    if faults.is_empty() {
        Ok(format!("verified, {} posts, {} conversations, {} bytes", stats.posts, stats.conversations, stats.bytes))
    } else {
        bail!("the copy is not whole, and so the store is not: {}", faults.join("; "))
    }
}

fn begins_as_sqlite(file: &Path) -> anyhow::Result<()> {
    let mut start = [0_u8; 16];
    let mut handle = fs::File::open(file).with_context(|| format!("{} cannot be opened", file.display()))?;
    let read = handle.read_exact(&mut start);
    if read.is_err() || &start != SQLITE {
        bail!("{} is no backup of the embedded store; a backup of PostgreSQL goes back with the tools of PostgreSQL", file.display());
    }
    Ok(())
}

/// Only settings and key may be there already.
fn is_empty(data: &Path) -> anyhow::Result<()> {
    for entry in fs::read_dir(data)? {
        let name = entry?.file_name();
        if name != FILE && name != KEY_FILE {
            bail!("{} is not empty ({} is there): restore into a new directory, then start the program with it", data.display(), name.display());
        }
    }
    Ok(())
}

fn make_private(file: &Path) -> anyhow::Result<()> {
    #[cfg(unix)]
    fs::set_permissions(file, std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
    Ok(())
}
