//! Who sent it: signatures over the raw bytes, compared in constant time.

use data_encoding::{BASE64, HEXLOWER_PERMISSIVE};
use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::{Header, Rejected, header, is_near};
use crate::contract::Secret;

/// How a source proves itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// `webhook-id`, `webhook-timestamp`, `webhook-signature: v1,…`.
    #[default]
    StandardWebhooks,
    /// `X-Hub-Signature-256: sha256=…` over the body.
    HubSha256,
    /// `X-Discourse-Event-Signature: sha256=…` over the body.
    Discourse,
    /// `t=…,v1=…` or `t=…,s=…` over `t.body`.
    TimestampedHex,
    /// `Authorization: Bearer …`.
    Bearer,
    /// `Authorization: Basic …`; the secret is `name:password`.
    Basic,
    /// The token in the address is the proof; the caller has looked it up.
    Token,
}

/// A request whose sender is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// Names this delivery, so that the same one is not taken twice.
    pub delivery: String,
    /// When it was signed, if the mode says.
    pub signed_at: Option<Timestamp>,
}

/// A request as it came.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// Its headers.
    pub headers: &'a [Header<'a>],
    /// Its bytes, unread.
    pub body: &'a [u8],
}

/// Checks a request against the secrets of its source: one, or two while they change.
pub fn check(
    mode: Mode,
    secrets: &[Secret],
    request: Request<'_>,
    now: Timestamp,
) -> Result<Verified, Rejected> {
    let keys: Vec<&Secret> = secrets
        .iter()
        .filter(|secret| !secret.expose().is_empty())
        .collect();
    if keys.is_empty() && mode != Mode::Token {
        return Err(unsigned("this source has no secret yet; set one"));
    }
    match mode {
        Mode::StandardWebhooks => standard(&keys, request, now),
        Mode::HubSha256 => whole_body(&keys, request, "x-hub-signature-256"),
        Mode::Discourse => whole_body(&keys, request, "x-discourse-event-signature"),
        Mode::TimestampedHex => timestamped(&keys, request, now),
        Mode::Bearer => authorization(&keys, request, "Bearer"),
        Mode::Basic => authorization(&keys, request, "Basic"),
        Mode::Token => Ok(Verified {
            delivery: digest(request.body),
            signed_at: None,
        }),
    }
}

fn unsigned(message: &str) -> Rejected {
    Rejected::Unsigned(message.to_owned())
}

fn standard(keys: &[&Secret], request: Request<'_>, now: Timestamp) -> Result<Verified, Rejected> {
    let required = |name: &str| {
        header(request.headers, name)
            .filter(|value| !value.is_empty())
            .ok_or_else(|| unsigned(&format!("the header {name} is missing")))
    };
    let id = required("webhook-id")?;
    let timestamp = required("webhook-timestamp")?;
    let signatures = required("webhook-signature")?;
    let signed_at = signed_time(timestamp, now)?;
    let message = [
        id.as_bytes(),
        b".",
        timestamp.as_bytes(),
        b".",
        request.body,
    ];
    let given = signatures
        .split_whitespace()
        .take(20)
        .filter_map(|entry| entry.strip_prefix("v1,"));
    let given: Vec<Vec<u8>> = given
        .filter_map(|text| BASE64.decode(text.as_bytes()).ok())
        .collect();
    accept(keys.iter().map(|key| standard_key(key)), &message, &given)?;
    Ok(Verified {
        delivery: id.to_owned(),
        signed_at: Some(signed_at),
    })
}

/// The bytes of a `whsec_` secret; any other text is taken as it is.
fn standard_key(secret: &Secret) -> Vec<u8> {
    let text = secret.expose();
    let decoded = text
        .strip_prefix("whsec_")
        .and_then(|inner| BASE64.decode(inner.as_bytes()).ok());
    decoded.unwrap_or_else(|| text.as_bytes().to_vec())
}

fn whole_body(keys: &[&Secret], request: Request<'_>, name: &str) -> Result<Verified, Rejected> {
    let value = header(request.headers, name)
        .ok_or_else(|| unsigned(&format!("the header {name} is missing")))?;
    let hex = value
        .strip_prefix("sha256=")
        .ok_or_else(|| unsigned(&format!("the header {name} must begin with sha256=")))?;
    let given: Vec<Vec<u8>> = HEXLOWER_PERMISSIVE
        .decode(hex.as_bytes())
        .into_iter()
        .collect();
    accept(keys.iter().map(|key| raw_key(key)), &[request.body], &given)?;
    Ok(Verified {
        delivery: digest(request.body),
        signed_at: None,
    })
}

