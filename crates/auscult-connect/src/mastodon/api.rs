//! Calls to a server and what its answers mean.

use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::wire::Lens;
use crate::contract::{ConnectError, Cx, SendError};
use crate::egress::{Address, Method, Request, Response};

/// A server and the account we have there.
#[derive(Clone)]
pub(super) struct Api {
    pub(super) cx: Cx,
    base: Address,
}

impl Api {
    pub(super) fn new(cx: &Cx) -> Result<Self, ConnectError> {
        let text = cx.account.base_url.trim().trim_end_matches('/');
        let text = if text.contains("://") {
            text.to_owned()
        } else {
            format!("https://{text}")
        };
        let base = Address::parse(&text)
            .ok()
            .filter(Address::has_host)
            .ok_or_else(|| {
                ConnectError::Settings(
                    "the address of the server is missing; enter it as https://social.example"
                        .to_owned(),
                )
            })?;
        Ok(Self {
            cx: cx.clone(),
            base,
        })
    }

    pub(super) fn host(&self) -> String {
        self.base.host_str().unwrap_or_default().to_owned()
    }

    pub(super) fn origin(&self) -> &Address {
        &self.base
    }

    pub(super) fn now(&self) -> Timestamp {
        (self.cx.now)()
    }

    pub(super) fn lens(&self) -> Lens {
        let account = &self.cx.account;
        let handle = account.handle.trim_start_matches('@');
        let own_handle = if handle.is_empty() {
            String::new()
        } else {
            super::wire::whole_handle(handle, None, &self.host())
        };
        Lens {
            host: self.host(),
            own_id: account.external_id.clone(),
            own_handle,
        }
    }

    pub(super) fn request(&self, method: Method, path: &str) -> Request {
        let base = self.base.as_str().trim_end_matches('/');
        let request = self.cx.egress.request(method, &format!("{base}{path}"));
        let request = request.credential(self.cx.account.channel);
        if self.cx.account.secret.expose().is_empty() {
            request
        } else {
            request.bearer(&self.cx.account.secret)
        }
    }

    /// A list or an object, with its page links.
    pub(super) async fn answer(
        &self,
        path: &str,
        query: &[(&str, String)],
    ) -> Result<Response, ConnectError> {
        let mut request = self
            .request(Method::GET, path)
            .header("accept", "application/json");
        for (name, value) in query {
            request = request.query(name, value);
        }
        self.good(request.send().await?)
    }

    pub(super) async fn get<T: DeserializeOwned>(
        &self,
        path: &str,
        query: &[(&str, String)],
    ) -> Result<T, ConnectError> {
        self.answer(path, query).await?.json()
    }

    /// What an answer means to a reader.
    pub(super) fn good(&self, response: Response) -> Result<Response, ConnectError> {
        match response.status.as_u16() {
            401 => Err(ConnectError::AccessEnded(format!(
                "{} no longer accepts the access; sign in again",
                self.host()
            ))),
            403 => Err(ConnectError::AccessEnded(format!(
                "{} does not allow this to the access we have; sign in again and grant reading and writing",
                self.host()
            ))),
            422 => Err(ConnectError::Settings(format!(
                "{} refused: {}",
                self.host(),
                self.words(&response)
            ))),
            _ => response.good(),
        }
    }

    /// What an answer means to a sender. `None` when it was accepted.
    pub(super) fn refusal(&self, response: &Response, is_answer: bool) -> Option<SendError> {
        let host = self.host();
        let words = self.words(response);
        Some(match response.status.as_u16() {
            200..=299 => return None,
            401 => SendError::AccessEnded(format!(
                "{host} no longer accepts the access; sign in again"
            )),
            403 => SendError::AccessEnded(format!(
                "{host} does not allow this to the access we have: {words}"
            )),
            404 | 410 if is_answer => {
                SendError::TargetGone("the post that is answered is no longer there".to_owned())
            }
            429 => SendError::NotNow {
                at: response.retry_at,
                message: format!("{host} asked for a pause"),
            },
            400..=499 => SendError::Refused(format!("{host} refused: {words}")),
            status => SendError::Unknown(format!(
                "{host} answered {status}; whether it was published is not known"
            )),
        })
    }

    /// The reason an answer gives, cut, without our secret.
    pub(super) fn words(&self, response: &Response) -> String {
        let body: Value = serde_json::from_slice(&response.bytes).unwrap_or_default();
        let reason = ["error_description", "error"]
            .iter()
            .find_map(|name| body.get(*name).and_then(Value::as_str));
        let Some(reason) = reason else {
            return format!("status {}", response.status.as_u16());
        };
        let secret = self.cx.account.secret.expose();
        let quiet = if secret.is_empty() {
            reason.to_owned()
        } else {
            reason.replace(secret, "…")
        };
        quiet
            .chars()
            .filter(|letter| !letter.is_control())
            .take(200)
            .collect()
    }
}
