//! A strict fake of the Mastodon client API: of Mastodon itself, and of a server that has only half of it.

use std::sync::{Arc, Mutex};

use auscult_connect::contract::{Account, Connector, FeedSpec, Secret, SendJob};
use auscult_connect::mastodon::Mastodon;
use serde_json::{Value, json};

use crate::contract_suite;
use crate::server::{Call, Desk, Reply};
use crate::suite::{Fault, Stage};

const TOKEN: &str = "tok-3f9a17c2b5";
const NOW: &str = "2026-11-02T09:30:00Z";

/// How much of the API the fake has.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Full,
    Half,
}

#[derive(Clone)]
struct Written {
    id: u64,
    by_us: bool,
    text: String,
    created_at: String,
    parent: Option<String>,
    gone: bool,
    broken: bool,
}

struct State {
    kind: Kind,
    url: String,
    posts: Vec<Written>,
    keys: Vec<(String, u64)>,
    ledger: Vec<String>,
    fault: Option<Fault>,
    revoked: bool,
}

struct Fake {
    desk: Desk,
    state: Arc<Mutex<State>>,
}

async fn fake(kind: Kind) -> Fake {
    let state = Arc::new(Mutex::new(State {
        kind,
        url: String::new(),
        posts: Vec::new(),
        keys: Vec::new(),
        ledger: Vec::new(),
        fault: None,
        revoked: false,
    }));
    let shared = Arc::clone(&state);
    let desk = Desk::open(move |call| shared.lock().unwrap().answer(call)).await;
    state.lock().unwrap().url.clone_from(&desk.url);
    Fake { desk, state }
}

fn error(status: u16, words: &str) -> Reply {
    Reply::json(status, &json!({ "error": words }))
}

impl State {
    fn write(&mut self, text: &str) -> u64 {
        // Ids grow by a digit on the way: they are no texts to be sorted as texts.
        let id = 9_999_980 + self.posts.len() as u64;
        let second = i64::try_from(self.posts.len()).unwrap();
        let start: jiff::Timestamp = "2026-11-02T09:00:00Z".parse().unwrap();
        let created_at = (start + jiff::SignedDuration::from_secs(second)).to_string();
        let text = text.to_owned();
        self.posts.push(Written {
            id,
            by_us: false,
            text,
            created_at,
            parent: None,
            gone: false,
            broken: false,
        });
        id
    }

    fn uri(&self, post: &Written) -> String {
        let name = if post.by_us { "riverside" } else { "ana" };
        format!("{}/users/{name}/statuses/{}", self.url, post.id)
    }

    fn status(&self, post: &Written) -> Value {
        if post.broken {
            return json!({"id": ["x"], "content": 5});
        }
        let (id, acct) = if post.by_us {
            ("12", "riverside")
        } else {
            ("1099", "ana")
        };
        let text = post.text.replace('&', "&amp;").replace('<', "&lt;");
        json!({
            "id": post.id.to_string(), "uri": self.uri(post), "url": format!("{}/@{acct}/{}", self.url, post.id),
            "created_at": post.created_at, "visibility": "public", "spoiler_text": "", "language": "en",
            "in_reply_to_id": post.parent, "content": format!("<p>{text}</p>"), "sensitive": false,
            "account": {"id": id, "username": acct, "acct": acct, "display_name": "Ana", "url": format!("{}/@{acct}", self.url)},
            "mentions": [{"id": "12", "username": "riverside", "acct": "riverside", "url": format!("{}/@riverside", self.url)}],
            "media_attachments": [], "tags": [], "replies_count": 0, "favourites_count": 0, "reblogs_count": 0, "reblog": null
        })
    }

    fn find(&self, id: &str) -> Option<&Written> {
        self.posts
            .iter()
            .find(|post| post.id.to_string() == id && !post.gone)
    }

