// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {IERC5267} from "@openzeppelin/contracts/interfaces/IERC5267.sol";

import {IERC7579Account} from "../interfaces/IERC7579Account.sol";
import {IModuleValidator} from "../interfaces/IModuleValidator.sol";
import {CalldataSlice} from "../libraries/CalldataSlice.sol";
import {ERC6492} from "../libraries/ERC6492.sol";
import {ERC7739} from "../libraries/ERC7739.sol";
import {K1Signature} from "../libraries/K1Signature.sol";
import {StaticQuery} from "../libraries/StaticQuery.sol";
import {MODULE_TYPE_VALIDATOR} from "../types/ModuleType.sol";
import {AccountModules} from "./AccountModules.sol";

/// @title Signatures by the account over messages
abstract contract AccountSignatures is IERC5267, AccountModules {
    using CalldataSlice for bytes;

    /// @dev ERC-1271 answer for a valid signature.
    bytes4 private constant VALID = 0x1626ba7e;

    /// @dev ERC-1271 answer for anything else.
    bytes4 private constant INVALID = 0xffffffff;

    /// @dev Asked with an empty signature, whether ERC-7739 is supported.
    bytes32 private constant ERC7739_PROBE = 0x7739773977397739773977397739773977397739773977397739773977397739;

    /// @dev Answer to the probe: yes, in the first version.
    bytes4 private constant ERC7739_SUPPORTED = 0x77390001;

    /// @dev Length of `r ‖ s ‖ v`.
    uint256 private constant K1_SIGNATURE_LENGTH = 65;

    string private constant DOMAIN_NAME = "zksso";

    string private constant DOMAIN_VERSION = "1";

    /// @dev Hash of {DOMAIN_NAME}.
    bytes32 private constant NAME_HASH = keccak256("zksso");

    /// @dev Hash of {DOMAIN_VERSION}.
    bytes32 private constant VERSION_HASH = keccak256("1");

    /// @inheritdoc IERC7579Account
    function isValidSignature(bytes32 hash, bytes calldata signature) external view returns (bytes4 magic) {
        if (hash == ERC7739_PROBE && signature.length == 0) return ERC7739_SUPPORTED;
        bytes memory domain = abi.encode(NAME_HASH, VERSION_HASH, block.chainid, address(this));
        (bytes32 signedHash, bytes calldata inner) = ERC7739.unwrap(domain, hash, ERC6492.unwrap(signature));
        return _isSignedBy(signedHash, inner) ? VALID : INVALID;
    }

    /// @inheritdoc IERC5267
    function eip712Domain()
        external
        view
        returns (
            bytes1 fields,
            string memory name,
            string memory version,
            uint256 chainId,
            address verifyingContract,
            bytes32 salt,
            uint256[] memory extensions
        )
    {
        return (0x0f, DOMAIN_NAME, DOMAIN_VERSION, block.chainid, address(this), salt, extensions);
    }

    /// @dev Whether an owner or, asked through its module, a validator's key signed a hash.
    function _isSignedBy(bytes32 hash, bytes calldata signature) private view returns (bool) {
        if (_isK1Form(signature)) return _isSignedByOwner(hash, signature);
        (bool installed, address validator) = _validatorOf(signature);
        if (!installed) return false;
        (bool ok, bytes calldata inner) = signature.tryBytes(signature.word(0));
        return ok && StaticQuery.ask(validator, abi.encodeCall(IModuleValidator.validateSignature, (hash, inner)));
    }

    /// @dev Whether a signature is one of an owner rather than of a validator. The encoded form is never 65 bytes long.
    function _isK1Form(bytes calldata signature) internal pure returns (bool) {
        return signature.length == K1_SIGNATURE_LENGTH;
    }

    /// @dev Whether an owner signed a hash.
    function _isSignedByOwner(bytes32 hash, bytes calldata signature) internal view returns (bool) {
        return isK1Owner(K1Signature.recover(hash, signature));
    }

    /// @dev Validator named by the second word of `abi.encode(bytes signature, address validator, …)`.
    function _validatorOf(bytes calldata signature) internal view returns (bool installed, address validator) {
        if (signature.length < 64) return (false, validator);
        uint256 word = signature.word(32);
        validator = address(uint160(word));
        installed = word >> 160 == 0 && _isInstalled(MODULE_TYPE_VALIDATOR, validator);
    }
}
