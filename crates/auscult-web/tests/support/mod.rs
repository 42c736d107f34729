//! A site over a store of its own: requests go through the router as they would through a socket.

use std::path::Path;
use std::sync::Arc;

use auscult_app::access::{self, Device, FirstRun};
use auscult_app::app::{App, Parts};
use auscult_app::clock::{Clock, ManualClock, SystemEntropy};
use auscult_app::keys::Keys;
use auscult_app::listen::engine::Watches;
use auscult_app::listen::seen::Seen;
use auscult_app::live::Hub;
use auscult_app::settings::Settings;
use auscult_app::tasks::Tasks;
use auscult_connect::contract::Secret;
use auscult_connect::egress::Egress;
use auscult_connect::webhook::verify;
use auscult_model::member::{Role, Viewer};
use auscult_store::{Store, StoreOptions};
use auscult_web::pages::{self, Site};
use auscult_web::router::{self, Web};
use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use http_body_util::BodyExt;
use jiff::Timestamp;
use serde_json::Value;
use tower::ServiceExt;

/// The instant at which the invented world of the tests stands.
pub(crate) const NOW: i64 = 1_790_000_000;
/// A good password.
pub(crate) const PASSWORD: &str = "a long enough password 1";

/// A site with one organisation.
pub(crate) struct World {
    /// The use cases.
    pub(crate) app: App,
    /// Its clock.
    pub(crate) clock: Arc<ManualClock>,
    /// The owner.
    pub(crate) viewer: Viewer,
    /// The secret of the owner's session.
    pub(crate) session: String,
    router: Router,
    _directory: tempfile::TempDir,
}

/// An answer.
pub(crate) struct Answer {
    /// Its status.
    pub(crate) status: StatusCode,
    /// Its media type.
    pub(crate) kind: String,
    /// Its body; null when it is no JSON.
    pub(crate) json: Value,
}

/// An application over an empty store in a directory.
pub async fn app_at(directory: &Path, clock: Arc<dyn Clock>) -> App {
    let store = Store::open_sqlite(&directory.join("auscult.db"), &StoreOptions::default())
        .await
        .unwrap();
    let present = Arc::clone(&clock);
    App::new(Parts {
        store,
        clock,
        entropy: Arc::new(SystemEntropy),
        keys: Keys::new(&[7; 32]),
        egress: Egress::new(Vec::new(), "tests", Arc::new(move || present.now())).unwrap(),
        connectors: auscult_connect::connectors(),
        settings: Settings::default(),
        tasks: Tasks::default(),
        live: Hub::default(),
        watches: Watches::default(),
        seen: Seen::default(),
        example: auscult_app::demo::Filling::default(),
    })
}

impl World {
    /// Sets an installation up.
    pub(crate) async fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let clock = Arc::new(ManualClock::at(Timestamp::from_second(NOW).unwrap()));
        let app = app_at(directory.path(), Arc::clone(&clock) as Arc<dyn Clock>).await;
        let first = FirstRun {
            name: "Maeve Tierney".to_owned(),
            email: "maeve@hospital.example".to_owned(),
            password: PASSWORD.to_owned(),
            organisation: "Harbour Hospital".to_owned(),
        };
        let (signed_in, _) = access::set_up(&app, first, &Device::default())
            .await
            .unwrap();
        let actor = access::actor(&app, &signed_in.secret)
            .await
            .unwrap()
            .unwrap();
        app.watches.refresh(&app).await.unwrap();
        let web = Web::load(Arc::clone(&app.clock), Arc::clone(&app.entropy), false);
        let router = router::around(
            web.clone(),
            pages::routes(Site {
                app: app.clone(),
                web,
            }),
        );
        Self {
            app,
            clock,
            viewer: actor.viewer,
            session: signed_in.secret,
            router,
            _directory: directory,
        }
    }

    /// A token of the owner.
    pub(crate) async fn token(&self, scopes: &[&str]) -> String {
        let actor = access::actor(&self.app, &self.session)
            .await
            .unwrap()
            .unwrap();
        let scopes = scopes.iter().map(|scope| (*scope).to_owned()).collect();
        access::make_token(&self.app, &actor, "Test", scopes, 30)
            .await
            .unwrap()
    }

    /// A token of somebody in another workspace of the same installation.
    pub(crate) async fn foreign_token(&self, scopes: &[&str]) -> String {
        let mut tx = self.app.begin().await.unwrap();
        let other = auscult_store::workspace::add(
            &mut tx,
            "other",
            "Other Hospital",
            &auscult_model::workspace::WorkspaceSettings::default(),
            self.app.now(),
        )
        .await
        .unwrap();
        self.app.commit(tx).await.unwrap();
        let first = FirstRun {
            name: "Owen Byrne".to_owned(),
            email: "owen@other.example".to_owned(),
            password: PASSWORD.to_owned(),
            organisation: String::new(),
        };
        access::add_member(&self.app, other, first, Role::Owner, &[])
            .await
            .unwrap();
        let signed_in = access::sign_in(
            &self.app,
            "owen@other.example",
            PASSWORD,
            &Device::default(),
        )
        .await
        .unwrap();
        let actor = access::actor(&self.app, &signed_in.secret)
            .await
            .unwrap()
            .unwrap();
        let scopes = scopes.iter().map(|scope| (*scope).to_owned()).collect();
        access::make_token(&self.app, &actor, "Test", scopes, 30)
            .await
            .unwrap()
    }

    /// Sends a request.
    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let status = response.status();
        let kind = response
            .headers()
            .get("content-type")
            .and_then(|kind| kind.to_str().ok())
            .unwrap_or_default()
            .to_owned();
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        Answer {
            status,
            kind,
            json: serde_json::from_slice(&bytes).unwrap_or_default(),
        }
    }

    /// Calls the API with a token.
    pub(crate) async fn call(
        &self,
        token: &str,
        method: &str,
        path: &str,
        body: Option<Value>,
    ) -> Answer {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("/api/v1{path}"));
        if !token.is_empty() {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let body = match body {
            Some(body) => {
                request = request.header("content-type", "application/json");
                Body::from(body.to_string())
            }
            None => Body::empty(),
        };
        self.send(request.body(body).unwrap()).await
    }

    /// Sends a signed delivery to a webhook; `signed` is what was signed, when that is not what is sent.
    pub(crate) async fn deliver(
        &self,
        hook: &(String, String),
        id: &str,
        body: &str,
        signed: Option<&str>,
    ) -> Answer {
        let secret = Secret::new(hook.1.clone());
        let headers = verify::sign(
            &secret,
            id,
            self.app.now(),
            signed.unwrap_or(body).as_bytes(),
        );
        let mut request = Request::builder()
            .method("POST")
            .uri(&hook.0)
            .header("content-type", "application/json");
        for (name, value) in headers {
            request = request.header(name, value);
        }
        self.send(request.body(Body::from(body.to_owned())).unwrap())
            .await
    }
}