    fn answer(&mut self, call: &Call) -> Reply {
        if let Some(id) = call
            .path
            .strip_prefix("/users/")
            .and_then(|path| path.rsplit('/').next())
        {
            return if self.find(id).is_some() {
                Reply::raw(200, "application/activity+json", "{}")
            } else {
                error(404, "gone")
            };
        }
        if call.path == "/api/v2/instance" && self.kind == Kind::Full {
            return Reply::json(
                200,
                &json!({
                "version": "4.4.2", "title": "Riverside town", "configuration": {
                    "urls": {"streaming": self.url.replace("http", "ws")},
                    "statuses": {"max_characters": 500, "characters_reserved_per_url": 23}}}),
            );
        }
        if call.path == "/api/v1/instance" && self.kind == Kind::Half {
            return Reply::json(
                200,
                &json!({
                "version": "4.0.0 (not true; really a small one)", "title": "Small", "urls": {"streaming_api": "wss://small.example"},
                "configuration": {"statuses": {"max_characters": 500, "characters_reserved_per_url": 23}}}),
            );
        }
        if self.revoked || call.header("authorization") != format!("Bearer {TOKEN}") {
            return error(401, "The access token is invalid");
        }
        self.signed_in(call)
    }

    fn signed_in(&mut self, call: &Call) -> Reply {
        let part = |at: usize| call.path.split('/').nth(at).unwrap_or_default().to_owned();
        match (call.method.as_str(), part(3).as_str(), part(5).as_str()) {
            ("GET", "accounts", "") => Reply::json(
                200,
                &json!({
                "id": "12", "username": "riverside", "acct": "riverside", "display_name": "Riverside Hospital",
                "url": format!("{}/@riverside", self.url)}),
            ),
            ("GET", "notifications", _) => self.faulty(call, Self::notifications),
            ("GET", "statuses", "") => match self.find(&part(4)) {
                Some(post) => Reply::json(200, &self.status(post)),
                None => error(404, "Record not found"),
            },
            ("GET", "statuses", "context") => self.context(&part(4)),
            ("GET", "search", _) => Reply::json(
                200,
                &json!({"accounts": [], "hashtags": [], "statuses": self.search(call.query("q"))}),
            ),
            ("GET", "accounts", "statuses") => self.own(call),
            ("POST", "statuses", _) => self.faulty(call, Self::publish),
            ("DELETE", "statuses", _) if self.kind == Kind::Full => self.delete(&part(4)),
            _ => error(404, "Record not found"),
        }
    }

    fn faulty(&mut self, call: &Call, answer: impl Fn(&mut Self, &Call) -> Reply) -> Reply {
        let Some(fault) = self.fault.take() else {
            return answer(self, call);
        };
        match fault {
            Fault::TooMany => error(429, "Too many requests")
                .with("x-ratelimit-limit", "300")
                .with("x-ratelimit-remaining", "0")
                .with("x-ratelimit-reset", "2026-11-02T09:30:40.000000Z"),
            Fault::Expired => error(401, "The access token expired"),
            Fault::Revoked => {
                self.revoked = true;
                error(401, &format!("The access token {TOKEN} was revoked"))
            }
            Fault::AcceptThenSilence => {
                answer(self, call);
                Reply::Silence
            }
            Fault::AcceptThenError => {
                answer(self, call);
                error(500, "Something went wrong")
            }
            Fault::Refuse => error(422, &format!("Validation failed: {TOKEN} may not say that")),
            Fault::HtmlPage => Reply::raw(200, "text/html", "<html>down for maintenance</html>"),
            Fault::HtmlError => Reply::raw(502, "text/html", "<html>bad gateway</html>"),
            Fault::CutShort => Reply::raw(200, "application/json", "[{\"id\":\"1\",\"type\":\"men"),
            Fault::Error => Reply::raw(500, "text/plain", "oops"),
        }
    }

