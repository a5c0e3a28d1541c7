// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";

/// @notice How a module behaves.
enum Conduct {
    Proper,
    Reverts,
    BurnsGas,
    RevertsWithBlob,
    ReturnsBlob,
    AnswersTwo
}

/// @title Module of all types that turns against its account after the installation
/// @dev Answers each call that is not about its type according to its conduct.
contract HostileModule is IERC165 {
    /// @notice The module refuses to work.
    error Sabotage();

    Conduct public conduct;

    function turn(Conduct value) external {
        conduct = value;
    }

    function onInstall(bytes calldata) external {}

    function isModuleType(uint256) external pure returns (bool) {
        return true;
    }

    function supportsInterface(bytes4) external pure returns (bool) {
        return true;
    }

    fallback() external {
        if (conduct == Conduct.Reverts) revert Sabotage();
        if (conduct == Conduct.BurnsGas) while (true) {}
        if (conduct == Conduct.RevertsWithBlob) {
            assembly {
                revert(0, 500000)
            }
        }
        if (conduct == Conduct.ReturnsBlob) {
            assembly {
                return(0, 500000)
            }
        }
        if (conduct == Conduct.AnswersTwo) {
            assembly {
                mstore(0, 2)
                return(0, 32)
            }
        }
    }
}
