//! Deployment plans: predict, send and verify
