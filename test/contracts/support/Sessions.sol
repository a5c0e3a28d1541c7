// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";

import {IERC7579Module} from "../../../contracts/interfaces/IERC7579Module.sol";
import {IModule} from "../../../contracts/interfaces/IModule.sol";
import {IModuleValidator} from "../../../contracts/interfaces/IModuleValidator.sol";
import {IRootSigner} from "../../../contracts/interfaces/IRootSigner.sol";
import {ISessionKeyValidator} from "../../../contracts/interfaces/ISessionKeyValidator.sol";
import {Vm} from "./Vm.sol";

/// @title All that `SessionKeyValidator` offers
interface ISessions is IModule, IERC7579Module, IModuleValidator, IRootSigner, ISessionKeyValidator, IERC165 {}

/// @title Deployment of the session validator
/// @dev From its artifact: solc compiles it through Yul only, and would have to compile whatever imports it in the same way,
/// which takes ten times as long; see `foundry.toml`.
library Sessions {
    /// @dev Forge's cheat codes.
    Vm private constant VM = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));

    function deploy() internal returns (ISessions) {
        return ISessions(VM.deployCode("contracts/validators/SessionKeyValidator.sol:SessionKeyValidator"));
    }
}
