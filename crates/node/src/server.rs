//! JSON-RPC over HTTP.

use std::{io::ErrorKind, net::SocketAddr};

use jsonrpsee::{
    RpcModule,
    server::{ServerBuilder, ServerConfig, ServerHandle},
    types::ErrorObjectOwned,
};

use crate::{Error, Node, Result, rpc};

/// Largest request body in bytes: a transaction may carry some megabytes of bytecode as hexadecimal digits.
const MAX_BODY: u32 = 32 * 1024 * 1024;

/// A listening server. It stops when dropped.
#[derive(Debug)]
pub struct RpcServer {
    address: SocketAddr,
    handle: ServerHandle,
}

impl RpcServer {
    /// Address the server listens on, with the actual port.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// The server's URL.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Stops the server and waits until its connections have ended.
    pub async fn stop(self) {
        let handle = self.handle.clone();
        drop(self);
        handle.stopped().await;
    }

    /// Waits until the server ends.
    pub async fn stopped(&self) {
        self.handle.clone().stopped().await;
    }
}

impl Drop for RpcServer {
    fn drop(&mut self) {
        // Fails only when the server has stopped already.
        let _ = self.handle.stop();
    }
}

pub(crate) async fn serve(node: Node, address: SocketAddr) -> Result<RpcServer> {
    let failed = |source: std::io::Error| match source.kind() {
        ErrorKind::AddrInUse => Error::PortInUse(address),
        _ => Error::Listen { address, source },
    };
    let config = ServerConfig::builder()
        .max_request_body_size(MAX_BODY)
        .max_response_body_size(MAX_BODY)
        .build();
    let server = ServerBuilder::with_config(config)
        .build(address)
        .await
        .map_err(failed)?;
    let address = server.local_addr().map_err(failed)?;
    let handle = server.start(methods(node)?);
    Ok(RpcServer { address, handle })
}

fn methods(node: Node) -> Result<RpcModule<Node>> {
    let mut module = RpcModule::new(node);
    let refused = rpc::refused_methods().map(|(name, _)| name);
    // Refused methods are registered, too, so that their answers tell why.
    for method in rpc::methods().map(|method| method.name).chain(refused) {
        module.register_async_method(method, move |params, node, _| async move {
            node.request(method, params.as_str())
                .await
                .map_err(ErrorObjectOwned::from)
        })?;
    }
    Ok(module)
}
