//! Which addresses may be reached: public ones on the web's two ports, and the named exceptions of the settings.
//!
//! The check of a name happens where the name is turned into addresses, so that what was checked is what is connected
//! to. Addresses written as numbers are checked in the form the connection would use, whatever their spelling.

use std::collections::HashSet;
use std::fmt;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::str::FromStr;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use reqwest::Url;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::error::EgressError;

/// A named exception: exactly this host on exactly this port.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct HostPort {
    host: String,
    port: u16,
}

impl HostPort {
    /// Where an address leads.
    pub fn of(url: &Url) -> Option<Self> {
        let host = url.host_str()?.trim_end_matches('.').to_ascii_lowercase();
        let port = url.port().or(match url.scheme() {
            "http" | "ws" => Some(80),
            "https" | "wss" => Some(443),
            _ => None,
        })?;
        Some(Self { host, port })
    }

    /// The port.
    pub fn port(&self) -> u16 {
        self.port
    }
}

impl fmt::Display for HostPort {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}", self.host, self.port)
    }
}

impl FromStr for HostPort {
    type Err = EgressError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || {
            EgressError::Address(format!(
                "{text:?} is not of the form host:port, as in localhost:2583"
            ))
        };
        let (host, port) = text.rsplit_once(':').ok_or_else(wrong)?;
        let port = port
            .parse::<u16>()
            .ok()
            .filter(|port| *port > 0)
            .ok_or_else(wrong)?;
        if host.is_empty() || host.contains(['/', '@', '?', '#', '*', ' ']) {
            return Err(wrong());
        }
        let url = Url::parse(&format!("http://{host}:{port}/"))
            .ok()
            .ok_or_else(wrong)?;
        Self::of(&url).ok_or_else(wrong)
    }
}

/// Turns a name into addresses.
pub type Lookup = Arc<dyn Fn(String) -> BoxFuture<'static, io::Result<Vec<IpAddr>>> + Send + Sync>;

/// The lookup of the machine.
pub fn system_lookup() -> Lookup {
    Arc::new(|name| {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            Ok(found.map(|address| address.ip()).collect())
        })
    })
}

/// Which way a request takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Road {
    /// To public addresses only.
    Public,
    /// To a named exception, wherever it stands.
    Named,
}

/// The rule for addresses.
#[derive(Debug, Clone, Default)]
pub struct Guard {
    allow: HashSet<HostPort>,
}

impl Guard {
    /// A guard with its named exceptions.
    pub fn new(allow: impl IntoIterator<Item = HostPort>) -> Self {
        Self {
            allow: allow.into_iter().collect(),
        }
    }

    /// Whether an address may be asked at all. Names are checked again when they are resolved.
    pub fn check(&self, url: &Url) -> Result<Road, EgressError> {
        let place = HostPort::of(url).ok_or_else(|| {
            EgressError::Address(format!(
                "addresses start with http:// or https://, not with {}:",
                url.scheme()
            ))
        })?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(EgressError::Address(format!(
                "the address at {place} carries a name or password: put them into the fields made for them"
            )));
        }
        if self.allow.contains(&place) {
            return Ok(Road::Named);
        }
        if literal(url).is_some_and(|address| !is_public(address)) {
            return Err(private(&place.to_string()));
        }
        if !matches!(place.port, 80 | 443) {
            return Err(EgressError::Refused(format!(
                "{place} is not on port 80 or 443: if it is meant, name {place} under egress.allow in the settings"
            )));
        }
        Ok(Road::Public)
    }
}

/// The refusal of an address inside a private network, with its mend.
pub(super) fn private(place: &str) -> EgressError {
    EgressError::Refused(format!(
        "{place} is inside a private network: if it is meant, name it as host:port under egress.allow in the settings"
    ))
}

fn literal(url: &Url) -> Option<IpAddr> {
    let host = url.host_str()?;
    let bare = host
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
        .unwrap_or(host);
    bare.trim_end_matches('.').parse().ok()
}

/// Whether an address belongs to the public internet.
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(four) => is_public_v4(four),
        IpAddr::V6(six) => is_public_v6(six),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let special = matches!(
        (a, b, c),
        (0 | 10 | 127 | 224..=255, _, _)
            | (100, 64..=127, _)
            | (169, 254, _)
            | (172, 16..=31, _)
            | (192, 0, 0 | 2)
            | (192, 88, 99)
            | (192, 168, _)
            | (198, 18..=19, _)
            | (198, 51, 100)
            | (203, 0, 113)
    );
    // The address at which one cloud answers its machines about themselves lies among the public ones.
    !special && address != Ipv4Addr::new(168, 63, 129, 16)
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    if let Some(four) = address.to_ipv4_mapped() {
        return is_public_v4(four);
    }
    let [first, second, third, fourth, fifth, sixth, seventh, eighth] = address.segments();
    // NAT64: the public half of an IPv6-only network is reached so.
    if (first, second, third, fourth, fifth, sixth) == (0x64, 0xff9b, 0, 0, 0, 0) {
        let [a, b] = seventh.to_be_bytes();
        let [c, d] = eighth.to_be_bytes();
        return is_public_v4(Ipv4Addr::new(a, b, c, d));
    }
    match first {
        // Teredo and other protocol assignments, documentation.
        0x2001 => second > 0x01ff && second != 0x0db8,
        // 6to4 wraps any IPv4 address; 3fff is documentation.
        0x2002 => false,
        0x3fff => second > 0x0fff,
        0x2000..=0x3ffe => true,
        _ => false,
    }
}

/// A name that leads into a private network; carried through the HTTP client's errors.
#[derive(Debug, thiserror::Error)]
#[error("the name leads into a private network")]
pub(super) struct PrivateName;

/// A name that leads nowhere.
#[derive(Debug, thiserror::Error)]
#[error("there is no such name")]
pub(super) struct NoSuchName;

/// Resolves names; on the public road it keeps public addresses only.
#[derive(Clone)]
pub(super) struct Resolver {
    pub(super) lookup: Lookup,
    pub(super) road: Road,
}

impl Resolver {
    /// The addresses that may be connected to.
    pub(super) async fn addresses(
        &self,
        name: String,
    ) -> Result<Vec<IpAddr>, Box<dyn std::error::Error + Send + Sync>> {
        let found = (self.lookup)(name).await.map_err(|_cause| NoSuchName)?;
        if found.is_empty() {
            return Err(Box::new(NoSuchName));
        }
        if self.road == Road::Named {
            return Ok(found);
        }
        let public: Vec<IpAddr> = found
            .into_iter()
            .filter(|address| is_public(*address))
            .collect();
        if public.is_empty() {
            return Err(Box::new(PrivateName));
        }
        Ok(public)
    }
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let resolver = self.clone();
        Box::pin(async move {
            let found = resolver.addresses(name.as_str().to_owned()).await?;
            let sockets: Addrs =
                Box::new(found.into_iter().map(|address| SocketAddr::new(address, 0)));
            Ok(sockets)
        })
    }
}
