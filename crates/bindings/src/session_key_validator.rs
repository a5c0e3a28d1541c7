//! `SessionKeyValidator`: temporary keys with limited rights.

alloy::sol! {
    #![sol(all_derives)]

    /// Lets an account hand out keys that may do a restricted set of things until they expire or are revoked.
    ///
    /// A session transaction is signed as `abi.encode(bytes ecdsaSignature, address validator, bytes validatorData)` with
    /// `validatorData = abi.encode(SessionSpec spec, uint64[] periodIds)`. `periodIds` says in which period the sender believes
    /// each `Allowance` limit to be, `now / period` (zero for the other limits): `[0]` the fee limit, `[1]` the value limit of the
    /// policy used, then, when an approval-based paymaster is used, one per constraint of the token's `approve` policy, then one
    /// per constraint of the call policy used.
    #[sol(rpc, abi)]
    interface SessionKeyValidator {
        /// How the use of a limited quantity is counted.
        ///
        /// `Unlimited` counts nothing, `Lifetime` sums over the whole session, `Allowance` starts from zero in each period.
        type LimitType is uint8;

        /// Comparison of one calldata word with a reference value; both are read as unsigned integers.
        type Condition is uint8;

        /// Life cycle of a session. `Closed` is final: the same specification can never be opened again.
        type Status is uint8;

        /// Bound on a quantity.
        ///
        /// - `limitType`: How use is counted.
        /// - `limit`: Highest sum allowed, in the unit of the quantity.
        /// - `period`: Length of a period in seconds; used by `Allowance` only. Period `p` is `[p * period, (p + 1) * period)`.
        struct UsageLimit {
            LimitType limitType;
            uint256 limit;
            uint256 period;
        }

        /// Condition and limit on one 32-byte argument of a call.
        ///
        /// - `condition`: Comparison with `refValue`.
        /// - `index`: Position of the word after the selector, counted in words.
        /// - `refValue`: Right-hand side of the comparison.
        /// - `limit`: Limit charged with the word's value.
        struct Constraint {
            Condition condition;
            uint64 index;
            bytes32 refValue;
            UsageLimit limit;
        }

        /// Permission to call one function of one contract.
        ///
        /// - `target`: Contract.
        /// - `selector`: Function.
        /// - `maxValuePerUse`: Highest value of a single call, in wei.
        /// - `valueLimit`: Limit on the sum of values.
        /// - `constraints`: Checks on the arguments, applied in order.
        struct CallSpec {
            address target;
            bytes4 selector;
            uint256 maxValuePerUse;
            UsageLimit valueLimit;
            Constraint[] constraints;
        }

        /// Permission to send the base token, without calldata, to one address.
        ///
        /// - `target`: Recipient.
        /// - `maxValuePerUse`: Highest value of a single transfer, in wei.
        /// - `valueLimit`: Limit on the sum of values.
        struct TransferSpec {
            address target;
            uint256 maxValuePerUse;
            UsageLimit valueLimit;
        }

        /// Everything a session key may do. The session's hash is `keccak256(abi.encode(spec))`.
        ///
        /// - `signer`: secp256k1 address of the session key.
        /// - `expiresAt`: Last second in which the session may be used, in Unix time.
        /// - `feeLimit`: Limit on the fees paid by the account; must not be `Unlimited`.
        /// - `callPolicies`: Calls that are allowed.
        /// - `transferPolicies`: Transfers that are allowed.
        struct SessionSpec {
            address signer;
            uint256 expiresAt;
            UsageLimit feeLimit;
            CallSpec[] callPolicies;
            TransferSpec[] transferPolicies;
        }

        /// What is left of one limit.
        ///
        /// - `remaining`: Amount left; the highest `uint256` when unlimited.
        /// - `target`: Target of the policy.
        /// - `selector`: Selector of the policy; zero for transfers.
        /// - `index`: Word index of the constraint; zero for limits on value.
        struct LimitState {
            uint256 remaining;
            address target;
            bytes4 selector;
            uint256 index;
        }

        /// What is left of a session.
        ///
        /// - `status`: Life cycle state; expiry does not change it.
        /// - `feesRemaining`: Fees left, in wei.
        /// - `transferValue`: Value left per transfer policy.
        /// - `callValue`: Value left per call policy.
        /// - `callParams`: Amount left per constraint whose limit is not `Unlimited`.
        struct SessionState {
            Status status;
            uint256 feesRemaining;
            LimitState[] transferValue;
            LimitState[] callValue;
            LimitState[] callParams;
        }

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

        /// A session was opened.
        ///
        /// - `account`: The account.
        /// - `sessionHash`: `keccak256(abi.encode(sessionSpec))`.
        /// - `sessionSpec`: The specification.
        event SessionCreated(address indexed account, bytes32 indexed sessionHash, SessionSpec sessionSpec);

        /// A session was closed.
        ///
        /// - `account`: The account.
        /// - `sessionHash`: Hash of its specification.
        event SessionRevoked(address indexed account, bytes32 indexed sessionHash);

        /// All sessions of an account were closed at once.
        ///
        /// - `account`: The account.
        event AllSessionsRevoked(address indexed account);

        /// An account chose where its sessions read the time.
        ///
        /// - `account`: The account.
        /// - `asserter`: The asserter; zero means the chain's own.
        event TimestampAsserterChanged(address indexed account, address asserter);

        /// The calling account has not installed this module.
        ///
        /// - `account`: The caller.
        error SessionModuleNotInstalled(address account);

        /// The signer is zero.
        error SessionZeroSigner();

        /// The account used this signer for a session before.
        ///
        /// - `signer`: The signer.
        error SessionSignerAlreadyUsed(address signer);

        /// The fee limit is `Unlimited`.
        error SessionUnlimitedFees();

        /// The account opened this session before.
        ///
        /// - `sessionHash`: Its hash.
        error SessionAlreadyExists(bytes32 sessionHash);

        /// The session would be over within a minute, in which no transaction can be validated.
        ///
        /// - `expiresAt`: The expiry.
        error SessionExpiresTooSoon(uint256 expiresAt);

        /// A policy names a target that sessions may never reach: the account, one of its modules, or a system contract.
        ///
        /// - `target`: The target.
        error SessionTargetBanned(address target);

        /// Two policies cover the same target and selector (zero for transfers).
        ///
        /// - `target`: The target.
        /// - `selector`: The selector.
        error SessionDuplicatePolicy(address target, bytes4 selector);

        /// An `Allowance` has a period too short to be usable, or absurdly long.
        ///
        /// - `period`: The period, in seconds.
        error SessionInvalidPeriod(uint256 period);

        /// A limit is higher than can be counted.
        ///
        /// - `limit`: The limit.
        error SessionLimitTooLarge(uint256 limit);

        /// The session has more policies and constraints than can be tracked.
        ///
        /// - `trackers`: How many counters it needs.
        /// - `highest`: How many there may be.
        error SessionTooLarge(uint256 trackers, uint256 highest);

        /// The session is not open, or was closed.
        ///
        /// - `sessionHash`: Its hash.
        error SessionNotActive(bytes32 sessionHash);

        /// No policy allows the call.
        ///
        /// - `target`: The target.
        /// - `selector`: The selector.
        error SessionCallNotAllowed(address target, bytes4 selector);

        /// No policy allows the transfer.
        ///
        /// - `target`: The recipient.
        error SessionTransferNotAllowed(address target);

        /// The calldata is neither empty nor long enough for a selector.
        ///
        /// - `length`: Its length.
        error SessionInvalidCalldata(uint256 length);

        /// The value of a single use is above the policy's bound.
        ///
        /// - `value`: The value, in wei.
        /// - `maxValuePerUse`: The bound, in wei.
        error SessionMaxValueExceeded(uint256 value, uint256 maxValuePerUse);

        /// A constraint looks at a word beyond the end of the calldata.
        ///
        /// - `index`: Index of the word.
        /// - `length`: Length of the calldata, in bytes.
        error SessionArgumentMissing(uint256 index, uint256 length);

        /// An argument does not meet its condition.
        ///
        /// - `index`: Index of the argument's word.
        /// - `actual`: The argument.
        /// - `refValue`: What it was compared with.
        /// - `condition`: The comparison.
        error SessionConditionFailed(uint256 index, bytes32 actual, bytes32 refValue, Condition condition);

        /// A lifetime limit would be exceeded.
        ///
        /// - `used`: Used before.
        /// - `amount`: Asked for now.
        /// - `limit`: The limit.
        error SessionLifetimeLimitExceeded(uint256 used, uint256 amount, uint256 limit);

        /// An allowance would be exceeded.
        ///
        /// - `used`: Used before in this period.
        /// - `amount`: Asked for now.
        /// - `limit`: The limit.
        /// - `periodId`: The period.
        error SessionAllowanceExceeded(uint256 used, uint256 amount, uint256 limit, uint256 periodId);

        /// There are fewer period ids than limits.
        ///
        /// - `index`: Position of the missing id.
        error SessionPeriodIdMissing(uint256 index);

        /// The input of an approval-based paymaster is too short.
        ///
        /// - `length`: Its length, in bytes.
        error SessionInvalidPaymasterInput(uint256 length);

        /// A session may not publish bytecode.
        error SessionFactoryDepsNotAllowed();

        /// No timestamp asserter is known for the chain, and the account has not set one.
        ///
        /// - `chainId`: The chain.
        error SessionNoTimestampAsserter(uint256 chainId);

        /// Opens a session for the calling account.
        ///
        /// Reverts if this module is not installed, the specification was used before or breaks one of the rules named by the
        /// errors of this interface.
        ///
        /// - `sessionSpec`: The specification.
        function createSession(SessionSpec sessionSpec) external;

        /// Closes a session of the calling account.
        ///
        /// Reverts if it is not open.
        ///
        /// - `sessionHash`: Its hash.
        function revokeKey(bytes32 sessionHash) external;

        /// Closes sessions of the calling account.
        ///
        /// Reverts if one of them is not open.
        ///
        /// - `sessionHashes`: Their hashes.
        function revokeKeys(bytes32[] sessionHashes) external;

        /// Closes all sessions of the calling account, known or not.
        function revokeAllKeys() external;

        /// Sets where the calling account's sessions read the time, for chains this contract does not know.
        ///
        /// Only an asserter that the chain's operator recognises passes validation.
        ///
        /// - `asserter`: The asserter; zero to use the chain's own.
        function setTimestampAsserter(address asserter) external;

        /// Where the sessions of an account read the time.
        ///
        /// Reverts if none is known.
        ///
        /// - `account`: The account.
        /// - returns The asserter.
        function timestampAsserter(address account) external view returns (address);

        /// What is left of a session.
        ///
        /// - `account`: The account.
        /// - `sessionSpec`: The specification.
        /// - returns The state.
        function sessionState(address account, SessionSpec sessionSpec) external view returns (SessionState);

        /// Life cycle state of a session. An expired session stays `Active`.
        ///
        /// - `account`: The account.
        /// - `sessionHash`: Its hash.
        /// - returns The status.
        function sessionStatus(address account, bytes32 sessionHash) external view returns (Status);

        /// Session for which an account used a signer.
        ///
        /// - `account`: The account.
        /// - `signer`: The signer.
        /// - returns Hash of the session, or zero.
        function sessionSigner(address account, address signer) external view returns (bytes32);

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
