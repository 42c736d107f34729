//! A small HTTP server for fakes: it owns its port, keeps a ledger of calls, and ends with its owner.

use std::convert::Infallible;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

use auscult_connect::contract::Now;
use auscult_connect::egress::{Address, Egress};
use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use jiff::Timestamp;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

/// Where the clock of every fake stands at first.
pub(crate) const START: &str = "2026-11-02T09:30:00Z";

/// A call that reached the fake.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    /// `GET`, `POST` …
    pub(crate) method: String,
    /// The path.
    pub(crate) path: String,
    /// The query, unpacked.
    pub(crate) query: Vec<(String, String)>,
    /// The headers by their names in lower case.
    pub(crate) headers: Vec<(String, String)>,
    /// The body.
    pub(crate) body: Vec<u8>,
}

impl Call {
    /// A query value; empty when absent.
    pub(crate) fn query(&self, name: &str) -> &str {
        self.query
            .iter()
            .find(|(key, _)| key == name)
            .map_or("", |(_, value)| value)
    }

    /// A header; empty when absent.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .iter()
            .find(|(key, _)| key == name)
            .map_or("", |(_, value)| value)
    }

    /// The body as JSON.
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).expect("a JSON body")
    }
}

/// What the fake answers.
#[derive(Debug, Clone)]
pub(crate) enum Reply {
    /// Status, headers, body.
    Answer(u16, Vec<(String, String)>, Vec<u8>),
    /// The connection breaks without an answer.
    Silence,
}

impl Reply {
    /// A JSON answer.
    pub(crate) fn json(status: u16, body: &serde_json::Value) -> Self {
        Self::raw(status, "application/json", body.to_string())
    }

    /// An answer of any kind.
    pub(crate) fn raw(status: u16, media_type: &str, body: impl Into<Vec<u8>>) -> Self {
        Self::Answer(
            status,
            vec![("content-type".to_owned(), media_type.to_owned())],
            body.into(),
        )
    }

    /// Adds a header.
    pub(crate) fn with(self, name: &str, value: &str) -> Self {
        match self {
            Self::Answer(status, mut headers, body) => {
                headers.push((name.to_owned(), value.to_owned()));
                Self::Answer(status, headers, body)
            }
            Self::Silence => Self::Silence,
        }
    }
}

type Handler = Arc<dyn Fn(&Call) -> Reply + Send + Sync>;

/// A running fake with its clock and a client that may reach it.
pub(crate) struct Desk {
    /// `http://127.0.0.1:port`.
    pub(crate) url: String,
    /// A client whose allow-list names this server alone.
    pub(crate) egress: Egress,
    clock: Arc<AtomicI64>,
    calls: Arc<Mutex<Vec<Call>>>,
    _tasks: JoinSet<()>,
}

impl Desk {
    /// Opens a server that answers with `handler`.
    pub(crate) async fn open(handler: impl Fn(&Call) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let place = listener.local_addr().unwrap().to_string();
        let calls = Arc::new(Mutex::new(Vec::new()));
        let clock = Arc::new(AtomicI64::new(
            START.parse::<Timestamp>().unwrap().as_millisecond(),
        ));
        let handler: Handler = Arc::new(handler);
        let mut tasks = JoinSet::new();
        tasks.spawn(serve(listener, handler, Arc::clone(&calls)));
        let egress =
            Egress::new(vec![place.parse().unwrap()], "auscult-suite", now(&clock)).unwrap();
        Self {
            url: format!("http://{place}"),
            egress,
            clock,
            calls,
            _tasks: tasks,
        }
    }

    /// The clock as a connector sees it.
    pub(crate) fn now(&self) -> Now {
        now(&self.clock)
    }

    /// Moves the clock on.
    pub(crate) fn advance(&self, seconds: i64) {
        self.clock.fetch_add(seconds * 1000, Ordering::SeqCst);
    }

    /// What reached the server, in order.
    pub(crate) fn calls(&self) -> Vec<Call> {
        self.calls.lock().unwrap().clone()
    }
}

fn now(clock: &Arc<AtomicI64>) -> Now {
    let clock = Arc::clone(clock);
    Arc::new(move || Timestamp::from_millisecond(clock.load(Ordering::SeqCst)).unwrap())
}

async fn serve(listener: TcpListener, handler: Handler, calls: Arc<Mutex<Vec<Call>>>) {
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        let (handler, calls) = (Arc::clone(&handler), Arc::clone(&calls));
        connections.spawn(async move {
            let service = service_fn(|request| answer(request, &handler, &calls));
            // A connection that the fake breaks on purpose ends here with an error.
            let _ended = hyper::server::conn::http1::Builder::new()
                .serve_connection(TokioIo::new(stream), service)
                .await;
        });
    }
}

async fn answer(
    request: hyper::Request<Incoming>,
    handler: &Handler,
    calls: &Mutex<Vec<Call>>,
) -> Result<hyper::Response<Full<Bytes>>, std::io::Error> {
    let (parts, body) = request.into_parts();
    let body = body
        .collect()
        .await
        .map_err(std::io::Error::other)?
        .to_bytes()
        .to_vec();
    let query = Address::parse(&format!("http://fake{}", parts.uri)).unwrap();
    let call = Call {
        method: parts.method.to_string(),
        path: parts.uri.path().to_owned(),
        query: query.query_pairs().into_owned().collect(),
        headers: parts
            .headers
            .iter()
            .map(|(name, value)| {
                (
                    name.to_string(),
                    value.to_str().unwrap_or_default().to_owned(),
                )
            })
            .collect(),
        body,
    };
    calls.lock().unwrap().push(call.clone());
    match handler(&call) {
        Reply::Silence => Err(std::io::Error::other("broken on purpose")),
        Reply::Answer(status, headers, body) => {
            let mut response = hyper::Response::builder().status(status);
            for (name, value) in headers {
                response = response.header(name, value);
            }
            Ok::<_, Infallible>(response.body(Full::new(Bytes::from(body))).unwrap())
                .map_err(std::io::Error::other)
        }
    }
}
