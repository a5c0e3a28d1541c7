//! `AccountProxy`: the code at an account's address.

alloy::sol! {
    #![sol(all_derives)]

    /// Account proxy: delegates every call to the implementation kept in the account's own storage.
    #[sol(rpc, abi)]
    interface AccountProxy {
        /// Sets the first implementation.
        constructor(address implementation);
    }
}
