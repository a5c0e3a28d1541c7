//! Integration tests of the whole suite live in `it/`.
