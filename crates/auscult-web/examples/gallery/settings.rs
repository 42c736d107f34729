//! Settings of the gallery.

use auscult_web::render::page;
use auscult_web::router::Visit;
use auscult_web::ui::{Avatar, Badge, Choice, Field, Paging, State, Tone};
use auscult_web::view::settings::{
    AuditLine, AuditPage, ChannelCard, ChannelsPage, ExerciseLine, FeedLine, HealthLine, HealthPage, HoursPage,
    InvitationLine, KeptLine, MePage, MemberLine, OrganisationPage, Part, PolicyPage, PrivacyPage,
    RuleLine, TeamPage, TokenLine, TokensPage,
};
use auscult_web::view::shell::{Place, Shell};
use axum::Router;
use axum::routing::get;

use crate::{Answer, at, hours, reading, regions, said, shell};

pub(crate) fn routes() -> Router {
    Router::new()
        .route("/settings", get(me))
        .route("/settings/me", get(me))
        .route("/settings/organisation", get(organisation))
        .route("/settings/hours", get(hours_page))
        .route("/settings/team", get(team))
        .route("/settings/channels", get(channels))
        .route("/settings/policy", get(policy))
        .route("/settings/privacy", get(privacy))
        .route("/settings/tokens", get(tokens))
        .route("/settings/audit", get(audit))
        .route("/settings/health", get(health))
}

fn frame(visit: &Visit) -> Shell {
    shell(visit, Place::Settings)
}

async fn me(visit: Visit) -> Answer {
    let visit = reading(visit);
    let view = MePage {
        shell: frame(&visit),
        part: Part::Me,
        name: Field::with("Maeve Tierney"),
        signature: Field::with("Maeve, patient experience"),
        languages: vec![Choice::new("en", said("English"), true)],
        themes: vec![Choice::new("system", said("As my system"), true)],
        keys: true,
        old: Field::default(),
        new: Field::default(),
        sessions: vec![
            (
                "1".to_owned(),
                "Firefox on Linux".to_owned(),
                at("2026-11-23T09:00:00Z"),
                true,
            ),
            (
                "2".to_owned(),
                "Phone".to_owned(),
                at("2026-11-22T21:00:00Z"),
                false,
            ),
        ],
    };
    page(&visit.reader, &view)
}

async fn organisation(visit: Visit) -> Answer {
    let visit = reading(visit);
    let view = OrganisationPage {
        shell: frame(&visit),
        part: Part::Organisation,
        name: Field::with("St Brigid’s Health"),
        other_names: Field::with("the Brigid's"),
        places: Field::with("Fairview Clinic"),
        clinicians: Field::default(),
        regions: regions(),
        country: Field::with("Ireland").wrong(said("Use two letters, such as IE")),
        zone: Field::with("Europe/Dublin"),
        phone: Field::with("+353 1 555 0100"),
        mail: Field::default(),
        secure_page: Field::default(),
        patient_advice: Field::default(),
        website: Field::default(),
    };
    page(&visit.reader, &view)
}

async fn hours_page(visit: Visit) -> Answer {
    let visit = reading(visit);
    let view = HoursPage {
        shell: frame(&visit),
        part: Part::Hours,
        hours: hours(),
        exceptions: Field::with("2026-12-25 closed Christmas Day"),
        first: Field::with("60"),
        next: Field::with("240"),
        undo: Field::with("15"),
        tester: said("A conversation that came now would be promised for 10:14."),
    };
    page(&visit.reader, &view)
}

async fn team(visit: Visit) -> Answer {
    let visit = reading(visit);
    let roles = || {
        vec![
            Choice::new("owner", said("Owner"), true),
            Choice::new("responder", said("Responder"), false),
        ]
    };
    let member = |id, name: &str, last_owner| MemberLine {
        id,
        avatar: Avatar::of(name),
        email: "maeve@stbrigids.example".to_owned(),
        roles: roles(),
        duties: vec![
            Choice::new("safety", said("Safety"), true),
            Choice::new("privacy", said("Privacy"), false),
        ],
        last: Some(at("2026-11-23T09:00:00Z")),
        last_owner,
        is_off: false,
    };
    let view = TeamPage {
        shell: frame(&visit),
        part: Part::Team,
        members: vec![
            member(1, "Maeve Tierney", true),
            member(2, "Orla Quinn", false),
        ],
        invitations: vec![InvitationLine {
            id: 1,
            email: "sean@stbrigids.example".to_owned(),
            role: said("Viewer"),
            until: at("2026-11-24T09:00:00Z"),
        }],
        email: Field::default(),
        roles: roles(),
        link: Some("https://auscult.stbrigids.example/invitation/abc".to_owned()),
    };
    page(&visit.reader, &view)
}

