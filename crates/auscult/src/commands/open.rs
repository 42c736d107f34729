//! What commands on stored data share: the installation opened, the workspace found, a period read.

use anyhow::bail;
use auscult_app::app::App;
use auscult_app::workspace;
use auscult_model::member::Viewer;
use auscult_model::workspace::Workspace;
use jiff::{SignedDuration, Timestamp};

use crate::settings::{self, Place};
use crate::wiring;

/// Which workspace.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct Which {
    /// The workspace, by its short name, its number (1 is the oldest) or its name.
    #[arg(long, value_name = "W")]
    pub(super) workspace: String,
    #[command(flatten)]
    pub(super) place: Place,
}

/// Opens the application without its background work, its watches compiled.
pub(super) async fn app(place: &Place) -> anyhow::Result<App> {
    let app = wiring::open(&settings::read(place)?).await?;
    app.watches.refresh(&app).await?;
    Ok(app)
}

/// Opens the application and finds the workspace.
pub(super) async fn workspace(which: &Which) -> anyhow::Result<(App, Workspace, Viewer)> {
    let app = app(&which.place).await?;
    let found = workspace::find(&app, &which.workspace).await?;
    let viewer = Viewer::system(found.id);
    Ok((app, found, viewer))
}

/// The beginning of a period: `90d`, `12h`, `2026-11-01`, or an instant.
pub(super) fn since(text: &str, now: Timestamp) -> anyhow::Result<Timestamp> {
    let number = |end: char| {
        text.strip_suffix(end)
            .and_then(|number| number.parse::<u32>().ok())
            .map(i64::from)
    };
    if let Some(days) = number('d') {
        return Ok(now - SignedDuration::from_hours(24 * days.min(36_600)));
    }
    if let Some(hours) = number('h') {
        return Ok(now - SignedDuration::from_hours(hours.min(878_400)));
    }
    if let Ok(instant) = text.parse::<Timestamp>() {
        return Ok(instant);
    }
    match text.parse::<jiff::civil::Date>() {
        Ok(date) => Ok(jiff::tz::TimeZone::UTC.to_timestamp(date.at(0, 0, 0, 0))?),
        Err(_) => bail!(
            "{text:?} is no beginning of a period: write 90d, 12h, 2026-11-01 or 2026-11-01T09:00:00Z"
        ),
    }
}
