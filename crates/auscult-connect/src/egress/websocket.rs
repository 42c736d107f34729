//! A WebSocket through the same guard, with a cap on frames and an end to silence.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::{SinkExt, StreamExt};
use reqwest::Url;
use reqwest::header::{AUTHORIZATION, HeaderValue, USER_AGENT};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::handshake::client::Request as Handshake;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{WebSocketStream, client_async_with_config};

use crate::contract::Secret;

use super::error::EgressError;
use super::guard::{HostPort, PrivateName, Resolver, Road, private};
use super::{CONNECT, Egress, host, parse, rate};

/// Bytes of a message, unless the call says otherwise.
const CAP: usize = 8 * 1024 * 1024;
/// Silence after which a ping asks whether the other side is there.
const IDLE: Duration = Duration::from_secs(30);

trait Pipe: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Pipe for T {}

/// A WebSocket about to be opened.
#[must_use = "a socket does nothing until it is connected"]
pub struct Knock {
    egress: Egress,
    url: Result<Url, EgressError>,
    token: Option<Secret>,
    cap: usize,
    idle: Duration,
    credential: String,
}

/// What arrives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Frame {
    /// Text.
    Text(String),
    /// Bytes.
    Binary(Bytes),
}

/// An open WebSocket.
pub struct Socket {
    inner: WebSocketStream<Box<dyn Pipe>>,
    host: String,
    idle: Duration,
    asked: bool,
}

impl Knock {
    pub(super) fn new(egress: Egress, address: &str) -> Self {
        Self {
            egress,
            url: parse(address),
            token: None,
            cap: CAP,
            idle: IDLE,
            credential: String::new(),
        }
    }

    /// Adds a pair to the query.
    pub fn query(mut self, name: &str, value: impl std::fmt::Display) -> Self {
        if let Ok(url) = &mut self.url {
            url.query_pairs_mut().append_pair(name, &value.to_string());
        }
        self
    }

    /// Signs with a bearer token.
    pub fn bearer(mut self, token: &Secret) -> Self {
        self.token = Some(token.clone());
        self
    }

    /// Bytes of a message at most (8 MiB unless said).
    pub fn cap(mut self, bytes: usize) -> Self {
        self.cap = bytes;
        self
    }

    /// Silence after which a ping is sent, and again after which the connection counts as lost (30 seconds unless said).
    pub fn idle(mut self, time: Duration) -> Self {
        self.idle = time;
        self
    }

    /// Whose allowance this uses up.
    pub fn credential(mut self, name: impl std::fmt::Display) -> Self {
        self.credential = name.to_string();
        self
    }

    /// Opens it.
    pub async fn connect(self) -> Result<Socket, EgressError> {
        let url = self.url.clone()?;
        let place = host(&url);
        let inner = &self.egress.inner;
        let road = inner.guard.check(&url)?;
        if self.token.is_some() && road == Road::Public && !matches!(url.scheme(), "https" | "wss")
        {
            return Err(EgressError::Refused(format!(
                "{place} would get a secret in the open: enter its address with wss://"
            )));
        }
        if let Some(until) = inner.pauses.until(&place, &self.credential, (inner.now)()) {
            return Err(EgressError::Throttled { host: place, until });
        }
        let resolver = Resolver {
            lookup: Arc::clone(&inner.lookup),
            road,
        };
        let limit = CONNECT.saturating_mul(2);
        let opening = async {
            let pipe = self.pipe(&url, &place, &resolver).await?;
            let handshake = self.handshake(&url)?;
            let config = WebSocketConfig::default()
                .max_message_size(Some(self.cap))
                .max_frame_size(Some(self.cap));
            Box::pin(client_async_with_config(handshake, pipe, Some(config)))
                .await
                .map_err(|error| self.explain(error, &place))
        };
        match tokio::time::timeout(limit, opening).await {
            Ok(Ok((socket, _))) => Ok(Socket {
                inner: socket,
                host: place,
                idle: self.idle,
                asked: false,
            }),
            Ok(Err(error)) => Err(error),
            Err(_) => Err(EgressError::Unreached(format!(
                "{place} did not open a stream in time"
            ))),
        }
    }

