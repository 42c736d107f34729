//! Senders of many habits.

use proptest::prelude::*;
use serde_json::json;

use super::verify::{Mode, Request, Verified, check, sign, sign_body, sign_timestamped};
use super::*;
use crate::contract::Secret;

const BODY: &[u8] = br#"{"id":"form-1","text":"Long wait"}"#;

fn now() -> Timestamp {
    "2026-11-02T09:14:05Z".parse().unwrap()
}

fn secret(text: &str) -> Secret {
    Secret::new(text)
}

fn checked(
    mode: Mode,
    secrets: &[Secret],
    headers: &[(&str, String)],
    body: &[u8],
) -> Result<Verified, Rejected> {
    let headers: Vec<Header<'_>> = headers
        .iter()
        .map(|(name, value)| (*name, value.as_bytes()))
        .collect();
    check(
        mode,
        secrets,
        Request {
            headers: &headers,
            body,
        },
        now(),
    )
}

fn read_json(body: &serde_json::Value) -> Result<Batch, Rejected> {
    read(
        &Intake::new("forms"),
        &[("Content-Type", b"application/json")],
        &serde_json::to_vec(body).unwrap(),
        now(),
    )
}

#[test]
fn the_published_example_of_standard_webhooks_is_accepted() {
    let key = secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    let at = Timestamp::from_second(1_614_265_330).unwrap();
    let [_, _, (_, signature)] = sign(
        &key,
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        at,
        br#"{"test": 2432232314}"#,
    );
    assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

#[test]
fn a_signature_holds_for_its_bytes_its_time_and_two_secrets() {
    let (old, new) = (
        secret("whsec_b2xkLXNlY3JldC1vbGQtc2VjcmV0"),
        secret("whsec_bmV3LXNlY3JldC1uZXctc2VjcmV0"),
    );
    let headers = sign(&old, "msg-1", now(), BODY);
    let both = [new.clone(), old.clone()];
    assert_eq!(
        checked(Mode::StandardWebhooks, &both, &headers, BODY)
            .unwrap()
            .delivery,
        "msg-1"
    );
    assert!(checked(Mode::StandardWebhooks, &[new], &headers, BODY).is_err());
    assert!(checked(Mode::StandardWebhooks, &both, &headers, b"{}").is_err());
    assert!(checked(Mode::StandardWebhooks, &[], &headers, BODY).is_err());
    assert!(checked(Mode::StandardWebhooks, &[secret("")], &headers, BODY).is_err());
    let stale = sign(
        &old,
        "msg-1",
        now() - jiff::SignedDuration::from_secs(301),
        BODY,
    );
    let early = sign(
        &old,
        "msg-1",
        now() + jiff::SignedDuration::from_secs(301),
        BODY,
    );
    for headers in [stale, early] {
        let error = checked(Mode::StandardWebhooks, &both, &headers, BODY).unwrap_err();
        assert!(error.to_string().contains("clock") && error.status() == 401);
    }
    let [id, time, (name, value)] = headers;
    let rotated = [id, time, (name, format!("v1a,abc v1,AAAA {value}"))];
    assert!(checked(Mode::StandardWebhooks, &both, &rotated, BODY).is_ok());
}

#[test]
fn the_other_modes_accept_their_own_and_nothing_else() {
    let key = secret("s3cret");
    let hub = [("X-Hub-Signature-256", sign_body(&key, BODY))];
    let discourse = [("X-Discourse-Event-Signature", sign_body(&key, BODY))];
    let stripe = [("Stripe-Signature", sign_timestamped(&key, now(), BODY))];
    let tiktok = [(
        "TikTok-Signature",
        sign_timestamped(&key, now(), BODY).replace("v1=", "s="),
    )];
    let bearer = [("Authorization", "Bearer s3cret".to_owned())];
    let basic = [("authorization", "Basic czNjcmV0".to_owned())];
    let cases: [(Mode, &[(&str, String)]); 6] = [
        (Mode::HubSha256, &hub),
        (Mode::Discourse, &discourse),
        (Mode::TimestampedHex, &stripe),
        (Mode::TimestampedHex, &tiktok),
        (Mode::Bearer, &bearer),
        (Mode::Basic, &basic),
    ];
    let keys = [secret("other"), key];
    for (mode, headers) in cases {
        assert!(checked(mode, &keys, headers, BODY).is_ok(), "{mode:?}");
        assert!(
            checked(mode, &keys[..1], headers, BODY).is_err(),
            "{mode:?}"
        );
        assert!(checked(mode, &keys, &[], BODY).is_err(), "{mode:?}");
    }
    assert!(checked(Mode::HubSha256, &keys, &hub, b"other").is_err());
    assert!(
        checked(Mode::Token, &[], &[], BODY)
            .unwrap()
            .delivery
            .starts_with("sha256:")
    );
}

#[test]
fn one_object_a_list_or_lines() {
    let one = read_json(&json!({"id": "a", "text": "x"})).unwrap();
    assert_eq!(one.items.len(), 1);
    let many = read_json(&json!({"items": [
        {"id": "a", "text": "x"}, {"id": "b"}, "c", {"id": "d", "deleted": true}, {"id": "e", "rating": {"value": 4, "scale": 5}}
    ]}))
    .unwrap();
    let places: Vec<usize> = many.items.iter().map(|(at, _)| *at).collect();
    assert_eq!(places, [0, 3, 4]);
    let rejected: Vec<usize> = many.rejected.iter().map(|item| item.index).collect();
    assert_eq!(rejected, [1, 2]);
    assert!(
        many.rejected[0].error.contains("/text"),
        "{}",
        many.rejected[0].error
    );
    assert!(
        matches!(&many.items[1].1, Inbound::Deleted { external_id, at } if external_id == "d" && *at == now())
    );
    let lines = b"{\"id\":\"a\",\"text\":\"x\"}\n\nbroken\n{\"id\":\"b\",\"text\":\"y\"}\n";
    let lines = read(
        &Intake::new("forms"),
        &[("content-type", b"application/x-ndjson; charset=utf-8")],
        lines,
        now(),
    )
    .unwrap();
    assert_eq!((lines.posts().count(), lines.rejected[0].index), (2, 1));
}

#[test]
fn what_cannot_be_used_says_why() {
    let status =
        |result: Result<Batch, Rejected>| result.map(|_| ()).map_err(|error| error.status());
    let json_type: [Header<'_>; 1] = [("content-type", b"application/json")];
    let intake = Intake::new("forms");
    assert_eq!(
        status(read(&intake, &json_type, &vec![b' '; (1 << 20) + 1], now())),
        Err(413)
    );
    let many: Vec<_> = (0..501).map(|at| json!({"id": at, "text": "x"})).collect();
    assert_eq!(status(read_json(&json!(many))), Err(413));
    assert_eq!(
        status(read(
            &intake,
            &[("content-type", b"text/html")],
            b"<p>",
            now()
        )),
        Err(415)
    );
    assert_eq!(status(read_json(&json!({"items": []}))), Err(422));
    assert_eq!(status(read_json(&json!(5))), Err(422));
    assert_eq!(
        status(read(
            &intake,
            &json_type,
            "[".repeat(100_000).as_bytes(),
            now()
        )),
        Err(422)
    );
    let broken = read(&intake, &json_type, b"{\"id\":\n  oops", now()).unwrap_err();
    assert!(broken.to_string().contains("line 2, column 3"), "{broken}");
    let latin = read(&intake, &json_type, b"{\"id\":\"\xe9\"}", now()).unwrap_err();
    assert!(latin.to_string().contains("UTF-8"), "{latin}");
}

#[test]
fn foreign_shapes_and_cloud_events_become_our_own() {
    let mut intake = Intake::new("survey");
    intake.mapping = serde_json::from_value(json!({
        "items": "/payload/answers",
        "fields": {"id": "/uid", "text": "/q/0/a", "author/name": "/who", "rating/value": "/mark", "rating/scale": "=10", "type": "=review"}
    }))
    .unwrap();
    assert!(intake.mapping.problems().is_empty());
    let body = json!({"payload": {"answers": [{"uid": 9, "q": [{"a": "Kind nurses"}], "who": "Ana", "mark": 8}]}});
    let batch = read(&intake, &[], &serde_json::to_vec(&body).unwrap(), now()).unwrap();
    let post = &batch.posts().next().unwrap().post;
    assert_eq!((post.id.as_str(), post.stars), ("9", Some(4.0)));
    assert_eq!(post.author.as_ref().unwrap().name.as_deref(), Some("Ana"));
    let raw = batch.posts().next().unwrap().raw.clone().unwrap();
    assert!(
        String::from_utf8(raw.bytes)
            .unwrap()
            .contains("Kind nurses"),
        "the foreign bytes are kept"
    );

    let structured = json!({"specversion": "1.0", "id": "ev-1", "type": "made", "source": "/x", "time": "2026-11-02T09:00:00Z", "data": {"text": "hello"}});
    let post = read_json(&structured)
        .unwrap()
        .posts()
        .next()
        .unwrap()
        .clone();
    assert_eq!(
        (post.post.id.as_str(), post.post.created_at.as_deref()),
        ("ev-1", Some("2026-11-02T09:00:00Z"))
    );
    let headers: [Header<'_>; 3] = [
        ("ce-specversion", b"1.0"),
        ("ce-id", b"ev-2"),
        ("content-type", b"application/json"),
    ];
    let binary = read(
        &Intake::new("forms"),
        &headers,
        br#"{"text":"hello"}"#,
        now(),
    )
    .unwrap();
    assert_eq!(binary.posts().next().unwrap().post.id, "ev-2");
}

#[test]
fn a_newer_version_carries_its_time() {
    let body = json!({"id": "a", "text": "x", "created_at": "2026-11-01T00:00:00Z", "updated_at": "2026-11-02T00:00:00Z"});
    let batch = read_json(&body).unwrap();
    let inbound = batch.posts().next().unwrap();
    assert_eq!(
        inbound.version_at,
        Some("2026-11-02T00:00:00Z".parse().unwrap())
    );
    assert_eq!(inbound.version, "2026-11-02T00:00:00Z");
}

proptest! {
    #[test]
    fn any_body_is_read_or_refused(body in proptest::collection::vec(any::<u8>(), 0..200), lines in any::<bool>()) {
        let media: &[u8] = if lines { b"application/x-ndjson" } else { b"application/json" };
        if let Ok(batch) = read(&Intake::new("forms"), &[("content-type", media)], &body, now()) {
            prop_assert!(!batch.items.is_empty());
        }
    }

    #[test]
    fn no_other_bytes_carry_a_signature(body in proptest::collection::vec(any::<u8>(), 0..60), at in 0_usize..60, flip in 1_u8..=255) {
        let key = secret("whsec_bmV3LXNlY3JldC1uZXctc2VjcmV0");
        let headers = sign(&key, "m", now(), &body);
        prop_assert!(checked(Mode::StandardWebhooks, std::slice::from_ref(&key), &headers, &body).is_ok());
        let mut other = body.clone();
        match other.get_mut(at) {
            Some(byte) => *byte ^= flip,
            None => other.push(flip),
        }
        prop_assert!(checked(Mode::StandardWebhooks, std::slice::from_ref(&key), &headers, &other).is_err());
    }

    #[test]
    fn any_headers_are_refused_calmly(value in "[ -~]{0,60}") {
        for mode in [Mode::StandardWebhooks, Mode::HubSha256, Mode::Discourse, Mode::TimestampedHex, Mode::Bearer, Mode::Basic] {
            let names = ["webhook-id", "webhook-timestamp", "webhook-signature", "x-hub-signature-256", "x-discourse-event-signature", "authorization"];
            let headers: Vec<(&str, String)> = names.iter().map(|name| (*name, value.clone())).collect();
            prop_assert!(checked(mode, &[secret("whsec_bmV3LXNlY3JldC1uZXctc2VjcmV0")], &headers, BODY).is_err());
        }
    }
}