async fn channels(visit: Visit) -> Answer {
    let visit = reading(visit);
    let card = |id, icon, network: &str, tone, text: &str, step: Option<&str>| ChannelCard {
        id,
        icon,
        network: network.to_owned(),
        handle: "@care@stbrigids.example".to_owned(),
        state: State {
            tone,
            text: said(text),
        },
        step: step.map(said),
        heard: Some(at("2026-11-23T09:13:00Z")),
        sent: Some(at("2026-11-22T20:10:00Z")),
        can: vec![Badge::plain("Listens"), Badge::plain("Answers")],
        feeds: vec![FeedLine { id: 1, what: said("Mentions of us"), last: Some(at("2026-11-23T09:13:00Z")), trouble: None }],
        gaps: 0,
        is_off: false,
        has_account: true,
    };
    let view = ChannelsPage {
        shell: frame(&visit),
        part: Part::Channels,
        channels: vec![
            card(1, "fedi", "Mastodon", Tone::Ok, "Fine", None),
            card(
                2,
                "sky",
                "Bluesky",
                Tone::Danger,
                "Needs you",
                Some("The app password was withdrawn: make a new one and put it in below."),
            ),
        ],
        networks: vec![Choice::new("bluesky", said("Bluesky"), true)],
        server: Field::default(),
        handle: Field::default(),
        secret: Field::default(),
        test: None,
        webhook: None,
    };
    page(&visit.reader, &view)
}

async fn policy(visit: Visit) -> Answer {
    let visit = reading(visit);
    let rule = |id: &str, what: &str, fixed| RuleLine {
        id: id.to_owned(),
        what: said(what),
        why: said("It would tell the world that somebody is a patient."),
        does: vec![
            Choice::new("stop", said("Stops"), true),
            Choice::new("ask", said("Asks a second person"), false),
        ],
        fixed,
    };
    let view = PolicyPage {
        shell: frame(&visit),
        part: Part::Policy,
        approve_public: true,
        words: Field::with("customer"),
        rules: vec![
            rule(
                "G01",
                "Never say in public that somebody was cared for here",
                true,
            ),
            rule("G20", "Plain words", false),
        ],
        exercises: vec![ExerciseLine { post: "Rude at the desk".to_owned(), draft: "We saw you on Monday".to_owned(), verdict: said("Stops"), rule: "G01".to_owned(), why: "It confirms that somebody was cared for.".to_owned() }],
    };
    page(&visit.reader, &view)
}

async fn privacy(visit: Visit) -> Answer {
    let visit = reading(visit);
    let view = PrivacyPage {
        shell: frame(&visit),
        part: Part::Privacy,
        kept: vec![KeptLine {
            id: "posts",
            what: said("Posts without a conversation"),
            days: Field::with("365"),
            preview: said("The next cleaning would take 12 posts."),
        }],
        holds: vec![(
            "Conversation 12".to_owned(),
            said("legal hold since 3 March"),
        )],
        cleaned: Some((at("2026-11-23T03:00:00Z"), said("41 posts"))),
    };
    page(&visit.reader, &view)
}

async fn tokens(visit: Visit) -> Answer {
    let visit = reading(visit);
    let view = TokensPage {
        shell: frame(&visit),
        part: Part::Tokens,
        tokens: vec![TokenLine {
            id: 1,
            name: "Feedback desk".to_owned(),
            scopes: "read posts, write posts".to_owned(),
            until: Some(at("2027-01-01T00:00:00Z")),
            used: None,
        }],
        name: Field::default(),
        scopes: vec![
            Choice::new("posts:read", said("Read posts"), true),
            Choice::new("posts:write", said("Write posts"), false),
        ],
        secret: Some("auscult_abcdefghijklmnop".to_owned()),
    };
    page(&visit.reader, &view)
}

async fn audit(visit: Visit) -> Answer {
    let visit = reading(visit);
    let line = |number, what: &str| AuditLine {
        number,
        at: at("2026-11-23T09:00:00Z"),
        who: "Orla Quinn".to_owned(),
        what: said(what),
        about: Some(("Conversation 1".to_owned(), Some("/inbox/1".to_owned()))),
    };
    let view = AuditPage {
        shell: frame(&visit),
        part: Part::Audit,
        query: String::new(),
        lines: vec![
            line(4182, "sent a reply"),
            line(4181, "read a conversation of the safety desk"),
        ],
        chain: State {
            tone: Tone::Ok,
            text: said("Chain holds"),
        },
        paging: Paging {
            before: None,
            after: Some("/settings/audit?after=4181".to_owned()),
        },
    };
    page(&visit.reader, &view)
}

async fn health(visit: Visit) -> Answer {
    let visit = reading(visit);
    let line = |name: &str, tone, text: &str| HealthLine {
        name: said(name),
        state: State {
            tone,
            text: said(text),
        },
        what: said("12 in the queue, oldest 3 s"),
    };
    let view = HealthPage {
        shell: frame(&visit),
        part: Part::Health,
        parts: vec![
            line("Jobs", Tone::Ok, "Fine"),
            line("Backup", Tone::Warn, "2 days old"),
        ],
        failed: vec![(
            7,
            "deliver".to_owned(),
            "the network answered 503".to_owned(),
        )],
        version: "0.1.0".to_owned(),
    };
    page(&visit.reader, &view)
}
