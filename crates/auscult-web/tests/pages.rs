//! Pages over the filled example: every path of the rail and of settings answers, and only to those who may see it.
#![cfg(test)]

#[expect(dead_code, reason = "the tests of the API use more of it")]
mod support;

use auscult_app::access::{self, Device};
use auscult_app::app::App;
use auscult_app::clock::{Clock, ManualClock, SystemEntropy};
use auscult_app::{demo, safety};
use auscult_model::case::SafetyKind;
use auscult_model::member::{Role, Viewer};
use auscult_web::pages::{self, Site};
use auscult_web::router::{self, Web};
use auscult_web::view::settings::PARTS;
use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use http_body_util::BodyExt;
use std::sync::Arc;
use tower::ServiceExt;

/// Paths that every member may open.
const OPEN: [&str; 12] = [
    "/people",
    "/listen/imports",
    "/plan",
    "/measure",
    "/today",
    "/inbox",
    "/approvals",
    "/listen",
    "/presence",
    "/search?q=parking",
    "/listen/lists",
    "/settings/me",
];

struct Example {
    app: App,
    router: Router,
    owner: String,
    reader: String,
    _directory: tempfile::TempDir,
}

async fn example() -> Example {
    let directory = tempfile::tempdir().unwrap();
    let clock: Arc<dyn Clock> = Arc::new(ManualClock::at("2026-11-23T09:14:00Z".parse().unwrap()));
    let app = support::app_at(directory.path(), Arc::clone(&clock)).await;
    let opened = demo::fill(&app, demo::SEED).await.unwrap();
    app.watches.refresh(&app).await.unwrap();
    let owner = access::sign_in(&app, &opened.email, &opened.password, &Device::default())
        .await
        .unwrap()
        .secret;
    let actor = access::actor(&app, &owner).await.unwrap().unwrap();
    let secret = access::invite(
        &app,
        &actor.viewer,
        "reader@stbrigids.example",
        Role::Viewer,
        Vec::new(),
    )
    .await
    .unwrap();
    let reader = access::accept(
        &app,
        &secret,
        "Rea Der",
        "a long enough password 1",
        &Device::default(),
    )
    .await
    .unwrap()
    .secret;
    let web = Web::load(clock, Arc::new(SystemEntropy), false);
    let router = router::around(
        web.clone(),
        pages::routes(Site {
            app: app.clone(),
            web,
        }),
    );
    Example {
        app,
        router,
        owner,
        reader,
        _directory: directory,
    }
}

impl Example {
    async fn get(&self, path: &str, session: &str) -> (StatusCode, String) {
        let request = Request::get(path)
            .header("cookie", format!("auscult={session}"))
            .body(Body::empty())
            .unwrap();
        self.send(request).await
    }

    async fn post(&self, path: &str, form: &str) -> (StatusCode, String) {
        let request = Request::post(path)
            .header("cookie", format!("auscult={}", self.owner))
            .header("host", "care.example")
            .header("origin", "http://care.example")
            .header("content-type", "application/x-www-form-urlencoded");
        self.send(request.body(Body::from(form.to_owned())).unwrap())
            .await
    }

    async fn upload(&self, file: &str, look: bool) -> (StatusCode, String) {
        let mut body = format!(
            "--x\r\ncontent-disposition: form-data; name=\"file\"; filename=\"reviews.csv\"\r\n\r\n{file}\r\n"
        );
        if look {
            body.push_str("--x\r\ncontent-disposition: form-data; name=\"look\"\r\n\r\n1\r\n");
        }
        body.push_str("--x--\r\n");
        let request = Request::post("/listen/imports")
            .header("cookie", format!("auscult={}", self.owner))
            .header("host", "care.example")
            .header("origin", "http://care.example")
            .header("content-type", "multipart/form-data; boundary=x");
        self.send(request.body(Body::from(body)).unwrap()).await
    }

    async fn send(&self, request: Request<Body>) -> (StatusCode, String) {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let status = response.status();
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        (status, String::from_utf8_lossy(&bytes).into_owned())
    }
}

