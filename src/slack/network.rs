//! One way out for the Web API, `response_url`s and Socket Mode: proxies, certificates, and plain http for loopback only.
//!
//! HTTP/1.1 and not 2: a request that times out then takes its connection with it. Over HTTP/2 a connection that a firewall has
//! silently dropped would be used again by every later request, and slack-morphism offers no way to have it probed.

use std::net::IpAddr;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Body;
use axum::http::Uri;
use hyper_rustls::{ConfigBuilderExt, HttpsConnector, HttpsConnectorBuilder, MaybeHttpsStream};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::proxy::Tunnel;
use hyper_util::client::proxy::matcher::Matcher;
use hyper_util::rt::{TokioExecutor, TokioIo};
use rustls::{ClientConfig, RootCertStore};
use tokio::net::TcpStream;
use tower_service::Service;

/// How long a connection, through a proxy or not, may take to be made.
const CONNECT_WITHIN: Duration = Duration::from_secs(5);

/// The connector both HTTP clients use.
pub(super) type Connector = HttpsConnector<Route>;
/// A connection, TLS or (to loopback) plain.
pub(super) type Connection = TokioIo<MaybeHttpsStream<TokioIo<TcpStream>>>;
type Fault = Box<dyn std::error::Error + Send + Sync>;

/// Makes connections. Cloning shares the pool.
#[derive(Clone)]
pub struct Network {
    connector: Connector,
    client: Client<Connector, Body>,
}

/// What is wrong with the network's configuration.
#[derive(Debug, thiserror::Error)]
pub enum NetworkError {
    /// A proxy that is not spoken to by plain HTTP CONNECT.
    #[error("HTTPS_PROXY must be an http:// address (a proxy that takes CONNECT), not {0}://")]
    Proxy(String),
    /// TLS cannot be set up.
    #[error("TLS cannot be set up: {0}")]
    Tls(#[from] rustls::Error),
}

impl Network {
    /// By the environment: `HTTPS_PROXY`, `NO_PROXY` (and `HTTP_PROXY`, `ALL_PROXY` likewise, in either case of letters), the
    /// machine's certificates (or those of `SSL_CERT_FILE`).
    pub fn from_environment() -> Result<Self, NetworkError> {
        Self::new(Matcher::from_env(), None)
    }

    /// By `proxies`, trusting `roots`, or else the certificates of the machine. A machine without any reaches nothing but
    /// loopback, which is all that a demo needs.
    pub fn new(proxies: Matcher, roots: Option<RootCertStore>) -> Result<Self, NetworkError> {
        let slack = Uri::from_static("https://slack.com/api");
        if let Some(proxy) = proxies.intercept(&slack) {
            check_proxy(proxy.uri())?;
        }
        // The provider is named here, so that TLS does not depend on what else in the program was started first.
        let tls = || {
            let provider = rustls::crypto::ring::default_provider();
            ClientConfig::builder_with_provider(provider.into())
                .with_safe_default_protocol_versions()
        };
        let tls = match roots {
            Some(roots) => tls()?.with_root_certificates(roots),
            None => {
                if let Ok(tls) = tls()?.with_native_roots() {
                    tls
                } else {
                    tracing::warn!(
                        "this machine has no certificates to trust: only a stand-in on loopback can be reached"
                    );
                    tls()?.with_root_certificates(RootCertStore::empty())
                }
            }
        }
        .with_no_client_auth();

        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        tcp.set_keepalive(Some(Duration::from_mins(1)));
        tcp.set_connect_timeout(Some(CONNECT_WITHIN));
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(tls)
            .https_or_http()
            .enable_http1()
            .wrap_connector(Route {
                tcp,
                proxies: proxies.into(),
            });
        let client = Client::builder(TokioExecutor::new()).build(connector.clone());
        Ok(Self { connector, client })
    }

    pub(super) fn connector(&self) -> Connector {
        self.connector.clone()
    }

    pub(super) fn client(&self) -> &Client<Connector, Body> {
        &self.client
    }

    /// A connection to the host of `uri` (`http` or `https`), for a protocol that upgrades.
    pub(super) async fn connect(&self, uri: Uri) -> Result<Connection, Fault> {
        let mut connector = self.connector.clone();
        std::future::poll_fn(|context| connector.poll_ready(context)).await?;
        Ok(TokioIo::new(connector.call(uri).await?))
    }
}

impl std::fmt::Debug for Network {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Network")
    }
}

/// Whether `uri` may be spoken to at all: https anywhere, plain http to loopback only.
#[must_use]
pub fn is_allowed(uri: &Uri) -> bool {
    match uri.scheme_str() {
        Some("https" | "wss") => uri.host().is_some(),
        Some("http" | "ws") => is_loopback(uri),
        _ => false,
    }
}

fn is_loopback(uri: &Uri) -> bool {
    let host = uri.host().unwrap_or_default();
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || bare.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

fn check_proxy(proxy: &Uri) -> Result<(), NetworkError> {
    match proxy.scheme_str() {
        Some("http") | None => Ok(()),
        Some(other) => Err(NetworkError::Proxy(other.to_owned())),
    }
}

/// TCP straight to the host, or through the proxy's tunnel.
#[derive(Clone)]
pub(super) struct Route {
    tcp: HttpConnector,
    proxies: std::sync::Arc<Matcher>,
}

impl Service<Uri> for Route {
    type Response = TokioIo<TcpStream>;
    type Error = Fault;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Fault>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Fault>> {
        self.tcp.poll_ready(context).map_err(Into::into)
    }

    fn call(&mut self, to: Uri) -> Self::Future {
        if !is_allowed(&to) {
            return Box::pin(async { Err("plain http is for loopback only".into()) });
        }
        // A stand-in on this machine is never behind the council's proxy.
        let proxy = if is_loopback(&to) {
            None
        } else {
            self.proxies.intercept(&to)
        };
        let mut tcp = self.tcp.clone();
        let connecting = async move {
            let Some(proxy) = proxy else {
                return tcp.call(to).await.map_err(Fault::from);
            };
            check_proxy(proxy.uri())?;
            let mut tunnel = Tunnel::new(proxy.uri().clone(), tcp);
            if let Some(auth) = proxy.basic_auth() {
                tunnel = tunnel.with_auth(auth.clone());
            }
            tunnel.call(to).await.map_err(Fault::from)
        };
        Box::pin(async move {
            match tokio::time::timeout(CONNECT_WITHIN, connecting).await {
                Ok(made) => made,
                Err(_) => Err("no connection was made in time".into()),
            }
        })
    }
}
