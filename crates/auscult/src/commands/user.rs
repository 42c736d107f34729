//! `auscult user`: members from the command line of the machine. Passwords are read from standard input, never from arguments.

use std::io::{BufRead, IsTerminal};
use std::process::ExitCode;

use anyhow::bail;
use auscult_app::access::{self, FirstRun};
use auscult_app::workspace;
use auscult_model::member::{Role, Viewer};

use super::open::{self, Which};
use crate::output;
use crate::settings::Place;

/// Members of the house.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Doing,
}

#[derive(Debug, clap::Subcommand)]
enum Doing {
    /// Add somebody; the password comes on standard input.
    Add(Add),
    /// List members of all workspaces.
    List {
        #[command(flatten)]
        place: Place,
    },
    /// Give somebody a new password, from standard input; every sign-in of theirs ends.
    ResetPassword {
        /// Mail address.
        email: String,
        #[command(flatten)]
        place: Place,
    },
}

#[derive(Debug, clap::Args)]
struct Add {
    /// Mail address.
    email: String,
    /// Name as shown.
    #[arg(long)]
    name: String,
    /// owner, manager, responder, approver or viewer.
    #[arg(long, default_value = "responder")]
    role: String,
    #[command(flatten)]
    which: Which,
}

/// Does what was asked.
pub(crate) fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    super::runtime()?.block_on(async {
        match arguments.command {
            Doing::Add(add) => add_member(add).await?,
            Doing::List { place } => list(&place).await?,
            Doing::ResetPassword { email, place } => {
                let app = open::app(&place).await?;
                access::reset_password(&app, &email, password()?).await?;
                output::say(&format!(
                    "{email} has a new password; their sign-ins have ended"
                ));
            }
        }
        Ok(ExitCode::SUCCESS)
    })
}

async fn add_member(add: Add) -> anyhow::Result<()> {
    let (app, space, _) = open::workspace(&add.which).await?;
    let role: Role = add.role.parse()?;
    let new = FirstRun {
        name: add.name,
        email: add.email.clone(),
        password: password()?,
        organisation: String::new(),
    };
    access::add_member(&app, space.id, new, role, &[]).await?;
    output::say(&format!("{} is now {role} in {}", add.email, space.name));
    Ok(())
}

async fn list(place: &Place) -> anyhow::Result<()> {
    let app = open::app(place).await?;
    for space in workspace::all(&app).await? {
        for member in access::members(&app, &Viewer::system(space.id)).await? {
            let row = serde_json::json!({ "workspace": space.slug, "email": member.email, "name": member.name, "role": member.role, "duties": member.duties, "disabled": member.disabled });
            output::line(&row.to_string())?;
        }
    }
    Ok(())
}

fn password() -> anyhow::Result<String> {
    let input = std::io::stdin();
    if input.is_terminal() {
        output::say("password, then Enter (it shows while you type):");
    }
    let mut line = String::new();
    input.lock().read_line(&mut line)?;
    let password = line.trim_end_matches(['\r', '\n']);
    if password.is_empty() {
        bail!("no password came on standard input");
    }
    Ok(password.to_owned())
}
