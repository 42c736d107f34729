//! One file for each command of the command line; the contract is docs/specs/cli.md.

use std::process::ExitCode;

/// What the program can be asked to do.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {}

/// Does what was asked.
pub(crate) fn run(command: Command) -> anyhow::Result<ExitCode> {
    match command {}
}
