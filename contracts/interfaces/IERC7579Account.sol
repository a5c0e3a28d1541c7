// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

/// @title ERC-7579 account
/// @notice Execution, module configuration and account information as ERC-7579 defines them.
/// @dev An execution mode is one word: call type (1 byte: 0x00 single, 0x01 batch), execution type (1 byte: 0x00 reverts on
/// failure, 0x01 tries), four unused bytes, four bytes of mode selector and 22 bytes of payload. Everything after the first
/// two bytes must be zero here. Single calldata is `abi.encodePacked(target, value, callData)`, batch calldata is
/// `abi.encode(Execution[])`.
interface IERC7579Account {
    /// @notice A module was installed.
    /// @param moduleTypeId ERC-7579 type of the module.
    /// @param module The module.
    event ModuleInstalled(uint256 moduleTypeId, address module);

    /// @notice A module was uninstalled.
    /// @param moduleTypeId ERC-7579 type of the module.
    /// @param module The module.
    event ModuleUninstalled(uint256 moduleTypeId, address module);

    /// @notice A call of an execution that tolerates failures failed.
    /// @param index Position of the call in its batch; zero for a single call.
    /// @param returnData Revert data of the call, up to 4,096 bytes.
    event TryExecuteUnsuccessful(uint256 index, bytes returnData);

    /// @notice The execution mode is not supported.
    /// @param mode The mode.
    error AccountUnsupportedExecutionMode(bytes32 mode);

    /// @notice The calldata of an execution is not encoded as its mode demands.
    error AccountInvalidExecutionCalldata();

    /// @notice The module type is not supported.
    /// @param moduleTypeId The type.
    error AccountUnsupportedModuleType(uint256 moduleTypeId);

    /// @notice The address is not a module of the type.
    /// @param moduleTypeId The type.
    /// @param module The address.
    error AccountModuleTypeMismatch(uint256 moduleTypeId, address module);

    /// @notice The module is already installed, as this or another type, or is an owner of the account.
    /// @param module The module.
    error AccountModuleAlreadyInstalled(address module);

    /// @notice The module is not installed as the type.
    /// @param moduleTypeId The type.
    /// @param module The module.
    error AccountModuleNotInstalled(uint256 moduleTypeId, address module);

    /// @notice The data for a fallback handler do not begin with what is needed.
    error AccountInvalidHandlerData();

    /// @notice Fallback handlers are called with call type 0x00 (call) or 0xfe (static call) only.
    /// @param callType The other call type.
    error AccountUnsupportedCallType(uint256 callType);

    /// @notice The function cannot be given to a handler: another one or the account itself has it, or it is zero, `onInstall`
    /// or `onUninstall`.
    /// @param selector Its selector.
    error AccountFunctionTaken(bytes4 selector);

    /// @notice The account has no such function, and no handler for it.
    /// @param selector Its selector.
    error AccountUnknownFunction(bytes4 selector);

    /// @notice Executes calls on behalf of the account.
    /// @dev Reverts if the caller is not the account itself, if the mode is not supported, and, unless the mode tolerates
    /// failures, if a call fails.
    /// @param mode Execution mode.
    /// @param executionCalldata The calls.
    function execute(bytes32 mode, bytes calldata executionCalldata) external payable;

    /// @notice Executes calls on behalf of an executor module, if no hook refuses.
    /// @dev Reverts if the caller is not an installed executor and with the error of a hook that refuses, otherwise as
    /// {execute}. Nothing keeps an executor from calling the account itself: who installs one hands it the account.
    /// @param mode Execution mode.
    /// @param executionCalldata The calls.
    /// @return returnData What each call returned; up to 4,096 bytes of the revert data for a tolerated failure.
    function executeFromExecutor(bytes32 mode, bytes calldata executionCalldata)
        external
        payable
        returns (bytes[] memory returnData);

    /// @notice Installs a module.
    /// @dev Validators (type 1), executors (2), fallback handlers (3) and hooks (4) are supported; a module has one type. A
    /// handler is installed once for each function that it answers. Reverts if the caller is not the account itself, if the
    /// type is not supported, if the module is not of the type or is installed already, and with the module's own error when
    /// its `onInstall` reverts; for a handler, also if it cannot have the function.
    /// @param moduleTypeId ERC-7579 type of the module.
    /// @param module The module.
    /// @param initData Handed to `onInstall`. For a fallback handler `abi.encodePacked(bytes4 selector, bytes1 callType, data)`,
    /// of which `data` are handed on; call type 0x00 lets the handler write, 0xfe does not.
    function installModule(uint256 moduleTypeId, address module, bytes calldata initData) external payable;

    /// @notice Uninstalls a module.
    /// @dev Reverts if the caller is not the account itself, if the module is not installed as the type, if it is a validator
    /// without which nobody could sign for the account, and with the module's own error when its `onUninstall` reverts.
    /// @param moduleTypeId ERC-7579 type of the module.
    /// @param module The module.
    /// @param deInitData Handed to `onUninstall`. For a fallback handler `abi.encodePacked(bytes4 selector, data)`, of which
    /// `data` are handed on; it loses this function, and is uninstalled with its last one.
    function uninstallModule(uint256 moduleTypeId, address module, bytes calldata deInitData) external payable;

    /// @notice Whether a module is installed.
    /// @param moduleTypeId ERC-7579 type.
    /// @param module The module.
    /// @param additionalContext For a fallback handler the selector of a function, or nothing for any; not used by other types.
    /// @return True if the module is installed as this type, and answers the function.
    function isModuleInstalled(uint256 moduleTypeId, address module, bytes calldata additionalContext)
        external
        view
        returns (bool);

    /// @notice Whether {execute} supports a mode.
    /// @param mode Execution mode.
    /// @return True if it does.
    function supportsExecutionMode(bytes32 mode) external view returns (bool);

    /// @notice Whether modules of a type can be installed.
    /// @param moduleTypeId ERC-7579 type.
    /// @return True if they can.
    function supportsModule(uint256 moduleTypeId) external view returns (bool);

    /// @notice Names the account implementation.
    /// @return `vendor.account.version`.
    function accountId() external view returns (string memory);

    /// @notice ERC-1271: whether a signature by the account's owners or root validators is valid for a hash.
    /// @dev The hash that is signed is not `hash` but an ERC-7739 hash bound to this account and chain. Never reverts because
    /// of the signature's content.
    /// @param hash Hash that the asking contract wants signed.
    /// @param signature 65 bytes of ECDSA, or `abi.encode(bytes signature, address validator)`, in the ERC-7739 layout. An
    /// ERC-6492 wrapper around it is taken off; what it asks to call is not called.
    /// @return magic `0x1626ba7e` if valid, else `0xffffffff`.
    function isValidSignature(bytes32 hash, bytes calldata signature) external view returns (bytes4 magic);
}