/// The example takes a while to fill: one test walks through all of it.
#[tokio::test]
async fn the_pages_of_the_example_answer_to_those_who_may_see_them() {
    let example = example().await;
    every_path_answers(&example).await;
    a_broken_query_is_explained_in_place(&example).await;
    a_query_is_brought_from_another_suite(&example).await;
    a_watch_is_made_changed_and_keeps_its_wordings(&example).await;
    secrets_are_shown_once(&example).await;
    the_safety_desk_needs_two_signatures(&example).await;
    a_file_is_looked_at_taken_in_and_taken_back(&example).await;
    what_a_person_asked_for_is_written_down(&example).await;
    a_draft_is_kept_over_and_over(&example).await;
}

async fn every_path_answers(example: &Example) {
    let managed = PARTS
        .iter()
        .map(|(_, path, _, _)| *path)
        .chain(["/safety", "/listen/watches/new"]);
    for path in OPEN.into_iter().chain(managed.clone()) {
        let (status, body) = example.get(path, &example.owner).await;
        assert_eq!(
            status,
            StatusCode::OK,
            "{path}: {}",
            body.chars().take(400).collect::<String>()
        );
        assert_eq!(
            example.get(path, "").await.0,
            StatusCode::SEE_OTHER,
            "{path} signed out"
        );
    }
    for path in OPEN {
        assert_eq!(
            example.get(path, &example.reader).await.0,
            StatusCode::OK,
            "{path} for a reader"
        );
    }
    for path in managed.filter(|path| *path != "/settings/me") {
        assert_eq!(
            example.get(path, &example.reader).await.0,
            StatusCode::FORBIDDEN,
            "{path} for a reader"
        );
    }
    // No link of the rail leads nowhere.
    let (_, body) = example.get("/listen", &example.owner).await;
    for part in body.split("<a href=\"/").skip(1) {
        let path = format!("/{}", part.split('"').next().unwrap());
        let (status, _) = example.get(&path, &example.owner).await;
        assert_ne!(status, StatusCode::NOT_FOUND, "{path}");
    }
}

async fn a_broken_query_is_explained_in_place(example: &Example) {
    let (status, body) = example
        .post("/listen/watches/check", "query=%28parking+AND")
        .await;
    assert_eq!(status, StatusCode::OK);
    assert!(body.contains("Line 1, column"), "{body}");
    let (status, body) = example
        .post(
            "/listen/watches/new",
            "name=Parking&query=%28parking+AND&active=1",
        )
        .await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        body.contains("Line 1, column") && body.contains("(parking AND</textarea>"),
        "what was typed stays"
    );
}

async fn a_query_is_brought_from_another_suite(example: &Example) {
    let (_, body) = example.get("/listen/watches/new", &example.owner).await;
    assert!(body.contains("Bring a query from another suite"));
    let (status, body) = example
        .post(
            "/listen/watches/bring",
            "name=Queues&query=&dialect=brandwatch&foreign=hospital+NEAR%2F5f+queue+AND+%3Cx1%3E+NOT+objects%3A39",
        )
        .await;
    assert_eq!(status, StatusCode::OK, "{body}");
    assert!(
        body.contains("value=\"Queues\""),
        "what was typed stays: {body}"
    );
    assert!(body.contains("hospital ONEAR/5 queue AND"), "{body}");
    assert!(body.contains("<mark>objects:39</mark>"), "{body}");
    assert!(!body.contains("<x1>"), "foreign text is text");
    let (status, body) = example
        .post(
            "/listen/watches/bring",
            "query=mine&dialect=meltwater&foreign=%28hospital",
        )
        .await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(body.contains("this bracket is never closed"), "{body}");
    assert!(body.contains("mine</textarea>"), "what was typed stays");
    let (status, _) = example
        .post("/listen/watches/bring", "dialect=talkwalker&foreign=+")
        .await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
}

