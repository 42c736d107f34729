//! Settings of the installation: `auscult.toml` in the data directory, then the environment, then the command line.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use auscult_app::settings::Settings;

/// The name of the settings file in the data directory.
pub(crate) const FILE: &str = "auscult.toml";
/// The name of the key file in the data directory; it is left out of backups.
pub(crate) const KEY_FILE: &str = "auscult.key";

/// What the command line says about where and how to run.
#[derive(Debug, Clone, Default, clap::Args)]
pub(crate) struct Place {
    /// The data directory.
    #[arg(long, env = "AUSCULT_DATA", value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
}

/// The settings of an installation and the directory they were found in.
#[derive(Debug, Clone)]
pub(crate) struct Installation {
    /// The data directory; exists and belongs to us alone.
    pub(crate) data: PathBuf,
    /// The settings, environment applied.
    pub(crate) settings: Settings,
}

/// Reads the settings of the installation at `place`, making the directory when it does not exist yet.
pub(crate) fn read(place: &Place) -> anyhow::Result<Installation> {
    let data = place
        .data
        .clone()
        .unwrap_or_else(|| PathBuf::from("auscult-data"));
    make_private_directory(&data)?;
    let file = data.join(FILE);
    let mut settings = match fs::read_to_string(&file) {
        Ok(text) => {
            toml::from_str(&text).with_context(|| format!("{} does not read", file.display()))?
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Settings::default(),
        Err(error) => {
            return Err(error).with_context(|| format!("{} cannot be opened", file.display()));
        }
    };
    apply_environment(&mut settings);
    Ok(Installation { data, settings })
}

#[expect(
    clippy::disallowed_methods,
    reason = "the binary is the one place that reads the environment"
)]
fn apply_environment(settings: &mut Settings) {
    if let Ok(url) = std::env::var("AUSCULT_DATABASE_URL") {
        settings.store.url = Some(url);
    }
    if let Ok(listen) = std::env::var("AUSCULT_LISTEN") {
        settings.web.listen = listen;
    }
    if let Ok(allow) = std::env::var("AUSCULT_EGRESS_ALLOW") {
        settings.egress.allow.extend(
            allow
                .split(',')
                .map(str::trim)
                .filter(|name| !name.is_empty())
                .map(str::to_owned),
        );
    }
}

/// The installation's key: read from the key file, or made and written with mode 0600 on first use.
pub(crate) fn key(
    data: &Path,
    entropy: &dyn auscult_app::clock::Entropy,
) -> anyhow::Result<[u8; 32]> {
    let file = data.join(KEY_FILE);
    match fs::read(&file) {
        Ok(bytes) => {
            let Ok(key) = <[u8; 32]>::try_from(bytes.as_slice()) else {
                bail!(
                    "{} is damaged: it must hold 32 bytes; restore it from where you keep it safe",
                    file.display()
                );
            };
            Ok(key)
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let mut key = [0_u8; 32];
            entropy.fill(&mut key);
            let mut options = fs::OpenOptions::new();
            options.write(true).create_new(true);
            #[cfg(unix)]
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
            let mut handle = options
                .open(&file)
                .with_context(|| format!("{} cannot be made", file.display()))?;
            handle.write_all(&key)?;
            handle.sync_all()?;
            Ok(key)
        }
        Err(error) => Err(error).with_context(|| format!("{} cannot be read", file.display())),
    }
}

fn make_private_directory(data: &Path) -> anyhow::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(data).with_context(|| {
        format!(
            "the data directory {} cannot be made; name another one with --data",
            data.display()
        )
    })
}
