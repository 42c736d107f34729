//! One file for each command of the command line; the contract is docs/specs/cli.md.

mod backup;
mod channel;
mod classify;
mod dedupe;
mod doctor;
mod export;
mod guard;
mod identifiers;
mod import;
mod lines;
mod match_explain;
mod matching;
mod measure;
mod migrate;
mod open;
mod presence;
mod serve;
mod user;
mod watch;

use std::process::ExitCode;

/// What the program can be asked to do.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Match posts against watches
    Match(matching::Arguments),
    /// Bring watches from other suites
    Watch(watch::Arguments),
    /// Say what posts mean
    Classify(classify::Arguments),
    /// Find posts that say nearly the same
    Dedupe(dedupe::Arguments),
    /// Import files of posts.
    Import(import::Arguments),
    /// Export rows of a workspace.
    Export(export::Arguments),
    /// The figures of a period.
    Measure(measure::Arguments),
    /// What people say about a name.
    Presence(presence::Arguments),
    /// Members of the house.
    User(user::Arguments),
    /// Accounts and sources.
    Channel(channel::Arguments),
    /// Write a verified copy of the store to a new file.
    Backup(backup::Backup),
    /// Bring a backup back into an empty data directory.
    Restore(backup::Restore),
    /// Look at the installation and say what is wrong, each with its mend.
    Doctor(doctor::Arguments),
    /// Bring the schema of the store up to date.
    Migrate(migrate::Arguments),
    /// Judge drafts: may they go out?
    Guard(guard::Arguments),
    /// Find what identifies a person
    Identifiers(identifiers::Arguments),
    /// Serve the application.
    Serve(serve::Serve),
    /// Serve an invented health system, ready to click.
    Demo(serve::Demo),
}

/// Does what was asked.
pub(crate) fn run(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Match(arguments) => matching::run(&arguments, clock),
        Command::Watch(arguments) => watch::run(&arguments),
        Command::Classify(arguments) => classify::run(&arguments, clock),
        Command::Dedupe(arguments) => dedupe::run(&arguments),
        Command::Import(arguments) => import::run(&arguments),
        Command::Export(arguments) => export::run(&arguments),
        Command::Measure(arguments) => measure::run(&arguments),
        Command::Presence(arguments) => presence::run(arguments),
        Command::User(arguments) => user::run(arguments),
        Command::Channel(arguments) => channel::run(arguments),
        Command::Backup(arguments) => backup::run(&arguments),
        Command::Restore(arguments) => backup::run_restore(&arguments),
        Command::Doctor(arguments) => doctor::run(&arguments),
        Command::Migrate(arguments) => migrate::run(&arguments),
        Command::Guard(arguments) => guard::run(&arguments),
        Command::Identifiers(arguments) => identifiers::run(&arguments),
        Command::Serve(arguments) => serve::run(arguments),
        Command::Demo(arguments) => serve::run_demo(arguments),
    }
}

/// The one place of the command line where the clock is read.
#[expect(
    clippy::disallowed_methods,
    reason = "the binary reads the clock and hands it on"
)]
fn clock() -> jiff::Timestamp {
    jiff::Timestamp::now()
}

/// The runtime of the commands that wait for something.
fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    use tracing_subscriber::EnvFilter;
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
    Ok(tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?)
}
