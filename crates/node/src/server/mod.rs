//! JSON-RPC over HTTP and WebSockets, on one port.

mod access;
mod config;
mod connection;
mod http;
mod session;
mod socket;
mod stream;

use std::{io::ErrorKind, net::SocketAddr, sync::Arc, time::Duration};

use tokio::{
    net::TcpListener,
    sync::{OwnedSemaphorePermit, Semaphore, watch},
};

pub use self::config::ServerConfig;
use crate::{Error, Node, Result, message::Limits};

/// How long connections may still work on what they have begun when the server is stopped.
const GRACE: Duration = Duration::from_millis(500);
/// Connections beyond the limit that are told so at the same time.
const REFUSALS: usize = 64;
/// Pause after an error of the operating system, such as too many open files.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// A listening server. It stops when dropped.
#[derive(Debug)]
pub struct RpcServer {
    address: SocketAddr,
    stop: watch::Sender<bool>,
    ended: watch::Receiver<()>,
}

impl RpcServer {
    /// Address the server listens on, with the actual port.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// The server's URL for HTTP.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The server's URL for WebSockets.
    pub fn ws_url(&self) -> String {
        format!("ws://{}", self.address)
    }

    /// Stops the server and waits until its connections have ended: those that work on a request get half a second.
    pub async fn stop(self) {
        self.stop.send_replace(true);
        self.stopped().await;
    }

    /// Waits until the server ends.
    pub async fn stopped(&self) {
        // Nothing is ever sent: the channel closes with the last connection.
        let _ = self.ended.clone().changed().await;
    }
}

impl Drop for RpcServer {
    fn drop(&mut self) {
        self.stop.send_replace(true);
    }
}

/// What all connections share. The server has ended when the last of them has dropped it.
#[derive(Debug)]
struct Shared {
    node: Node,
    config: ServerConfig,
    connections: Arc<Semaphore>,
    refusals: Arc<Semaphore>,
    stop: watch::Receiver<bool>,
    _alive: watch::Sender<()>,
}

impl Shared {
    const fn limits(&self) -> Limits {
        Limits {
            batch: self.config.max_batch,
            answer: self.config.max_answer,
        }
    }

    /// Waits until the server is stopped.
    async fn stopping(&self) {
        // An error means that the handle is gone, which stops the server, too.
        let _ = self.stop.clone().wait_for(|stopped| *stopped).await;
    }

    /// Waits until the server is stopped and what was begun has had its time.
    async fn out_of_grace(&self) {
        self.stopping().await;
        tokio::time::sleep(GRACE).await;
    }

    fn admit(&self) -> Option<Admission> {
        let place = |places: &Arc<Semaphore>, served| {
            let permit = places.clone().try_acquire_owned().ok()?;
            Some(Admission {
                served,
                _permit: permit,
            })
        };
        place(&self.connections, true).or_else(|| place(&self.refusals, false))
    }
}

/// What becomes of a new connection.
#[derive(Debug)]
struct Admission {
    /// Whether it is served, and not just told that there are too many.
    served: bool,
    /// Its place among its kind.
    _permit: OwnedSemaphorePermit,
}

pub(crate) async fn serve(
    node: Node,
    address: SocketAddr,
    config: ServerConfig,
) -> Result<RpcServer> {
    let failed = |source: std::io::Error| match source.kind() {
        ErrorKind::AddrInUse => Error::PortInUse(address),
        _ => Error::Listen { address, source },
    };
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    if !address.ip().is_loopback() {
        tracing::warn!(
            %address,
            "the node listens beyond this machine: whoever reaches it can change its chain"
        );
    }
    let (stop, stop_signal) = watch::channel(false);
    let (alive, ended) = watch::channel(());
    let shared = Shared {
        node,
        connections: Arc::new(Semaphore::new(config.max_connections)),
        refusals: Arc::new(Semaphore::new(REFUSALS)),
        config,
        stop: stop_signal,
        _alive: alive,
    };
    tokio::spawn(accept(listener, Arc::new(shared)));
    Ok(RpcServer {
        address,
        stop,
        ended,
    })
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = shared.stopping() => return,
        };
        match accepted {
            Ok((stream, _)) => {
                if let Some(admission) = shared.admit() {
                    tokio::spawn(connection::serve(stream, admission, shared.clone()));
                }
            }
            Err(error) => {
                tracing::debug!(%error, "cannot accept a connection");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}
