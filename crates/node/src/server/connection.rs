//! One connection of a client.

use std::{convert::Infallible, sync::Arc};

use hyper::{server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpStream;

use super::{Admission, Shared, http, stream::ClientStream};

/// Serves HTTP requests until the client leaves, is silent for too long, does not read its answers, or turns to WebSockets.
pub(super) async fn serve(stream: TcpStream, admission: Admission, shared: Arc<Shared>) {
    // Answers are short, and clients wait for them.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "cannot set up a connection");
        return;
    }
    let admission = Arc::new(admission);
    let service = service_fn(|request| {
        let answer = http::answer(request, admission.clone(), shared.clone());
        async { Ok::<_, Infallible>(answer.await) }
    });
    let stream = ClientStream::new(stream, shared.config.write_timeout);
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(shared.config.idle_timeout)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    let mut connection = std::pin::pin!(connection);
    let ended = tokio::select! {
        ended = &mut connection => ended,
        () = shared.stopping() => {
            connection.as_mut().graceful_shutdown();
            tokio::select! {
                ended = connection => ended,
                () = shared.out_of_grace() => Ok(()),
            }
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection failed");
    }
}
