//! Attacks on the one egress client (A5, A6, A20) and faults (F4, F9, F24). Each attack is first shown to work on a
//! deliberately weak stub.

use std::collections::VecDeque;
use std::net::IpAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use auscult_connect::contract::{ConnectError, Secret};
use auscult_connect::egress::guard::is_public;
use auscult_connect::egress::{Egress, EgressError, HostPort, Lookup, Method};

use crate::server::{Call, Desk, Reply};
use crate::weak::{weak_get, weak_ip};

const TOKEN: &str = "planted-secret-4711";

/// A server inside that nobody may reach.
async fn canary() -> Desk {
    Desk::open(|_: &Call| Reply::raw(200, "text/plain", "canary")).await
}

fn port(desk: &Desk) -> String {
    desk.url.rsplit(':').next().unwrap().to_owned()
}

/// A client without exceptions, whose names lead where the script says, one answer a lookup.
fn scripted(desk: &Desk, script: &[&str]) -> (Egress, Arc<Mutex<VecDeque<IpAddr>>>) {
    let answers: VecDeque<IpAddr> = script.iter().map(|text| text.parse().unwrap()).collect();
    let answers = Arc::new(Mutex::new(answers));
    let asked = Arc::clone(&answers);
    let lookup: Lookup = Arc::new(move |_name| {
        let answer = asked.lock().unwrap().pop_front();
        Box::pin(async move {
            answer
                .map(|address| vec![address])
                .ok_or(std::io::ErrorKind::NotFound.into())
        })
    });
    (
        Egress::with_lookup(Vec::new(), "auscult-test", desk.now(), lookup).unwrap(),
        answers,
    )
}

async fn get(egress: &Egress, address: &str) -> Result<String, EgressError> {
    let response = egress
        .request(Method::GET, address)
        .timeout(Duration::from_secs(5))
        .send()
        .await?;
    Ok(response.text())
}

#[tokio::test]
async fn attack_a06_numbers_in_every_spelling() {
    let canary = canary().await;
    let (egress, _) = scripted(&canary, &[]);
    let spellings = [
        "http://2130706433",
        "http://0x7f000001",
        "http://0177.0.0.1",
        "http://0x7f.1",
        "http://127.1",
        "http://0.0.0.0",
        "http://0",
        "http://[::ffff:127.0.0.1]",
        "http://[::ffff:7f00:1]",
        "http://１２７.0.0.1",
        "http://127.0.0.1.",
    ];
    for (number, spelling) in spellings.iter().enumerate() {
        let address = format!("{spelling}:{}/", port(&canary));
        assert!(
            weak_get(&address).await.ends_with("canary"),
            "{address} must work on the weak stub"
        );
        assert_eq!(canary.calls().len(), number + 1);
        let error = get(&egress, &address).await.unwrap_err();
        assert!(
            matches!(&error, EgressError::Refused(text) if text.contains("private network")),
            "{address}: {error:?}"
        );
        assert_eq!(
            canary.calls().len(),
            number + 1,
            "{address} reached the canary"
        );
    }
}

#[tokio::test]
async fn attack_a06_a_name_that_leads_inside() {
    let canary = canary().await;
    assert!(
        weak_get(&format!("http://LOCALHOST:{}/", port(&canary)))
            .await
            .ends_with("canary")
    );
    let (egress, _) = scripted(
        &canary,
        &[
            "127.0.0.1",
            "::1",
            "169.254.169.254",
            "100.100.100.200",
            "fd00:ec2::254",
        ],
    );
    for _ in 0..5 {
        let error = get(&egress, "http://inside.example/").await.unwrap_err();
        assert!(
            matches!(&error, EgressError::Refused(text) if text.contains("inside.example")),
            "{error:?}"
        );
    }
    let error = get(&egress, "http://nowhere.example/").await.unwrap_err();
    assert!(
        matches!(&error, EgressError::Unreached(text) if text.contains("nowhere.example")),
        "{error:?}"
    );
}

#[tokio::test]
async fn attack_a06_a_name_that_changes_between_check_and_use() {
    let canary = canary().await;
    // A check that resolves, and a connection that resolves again: the second answer is inside.
    let mut answers = ["8.8.8.8", "127.0.0.1"].iter();
    let checked: IpAddr = answers.next().unwrap().parse().unwrap();
    assert!(weak_ip(checked));
    let used = answers.next().unwrap();
    assert!(
        weak_get(&format!("http://{used}.:{}/", port(&canary)))
            .await
            .ends_with("canary")
    );
    // Ours looks once, and judges what it will connect to.
    let (egress, left) = scripted(&canary, &["127.0.0.1", "8.8.8.8"]);
    assert!(matches!(
        get(&egress, "http://rebind.example/").await,
        Err(EgressError::Refused(_))
    ));
    assert_eq!(left.lock().unwrap().len(), 1, "one lookup, one judgement");
}

