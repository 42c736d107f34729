//! Listening, presence and the archive of the gallery.

use auscult_web::charts::{Bar, Bars, Body, Chart, DataTable, Diverging, Spark};
use auscult_web::render::page;
use auscult_web::router::Visit;
use auscult_web::ui::{Badge, Choice, Field, Paging, State, Tone};
use auscult_web::view::listen::{
    Backtest, Hit, ListenPage, Marked, MentionLine, NetworkLine, PresencePage, QueryError,
    SourceLine, TopicLine, WatchLine, WatchPage, Wording,
};
use auscult_web::view::search::SearchPage;
use auscult_web::view::shell::Place;
use axum::Router;
use axum::routing::get;

use crate::{Answer, at, heard_items, reading, said, shell};

pub(crate) fn routes() -> Router {
    Router::new()
        .route("/listen", get(listen))
        .route(
            "/listen/watch",
            get(async |visit: Visit| watch(visit, true)),
        )
        .route(
            "/listen/wrong",
            get(async |visit: Visit| watch(visit, false)),
        )
        .route("/presence", get(presence))
        .route("/search", get(search))
}

fn state(tone: Tone, text: &str) -> State {
    State {
        tone,
        text: said(text),
    }
}

fn watches() -> Vec<WatchLine> {
    let line = |name: &str, fresh, current| WatchLine {
        path: "/listen/watch".to_owned(),
        name: name.to_owned(),
        what: "fairview AND (wait* OR \"rings out\")".to_owned(),
        fresh,
        state: state(Tone::Ok, "Listening"),
        spark: Spark {
            values: vec![3.0, 4.0, 2.0, 8.0, 19.0, 5.0, 4.0],
        },
        current,
    };
    vec![
        line("Fairview waits", 9, true),
        line("St Brigid’s by any name", 18, false),
    ]
}

async fn listen(visit: Visit) -> Answer {
    let visit = reading(visit);
    let source = |id, icon, name: &str, tone, text: &str| SourceLine {
        id,
        icon,
        name: name.to_owned(),
        state: state(tone, text),
        last: Some(at("2026-11-23T09:13:00Z")),
        delay: said("3 s"),
        month: 1061,
        allows: said("Public posts by word and by mention"),
        trouble: (tone == Tone::Warn)
            .then(|| said("The server answers slowly; we try again at 09:20.")),
        is_off: false,
    };
    let view = ListenPage {
        shell: shell(&visit, Place::Listen),
        watches: watches(),
        sources: vec![
            source(1, "fedi", "Mastodon", Tone::Ok, "Live"),
            source(2, "video", "Video channel", Tone::Warn, "Behind"),
        ],
        kinds: vec![Choice::new("feed", said("Feed"), true)],
        address: Field::default(),
        test: Some(heard_items()),
    };
    page(&visit.reader, &view)
}

fn hit(words: &str, marked: &str, note: Option<&str>) -> Hit {
    let (before, after) = words.split_once(marked).unwrap_or((words, ""));
    let piece = |text: &str, hit| Marked {
        text: text.to_owned(),
        hit,
    };
    Hit {
        pieces: vec![
            piece(before, false),
            piece(marked, true),
            piece(after, false),
        ],
        lang: None,
        icon: "map",
        channel: "Map reviews".to_owned(),
        at: at("2026-11-22T19:42:00Z"),
        note: note.map(said),
        path: Some("/inbox/1".to_owned()),
        said: None,
        badges: vec![Badge::plain("Phones")],
    }
}

fn volume() -> Chart {
    let bars = (0..45).map(|day| Bar {
        value: (day != 12).then(|| {
            if (30..34).contains(&day) {
                16.0
            } else {
                3.0 + f64::from(day % 4)
            }
        }),
        label: if day % 15 == 0 {
            format!("{} Oct", day % 30 + 1)
        } else {
            String::new()
        },
        strong: true,
    });
    Chart {
        id: "volume",
        title: said(
            "Daily matches, usually 2 to 8. From 24 to 27 October far above expected: the phone line failed.",
        ),
        body: Body::Bars(Bars {
            bars: bars.collect(),
            usual: Some((2.0, 8.0)),
            note: Some((31, said("59 in four days"))),
        }),
        table: DataTable {
            heads: vec![said("Day"), said("Matches")],
            rows: vec![vec!["24 October".to_owned(), "16".to_owned()]],
            csv: Some("/listen/watches/1.csv".to_owned()),
        },
    }
}

