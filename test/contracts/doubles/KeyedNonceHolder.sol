// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

/// @title Nonce holder of protocol versions that have keyed nonces
/// @notice Takes the place of the system contract of a development chain whose protocol version has none. It offers what the bootloader,
/// the deployer and the accounts of this repository call.
contract KeyedNonceHolder {
    /// @notice The nonce is not the next one.
    error NonceNotEqual(uint256 nonce, uint256 expected);

    /// @notice The nonce has a key, or has none, where it should be the other way round.
    error InvalidNonceKey(uint192 key);

    /// @notice The bootloader expected the contrary of whether a nonce was used.
    error UnexpectedNonceUsage(address account, uint256 nonce, bool used);

    /// @dev Deployment nonce (128 bits) and transaction nonce, in the slots where the replaced contract has them.
    mapping(address account => uint256) private _raw;

    /// @dev Takes the place of the replaced contract's second variable.
    mapping(address account => mapping(uint256 nonce => uint256)) private _values;

    mapping(address account => mapping(uint192 key => uint64)) private _keyed;

    function incrementMinNonceIfEquals(uint256 nonce) external {
        if (nonce >> 64 != 0) revert InvalidNonceKey(uint192(nonce >> 64));
        uint256 expected = getMinNonce(msg.sender);
        if (nonce != expected) revert NonceNotEqual(nonce, expected);
        ++_raw[msg.sender];
    }

    function incrementMinNonceIfEqualsKeyed(uint256 nonce) external {
        uint192 key = uint192(nonce >> 64);
        if (key == 0) revert InvalidNonceKey(key);
        uint256 expected = getKeyedNonce(msg.sender, key);
        if (nonce != expected) revert NonceNotEqual(nonce, expected);
        ++_keyed[msg.sender][key];
    }

    function incrementDeploymentNonce(address account) external returns (uint256 previous) {
        previous = getDeploymentNonce(account);
        _raw[account] += 1 << 128;
    }

    function validateNonceUsage(address account, uint256 nonce, bool used) external view {
        if (isNonceUsed(account, nonce) != used) revert UnexpectedNonceUsage(account, nonce, used);
    }

    function getRawNonce(address account) external view returns (uint256) {
        return _raw[account];
    }

    function getMinNonce(address account) public view returns (uint256) {
        return uint128(_raw[account]);
    }

    function getKeyedNonce(address account, uint192 key) public view returns (uint256) {
        return key == 0 ? getMinNonce(account) : uint256(key) << 64 | _keyed[account][key];
    }

    function getDeploymentNonce(address account) public view returns (uint256) {
        return _raw[account] >> 128;
    }

    function isNonceUsed(address account, uint256 nonce) public view returns (bool) {
        return nonce < getKeyedNonce(account, uint192(nonce >> 64));
    }
}
