//! The calls of an ERC-7579 batch, `abi.encode(Execution[])`.

alloy::sol! {
    #![sol(all_derives)]

    /// One call of an ERC-7579 batch.
    ///
    /// - `target`: Contract or recipient.
    /// - `value`: Base token sent, in wei.
    /// - `callData`: Calldata.
    struct Execution {
        address target;
        uint256 value;
        bytes callData;
    }
}
