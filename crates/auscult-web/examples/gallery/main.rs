//! Serves every page with invented data, for looking at and for the checks of the browser.
//!
//! `cargo run -p auscult-web --example gallery -- 127.0.0.1:7777`; `/` lists the pages. Nothing here is stored.

mod inbox;
mod listen;
mod plan;
mod settings;
mod work;

use std::sync::Arc;

use auscult_app::clock::{ManualClock, SystemEntropy};
use auscult_web::error::PageError;
use auscult_web::render::page;
use auscult_web::router::{Visit, Web, around};
use auscult_web::said::Said;
use auscult_web::ui::{Avatar, Choice, Field};
use auscult_web::view::access::{
    AddedSource, AdministratorPage, DayHours, DonePage, Door, DoorsPage, Heard, HeardItem,
    InvitationPage, SignInPage, SignInTrouble, TestResult, WherePage, WhoPage,
};
use auscult_web::view::shell::{Counts, Place, Shell, WorkspaceName};
use axum::Router;
use axum::response::{Html, Response};
use axum::routing::{get, post};
use jiff::Timestamp;
use jiff::tz::TimeZone;

type Answer = Result<Response, PageError>;

/// A moment of the invented Monday.
fn at(text: &str) -> Timestamp {
    text.parse().unwrap_or(Timestamp::UNIX_EPOCH)
}

fn said(text: &str) -> Said {
    Said::plain(text)
}

fn reading(mut visit: Visit) -> Visit {
    visit.reader.zone = TimeZone::get("Europe/Dublin").unwrap_or(TimeZone::UTC);
    visit
}

fn shell(visit: &Visit, place: Place) -> Shell {
    let workspace = WorkspaceName {
        name: "St Brigid’s Health".to_owned(),
        base: String::new(),
        current: true,
    };
    let mut shell = Shell::of(visit, place, workspace, "Maeve Tierney");
    shell.here = ["Ciarán Walsh", "Orla Quinn", "Nkem Adeyemi"]
        .map(|name| Avatar::of(name).small())
        .to_vec();
    shell.counts = Counts {
        today: 7,
        inbox: 23,
        approvals: 3,
        plan: 3,
        safety: Some(2),
        channels: 1,
    };
    shell.live_since = Some(41);
    shell
}

fn door(visit: &Visit) -> Door {
    Door::of(visit, vec![("en", "English"), ("ga", "Gaeilge")])
}

async fn sign_in(visit: Visit) -> Answer {
    let view = SignInPage {
        door: door(&visit),
        organisation: "St Brigid’s Health".to_owned(),
        email: "maeve@stbrigids.example".to_owned(),
        next: "/today".to_owned(),
        trouble: Some(SignInTrouble::NoMatch),
        example: true,
    };
    page(&visit.reader, &view)
}

async fn doors(visit: Visit) -> Answer {
    page(&visit.reader, &DoorsPage { door: door(&visit) })
}

async fn administrator(visit: Visit) -> Answer {
    let password = Field::default().wrong(said("That is too short: use at least 12 characters"));
    let view = AdministratorPage {
        door: door(&visit),
        name: Field::with("Maeve"),
        email: Field::default(),
        password,
    };
    page(&visit.reader, &view)
}

fn hours() -> Vec<DayHours> {
    let days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    let names = [
        "weekday-1",
        "weekday-2",
        "weekday-3",
        "weekday-4",
        "weekday-5",
        "weekday-6",
        "weekday-7",
    ];
    let day = |(at, (id, name)): (usize, (&'static str, &'static str))| DayHours {
        id,
        name: Said::key(name),
        open: at < 5,
        from: "08:00".to_owned(),
        to: "18:00".to_owned(),
    };
    days.into_iter().zip(names).enumerate().map(day).collect()
}

fn regions() -> Vec<Choice> {
    vec![
        Choice::new("eu", said("European Union"), true),
        Choice::new("uk", said("United Kingdom"), false),
        Choice::new("us", said("United States"), false),
    ]
}

async fn who(visit: Visit) -> Answer {
    let view = WhoPage {
        door: door(&visit),
        name: Field::with("St Brigid’s Health"),
        other_names: Field::with("the Brigid's\nSt Brigids"),
        places: Field::with("Fairview Clinic\nMaternity wing"),
        clinicians: Field::with("Dr Aoibhín Halloran"),
        regions: regions(),
        country: Field::with("IE"),
        zone: Field::with("Europe/Dublin"),
        zones: vec!["Europe/Dublin".to_owned(), "Europe/London".to_owned()],
        hours: hours(),
    };
    page(&visit.reader, &view)
}

