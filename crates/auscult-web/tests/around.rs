//! What stands around every route: headers, nonce, origin check, errors as pages or problems, assets.
#![cfg(test)]

use std::path::Path;
use std::sync::Arc;

use auscult_app::clock::{ManualClock, SystemEntropy};
use auscult_web::assets::Assets;
use auscult_web::error::PageError;
use auscult_web::router::{Web, around};
use axum::Router;
use axum::body::Body;
use axum::http::{Request, Response, StatusCode};
use axum::routing::{get, post};
use http_body_util::BodyExt;
use tower::ServiceExt;

async fn ask(request: Request<Body>) -> Response<Body> {
    let clock = Arc::new(ManualClock::at("2026-11-23T09:14:00Z".parse().unwrap()));
    let web = Web::load(clock, Arc::new(SystemEntropy), true);
    let routes = Router::new()
        .route("/ok", get(async || "ok"))
        .route("/change", post(async || "changed"))
        .route("/broken", get(async || PageError::Broken));
    around(web, routes).oneshot(request).await.unwrap()
}

async fn text(response: Response<Body>) -> String {
    String::from_utf8(
        response
            .into_body()
            .collect()
            .await
            .unwrap()
            .to_bytes()
            .to_vec(),
    )
    .unwrap()
}

fn get_of(path: &str) -> Request<Body> {
    Request::get(path).body(Body::empty()).unwrap()
}

fn change(headers: &[(&str, &str)]) -> Request<Body> {
    let mut request = Request::post("/change").header("host", "care.example");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(Body::empty()).unwrap()
}

#[tokio::test]
async fn every_answer_carries_the_headers_and_a_fresh_nonce() {
    let mut policies = Vec::new();
    for path in ["/ok", "/nothing", "/broken"] {
        let response = ask(get_of(path)).await;
        let header = |name: &str| {
            response
                .headers()
                .get(name)
                .unwrap()
                .to_str()
                .unwrap()
                .to_owned()
        };
        assert_eq!(header("x-content-type-options"), "nosniff");
        assert_eq!(header("referrer-policy"), "no-referrer");
        assert_eq!(header("cache-control"), "no-store");
        assert!(header("strict-transport-security").starts_with("max-age="));
        assert!(header("permissions-policy").contains("camera=()"));
        let policy = header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'; script-src 'nonce-"));
        assert!(policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe"));
        policies.push(policy);
    }
    policies.dedup();
    assert_eq!(policies.len(), 3, "a nonce was used twice");
}

#[tokio::test]
async fn attack_a23_unsafe_requests_from_elsewhere_are_refused() {
    let cookie = ("cookie", "__Host-auscult=x");
    let own = ("origin", "https://care.example");
    for headers in [
        vec![cookie],
        vec![cookie, ("origin", "null")],
        vec![cookie, ("origin", "https://evil.example")],
        vec![cookie, ("origin", "https://sub.care.example")],
        vec![cookie, own, ("sec-fetch-site", "cross-site")],
        vec![cookie, own, ("sec-fetch-site", "same-site")],
        vec![
            cookie,
            ("authorization", "Bearer t"),
            ("origin", "https://evil.example"),
        ],
    ] {
        assert_eq!(
            ask(change(&headers)).await.status(),
            StatusCode::FORBIDDEN,
            "{headers:?}"
        );
    }
    for headers in [
        vec![cookie, own],
        vec![cookie, own, ("sec-fetch-site", "same-origin")],
        vec![("authorization", "Bearer t")],
    ] {
        assert_eq!(
            ask(change(&headers)).await.status(),
            StatusCode::OK,
            "{headers:?}"
        );
    }
}

#[tokio::test]
async fn errors_are_pages_for_people_and_problems_for_programs() {
    let page = ask(get_of("/broken")).await;
    assert_eq!(page.status(), StatusCode::INTERNAL_SERVER_ERROR);
    let page = text(page).await;
    assert!(page.contains("Reference A-"), "{page}");
    let request = Request::get("/nothing")
        .header("accept", "application/json")
        .body(Body::empty())
        .unwrap();
    let problem = ask(request).await;
    assert_eq!(
        problem.headers()["content-type"],
        "application/problem+json"
    );
    assert!(text(problem).await.contains("\"code\":\"not_found\""));
}

#[tokio::test]
async fn assets_that_were_built_are_found_and_kept_for_ever() {
    if !Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("dist/manifest.json")
        .exists()
    {
        return;
    }
    let assets = Assets::load();
    for path in [&assets.css, &assets.js, &assets.mark] {
        let response = ask(get_of(path)).await;
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        assert!(
            response.headers()["cache-control"]
                .to_str()
                .unwrap()
                .contains("immutable")
        );
    }
    assert_eq!(
        ask(get_of("/assets/../Cargo.toml")).await.status(),
        StatusCode::NOT_FOUND
    );
}
