// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";

/// @title Module of all types that turns against its account after the installation
/// @dev Answers each call that is not about its type according to its conduct. As a hook, it refuses by the same means.
contract Saboteur is IERC165 {
    /// @notice How the module behaves.
    enum Conduct {
        Proper,
        Reverts,
        BurnsGas,
        RevertsWithBlob,
        ReturnsBlob,
        FillsStorage
    }

    /// @notice The module refuses to work.
    error Sabotage();

    /// @dev Gas that is left when the storage is full enough to answer as if nothing had happened.
    uint256 private constant REST = 50_000;

    Conduct public conduct;

    /// @notice Number of slots that were filled.
    uint256 public filled;

    mapping(uint256 position => uint256) private _junk;

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

    /// @dev Proper conduct is an empty answer to a hook's question, and nothing to anybody else.
    fallback() external {
        if (conduct == Conduct.Reverts) revert Sabotage();
        if (conduct == Conduct.BurnsGas) while (true) {}
        if (conduct == Conduct.FillsStorage) _fill();
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
        bytes memory answer = abi.encode("");
        assembly {
            return(add(answer, 32), mload(answer))
        }
    }

    function _fill() private {
        uint256 position = filled;
        while (gasleft() > REST) {
            _junk[position] = type(uint256).max - position;
            ++position;
        }
        filled = position;
    }
}
