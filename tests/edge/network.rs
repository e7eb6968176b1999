//! The way out through a council's proxy.

use hyper_util::client::proxy::matcher::Matcher;
use lodestar::metrics::Metrics;
use lodestar::slack::network::{Network, NetworkError};
use lodestar::slack::web::{ApiError, Outgoing, Patience, WebApi};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::support::within;

/// Reads the head of a request, up to its empty line.
pub(crate) async fn head_of(stream: &mut TcpStream) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(within(stream.read_u8()).await.unwrap());
    }
    String::from_utf8(head).unwrap()
}

async fn proxy() -> (TcpListener, String) {
    let proxy = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = proxy.local_addr().unwrap();
    (proxy, format!("http://sam:open@{address}"))
}

fn web_through(matcher: Matcher, url: &str) -> WebApi {
    let network = Network::new(matcher, None).unwrap();
    WebApi::new(
        &network,
        url,
        &"xoxb-secret".into(),
        Patience::default(),
        Metrics::new(),
    )
    .unwrap()
}

#[tokio::test]
async fn the_web_api_goes_through_the_proxys_tunnel_and_is_encrypted_in_it() {
    let (proxy, address) = proxy().await;
    let matcher = Matcher::builder().https(address).build();
    let web = web_through(matcher, "https://slack.test/api");
    let asking = tokio::spawn(async move { web.users_info("U1").await });
    let (mut stream, _) = within(proxy.accept()).await.unwrap();
    let head = head_of(&mut stream).await;
    assert!(
        head.starts_with("CONNECT slack.test:443 HTTP/1.1\r\n"),
        "{head}"
    );
    assert!(
        head.contains("Proxy-Authorization: Basic c2FtOm9wZW4=\r\n"),
        "{head}"
    );
    stream
        .write_all(b"HTTP/1.1 200 Connection established\r\n\r\n")
        .await
        .unwrap();
    let mut hello = [0; 1024];
    let length = within(stream.read(&mut hello)).await.unwrap();
    assert_eq!(hello[0], 0x16, "a TLS handshake");
    let name = b"slack.test";
    assert!(
        hello[..length].windows(name.len()).any(|at| at == name),
        "for Slack's own name"
    );
    drop(stream);
    let outcome = within(asking).await.unwrap();
    assert_eq!(outcome, Err(ApiError::Unavailable("no connection")));
}

#[tokio::test]
async fn a_proxy_that_refuses_means_that_nothing_was_done() {
    let (proxy, address) = proxy().await;
    let web = web_through(
        Matcher::builder().https(address).build(),
        "https://slack.test/api",
    );
    let posting = tokio::spawn(async move { web.post_message("C1", &Outgoing::default()).await });
    let (mut stream, _) = within(proxy.accept()).await.unwrap();
    head_of(&mut stream).await;
    stream
        .write_all(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n")
        .await
        .unwrap();
    let outcome = within(posting).await.unwrap();
    assert_eq!(outcome, Err(ApiError::Unavailable("no connection")));
}

#[tokio::test]
async fn neither_loopback_nor_what_no_proxy_names_goes_through_it() {
    let (proxy, address) = proxy().await;
    let slack = crate::support::FakeSlack::start().await;
    let all = Matcher::builder().all(address.clone()).build();
    let web = web_through(all, &format!("http://{}/api", slack.address));
    assert!(web.users_info("U1").await.is_ok());

    // Not loopback by its address, but a way to this machine all the same.
    let direct = TcpListener::bind("0.0.0.0:0").await.unwrap();
    let port = direct.local_addr().unwrap().port();
    let excepted = Matcher::builder().https(address).no("0.0.0.0").build();
    let web = web_through(excepted, &format!("https://0.0.0.0:{port}/api"));
    let asking = tokio::spawn(async move { web.users_info("U1").await });
    let (mut stream, _) = within(direct.accept()).await.unwrap();
    assert_eq!(
        within(stream.read_u8()).await.unwrap(),
        0x16,
        "a TLS handshake"
    );
    drop(stream);
    assert!(within(asking).await.unwrap().is_err());
    let nobody_came = tokio::select! {
        biased;
        _ = proxy.accept() => false,
        () = std::future::ready(()) => true,
    };
    assert!(nobody_came);
}

#[test]
fn a_proxy_of_another_kind_is_refused_at_the_start() {
    let socks = Matcher::builder().https("socks5://127.0.0.1:1080").build();
    let Err(error @ NetworkError::Proxy(_)) = Network::new(socks, None) else {
        panic!("it was taken")
    };
    assert!(error.to_string().contains("socks5://"));
}
