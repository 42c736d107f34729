//! Sign-ins, kept in memory and renewed once for all who wait, and calls that are signed with them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::contract::{Account, Cx, Secret};
use crate::egress::{Address, Method, Response, host};

use super::fault::{Fault, Told};
use super::wire::{AtUri, DidDoc, ErrorWire, SessionWire};

/// After a refused sign-in nobody knocks again for this long; networks lock accounts that do.
const AFTER_REFUSAL: SignedDuration = SignedDuration::from_mins(5);

/// The call that carries the password.
const SIGN_IN: &str = "com.atproto.server.createSession";

/// A call of the network's API.
pub(super) struct Call {
    verb: Method,
    nsid: &'static str,
    query: Vec<(&'static str, String)>,
    body: Body,
}

enum Body {
    None,
    Json(serde_json::Value),
    Blob(Vec<u8>, String),
}

impl Call {
    /// A reading call.
    pub(super) fn get(nsid: &'static str) -> Self {
        Self {
            verb: Method::GET,
            nsid,
            query: Vec::new(),
            body: Body::None,
        }
    }

    /// A writing call.
    pub(super) fn post(nsid: &'static str, body: serde_json::Value) -> Self {
        Self {
            verb: Method::POST,
            nsid,
            query: Vec::new(),
            body: Body::Json(body),
        }
    }

    /// A writing call with bytes.
    pub(super) fn blob(nsid: &'static str, bytes: Vec<u8>, media_type: String) -> Self {
        Self {
            verb: Method::POST,
            nsid,
            query: Vec::new(),
            body: Body::Blob(bytes, media_type),
        }
    }

    /// Adds a query value.
    pub(super) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.query.push((name, value.into()));
        self
    }
}

/// An open sign-in.
#[derive(Clone)]
pub(super) struct Session {
    access: Secret,
    refresh: Secret,
    /// Our stable id.
    pub(super) did: String,
    /// Our handle.
    pub(super) handle: String,
    service: String,
}

enum State {
    Closed,
    Open(Session),
    Refused { at: Timestamp, message: String },
}

struct Slot {
    version: i64,
    secret: Secret,
    state: State,
}

#[derive(Clone, PartialEq, Eq, Hash)]
struct Key {
    channel: i64,
    base_url: String,
    handle: String,
}

/// The sign-ins of all accounts on this network.
#[derive(Default)]
pub(super) struct Sessions {
    slots: Mutex<HashMap<Key, Arc<tokio::sync::Mutex<Slot>>>>,
}

impl Sessions {
    /// Asks, signed in where the account has a secret; an access that is over is renewed once.
    pub(super) async fn ask(&self, cx: &Cx, call: &Call) -> Result<Response, Fault> {
        if cx.account.secret.expose().is_empty() {
            return once(cx, &cx.account.base_url, None, call).await;
        }
        let session = self.session(cx).await?;
        let answer = once(cx, &session.service, Some(&session.access), call).await;
        match answer {
            Err(Fault::Told(told)) if told.access_is_over() => {
                let renewed = self.renew(cx, &session.access).await?;
                once(cx, &renewed.service, Some(&renewed.access), call).await
            }
            answer => answer,
        }
    }

    /// Whether the author's own store still holds the post of this address. A network that cannot say counts as no.
    pub(super) async fn kept_by_author(&self, cx: &Cx, uri: &str) -> Result<bool, Fault> {
        let Some(at) = AtUri::parse(uri) else {
            return Ok(false);
        };
        let call = Call::get("com.atproto.repo.getRecord")
            .with("repo", at.repo)
            .with("collection", at.collection)
            .with("rkey", at.rkey);
        match self.ask(cx, &call).await {
            Ok(_) => Ok(true),
            Err(Fault::Told(told))
                if (400..500).contains(&told.status)
                    && told.status != 429
                    && !told.access_is_over() =>
            {
                Ok(false)
            }
            Err(fault) => Err(fault),
        }
    }

    /// The open sign-in of an account.
    #[expect(
        clippy::significant_drop_tightening,
        reason = "the lock is what makes one sign-in serve all who wait"
    )]
    pub(super) async fn session(&self, cx: &Cx) -> Result<Session, Fault> {
        if cx.account.secret.expose().is_empty() {
            return Err(Fault::Settings(
                "this needs an account: enter its handle and an app password".to_owned(),
            ));
        }
        let slot = self.slot(&cx.account);
        let mut slot = slot.lock().await;
        if slot.version != cx.account.version || slot.secret != cx.account.secret {
            *slot = Slot::closed(&cx.account);
        }
        match &slot.state {
            State::Open(session) => return Ok(session.clone()),
            State::Refused { at, message } if (cx.now)().duration_since(*at) < AFTER_REFUSAL => {
                return Err(Fault::Access(message.clone()));
            }
            State::Refused { .. } | State::Closed => {}
        }
        sign_in(cx, &mut slot).await
    }

    #[expect(
        clippy::significant_drop_tightening,
        reason = "the lock is what makes one sign-in serve all who wait"
    )]
    async fn renew(&self, cx: &Cx, stale: &Secret) -> Result<Session, Fault> {
        let slot = self.slot(&cx.account);
        let mut slot = slot.lock().await;
        let session = match &slot.state {
            State::Open(session) => session.clone(),
            State::Closed | State::Refused { .. } => return sign_in(cx, &mut slot).await,
        };
        // Somebody who waited before us has renewed it.
        if session.access != *stale {
            return Ok(session);
        }
        let call = Call::post("com.atproto.server.refreshSession", serde_json::Value::Null);
        let call = Call {
            body: Body::None,
            ..call
        };
        match once(cx, &session.service, Some(&session.refresh), &call).await {
            Ok(response) => keep(cx, &mut slot, &response),
            Err(Fault::Told(told)) if told.refuses() => sign_in(cx, &mut slot).await,
            Err(fault) => Err(fault),
        }
    }

    fn slot(&self, account: &Account) -> Arc<tokio::sync::Mutex<Slot>> {
        let key = Key {
            channel: account.channel,
            base_url: account.base_url.clone(),
            handle: account.handle.clone(),
        };
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(
            slots
                .entry(key)
                .or_insert_with(|| Arc::new(tokio::sync::Mutex::new(Slot::closed(account)))),
        )
    }
}

