//! What a feed says about being pushed, and whether a push came from its hub.

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Sha256, Sha384, Sha512};
use url::Url;

use crate::contract::Secret;
use crate::html;

/// Hub and topic that a feed names.
pub(super) fn offer(head: &str, base: &str) -> Option<(String, String)> {
    let find = |wanted: &str| {
        html::tags(head).find_map(|(name, inside)| {
            let is_link = name == "link" || name.ends_with(":link");
            let rel = html::attribute(inside, "rel").filter(|_| is_link)?;
            if rel.eq_ignore_ascii_case(wanted) {
                html::attribute(inside, "href")
            } else {
                None
            }
        })
    };
    let base = Url::parse(base).ok()?;
    let hub = base.join(&find("hub")?).ok()?;
    let topic = find("self")
        .and_then(|href| base.join(&href).ok())
        .unwrap_or_else(|| base.clone());
    Some((hub.to_string(), topic.to_string()))
}

/// Whether `X-Hub-Signature: <method>=<hex>` fits the raw body. A push that does not fit is answered kindly and dropped.
pub fn is_signed(secret: &Secret, header: &str, body: &[u8]) -> bool {
    let Some((method, hex)) = header.trim().split_once('=') else {
        return false;
    };
    let Ok(given) = data_encoding::HEXLOWER_PERMISSIVE.decode(hex.as_bytes()) else {
        return false;
    };
    let key = secret.expose().as_bytes();
    if key.is_empty() {
        return false;
    }
    match method.to_ascii_lowercase().as_str() {
        "sha256" => Hmac::<Sha256>::new_from_slice(key)
            .is_ok_and(|mac| mac.chain_update(body).verify_slice(&given).is_ok()),
        "sha384" => Hmac::<Sha384>::new_from_slice(key)
            .is_ok_and(|mac| mac.chain_update(body).verify_slice(&given).is_ok()),
        "sha512" => Hmac::<Sha512>::new_from_slice(key)
            .is_ok_and(|mac| mac.chain_update(body).verify_slice(&given).is_ok()),
        _ => false,
    }
}