async fn a_watch_is_made_changed_and_keeps_its_wordings(example: &Example) {
    let (status, _) = example
        .post(
            "/listen/watches/new",
            "name=Parking&query=parking&active=1&why=first",
        )
        .await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    let (_, body) = example.get("/listen", &example.owner).await;
    let at = body
        .split("<a class=\"cover plain title\" href=\"")
        .find(|part| part.contains(">Parking</a>"))
        .unwrap();
    let path = at.split('"').next().unwrap();
    let (status, _) = example
        .post(
            path,
            "name=Parking&query=parking+OR+%22car+park%22&version=1&active=1&why=more",
        )
        .await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    let (_, body) = example.get(path, &example.owner).await;
    assert!(body.contains("first") && body.contains("more"));
    let (status, _) = example
        .post(path, "name=Parking&query=other&version=1&active=1")
        .await;
    assert_eq!(status, StatusCode::CONFLICT, "somebody else was faster");
}

async fn secrets_are_shown_once(example: &Example) {
    let (_, body) = example
        .post(
            "/settings/team/invite",
            "email=new%40stbrigids.example&role=responder",
        )
        .await;
    assert!(body.contains("/join/"));
    assert!(
        !example
            .get("/settings/team", &example.owner)
            .await
            .1
            .contains("/join/")
    );
    let (_, body) = example
        .post("/settings/tokens", "name=Desk&scope=read&days=30")
        .await;
    assert!(body.contains("auscult_"));
    assert!(
        !example
            .get("/settings/tokens", &example.owner)
            .await
            .1
            .contains("auscult_")
    );
    let (_, body) = example
        .post("/settings/channels/webhook", "name=Survey")
        .await;
    assert!(body.contains("whsec_") && body.contains("/hooks/in/"));
}

const FILE: &str = "id,date,author,text,url
b-1,2026-11-01T09:00:00Z,visitor,A quiet bluebell ward,https://reviews.example/1
b-2,the day before,visitor,Refused,https://reviews.example/2
";

async fn a_file_is_looked_at_taken_in_and_taken_back(example: &Example) {
    let (status, body) = example.upload(FILE, true).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    assert!(body.contains("1 new, 0 known, 1 refused") && body.contains("line 3"));
    let found = "/search?q=bluebell";
    assert!(
        !example
            .get(found, &example.owner)
            .await
            .1
            .contains("quiet bluebell"),
        "looking keeps nothing"
    );
    let (status, _) = example.upload(FILE, false).await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    assert!(example.get(found, &example.owner).await.1.contains("quiet"));
    let (_, body) = example.get("/listen/imports", &example.owner).await;
    let path = format!(
        "/listen/imports/{}",
        body.split("href=\"/listen/imports/")
            .nth(1)
            .unwrap()
            .split('"')
            .next()
            .unwrap()
    );
    let (_, body) = example.get(&path, &example.owner).await;
    assert!(
        body.contains("line 3, date"),
        "the refused row is named: {body}"
    );
    let (_, body) = example
        .get(&format!("{path}/refused"), &example.owner)
        .await;
    let row: serde_json::Value = serde_json::from_str(body.trim()).unwrap();
    assert!(row["row"].as_str().unwrap().contains("the day before"));
    let (_, body) = example.upload(FILE, true).await;
    assert!(
        body.contains("0 new, 1 known"),
        "a second time brings nothing"
    );
    assert_eq!(
        example.get(&path, &example.reader).await.0,
        StatusCode::OK,
        "readers look"
    );
    assert_eq!(
        example.post(&format!("{path}/back"), "").await.0,
        StatusCode::SEE_OTHER
    );
    assert!(
        !example
            .get(found, &example.owner)
            .await
            .1
            .contains("quiet bluebell")
    );
    for broken in ["", "a picture, perhaps", "\u{0}\u{1}\u{2}"] {
        let (status, body) = example.upload(broken, false).await;
        assert_eq!(
            status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{broken:?}: {body}"
        );
    }
}

