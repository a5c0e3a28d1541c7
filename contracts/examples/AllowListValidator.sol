// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";

import {IAllowListValidator} from "../interfaces/IAllowListValidator.sol";
import {IERC7579Module} from "../interfaces/IERC7579Module.sol";
import {IModule} from "../interfaces/IModule.sol";
import {IModuleDirectory} from "../interfaces/IModuleDirectory.sol";
import {IModuleValidator} from "../interfaces/IModuleValidator.sol";
import {CalldataSlice} from "../libraries/CalldataSlice.sol";
import {K1Signature} from "../libraries/K1Signature.sol";
import {PaymasterInput} from "../libraries/PaymasterInput.sol";
import {SystemContracts} from "../system/SystemContracts.sol";
import {MODULE_TYPE_VALIDATOR} from "../types/ModuleType.sol";
import {Transaction} from "../types/Transaction.sol";

/// @title Allow list validator
/// @notice A small validator to learn from: one key per account, which may make listed calls and cannot pay.
/// @dev Not a root signer, so an account cannot consist of this validator alone.
contract AllowListValidator is IModule, IERC7579Module, IModuleValidator, IAllowListValidator, IERC165 {
    using CalldataSlice for bytes;

    /// @custom:storage-location erc7201:zksso.example.allowlist
    /// @param configs Per account: epoch (upper 96 bits) and key.
    /// @param allowedSince Epoch in which a call was put on the list, counted from one; zero if it was not.
    struct AllowListStorage {
        mapping(address account => uint256) configs;
        mapping(bytes32 callId => mapping(address account => uint256)) allowedSince;
    }

    /// @dev `keccak256(abi.encode(uint256(keccak256("zksso.example.allowlist")) - 1)) & ~bytes32(uint256(0xff))`.
    bytes32 private constant ALLOW_LIST_STORAGE_SLOT =
        0xc0e22f8b67814ab10b6c9397d0c2a30454026035bfbbd0aa2bbb42c023fe7e00;

    /// @dev Bits of a configuration below its epoch.
    uint256 private constant EPOCH_SHIFT = 160;

    /// @inheritdoc IModule
    /// @dev The data is empty or `abi.encode(address key, AllowedCall[] calls)`.
    function onInstall(bytes calldata data) external {
        if (data.length == 0) return;
        (address key, AllowedCall[] memory calls) = abi.decode(data, (address, AllowedCall[]));
        _setKey(key);
        for (uint256 i = 0; i < calls.length; ++i) {
            _setAllowed(calls[i].target, calls[i].selector, true);
        }
    }

    /// @inheritdoc IModule
    /// @dev Takes the key away and starts a new epoch, in which the list is empty again. The data is not used.
    function onUninstall(bytes calldata) external {
        AllowListStorage storage $ = _storage();
        $.configs[msg.sender] = (($.configs[msg.sender] >> EPOCH_SHIFT) + 1) << EPOCH_SHIFT;
        emit AllowListKeyChanged(msg.sender, address(0));
    }

    /// @inheritdoc IAllowListValidator
    function setKey(address key) external {
        _setKey(key);
    }

    /// @inheritdoc IAllowListValidator
    function setAllowed(address target, bytes4 selector, bool allowed) external {
        _setAllowed(target, selector, allowed);
    }

    /// @inheritdoc IModuleValidator
    /// @dev Reverts with the rule that the transaction breaks; a signature that is wrong or malformed is answered with false.
    function validateTransaction(bytes32 signedHash, Transaction calldata transaction) external view returns (bool) {
        bool isFree = transaction.value == 0 && transaction.factoryDeps.length == 0 && transaction.paymaster != 0
            && PaymasterInput.isGeneral(transaction.paymasterInput);
        if (!isFree) revert AllowListSpendingNotAllowed();
        // Nothing is lost: the account refuses words that are not addresses.
        address target = address(uint160(transaction.to));
        bytes4 selector = bytes4(transaction.data);
        bool isListed = transaction.data.length >= 4 && isAllowed(msg.sender, target, selector);
        if (!isListed || !_isReachable(target)) revert AllowListCallNotAllowed(target, selector);
        (bool ok, bytes calldata signature) = _signatureOf(transaction.signature);
        address key = keyOf(msg.sender);
        return ok && key != address(0) && K1Signature.recover(signedHash, signature) == key;
    }

    /// @inheritdoc IModuleValidator
    /// @dev The key signs no messages: a message may be worth as much as a transaction, for instance a permit.
    function validateSignature(bytes32, bytes calldata) external pure returns (bool) {
        return false;
    }

    /// @inheritdoc IERC7579Module
    function isInitialized(address account) external view returns (bool) {
        return keyOf(account) != address(0);
    }

    /// @inheritdoc IERC7579Module
    function isModuleType(uint256 moduleTypeId) external pure returns (bool) {
        return moduleTypeId == MODULE_TYPE_VALIDATOR;
    }

    /// @inheritdoc IERC165
    function supportsInterface(bytes4 interfaceId) external pure returns (bool) {
        return interfaceId == type(IERC165).interfaceId || interfaceId == type(IModule).interfaceId
            || interfaceId == type(IERC7579Module).interfaceId || interfaceId == type(IModuleValidator).interfaceId
            || interfaceId == type(IAllowListValidator).interfaceId;
    }

    /// @inheritdoc IAllowListValidator
    function keyOf(address account) public view returns (address) {
        return address(uint160(_storage().configs[account]));
    }

    /// @inheritdoc IAllowListValidator
    function isAllowed(address account, address target, bytes4 selector) public view returns (bool) {
        AllowListStorage storage $ = _storage();
        return $.allowedSince[_callId(target, selector)][account] == ($.configs[account] >> EPOCH_SHIFT) + 1;
    }

    /// @dev Sets the key of the calling account.
    function _setKey(address key) private {
        AllowListStorage storage $ = _storage();
        $.configs[msg.sender] = ($.configs[msg.sender] >> EPOCH_SHIFT) << EPOCH_SHIFT | uint160(key);
        emit AllowListKeyChanged(msg.sender, key);
    }

    /// @dev Puts a call on the list of the calling account, or takes it off.
    function _setAllowed(address target, bytes4 selector, bool allowed) private {
        AllowListStorage storage $ = _storage();
        uint256 since = allowed ? ($.configs[msg.sender] >> EPOCH_SHIFT) + 1 : 0;
        $.allowedSince[_callId(target, selector)][msg.sender] = since;
        emit AllowedCallChanged(msg.sender, target, selector, allowed);
    }

    /// @dev Whether a target is neither the calling account, nor one of its modules, nor a system contract: whoever reaches those
    /// rules the account. Asked at each use, since a target may have become a module after it was listed.
    function _isReachable(address target) private view returns (bool) {
        return target != msg.sender && !SystemContracts.isSystemAddress(target)
            && !IModuleDirectory(msg.sender).isModule(target);
    }

    /// @dev Signature in the account's envelope, `abi.encode(bytes signature, address validator, bytes validatorData)`.
    function _signatureOf(bytes calldata envelope) private pure returns (bool ok, bytes calldata signature) {
        if (envelope.length < 64) return (false, envelope[:0]);
        return envelope.tryBytes(envelope.word(0));
    }

    /// @dev Key of a call in the list.
    function _callId(address target, bytes4 selector) private pure returns (bytes32) {
        return bytes32(uint256(uint160(target)) << 32 | uint32(selector));
    }

    /// @dev The storage of this contract.
    function _storage() private pure returns (AllowListStorage storage $) {
        assembly ("memory-safe") {
            $.slot := ALLOW_LIST_STORAGE_SLOT
        }
    }
}
