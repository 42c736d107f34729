//! Today, approvals and the safety desk of the gallery.

use auscult_web::charts::{Bar, Bars, Body, Chart, DataTable};
use auscult_web::render::page;
use auscult_web::router::Visit;
use auscult_web::ui::{Audience, Avatar, AvatarState, Badge, Due, State, Tone};
use auscult_web::view::approvals::{ApprovalView, ApprovalsPage, OwnApproval};
use auscult_web::view::inbox::Verdict;
use auscult_web::view::safety::{ClosedFlag, SafetyFlag, SafetyPage, SafetyStep, SafetyWords};
use auscult_web::view::shell::Place;
use auscult_web::view::today::{
    Alarm, AskedApproval, ChannelLine, GroupKind, Happening, HereNow, HoursTile, SaidDid, Strip,
    TodayPage, WaitingGroup, WaitingRow,
};
use axum::Router;
use axum::routing::get;

use crate::inbox::guard;
use crate::{Answer, at, reading, said, shell};

pub(crate) fn routes() -> Router {
    Router::new()
        .route("/today", get(today))
        .route("/quiet", get(quiet))
        .route("/approvals", get(approvals))
        .route("/safety", get(async |visit: Visit| safety(visit, true)))
        .route(
            "/safety/none",
            get(async |visit: Visit| safety(visit, false)),
        )
}

pub(crate) fn due(from: &str, to: &str) -> Due {
    Due {
        from: at(from),
        at: at(to),
    }
}

fn waiting(person: &str, audience: Audience, line: &str, to: &str) -> WaitingRow {
    WaitingRow {
        path: "/inbox/1".to_owned(),
        icon: "map",
        channel: "Map reviews".to_owned(),
        person: person.to_owned(),
        audience,
        badges: vec![Badge::plain("Fairview")],
        line: line.to_owned(),
        due: Some(due("2026-11-23T07:00:00Z", to)),
    }
}

fn hours_tile() -> HoursTile {
    let counts = [
        2, 1, 1, 0, 0, 1, 3, 6, 9, 11, 8, 9, 12, 9, 8, 9, 11, 13, 16, 19, 21, 17, 11, 5,
    ];
    let bar = |(hour, count): (usize, &i32)| Bar {
        value: Some(f64::from(*count)),
        label: if hour % 6 == 0 {
            format!("{hour:02}")
        } else {
            String::new()
        },
        strong: (8..18).contains(&hour),
    };
    let rows = counts
        .iter()
        .enumerate()
        .map(|(hour, count)| vec![format!("{hour:02}:00"), count.to_string()]);
    HoursTile {
        chart: Chart {
            id: "hours",
            title: said(
                "Messages per hour of a typical Monday. The busiest hour, 20:00, has nobody in.",
            ),
            body: Body::Bars(Bars {
                bars: counts.iter().enumerate().map(bar).collect(),
                usual: None,
                note: Some((20, said("busiest hour, nobody in"))),
            }),
            table: DataTable {
                heads: vec![said("Hour"), said("Messages")],
                rows: rows.collect(),
                csv: None,
            },
        },
        finding: said("49 % of messages (99 of 202, 42 to 56) arrive in staffed hours."),
    }
}

fn today_page(visit: &Visit) -> TodayPage {
    let channel = |icon, name: &str, what: &str, tone, text: &str| ChannelLine {
        icon,
        name: name.to_owned(),
        what: said(what),
        state: State {
            tone,
            text: said(text),
        },
    };
    let late = waiting(
        "quietharbour62",
        Audience::Public,
        "Still no word about the follow-up.",
        "2026-11-23T09:02:00Z",
    );
    let soon = waiting(
        "Bríd N.",
        Audience::Public,
        "Is the group on this Thursday?",
        "2026-11-23T09:32:00Z",
    );
    let later = waiting(
        "Tomasz K.",
        Audience::Private,
        "Could you send the leaflet in Polish?",
        "2026-11-23T11:19:00Z",
    );
    TodayPage {
        shell: shell(visit, Place::Today),
        first_name: "Maeve".to_owned(),
        now: visit.reader.now,
        longest: Some((72, 12)),
        alarm: Some(Alarm {
            title: said("Someone may be in danger. Ciarán Walsh has taken it."),
            what: said(
                "A post on the town forum at 08:58. Step 3 of 6: the on-call nurse has been told.",
            ),
            due: Some(due("2026-11-23T08:58:00Z", "2026-11-23T09:18:00Z")),
        }),
        strip: Strip {
            mine: Some(7),
            team: Some(23),
            soon: Some(2),
            late: Some(1),
            safety: Some(2),
            approvals: None,
        },
        groups: vec![
            WaitingGroup {
                kind: GroupKind::Late,
                rows: vec![late],
            },
            WaitingGroup {
                kind: GroupKind::Soon,
                rows: vec![soon],
            },
            WaitingGroup {
                kind: GroupKind::Later,
                rows: vec![later],
            },
        ],
        more: 1,
        oldest: None,
        approvals: vec![AskedApproval {
            path: "/approvals".to_owned(),
            title: "Reply to a 1-star review".to_owned(),
            badges: vec![Audience::Public.badge()],
            line: said("Second pair of eyes: the draft names our complaints office · from Orla"),
        }],
        hours: Some(hours_tile()),
        overnight: vec![Happening {
            icon: "listen",
            text: said("31 new mentions, about as many as usual (18 to 39)."),
            link: Some(("/listen".to_owned(), said("Phones at Fairview"))),
        }],
        overnight_since: at("2026-11-22T18:02:00Z"),
        channels: vec![
            channel(
                "video",
                "Video channel",
                "Sign-in ends in 2 days.",
                Tone::Warn,
                "Renew",
            ),
            channel("fedi", "Mastodon", "Last heard 09:13", Tone::Ok, "Fine"),
        ],
        channels_in_all: 9,
        said_did: Some(SaidDid {
            quote: "I couldn’t find the lift with the buggy and cried in the stairwell.".to_owned(),
            changed: "Signs to the lift went up on Friday. Nine people have been told.".to_owned(),
            path: "/search".to_owned(),
        }),
        here: vec![HereNow {
            avatar: Avatar::of("Ciarán Walsh").doing(AvatarState::Writing),
            doing: said("Safety desk, writing"),
            open: 1,
        }],
    }
}