fn timestamped(
    keys: &[&Secret],
    request: Request<'_>,
    now: Timestamp,
) -> Result<Verified, Rejected> {
    const NAMES: [&str; 3] = ["webhook-signature", "stripe-signature", "tiktok-signature"];
    let value = NAMES
        .iter()
        .find_map(|name| header(request.headers, name))
        .ok_or_else(|| unsigned("the header webhook-signature with t=…,v1=… is missing"))?;
    let pairs: Vec<(&str, &str)> = value
        .split(',')
        .take(20)
        .filter_map(|pair| pair.trim().split_once('='))
        .collect();
    let timestamp = pairs
        .iter()
        .find(|(key, _)| *key == "t")
        .map(|(_, value)| *value);
    let timestamp = timestamp.ok_or_else(|| unsigned("the signature names no time (t=…)"))?;
    let signed_at = signed_time(timestamp, now)?;
    let hex = pairs.iter().filter(|(key, _)| matches!(*key, "v1" | "s"));
    let given: Vec<Vec<u8>> = hex
        .filter_map(|(_, text)| HEXLOWER_PERMISSIVE.decode(text.as_bytes()).ok())
        .collect();
    let message = [timestamp.as_bytes(), b".", request.body];
    accept(keys.iter().map(|key| raw_key(key)), &message, &given)?;
    Ok(Verified {
        delivery: digest(&message.concat()),
        signed_at: Some(signed_at),
    })
}

fn authorization(
    keys: &[&Secret],
    request: Request<'_>,
    scheme: &str,
) -> Result<Verified, Rejected> {
    let value = header(request.headers, "authorization")
        .ok_or_else(|| unsigned("the header authorization is missing"))?;
    let (given_scheme, given) = value.split_once(' ').unwrap_or((value, ""));
    if !given_scheme.eq_ignore_ascii_case(scheme) {
        return Err(unsigned(&format!(
            "the header authorization must begin with {scheme}"
        )));
    }
    let expected = keys.iter().map(|key| match scheme {
        "Basic" => BASE64.encode(key.expose().as_bytes()),
        _ => key.expose().to_owned(),
    });
    let given = Sha256::digest(given.trim().as_bytes());
    let is_known = expected.fold(false, |found, key| {
        bool::from(Sha256::digest(key.as_bytes()).ct_eq(&given)) | found
    });
    if !is_known {
        return Err(unsigned(
            "the access is not known here; look at the secret of this source",
        ));
    }
    let delivery = header(request.headers, "webhook-id").filter(|id| !id.is_empty());
    Ok(Verified {
        delivery: delivery.map_or_else(|| digest(request.body), str::to_owned),
        signed_at: None,
    })
}

fn raw_key(secret: &Secret) -> Vec<u8> {
    secret.expose().as_bytes().to_vec()
}

fn signed_time(text: &str, now: Timestamp) -> Result<Timestamp, Rejected> {
    let second: Option<i64> = text.parse().ok();
    let signed_at = second
        .and_then(|second| Timestamp::from_second(second).ok())
        .ok_or_else(|| unsigned("the time of signing is no number of seconds"))?;
    if !is_near(signed_at, now) {
        return Err(unsigned(
            "it was signed more than five minutes from now; look at the clock of the sender",
        ));
    }
    Ok(signed_at)
}

/// Any key and any given signature may match; all are looked at.
fn accept(
    keys: impl Iterator<Item = Vec<u8>>,
    message: &[&[u8]],
    given: &[Vec<u8>],
) -> Result<(), Rejected> {
    let mut is_known = false;
    for key in keys {
        let expected = sign_parts(&key, message);
        for signature in given {
            is_known |= bool::from(expected.ct_eq(signature));
        }
    }
    if is_known {
        Ok(())
    } else {
        Err(unsigned(
            "the signature does not fit; look at the secret, and sign the raw bytes of the body",
        ))
    }
}

fn sign_parts(key: &[u8], parts: &[&[u8]]) -> Vec<u8> {
    match Hmac::<Sha256>::new_from_slice(key) {
        Ok(mut mac) => {
            for part in parts {
                mac.update(part);
            }
            mac.finalize().into_bytes().to_vec()
        }
        Err(_) => Vec::new(),
    }
}

fn digest(bytes: &[u8]) -> String {
    format!(
        "sha256:{}",
        HEXLOWER_PERMISSIVE.encode(&Sha256::digest(bytes))
    )
}

/// Signs a body the default way; for our own senders and for tests. Gives the three headers.
pub fn sign(secret: &Secret, id: &str, at: Timestamp, body: &[u8]) -> [(&'static str, String); 3] {
    let timestamp = at.as_second().to_string();
    let message = [id.as_bytes(), b".", timestamp.as_bytes(), b".", body];
    let signature = BASE64.encode(&sign_parts(&standard_key(secret), &message));
    [
        ("webhook-id", id.to_owned()),
        ("webhook-timestamp", timestamp),
        ("webhook-signature", format!("v1,{signature}")),
    ]
}

/// Signs a body as `sha256=<hex>`, for the modes that sign the body alone.
pub fn sign_body(secret: &Secret, body: &[u8]) -> String {
    format!(
        "sha256={}",
        HEXLOWER_PERMISSIVE.encode(&sign_parts(secret.expose().as_bytes(), &[body]))
    )
}

/// Signs a body as `t=<seconds>,v1=<hex>`.
pub fn sign_timestamped(secret: &Secret, at: Timestamp, body: &[u8]) -> String {
    let timestamp = at.as_second().to_string();
    let signature = sign_parts(
        secret.expose().as_bytes(),
        &[timestamp.as_bytes(), b".", body],
    );
    format!(
        "t={timestamp},v1={}",
        HEXLOWER_PERMISSIVE.encode(&signature)
    )
}
