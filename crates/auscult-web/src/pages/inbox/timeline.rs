//! What was said and done in a conversation, with the state of each delivery.

use std::collections::HashMap;

use auscult_app::answer;
use auscult_app::inbox::Opened;
use auscult_model::delivery::{Delivery, DeliveryState};
use auscult_model::ids::DeliveryId;
use auscult_model::inbox::{Direction, Entry, EntryKind};

use crate::error::PageError;
use crate::pages::inbox::show::Names;
use crate::pages::{Signed, Site};
use crate::said::Said;
use crate::time;
use crate::ui::{Avatar, Badge, Tone};
use crate::view::inbox::{DeliveryView, EntryView, MessageView, Timeline};

/// Oldest first, with a line where a day begins.
pub(super) async fn timeline(
    site: &Site,
    signed: &Signed,
    opened: &Opened,
    names: &Names,
) -> Result<Timeline, PageError> {
    let number = opened.conversation.number;
    let deliveries: HashMap<DeliveryId, Delivery> =
        answer::deliveries(&site.app, signed.viewer(), &opened.conversation)
            .await?
            .into_iter()
            .map(|delivery| (delivery.id, delivery))
            .collect();
    let reader = &signed.visit.reader;
    let today = reader.zone.to_datetime(reader.now).date();
    let mut entries = Vec::new();
    let mut day = None;
    for entry in &opened.entries {
        let here = reader.zone.to_datetime(entry.at).date();
        if day != Some(here) {
            day = Some(here);
            let words = if here == today {
                Said::key("today")
            } else {
                Said::plain(time::date(&reader.locale, today, here))
            };
            entries.push(EntryView::Day(words));
        }
        entries.push(view(
            entry,
            number,
            names,
            entry.delivery.and_then(|id| deliveries.get(&id)),
            opened,
        ));
    }
    Ok(Timeline { number, entries })
}

fn view(
    entry: &Entry,
    number: i64,
    names: &Names,
    delivery: Option<&Delivery>,
    opened: &Opened,
) -> EntryView {
    if let Some(at) = entry.removed_at {
        return EntryView::Tombstone { at };
    }
    if entry.kind == EntryKind::Event {
        return EntryView::Event {
            text: event(entry, names),
            at: entry.at,
        };
    }
    let ours = entry.direction != Direction::In;
    let author = match (ours, names.of(entry.member)) {
        (true, Some(name)) => name.to_owned(),
        _ if entry.author_name.is_empty() => entry.author_handle.clone(),
        _ => entry.author_name.clone(),
    };
    let first = entry.post.is_some() && entry.post == opened.conversation.post;
    let stars = opened
        .post
        .as_ref()
        .filter(|_| first)
        .and_then(|post| post.post.stars);
    EntryView::Message(Box::new(MessageView {
        ours,
        audience: entry.audience.into(),
        avatar: if ours {
            Avatar::of(&author)
        } else {
            Avatar::unknown(&author)
        },
        author,
        at: entry.at,
        stars: stars.and_then(rounded),
        paragraphs: entry
            .text
            .split("\n\n")
            .map(str::trim)
            .filter(|text| !text.is_empty())
            .map(str::to_owned)
            .collect(),
        lang: None,
        link: entry
            .url
            .clone()
            .filter(|url| url.starts_with("https://") || url.starts_with("http://")),
        footer: None,
        delivery: delivery.map(|delivery| delivery_view(delivery, number)),
    }))
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "stars lie between 0 and 5"
)]
fn rounded(stars: f64) -> Option<u8> {
    (0.0..=5.0).contains(&stars).then(|| stars.round() as u8)
}

/// What happened, in words; the store writes a `what` and the words stand in the locale files.
fn event(entry: &Entry, names: &Names) -> Said {
    let data: serde_json::Value = serde_json::from_str(&entry.data).unwrap_or_default();
    let who = names
        .of(entry.member)
        .map_or_else(String::new, str::to_owned);
    let key = match data
        .get("what")
        .and_then(serde_json::Value::as_str)
        .unwrap_or_default()
    {
        "taken" => "event-taken",
        "assigned" => "event-assigned",
        "team" => "event-team",
        "snoozed" => "event-snoozed",
        "woken" => "event-woken",
        "resolved" => "event-resolved",
        "reopened" => "event-reopened",
        "priority" => "event-priority",
        "label" | "labelled" | "unlabelled" => "event-label",
        "approval_asked" => "event-approval-asked",
        "approval_approved" | "approved" => "event-approved",
        "approval_returned" | "returned" => "event-returned",
        "opened" => "event-opened",
        "taken_down" => match data.get("read_back").and_then(serde_json::Value::as_str) {
            Some("gone") => "event-taken-down",
            _ => "event-taken-down-unseen",
        },
        _ => "event-changed",
    };
    if who.is_empty() {
        Said::key(key).with("name", "Auscult")
    } else {
        Said::key(key).with("name", who)
    }
}

fn delivery_view(delivery: &Delivery, number: i64) -> DeliveryView {
    let (tone, icon, key) = match delivery.state {
        DeliveryState::Planned => (Tone::Plain, "clock", "delivery-planned"),
        DeliveryState::Held => (Tone::Warn, "pause", "delivery-held"),
        DeliveryState::Queued | DeliveryState::Sending => (Tone::Plain, "send", "delivery-sending"),
        DeliveryState::Sent => (Tone::Ok, "check", "delivery-sent"),
        DeliveryState::Verified => (Tone::Ok, "checkc", "delivery-verified"),
        DeliveryState::NotNow => (Tone::Warn, "clock", "delivery-not-now"),
        DeliveryState::Refused => (Tone::Danger, "stop", "delivery-refused"),
        DeliveryState::Unknown => (Tone::Unsure, "help", "delivery-unknown"),
        DeliveryState::Late => (Tone::Warn, "clock", "delivery-late"),
        DeliveryState::Withdrawn => (Tone::Plain, "undo", "delivery-withdrawn"),
    };
    let reason = [&delivery.held_by, &delivery.reason]
        .into_iter()
        .find(|text| !text.is_empty());
    let undo = (delivery.state == DeliveryState::Planned && delivery.tries == 0).then(|| {
        (
            format!("/inbox/{number}/undo/{}", delivery.id),
            delivery.eligible_at,
        )
    });
    let mut actions = Vec::new();
    if matches!(delivery.state, DeliveryState::Held | DeliveryState::Late) {
        actions.push((
            format!("/inbox/{number}/release/{}", delivery.id),
            Said::key("delivery-release"),
        ));
    }
    if delivery.state == DeliveryState::Unknown && delivery.next_check_at.is_none() {
        actions.push((
            format!("/inbox/{number}/settle/{}", delivery.id),
            Said::key("delivery-not-there"),
        ));
    }
    let stands = matches!(
        delivery.state,
        DeliveryState::Sent | DeliveryState::Verified
    );
    DeliveryView {
        take_down: stands.then(|| format!("/inbox/{number}/take-down/{}", delivery.id)),
        state: Badge::with_icon(tone, icon, Said::key(key)),
        what: reason.map(Said::plain),
        undo,
        actions,
    }
}
