//! How fast the store is: posts a second, durable and searchable, and pages of a large inbox.
//!
//! `cargo bench -p auscult-store --bench ingest -- 1000000` fills an inbox of a million conversations first
//! (100,000 without an argument). `AUSCULT_BENCH_KEEP` names a directory that keeps the SQLite store, so that pages can be
//! measured on it from outside. PostgreSQL is measured too when `AUSCULT_TEST_POSTGRES` names a server.
#![expect(clippy::print_stdout, reason = "a bench says what it measured")]
#![expect(clippy::expect_used, reason = "a bench that cannot run stops")]
#![expect(
    clippy::too_many_lines,
    reason = "invented rows are long to write down"
)]

use std::time::{Duration, Instant};

use auscult_model::ids::{MemberId, TeamId, WatchId};
use auscult_model::inbox::{InboxView, QueuePlace, Reach};
use auscult_model::listen::{
    Findings, IngestFrom, IngestItem, NewPost, RawEvent, Route, RouteTo, TopicFinding,
};
use auscult_model::member::{Role, Viewer};
use auscult_model::post::{Author, Post};
use auscult_model::search::{PostFilter, Terms};
use auscult_model::workspace::WorkspaceSettings;
use auscult_store::{Store, StoreOptions, inbox, listen, search, workspace};
use jiff::Timestamp;
use sqlx::Connection;

const START: i64 = 1_780_000_000_000;
const BATCHES: u64 = 20;
const BATCH: u64 = 500;

/// A small generator: the same numbers on each run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % sides
    }

    fn number(&mut self, sides: u64) -> i64 {
        i64::try_from(self.roll(sides)).unwrap_or(0)
    }
}

fn at(milliseconds: i64) -> Timestamp {
    Timestamp::from_millisecond(START + milliseconds).expect("in range")
}

#[expect(
    clippy::disallowed_methods,
    reason = "a bench learns from the environment what there is to measure"
)]
fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

fn main() {
    let conversations: u64 = std::env::args()
        .skip(1)
        .find_map(|argument| argument.parse().ok())
        .unwrap_or(100_000);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build();
    runtime.expect("runtime").block_on(async {
        let directory = tempfile::tempdir().expect("a directory");
        let kept = environment("AUSCULT_BENCH_KEEP").map(std::path::PathBuf::from);
        let path = kept
            .as_deref()
            .unwrap_or(directory.path())
            .join("auscult.db");
        let store = Store::open_sqlite(&path, &StoreOptions::default())
            .await
            .expect("opens");
        let file = path.to_str().expect("readable").to_owned();
        measure("SQLite", &store, &Side::File(file), conversations).await;
        store.close().await;
        let Some(server) = environment("AUSCULT_TEST_POSTGRES") else {
            println!("PostgreSQL: skipped, AUSCULT_TEST_POSTGRES names no server");
            return;
        };
        let database = format!("auscult_bench_{}", std::process::id());
        let mut admin = sqlx::PgConnection::connect(&server)
            .await
            .expect("PostgreSQL answers");
        sqlx::raw_sql(sqlx::AssertSqlSafe(format!("CREATE DATABASE {database}")))
            .execute(&mut admin)
            .await
            .expect("made");
        let (base, _) = server.rsplit_once('/').expect("an address with a database");
        let url = format!("{base}/{database}");
        let store = Store::open_postgres(&url, &StoreOptions::default())
            .await
            .expect("opens");
        measure("PostgreSQL", &store, &Side::Server(url), conversations).await;
        store.close().await;
        let drop = format!("DROP DATABASE {database} WITH (FORCE)");
        sqlx::raw_sql(sqlx::AssertSqlSafe(drop))
            .execute(&mut admin)
            .await
            .expect("dropped");
    });
}

enum Side {
    File(String),
    Server(String),
}

async fn measure(engine: &str, store: &Store, side: &Side, conversations: u64) {
    let mut tx = store.begin().await.expect("begin");
    let id = workspace::add(
        &mut tx,
        "bench",
        "Bench",
        &WorkspaceSettings::default(),
        at(0),
    )
    .await
    .expect("added");
    tx.commit().await.expect("commit");
    let viewer = Viewer::system(id);
    ingest(engine, store, &viewer).await;
    searches(engine, store, &viewer).await;
    fill(side, id.0, conversations).await;
    pages(engine, store, &viewer, conversations).await;
}