#[tokio::test]
async fn attack_a06_a_redirect_that_leads_inside() {
    let canary = canary().await;
    let target = canary.url.clone();
    let honest =
        Desk::open(move |_: &Call| Reply::raw(302, "text/plain", "").with("location", &target))
            .await;
    assert!(
        weak_get(&honest.url).await.ends_with("canary"),
        "the weak stub follows"
    );
    assert_eq!(canary.calls().len(), 1);
    let error = get(&honest.egress, &honest.url).await.unwrap_err();
    assert!(
        matches!(&error, EgressError::Refused(text) if text.contains(&port(&canary))),
        "{error:?}"
    );
    assert_eq!(canary.calls().len(), 1);
    for elsewhere in [
        "file:///etc/passwd",
        "gopher://127.0.0.1:70/",
        "http://169.254.169.254/latest/meta-data/",
    ] {
        let honest = Desk::open(move |_: &Call| {
            Reply::raw(301, "text/plain", "").with("location", elsewhere)
        })
        .await;
        let error = get(&honest.egress, &honest.url).await.unwrap_err();
        assert!(
            matches!(error, EgressError::Refused(_) | EgressError::Address(_)),
            "{elsewhere}: {error:?}"
        );
    }
}

#[test]
#[expect(clippy::too_many_lines, reason = "one story, told in order")]
fn attack_a06_the_list_of_private_addresses() {
    for text in [
        "0.0.0.1",
        "10.1.2.3",
        "100.64.0.1",
        "100.127.255.255",
        "127.9.9.9",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.1",
        "192.0.0.192",
        "192.0.2.1",
        "192.168.1.1",
        "198.18.0.1",
        "198.51.100.1",
        "203.0.113.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "168.63.129.16",
        "::",
        "::1",
        "::ffff:10.0.0.1",
        "::10.0.0.1",
        "64:ff9b::a00:1",
        "64:ff9b:1::1",
        "100::1",
        "2001::1",
        "2001:db8::1",
        "2002:7f00:1::",
        "3fff::1",
        "5f00::1",
        "fc00::1",
        "fd00:ec2::254",
        "fe80::1",
        "fec0::1",
        "ff02::1",
    ] {
        assert!(!is_public(text.parse().unwrap()), "{text} is not public");
    }
    for text in [
        "1.1.1.1",
        "8.8.8.8",
        "100.63.0.1",
        "172.32.0.1",
        "198.20.0.1",
        "2606:4700::1111",
        "2001:4860::8888",
        "64:ff9b::808:808",
    ] {
        assert!(is_public(text.parse().unwrap()), "{text} is public");
    }
    // The usual two questions let these through.
    for text in [
        "100.100.100.200",
        "169.254.169.254",
        "168.63.129.16",
        "::ffff:127.0.0.1",
        "0.0.0.0",
    ] {
        assert!(
            weak_ip(text.parse().unwrap()),
            "{text} must pass the weak stub"
        );
    }
}

