//! A request: built in the order it reads, sent hop by hop.

use std::fmt::Display;
use std::time::Duration;

use bytes::Bytes;
use jiff::Timestamp;
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue, LOCATION};
use reqwest::{Method, Url};
use serde::Serialize;

use crate::contract::Secret;

use super::error::EgressError;
use super::guard::{NoSuchName, PrivateName, Road, private};
use super::response::{Response, Streaming, read};
use super::{Egress, host, parse, rate};

/// Redirects followed at most.
const HOPS: usize = 5;
/// Bytes of an answer, unless the call says otherwise.
const CAP: usize = 10 * 1024 * 1024;
/// Time for the whole call, unless it says otherwise.
const WHOLE: Duration = Duration::from_secs(30);

/// A request in the making.
#[must_use = "a request does nothing until it is sent"]
pub struct Request {
    egress: Egress,
    method: Method,
    url: Result<Url, EgressError>,
    headers: HeaderMap,
    secrets: HeaderMap,
    body: Option<Bytes>,
    cap: usize,
    whole: Duration,
    credential: String,
    confidential: bool,
}

/// A hop that was answered.
struct Answered {
    response: reqwest::Response,
    moved_to: Option<Url>,
    retry_at: Option<Timestamp>,
}

impl Request {
    pub(super) fn new(egress: Egress, method: Method, address: &str) -> Self {
        Self {
            egress,
            method,
            url: parse(address),
            headers: HeaderMap::new(),
            secrets: HeaderMap::new(),
            body: None,
            cap: CAP,
            whole: WHOLE,
            credential: String::new(),
            confidential: false,
        }
    }

    /// Adds a pair to the query.
    pub fn query(mut self, name: &str, value: impl Display) -> Self {
        if let Ok(url) = &mut self.url {
            url.query_pairs_mut().append_pair(name, &value.to_string());
        }
        self
    }

    /// Adds a header.
    pub fn header(mut self, name: &'static str, value: &str) -> Self {
        match HeaderValue::from_str(value) {
            Ok(value) => {
                self.headers.insert(HeaderName::from_static(name), value);
            }
            Err(_) => {
                self.url = Err(EgressError::Address(format!(
                    "the {name} header has characters that cannot be sent"
                )));
            }
        }
        self
    }

    /// Adds a header that leaves this house for its first host only and is never printed.
    pub fn secret_header(mut self, name: HeaderName, value: &Secret) -> Self {
        match HeaderValue::from_str(value.expose()) {
            Ok(mut value) => {
                value.set_sensitive(true);
                self.secrets.insert(name, value);
            }
            Err(_) => {
                self.url = Err(EgressError::Address(
                    "the secret has characters that cannot be sent: enter it again".to_owned(),
                ));
            }
        }
        self
    }

    /// Signs with a bearer token.
    pub fn bearer(self, token: &Secret) -> Self {
        self.secret_header(
            AUTHORIZATION,
            &Secret::new(format!("Bearer {}", token.expose())),
        )
    }

    /// A body in JSON.
    pub fn json(self, body: &impl Serialize) -> Self {
        match serde_json::to_vec(body) {
            Ok(bytes) => self
                .header("accept", "application/json")
                .body(bytes, "application/json"),
            Err(error) => Self {
                url: Err(EgressError::Address(format!(
                    "the request cannot be written: {error}"
                ))),
                ..self
            },
        }
    }

    /// A body of form fields.
    pub fn form(self, pairs: &[(&str, &str)]) -> Self {
        // A query is written like a form.
        let fields = Url::parse_with_params("http://form/", pairs).ok();
        let fields = fields
            .as_ref()
            .and_then(Url::query)
            .unwrap_or_default()
            .to_owned();
        self.body(fields, "application/x-www-form-urlencoded")
    }

    /// A body of any kind.
    pub fn body(mut self, body: impl Into<Bytes>, media_type: &str) -> Self {
        self.body = Some(body.into());
        self.header("content-type", media_type)
    }

    /// Bytes of the answer at most (10 MiB unless said).
    pub fn cap(mut self, bytes: usize) -> Self {
        self.cap = bytes;
        self
    }

    /// Time for the whole call (30 seconds unless said); for a stream the longest silence.
    pub fn timeout(mut self, time: Duration) -> Self {
        self.whole = time;
        self
    }

    /// Whose allowance this uses up, so that a pause asked of one account does not stop another.
    pub fn credential(mut self, name: impl Display) -> Self {
        self.credential = name.to_string();
        self
    }

    /// The body carries a secret (a sign-in): like a secret header it leaves for a public host by https alone.
    pub fn confidential(mut self) -> Self {
        self.confidential = true;
        self
    }

    /// Sends, and reads the whole answer. Every status is an answer.
    pub async fn send(self) -> Result<Response, EgressError> {
        let cap = self.cap;
        let answered = self.travel(true).await?;
        let response = answered.response;
        let (status, headers, url) = (
            response.status(),
            response.headers().clone(),
            response.url().clone(),
        );
        let bytes = read(response, cap).await?;
        Ok(Response {
            status,
            headers,
            bytes,
            url,
            moved_to: answered.moved_to,
            retry_at: answered.retry_at,
        })
    }