async fn today(visit: Visit) -> Answer {
    let visit = reading(visit);
    page(&visit.reader, &today_page(&visit))
}

async fn quiet(visit: Visit) -> Answer {
    let visit = reading(visit);
    let mut view = today_page(&visit);
    view.strip = Strip {
        mine: Some(0),
        team: Some(0),
        ..Strip::default()
    };
    view.alarm = None;
    view.groups.clear();
    view.approvals.clear();
    view.overnight.clear();
    view.channels.clear();
    view.channels_in_all = 0;
    view.longest = None;
    view.more = 0;
    view.oldest = Some(("Geraldine O.".to_owned(), 3));
    page(&visit.reader, &view)
}

async fn approvals(visit: Visit) -> Answer {
    let visit = reading(visit);
    let view = ApprovalsPage {
        shell: shell(&visit, Place::Approvals),
        asked: vec![ApprovalView {
            id: 4,
            title: "Reply to a 1-star review".to_owned(),
            audience: Audience::Public,
            place: "Map reviews".to_owned(),
            by: Avatar::of("Orla Quinn"),
            at: at("2026-11-23T08:53:00Z"),
            due: Some(due("2026-11-23T08:53:00Z", "2026-11-23T12:00:00Z")),
            why: said("The guard asks for a second pair of eyes"),
            context: vec![(
                "quietharbour62".to_owned(),
                "Nobody said why we waited.".to_owned(),
            )],
            text: "Thank you for telling us. Our complaints office reads every one.".to_owned(),
            hash: "abc".to_owned(),
            guard: guard(0, Verdict::Warn),
            path: "/inbox/1".to_owned(),
            changed_from: Some("Thank you for telling us.".to_owned()),
            cannot: None,
        }],
        own: vec![OwnApproval {
            path: "/inbox/2".to_owned(),
            title: "Answer about the group".to_owned(),
            state: Badge::with_icon(Tone::Ok, "check", said("Approved")),
            note: None,
            at: at("2026-11-22T16:00:00Z"),
        }],
    };
    page(&visit.reader, &view)
}

fn flag() -> SafetyFlag {
    let step = |id: &str, name: &str, done, now| SafetyStep {
        id: id.to_owned(),
        name: said(name),
        done,
        now,
        note: done.then(|| said("Ciarán, 09:00")),
    };
    SafetyFlag {
        id: 118,
        number: "S-118".to_owned(),
        crisis: true,
        icon: "stop",
        title: said("Someone may be in danger"),
        due: Some(due("2026-11-23T08:58:00Z", "2026-11-23T09:18:00Z")),
        taken_by: Some("Ciarán Walsh".to_owned()),
        words: vec![SafetyWords {
            avatar: Avatar::unknown("nightbus_44").small(),
            author: "nightbus_44".to_owned(),
            ours: false,
            audience: Audience::Public,
            at: at("2026-11-23T08:58:00Z"),
            text: "They moved my appointment again. I’m done asking.".to_owned(),
            footer: said("Town forum. Heard 40 seconds after posting"),
        }],
        path: "/inbox/1".to_owned(),
        steps: vec![
            step("take", "A person takes it", true, false),
            step(
                "answer",
                "Answer with the crisis line, by name",
                true,
                false,
            ),
            step("nurse", "Tell the on-call mental health nurse", false, true),
            step(
                "close",
                "Close, second signature, look after Ciarán",
                false,
                false,
            ),
        ],
        log: vec![(
            at("2026-11-23T09:06:00Z"),
            said("Mental health nurse on call, phone and page"),
        )],
        elements: None,
        outcome: String::new(),
        may_close: true,
    }
}

fn safety(visit: Visit, open: bool) -> Answer {
    let visit = reading(visit);
    let view = SafetyPage {
        shell: shell(&visit, Place::Safety),
        open: if open { vec![flag()] } else { Vec::new() },
        checked: at("2026-11-23T09:13:00Z"),
        fault: None,
        on_call: Some((
            Avatar::of("Ciarán Walsh"),
            said("then Dr Peiris, until 18:00"),
        )),
        held: false,
        closed: vec![ClosedFlag {
            number: "S-116".to_owned(),
            kind: Badge::with_icon(Tone::Danger, "stop", said("Crisis")),
            taken: 3,
            closed: 300,
            signed: "Walsh, Peiris".to_owned(),
            outcome: "Person reached, safe".to_owned(),
        }],
        lines: Some("116 123, 112".to_owned()),
        record: vec![(
            said("Taken within 5 minutes: 31 of 34"),
            said("91 % (77 to 97)"),
        )],
    };
    page(&visit.reader, &view)
}