    /// A connection to an address that the guard let through.
    async fn pipe(
        &self,
        url: &Url,
        place: &str,
        resolver: &Resolver,
    ) -> Result<Box<dyn Pipe>, EgressError> {
        let unreached = || EgressError::Unreached(format!("{place} cannot be connected to"));
        let port = HostPort::of(url).ok_or_else(unreached)?.port();
        let name = url
            .host_str()
            .unwrap_or_default()
            .trim_matches(['[', ']'])
            .to_owned();
        let addresses = match name.parse() {
            // The guard has looked at addresses written as numbers.
            Ok(address) => vec![address],
            Err(_) => resolver.addresses(name.clone()).await.map_err(|error| {
                if error.is::<PrivateName>() {
                    private(place)
                } else {
                    unreached()
                }
            })?,
        };
        let sockets: Vec<SocketAddr> = addresses
            .into_iter()
            .map(|address| SocketAddr::new(address, port))
            .collect();
        let stream = TcpStream::connect(sockets.as_slice())
            .await
            .map_err(|_cause| unreached())?;
        if matches!(url.scheme(), "ws" | "http") {
            return Ok(Box::new(stream));
        }
        let server = rustls::pki_types::ServerName::try_from(name).map_err(|_cause| unreached())?;
        let connector = tokio_rustls::TlsConnector::from(Arc::clone(&self.egress.inner.tls));
        let stream = connector.connect(server, stream).await.map_err(|_cause| {
            EgressError::Unreached(format!(
                "{place} cannot be reached by TLS: is its certificate trusted here?"
            ))
        })?;
        Ok(Box::new(stream))
    }

    fn handshake(&self, url: &Url) -> Result<Handshake, EgressError> {
        let wrong = || {
            EgressError::Address(
                "the stream cannot be asked for: enter the secret again".to_owned(),
            )
        };
        let mut address = url.clone();
        let scheme = if matches!(url.scheme(), "https" | "wss") {
            "wss"
        } else {
            "ws"
        };
        if address.set_scheme(scheme).is_err() {
            return Err(wrong());
        }
        let mut request = address
            .as_str()
            .into_client_request()
            .map_err(|_cause| wrong())?;
        let agent =
            HeaderValue::from_str(&self.egress.inner.user_agent).map_err(|_cause| wrong())?;
        request.headers_mut().insert(USER_AGENT, agent);
        if let Some(token) = &self.token {
            let mut value = HeaderValue::from_str(&format!("Bearer {}", token.expose()))
                .map_err(|_cause| wrong())?;
            value.set_sensitive(true);
            request.headers_mut().insert(AUTHORIZATION, value);
        }
        Ok(request)
    }

    fn explain(&self, error: Error, place: &str) -> EgressError {
        let Error::Http(answer) = error else {
            return EgressError::Unreached(format!("{place} did not open a stream"));
        };
        let inner = &self.egress.inner;
        let now = (inner.now)();
        let status = answer.status().as_u16();
        inner
            .pauses
            .hear((place, &self.credential), status, answer.headers(), now);
        let body = answer.body().as_deref().unwrap_or_default();
        let body = String::from_utf8_lossy(body.get(..2048).unwrap_or(body)).into_owned();
        EgressError::Answered {
            host: place.to_owned(),
            status,
            body,
            retry_at: rate::retry_at(answer.headers(), now),
        }
    }
}

impl Socket {
    /// The next frame; `None` when the other side closed. Safe to drop while waiting.
    pub async fn next(&mut self) -> Result<Option<Frame>, EgressError> {
        loop {
            let Ok(arrived) = tokio::time::timeout(self.idle, self.inner.next()).await else {
                self.ask().await?;
                continue;
            };
            self.asked = false;
            match arrived {
                None
                | Some(
                    Ok(Message::Close(_)) | Err(Error::ConnectionClosed | Error::AlreadyClosed),
                ) => return Ok(None),
                Some(Ok(Message::Text(text))) => {
                    return Ok(Some(Frame::Text(text.as_str().to_owned())));
                }
                Some(Ok(Message::Binary(bytes))) => return Ok(Some(Frame::Binary(bytes))),
                // Pings are answered by the library.
                Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => {}
                Some(Err(Error::Capacity(_))) => {
                    return Err(EgressError::TooBig(format!(
                        "{} sent a frame that is too large",
                        self.host
                    )));
                }
                Some(Err(_)) => {
                    return Err(EgressError::Lost(format!(
                        "the stream of {} broke off",
                        self.host
                    )));
                }
            }
        }
    }

    /// Sends a text.
    pub async fn send(&mut self, text: String) -> Result<(), EgressError> {
        self.push(Message::text(text)).await
    }

    /// Says goodbye. A peer that is gone already is no error.
    pub async fn close(mut self) {
        if self.inner.close(None).await.is_err() {
            tracing::debug!(
                host = self.host,
                "the stream was closed from the other side"
            );
        }
    }

    async fn ask(&mut self) -> Result<(), EgressError> {
        if self.asked {
            return Err(EgressError::Lost(format!(
                "the stream of {} fell silent",
                self.host
            )));
        }
        self.asked = true;
        self.push(Message::Ping(Bytes::new())).await
    }

    async fn push(&mut self, message: Message) -> Result<(), EgressError> {
        match tokio::time::timeout(self.idle, self.inner.send(message)).await {
            Ok(Ok(())) => Ok(()),
            _ => Err(EgressError::Lost(format!(
                "the stream of {} broke off",
                self.host
            ))),
        }
    }
}
