//! One file for each command of the command line; the contract is docs/specs/cli.md.

mod dedupe;
mod lines;
mod matching;

use std::process::ExitCode;

/// What the program can be asked to do.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Match posts against watches
    Match(matching::Arguments),
    /// Find posts that say nearly the same
    Dedupe(dedupe::Arguments),
}

/// Does what was asked.
pub(crate) fn run(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Match(arguments) => matching::run(&arguments, clock),
        Command::Dedupe(arguments) => dedupe::run(&arguments),
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
