//! Today: who waits for me, what is asked of me, how the channels are.

use auscult_app::{answer, channels, inbox};
use auscult_model::channel::Health;
use auscult_model::inbox::{Conversation, InboxView};
use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use jiff::SignedDuration;

use crate::error::PageError;
use crate::pages::inbox::{audience, shown_name};
use crate::pages::{Signed, Site};
use crate::render::page;
use crate::said::Said;
use crate::time::minutes_between;
use crate::ui::{Badge, Due, State as Shown, Tone, network_icon};
use crate::view::shell::Place;
use crate::view::today::{
    Alarm, AskedApproval, ChannelLine, GroupKind, Strip, TodayPage, WaitingGroup, WaitingRow,
};

/// The routes of this capability.
pub fn routes() -> Router<Site> {
    Router::new().route("/today", get(today))
}

async fn today(State(site): State<Site>, signed: Signed) -> Result<Response, PageError> {
    let viewer = signed.viewer();
    let now = signed.visit.reader.now;
    let waiting = inbox::list(&site.app, viewer, &InboxView::WaitingLongest, None)
        .await?
        .conversations;
    let counts = inbox::counts(&site.app, viewer).await.ok();
    let approvals = answer::waiting(&site.app, viewer).await?;
    let states = channels::list(&site.app, viewer).await?;
    let count = |number: Option<i64>| number.and_then(|number| u32::try_from(number).ok());
    let soon = waiting
        .iter()
        .filter(|row| {
            row.due_at
                .is_some_and(|due| due > now && due <= now + SignedDuration::from_hours(1))
        })
        .count();
    let mut shell = signed.shell(Place::Today);
    shell.live_since = Some(auscult_app::live::last(&site.app, viewer).await?);
    let oldest = waiting.iter().filter_map(|row| row.waiting_since).min();
    let view = TodayPage {
        shell,
        first_name: signed
            .actor
            .user
            .name
            .split_whitespace()
            .next()
            .unwrap_or_default()
            .to_owned(),
        now,
        longest: oldest.map(|since| {
            (
                minutes_between(since, now),
                waiting
                    .iter()
                    .filter_map(|row| row.due_at)
                    .map(|due| minutes_between(due, now))
                    .max()
                    .unwrap_or(0)
                    .max(0),
            )
        }),
        alarm: alarm(&waiting),
        strip: Strip {
            mine: count(counts.map(|counts| counts.mine)),
            team: count(counts.map(|counts| counts.waiting_longest)),
            soon: u32::try_from(soon).ok(),
            late: count(counts.map(|counts| counts.overdue)),
            safety: if viewer.sees_restricted() {
                count(counts.map(|counts| counts.safety))
            } else {
                None
            },
            approvals: u32::try_from(approvals.len()).ok(),
        },
        groups: groups(&waiting, now),
        more: u32::try_from(waiting.len().saturating_sub(SHOWN)).unwrap_or(0),
        oldest: None,
        approvals: approvals
            .iter()
            .filter(|one| Some(one.approval.asked_by) != viewer.member)
            .map(asked)
            .collect(),
        hours: None,
        overnight: Vec::new(),
        overnight_since: now,
        channels_in_all: states.len(),
        channels: states.iter().map(channel_line).collect(),
        said_did: None,
        here: Vec::new(),
    };
    page(&signed.visit.reader, &view)
}

/// Rows of the page.
const SHOWN: usize = 8;

fn groups(waiting: &[Conversation], now: jiff::Timestamp) -> Vec<WaitingGroup> {
    let kind = |row: &Conversation| match row.due_at {
        Some(due) if due <= now => GroupKind::Late,
        Some(due) if due <= now + SignedDuration::from_hours(1) => GroupKind::Soon,
        _ => GroupKind::Later,
    };
    let shown = waiting.get(..SHOWN.min(waiting.len())).unwrap_or_default();
    let group = |wanted: GroupKind| WaitingGroup {
        kind: wanted,
        rows: shown
            .iter()
            .filter(|row| kind(row) == wanted)
            .map(waiting_row)
            .collect(),
    };
    [GroupKind::Late, GroupKind::Soon, GroupKind::Later]
        .into_iter()
        .map(group)
        .filter(|group| !group.rows.is_empty())
        .collect()
}

fn waiting_row(row: &Conversation) -> WaitingRow {
    WaitingRow {
        path: format!("/inbox/{}", row.number),
        icon: network_icon(&row.source),
        channel: row.source.clone(),
        person: shown_name(row),
        audience: audience(row),
        badges: row.labels.iter().take(2).map(Badge::plain).collect(),
        line: row.last_line.clone(),
        due: row.due_at.map(|at| Due {
            from: row.waiting_since.unwrap_or(row.opened_at),
            at,
        }),
    }
}

fn alarm(waiting: &[Conversation]) -> Option<Alarm> {
    let row = waiting.iter().find(|row| row.urgency >= 3)?;
    let due = row.due_at.map(|at| Due {
        from: row.waiting_since.unwrap_or(row.opened_at),
        at,
    });
    Some(Alarm {
        title: Said::key("alarm-title").with("name", shown_name(row)),
        what: Said::key("alarm-what"),
        due,
    })
}

fn asked(one: &answer::Waiting) -> AskedApproval {
    AskedApproval {
        path: "/approvals".to_owned(),
        title: one.approval.text.chars().take(70).collect(),
        badges: Vec::new(),
        line: Said::key("approval-asked"),
    }
}

fn channel_line(state: &channels::ChannelState) -> ChannelLine {
    let channel = &state.channel;
    let (tone, key) = match channel.health {
        Health::Ok => (Tone::Ok, "health-ok"),
        Health::Expiring => (Tone::Warn, "health-expiring"),
        Health::NeedsPerson => (Tone::Danger, "health-needs-person"),
        Health::Paused => (Tone::Plain, "health-paused"),
        Health::Failing => (Tone::Warn, "health-failing"),
    };
    let what = if channel.health_note.is_empty() {
        Said::plain(channel.base_url.clone())
    } else {
        Said::plain(channel.health_note.clone())
    };
    ChannelLine {
        icon: network_icon(&channel.network),
        name: channel.name.clone(),
        what,
        state: Shown {
            tone,
            text: Said::key(key),
        },
    }
}
