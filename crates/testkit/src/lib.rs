//! Chain back-ends and a software authenticator for tests
