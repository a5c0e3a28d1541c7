//! The handle through which the rest of a program reaches a node.

use std::{
    net::SocketAddr,
    sync::{Arc, Weak, mpsc},
    thread::JoinHandle,
    time::Instant,
};

use alloy::primitives::B256;
use serde_json::value::RawValue;
use tokio::sync::oneshot;
use zksso_trace::Coverage;

use crate::{
    Error, NodeConfig, NodeEvent, NodeObserver, NodeTransport, RequestError, RequestReport, Result,
    RpcError, RpcServer, ServerConfig, TransactionDetails,
    chain::Chain,
    convert,
    event_queue::Observer,
    message::{self, Answerer, Limits, Outcome},
    rpc::{self, Params},
    server,
    worker::{self, Job},
};

/// Bytes of the stacks of threads that walk over calls, of which the system provides only what is used. Calls nest as deep as gas
/// allows, some hundreds of levels, and walks over them take a frame or two for each.
pub(crate) const STACK: usize = 64 * 1024 * 1024;

/// A running node. Clones share it; it ends with the last of them.
///
/// The chain lives on a thread of its own, because the virtual machine cannot move between threads, and answers one request at a
/// time in the order of arrival.
#[derive(Clone, Debug)]
pub struct Node {
    worker: Arc<Worker>,
}

#[derive(Debug)]
struct Worker {
    jobs: Option<mpsc::Sender<Job>>,
    thread: Option<JoinHandle<()>>,
    config: NodeConfig,
    observer: Observer,
}

impl Node {
    /// Starts a node and builds its genesis.
    ///
    /// # Errors
    ///
    /// [`Error::ChainId`] for a chain id out of range, [`Error::Thread`] when the operating system refuses the thread.
    pub fn start(config: NodeConfig) -> Result<Self> {
        Self::start_observed(config, Observer::default())
    }

    /// The same with an observer of what happens in the node. The calls of each transaction are then recorded. When the node ends, the
    /// observer has a second for what it has not seen.
    ///
    /// # Errors
    ///
    /// As [`Node::start`].
    pub fn start_with(config: NodeConfig, observer: impl NodeObserver + 'static) -> Result<Self> {
        let queue = Observer::new(&observer);
        let node = Self::start_observed(config, queue.clone())?;
        queue.serve(observer)?;
        Ok(node)
    }

    fn start_observed(config: NodeConfig, observer: Observer) -> Result<Self> {
        let (jobs, queue) = mpsc::channel::<Job>();
        let (ready, started) = mpsc::sync_channel(1);
        let settings = config.clone();
        let chain_observer = observer.clone();
        let thread = std::thread::Builder::new()
            .name("zksso-node".to_owned())
            .stack_size(STACK)
            .spawn(move || match Chain::new(settings) {
                Ok(mut chain) => {
                    chain.observe(chain_observer);
                    let _ = ready.send(Ok(()));
                    worker::work(chain, &queue);
                }
                Err(error) => {
                    let _ = ready.send(Err(error));
                }
            })
            .map_err(Error::Thread)?;
        started.recv().map_err(|_| Error::Stopped)??;
        Ok(Self {
            worker: Arc::new(Worker {
                jobs: Some(jobs),
                thread: Some(thread),
                config,
                observer,
            }),
        })
    }

    /// The settings the node was started with.
    pub fn config(&self) -> &NodeConfig {
        &self.worker.config
    }

    /// A transport for alloy's `RpcClient` that reaches the node without a socket.
    pub fn transport(&self) -> NodeTransport {
        NodeTransport::new(self.clone())
    }

    /// Serves JSON-RPC over HTTP and WebSockets on `address`; port 0 picks a free one. Must be called inside a Tokio runtime.
    ///
    /// # Errors
    ///
    /// [`Error::PortInUse`] when another program listens there, [`Error::Listen`] when listening fails otherwise.
    pub async fn serve(&self, address: SocketAddr) -> Result<RpcServer> {
        self.serve_with(address, ServerConfig::default()).await
    }

    /// Serves with settings of one's own.
    ///
    /// # Errors
    ///
    /// As [`serve`](Self::serve).
    pub async fn serve_with(&self, address: SocketAddr, config: ServerConfig) -> Result<RpcServer> {
        server::serve(self.clone(), address, config).await
    }

