//! The REST API and the webhook through the router: who may, what is refused, what is stored once.
#![cfg(test)]

mod support;

use auscult_app::channels;
use auscult_web::api;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use serde_json::{Value, json};
use support::World;

fn post(id: &str, text: &str) -> Value {
    json!({ "id": id, "text": text, "created_at": "2026-09-20T09:00:00Z", "author": { "id": "anon", "display_name": "Visitor" } })
}

async fn found(world: &World, token: &str, query: &str) -> usize {
    let answer = world.call(token, "GET", &format!("/posts?q={query}&limit=200"), None).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.json);
    answer.json["items"].as_array().unwrap().len()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_operation_needs_a_token_with_its_scope() {
    let world = World::new().await;
    let described = serde_json::to_value(api::description()).unwrap();
    let nothing = world.token(&["publish"]).await;
    let mut operations = 0;
    for (path, methods) in described["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            operations += 1;
            let (method, address) = (method.to_uppercase(), path.replace("{number}", "1"));
            let body = (method == "POST").then(|| json!({}));
            let bare = world.call("", &method, &address, body.clone()).await;
            // A program without a token that sends something is not even asked who it is: it could be a page.
            assert!(matches!(bare.status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN), "{method} {path}: {}", bare.status);
            let wrong = world.call("auscult_wrong", &method, &address, body.clone()).await;
            assert_eq!((wrong.status, wrong.json["code"].as_str()), (StatusCode::UNAUTHORIZED, Some("unknown_token")), "{method} {path}");
            assert_eq!(wrong.kind, "application/problem+json");
            let narrow = world.call(&nothing, &method, &address, body).await;
            assert_eq!((narrow.status, narrow.json["code"].as_str()), (StatusCode::FORBIDDEN, Some("scope_missing")), "{method} {path}");
            assert!(operation["security"][0]["token"][0].is_string(), "{method} {path} names no scope");
        }
    }
    assert!(operations >= 12, "{operations}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_conversation_of_another_workspace_does_not_exist() {
    let world = World::new().await;
    let ours = world.token(&["read", "write", "ingest"]).await;
    assert_eq!(world.call(&ours, "POST", "/watches", Some(json!({ "name": "Us", "query": "harbour" }))).await.status, StatusCode::CREATED);
    world.app.watches.refresh(&world.app).await.unwrap();
    let handed = world.call(&ours, "POST", "/items", Some(post("a", "We waited five hours at Harbour, why?"))).await;
    assert_eq!((handed.status, &handed.json["accepted"]), (StatusCode::ACCEPTED, &json!(1)));
    let list = world.call(&ours, "GET", "/conversations?q=harbour", None).await;
    let number = list.json["items"][0]["number"].as_i64().expect("a conversation");
    let path = format!("/conversations/{number}");
    assert_eq!(world.call(&ours, "GET", &path, None).await.status, StatusCode::OK);

    let foreign = world.foreign_token(&["read", "write"]).await;
    assert_eq!(found(&world, &foreign, "harbour").await, 0);
    for (method, end, body) in [
        ("GET", "", None),
        ("POST", "/answers", Some(json!({ "text": "Thank you.", "audience": "public", "client_key": "k" }))),
        ("POST", "/notes", Some(json!({ "text": "ours now" }))),
        ("POST", "/act", Some(json!({ "act": "take" }))),
    ] {
        let answer = world.call(&foreign, method, &format!("{path}{end}"), body).await;
        assert_eq!((answer.status, answer.json["code"].as_str()), (StatusCode::NOT_FOUND, Some("not_found")), "{method} {end}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn unknown_fields_and_foreign_shapes_are_refused_with_their_name() {
    let world = World::new().await;
    let token = world.token(&["read", "write"]).await;
    let extra = world.call(&token, "POST", "/watches", Some(json!({ "name": "A", "query": "b", "workspace": "other" }))).await;
    assert_eq!(extra.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(extra.json["detail"].as_str().unwrap().contains("workspace"), "{}", extra.json);
    let query = world.call(&token, "GET", "/posts?colour=red", None).await;
    assert!(query.json["detail"].as_str().unwrap().contains("colour"), "{}", query.json);
    let faulty = world.call(&token, "GET", "/posts?q=%22open", None).await;
    assert_eq!((faulty.status, faulty.json["code"].as_str()), (StatusCode::UNPROCESSABLE_ENTITY, Some("invalid_input")));
    let request = Request::post("/api/v1/check").header("authorization", format!("Bearer {token}")).header("content-type", "text/plain");
    assert_eq!(world.send(request.body(Body::from("hello")).unwrap()).await.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    let checked = world.call(&token, "POST", "/check", Some(json!({ "text": "We are sorry that your knee operation was late, Anna.", "post": "My knee operation was late" }))).await;
    assert_eq!(checked.status, StatusCode::OK, "{}", checked.json);
    assert!(checked.json["verdict"].is_string());
    let nowhere = world.call(&token, "GET", "/nothing", None).await;
    assert_eq!((nowhere.status, nowhere.kind.as_str()), (StatusCode::NOT_FOUND, "application/problem+json"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_takes_signed_deliveries_once() {
    let world = World::new().await;
    let token = world.token(&["read"]).await;
    let hook = channels::add_webhook(&world.app, &world.viewer, "Visitors' form").await.unwrap();
    assert!(hook.0.starts_with("/hooks/in/") && hook.1.starts_with("whsec_"));
    let body = json!({ "items": [post("1", "The harbour form was easy."), post("2", "The harbour form was hard."), { "id": "3" }] }).to_string();
    let first = world.deliver(&hook, "msg_1", &body, None).await;
    assert_eq!(first.status, StatusCode::ACCEPTED, "{}", first.json);
    assert_eq!((&first.json["accepted"], &first.json["duplicates"], &first.json["rejected"][0]["index"]), (&json!(2), &json!(0), &json!(2)));
    let replayed = world.deliver(&hook, "msg_1", &body, None).await;
    assert_eq!((replayed.status, &replayed.json["accepted"]), (StatusCode::ACCEPTED, &json!(0)));
    let again = world.deliver(&hook, "msg_2", &body, None).await;
    assert_eq!((&again.json["accepted"], &again.json["duplicates"]), (&json!(0), &json!(2)));
    assert_eq!(found(&world, &token, "harbour").await, 2);

    let second = channels::add_webhook(&world.app, &world.viewer, "Visitors' form").await.unwrap();
    let apart = world.deliver(&second, "msg_1", &body, None).await;
    assert_eq!(apart.json["accepted"], json!(2), "the ids of two forms never meet");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_refuses_what_is_tampered_late_large_or_of_another_kind() {
    let world = World::new().await;
    let token = world.token(&["read"]).await;
    let hook = channels::add_webhook(&world.app, &world.viewer, "Form").await.unwrap();
    let body = post("1", "An easy harbour form.").to_string();
    let tampered = world.deliver(&hook, "msg_1", &body.replace("easy", "hard"), Some(&body)).await;
    assert_eq!((tampered.status, tampered.json["code"].as_str()), (StatusCode::UNAUTHORIZED, Some("unsigned")));
    let unknown = world.deliver(&("/hooks/in/nobody".to_owned(), hook.1.clone()), "msg_1", &body, None).await;
    assert_eq!(unknown.status, StatusCode::UNAUTHORIZED);
    let unsigned = Request::post(&hook.0).header("content-type", "application/json").body(Body::from(body.clone())).unwrap();
    assert_eq!(world.send(unsigned).await.status, StatusCode::UNAUTHORIZED);
    let large = format!("{{\"id\":\"1\",\"text\":\"{}\"}}", "x".repeat(1 << 20));
    assert_eq!(world.deliver(&hook, "msg_2", &large, None).await.status, StatusCode::PAYLOAD_TOO_LARGE);
    let useless = world.deliver(&hook, "msg_3", "{\"items\":[{\"id\":\"1\"}]}", None).await;
    assert_eq!((useless.status, &useless.json["report"]["rejected"][0]["index"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!(0)));
    let secret = auscult_connect::contract::Secret::new(hook.1.clone());
    let mut request = Request::post(&hook.0).header("content-type", "application/xml");
    for (name, value) in auscult_connect::webhook::verify::sign(&secret, "msg_4", world.app.now(), body.as_bytes()) {
        request = request.header(name, value);
    }
    assert_eq!(world.send(request.body(Body::from(body.clone())).unwrap()).await.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    // Signed now, arriving in an hour.
    let mut late = Request::post(&hook.0).header("content-type", "application/json");
    for (name, value) in auscult_connect::webhook::verify::sign(&secret, "msg_5", world.app.now(), body.as_bytes()) {
        late = late.header(name, value);
    }
    world.clock.advance(3_600_000);
    assert_eq!(world.send(late.body(Body::from(body)).unwrap()).await.status, StatusCode::UNAUTHORIZED);
    world.clock.advance(-3_600_000);
    assert_eq!(found(&world, &token, "harbour").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_comes_too_often_waits() {
    let world = World::new().await;
    let token = world.token(&["read"]).await;
    for _ in 0..600 {
        assert_eq!(world.call(&token, "GET", "/me", None).await.status, StatusCode::OK);
    }
    let over = world.call(&token, "GET", "/me", None).await;
    assert_eq!((over.status, over.json["code"].as_str()), (StatusCode::TOO_MANY_REQUESTS, Some("too_many_requests")));
    world.clock.advance(1_000);
    assert_eq!(world.call(&token, "GET", "/me", None).await.status, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_reads_but_writes_only_from_our_own_pages() {
    let world = World::new().await;
    let cookie = format!("auscult={}", world.session);
    let read = Request::get("/api/v1/me").header("cookie", &cookie).body(Body::empty()).unwrap();
    let me = world.send(read).await;
    assert_eq!((me.status, &me.json["role"]), (StatusCode::OK, &json!("owner")));
    let write = || Request::post("/api/v1/check").header("cookie", &cookie).header("host", "a.example").header("content-type", "application/json");
    let body = || Body::from(json!({ "text": "Thank you." }).to_string());
    let foreign = write().header("origin", "https://evil.example").body(body()).unwrap();
    assert_eq!(world.send(foreign).await.status, StatusCode::FORBIDDEN);
    let own = write().header("origin", "https://a.example").body(body()).unwrap();
    assert_eq!(world.send(own).await.status, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn probes_answer_without_signing_in() {
    let world = World::new().await;
    for path in ["/healthz", "/readyz"] {
        assert_eq!(world.send(Request::get(path).body(Body::empty()).unwrap()).await.status, StatusCode::OK, "{path}");
    }
    world.app.store.close().await;
    assert_eq!(world.send(Request::get("/readyz").body(Body::empty()).unwrap()).await.status, StatusCode::SERVICE_UNAVAILABLE);
}

/// The description is a promise: a change of it is seen. Write it anew with `cargo run -p auscult-web --example openapi`.
#[test]
fn the_description_is_as_promised() {
    let described = serde_json::to_value(api::description()).unwrap();
    let promised: Value = serde_json::from_str(include_str!("openapi.json")).unwrap();
    assert_eq!(described["openapi"], json!("3.1.0"));
    assert!(described == promised, "the API changed: look at it, then write tests/openapi.json anew with `cargo run -p auscult-web --example openapi`");
}
