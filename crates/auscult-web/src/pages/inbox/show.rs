//! From the inbox's nouns to its views.

use std::collections::HashMap;

use auscult_app::answer;
use auscult_app::inbox::{self, Opened};
use auscult_app::right::Right;
use auscult_model::approval::Approval;
use auscult_model::ids::MemberId;
use auscult_model::inbox::{
    Conversation, ConversationState, Label, Priority, Reach, ResolveReason,
};
use auscult_model::member::{Member, Team};

use crate::error::PageError;
use crate::pages::inbox::{Look, compose, empty, members, timeline, views};
use crate::pages::words::network;
use crate::pages::{Signed, Site};
use crate::said::Said;
use crate::ui::{Audience, Avatar, AvatarState, Badge, Due, Paging, Tone, network_icon};
use crate::view::inbox::{Act, ConversationRow, ConversationView, ListView};

/// Names that rows need: members, teams, labels.
pub(super) struct Names {
    pub(super) members: Vec<Member>,
    pub(super) teams: Vec<Team>,
    pub(super) labels: Vec<Label>,
    by_id: HashMap<MemberId, String>,
}

impl Names {
    pub(super) async fn read(site: &Site, signed: &Signed) -> Result<Self, PageError> {
        let members = members(site, signed).await?;
        let by_id = members
            .iter()
            .map(|member| (member.id, member.name.clone()))
            .collect();
        let teams = inbox::teams(&site.app, signed.viewer()).await?;
        let labels = inbox::labels(&site.app, signed.viewer()).await?;
        Ok(Self {
            members,
            teams,
            labels,
            by_id,
        })
    }

    pub(super) fn of(&self, id: Option<MemberId>) -> Option<&str> {
        id.and_then(|id| self.by_id.get(&id)).map(String::as_str)
    }
}

pub(super) async fn list(
    site: &Site,
    signed: &Signed,
    look: &Look,
    current: Option<i64>,
    names: &Names,
) -> Result<ListView, PageError> {
    let view = look.view();
    let found = inbox::list(&site.app, signed.viewer(), &view, look.after()).await?;
    let rows: Vec<ConversationRow> = found
        .conversations
        .iter()
        .map(|row| conversation_row(row, look, current, names))
        .collect();
    let sign = if look.view.is_empty() { '?' } else { '&' };
    let next = found.next.map(|place| {
        format!(
            "/inbox{}{sign}after={}.{}.{}.{}.{}",
            look.query(),
            place.band,
            place.at,
            place.dullness,
            place.waiting_since,
            place.id
        )
    });
    let before = (!look.after.is_empty()).then(|| format!("/inbox{}", look.query()));
    Ok(ListView {
        name: views::name(view, names),
        count: None,
        path: format!("/inbox/list{}", look.query()),
        empty: rows.is_empty().then(|| empty(look)),
        rows,
        paging: Paging {
            before,
            after: next,
        },
        query: String::new(),
    })
}

fn conversation_row(
    row: &Conversation,
    look: &Look,
    current: Option<i64>,
    names: &Names,
) -> ConversationRow {
    let badges = row
        .labels
        .iter()
        .take(2)
        .map(Badge::plain)
        .chain(urgent(row))
        .collect();
    ConversationRow {
        number: row.number,
        path: format!("/inbox/{}{}", row.number, look.query()),
        current: current == Some(row.number),
        unread: row.unread,
        person: shown_name(row),
        icon: network_icon(&row.source),
        channel: network(&row.source),
        audience: audience(row),
        due: due(row),
        waits: waits(row),
        last: row.last_line.clone(),
        lang: None,
        ours: row.state == ConversationState::Waiting,
        badges,
        assignee: names.of(row.assignee).map(|name| Avatar::of(name).small()),
        writing: None,
    }
}

fn urgent(row: &Conversation) -> Option<Badge> {
    match row.urgency {
        3.. => Some(Badge::with_icon(
            Tone::Danger,
            "alert",
            Said::key("urgency-3"),
        )),
        2 => Some(Badge::with_icon(
            Tone::Warn,
            "clock",
            Said::key("urgency-2"),
        )),
        _ => None,
    }
}

pub(crate) fn shown_name(row: &Conversation) -> String {
    let name = [&row.person_name, &row.handle]
        .into_iter()
        .find(|name| !name.is_empty());
    name.cloned().unwrap_or_else(|| row.source.clone())
}

pub(crate) fn audience(row: &Conversation) -> Audience {
    match row.reach {
        Reach::Public => Audience::Public,
        Reach::Private => Audience::Private,
    }
}

fn due(row: &Conversation) -> Option<Due> {
    let at = row.due_at?;
    Some(Due {
        from: row.waiting_since.unwrap_or(row.opened_at),
        at,
    })
}

fn waits(row: &Conversation) -> Said {
    Said::key(match row.state {
        ConversationState::New if row.needs_answer => "waits-us",
        ConversationState::New => "waits-nobody",
        ConversationState::Waiting => "waits-them",
        ConversationState::Snoozed => "waits-rest",
        ConversationState::Resolved => "waits-done",
    })
}

