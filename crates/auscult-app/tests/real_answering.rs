//! The main job end to end against the real AT Protocol network: heard, blocked, corrected, approved by a second member,
//! delivered once, heard again. Runs when `AUSCULT_REAL_ATPROTO` names the network.
#![cfg(test)]

use std::sync::Arc;
use std::time::Duration;

use auscult_app::access::{self, FirstRun};
use auscult_app::answer::{self, Answer, Sending};
use auscult_app::app::{App, Parts};
use auscult_app::channels::{self, FeedSpec, NewSource};
use auscult_app::clock::{Clock, Entropy, SystemClock, SystemEntropy};
use auscult_app::error::AppError;
use auscult_app::inbox;
use auscult_app::keys::Keys;
use auscult_app::listen::engine::Watches;
use auscult_app::listen::seen::Seen;
use auscult_app::live::Hub;
use auscult_app::run;
use auscult_app::settings::Settings;
use auscult_app::tasks::Tasks;
use auscult_app::workspace::{self, Who};
use auscult_connect::contract::{Account, Cx, Now, Secret, SendJob};
use auscult_connect::egress::{Egress, HostPort};
use auscult_model::approval::ApprovalWord;
use auscult_model::delivery::DeliveryState;
use auscult_model::inbox::{Conversation, InboxView};
use auscult_model::member::{Role, Viewer};
use auscult_model::workspace::WorkspaceSettings;
use auscult_store::{Store, StoreOptions, instance, member, workspace as workspaces};
use serde_json::Value;

