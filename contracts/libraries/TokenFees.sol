// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {TokenPrice} from "../types/SponsorTypes.sol";

/// @title Fees in tokens
/// @notice All results are rounded up.
library TokenFees {
    /// @dev Fee that a rate is about, in wei.
    uint256 private constant RATE_UNIT = 1e18;

    /// @dev One hundred per cent, as a margin.
    uint256 internal constant FULL_MARGIN = 10_000;

    /// @notice Worth of a fee.
    /// @param price Price of the token.
    /// @param fee The fee, in wei.
    /// @return Amount of the token.
    function worth(TokenPrice memory price, uint256 fee) internal pure returns (uint256) {
        return _divideUp(fee * price.rate, RATE_UNIT);
    }

    /// @notice Worth of a fee with the margin on top.
    /// @param price Price of the token.
    /// @param fee The fee, in wei.
    /// @return Amount of the token.
    function withMargin(TokenPrice memory price, uint256 fee) internal pure returns (uint256) {
        return _divideUp(worth(price, fee) * (FULL_MARGIN + price.margin), FULL_MARGIN);
    }

    /// @notice Whether a price holds now.
    /// @param price The price.
    /// @return True if it does.
    function isValid(TokenPrice memory price) internal view returns (bool) {
        return price.rate != 0 && block.timestamp <= price.validUntil;
    }

    /// @dev Quotient, rounded up.
    function _divideUp(uint256 numerator, uint256 denominator) private pure returns (uint256) {
        return (numerator + denominator - 1) / denominator;
    }
}
