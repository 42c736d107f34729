//! `auscult channel`: accounts and sources from the command line. Secrets are read from standard input.

use std::io::BufRead;
use std::process::ExitCode;

use auscult_app::channels::{self, FeedSpec, NewSource};

use super::open::{self, Which};
use crate::output;

/// Accounts and sources.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Doing,
}

#[derive(Debug, clap::Subcommand)]
enum Doing {
    /// List channels and how they are.
    List {
        #[command(flatten)]
        which: Which,
    },
    /// Test and connect something; its password or token comes on standard input.
    Add(Add),
}

#[derive(Debug, clap::Args)]
struct Add {
    /// bluesky, mastodon, feed or webhook.
    network: String,
    /// Where the service is, or the address of the feed.
    #[arg(long, default_value = "")]
    address: String,
    /// The handle or login name.
    #[arg(long, default_value = "")]
    handle: String,
    /// A name to show.
    #[arg(long, default_value = "")]
    name: String,
    /// Searches to run there.
    #[arg(long, value_name = "WORDS")]
    search: Vec<String>,
    /// Hashtags to follow there.
    #[arg(long, value_name = "TAG")]
    hashtag: Vec<String>,
    #[command(flatten)]
    which: Which,
}

/// Does what was asked.
pub(crate) fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    super::runtime()?.block_on(async {
        match arguments.command {
            Doing::List { which } => list(&which).await?,
            Doing::Add(add) => connect(add).await?,
        }
        Ok(ExitCode::SUCCESS)
    })
}

async fn list(which: &Which) -> anyhow::Result<()> {
    let (app, _, viewer) = open::workspace(which).await?;
    for state in channels::list(&app, &viewer).await? {
        let channel = state.channel;
        let row = serde_json::json!({ "id": channel.id, "network": channel.network, "name": channel.name, "handle": channel.handle, "health": channel.health,
            "note": channel.health_note, "off": channel.disabled_at.is_some(), "last_in": channel.last_in, "last_out": channel.last_out, "feeds": state.feeds.len() });
        output::line(&row.to_string())?;
    }
    Ok(())
}

async fn connect(add: Add) -> anyhow::Result<()> {
    let (app, _, viewer) = open::workspace(&add.which).await?;
    if add.network == "webhook" {
        let name = if add.name.is_empty() {
            "Webhook"
        } else {
            &add.name
        };
        let (path, secret) = channels::add_webhook(&app, &viewer, name).await?;
        output::say("address and secret are shown this once:");
        output::line(&serde_json::json!({ "path": path, "secret": secret }).to_string())?;
        return Ok(());
    }
    let is_feed = add.network == "feed";
    let mut secret = String::new();
    if !is_feed {
        std::io::stdin().lock().read_line(&mut secret)?;
    }
    let mut feeds = if is_feed {
        vec![FeedSpec::Address {
            url: add.address.clone(),
            kind: None,
        }]
    } else {
        vec![FeedSpec::Mentions, FeedSpec::Own]
    };
    feeds.extend(
        add.search
            .into_iter()
            .map(|query| FeedSpec::Search { query }),
    );
    feeds.extend(add.hashtag.into_iter().map(|tag| FeedSpec::Hashtag {
        tag: tag.trim_start_matches('#').to_owned(),
    }));
    let source = NewSource {
        network: add.network,
        name: add.name,
        base_url: add.address,
        handle: add.handle,
        secret: secret.trim().to_owned(),
        feeds,
    };
    let id = channels::connect(&app, &viewer, &source).await?;
    output::line(&serde_json::json!({ "id": id }).to_string())?;
    Ok(())
}
