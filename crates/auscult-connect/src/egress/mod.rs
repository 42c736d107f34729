//! The one egress client: everything that leaves this house goes through here.
//!
//! `egress.request(Method::GET, address).bearer(&token).send().await` brings a [`Response`] read whole within a cap.
//! The [`guard`] keeps private networks out of reach, on every hop and inside name resolution; redirects are followed by
//! hand; pauses that a service asks for are kept; errors name the host and the mend and never a secret.

mod error;
pub mod guard;
mod rate;
mod request;
mod response;
mod websocket;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use reqwest::Url;
use rustls_platform_verifier::BuilderVerifierExt;

use crate::contract::{ConnectError, Now};

pub use error::EgressError;
pub use guard::{HostPort, Lookup};
pub use request::Request;
pub use reqwest::{Method, StatusCode, header};
pub use response::{Response, Streaming};
pub use websocket::{Frame, Knock, Socket};

use guard::{Guard, Resolver, Road};
use rate::Pauses;

/// An address as the client understands it.
pub type Address = Url;

/// Longest wait for a connection.
const CONNECT: Duration = Duration::from_secs(10);

/// The one egress client. Cheap to clone.
#[derive(Clone)]
pub struct Egress {
    inner: Arc<Inner>,
}

struct Inner {
    guard: Guard,
    public: reqwest::Client,
    named: reqwest::Client,
    lookup: Lookup,
    tls: Arc<rustls::ClientConfig>,
    pauses: Pauses,
    now: Now,
    user_agent: String,
}

impl fmt::Debug for Egress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Egress")
            .field("guard", &self.inner.guard)
            .finish_non_exhaustive()
    }
}

impl Egress {
    /// A client that reaches the public web and the named exceptions.
    pub fn new(allow: Vec<HostPort>, user_agent: &str, now: Now) -> Result<Self, ConnectError> {
        Self::with_lookup(allow, user_agent, now, guard::system_lookup())
    }

    /// The same, with another way of turning names into addresses; the guard stands behind it all the same.
    pub fn with_lookup(
        allow: Vec<HostPort>,
        user_agent: &str,
        now: Now,
        lookup: Lookup,
    ) -> Result<Self, ConnectError> {
        let tls = tls_config()?;
        let public = client(
            user_agent,
            &tls,
            Resolver {
                lookup: Arc::clone(&lookup),
                road: Road::Public,
            },
        )?;
        let named = client(
            user_agent,
            &tls,
            Resolver {
                lookup: Arc::clone(&lookup),
                road: Road::Named,
            },
        )?;
        let inner = Inner {
            guard: Guard::new(allow),
            public,
            named,
            lookup,
            tls: Arc::new(tls),
            pauses: Pauses::default(),
            now,
            user_agent: user_agent.to_owned(),
        };
        Ok(Self {
            inner: Arc::new(inner),
        })
    }

    /// Begins a request.
    pub fn request(&self, method: Method, address: &str) -> Request {
        Request::new(self.clone(), method, address)
    }

    /// Begins a WebSocket, at a `ws://`, `wss://`, `http://` or `https://` address.
    pub fn websocket(&self, address: &str) -> Knock {
        Knock::new(self.clone(), address)
    }

    /// Whether an address may be asked; the reason names the mend. A name that leads into a private network shows only
    /// when it is asked.
    pub fn check(&self, address: &str) -> Result<(), ConnectError> {
        self.inner.guard.check(&parse(address)?)?;
        Ok(())
    }
}

fn client(
    user_agent: &str,
    tls: &rustls::ClientConfig,
    resolver: Resolver,
) -> Result<reqwest::Client, ConnectError> {
    reqwest::Client::builder()
        .user_agent(user_agent)
        .tls_backend_preconfigured(tls.clone())
        .redirect(reqwest::redirect::Policy::none())
        .referer(false)
        .no_proxy()
        .connect_timeout(CONNECT)
        .pool_idle_timeout(Duration::from_mins(1))
        .dns_resolver(Arc::new(resolver))
        .build()
        .map_err(|error| {
            ConnectError::Settings(format!(
                "the egress client cannot be made: {}",
                error.without_url()
            ))
        })
}

/// One TLS provider for the whole house, and the authorities that the machine trusts.
fn tls_config() -> Result<rustls::ClientConfig, ConnectError> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = || {
        rustls::ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .map_err(|error| ConnectError::Settings(format!("TLS cannot be set up: {error}")))
    };
    if let Ok(trusting) = builder()?.with_platform_verifier() {
        return Ok(trusting.with_no_client_auth());
    }
    tracing::warn!(
        "this machine has no certificates of authorities, so no https address can be reached: install ca-certificates"
    );
    Ok(builder()?
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth())
}

/// Reads an address, with an error that does not repeat it.
fn parse(address: &str) -> Result<Url, EgressError> {
    Url::parse(address.trim()).map_err(|error| {
        EgressError::Address(format!(
            "this is not an address as https://social.example: {error}"
        ))
    })
}

/// The host with its port where it is not the usual one: all that an error says of an address.
pub(crate) fn host(url: &Url) -> String {
    let name = url.host_str().unwrap_or("nowhere");
    url.port()
        .map_or_else(|| name.to_owned(), |port| format!("{name}:{port}"))
}
