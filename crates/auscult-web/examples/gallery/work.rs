//! Today, inbox, approvals and the safety desk of the gallery.

use auscult_web::charts::{Bar, Bars, Body, Chart, DataTable};
use auscult_web::error::PageError;
use auscult_web::render::{html, page};
use auscult_web::router::Visit;
use auscult_web::ui::{Audience, Avatar, AvatarState, Badge, Choice, Due, Paging, State, Tone};
use auscult_web::view::approvals::{ApprovalView, ApprovalsPage, OwnApproval};
use auscult_web::view::inbox::{
    Act, Before, CaseSteps, Composer, ConversationRow, ConversationView, DeliveryView, EntryView,
    GuardAnswer, GuardFinding, GuardView, InboxPage, KnownAs, ListView, MessageView, PersonPanel,
    SavedReply, Step, Timeline, Verdict, ViewGroup, ViewLink,
};
use auscult_web::view::safety::{ClosedFlag, SafetyFlag, SafetyPage, SafetyStep, SafetyWords};
use auscult_web::view::shell::Place;
use auscult_web::view::today::{
    Alarm, AskedApproval, ChannelLine, GroupKind, Happening, HereNow, HoursTile, SaidDid, Strip,
    TodayPage, WaitingGroup, WaitingRow,
};
use axum::Json;
use axum::Router;
use axum::routing::{get, post};

use crate::{Answer, at, reading, said, shell};

pub(crate) fn routes() -> Router {
    Router::new()
        .route("/today", get(today))
        .route("/quiet", get(quiet))
        .route("/inbox", get(async |visit: Visit| inbox(visit, None)))
        .route(
            "/inbox/1",
            get(async |visit: Visit| inbox(visit, Some(Verdict::Block))),
        )
        .route(
            "/inbox/2",
            get(async |visit: Visit| inbox(visit, Some(Verdict::Clear))),
        )
        .route("/inbox/1/check", post(check))
        .route("/approvals", get(approvals))
        .route("/safety", get(async |visit: Visit| safety(visit, true)))
        .route(
            "/safety/none",
            get(async |visit: Visit| safety(visit, false)),
        )
}

