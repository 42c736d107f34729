//! What the installation as a whole is told at start. Workspaces have their own settings in the store.

use std::path::PathBuf;

use serde::Deserialize;

/// The settings file `auscult.toml`: typed sections; an unknown key is an error.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// Where data, key file and embedded store live.
    pub data: Option<PathBuf>,
    /// The web server.
    pub web: Web,
    /// The store.
    pub store: StoreSection,
    /// What may be reached outside.
    pub egress: Egress,
    /// How often things are looked at.
    pub listen: Listen,
    /// How sending behaves.
    pub deliver: Deliver,
}

/// The web server.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Web {
    /// Address and port to serve on; loopback unless a reverse proxy or TLS is in front.
    pub listen: String,
    /// The address people use, such as `https://voice.hospital.example`; links in mails start with it.
    pub public_url: Option<String>,
    /// Addresses of reverse proxies whose `X-Forwarded-*` headers are believed.
    pub trusted_proxies: Vec<String>,
}

impl Default for Web {
    fn default() -> Self {
        Self {
            listen: "127.0.0.1:8080".to_owned(),
            public_url: None,
            trusted_proxies: Vec::new(),
        }
    }
}

/// The store: the embedded one unless a PostgreSQL address is given.
#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct StoreSection {
    /// `postgres://…`; absent means the embedded SQLite store in the data directory.
    pub url: Option<String>,
}

impl std::fmt::Debug for StoreSection {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The address may carry a password.
        formatter
            .debug_struct("StoreSection")
            .field("url", &self.url.as_ref().map(|_| "(set)"))
            .finish()
    }
}

/// What may be reached outside.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Egress {
    /// Named exceptions to the private-address guard, as `host:port`. There is no switch to turn the guard off.
    pub allow: Vec<String>,
}

/// How often sources are looked at, in seconds.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Listen {
    /// Pause between two looks at a network with mentions or a search.
    pub network_seconds: u32,
    /// Pause between two looks at a feed that names no pause of its own.
    pub feed_seconds: u32,
}

impl Default for Listen {
    fn default() -> Self {
        Self {
            network_seconds: 30,
            feed_seconds: 900,
        }
    }
}

/// How sending behaves, in seconds.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Deliver {
    /// A delivery is leased for this long; longer than the send time-out plus the clock margin.
    pub lease_seconds: u32,
    /// Two complete reads this far apart must both miss a text before it may be sent again.
    pub reconcile_seconds: u32,
}

impl Default for Deliver {
    fn default() -> Self {
        Self {
            lease_seconds: 90,
            reconcile_seconds: 60,
        }
    }
}
