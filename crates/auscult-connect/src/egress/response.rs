//! An answer, read whole within its cap, or piece by piece.

use std::time::Duration;

use bytes::Bytes;
use jiff::Timestamp;
use reqwest::header::{CONTENT_TYPE, HeaderMap};
use reqwest::{StatusCode, Url};
use serde::de::DeserializeOwned;

use crate::contract::ConnectError;

use super::error::EgressError;
use super::host;

/// An answer, read whole.
#[derive(Debug, Clone)]
pub struct Response {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, unpacked.
    pub bytes: Bytes,
    /// Where it came from, after redirects.
    pub url: Url,
    /// Where the address moved for good, if it did.
    pub moved_to: Option<Url>,
    /// When the service says to come back, if it does.
    pub retry_at: Option<Timestamp>,
}

impl Response {
    /// A header as text; empty when absent.
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }

    /// The media type without parameters, in lower case; empty when absent.
    pub fn media_type(&self) -> String {
        media_type(&self.headers)
    }

    /// The body as text: by its byte order mark, else by the header's charset, else UTF-8; what cannot be read becomes `�`.
    pub fn text(&self) -> String {
        let named = self
            .header("content-type")
            .split(';')
            .skip(1)
            .find_map(|parameter| {
                let (name, value) = parameter.split_once('=')?;
                let label = value.trim().trim_matches('"');
                name.trim()
                    .eq_ignore_ascii_case("charset")
                    .then_some(label)?;
                encoding_rs::Encoding::for_label(label.as_bytes())
            });
        let (text, _, _) = named.unwrap_or(encoding_rs::UTF_8).decode(&self.bytes);
        text.into_owned()
    }

    /// The body read as JSON. The reason names host and place, never the content.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, ConnectError> {
        serde_json::from_slice(&self.bytes).map_err(|error| {
            let host = host(&self.url);
            if matches!(self.bytes.trim_ascii_start().first(), Some(b'<')) {
                return ConnectError::Broken(format!(
                    "{host} answered {} with a web page where data was expected",
                    self.status.as_u16()
                ));
            }
            let place = format!("line {}, column {}", error.line(), error.column());
            let what = match error.classify() {
                serde_json::error::Category::Eof => "breaks off",
                serde_json::error::Category::Data => "does not have the expected shape",
                serde_json::error::Category::Syntax | serde_json::error::Category::Io => {
                    "is not readable"
                }
            };
            ConnectError::Broken(format!("the answer of {host} {what} at {place}"))
        })
    }

    /// The answer if it is a good one, else what its status means to a reader. A connector that knows the body's
    /// error codes looks at them first.
    pub fn good(self) -> Result<Self, ConnectError> {
        if self.status.is_success() {
            return Ok(self);
        }
        let message = format!("{} answered {}", host(&self.url), self.status.as_u16());
        Err(match self.status.as_u16() {
            401 => ConnectError::AccessEnded(message),
            404 | 410 => ConnectError::Gone(message),
            408 | 425 | 429 | 500..=599 => ConnectError::Retry {
                at: self.retry_at,
                message,
            },
            _ => ConnectError::Broken(message),
        })
    }
}

pub(super) fn media_type(headers: &HeaderMap) -> String {
    let value = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    value
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase()
}

/// An answer whose body arrives piece by piece (server-sent events).
#[derive(Debug)]
pub struct Streaming {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// When the service says to come back, if it does.
    pub retry_at: Option<Timestamp>,
    pub(super) inner: reqwest::Response,
    pub(super) idle: Duration,
}

impl Streaming {
    /// The next piece; `None` at the end. Silence longer than the call's time is a lost connection.
    pub async fn next(&mut self) -> Result<Option<Bytes>, EgressError> {
        let host = host(self.inner.url());
        match tokio::time::timeout(self.idle, self.inner.chunk()).await {
            Ok(Ok(piece)) => Ok(piece),
            Ok(Err(_)) => Err(EgressError::Lost(format!("the stream of {host} broke off"))),
            Err(_) => Err(EgressError::Lost(format!(
                "the stream of {host} fell silent"
            ))),
        }
    }
}

/// Reads a body up to `cap` bytes, counted after unpacking.
pub(super) async fn read(
    mut response: reqwest::Response,
    cap: usize,
) -> Result<Bytes, EgressError> {
    let host = host(response.url());
    let too_big =
        || EgressError::TooBig(format!("the answer of {host} is larger than {cap} bytes"));
    if response
        .content_length()
        .is_some_and(|length| length > cap as u64)
    {
        return Err(too_big());
    }
    let mut bytes = bytes::BytesMut::new();
    loop {
        let piece = response.chunk().await.map_err(|error| {
            let how = if error.is_timeout() {
                "did not end in time"
            } else {
                "broke off"
            };
            EgressError::Lost(format!("the answer of {host} {how}"))
        })?;
        let Some(piece) = piece else {
            return Ok(bytes.freeze());
        };
        if bytes.len() + piece.len() > cap {
            return Err(too_big());
        }
        bytes.extend_from_slice(&piece);
    }
}