    /// Sends, and leaves the body to be read piece by piece.
    pub async fn open(self) -> Result<Streaming, EgressError> {
        let idle = self.whole;
        let answered = self.travel(false).await?;
        let response = answered.response;
        Ok(Streaming {
            status: response.status(),
            headers: response.headers().clone(),
            retry_at: answered.retry_at,
            inner: response,
            idle,
        })
    }

    async fn travel(mut self, whole: bool) -> Result<Answered, EgressError> {
        let mut url = self.url.clone()?;
        let mut moved_to = None;
        let mut only_for_good = true;
        for _ in 0..=HOPS {
            let (response, retry_at) = self.hop(&url, whole).await?;
            let Some(next) = self.next_address(&url, &response)? else {
                return Ok(Answered {
                    response,
                    moved_to,
                    retry_at,
                });
            };
            only_for_good &= matches!(response.status().as_u16(), 301 | 308);
            if only_for_good {
                moved_to = Some(next.clone());
            }
            if next.origin() != url.origin() {
                self.secrets.clear();
            }
            url = next;
        }
        Err(EgressError::Redirected(format!(
            "{} redirects in a circle: enter the address at which it ends",
            host(&url)
        )))
    }

    /// One request to one address, checked before it leaves.
    async fn hop(
        &self,
        url: &Url,
        whole: bool,
    ) -> Result<(reqwest::Response, Option<Timestamp>), EgressError> {
        let inner = &self.egress.inner;
        let road = inner.guard.check(url)?;
        let place = host(url);
        let secret = self.confidential || !self.secrets.is_empty();
        if secret && road == Road::Public && url.scheme() != "https" {
            return Err(EgressError::Refused(format!(
                "{place} would get a secret in the open: enter its address with https://"
            )));
        }
        let now = (inner.now)();
        if let Some(until) = inner.pauses.until(&place, &self.credential, now) {
            return Err(EgressError::Throttled { host: place, until });
        }
        let client = match road {
            Road::Public => &inner.public,
            Road::Named => &inner.named,
        };
        let mut builder = client
            .request(self.method.clone(), url.clone())
            .headers(self.headers.clone());
        builder = builder.headers(self.secrets.clone());
        if let Some(body) = &self.body {
            builder = builder.body(body.clone());
        }
        if whole {
            builder = builder.timeout(self.whole);
        }
        let sent = tokio::time::timeout(self.whole, builder.send()).await;
        let response = match sent {
            Ok(Ok(response)) => response,
            Ok(Err(error)) => return Err(explain(&error, &place)),
            Err(_) => return Err(EgressError::Lost(format!("{place} did not answer in time"))),
        };
        let now = (inner.now)();
        inner.pauses.hear(
            (&place, &self.credential),
            response.status().as_u16(),
            response.headers(),
            now,
        );
        let retry_at = rate::retry_at(response.headers(), now);
        Ok((response, retry_at))
    }

    /// Where an answer sends us; `None` when it is the answer.
    fn next_address(
        &self,
        url: &Url,
        response: &reqwest::Response,
    ) -> Result<Option<Url>, EgressError> {
        let status = response.status().as_u16();
        if !matches!(status, 301 | 302 | 303 | 307 | 308) {
            return Ok(None);
        }
        let Some(location) = response
            .headers()
            .get(LOCATION)
            .and_then(|value| value.to_str().ok())
        else {
            return Ok(None);
        };
        let Ok(next) = url.join(location) else {
            return Err(EgressError::Redirected(format!(
                "{} redirects to something that is not an address",
                host(url)
            )));
        };
        let reads = matches!(self.method, Method::GET | Method::HEAD);
        let same_place = next.origin() == url.origin() && matches!(status, 307 | 308);
        if reads || same_place {
            return Ok(Some(next));
        }
        Err(EgressError::Redirected(format!(
            "{} moved to {}: enter the new address, nothing was sent there",
            host(url),
            host(&next)
        )))
    }
}

/// What went wrong, told apart by whether anything was asked.
fn explain(error: &reqwest::Error, place: &str) -> EgressError {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    let mut untrusted = false;
    while let Some(current) = cause {
        if current.is::<PrivateName>() {
            return private(place);
        }
        if current.is::<NoSuchName>() {
            return EgressError::Unreached(format!(
                "there is no host {place}: look at the spelling"
            ));
        }
        untrusted |= current.is::<rustls::Error>();
        let inside = current
            .downcast_ref::<std::io::Error>()
            .and_then(std::io::Error::get_ref);
        cause = match inside {
            Some(inside) => Some(inside),
            None => current.source(),
        };
    }
    if untrusted {
        return EgressError::Unreached(format!(
            "{place} cannot prove who it is: its certificate is not trusted here"
        ));
    }
    if error.is_connect() {
        let how = if error.is_timeout() {
            "in time"
        } else {
            "at all"
        };
        return EgressError::Unreached(format!("{place} cannot be connected to {how}"));
    }
    if error.is_builder() {
        return EgressError::Address(format!("the request to {place} cannot be written"));
    }
    let how = if error.is_timeout() {
        "did not answer in time"
    } else {
        "broke off"
    };
    EgressError::Lost(format!("{place} {how}"))
}