impl Slot {
    fn closed(account: &Account) -> Self {
        Self {
            version: account.version,
            secret: account.secret.clone(),
            state: State::Closed,
        }
    }
}

async fn sign_in(cx: &Cx, slot: &mut Slot) -> Result<Session, Fault> {
    let account = &cx.account;
    let call = Call::post(
        SIGN_IN,
        serde_json::json!({ "identifier": account.handle, "password": account.secret.expose() }),
    );
    match once(cx, &account.base_url, None, &call).await {
        Ok(response) => keep(cx, slot, &response),
        Err(Fault::Told(told)) if told.refuses() => {
            let message = format!(
                "{} does not accept the handle or the app password ({}): make a new app password there and enter it here",
                told.host, told.name
            );
            slot.state = State::Refused {
                at: (cx.now)(),
                message: message.clone(),
            };
            Err(Fault::Access(message))
        }
        Err(fault) => Err(fault),
    }
}

fn keep(cx: &Cx, slot: &mut Slot, response: &Response) -> Result<Session, Fault> {
    let wire: SessionWire = response.json().map_err(Fault::from)?;
    let mut session = Session {
        access: Secret::new(wire.access_jwt),
        refresh: Secret::new(wire.refresh_jwt),
        service: service(cx, wire.did_doc.as_ref())?,
        did: wire.did,
        handle: wire.handle,
    };
    // An empty token never takes the place of one that works.
    if let State::Open(before) = &slot.state
        && session.refresh.expose().is_empty()
    {
        session.refresh = before.refresh.clone();
    }
    if session.access.expose().is_empty() || session.did.is_empty() {
        return Err(Fault::Broken(format!(
            "{} signed us in without a token",
            host(&response.url)
        )));
    }
    slot.state = State::Open(session.clone());
    Ok(session)
}

/// Where the account lives: its own server where the sign-in names one, else the one that was entered.
fn service(cx: &Cx, document: Option<&DidDoc>) -> Result<String, Fault> {
    let entered = cx.account.base_url.trim_end_matches('/');
    let named = document
        .and_then(|document| {
            document
                .service
                .iter()
                .find(|service| service.id.ends_with("#atproto_pds"))
        })
        .map(|service| service.endpoint.trim_end_matches('/'))
        .filter(|endpoint| !endpoint.is_empty() && *endpoint != entered);
    let Some(endpoint) = named else {
        return Ok(entered.to_owned());
    };
    match cx.egress.check(endpoint) {
        Ok(()) => Ok(endpoint.to_owned()),
        Err(error) => Err(Fault::Settings(format!(
            "the account lives on another server than the one entered: {error}"
        ))),
    }
}

/// One call to one server.
async fn once(
    cx: &Cx,
    service: &str,
    token: Option<&Secret>,
    call: &Call,
) -> Result<Response, Fault> {
    let address = format!("{}/xrpc/{}", service.trim_end_matches('/'), call.nsid);
    // Sign-ins and renewals have allowances of their own: using them up must not silence the account.
    let allowance = if call.nsid.starts_with("com.atproto.server.") {
        call.nsid
    } else {
        "account"
    };
    let credential = format!("bluesky {allowance} {}", cx.account.channel);
    let mut request = cx
        .egress
        .request(call.verb.clone(), &address)
        .credential(credential);
    for (name, value) in &call.query {
        request = request.query(name, value);
    }
    if let Some(token) = token {
        request = request.bearer(token);
    }
    if call.nsid == SIGN_IN {
        request = request.confidential();
    }
    request = match &call.body {
        Body::None => request,
        Body::Json(body) => request.json(body),
        Body::Blob(bytes, media_type) => request
            .body(bytes.clone(), media_type)
            .timeout(Duration::from_mins(2)),
    };
    let response = request.send().await?;
    if response.status.is_success() {
        return Ok(response);
    }
    let wire: ErrorWire = serde_json::from_slice(&response.bytes).unwrap_or_default();
    let secrets = [Some(&cx.account.secret), token];
    Err(Fault::Told(Told {
        status: response.status.as_u16(),
        name: clean(&wire.error, &secrets),
        message: clean(&wire.message, &secrets),
        host: host(&response.url),
        retry_at: response.retry_at,
    }))
}

/// A server's own words, cut, on one line, without our secrets.
fn clean(text: &str, secrets: &[Option<&Secret>]) -> String {
    let mut text: String = text
        .chars()
        .filter(|sign| !sign.is_control())
        .take(500)
        .collect();
    for secret in secrets.iter().flatten().map(|secret| secret.expose()) {
        if !secret.is_empty() {
            text = text.replace(secret, "…");
        }
    }
    text.chars().take(200).collect()
}

/// The address of an account's stream: the one named, else the account's own service.
pub(super) fn stream_base(cx: &Cx, url: &str) -> Result<Address, Fault> {
    let named = if url.is_empty() {
        cx.account.base_url.as_str()
    } else {
        url
    };
    let parsed: Result<Address, _> = named.parse();
    parsed.map_err(|error| {
        Fault::Settings(format!(
            "the stream's address is not one as wss://stream.example: {error}"
        ))
    })
}