    fn notifications(&mut self, call: &Call) -> Reply {
        if call.query("types[]") != "mention" {
            return error(422, "this fake wants types[]=mention");
        }
        let there: Vec<&Written> = self
            .posts
            .iter()
            .filter(|post| !post.by_us && !post.gone)
            .collect();
        let page = match pick(&there, call, 80) {
            Ok(page) => page,
            Err(reply) => return reply,
        };
        let body: Vec<Value> = page
            .iter()
            .map(|post| json!({"id": post.id.to_string(), "type": "mention", "created_at": NOW, "status": self.status(post)}))
            .collect();
        with_links(
            Reply::json(200, &json!(body)),
            &page,
            &format!("{}{}", self.url, call.path),
        )
    }

    fn own(&self, call: &Call) -> Reply {
        let there: Vec<&Written> = self
            .posts
            .iter()
            .filter(|post| post.by_us && !post.gone)
            .collect();
        match pick(&there, call, 40) {
            Ok(page) => Reply::json(
                200,
                &json!(
                    page.iter()
                        .map(|post| self.status(post))
                        .collect::<Vec<_>>()
                ),
            ),
            Err(reply) => reply,
        }
    }

    fn context(&self, id: &str) -> Reply {
        let Some(post) = self.find(id) else {
            return error(404, "Record not found");
        };
        let above = post
            .parent
            .as_ref()
            .and_then(|parent| self.find(parent))
            .map(|parent| self.status(parent));
        let below = self
            .posts
            .iter()
            .filter(|below| !below.gone && below.parent.as_deref() == Some(id));
        let below: Vec<Value> = below.map(|post| self.status(post)).collect();
        Reply::json(
            200,
            &json!({"ancestors": above.into_iter().collect::<Vec<_>>(), "descendants": below}),
        )
    }

    fn search(&self, words: &str) -> Vec<Value> {
        let found = self
            .posts
            .iter()
            .filter(|post| !post.gone && !post.broken && self.uri(post) == words);
        found.map(|post| self.status(post)).collect()
    }

    fn publish(&mut self, call: &Call) -> Reply {
        let body = call.json();
        let text = body["status"].as_str().unwrap_or_default().to_owned();
        let key = call.header("idempotency-key").to_owned();
        let parent = body["in_reply_to_id"].as_str().map(str::to_owned);
        if key.is_empty() {
            return error(422, "this fake wants an Idempotency-Key");
        }
        let known = self
            .keys
            .iter()
            .find(|(known, _)| *known == key && self.kind == Kind::Full)
            .map(|(_, id)| *id);
        if let Some(post) = known.and_then(|id| self.find(&id.to_string())) {
            return Reply::json(200, &self.status(post));
        }
        if self.kind == Kind::Full
            && parent
                .as_ref()
                .is_some_and(|parent| self.find(parent).is_none())
        {
            return error(404, "Record not found");
        }
        let is_good = !text.trim().is_empty()
            && text.chars().count() <= 500
            && body["visibility"] == "public";
        if !is_good || body["language"] != "en" || (parent.is_some() && !text.starts_with("@ana "))
        {
            return error(422, "Validation failed");
        }
        let id = self.write(&text);
        let post = self.posts.last_mut().unwrap();
        post.by_us = true;
        post.parent = parent;
        NOW.clone_into(&mut post.created_at);
        self.keys.push((key, id));
        self.ledger
            .push(text.trim_start_matches("@ana ").to_owned());
        Reply::json(200, &self.status(self.posts.last().unwrap()))
    }

    fn delete(&mut self, id: &str) -> Reply {
        match self
            .posts
            .iter_mut()
            .find(|post| post.id.to_string() == id && !post.gone)
        {
            Some(post) if post.by_us => {
                post.gone = true;
                Reply::json(200, &json!({"id": id, "text": post.text}))
            }
            Some(_) => error(403, "This action is not allowed"),
            None => error(404, "Record not found"),
        }
    }
}

