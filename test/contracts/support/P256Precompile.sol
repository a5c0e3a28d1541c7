// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {P256} from "@openzeppelin/contracts/utils/cryptography/P256.sol";

/// @title The chain's precompile for P-256 signatures, in Solidity
/// @notice The EVM of the tests has none. As on the chain, `s` may be high, points off the curve and halves out of range are
/// refused, and the answer to anything but a valid signature is empty.
contract P256Precompile {
    // forge-lint: disable-next-line(mixed-case-function)
    fallback(bytes calldata input) external returns (bytes memory) {
        if (input.length != 160) return "";
        (bytes32 hash, bytes32 r, uint256 s, bytes32 x, bytes32 y) =
            abi.decode(input, (bytes32, bytes32, uint256, bytes32, bytes32));
        // A signature and its twin are valid together.
        if (s > P256.N / 2 && s < P256.N) s = P256.N - s;
        return P256.verifySolidity(hash, r, bytes32(s), x, y) ? abi.encode(1) : bytes("");
    }
}
