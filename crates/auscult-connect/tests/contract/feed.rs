//! A strict fake of a blog with an RSS feed.

use std::sync::{Arc, Mutex};

use auscult_connect::contract::{
    Account, Budget, ConnectError, Connector, Cx, FeedSpec, Inbound, Secret, SendJob,
};
use auscult_connect::feed::Feeds;

use crate::contract_suite;
use crate::server::{Call, Desk, Reply};
use crate::suite::{Fault, Stage};

const TOKEN: &str = "tok-feed-81c2";
const PATH: &str = "/feed/";

struct Item {
    id: usize,
    body: String,
    gone: bool,
}

#[derive(Default)]
struct State {
    items: Vec<Item>,
    edits: usize,
    fault: Option<Fault>,
    revoked: bool,
    unpacked: usize,
}

struct Fake {
    desk: Desk,
    state: Arc<Mutex<State>>,
}

async fn fake() -> Fake {
    let state = Arc::new(Mutex::new(State::default()));
    let shared = Arc::clone(&state);
    let desk = Desk::open(move |call| shared.lock().unwrap().answer(call)).await;
    Fake { desk, state }
}

fn id(number: usize) -> String {
    format!("https://blog.example/?p={number}")
}

impl State {
    fn add(&mut self, body: impl FnOnce(usize) -> String) -> String {
        let number = self.items.len();
        self.items.push(Item {
            id: number,
            body: body(number),
            gone: false,
        });
        id(number)
    }

    fn whole(&self) -> String {
        let newest_first = self.items.iter().rev().filter(|item| !item.gone);
        let items: String = newest_first.map(|item| item.body.as_str()).collect();
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><rss version=\"2.0\"><channel><title>Riverside blog</title>\
             <link>https://blog.example/</link>{items}</channel></rss>"
        )
    }

    fn answer(&mut self, call: &Call) -> Reply {
        match call.path.as_str() {
            "/" => {
                let link = format!(
                    "<link rel=\"alternate\" type=\"application/rss+xml\" href=\"{PATH}\">"
                );
                return Reply::raw(
                    200,
                    "text/html",
                    format!("<!doctype html><html><head>{link}</head></html>"),
                );
            }
            "/old/" => return Reply::raw(301, "text/html", "moved").with("location", PATH),
            "/closed/" => return Reply::raw(410, "text/html", "closed"),
            PATH => {}
            _ => return Reply::raw(404, "text/html", "nothing here"),
        }
        if self.revoked || call.header("authorization") != format!("Bearer {TOKEN}") {
            return Reply::raw(401, "text/html", "sign in");
        }
        if !call.header("accept").contains("application/rss+xml") {
            return Reply::raw(
                406,
                "text/html",
                "this fake wants to know that a feed is read",
            );
        }
        let whole = self.whole();
        if let Some(reply) = self.wrong(&whole) {
            return reply;
        }
        let etag = format!(
            "\"{}-{}-{}\"",
            self.items.len(),
            self.items.iter().filter(|item| item.gone).count(),
            self.edits
        );
        if call.header("if-none-match") == etag {
            return Reply::Answer(304, vec![("etag".to_owned(), etag)], Vec::new());
        }
        self.unpacked += 1;
        Reply::raw(200, "application/rss+xml; charset=UTF-8", whole).with("etag", &etag)
    }

    /// What goes wrong at this call, if anything.
    fn wrong(&mut self, whole: &str) -> Option<Reply> {
        Some(match self.fault.take()? {
            Fault::TooMany => Reply::raw(429, "text/plain", "slow down").with("retry-after", "40"),
            Fault::Expired => Reply::raw(401, "text/html", "sign in"),
            Fault::Revoked => {
                self.revoked = true;
                Reply::raw(401, "text/html", format!("{TOKEN} was revoked"))
            }
            Fault::AcceptThenSilence => Reply::Silence,
            Fault::HtmlPage => Reply::raw(200, "text/html", "<html>down for maintenance</html>"),
            Fault::HtmlError => Reply::raw(502, "text/html", "<html>bad gateway</html>"),
            Fault::CutShort => {
                let half = whole
                    .as_bytes()
                    .get(..whole.len() / 2)
                    .unwrap_or_default()
                    .to_vec();
                Reply::raw(200, "application/rss+xml", half)
            }
            Fault::Error | Fault::AcceptThenError | Fault::Refuse => {
                Reply::raw(500, "text/plain", "oops")
            }
        })
    }
}

fn dated(number: usize, text: &str, date: &str) -> String {
    format!(
        "<item><title>Entry {number}</title><link>https://blog.example/{number}/</link><guid isPermaLink=\"false\">{}</guid>\
         <pubDate>{date}</pubDate><description>{text}</description></item>",
        id(number)
    )
}

fn written(number: usize, text: &str) -> String {
    let date = format!(
        "Mon, 02 Nov 2026 09:{:02}:{:02} +0000",
        number / 60,
        number % 60
    );
    dated(number, text, &date)
}

impl Stage for Fake {
    fn connector(&self) -> Arc<dyn Connector> {
        Arc::new(Feeds)
    }

