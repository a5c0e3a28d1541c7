//! What a server can be told before it listens.

use std::time::Duration;

/// Settings of a node's server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerConfig {
    pub(super) origins: Option<Vec<String>>,
    pub(super) hosts: Option<Vec<String>>,
    pub(super) max_body: usize,
    pub(super) max_answer: usize,
    pub(super) max_batch: usize,
    pub(super) max_connections: usize,
    pub(super) idle_timeout: Duration,
    pub(super) write_timeout: Duration,
}

impl Default for ServerConfig {
    fn default() -> Self {
        Self {
            origins: None,
            hosts: None,
            // A transaction may carry some megabytes of bytecode as hexadecimal digits.
            max_body: 32 * 1024 * 1024,
            max_answer: 128 * 1024 * 1024,
            max_batch: 1_000,
            max_connections: 1_000,
            idle_timeout: Duration::from_secs(120),
            write_timeout: Duration::from_secs(10),
        }
    }
}

impl ServerConfig {
    /// Lets web pages of these origins only reach the node, such as `http://localhost:3000`; pages of any origin unless called.
    /// Programs that are no browsers send no origin and are always served.
    #[must_use]
    pub fn with_origins(mut self, origins: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.origins = Some(origins.into_iter().map(Into::into).collect());
        self
    }

    /// Serves only requests that name one of these hosts, without a port, in their `Host` header; any host unless called. It keeps
    /// pages away that resolve a name of their own to the node's address.
    #[must_use]
    pub fn with_hosts(mut self, hosts: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.hosts = Some(hosts.into_iter().map(Into::into).collect());
        self
    }

    /// Largest message of a client in bytes; 32 MiB unless changed.
    #[must_use]
    pub const fn with_max_body(mut self, bytes: usize) -> Self {
        self.max_body = bytes;
        self
    }

    /// Longest answer to one message in bytes; 128 MiB unless changed. Calls of a batch whose answers have no room get an error.
    #[must_use]
    pub const fn with_max_answer(mut self, bytes: usize) -> Self {
        self.max_answer = bytes;
        self
    }

    /// Most calls in one batch; 1,000 unless changed.
    #[must_use]
    pub const fn with_max_batch(mut self, calls: usize) -> Self {
        self.max_batch = calls;
        self
    }

    /// Most connections at a time; 1,000 unless changed. Further ones are told so and closed.
    #[must_use]
    pub const fn with_max_connections(mut self, connections: usize) -> Self {
        self.max_connections = connections;
        self
    }

    /// How long a client may be silent before its connection is closed; 120 seconds unless changed. WebSockets are pinged in the
    /// meantime, and an answer to that counts.
    #[must_use]
    pub const fn with_idle_timeout(mut self, time: Duration) -> Self {
        self.idle_timeout = time;
        self
    }

    /// How long a client may take nothing of what it is sent before its connection is closed, over HTTP and WebSockets alike;
    /// 10 seconds unless changed. A slow client that goes on reading is served to the end.
    #[must_use]
    pub const fn with_write_timeout(mut self, time: Duration) -> Self {
        self.write_timeout = time;
        self
    }
}
