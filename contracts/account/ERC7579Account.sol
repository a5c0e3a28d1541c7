// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";
import {IERC5267} from "@openzeppelin/contracts/interfaces/IERC5267.sol";
import {IERC1155Receiver} from "@openzeppelin/contracts/token/ERC1155/IERC1155Receiver.sol";
import {IERC721Receiver} from "@openzeppelin/contracts/token/ERC721/IERC721Receiver.sol";
import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";

import {IERC7579Account} from "../interfaces/IERC7579Account.sol";
import {INativeAccount} from "../interfaces/INativeAccount.sol";
import {IUpgradeableAccount} from "../interfaces/IUpgradeableAccount.sol";
import {ERC1967} from "../libraries/ERC1967.sol";
import {StaticQuery} from "../libraries/StaticQuery.sol";
import {NativeAccount} from "./NativeAccount.sol";
import {TokenReceiver} from "./TokenReceiver.sol";

/// @title Modular smart account for ZKsync Era
/// @notice Implementation behind every account's proxy: native account abstraction, ERC-7579 modules, secp256k1 owners and
/// ERC-1271 signatures.
contract ERC7579Account is IUpgradeableAccount, NativeAccount, TokenReceiver {
    /// @notice Locks the bare implementation, which must never hold signers of its own.
    constructor() {
        _lock();
    }

    /// @notice Accepts the base token.
    receive() external payable {}

    /// @inheritdoc IUpgradeableAccount
    function initialize(bytes[] calldata modules, address[] calldata owners) external {
        if (_isInitialized()) revert AccountAlreadyInitialized();
        for (uint256 i = 0; i < owners.length; ++i) {
            _addOwner(owners[i]);
        }
        for (uint256 i = 0; i < modules.length; ++i) {
            _installEncoded(modules[i]);
        }
        _requireRootSigner();
    }

    /// @inheritdoc IUpgradeableAccount
    function upgradeTo(address newImplementation) external onlySelf {
        // A bare implementation has an empty implementation slot, a proxy has not.
        bool isAccount = StaticQuery.supportsInterface(newImplementation, type(INativeAccount).interfaceId)
            && StaticQuery.supportsInterface(newImplementation, type(IUpgradeableAccount).interfaceId)
            && IUpgradeableAccount(newImplementation).implementation() == address(0);
        if (!isAccount) revert AccountInvalidImplementation(newImplementation);
        ERC1967.store(newImplementation);
        emit Upgraded(newImplementation);
    }

    /// @inheritdoc IUpgradeableAccount
    function implementation() external view returns (address) {
        return ERC1967.load();
    }

    /// @inheritdoc IERC7579Account
    function accountId() external pure returns (string memory) {
        return "zksso.account.1.0.0";
    }

    /// @inheritdoc IERC165
    function supportsInterface(bytes4 interfaceId) external pure returns (bool) {
        return interfaceId == type(IERC165).interfaceId || interfaceId == type(INativeAccount).interfaceId
            || interfaceId == type(IUpgradeableAccount).interfaceId || interfaceId == type(IERC7579Account).interfaceId
            || interfaceId == type(IERC1271).interfaceId || interfaceId == type(IERC5267).interfaceId
            || interfaceId == type(IERC721Receiver).interfaceId || interfaceId == type(IERC1155Receiver).interfaceId;
    }
}
