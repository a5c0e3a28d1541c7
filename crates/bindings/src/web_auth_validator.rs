//! `WebAuthValidator`: passkeys as signers.

alloy::sol! {
    #![sol(all_derives)]

    /// Keeps P-256 keys per account and checks WebAuthn assertions made with them.
    ///
    /// A key is found by relying party, origin, credential and account. Functions without `rpIdHash` mean the relying party
    /// id that browsers use by default: the host of the origin.
    ///
    /// A signature is `abi.encode(bytes authenticatorData, string clientDataJSON, bytes32[2] rs, bytes credentialId)`; the
    /// challenge is the signed hash. Accepted are assertions with user presence and user verification, low `s`, and client data
    /// exactly as browsers serialise it (WebAuthn §5.8.1.2): type, challenge, origin, then `crossOrigin` false or absent, then
    /// nothing or further keys.
    #[sol(rpc, abi)]
    interface WebAuthValidator {
        /// A ZKsync Era transaction as the bootloader hands it to an account.
        ///
        /// Field order and types are fixed by the bootloader. Addresses travel as whole words, so whoever narrows one must
        /// check its upper 96 bits.
        ///
        /// - `txType`: Transaction type; 113 (0x71) is the only one a contract account may send.
        /// - `from`: Sending account.
        /// - `to`: Target of the call.
        /// - `gasLimit`: Highest amount of gas the transaction may use.
        /// - `gasPerPubdataByteLimit`: Highest price of one byte of pubdata, in gas.
        /// - `maxFeePerGas`: Highest price of one unit of gas, in wei.
        /// - `maxPriorityFeePerGas`: Highest tip per unit of gas, in wei.
        /// - `paymaster`: Contract that pays the fee, or zero when the account pays.
        /// - `nonce`: 192-bit nonce key followed by a 64-bit counter.
        /// - `value`: Base token sent along with the call, in wei.
        /// - `reserved`: Reserved by the protocol; not covered by the signed hash.
        /// - `data`: Calldata of the call.
        /// - `signature`: Account-specific signature; see {INativeAccount-validateTransaction}.
        /// - `factoryDeps`: Hashes of the bytecodes published with the transaction.
        /// - `paymasterInput`: Input of the paymaster flow.
        /// - `reservedDynamic`: Reserved by the protocol; must be empty.
        struct Transaction {
            uint256 txType;
            uint256 from;
            uint256 to;
            uint256 gasLimit;
            uint256 gasPerPubdataByteLimit;
            uint256 maxFeePerGas;
            uint256 maxPriorityFeePerGas;
            uint256 paymaster;
            uint256 nonce;
            uint256 value;
            uint256[4] reserved;
            bytes data;
            bytes signature;
            bytes32[] factoryDeps;
            bytes paymasterInput;
            bytes reservedDynamic;
        }

        /// A passkey was added.
        ///
        /// - `keyOwner`: The account.
        /// - `originDomain`: Origin at which the passkey is used.
        /// - `credentialId`: Credential id.
        event PasskeyCreated(address indexed keyOwner, string originDomain, bytes credentialId);

        /// A passkey was removed.
        ///
        /// - `keyOwner`: The account.
        /// - `originDomain`: Origin at which the passkey was used.
        /// - `credentialId`: Credential id.
        event PasskeyRemoved(address indexed keyOwner, string originDomain, bytes credentialId);

        /// All passkeys of an account were removed at once, because it uninstalled the validator.
        ///
        /// - `keyOwner`: The account.
        event AllPasskeysRemoved(address indexed keyOwner);

        /// The data given at installation is not the encoding of a passkey.
        error WebAuthnInvalidInstallData();

        /// The account has this passkey already.
        error WebAuthnKeyAlreadyExists();

        /// The account does not have this passkey.
        error WebAuthnKeyNotFound();

        /// The point is not on the P-256 curve.
        ///
        /// - `x`: First coordinate.
        /// - `y`: Second coordinate.
        error WebAuthnInvalidKey(bytes32 x, bytes32 y);

        /// The origin is not 1 to 253 printable ASCII characters without quotes and backslashes, or has no host from
        /// which to take the relying party id.
        ///
        /// - `originDomain`: The origin.
        error WebAuthnInvalidOrigin(string originDomain);

        /// The credential id is not 16 to 1023 bytes long.
        ///
        /// - `length`: Its length.
        error WebAuthnInvalidCredentialIdLength(uint256 length);

        /// The account has as many passkeys as it may.
        ///
        /// - `limit`: The highest number of passkeys.
        error WebAuthnTooManyKeys(uint256 limit);

        /// Without this passkey nobody could sign for the account.
        error WebAuthnLastRootSigner();

        /// Adds a passkey to the calling account, for the relying party named by the origin's host.
        ///
        /// Reverts if the passkey exists, the point is off the curve, the origin or the credential id is malformed, or the
        /// account has too many passkeys.
        ///
        /// - `credentialId`: Credential id.
        /// - `rawPublicKey`: Coordinates x and y of the public key.
        /// - `originDomain`: Full origin as it appears in the client data, for instance `https://example.com:8443`.
        function addValidationKey(
            bytes credentialId,
            bytes32[2] rawPublicKey,
            string originDomain
        ) external;

        /// Adds a passkey whose relying party id is not the origin's host.
        ///
        /// Reverts as {addValidationKey}.
        ///
        /// - `credentialId`: Credential id.
        /// - `rawPublicKey`: Coordinates x and y of the public key.
        /// - `originDomain`: Full origin.
        /// - `rpIdHash`: SHA-256 of the relying party id.
        function addPasskey(
            bytes credentialId,
            bytes32[2] rawPublicKey,
            string originDomain,
            bytes32 rpIdHash
        ) external;

        /// Removes a passkey of the calling account.
        ///
        /// Reverts if the account does not have it, or if nobody could sign for the account afterwards.
        ///
        /// - `credentialId`: Credential id.
        /// - `originDomain`: Full origin.
        function removeValidationKey(bytes credentialId, string originDomain) external;

        /// Removes a passkey whose relying party id is not the origin's host.
        ///
        /// Reverts as {removeValidationKey}.
        ///
        /// - `credentialId`: Credential id.
        /// - `originDomain`: Full origin.
        /// - `rpIdHash`: SHA-256 of the relying party id.
        function removePasskey(bytes credentialId, string originDomain, bytes32 rpIdHash) external;

        /// Public key of a passkey.
        ///
        /// - `originDomain`: Full origin.
        /// - `credentialId`: Credential id.
        /// - `account`: The account.
        /// - returns Coordinates x and y; zeros if the account does not have the passkey.
        function getAccountKey(string originDomain, bytes credentialId, address account)
            external
            view
            returns (bytes32[2]);

        /// Public key of a passkey whose relying party id is not the origin's host.
        ///
        /// - `originDomain`: Full origin.
        /// - `credentialId`: Credential id.
        /// - `account`: The account.
        /// - `rpIdHash`: SHA-256 of the relying party id.
        /// - returns Coordinates x and y; zeros if the account does not have the passkey.
        function getPasskey(string originDomain, bytes credentialId, address account, bytes32 rpIdHash)
            external
            view
            returns (bytes32[2]);

        /// First account that registered a credential and still has it.
        ///
        /// Anybody may register any credential id for their own account. Who must be sure compares public keys over
        /// {registeredAccounts}.
        ///
        /// - `originDomain`: Full origin.
        /// - `credentialId`: Credential id.
        /// - returns account The account, or zero.
        function registeredAddress(string originDomain, bytes credentialId)
            external
            view
            returns (address account);

        /// Accounts that registered a credential and still have it, oldest first.
        ///
        /// - `originDomain`: Full origin.
        /// - `credentialId`: Credential id.
        /// - `offset`: Number of registrations to skip.
        /// - `limit`: Highest number of registrations to look at.
        /// - returns accounts The accounts.
        function registeredAccounts(
            string originDomain,
            bytes credentialId,
            uint256 offset,
            uint256 limit
        ) external view returns (address[] accounts);

        /// Ids of the passkeys of an account. An id is
        /// `keccak256(rpIdHash ‖ uint256(length of origin) ‖ origin ‖ credentialId)`.
        ///
        /// - `account`: The account.
        /// - returns ids The ids.
        function listKeys(address account) external view returns (bytes32[] ids);

        /// Whether the transaction's signature authorises it.
        ///
        /// Runs in the validation step: only storage keyed by the calling account may be read. Must not revert because of the
        /// signature's content; may revert to name the rule of a policy that the transaction breaks.
        ///
        /// - `signedHash`: Hash that the signature is over.
        /// - `transaction`: The transaction; `signature` is `abi.encode(bytes signature, address validator, bytes validatorData)`.
        /// - returns True if the transaction is authorised.
        function validateTransaction(bytes32 signedHash, Transaction transaction) external returns (bool);

        /// Whether a signature is valid for a message of the calling account.
        ///
        /// Must not revert because of the signature's content.
        ///
        /// - `signedHash`: Hash that the signature is over.
        /// - `signature`: The signature.
        /// - returns True if it is.
        function validateSignature(bytes32 signedHash, bytes signature) external view returns (bool);

        /// Called by an account that installs the module.
        ///
        /// - `data`: Initial configuration; empty for none.
        function onInstall(bytes data) external;

        /// Called by an account that uninstalls the module. Forgets everything that could act for the account later.
        ///
        /// - `data`: Hints for the clean-up; each module says what it needs.
        function onUninstall(bytes data) external;

        /// Whether the module is of a type.
        ///
        /// - `moduleTypeId`: ERC-7579 type.
        /// - returns True if it is.
        function isModuleType(uint256 moduleTypeId) external view returns (bool);

        /// Whether the module is in use by an account.
        ///
        /// - `account`: The account.
        /// - returns True if it is.
        function isInitialized(address account) external view returns (bool);

        /// Whether the validator holds a key that can authorise anything the account may do.
        ///
        /// A validator without this function, or whose keys are restricted, does not count as one.
        ///
        /// - `account`: The account.
        /// - returns True if it does.
        function hasRootSigner(address account) external view returns (bool);
    }
}