async fn what_a_person_asked_for_is_written_down(example: &Example) {
    let (_, body) = example.get("/people", &example.owner).await;
    let path = format!(
        "/people/{}",
        body.split("href=\"/people/")
            .nth(1)
            .unwrap()
            .split('"')
            .next()
            .unwrap()
    );
    let (_, body) = example.get(&path, &example.owner).await;
    let version = body.split("name=\"version\" value=\"").nth(1).unwrap();
    let version = version.split('"').next().unwrap();
    let form = format!("version={version}&name=Nora&need=in_writing&need=more_time&lang=pl&proxy=");
    assert_eq!(example.post(&path, &form).await.0, StatusCode::SEE_OTHER);
    let (_, body) = example.get("/people?q=nora", &example.owner).await;
    assert!(
        body.contains("In writing") && body.contains("More time"),
        "{body}"
    );
    assert_eq!(
        example.post(&path, &form).await.0,
        StatusCode::CONFLICT,
        "written against an old version"
    );
    let note = format!("{path}/note");
    assert_eq!(
        example.post(&note, "text=Rings+on+Mondays").await.0,
        StatusCode::SEE_OTHER
    );
    let (_, body) = example.get(&path, &example.owner).await;
    assert!(body.contains("Rings on Mondays"));
}

async fn a_draft_is_kept_over_and_over(example: &Example) {
    let say = async |draft: i64, text: &str| {
        let form = format!("version=1&draft={draft}&key=k&as=internal&text={text}");
        let (status, body) = example.post("/inbox/1/check", &form).await;
        assert_eq!(status, StatusCode::OK, "{body}");
        serde_json::from_str::<serde_json::Value>(&body).unwrap()
    };
    let first = say(0, "one").await["draft"].as_i64().unwrap();
    let second = say(first, "two").await["draft"].as_i64().unwrap();
    assert!(second > first, "typing on keeps the newer words");
    let stale = say(first, "three").await;
    assert_eq!(
        stale["draft"].as_i64(),
        Some(first),
        "another window does not overwrite"
    );
    let (_, body) = example.get("/inbox/1", &example.owner).await;
    assert!(body.contains(">two</textarea>"), "{body}");
}

async fn the_safety_desk_needs_two_signatures(example: &Example) {
    let owner = access::actor(&example.app, &example.owner)
        .await
        .unwrap()
        .unwrap()
        .viewer;
    let desk = safety::desk(&example.app, &owner).await.unwrap();
    assert!(
        !desk.closed.is_empty(),
        "listening opened records, and the desk of the example closed them"
    );
    safety::raise(&example.app, &owner, 1, SafetyKind::Safeguarding)
        .await
        .unwrap();
    assert!(
        safety::raise(&example.app, &owner, 1, SafetyKind::Crisis)
            .await
            .is_err(),
        "one record for a conversation"
    );
    let desk = safety::desk(&example.app, &owner).await.unwrap();
    let one = desk
        .open
        .iter()
        .find(|open| {
            open.conversation
                .as_ref()
                .is_some_and(|found| found.number == 1)
        })
        .unwrap();
    let id = one.record.id;
    safety::take(&example.app, &owner, id).await.unwrap();
    let steps: Vec<String> = one
        .record
        .steps
        .iter()
        .map(|step| safety::name_of(step).to_owned())
        .collect();
    assert!(
        safety::close(&example.app, &owner, id, "well")
            .await
            .is_err(),
        "steps come first"
    );
    for step in steps.iter().take(steps.len() - 1) {
        safety::step(&example.app, &owner, id, step).await.unwrap();
    }
    assert!(
        !safety::close(&example.app, &owner, id, "well")
            .await
            .unwrap(),
        "the first signature does not close"
    );
    assert!(
        safety::close(&example.app, &owner, id, "well")
            .await
            .is_err(),
        "nobody signs twice"
    );
    let members = access::members(&example.app, &owner).await.unwrap();
    let second: Viewer = members
        .iter()
        .find(|member| Some(member.id) != owner.member && member.viewer().sees_restricted())
        .unwrap()
        .viewer();
    assert!(
        safety::close(&example.app, &second, id, "well")
            .await
            .unwrap()
    );
}