/// A page as Mastodon cuts it: `min_id` forwards, `max_id` backwards, newest first.
fn pick<'a>(there: &[&'a Written], call: &Call, most: usize) -> Result<Vec<&'a Written>, Reply> {
    let limit: usize = call.query("limit").parse().unwrap_or(20);
    if limit > most || limit == 0 {
        return Err(error(422, "limit is out of range"));
    }
    let number = |name: &str| call.query(name).parse::<u64>().ok();
    let mut page: Vec<&Written> = there
        .iter()
        .copied()
        .filter(|post| {
            number("min_id").is_none_or(|min| post.id > min)
                && number("max_id").is_none_or(|max| post.id < max)
        })
        .collect();
    if number("min_id").is_some() {
        page.truncate(limit);
        page.reverse();
    } else {
        page.reverse();
        page.truncate(limit);
    }
    Ok(page)
}

fn with_links(reply: Reply, page: &[&Written], address: &str) -> Reply {
    match (page.first(), page.last()) {
        (Some(newest), Some(oldest)) => reply.with(
            "link",
            &format!(
                "<{address}?max_id={}>; rel=\"next\", <{address}?min_id={}>; rel=\"prev\"",
                oldest.id, newest.id
            ),
        ),
        _ => reply,
    }
}

impl Stage for Fake {
    fn connector(&self) -> Arc<dyn Connector> {
        Arc::new(Mastodon)
    }

    fn desk(&self) -> &Desk {
        &self.desk
    }

    fn account(&self) -> Account {
        Account {
            channel: 7,
            base_url: self.desk.url.clone(),
            handle: "riverside".to_owned(),
            external_id: "12".to_owned(),
            secret: Secret::new(TOKEN),
            ..Account::default()
        }
    }

    fn feed(&self) -> FeedSpec {
        FeedSpec::Mentions
    }

    fn write(&self, texts: &[String]) -> Vec<String> {
        let mut state = self.state.lock().unwrap();
        let mut ids = Vec::new();
        for text in texts {
            state.write(text);
            ids.push(state.uri(state.posts.last().unwrap()));
        }
        ids
    }

    fn write_broken(&self) {
        let mut state = self.state.lock().unwrap();
        state.write("broken");
        state.posts.last_mut().unwrap().broken = true;
    }

    fn write_undated(&self) -> String {
        let mut state = self.state.lock().unwrap();
        state.write("waited since nobody knows when");
        "yesterday".clone_into(&mut state.posts.last_mut().unwrap().created_at);
        state.uri(state.posts.last().unwrap())
    }

    fn remove(&self, id: &str) {
        let mut state = self.state.lock().unwrap();
        let at = state
            .posts
            .iter()
            .position(|post| state.uri(post) == id)
            .unwrap();
        state.posts[at].gone = true;
    }

    fn fail(&self, fault: Fault) {
        self.state.lock().unwrap().fault = Some(fault);
    }

    fn answer(&self, id: &str, key: &str, text: &str) -> Option<SendJob> {
        let local = id.rsplit('/').next().unwrap_or_default();
        let reply_to =
            json!({"v": 1, "id": local, "uri": id, "acct": "ana", "visibility": "public"});
        Some(SendJob {
            delivery: 1,
            key: key.to_owned(),
            created_at: NOW.parse().unwrap(),
            text: text.to_owned(),
            lang: "en".to_owned(),
            reply_to: Some(reply_to.to_string()),
            mention: None,
            private: false,
            media: Vec::new(),
        })
    }

    fn ledger(&self) -> Vec<String> {
        self.state.lock().unwrap().ledger.clone()
    }

    fn secrets(&self) -> Vec<String> {
        vec![TOKEN.to_owned()]
    }

    fn renews(&self) -> bool {
        false
    }
}

mod whole {
    use super::{Kind, contract_suite, fake};

    contract_suite!(fake(Kind::Full).await);
}

mod half {
    use super::{Kind, contract_suite, fake};

    contract_suite!(fake(Kind::Half).await);
}
