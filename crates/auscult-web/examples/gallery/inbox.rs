//! The inbox of the gallery: list, conversation, composer, person.

use auscult_web::error::PageError;
use auscult_web::render::{html, page};
use auscult_web::router::Visit;
use auscult_web::ui::{Audience, Avatar, AvatarState, Badge, Choice, Paging, Tone};
use auscult_web::view::inbox::{
    Act, Before, CaseSteps, Composer, ConversationRow, ConversationView, DeliveryView, EntryView,
    GuardAnswer, GuardFinding, GuardView, InboxPage, KnownAs, ListView, MessageView, PersonPanel,
    SavedReply, Step, Timeline, Verdict, ViewGroup, ViewLink,
};
use auscult_web::view::shell::Place;
use axum::Json;
use axum::Router;
use axum::routing::{get, post};

use crate::work::due;
use crate::{Answer, at, reading, said, shell};

pub(crate) fn routes() -> Router {
    Router::new()
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
