//! Sessions, limits, WebAuthn and encodings without I/O