#[expect(
    clippy::disallowed_methods,
    reason = "a test against a real server is told where it is"
)]
fn told(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

fn app_password(handle: &str) -> String {
    let file = told("AUSCULT_REAL_ATPROTO_STATE").expect("the accounts of the network");
    let network: Value = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    let accounts = network["accounts"].as_array().unwrap();
    let found = accounts
        .iter()
        .find(|account| account["handle"] == handle)
        .unwrap();
    found["appPassword"].as_str().unwrap().to_owned()
}

struct Scene {
    app: App,
    owner: Viewer,
    responder: Viewer,
    _directory: tempfile::TempDir,
}

async fn scene(tag: &str) -> Scene {
    let directory = tempfile::tempdir().unwrap();
    let options = StoreOptions {
        hash_key: vec![7; 32],
        ..StoreOptions::default()
    };
    let store = Store::open_sqlite(&directory.path().join("auscult.db"), &options)
        .await
        .unwrap();
    let allow: Vec<HostPort> = ["localhost:2583", "localhost:2584", "localhost:2582"]
        .iter()
        .map(|name| name.parse().unwrap())
        .collect();
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let present = Arc::clone(&clock);
    let mut settings = Settings::default();
    settings.listen.network_seconds = 1;
    settings.deliver.reconcile_seconds = 1;
    let app = App::new(Parts {
        store,
        egress: Egress::new(allow, "Auscult test", Arc::new(move || present.now())).unwrap(),
        clock,
        entropy: Arc::new(SystemEntropy),
        keys: Keys::new(&[9; 32]),
        connectors: auscult_connect::connectors(),
        settings,
        tasks: Tasks::default(),
        live: Hub::default(),
        watches: Watches::default(),
        seen: Seen::default(),
        example: auscult_app::demo::Filling::default(),
    });
    let mut tx = app.begin().await.unwrap();
    instance::ensure(&mut tx, "Test", app.now()).await.unwrap();
    let mut policy = WorkspaceSettings::default();
    policy.answers.second_member_always = true;
    policy.answers.undo_seconds = 10;
    let id = workspaces::add(&mut tx, "test", "Riverside", &policy, app.now())
        .await
        .unwrap();
    app.commit(tx).await.unwrap();
    let mut people = Vec::new();
    for (name, role) in [("Maeve", Role::Owner), ("Orla", Role::Responder)] {
        let first = FirstRun {
            name: name.to_owned(),
            email: format!("{name}@test.example"),
            password: "quiet-harbour-lantern".to_owned(),
            organisation: String::new(),
        };
        let added = access::add_member(&app, id, first, role, &[])
            .await
            .unwrap();
        people.push(
            member::get(&mut app.read().await.unwrap(), &Viewer::system(id), added)
                .await
                .unwrap()
                .viewer(),
        );
    }
    let who = Who {
        name: format!("Riverside {tag}"),
        other_names: vec![tag.to_owned()],
        country: "IE".to_owned(),
        time_zone: "Europe/Dublin".to_owned(),
        ..Who::default()
    };
    workspace::enter(&app, &Viewer::system(id), who)
        .await
        .unwrap();
    app.watches.refresh(&app).await.unwrap();
    let responder = people.pop().unwrap();
    Scene {
        app,
        owner: people.pop().unwrap(),
        responder,
        _directory: directory,
    }
}

async fn until<T>(what: &str, seconds: u64, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let end = tokio::time::Instant::now() + Duration::from_secs(seconds);
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(
            tokio::time::Instant::now() < end,
            "{what} did not come within {seconds} s"
        );
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

async fn waiting(scene: &Scene, tag: &str) -> Option<Conversation> {
    let page = inbox::list(&scene.app, &scene.owner, &InboxView::WaitingLongest, None)
        .await
        .unwrap();
    page.conversations
        .into_iter()
        .find(|row| row.last_line.contains(tag))
}

#[tokio::test(flavor = "multi_thread")]
async fn real_answer_from_heard_to_delivered() {
    let Some(server) = told("AUSCULT_REAL_ATPROTO") else {
        return;
    };
    let tag = format!(
        "q{}",
        SystemEntropy
            .token()
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .take(10)
            .collect::<String>()
            .to_lowercase()
    );
    let scene = scene(&tag).await;
    let app = &scene.app;
    let source = NewSource {
        network: "bluesky".to_owned(),
        base_url: server.clone(),
        handle: "hospital.test".to_owned(),
        secret: app_password("hospital.test"),
        feeds: vec![FeedSpec::Search { query: tag.clone() }],
        ..NewSource::default()
    };
    channels::connect(app, &scene.owner, &source).await.unwrap();
    run::start(app);

    // A person writes.
    let now: Now = app.now_for_connectors();
    let alice = Account {
        channel: 77,
        base_url: server,
        handle: "alice.test".to_owned(),
        secret: Secret::new(app_password("alice.test")),
        ..Account::default()
    };
    let alice = Cx {
        egress: app.egress.clone(),
        account: alice,
        now,
    };
    let connector = app.connectors.get("bluesky").unwrap();
    let text = format!("Six hours in A&E at {tag} and nobody came. Who can I ring?");
    let job = SendJob {
        delivery: 1,
        key: tag.clone(),
        created_at: app.now(),
        text,
        lang: "en".to_owned(),
        reply_to: None,
        mention: None,
        private: false,
        media: Vec::new(),
    };
    let posted = connector.send(&alice, &job).await.unwrap();
    let conversation = until("the post in the inbox", 30, async || {
        waiting(&scene, &tag).await
    })
    .await;

    // The guard stops what would confirm a care relationship, with a rule and a wording that works.
    let mut answer = Answer {
        number: conversation.number,
        version: conversation.version,
        private: false,
        text: "So sorry! We enjoyed treating you on Tuesday.".to_owned(),
        key: format!("{tag}/1"),
        later: None,
    };
    let Err(AppError::Guarded(report)) = answer::send(app, &scene.responder, &answer).await else {
        panic!("the guard let it through")
    };
    assert!(
        report["findings"]
            .as_array()
            .is_some_and(|found| found.iter().any(|finding| finding["rule"] == "G01")),
        "{report}"
    );
    let better = report["rewrite"].as_str().unwrap().to_owned();
    assert!(!better.is_empty());

    // The corrected answer needs a second member, and the author cannot be that.
    answer.text = better;
    let Sending::Asked(asked) = answer::send(app, &scene.responder, &answer).await.unwrap() else {
        panic!("no approval was asked for")
    };
    let request = answer::waiting(app, &scene.owner)
        .await
        .unwrap()
        .into_iter()
        .find(|one| one.approval.id == asked)
        .unwrap();
    let own_word = answer::decide(
        app,
        &scene.responder,
        asked,
        &request.approval.text_hash,
        ApprovalWord::Approve,
        "",
    )
    .await;
    assert!(own_word.is_err(), "the author approved their own words");
    let decided = answer::decide(
        app,
        &scene.owner,
        asked,
        &request.approval.text_hash,
        ApprovalWord::Approve,
        "good",
    )
    .await
    .unwrap();
    let Some(Sending::GoingOut(delivery, _)) = decided else {
        panic!("{decided:?}")
    };

    // Delivered once, and heard again.
    until("the receipt", 60, async || {
        let deliveries = answer::deliveries(app, &scene.owner, &conversation)
            .await
            .unwrap();
        let ours = deliveries.into_iter().find(|one| one.id == delivery)?;
        assert!(
            !matches!(ours.state, DeliveryState::Refused | DeliveryState::Held),
            "{}: {}{}",
            ours.state,
            ours.reason,
            ours.held_by
        );
        matches!(ours.state, DeliveryState::Sent | DeliveryState::Verified).then_some(ours)
    })
    .await;
    let replies = until("the answer in the network's thread", 30, async || {
        let thread = connector.thread(&alice, &posted.external_id).await.unwrap();
        let ours: Vec<_> = thread
            .into_iter()
            .filter(|post| post.post.id != posted.external_id)
            .collect();
        (!ours.is_empty()).then_some(ours)
    })
    .await;
    assert_eq!(replies.len(), 1);
    assert_eq!(replies[0].post.text.as_deref(), Some(answer.text.trim()));
    let opened = inbox::open(app, &scene.owner, conversation.number)
        .await
        .unwrap();
    assert_eq!(opened.conversation.state.as_str(), "waiting");
    app.tasks.shut_down(Duration::from_secs(5)).await;
}
