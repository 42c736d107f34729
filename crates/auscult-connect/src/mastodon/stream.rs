//! Posts as they are written. A stream cannot be taken up where it broke: after connecting, the list is read by id.

use std::collections::{HashMap, VecDeque};

use serde::Deserialize;
use serde_json::Value;
use tokio::sync::mpsc;

use super::api::Api;
use super::poll::{List, Place, Threads, poll};
use super::wire::{self, Lens, Notification};
use super::{id, instance};
use crate::contract::{Budget, ConnectError, FeedSpec, Inbound, Page};
use crate::egress::{Address, Frame, Socket};

/// Local ids remembered, so that a deletion can be told by the id everywhere.
const REMEMBERED: usize = 20_000;

/// A message of the stream.
#[derive(Debug, Deserialize)]
struct Message {
    #[serde(default)]
    event: String,
    #[serde(default)]
    payload: Value,
}

/// Runs until the connection ends or nobody listens any more.
pub(super) async fn run(
    api: &Api,
    feed: &FeedSpec,
    cursor: Option<&str>,
    out: &mpsc::Sender<Page>,
) -> Result<(), ConnectError> {
    let names = names(feed).ok_or(ConnectError::NotOffered("a stream of this kind"))?;
    let mut socket = connect(api, &names).await?;
    let mut flow = Flow {
        api,
        lens: api.lens(),
        place: None,
        names: Names::default(),
    };
    if !flow.catch_up(feed, cursor, out).await? {
        socket.close().await;
        return Ok(());
    }
    loop {
        let frame = match socket.next().await? {
            None => return Ok(()),
            Some(Frame::Text(text)) => text,
            Some(Frame::Binary(bytes)) => String::from_utf8_lossy(&bytes).into_owned(),
        };
        let items = flow.read(&frame).await?;
        if items.is_empty() {
            continue;
        }
        let page = Page {
            items,
            cursor: flow.place.as_ref().and_then(Place::write),
            ..Page::default()
        };
        if out.send(page).await.is_err() {
            socket.close().await;
            return Ok(());
        }
    }
}

/// What the stream of a feed is called.
fn names(feed: &FeedSpec) -> Option<Vec<(&'static str, String)>> {
    List::of(feed)?;
    let named = |name: &str| Some(vec![("stream", name.to_owned())]);
    let tag = |tag: &str| {
        Some(vec![
            ("stream", "hashtag".to_owned()),
            ("tag", tag.trim_start_matches('#').to_owned()),
        ])
    };
    match feed {
        FeedSpec::Mentions => named("user:notification"),
        FeedSpec::Hashtag { tag: name } => tag(name),
        FeedSpec::Stream { flavour, .. } => match flavour.split_once(':') {
            Some((_, name)) => tag(name),
            None if flavour == "public" => named("public"),
            None => named("user:notification"),
        },
        FeedSpec::Own | FeedSpec::Search { .. } | FeedSpec::Address { .. } => None,
    }
}