/// An invented post of about 300 bytes, with findings; one in twenty opens a conversation.
fn invented(dice: &mut Dice, number: u64) -> IngestItem {
    let words: Vec<String> = (0..45)
        .map(|_| {
            let (wide, narrow) = (dice.roll(20_000), dice.roll(200));
            format!("w{}", if dice.roll(2) == 0 { wide } else { narrow })
        })
        .collect();
    let text = words.join(" ");
    let route = RouteTo {
        reach: Reach::Public,
        needs_answer: true,
        urgency: 1,
        due_at: Some(at(9_000)),
        team: None,
        restricted: false,
    };
    let raw = format!(
        "{{\"id\":\"at://did:plc:{number}\",\"record\":{{\"text\":\"{text}\",\"langs\":[\"en\"]}},\"more\":\"{}\"}}",
        "x".repeat(300)
    );
    let post = Post {
        id: format!("at://did:plc:author/app.bsky.feed.post/{number}"),
        source: Some("bluesky".to_owned()),
        text: Some(text),
        author: Some(Author {
            id: Some(format!("did:plc:{}", dice.roll(9_000))),
            handle: Some("someone.example".to_owned()),
            ..Author::default()
        }),
        ..Post::default()
    };
    IngestItem::Post(Box::new(NewPost {
        thread_root: post.id.clone(),
        post,
        posted_at: at(dice.number(1_000_000)),
        version_at: at(0),
        raw: Some(RawEvent {
            bytes: raw.into_bytes(),
            media_type: "application/json".to_owned(),
        }),
        findings: Findings {
            json: format!(
                "{{\"sentiment\":\"negative\",\"why\":\"{}\"}}",
                "y".repeat(350)
            ),
            lang: "en".to_owned(),
            sentiment: "negative".to_owned(),
            topics: vec![
                TopicFinding {
                    id: "waiting".to_owned(),
                    polarity: -0.4,
                },
                TopicFinding {
                    id: "staff".to_owned(),
                    polarity: 0.1,
                },
            ],
            flags: if dice.roll(10) == 0 {
                vec!["billing".to_owned()]
            } else {
                Vec::new()
            },
            ..Findings::default()
        },
        matches: vec![WatchId(dice.number(50) + 1)],
        words,
        route: if dice.roll(20) == 0 {
            Route::Conversation(route)
        } else {
            Route::None
        },
        ..NewPost::default()
    }))
}

async fn ingest(engine: &str, store: &Store, viewer: &Viewer) {
    let mut dice = Dice(88_172_645_463_325_252);
    let batches: Vec<Vec<IngestItem>> = (0..BATCHES)
        .map(|batch| {
            (0..BATCH)
                .map(|number| {
                    let again = batch > 0 && dice.roll(20) == 0;
                    let number = if again {
                        dice.roll(batch * BATCH)
                    } else {
                        batch * BATCH + number
                    };
                    invented(&mut dice, number)
                })
                .collect()
        })
        .collect();
    let (begin, used, mut times, mut stored) = (Instant::now(), processor(), Vec::new(), 0);
    for batch in &batches {
        let one = Instant::now();
        let mut tx = store.begin().await.expect("begin");
        let outcome = listen::ingest(&mut tx, viewer, &IngestFrom::default(), batch, at(1))
            .await
            .expect("ingested");
        tx.commit().await.expect("commit");
        stored += outcome.stored();
        times.push(one.elapsed());
    }
    let rate =
        f64::from(u32::try_from(BATCHES * BATCH).unwrap_or(0)) / begin.elapsed().as_secs_f64();
    let used = processor() - used;
    println!(
        "{engine}: ingest {rate:.0} posts/s durable with search ({stored} stored, {used:.2} s of processor), transaction {}",
        spread(&mut times)
    );
}

/// Seconds of processor this process has used (a shared machine's clock says little); 0 where nobody tells.
fn processor() -> f64 {
    let told = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = told.rsplit_once(')').map_or("", |(_, rest)| rest);
    let ticks = |place: usize| {
        after_name
            .split_whitespace()
            .nth(place)
            .and_then(|word| word.parse::<f64>().ok())
            .unwrap_or(0.0)
    };
    (ticks(11) + ticks(12)) / 100.0
}

fn spread(times: &mut [Duration]) -> String {
    times.sort_unstable();
    let part = |percent: usize| {
        times
            .get(times.len() * percent / 100)
            .copied()
            .unwrap_or_default()
            .as_secs_f64()
            * 1_000.0
    };
    format!("p50 {:.2} ms p99 {:.2} ms", part(50), part(99))
}

async fn searches(engine: &str, store: &Store, viewer: &Viewer) {
    let mut conn = store.read().await.expect("read");
    for (name, from, to) in [("rare", 15_000_i64, 20_000_u64), ("common", 1, 200)] {
        let mut dice = Dice(7_777);
        let mut times = Vec::new();
        for _ in 0..100 {
            let terms = Terms::Word(format!("w{}", from + dice.number(to - from.unsigned_abs())));
            let one = Instant::now();
            search::posts(
                &mut conn,
                viewer,
                (&terms, &PostFilter::default()),
                None,
                50,
            )
            .await
            .expect("found");
            times.push(one.elapsed());
        }
        println!(
            "{engine}: search of a {name} word, 50 newest, {}",
            spread(&mut times)
        );
    }
}

