//! The Auscult binary: command line, settings, wiring.

mod commands;
mod output;
mod settings;
mod wiring;

use std::process::ExitCode;

use clap::Parser;

/// Hear what people say about care, answer safely, plan from what they ask, measure what matters.
#[derive(Debug, Parser)]
#[command(name = "auscult", version, about, max_term_width = 100)]
struct Arguments {
    #[command(subcommand)]
    command: commands::Command,
}

fn main() -> ExitCode {
    match commands::run(Arguments::parse().command) {
        Ok(code) => code,
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            output::say(&format!("auscult: {error:#}"));
            ExitCode::from(1)
        }
    }
}

/// The reader of our output went away (`auscult match … | head`): not a failure.
fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let causes = error
        .chain()
        .filter_map(|cause| cause.downcast_ref::<std::io::Error>());
    causes
        .into_iter()
        .any(|cause| cause.kind() == std::io::ErrorKind::BrokenPipe)
}