async fn connect(api: &Api, names: &[(&'static str, String)]) -> Result<Socket, ConnectError> {
    let (instance, _) = instance(api).await?;
    let address = instance
        .streaming()
        .ok_or(ConnectError::NotOffered("a stream"))?;
    let address = Address::parse(address).map_err(|_wrong| {
        ConnectError::Broken(format!("{} names a stream that is no address", api.host()))
    })?;
    let is_open = matches!(address.scheme(), "ws" | "http");
    if is_open && api.origin().scheme() == "https" {
        return Err(ConnectError::Broken(format!(
            "{} names a stream without encryption",
            api.host()
        )));
    }
    let base = address.as_str().trim_end_matches('/');
    let mut knock = api
        .cx
        .egress
        .websocket(&format!("{base}/api/v1/streaming"))
        .credential(api.cx.account.channel);
    for (name, value) in names {
        knock = knock.query(name, value);
    }
    if !api.cx.account.secret.expose().is_empty() {
        knock = knock.bearer(&api.cx.account.secret);
    }
    match knock.connect().await.map_err(ConnectError::from) {
        Err(ConnectError::Gone(_)) => Err(ConnectError::NotOffered("a stream")),
        other => other,
    }
}

struct Flow<'a> {
    api: &'a Api,
    lens: Lens,
    place: Option<Place>,
    names: Names,
}

impl Flow<'_> {
    /// What was written while nobody was connected; false when nobody listens.
    async fn catch_up(
        &mut self,
        feed: &FeedSpec,
        cursor: Option<&str>,
        out: &mpsc::Sender<Page>,
    ) -> Result<bool, ConnectError> {
        let mut cursor = cursor.map(str::to_owned);
        loop {
            let page = poll(self.api, feed, cursor.as_deref(), Budget::default()).await?;
            for item in &page.items {
                if let Inbound::Post(post) = item {
                    self.names.remember_reply(&post.reply_to);
                }
            }
            cursor = page.cursor.clone().or(cursor);
            self.place = cursor.as_deref().and_then(Place::read);
            let has_more = page.more;
            if out.send(page).await.is_err() {
                return Ok(false);
            }
            if !has_more {
                return Ok(true);
            }
        }
    }

    async fn read(&mut self, frame: &str) -> Result<Vec<Inbound>, ConnectError> {
        let Ok(message) = serde_json::from_str::<Message>(frame) else {
            return Ok(if frame.trim().is_empty() {
                Vec::new()
            } else {
                vec![broken(frame, "a message of the stream")]
            });
        };
        match message.event.as_str() {
            "update" | "status.update" => {
                let value = payload(message.payload);
                let moves = message.event == "update";
                self.status(
                    &value,
                    moves.then(|| value.get("id").cloned()).flatten().as_ref(),
                )
                .await
            }
            "notification" => self.notification(payload(message.payload)).await,
            "delete" => Ok(self.deletion(&message.payload)),
            _ => Ok(Vec::new()),
        }
    }

    async fn status(
        &mut self,
        value: &Value,
        moves_to: Option<&Value>,
    ) -> Result<Vec<Inbound>, ConnectError> {
        let status = match wire::status(value, "stream") {
            Ok(status) => status,
            Err(broken) => return Ok(vec![broken]),
        };
        let above = Threads::new(self.api, 1).above(&status).await?;
        self.names.remember(status.id.clone(), status.name());
        self.move_to(moves_to.and_then(Value::as_str));
        Ok(vec![Inbound::Post(Box::new(
            status.inbound(value, &self.lens, above),
        ))])
    }

    async fn notification(&mut self, value: Value) -> Result<Vec<Inbound>, ConnectError> {
        let notification: Notification = match serde_json::from_value(value.clone()) {
            Ok(notification) => notification,
            Err(error) => return Ok(vec![broken(&value.to_string(), &error.to_string())]),
        };
        if !matches!(notification.kind.as_str(), "mention" | "update") {
            return Ok(Vec::new());
        }
        let status = notification.status.unwrap_or_default();
        let is_mention = notification.kind == "mention";
        let id = is_mention.then(|| Value::from(notification.id));
        let mut items = self.status(&status, id.as_ref()).await?;
        if let [Inbound::Post(inbound)] = items.as_mut_slice() {
            inbound.addressed_to_us |= is_mention;
        }
        Ok(items)
    }

    fn deletion(&mut self, payload: &Value) -> Vec<Inbound> {
        let id = payload
            .as_str()
            .map_or_else(|| payload.to_string(), str::to_owned);
        let named = self.names.uri.remove(&id);
        named
            .map(|external_id| Inbound::Deleted {
                external_id,
                at: self.api.now(),
            })
            .into_iter()
            .collect()
    }

    fn move_to(&mut self, newer: Option<&str>) {
        let Some(newer) = newer else { return };
        let min_id = self.place.take().map(|place| place.min_id);
        self.place = Some(Place::at(id::later(min_id, newer)));
    }
}

/// A payload is JSON inside a text.
fn payload(value: Value) -> Value {
    let Value::String(text) = value else {
        return value;
    };
    serde_json::from_str(&text).unwrap_or(Value::String(text))
}

fn broken(text: &str, reason: &str) -> Inbound {
    let mut raw = text.as_bytes().to_vec();
    raw.truncate(64 << 10);
    Inbound::Broken {
        place: "stream".to_owned(),
        reason: reason.to_owned(),
        raw,
    }
}

/// Local ids and the ids everywhere that they stand for, the oldest forgotten first.
#[derive(Default)]
struct Names {
    uri: HashMap<String, String>,
    order: VecDeque<String>,
}

impl Names {
    fn remember(&mut self, id: String, uri: String) {
        if self.uri.insert(id.clone(), uri).is_none() {
            self.order.push_back(id);
        }
        if self.order.len() > REMEMBERED
            && let Some(oldest) = self.order.pop_front()
        {
            self.uri.remove(&oldest);
        }
    }

    fn remember_reply(&mut self, reply_to: &str) {
        if let Some(reply) = super::send::target(reply_to) {
            self.remember(reply.id, reply.uri);
        }
    }
}
