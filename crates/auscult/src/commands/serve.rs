//! `auscult serve` and `auscult demo`: the application on an address.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, bail};
use auscult_app::app::App;
use auscult_app::demo;

use crate::output;
use crate::settings::{self, Installation, Place};
use crate::wiring;

/// Tasks get this long to end.
const PATIENCE: Duration = Duration::from_secs(10);

/// Serve the application.
#[derive(Debug, clap::Args)]
pub(crate) struct Serve {
    #[command(flatten)]
    place: Place,
    /// Address and port to serve on.
    #[arg(long, value_name = "ADDR")]
    listen: Option<String>,
}

/// Serve an invented health system, ready to click.
#[derive(Debug, clap::Args)]
pub(crate) struct Demo {
    /// The data directory; a new one in the temporary directory when left out.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Address and port to serve on.
    #[arg(long, value_name = "ADDR")]
    listen: Option<String>,
    /// Which story: the same number tells the same one.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// Serves until it is told to stop.
pub(crate) fn run(arguments: Serve) -> anyhow::Result<ExitCode> {
    let mut installation = settings::read(&arguments.place)?;
    if let Some(listen) = arguments.listen {
        installation.settings.web.listen = listen;
    }
    super::runtime()?.block_on(async {
        let app = wiring::open(&installation).await?;
        serve(app, &installation).await
    })
}

/// Fills an empty store with the example, then serves it.
pub(crate) fn run_demo(arguments: Demo) -> anyhow::Result<ExitCode> {
    let data = arguments
        .data
        .unwrap_or_else(|| std::env::temp_dir().join(format!("auscult-demo-{}", arguments.seed)));
    let mut installation = settings::read(&Place { data: Some(data) })?;
    if let Some(listen) = arguments.listen {
        installation.settings.web.listen = listen;
    }
    super::runtime()?.block_on(async {
        let app = wiring::open(&installation).await?;
        output::say("filling the example: an invented health system with ninety days behind it …");
        let door = demo::fill(&app, arguments.seed).await?;
        output::say(&format!(
            "sign in as {} with the password: {}",
            door.email, door.password
        ));
        serve(app, &installation).await
    })
}

async fn serve(app: App, installation: &Installation) -> anyhow::Result<ExitCode> {
    let wanted = &installation.settings.web.listen;
    let address: SocketAddr = wanted.parse().with_context(|| {
        format!("web.listen: {wanted:?} is no address with port, as 127.0.0.1:8080")
    })?;
    let public = installation.settings.web.public_url.clone();
    let https = public
        .as_deref()
        .is_some_and(|url| url.starts_with("https://"));
    if !address.ip().is_loopback() && !https {
        bail!(
            "{address} is reachable from outside, and passwords would travel in the open: put a reverse proxy with TLS in front and set web.public_url to its https:// address, or serve on 127.0.0.1"
        );
    }
    let listener = tokio::net::TcpListener::bind(address).await.with_context(|| format!("{address} cannot be used; is another program serving there? choose another one with --listen"))?;
    let shown = listener.local_addr()?;
    auscult_app::run::start(&app);
    output::say(&format!(
        "Auscult is ready at {}",
        public.unwrap_or_else(|| format!("http://{shown}"))
    ));
    let stopping = app.tasks.stopping();
    let signals = stopping.clone();
    app.tasks.spawn(async move {
        stop_signal().await;
        signals.cancel();
    });
    auscult_web::serve(app.clone(), listener, https, stopping).await?;
    app.tasks.shut_down(PATIENCE).await;
    app.store.close().await;
    Ok(ExitCode::SUCCESS)
}

/// Ctrl+C, or the end of the service.
async fn stop_signal() {
    let interrupt = tokio::signal::ctrl_c();
    let Ok(mut terminate) =
        tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())
    else {
        if let Err(error) = interrupt.await {
            tracing::warn!(%error, "signals cannot be heard; stop the program by its process");
        }
        return;
    };
    tokio::select! {
        _ = interrupt => {}
        _ = terminate.recv() => {}
    }
}
