//! The views of the inbox: one table of words, names and counts for the address, the list of views and the heading.

use auscult_model::ids::{LabelId, TeamId};
use auscult_model::inbox::{InboxCounts, InboxView};

use crate::pages::inbox::Look;
use crate::pages::inbox::show::Names;
use crate::said::Said;
use crate::view::inbox::{ViewGroup, ViewLink};

/// A view that every workspace has.
struct Fixed {
    view: InboxView,
    /// In the address; empty for the first one.
    word: &'static str,
    icon: &'static str,
    name: &'static str,
    /// How many it holds; none where nobody counts them.
    count: Option<fn(InboxCounts) -> i64>,
}

const fn fixed(
    view: InboxView,
    word: &'static str,
    icon: &'static str,
    name: &'static str,
    count: Option<fn(InboxCounts) -> i64>,
) -> Fixed {
    Fixed {
        view,
        word,
        icon,
        name,
        count,
    }
}

/// In the order they are shown.
#[rustfmt::skip]
const VIEWS: [Fixed; 11] = [
    fixed(InboxView::WaitingLongest, "", "clock", "view-waiting-longest", Some(|counts| counts.waiting_longest)),
    fixed(InboxView::Mine, "mine", "user", "view-mine", Some(|counts| counts.mine)),
    fixed(InboxView::Unassigned, "unassigned", "inbox", "view-unassigned", Some(|counts| counts.unassigned)),
    fixed(InboxView::Safety, "safety", "safety", "view-safety", Some(|counts| counts.safety)),
    fixed(InboxView::Approvals, "approvals", "checkc", "view-approvals", Some(|counts| counts.approvals)),
    fixed(InboxView::Public, "public", "globe", "view-public", Some(|counts| counts.public)),
    fixed(InboxView::Private, "private", "lock", "view-private", Some(|counts| counts.private)),
    fixed(InboxView::Snoozed, "snoozed", "moonz", "view-snoozed", Some(|counts| counts.snoozed)),
    fixed(InboxView::SentLater, "sent-later", "send", "view-sent-later", Some(|counts| counts.sent_later)),
    fixed(InboxView::Waiting, "waiting", "pause", "view-waiting", Some(|counts| counts.waiting)),
    fixed(InboxView::Resolved, "resolved", "check", "view-resolved", None),
];

/// The view a word of the address asks for; the first one for a word nobody knows.
pub(super) fn parse(word: &str) -> InboxView {
    let number = |prefix: &str| word.strip_prefix(prefix).and_then(|id| id.parse().ok());
    if word == "my-teams" {
        return InboxView::MyTeams;
    }
    let team = number("team-").map(|id| InboxView::Team(TeamId(id)));
    let label = || number("label-").map(|id| InboxView::Label(LabelId(id)));
    let known = || VIEWS.into_iter().find(|known| known.word == word);
    team.or_else(label)
        .or_else(|| known().map(|known| known.view))
        .unwrap_or(InboxView::WaitingLongest)
}

/// The views beside the list, with what each holds.
pub(super) fn links(look: &Look, counts: Option<InboxCounts>, names: &Names) -> Vec<ViewGroup> {
    let current = look.view();
    let first = VIEWS.into_iter().map(|known| ViewLink {
        path: address(known.word),
        icon: known.icon,
        name: Said::key(known.name),
        count: known
            .count
            .zip(counts)
            .map(|(count, counts)| u32::try_from(count(counts)).unwrap_or(u32::MAX)),
        hot: known.view == InboxView::Safety,
        current: known.view == current,
    });
    let own = |word: String, icon, name: &str| ViewLink {
        current: parse(&word) == current,
        path: address(&word),
        icon,
        name: Said::plain(name),
        count: None,
        hot: false,
    };
    let teams = names.teams.iter();
    let teams = teams.map(|team| own(format!("team-{}", team.id), "people", &team.name));
    let labels = names.labels.iter();
    let labels = labels.map(|label| own(format!("label-{}", label.id), "flag", &label.name));
    let groups = [
        (None, first.collect::<Vec<_>>()),
        (Some(Said::key("teams")), teams.collect()),
        (Some(Said::key("labels")), labels.collect()),
    ];
    groups
        .into_iter()
        .filter(|(_, links)| !links.is_empty())
        .map(|(name, links)| ViewGroup { name, links })
        .collect()
}

fn address(word: &str) -> String {
    if word.is_empty() {
        "/inbox".to_owned()
    } else {
        format!("/inbox?view={word}")
    }
}

/// The heading over the list.
pub(super) fn name(view: InboxView, names: &Names) -> Said {
    let plain = |name: Option<&String>| Said::plain(name.cloned().unwrap_or_default());
    match view {
        InboxView::MyTeams => Said::key("view-my-teams"),
        InboxView::Channel(_) => Said::key("view-channel"),
        InboxView::Team(id) => plain(
            names
                .teams
                .iter()
                .find(|team| team.id == id)
                .map(|team| &team.name),
        ),
        InboxView::Label(id) => plain(
            names
                .labels
                .iter()
                .find(|label| label.id == id)
                .map(|label| &label.name),
        ),
        known => VIEWS
            .into_iter()
            .find(|row| row.view == known)
            .map_or_else(|| plain(None), |row| Said::key(row.name)),
    }
}
