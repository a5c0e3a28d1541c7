//! Where and whom `zksso node` serves.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use clap::Args;
use zksso_node::ServerConfig;

#[derive(Debug, Args)]
#[command(next_help_heading = "Server")]
pub(crate) struct ServerArgs {
    /// Address to listen on, for HTTP and WebSockets alike.
    #[arg(long, value_name = "IP", default_value = "127.0.0.1")]
    host: IpAddr,

    /// Port to listen on; 0 takes any free one.
    #[arg(long, default_value_t = 8011)]
    port: u16,

    /// Origins of the web pages that may use the node, such as http://localhost:3000; * is every page.
    #[arg(
        long,
        value_name = "ORIGIN",
        value_delimiter = ',',
        default_value = "*"
    )]
    cors: Vec<String>,

    /// Host names that requests may be for, without a port; all unless given.
    #[arg(long = "allowed-host", value_name = "NAME", value_delimiter = ',')]
    allowed_hosts: Vec<String>,

    /// Largest message of a client in bytes.
    #[arg(long, value_name = "BYTES", default_value_t = 32 * 1024 * 1024)]
    max_body: usize,

    /// Most calls in one batch.
    #[arg(long, value_name = "CALLS", default_value_t = 1_000)]
    max_batch: usize,

    /// Most connections at a time.
    #[arg(long, value_name = "COUNT", default_value_t = 1_000)]
    max_connections: usize,

    /// Seconds after which a silent connection is closed.
    #[arg(long, value_name = "SECONDS", default_value_t = 120, value_parser = clap::value_parser!(u64).range(1..))]
    idle_timeout: u64,

    /// Seconds after which a client that takes nothing of what it is sent is disconnected.
    #[arg(long, value_name = "SECONDS", default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..))]
    write_timeout: u64,
}

impl ServerArgs {
    pub(crate) const fn address(&self) -> SocketAddr {
        SocketAddr::new(self.host, self.port)
    }

    pub(crate) fn config(&self) -> ServerConfig {
        let mut config = ServerConfig::default()
            .with_max_body(self.max_body)
            .with_max_batch(self.max_batch)
            .with_max_connections(self.max_connections)
            .with_idle_timeout(Duration::from_secs(self.idle_timeout))
            .with_write_timeout(Duration::from_secs(self.write_timeout));
        if !self.cors.iter().any(|origin| origin == "*") {
            config = config.with_origins(&self.cors);
        }
        if !self.allowed_hosts.is_empty() {
            config = config.with_hosts(&self.allowed_hosts);
        }
        config
    }
}