/// Writes conversations straight into the table: what is measured are the pages, not this.
async fn fill(side: &Side, workspace: i64, count: u64) {
    let columns = "id, workspace_id, number, source, thread_root, thread_key, reach, state, team_id, assignee_id, urgency, salience, needs_answer, \
        last_seq, waiting_since, due_at, opened_at, last_at, last_line, person_name, handle, resolved_at";
    let picked = format!(
        "n, {workspace}, n + 1000000, 'mastodon', 't' || n, 't' || n, CASE WHEN n % 3 = 0 THEN 'private' ELSE 'public' END,
         CASE WHEN n % 10 < 6 THEN 'new' WHEN n % 10 < 8 THEN 'waiting' ELSE 'resolved' END,
         CASE WHEN n % 1000 = 0 THEN 77 WHEN n % 3 = 1 THEN 5 WHEN n % 3 = 2 THEN 6 ELSE NULL END, CASE WHEN n % 50 = 0 THEN 9 ELSE NULL END,
         CASE WHEN n % 97 = 0 THEN 3 WHEN n % 31 = 0 THEN 2 ELSE n % 2 END, n % 100, TRUE, 1, {START} + n * 7919 % 100000007,
         {START} + n * 104729 % 1000000007, {START} + n, {START} + n, 'is anybody there?', 'Nell', 'nell', {START} + n"
    );
    match side {
        Side::File(path) => {
            let options = sqlx::sqlite::SqliteConnectOptions::new()
                .filename(path)
                .busy_timeout(Duration::from_mins(1));
            let mut conn = sqlx::SqliteConnection::connect_with(&options)
                .await
                .expect("open");
            let sql = format!(
                "WITH RECURSIVE s (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < {count})
                 INSERT INTO conversation ({columns}) SELECT {picked} FROM s; ANALYZE; PRAGMA wal_checkpoint(TRUNCATE);"
            );
            sqlx::raw_sql(sqlx::AssertSqlSafe(sql))
                .execute(&mut conn)
                .await
                .expect("filled");
        }
        Side::Server(url) => {
            let mut conn = sqlx::PgConnection::connect(url).await.expect("open");
            let sql = format!(
                "INSERT INTO conversation ({columns}) SELECT {picked} FROM generate_series(1::bigint, {count}) s(n)"
            );
            sqlx::raw_sql(sqlx::AssertSqlSafe(sql))
                .execute(&mut conn)
                .await
                .expect("filled");
            sqlx::raw_sql("VACUUM ANALYZE conversation")
                .execute(&mut conn)
                .await
                .expect("tidy");
        }
    }
}

async fn pages(engine: &str, store: &Store, system: &Viewer, count: u64) {
    let member = |teams: &[i64]| Viewer {
        workspace: system.workspace,
        member: Some(MemberId(9)),
        role: Role::Responder,
        duties: Vec::new(),
        teams: teams.iter().copied().map(TeamId).collect(),
    };
    let views = [
        InboxView::WaitingLongest,
        InboxView::Unassigned,
        InboxView::Mine,
        InboxView::MyTeams,
        InboxView::Public,
        InboxView::Waiting,
        InboxView::Resolved,
    ];
    let mut conn = store.read().await.expect("read");
    let (mut all, mut dice) = (Vec::new(), Dice(4_242));
    for (who, viewer) in [
        ("all", system.clone()),
        ("small team", member(&[77])),
        ("two teams", member(&[5, 6])),
    ] {
        let mut times = Vec::new();
        for round in 0..420_usize {
            let Some(view) = views.get(round % views.len()) else {
                continue;
            };
            let place = QueuePlace {
                band: 2,
                at: START + dice.number(1_000_000_007),
                dullness: 0,
                waiting_since: 0,
                id: 0,
            };
            let after = (round % 3 != 0).then_some(place);
            let one = Instant::now();
            inbox::list(&mut conn, &viewer, view, after, 50)
                .await
                .expect("listed");
            times.push(one.elapsed());
        }
        all.extend(times.iter().copied());
        println!(
            "{engine}: inbox page of 50 at {count} conversations, {who}: {}",
            spread(&mut times)
        );
    }
    println!(
        "{engine}: inbox page of 50 at {count} conversations, every viewer: {}",
        spread(&mut all)
    );
    let mut times = Vec::new();
    for _ in 0..50 {
        let one = Instant::now();
        inbox::counts(&mut conn, &member(&[77]), at(0))
            .await
            .expect("counted");
        times.push(one.elapsed());
    }
    println!(
        "{engine}: counts of all views, small team: {}",
        spread(&mut times)
    );
}