    fn desk(&self) -> &Desk {
        &self.desk
    }

    fn account(&self) -> Account {
        let base_url = format!("{}{PATH}", self.desk.url);
        Account {
            channel: 3,
            base_url,
            secret: Secret::new(TOKEN),
            ..Account::default()
        }
    }

    fn feed(&self) -> FeedSpec {
        FeedSpec::Address {
            url: format!("{}{PATH}", self.desk.url),
            kind: None,
        }
    }

    fn write(&self, texts: &[String]) -> Vec<String> {
        let mut state = self.state.lock().unwrap();
        texts
            .iter()
            .map(|text| state.add(|number| written(number, text)))
            .collect()
    }

    fn write_broken(&self) {
        self.state
            .lock()
            .unwrap()
            .add(|_| "<item><title>half <b></title></item>".to_owned());
    }

    fn write_undated(&self) -> String {
        self.state
            .lock()
            .unwrap()
            .add(|number| dated(number, "waited, who knows when", "yesterday"))
    }

    fn remove(&self, gone: &str) {
        let mut state = self.state.lock().unwrap();
        state
            .items
            .iter_mut()
            .filter(|item| id(item.id) == gone)
            .for_each(|item| item.gone = true);
    }

    fn fail(&self, fault: Fault) {
        self.state.lock().unwrap().fault = Some(fault);
    }

    fn answer(&self, _id: &str, _key: &str, _text: &str) -> Option<SendJob> {
        None
    }

    fn ledger(&self) -> Vec<String> {
        Vec::new()
    }

    fn secrets(&self) -> Vec<String> {
        vec![TOKEN.to_owned()]
    }

    fn renews(&self) -> bool {
        false
    }

    fn fetches(&self) -> bool {
        false
    }
}

contract_suite!(fake().await);

fn cx(stage: &Fake) -> Cx {
    Cx {
        egress: stage.desk.egress.clone(),
        account: stage.account(),
        now: stage.desk.now(),
    }
}

async fn poll(
    stage: &Fake,
    path: &str,
    cursor: Option<&str>,
) -> Result<auscult_connect::contract::Page, ConnectError> {
    let feed = FeedSpec::Address {
        url: format!("{}{path}", stage.desk.url),
        kind: None,
    };
    Feeds
        .poll(&cx(stage), &feed, cursor, Budget::default())
        .await
}

#[tokio::test]
async fn nothing_new_costs_nothing() {
    let stage = fake().await;
    stage.write(&["waited an hour".to_owned()]);
    let first = poll(&stage, PATH, None).await.unwrap();
    let second = poll(&stage, PATH, first.cursor.as_deref()).await.unwrap();
    assert_eq!((second.items.len(), second.cursor), (0, first.cursor));
    assert_eq!(stage.state.lock().unwrap().unpacked, 1);
}

#[tokio::test]
async fn an_item_that_changed_comes_again_as_a_new_version() {
    let stage = fake().await;
    let ids = stage.write(&["waited an hour".to_owned(), "waited two".to_owned()]);
    let first = poll(&stage, PATH, None).await.unwrap();
    {
        let mut blog = stage.state.lock().unwrap();
        blog.items[0].body = written(0, "waited an hour and a half");
        blog.edits += 1;
    }
    let second = poll(&stage, PATH, first.cursor.as_deref()).await.unwrap();
    let ([Inbound::Post(changed)], Inbound::Post(before)) =
        (second.items.as_slice(), &first.items[0])
    else {
        panic!("one item changed: {:?}", second.items);
    };
    assert_eq!(changed.post.id, ids[0]);
    assert_ne!(changed.version, before.version);
}

#[tokio::test]
async fn moves_pages_and_closed_feeds_are_told_apart() {
    let stage = fake().await;
    stage.write(&["waited an hour".to_owned()]);
    let whole = format!("{}{PATH}", stage.desk.url);
    let moved = poll(&stage, "/old/", None).await.unwrap();
    assert_eq!(
        (moved.moved_to.as_deref(), moved.items.len()),
        (Some(whole.as_str()), 1)
    );
    let page = poll(&stage, "/", None).await.unwrap();
    assert_eq!(
        (page.moved_to.as_deref(), page.more),
        (Some(whole.as_str()), true)
    );
    assert!(matches!(
        poll(&stage, "/closed/", None).await,
        Err(ConnectError::Gone(_))
    ));
    assert!(matches!(
        poll(&stage, "/nowhere/", None).await,
        Err(ConnectError::Settings(_))
    ));
    let mut home = cx(&stage);
    home.account.base_url.clone_from(&stage.desk.url);
    assert_eq!(Feeds.probe(&home).await.unwrap().external_id, whole);
    let inside = FeedSpec::Address {
        url: "http://169.254.169.254/feed".to_owned(),
        kind: None,
    };
    let guarded = Feeds.poll(&home, &inside, None, Budget::default()).await;
    assert!(
        matches!(guarded, Err(ConnectError::Settings(_))),
        "{guarded:?}"
    );
}