fn state_badge(row: &Conversation) -> Badge {
    let key = match row.state {
        ConversationState::New => "state-new",
        ConversationState::Waiting => "state-waiting",
        ConversationState::Snoozed => "state-snoozed",
        ConversationState::Resolved => "state-resolved",
    };
    Badge::new(
        if row.state == ConversationState::Resolved {
            Tone::Ok
        } else {
            Tone::Plain
        },
        Said::key(key),
    )
}

fn acts<T: Copy>(
    all: &[T],
    word: fn(T) -> &'static str,
    key: fn(T) -> &'static str,
    chosen: Option<T>,
) -> Vec<Act>
where
    T: PartialEq,
{
    all.iter()
        .map(|one| Act {
            value: word(*one).to_owned(),
            label: Said::key(key(*one)),
            chosen: chosen == Some(*one),
        })
        .collect()
}

const REASONS: [ResolveReason; 6] = [
    ResolveReason::Answered,
    ResolveReason::AnsweredElsewhere,
    ResolveReason::NoAnswerNeeded,
    ResolveReason::Spam,
    ResolveReason::Duplicate,
    ResolveReason::HandedOver,
];

fn reason_key(reason: ResolveReason) -> &'static str {
    match reason {
        ResolveReason::Answered => "reason-answered",
        ResolveReason::AnsweredElsewhere => "reason-answered-elsewhere",
        ResolveReason::NoAnswerNeeded => "reason-no-answer-needed",
        ResolveReason::NoAnswer => "reason-no-answer",
        ResolveReason::Spam => "reason-spam",
        ResolveReason::Duplicate => "reason-duplicate",
        ResolveReason::HandedOver => "reason-handed-over",
    }
}

fn priority_key(priority: Priority) -> &'static str {
    match priority {
        Priority::Low => "priority-low",
        Priority::Normal => "priority-normal",
        Priority::High => "priority-high",
    }
}

pub(super) async fn conversation(
    site: &Site,
    signed: &Signed,
    opened: &Opened,
    names: &Names,
) -> Result<ConversationView, PageError> {
    let row = &opened.conversation;
    let may = Right::Answer.of(signed.viewer());
    let named = |value: String, name: &str, chosen: bool| Act {
        value,
        label: Said::plain(name),
        chosen,
    };
    let members = names.members.iter().filter(|member| !member.disabled);
    let here = opened.here.iter().map(|presence| {
        let editing = presence.editing;
        let state = if editing {
            AvatarState::Writing
        } else {
            AvatarState::Viewing
        };
        let words = Said::key(if editing { "is-writing" } else { "is-viewing" })
            .with("name", &presence.name);
        (Avatar::of(&presence.name).small().doing(state), words)
    });
    let rests = [
        ("3h", "snooze-3h"),
        ("tomorrow", "snooze-tomorrow"),
        ("week", "snooze-week"),
    ];
    Ok(ConversationView {
        number: row.number,
        version: row.version,
        person: shown_name(row),
        avatar: Avatar::unknown(&shown_name(row)),
        known: None,
        icon: network_icon(&row.source),
        channel: network(&row.source),
        place: opened.post.as_ref().and_then(|post| post.post.city.clone()),
        state: state_badge(row),
        due: due(row),
        assignee: names.of(row.assignee).map(|name| Avatar::of(name).small()),
        mine: row.assignee.is_some() && row.assignee == signed.viewer().member,
        resolved: row.state == ConversationState::Resolved,
        members: members
            .map(|member| {
                named(
                    member.id.to_string(),
                    &member.name,
                    row.assignee == Some(member.id),
                )
            })
            .collect(),
        teams: names
            .teams
            .iter()
            .map(|team| named(team.id.to_string(), &team.name, row.team == Some(team.id)))
            .collect(),
        labels: names
            .labels
            .iter()
            .map(|label| {
                named(
                    label.id.to_string(),
                    &label.name,
                    row.labels.contains(&label.name),
                )
            })
            .collect(),
        priorities: acts(
            Priority::ALL,
            Priority::as_str,
            priority_key,
            Some(row.priority),
        ),
        snoozes: rests
            .iter()
            .map(|(value, key)| Act {
                value: (*value).to_owned(),
                label: Said::key(key),
                chosen: false,
            })
            .collect(),
        reasons: acts(
            &REASONS,
            ResolveReason::as_str,
            reason_key,
            row.resolve_reason,
        ),
        cases: Vec::new(),
        here: here.collect(),
        case: None,
        timeline: timeline::timeline(site, signed, opened, names).await?,
        composer: if may {
            Some(compose::composer(site, signed, opened, compose::Typed::default()).await?)
        } else {
            None
        },
        no_composer: (!may).then(|| Said::key("no-composer")),
    })
}

/// How an approval of this conversation stands, in words.
pub(super) async fn approval_words(
    site: &Site,
    signed: &Signed,
    opened: &Opened,
) -> Result<Option<Said>, PageError> {
    let waiting = answer::waiting(&site.app, signed.viewer()).await?;
    let asked = |approval: &Approval| {
        approval.target == auscult_model::approval::ApprovalTarget::Answer(opened.conversation.id)
    };
    Ok(waiting
        .iter()
        .any(|waiting| asked(&waiting.approval))
        .then(|| Said::key("approval-asked")))
}
