//! `WebSockets` by the same road.

use std::time::Duration;

use auscult_connect::egress::{Egress, EgressError, Frame, HostPort};
use futures_util::{SinkExt, StreamExt};
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_tungstenite::tungstenite::Message;

use crate::server::{Call, Desk, Reply};

/// A server that says what the script says, echoes what it hears, and closes at `bye`.
async fn speaker(script: Vec<Message>) -> (String, JoinSet<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let place = listener.local_addr().unwrap().to_string();
    let mut tasks = JoinSet::new();
    tasks.spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        let mut socket = tokio_tungstenite::accept_async(stream).await.unwrap();
        for message in script {
            socket.send(message).await.unwrap();
        }
        while let Some(Ok(message)) = socket.next().await {
            if message.to_text().is_ok_and(|text| text == "bye") {
                socket.close(None).await.unwrap();
            } else if message.is_text() {
                socket.send(message).await.unwrap();
            }
        }
    });
    (place, tasks)
}

async fn client(place: &str) -> Egress {
    let desk = Desk::open(|_: &Call| Reply::Silence).await;
    let allowed: HostPort = place.parse().unwrap();
    Egress::new(vec![allowed], "auscult-test", desk.now()).unwrap()
}

#[tokio::test]
async fn frames_arrive_and_go_out() {
    let (place, _tasks) = speaker(vec![Message::text("hello"), Message::binary(vec![1, 2])]).await;
    let mut socket = client(&place)
        .await
        .websocket(&format!("ws://{place}/stream"))
        .query("cursor", 5)
        .connect()
        .await
        .unwrap();
    assert_eq!(
        socket.next().await.unwrap(),
        Some(Frame::Text("hello".to_owned()))
    );
    assert_eq!(
        socket.next().await.unwrap(),
        Some(Frame::Binary(vec![1, 2].into()))
    );
    socket.send("echo".to_owned()).await.unwrap();
    assert_eq!(
        socket.next().await.unwrap(),
        Some(Frame::Text("echo".to_owned()))
    );
    socket.send("bye".to_owned()).await.unwrap();
    assert_eq!(socket.next().await.unwrap(), None, "the other side closed");
}

#[tokio::test]
async fn fault_f09_a_frame_is_never_larger_than_its_cap() {
    let (place, _tasks) = speaker(vec![Message::text("x".repeat(2000))]).await;
    let mut socket = client(&place)
        .await
        .websocket(&format!("http://{place}/"))
        .cap(1000)
        .connect()
        .await
        .unwrap();
    assert!(matches!(socket.next().await, Err(EgressError::TooBig(_))));
}

#[tokio::test]
async fn fault_f24_silence_is_asked_about_and_ends() {
    // Accepts, shakes hands, and never reads again: no pong comes.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let place = listener.local_addr().unwrap().to_string();
    let mut tasks = JoinSet::new();
    tasks.spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        let socket = tokio_tungstenite::accept_async(stream).await.unwrap();
        std::future::pending::<()>().await;
        drop(socket);
    });
    let knock = client(&place)
        .await
        .websocket(&format!("ws://{place}/"))
        .idle(Duration::from_millis(80));
    let mut socket = knock.connect().await.unwrap();
    assert!(matches!(socket.next().await, Err(EgressError::Lost(text)) if text.contains("silent")));
}

#[tokio::test]
async fn a_quiet_stream_whose_other_side_lives_is_kept() {
    let (place, _tasks) = speaker(vec![]).await;
    let knock = client(&place)
        .await
        .websocket(&format!("ws://{place}/"))
        .idle(Duration::from_millis(60));
    let mut socket = knock.connect().await.unwrap();
    // Several silences long; pongs keep it.
    let waited = tokio::time::timeout(Duration::from_millis(400), socket.next()).await;
    assert!(waited.is_err(), "still waiting: {waited:?}");
}

#[tokio::test]
async fn attack_a06_streams_have_no_other_road() {
    let (place, _tasks) = speaker(vec![]).await;
    let nobody = client("river.example:443").await;
    let port = place.rsplit(':').next().unwrap();
    for address in [
        format!("ws://{place}/"),
        format!("wss://2130706433:{port}/"),
        format!("ws://[::1]:{port}/"),
    ] {
        let refused = nobody.websocket(&address).connect().await;
        assert!(matches!(refused, Err(EgressError::Refused(_))), "{address}");
    }
    let refused = nobody.websocket("ws://localhost/").connect().await;
    assert!(
        matches!(refused, Err(EgressError::Refused(_))),
        "the name leads inside"
    );
}

#[tokio::test]
async fn fault_f04_a_status_instead_of_a_stream_is_told() {
    let desk = Desk::open(|_: &Call| {
        Reply::json(429, &serde_json::json!({ "error": "RateLimitExceeded" }))
            .with("retry-after", "30")
    })
    .await;
    let error = desk
        .egress
        .websocket(&desk.url)
        .connect()
        .await
        .err()
        .unwrap();
    assert!(
        matches!(
            &error,
            EgressError::Answered {
                status: 429,
                retry_at: Some(_),
                ..
            }
        ),
        "{error:?}"
    );
    let again = desk
        .egress
        .websocket(&desk.url)
        .connect()
        .await
        .err()
        .unwrap();
    assert!(matches!(again, EgressError::Throttled { .. }), "{again:?}");
    assert_eq!(desk.calls().len(), 1);
}
