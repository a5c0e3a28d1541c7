//! Accounts, signers and sessions over alloy and ZKsync Era