#[tokio::test]
async fn attack_a05_only_the_web_and_only_what_is_named() {
    let inside = canary().await;
    let other = canary().await;
    assert_eq!(
        get(&inside.egress, &inside.url).await.unwrap(),
        "canary",
        "an honest internal server can be named"
    );
    assert!(
        matches!(
            get(&inside.egress, &other.url).await,
            Err(EgressError::Refused(_))
        ),
        "another port is another place"
    );
    for (address, mend) in [
        ("http://river.example:25/", "egress.allow"),
        ("ftp://river.example/", "http://"),
        ("river.example", "https://social.example"),
        ("http://sam:pass@river.example/", "fields"),
    ] {
        let error = inside.egress.check(address).unwrap_err();
        assert!(
            matches!(&error, ConnectError::Settings(text) if text.contains(mend)),
            "{address}: {error:?}"
        );
    }
    for wrong in [
        "localhost",
        "http://localhost:1",
        "*:80",
        "localhost:0",
        "localhost:99999",
        ":80",
        "a/b:80",
        "x y:1",
    ] {
        assert!(wrong.parse::<HostPort>().is_err(), "{wrong}");
    }
    assert_eq!(
        "LocalHost.:2583".parse::<HostPort>().unwrap().to_string(),
        "localhost:2583"
    );
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one story, told in order")]
async fn attack_a20_secrets_stay_with_their_first_host_and_out_of_errors() {
    let seen = Arc::new(Mutex::new(Vec::<String>::new()));
    let heard = Arc::clone(&seen);
    let other = Desk::open(move |call: &Call| {
        heard
            .lock()
            .unwrap()
            .push(call.header("authorization").to_owned());
        Reply::raw(200, "text/plain", "other")
    })
    .await;
    let target = other.url.clone();
    let first = Desk::open(move |call: &Call| match call.path.as_str() {
        "/away" => Reply::raw(307, "text/plain", "").with("location", &target),
        "/same" => Reply::raw(307, "text/plain", "").with("location", "/end"),
        "/circle" => Reply::raw(302, "text/plain", "").with("location", "/circle"),
        "/end" => Reply::raw(200, "text/plain", call.header("authorization").to_owned()),
        "/break" => Reply::Silence,
        _ => Reply::raw(
            200,
            "application/json",
            format!(r#"{{"token":"{TOKEN}","number":"x"}}"#),
        ),
    })
    .await;
    let places =
        [&first, &other].map(|desk| desk.url.trim_start_matches("http://").parse().unwrap());
    let egress = Egress::new(places.to_vec(), "auscult-test", first.now()).unwrap();
    let ask = |method: Method, path: &str| {
        let address = format!("{}{path}?access_token={TOKEN}", first.url);
        egress.request(method, &address).bearer(&Secret::new(TOKEN))
    };
    assert_eq!(
        ask(Method::GET, "/same").send().await.unwrap().text(),
        format!("Bearer {TOKEN}")
    );
    assert_eq!(
        ask(Method::GET, "/away").send().await.unwrap().text(),
        "other"
    );
    assert_eq!(*seen.lock().unwrap(), [""], "the secret stayed at home");

    let mut texts = Vec::new();
    let moved = ask(Method::POST, "/away")
        .json(&TOKEN)
        .send()
        .await
        .unwrap_err();
    assert!(matches!(moved, EgressError::Redirected(_)), "{moved:?}");
    assert_eq!(other.calls().len(), 1, "what is written is not passed on");
    for path in ["/circle", "/break"] {
        texts.push(ask(Method::GET, path).send().await.unwrap_err());
    }
    texts.push(moved);
    texts.push(
        egress
            .request(Method::GET, &format!("http://{TOKEN}@river.example/"))
            .send()
            .await
            .unwrap_err(),
    );
    texts.push(
        egress
            .request(Method::GET, &format!("http://10.0.0.1/{TOKEN}"))
            .send()
            .await
            .unwrap_err(),
    );
    texts.push(
        ask(Method::GET, "/end")
            .bearer(&Secret::new(format!("{TOKEN}\n")))
            .send()
            .await
            .unwrap_err(),
    );
    texts.push(ask(Method::GET, "/end").cap(3).send().await.unwrap_err());
    let shape = ask(Method::GET, "/json")
        .send()
        .await
        .unwrap()
        .json::<Vec<u8>>()
        .unwrap_err();
    for text in texts
        .iter()
        .map(|error| format!("{error} {error:?}"))
        .chain([format!("{shape} {shape:?}")])
    {
        assert!(!text.contains(TOKEN), "{text}");
    }
    assert!(!format!("{egress:?} {:?}", Secret::new(TOKEN)).contains(TOKEN));
}

#[tokio::test]
async fn fault_f09_an_answer_is_never_larger_than_its_cap() {
    const ZEROS: &[u8] = include_bytes!("zeros.gz");
    let desk = Desk::open(|call: &Call| match call.path.as_str() {
        "/packed" => Reply::raw(200, "text/plain", ZEROS).with("content-encoding", "gzip"),
        _ => Reply::raw(200, "text/plain", vec![b'x'; 100_000]),
    })
    .await;
    let ask = |path: &str| {
        desk.egress
            .request(Method::GET, &format!("{}{path}", desk.url))
    };
    assert!(ZEROS.len() < 64 * 1024, "by its length alone it would pass");
    let error = ask("/packed").cap(64 * 1024).send().await.unwrap_err();
    assert!(matches!(error, EgressError::TooBig(_)), "{error:?}");
    let error = ask("/packed").send().await.unwrap_err();
    assert!(
        matches!(error, EgressError::TooBig(_)),
        "twelve are more than ten: {error:?}"
    );
    assert!(matches!(
        ask("/plain").cap(99_999).send().await,
        Err(EgressError::TooBig(_))
    ));
    assert_eq!(
        ask("/plain").cap(100_000).send().await.unwrap().bytes.len(),
        100_000
    );
    let mut stream = ask("/plain").open().await.unwrap();
    let mut read = 0;
    while let Some(piece) = stream.next().await.unwrap() {
        read += piece.len();
    }
    assert_eq!(read, 100_000);
}

#[tokio::test]
async fn fault_f24_a_server_that_never_answers_is_left_in_time() {
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let place = silent.local_addr().unwrap().to_string();
    let desk = canary().await;
    let places = vec![
        place.parse().unwrap(),
        desk.url.trim_start_matches("http://").parse().unwrap(),
    ];
    let egress = Egress::new(places, "auscult-test", desk.now()).unwrap();
    let hung = egress
        .request(Method::GET, &format!("http://{place}/"))
        .timeout(Duration::from_millis(150))
        .send();
    let (hung, other) = tokio::join!(hung, get(&egress, &desk.url));
    assert!(
        matches!(&hung, Err(EgressError::Lost(text)) if text.contains("in time")),
        "{hung:?}"
    );
    assert_eq!(other.unwrap(), "canary", "others keep their pace");
    drop(silent);
    let gone = get(&egress, &format!("http://{place}/")).await.unwrap_err();
    assert!(
        matches!(gone, EgressError::Unreached(_)),
        "nothing was asked: {gone:?}"
    );
}

#[tokio::test]
async fn texts_are_read_by_their_own_charset_and_moves_are_told() {
    let desk = Desk::open(|call: &Call| match call.path.as_str() {
        "/latin" => Reply::raw(
            200,
            "text/html; charset=\"ISO-8859-1\"",
            vec![b'G', 0xf6, b'k'],
        ),
        "/marked" => Reply::raw(200, "Text/XML; charset=latin1", "\u{feff}Gök"),
        "/old" => Reply::raw(301, "", "").with("location", "/new"),
        "/new" => Reply::raw(308, "", "").with("location", "/latin"),
        _ => Reply::raw(302, "", "").with("location", "/old"),
    })
    .await;
    let ask = async |path: &str| {
        desk.egress
            .request(Method::GET, &format!("{}{path}", desk.url))
            .send()
            .await
            .unwrap()
    };
    assert_eq!(
        (ask("/latin").await.text(), ask("/latin").await.media_type()),
        ("Gök".to_owned(), "text/html".to_owned())
    );
    assert_eq!(
        (
            ask("/marked").await.text(),
            ask("/marked").await.media_type()
        ),
        ("Gök".to_owned(), "text/xml".to_owned())
    );
    let moved = ask("/old").await;
    assert_eq!(moved.moved_to.unwrap().path(), "/latin");
    assert_eq!(moved.url.path(), "/latin");
    let passing = ask("/passing").await;
    assert_eq!(passing.moved_to, None, "only what moved for good is stored");
    let form = desk
        .egress
        .request(Method::POST, &format!("{}/latin", desk.url))
        .form(&[("a b", "ü&=")])
        .send()
        .await;
    assert!(form.is_ok());
    assert_eq!(
        String::from_utf8(desk.calls().last().unwrap().body.clone()).unwrap(),
        "a+b=%C3%BC%26%3D"
    );
}

#[tokio::test]
async fn secrets_travel_to_the_public_web_by_https_alone() {
    let desk = canary().await;
    let (egress, left) = scripted(&desk, &["8.8.8.8"]);
    let secret = Secret::new(TOKEN);
    let header = egress
        .request(Method::GET, "http://river.example/")
        .bearer(&secret)
        .send()
        .await
        .unwrap_err();
    let body = egress
        .request(Method::POST, "http://river.example/")
        .json(&TOKEN)
        .confidential()
        .send()
        .await
        .unwrap_err();
    let stream = egress
        .websocket("ws://river.example/")
        .bearer(&secret)
        .connect()
        .await
        .err()
        .unwrap();
    for error in [header, body, stream] {
        assert!(
            matches!(&error, EgressError::Refused(text) if text.contains("s://")),
            "{error:?}"
        );
    }
    assert_eq!(
        left.lock().unwrap().len(),
        1,
        "not even the name was looked up"
    );
    let named = desk
        .egress
        .request(Method::GET, &desk.url)
        .bearer(&secret)
        .send()
        .await
        .unwrap();
    assert_eq!(named.text(), "canary", "a named place is trusted as it is");
}
