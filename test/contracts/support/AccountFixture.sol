// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";

import {ERC7579Account} from "../../../contracts/account/ERC7579Account.sol";
import {IModule} from "../../../contracts/interfaces/IModule.sol";
import {IModuleValidator} from "../../../contracts/interfaces/IModuleValidator.sol";
import {ERC1967} from "../../../contracts/libraries/ERC1967.sol";
import {Transaction} from "../../../contracts/types/Transaction.sol";
import {Test} from "./Test.sol";

/// @title Stand-in for `AccountProxy`, whose calls by pointer the EVM does not know
contract EvmProxy {
    constructor(address implementation) {
        ERC1967.store(implementation);
    }

    fallback() external payable {
        address implementation = ERC1967.load();
        assembly {
            calldatacopy(0, 0, calldatasize())
            let success := delegatecall(gas(), implementation, 0, calldatasize(), 0, 0)
            returndatacopy(0, 0, returndatasize())
            if iszero(success) { revert(0, returndatasize()) }
            return(0, returndatasize())
        }
    }
}

/// @title Validator, executor or neither, as told
contract ModuleStub is IModule, IModuleValidator, IERC165 {
    /// @notice The module was told to refuse.
    error Refused();

    bool public isValidator;
    bool public isExecutor;
    bool public hasRoot;
    bool public refuses;
    bytes public lastData;
    bytes32 public validHash;
    address public reinitializes;

    constructor(bool validator, bool executor, bool root) {
        isValidator = validator;
        isExecutor = executor;
        hasRoot = root;
    }

    function setRefuses(bool value) external {
        refuses = value;
    }

    function setRoot(bool value) external {
        hasRoot = value;
    }

    function setValidHash(bytes32 hash) external {
        validHash = hash;
    }

    function setReinitializes(address account) external {
        reinitializes = account;
    }

    function onInstall(bytes calldata data) external {
        if (refuses) revert Refused();
        lastData = data;
        if (reinitializes != address(0)) {
            address[] memory owners = new address[](1);
            owners[0] = address(0xbad);
            ERC7579Account(payable(reinitializes)).initialize(new bytes[](0), owners);
        }
    }

    function onUninstall(bytes calldata data) external {
        if (refuses) revert Refused();
        lastData = data;
    }

    function validateTransaction(bytes32 signedHash, Transaction calldata) external view returns (bool) {
        return signedHash == validHash;
    }

    function validateSignature(bytes32 signedHash, bytes calldata) external view returns (bool) {
        if (refuses) revert Refused();
        return signedHash == validHash;
    }

    function hasRootSigner(address) external view returns (bool) {
        return hasRoot;
    }

    function isModuleType(uint256 moduleTypeId) external view returns (bool) {
        return (moduleTypeId == 1 && isValidator) || (moduleTypeId == 2 && isExecutor);
    }

    function supportsInterface(bytes4 interfaceId) external view returns (bool) {
        return
            isValidator
                && (interfaceId == type(IModule).interfaceId || interfaceId == type(IModuleValidator).interfaceId);
    }
}

/// @title Accounts to test with
abstract contract AccountFixture is Test {
    uint256 internal constant OWNER_KEY = 0xa11ce;

    ERC7579Account internal implementation;
    ERC7579Account internal account;
    address internal owner;

    function setUp() public virtual {
        owner = vm.addr(OWNER_KEY);
        implementation = new ERC7579Account();
        account = bare();
        account.initialize(new bytes[](0), one(owner));
    }

    /// @dev Account that is not initialised yet.
    function bare() internal returns (ERC7579Account) {
        return ERC7579Account(payable(address(new EvmProxy(address(implementation)))));
    }

    function one(address item) internal pure returns (address[] memory list) {
        list = new address[](1);
        list[0] = item;
    }

    function one(bytes memory item) internal pure returns (bytes[] memory list) {
        list = new bytes[](1);
        list[0] = item;
    }

    function install(uint256 moduleTypeId, address module) internal {
        vm.prank(address(account));
        account.installModule(moduleTypeId, module, "");
    }

    function uninstall(uint256 moduleTypeId, address module) internal {
        vm.prank(address(account));
        account.uninstallModule(moduleTypeId, module, "");
    }
}
