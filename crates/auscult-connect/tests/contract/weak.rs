//! What the attacks must work on first: a client that checks the text of an address and follows where it is sent.

use std::net::IpAddr;

use auscult_connect::egress::Address;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// The usual two questions.
pub(crate) fn weak_ip(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(four) => !four.is_private() && !four.is_loopback(),
        IpAddr::V6(six) => !six.is_loopback(),
    }
}

/// Looks at the letters of the address, then fetches it and whatever it redirects to.
pub(crate) async fn weak_get(address: &str) -> String {
    let host = address.trim_start_matches("http://");
    let is_first = ["localhost:", "10.", "192.168."]
        .iter()
        .all(|start| !host.starts_with(start));
    assert!(is_first, "even the weak stub sees {host}");
    let mut url: Address = address.parse().unwrap();
    loop {
        let name = url
            .host_str()
            .unwrap()
            .trim_matches(['[', ']'])
            .trim_end_matches('.')
            .to_owned();
        let mut stream = TcpStream::connect((name.as_str(), url.port().unwrap_or(80)))
            .await
            .unwrap();
        let request = format!(
            "GET {} HTTP/1.1\r\nhost: weak\r\nconnection: close\r\n\r\n",
            url.path()
        );
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        let location = answer
            .lines()
            .find_map(|line| line.strip_prefix("location: "))
            .map(str::to_owned);
        match location {
            Some(next) => url = next.parse().unwrap(),
            None => return answer,
        }
    }
}
