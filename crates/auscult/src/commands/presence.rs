//! `auscult presence`: what people say about a name, counted from what was heard.

use std::process::ExitCode;

use anyhow::bail;
use auscult_app::channels::{self, FeedSpec, NewSource};
use auscult_app::presence::{self, Look, Named};
use jiff::{SignedDuration, Timestamp};

use super::open::{self, Which};
use crate::output;
use crate::settings::{self, Place};
use crate::wiring;

/// What people say about a name.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The names.
    #[arg(required = true, value_name = "NAME")]
    names: Vec<String>,
    /// Names of places of care.
    #[arg(long, value_name = "N")]
    place: Vec<String>,
    /// Names of clinicians who agreed.
    #[arg(long, value_name = "N")]
    clinician: Vec<String>,
    /// How far back.
    #[arg(long, default_value = "90d", value_name = "SINCE")]
    since: String,
    /// Count what the archive of a workspace holds, instead of looking on the web.
    #[arg(long, requires = "workspace")]
    from_archive: bool,
    /// A feed to look at; may be said again. Without any source: the open search of Bluesky and a hashtag on Mastodon.
    #[arg(long, value_name = "URL")]
    feed: Vec<String>,
    /// A server of the AT Protocol to ask.
    #[arg(long, value_name = "URL")]
    bluesky: Vec<String>,
    /// A Mastodon server to ask.
    #[arg(long, value_name = "URL")]
    mastodon: Vec<String>,
    /// One JSON object instead of a page.
    #[arg(long)]
    json: bool,
    /// The workspace, by its short name, its number (1 is the oldest) or its name.
    #[arg(long, value_name = "W")]
    workspace: Option<String>,
    #[command(flatten)]
    place_of_data: Place,
}

impl Arguments {
    fn sources(&self) -> Vec<NewSource> {
        let mut sources = Vec::new();
        let mut add = |network: &str, base_url: &str, feeds: Vec<FeedSpec>| {
            sources.push(NewSource {
                network: network.to_owned(),
                base_url: base_url.to_owned(),
                feeds,
                ..NewSource::default()
            });
        };
        let all: Vec<&String> = [&self.names, &self.place, &self.clinician]
            .into_iter()
            .flatten()
            .collect();
        let asked = |network: &str| {
            all.iter()
                .map(|name| channels::about(network, name))
                .collect()
        };
        for url in &self.feed {
            let spec = FeedSpec::Address {
                url: url.clone(),
                kind: None,
            };
            add("feed", url, vec![spec]);
        }
        for url in &self.bluesky {
            add("bluesky", url, asked("bluesky"));
        }
        for url in &self.mastodon {
            add("mastodon", url, asked("mastodon"));
        }
        if self.feed.is_empty() && self.bluesky.is_empty() && self.mastodon.is_empty() {
            for network in ["bluesky", "mastodon"] {
                add(network, channels::usual_server(network), asked(network));
            }
        }
        sources
    }
}

/// Counts and shows.
pub(crate) fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    super::runtime()?.block_on(async {
        let (found, problems, days) = if arguments.from_archive {
            from_archive(&arguments).await?
        } else {
            from_web(&arguments).await?
        };
        for problem in &problems {
            output::say(&format!("could not be asked: {problem}"));
        }
        if arguments.json {
            output::line(&serde_json::to_string(&found)?)?;
        } else {
            let names = [arguments.names, arguments.place, arguments.clinician].concat();
            output::line(&page(&names, days, &found))?;
        }
        Ok(if problems.is_empty() {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        })
    })
}

type Found = (Named, Vec<String>, i64);

async fn from_archive(arguments: &Arguments) -> anyhow::Result<Found> {
    let which = Which {
        workspace: arguments.workspace.clone().unwrap_or_default(),
        place: arguments.place_of_data.clone(),
    };
    let (app, _, viewer) = open::workspace(&which).await?;
    let from = open::since(&arguments.since, app.now())?;
    let names = [&*arguments.names, &arguments.place, &arguments.clinician].concat();
    let found = presence::of_names(&app, &viewer, &names, from).await?;
    let days = days(app.now(), from);
    app.store.close().await;
    Ok((found, Vec::new(), days))
}

/// Nothing of what is found is kept: the store lives in a directory that goes with the command.
async fn from_web(arguments: &Arguments) -> anyhow::Result<Found> {
    let directory = tempfile::tempdir()?;
    let mut installation = settings::read(&Place {
        data: Some(directory.path().to_owned()),
    })?;
    installation.settings.store.url = None;
    let app = wiring::open(&installation).await?;
    let from = open::since(&arguments.since, app.now())?;
    let look = Look {
        names: arguments.names.clone(),
        places: arguments.place.clone(),
        clinicians: arguments.clinician.clone(),
        sources: arguments.sources(),
    };
    let asked = look.sources.len();
    let (found, problems) = presence::look(&app, look, from).await?;
    let days = days(app.now(), from);
    app.store.close().await;
    if problems.len() >= asked && found.posts == 0 {
        bail!("no source could be asked:\n  {}", problems.join("\n  "));
    }
    Ok((found, problems, days))
}

fn days(now: Timestamp, from: Timestamp) -> i64 {
    now.duration_since(from)
        .max(SignedDuration::ZERO)
        .as_hours()
        / 24
}

fn page(names: &[String], days: i64, found: &Named) -> String {
    let more = if found.complete {
        ""
    } else {
        " (the newest; there are more)"
    };
    let noun = if found.posts == 1 { "post" } else { "posts" };
    let mut text = format!(
        "{}: {} {noun} in {days} days{more}\n",
        names.join(", "),
        found.posts
    );
    for (title, table) in [
        ("where", &found.sources),
        ("tone", &found.sentiments),
        ("about", &found.topics),
        ("what for", &found.intents),
    ] {
        if table.is_empty() {
            continue;
        }
        text += &format!("\n{title}\n");
        for (name, count) in table.iter().take(8) {
            text += &format!("  {count:>7}  {name}\n");
        }
    }
    text.push_str("\nread first\n");
    for line in &found.read_first {
        text += &format!("  {line}\n");
    }
    text
}