fn heard_items() -> TestResult {
    let item = |author: &str, text: &str, when: &str| HeardItem {
        author: author.to_owned(),
        text: text.to_owned(),
        at: at(when),
    };
    TestResult {
        name: "St Brigid’s news".to_owned(),
        items: vec![
            item(
                "Press office",
                "Flu clinic this week, no booking needed",
                "2026-11-23T08:30:00Z",
            ),
            item(
                "Press office",
                "Signs to the lift in the maternity wing",
                "2026-11-20T10:00:00Z",
            ),
        ],
        error: None,
    }
}

async fn heard_where(visit: Visit) -> Answer {
    let view = WherePage {
        door: door(&visit),
        kinds: vec![
            Choice::new("feed", said("Feed"), true),
            Choice::new("bluesky", said("Bluesky"), false),
        ],
        address: Field::with("https://news.stbrigids.example/feed"),
        test: Some(heard_items()),
        sources: vec![AddedSource {
            id: "1".to_owned(),
            icon: "forum",
            name: "Town forum".to_owned(),
            what: said("Feed of new posts"),
        }],
    };
    page(&visit.reader, &view)
}

async fn done(visit: Visit) -> Answer {
    let view = DonePage {
        door: door(&visit),
        watches: vec![
            "St Brigid’s by any name".to_owned(),
            "Fairview Clinic".to_owned(),
            "Crisis words".to_owned(),
        ],
        sources: 2,
        heard: Heard {
            mentions: 128,
            answerable: 31,
            enough: true,
        },
    };
    page(&visit.reader, &view)
}

async fn invitation(visit: Visit) -> Answer {
    let view = InvitationPage {
        door: door(&visit),
        organisation: "St Brigid’s Health".to_owned(),
        by: "Maeve Tierney".to_owned(),
        role: said("Responder"),
        email: "orla@stbrigids.example".to_owned(),
        name: Field::default(),
        password: Field::default(),
        until: at("2026-11-24T09:00:00Z"),
    };
    page(&visit.reader, &view)
}

const PAGES: [&str; 31] = [
    "sign-in",
    "welcome",
    "welcome/administrator",
    "welcome/who",
    "welcome/where",
    "welcome/done",
    "invitation",
    "today",
    "quiet",
    "inbox",
    "inbox/1",
    "inbox/2",
    "approvals",
    "safety",
    "safety/none",
    "listen",
    "listen/watch",
    "listen/wrong",
    "presence",
    "search",
    "plan",
    "plan/month",
    "plan/7",
    "measure",
    "settings/me",
    "settings/organisation",
    "settings/team",
    "settings/channels",
    "settings/policy",
    "settings/audit",
    "broken",
];

async fn index() -> Html<String> {
    let links: String = PAGES
        .iter()
        .map(|path| format!("<li><a href=\"/{path}\">{path}</a></li>"))
        .collect();
    Html(format!(
        "<!doctype html><html lang=\"en\"><title>Gallery</title><ul>{links}</ul></html>"
    ))
}

fn routes() -> Router {
    Router::new()
        .route("/", get(index))
        .route("/sign-in", get(sign_in))
        .route("/welcome", get(doors))
        .route("/welcome/administrator", get(administrator))
        .route("/welcome/who", get(who))
        .route("/welcome/where", get(heard_where))
        .route("/welcome/done", get(done))
        .route("/invitation", get(invitation))
        .route("/broken", get(async || PageError::Broken))
        .route("/preferences/theme", post(async || ""))
        .merge(inbox::routes())
        .merge(work::routes())
        .merge(listen::routes())
        .merge(plan::routes())
        .merge(settings::routes())
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let address = std::env::args()
        .nth(1)
        .unwrap_or_else(|| "127.0.0.1:7777".to_owned());
    let clock = Arc::new(ManualClock::at(at("2026-11-23T09:14:00Z")));
    let web = Web::load(clock, Arc::new(SystemEntropy), false);
    let listener = tokio::net::TcpListener::bind(&address).await?;
    axum::serve(listener, around(web, routes())).await?;
    Ok(())
}
