//! Which web pages may reach the node.
//!
//! Browsers send the origin of the page with every cross-origin request and every WebSocket handshake. A page that is not allowed is
//! refused outright, because a browser would otherwise only hide the answer, and not even that for WebSockets.

use hyper::{
    HeaderMap,
    header::{
        ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
        ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_HEADERS, HOST, HeaderName, HeaderValue,
        ORIGIN, VARY,
    },
    http::uri::Authority,
};

use super::ServerConfig;

/// Chromium asks before a public page reaches a private address.
const REQUEST_PRIVATE_NETWORK: HeaderName =
    HeaderName::from_static("access-control-request-private-network");
const ALLOW_PRIVATE_NETWORK: HeaderName =
    HeaderName::from_static("access-control-allow-private-network");

/// Why a request is not served.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Denied {
    #[error("pages of this origin may not use the node: allow it with --cors")]
    Origin,
    #[error("the node does not serve this host name: allow it with --allowed-host")]
    Host,
}

/// Checks a request's headers.
pub(super) fn check(config: &ServerConfig, headers: &HeaderMap) -> Result<(), Denied> {
    if let Some(hosts) = &config.hosts
        && !host(headers).is_some_and(|host| is_listed(hosts, &host))
    {
        return Err(Denied::Host);
    }
    match (&config.origins, headers.get(ORIGIN)) {
        (Some(origins), Some(origin)) => {
            let listed = origin.to_str().is_ok_and(|name| is_listed(origins, name));
            if listed { Ok(()) } else { Err(Denied::Origin) }
        }
        (None, _) | (_, None) => Ok(()),
    }
}

/// The host that the request names, without its port.
fn host(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(HOST)?.to_str().ok()?;
    let authority: Authority = value.parse().ok()?;
    Some(authority.host().to_owned())
}

fn is_listed(list: &[String], name: &str) -> bool {
    list.iter().any(|entry| entry.eq_ignore_ascii_case(name))
}

/// Headers that let the page of an admitted request read the answer.
pub(super) fn allow(config: &ServerConfig, request: &HeaderMap, response: &mut HeaderMap) {
    let Some(origin) = request.get(ORIGIN) else {
        return;
    };
    if config.origins.is_some() {
        response.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
        response.insert(VARY, HeaderValue::from_static("origin"));
    } else {
        response.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    }
}

/// Headers that answer a browser's question before the actual request.
pub(super) fn allow_preflight(request: &HeaderMap, response: &mut HeaderMap) {
    let methods = HeaderValue::from_static("POST, GET, OPTIONS");
    response.insert(ACCESS_CONTROL_ALLOW_METHODS, methods);
    if let Some(headers) = request.get(ACCESS_CONTROL_REQUEST_HEADERS) {
        response.insert(ACCESS_CONTROL_ALLOW_HEADERS, headers.clone());
    }
    if request.contains_key(REQUEST_PRIVATE_NETWORK) {
        response.insert(ALLOW_PRIVATE_NETWORK, HeaderValue::from_static("true"));
    }
    response.insert(ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("86400"));
}