fn due(from: &str, to: &str) -> Due {
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

fn views() -> Vec<ViewGroup> {
    let link = |icon, name: &str, count, current| ViewLink {
        path: "/inbox".to_owned(),
        icon,
        name: said(name),
        count: Some(count),
        hot: name == "Safety",
        current,
    };
    let first = vec![
        link("user", "Mine", 7, true),
        link("clock", "Waiting longest", 23, false),
        link("inbox", "Unassigned", 5, false),
        link("safety", "Safety", 2, false),
        link("globe", "Public", 14, false),
        link("lock", "Private", 9, false),
        link("moonz", "Snoozed", 4, false),
    ];
    let teams = vec![
        link("people", "Patient experience", 11, false),
        link("people", "Maternity", 4, false),
    ];
    vec![
        ViewGroup {
            name: None,
            links: first,
        },
        ViewGroup {
            name: Some(said("Teams")),
            links: teams,
        },
    ]
}

fn row(
    number: i64,
    person: &str,
    audience: Audience,
    last: &str,
    to: Option<&str>,
) -> ConversationRow {
    ConversationRow {
        number,
        path: format!("/inbox/{number}"),
        current: number == 1,
        unread: number < 3,
        person: person.to_owned(),
        icon: "map",
        channel: "Map reviews".to_owned(),
        audience,
        due: to.map(|to| due("2026-11-23T07:00:00Z", to)),
        waits: said("Waiting for them"),
        last: last.to_owned(),
        lang: None,
        ours: to.is_none(),
        badges: vec![Badge::plain("Phones"), Badge::plain("Complaint")],
        assignee: Some(Avatar::of("Maeve Tierney").small()),
        writing: None,
    }
}

fn list() -> ListView {
    ListView {
        name: said("Mine"),
        count: Some(7),
        path: "/inbox/list?view=mine".to_owned(),
        rows: vec![
            row(
                1,
                "quietharbour62",
                Audience::Public,
                "Thanks Maeve. I used the link. Still no word about the follow-up, and the phone just rings out.",
                Some("2026-11-23T09:02:00Z"),
            ),
            row(
                2,
                "Bríd N.",
                Audience::Public,
                "Is the breastfeeding group on this Thursday?",
                Some("2026-11-23T09:32:00Z"),
            ),
            row(
                3,
                "Tomasz K.",
                Audience::Private,
                "Could you send the leaflet in Polish as well?",
                Some("2026-11-23T11:19:00Z"),
            ),
            row(
                4,
                "Geraldine O.",
                Audience::Private,
                "Two different letters, two different times.",
                Some("2026-11-24T10:00:00Z"),
            ),
            row(
                5,
                "Parking thread",
                Audience::Public,
                "We asked the council this morning.",
                None,
            ),
        ],
        empty: None,
        paging: Paging {
            before: None,
            after: Some("/inbox?after=x".to_owned()),
        },
        query: String::new(),
    }
}

fn message(ours: bool, audience: Audience, author: &str, when: &str, text: &str) -> MessageView {
    let avatar = if ours || audience == Audience::Internal {
        Avatar::of(author)
    } else {
        Avatar::unknown(author)
    };
    MessageView {
        ours,
        audience,
        avatar: avatar.small(),
        author: author.to_owned(),
        at: at(when),
        stars: (!ours && audience == Audience::Public).then_some(2),
        paragraphs: text.lines().map(str::to_owned).collect(),
        lang: None,
        link: (audience == Audience::Public).then(|| "https://maps.example/review/1".to_owned()),
        footer: (audience == Audience::Private)
            .then(|| said("Two people have read this: you and Orla.")),
        delivery: None,
    }
}

fn timeline() -> Timeline {
    let delivery = |state| DeliveryView {
        state,
        what: None,
        undo: None,
        actions: Vec::new(),
        take_down: None,
    };
    let mut sent = message(
        true,
        Audience::Public,
        "Maeve",
        "2026-11-22T20:10:00Z",
        "Thank you for telling us, and I’m sorry to read it. Nobody should wait without being told why.",
    );
    let mut posted = delivery(Badge::with_icon(Tone::Ok, "check", said("Posted")));
    posted.take_down = Some("/inbox/1/take-down/8".to_owned());
    sent.delivery = Some(posted);
    let mut going = message(
        true,
        Audience::Private,
        "Maeve",
        "2026-11-23T09:13:00Z",
        "A text it is. Tomorrow morning.",
    );
    let mut held = delivery(Badge::with_icon(Tone::Plain, "clock", said("Not sent yet")));
    held.undo = Some(("/inbox/1/undo/9".to_owned(), at("2026-11-23T09:14:12Z")));
    going.delivery = Some(held);
    let mut unknown = message(
        true,
        Audience::Public,
        "Orla",
        "2026-11-22T21:10:00Z",
        "We are fixing the line.",
    );
    let mut lost = delivery(Badge::with_icon(
        Tone::Warn,
        "help",
        said("Outcome unknown"),
    ));
    lost.actions = vec![("/inbox/1/look".to_owned(), said("Look now"))];
    unknown.delivery = Some(lost);
    let words = "Mum sat 3 hours 40 with her wrist in a temporary cast and nobody said why.\nBut what’s the point of a number for questions if no one lifts it?";
    Timeline {
        number: 1,
        entries: vec![
            EntryView::Day(said("Yesterday")),
            EntryView::Message(Box::new(message(
                false,
                Audience::Public,
                "quietharbour62",
                "2026-11-22T19:42:00Z",
                words,
            ))),
            EntryView::Event {
                text: said("Heard by watch “Fairview waits” · given to Maeve"),
                at: at("2026-11-22T19:43:00Z"),
            },
            EntryView::Message(Box::new(message(
                false,
                Audience::Internal,
                "Orla Quinn",
                "2026-11-22T20:01:00Z",
                "The clinic line was down. Fine to say we are fixing it.",
            ))),
            EntryView::Message(Box::new(sent)),
            EntryView::Message(Box::new(unknown)),
            EntryView::Tombstone {
                at: at("2026-11-22T22:00:00Z"),
            },
            EntryView::Day(said("Today")),
            EntryView::Message(Box::new(message(
                false,
                Audience::Private,
                "Through your secure link",
                "2026-11-23T08:09:00Z",
                "She can’t do stairs to the phone, could someone text me instead? Mornings are best.",
            ))),
            EntryView::Message(Box::new(going)),
        ],
    }
}

pub(crate) fn guard(number: i64, verdict: Verdict) -> GuardView {
    let finding = |number, start, end, why: &str, rules: &str| GuardFinding {
        number,
        start,
        end,
        why: said(why),
        rules: rules.to_owned(),
        hard: true,
    };
    if verdict == Verdict::Clear {
        return GuardView {
            number,
            ..GuardView::default()
        };
    }
    GuardView {
        verdict,
        findings: vec![
            finding(1, 13, 33, "Repeats a health detail and says she was cared for here.", "G01 G06"),
            finding(2, 51, 81, "A date tied to a person identifies them.", "G02"),
        ],
        rewrite: Some("Thank you for coming back to us. The phone ringing out is ours to fix and we’re on it today. Maeve".to_owned()),
        private_helps: true,
        elsewhere: false,
        number,
    }
}

fn composer(verdict: Verdict) -> Composer {
    let text = "I’m so sorry your mum’s follow-up was missed after her appointment on Tuesday 3rd.";
    Composer {
        number: 1,
        version: 4,
        draft: 0,
        key: "k-1".to_owned(),
        audience: if verdict == Verdict::Clear {
            Audience::Private
        } else {
            Audience::Public
        },
        may: vec![Audience::Public, Audience::Private, Audience::Internal],
        place: "Map reviews".to_owned(),
        identities: vec![Choice::new("1", said("Maeve, patient experience"), true)],
        text: if verdict == Verdict::Clear {
            String::new()
        } else {
            text.to_owned()
        },
        guard: guard(1, verdict),
        count: "83 of 4,096".to_owned(),
        over: false,
        replies: vec![SavedReply {
            name: "Thanks".to_owned(),
            text: "Thank you for telling us.".to_owned(),
        }],
        approvers: vec![Choice::new("2", said("Nkem Adeyemi"), false)],
        needs_approval: false,
        approval: None,
        conflict: None,
        by_hand: None,
        undo_seconds: 15,
    }
}

fn acts(words: &[&str]) -> Vec<Act> {
    words
        .iter()
        .map(|word| Act {
            value: (*word).to_owned(),
            label: said(word),
            chosen: false,
        })
        .collect()
}

fn conversation(verdict: Verdict) -> ConversationView {
    ConversationView {
        number: 1,
        version: 4,
        person: "quietharbour62".to_owned(),
        avatar: Avatar::unknown("quietharbour62"),
        known: Some(Badge::new(Tone::Unsure, said("handle only"))),
        icon: "map",
        channel: "Map reviews".to_owned(),
        place: Some("Fairview".to_owned()),
        state: Badge::new(Tone::Plain, said("New")),
        due: Some(due("2026-11-23T07:00:00Z", "2026-11-23T09:02:00Z")),
        assignee: Some(Avatar::of("Maeve Tierney").small()),
        mine: true,
        resolved: false,
        members: acts(&["Orla Quinn", "Ciarán Walsh"]),
        teams: acts(&["Patient experience", "Maternity"]),
        labels: acts(&["Phones", "Parking"]),
        priorities: acts(&["Low", "Normal", "High"]),
        snoozes: acts(&["In 3 hours", "Tomorrow 08:00", "Next week"]),
        reasons: acts(&["Answered", "No answer needed", "Duplicate"]),
        cases: acts(&["Complaint", "Service recovery"]),
        here: vec![(
            Avatar::of("Orla Quinn").small().doing(AvatarState::Viewing),
            said("Orla is viewing"),
        )],
        case: Some(("/cases/1042".to_owned(), said("Case C-1042 · complaint"))),
        timeline: timeline(),
        composer: Some(composer(verdict)),
        no_composer: None,
    }
}

fn person() -> PersonPanel {
    let step = |name: &str, done, now, note: Option<&str>| Step {
        name: said(name),
        done,
        now,
        note: note.map(said),
    };
    PersonPanel {
        path: "/people/1".to_owned(),
        avatar: Avatar::unknown("quietharbour62").large(),
        name: "quietharbour62".to_owned(),
        first_heard: Some(at("2026-05-14T10:00:00Z")),
        conversations: 3,
        needs: vec![
            said("Text message, not a call"),
            said("Mornings"),
            said("Plain words"),
        ],
        needs_note: Some(said("Asked today, in private. Review in 12 months.")),
        speaking_for: Some(said(
            "A parent. No consent on file, so we may listen and explain in general.",
        )),
        known_as: vec![
            KnownAs {
                channel: "Map reviews".to_owned(),
                handle: "quietharbour62".to_owned(),
                evidence: None,
                not_same: None,
            },
            KnownAs {
                channel: "Town forum".to_owned(),
                handle: "quiet_harbour".to_owned(),
                evidence: Some(Badge::new(Tone::Unsure, said("maybe"))),
                not_same: Some("/people/1/unlink".to_owned()),
            },
        ],
        case: Some(CaseSteps {
            path: "/cases/1042".to_owned(),
            name: said("Case C-1042, complaint"),
            steps: vec![
                step(
                    "Heard and answered",
                    true,
                    false,
                    Some("28 min after posting"),
                ),
                step("Acknowledge in writing", false, true, Some("By Wed 17:00")),
                step("Put it right", false, false, None),
            ],
        }),
        before: vec![Before {
            path: "/inbox/9".to_owned(),
            title: "Thanked the night porter".to_owned(),
            note: said("May, public"),
        }],
    }
}

fn inbox(visit: Visit, open: Option<Verdict>) -> Answer {
    let visit = reading(visit);
    let mut shell = shell(&visit, Place::Inbox);
    shell.fill = true;
    let view = InboxPage {
        shell,
        views: views(),
        list: list(),
        open: Some(conversation(open.unwrap_or(Verdict::Clear))),
        person: Some(person()),
        opened: open.is_some(),
    };
    page(&visit.reader, &view)
}

async fn check(visit: Visit) -> Result<Json<GuardAnswer>, PageError> {
    let view = guard(1, Verdict::Block);
    let head = visit.reader.locale.say(&view.head());
    let (findings, html) = (view.marks(), html(&visit.reader, &view)?);
    let count = "83 of 4,096".to_owned();
    Ok(Json(GuardAnswer {
        findings,
        blocked: true,
        said: head,
        html,
        count,
        over: false,
        draft: 0,
    }))
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