fn watch(visit: Visit, good: bool) -> Answer {
    let visit = reading(visit);
    let error = QueryError {
        line: 1,
        column: 12,
        what: "a bracket is never closed".to_owned(),
        mend: "Add ) at the end".to_owned(),
    };
    let backtest = Backtest {
        errors: if good { Vec::new() } else { vec![error] },
        understood: "mentions Fairview, and waiting or phones, but not the shopping centre"
            .to_owned(),
        notes: Vec::new(),
        is_partial: false,
        matched: 490,
        days: 90,
        out_of: 1_200_000,
        millis: 38,
        against_saved: Some(64),
        chart: Some(volume()),
        matches: vec![hit(
            "The number on the letter just rings out.",
            "rings out",
            None,
        )],
        near: vec![hit(
            "Been on hold for the fracture people since nine.",
            "fracture people",
            Some("names no place we know"),
        )],
    };
    let view = WatchPage {
        shell: shell(&visit, Place::Listen),
        path: "/listen/watches/1".to_owned(),
        name: Field::with("Fairview waits"),
        query: "(\"fairview\" OR \"fracture clinic\"~3)\nAND (wait* OR \"rings out\")".to_owned(),
        bring: None,
        backtest,
        changed: Some(("Orla Quinn".to_owned(), at("2026-10-12T10:00:00Z"))),
        opens: true,
        active: true,
        version: 2,
        versions: vec![Wording {
            number: 2,
            who: "Orla Quinn".to_owned(),
            at: at("2026-10-12T10:00:00Z"),
            why: "phones added".to_owned(),
            query: "fairview AND wait*".to_owned(),
        }],
        may_change: true,
        watches: watches(),
        topics: vec![
            (said("Phones and contact"), 0.41),
            (said("Waiting on the day"), 0.33),
        ],
    };
    page(&visit.reader, &view)
}

async fn presence(visit: Visit) -> Answer {
    let visit = reading(visit);
    let network = |icon, name: &str, tone, owned: &str| NetworkLine {
        icon,
        name: name.to_owned(),
        found: "Hospital and clinic, both listed".to_owned(),
        owned: state(tone, owned),
        mentions: 512,
        share: said("40 % (37 to 43 %) of 1284"),
        next: Some((
            "/settings/channels".to_owned(),
            said("Fairview hours are wrong"),
        )),
    };
    let topic = |name: &str, hard: f64, good: f64, mentions| TopicLine {
        name: said(name),
        shares: Diverging { hard, good },
        hard: format!("{:.0} %", hard * 100.0),
        good: format!("{:.0} %", good * 100.0),
        mentions,
    };
    let mention = |name: &str, spark: Option<Spark>| MentionLine {
        path: "/reputation".to_owned(),
        name: name.to_owned(),
        what: "Kindness, parking".to_owned(),
        spark,
        mentions: 741,
    };
    let view = PresencePage {
        shell: shell(&visit, Place::Presence),
        lede: said(
            "1,284 public mentions in seven networks over 24 months. 726 could have been answered. 311 never were.",
        ),
        made: Some(at("2026-11-23T02:00:00Z")),
        short: vec![
            (
                said("They are kind about people"),
                said("Nurses, porters and the night team are named with warmth."),
            ),
            (
                said("They are lost before they arrive"),
                said("Phones, letters and parking make up half of what went wrong."),
            ),
            (
                said("You are missing where they talk"),
                said("The town forum has no voice from you at all."),
            ),
        ],
        networks: vec![
            network("map", "Map reviews", Tone::Ok, "Yours"),
            network("forum", "Town forum", Tone::Danger, "Not there"),
            network("sky", "Bluesky", Tone::Warn, "Old name"),
        ],
        topics: vec![
            topic("Kindness and respect", 0.14, 0.74, 402),
            topic("Phones and booking", 0.78, 0.11, 268),
        ],
        quotes: vec![hit(
            "Rang 14 times. Fourteen. Then drove over.",
            "14 times",
            Some("like 117 others"),
        )],
        questions: vec![hit(
            "Is there parking for carers at night?",
            "parking",
            None,
        )],
        places: vec![mention(
            "St Brigid’s Hospital",
            Some(Spark {
                values: vec![3.0, 4.0, 5.0, 4.0, 6.0],
            }),
        )],
        clinicians: vec![mention("Dr Aoibhín Halloran", None)],
        empty: None,
    };
    page(&visit.reader, &view)
}

async fn search(visit: Visit) -> Answer {
    let visit = reading(visit);
    let view = SearchPage {
        shell: shell(&visit, Place::Search),
        query: "\"rings out\" & wait*".to_owned(),
        errors: Vec::new(),
        since: vec![Choice::new("90", said("90 days"), true)],
        sources: vec![Choice::new("", said("Everywhere"), true)],
        found: Some(said("64 found, newest first")),
        hits: vec![hit(
            "The number on the letter just rings out.",
            "rings out",
            None,
        )],
        empty: None,
        same: false,
        coverage: Some(said(
            "The index is being made again: 82 % of posts can be found.",
        )),
        paging: Paging {
            before: None,
            after: Some("/search?after=2".to_owned()),
        },
    };
    page(&visit.reader, &view)
}