    /// Gas, outcome and return data of a transaction; `None` when the chain does not have it.
    ///
    /// # Errors
    ///
    /// [`Error::Stopped`] when the node's thread has ended.
    pub async fn transaction_details(&self, hash: B256) -> Result<Option<TransactionDetails>> {
        self.run(move |chain| TransactionDetails::of(chain, convert::h256(hash)))
            .await
            .ok_or(Error::Stopped)
    }

    /// Waits until the observer has returned from everything that has happened so far. Never call it from the observer itself.
    ///
    /// # Errors
    ///
    /// [`Error::Stopped`] when the node's thread has ended.
    pub async fn flush_events(&self) -> Result<()> {
        self.run(Chain::catch_up).await.ok_or(Error::Stopped)?;
        self.worker.observer.caught_up().await;
        Ok(())
    }

    /// Lines and functions of known contracts that ran; `None` unless the node was started with [`NodeConfig::coverage`].
    ///
    /// # Errors
    ///
    /// [`Error::Stopped`] when the node's thread has ended.
    pub async fn coverage(&self) -> Result<Option<Coverage>> {
        let counted = self.run(|chain| {
            chain.count_blocks();
            chain.coverage()
        });
        counted.await.ok_or(Error::Stopped)
    }

    /// Answers one JSON-RPC request. `params` is the request's `params` member as JSON text, if it has one.
    ///
    /// # Errors
    ///
    /// The error object of the answer.
    pub async fn request(
        &self,
        method: &str,
        params: Option<&str>,
    ) -> std::result::Result<Box<RawValue>, RpcError> {
        if !self.worker.observer.listens_to_requests() {
            return self.carry_out(method, params).await;
        }
        let start = Instant::now();
        let answer = self.carry_out(method, params).await;
        self.worker.observer.tell(|| {
            NodeEvent::Request(RequestReport {
                method: method.to_owned(),
                params: params.map(str::to_owned),
                micros: u64::try_from(start.elapsed().as_micros()).unwrap_or(u64::MAX),
                error: answer.as_ref().err().map(|error| RequestError {
                    code: error.code,
                    message: error.message.clone(),
                }),
            })
        });
        answer
    }

    async fn carry_out(
        &self,
        method: &str,
        params: Option<&str>,
    ) -> std::result::Result<Box<RawValue>, RpcError> {
        let handler = rpc::find(method)?;
        let params = Params::parse(params)?;
        self.run(move |chain| handler(chain, params))
            .await
            .ok_or_else(Self::failed)?
    }

    /// Answers a JSON-RPC 2.0 message, which may be a batch, as text. `None` when it consists of notifications only. Its size is
    /// not limited, as it comes from the same process.
    pub async fn answer(&self, message: &str) -> Option<String> {
        let limits = Limits {
            batch: usize::MAX,
            answer: usize::MAX,
        };
        message::answer(&mut self.clone(), message.as_bytes(), limits).await
    }

    /// A handle that does not keep the node alive.
    pub(crate) fn downgrade(&self) -> WeakNode {
        WeakNode(Arc::downgrade(&self.worker))
    }

    /// What is answered when a job did not end.
    pub(crate) fn failed() -> RpcError {
        RpcError::internal("the node failed on this request; see its log")
    }

    /// Runs `job` on the node's thread. `None` when the thread has ended or the job panicked.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut Chain) -> T + Send + 'static,
    ) -> Option<T> {
        let (reply, answer) = oneshot::channel();
        let job: Job = Box::new(move |chain| {
            let _ = reply.send(job(chain));
        });
        self.worker.jobs.as_ref()?.send(job).ok()?;
        answer.await.ok()
    }
}

/// A handle of a node that may have ended.
#[derive(Debug)]
pub(crate) struct WeakNode(Weak<Worker>);

impl WeakNode {
    pub(crate) fn upgrade(&self) -> Option<Node> {
        let worker = self.0.upgrade()?;
        Some(Node { worker })
    }
}

impl Answerer for Node {
    async fn call(&mut self, method: &str, params: Option<&str>) -> Outcome {
        self.request(method, params).await
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        drop(self.jobs.take());
        if let Some(thread) = self.thread.take()
            && thread.thread().id() != std::thread::current().id()
        {
            let _ = thread.join();
        }
        self.observer.close();
    }
}
