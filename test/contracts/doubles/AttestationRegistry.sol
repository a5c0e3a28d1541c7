// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {IERC7484} from "../../../contracts/interfaces/IERC7484.sol";

/// @title Registry in which anybody attests in their own name
contract AttestationRegistry is IERC7484 {
    /// @notice Too few of the attesters vouch for the module.
    error NotAttested(address module, uint256 moduleType);

    mapping(address account => address) private _trusted;

    mapping(address module => mapping(uint256 moduleType => mapping(address attester => bool))) private _attested;

    /// @notice Attests a module as the caller, or takes the attestation back.
    function attest(address module, uint256 moduleType, bool value) external {
        _attested[module][moduleType][msg.sender] = value;
    }

    /// @notice Names the attester that the calling account trusts.
    function trust(address attester) external {
        _trusted[msg.sender] = attester;
    }

    /// @inheritdoc IERC7484
    function checkForAccount(address account, address module, uint256 moduleType) external view {
        if (!_attested[module][moduleType][_trusted[account]]) revert NotAttested(module, moduleType);
    }

    /// @inheritdoc IERC7484
    function check(address module, uint256 moduleType, address[] calldata attesters, uint256 threshold) external view {
        uint256 count = 0;
        for (uint256 i = 0; i < attesters.length; ++i) {
            if (_attested[module][moduleType][attesters[i]]) ++count;
        }
        if (count < threshold) revert NotAttested(module, moduleType);
    }
}
