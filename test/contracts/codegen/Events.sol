// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

/// @notice Events with any number of topics.
contract Events {
    event Nothing();
    event Data(uint256 a, bytes b);
    event One(uint256 indexed a, string text);
    event Two(address indexed a, bytes32 indexed b, int256 c);
    event Three(bool indexed a, int8 indexed b, bytes indexed c, uint256[] d);
    event Hidden(uint256 a) anonymous;
    event HiddenFour(uint256 indexed a, uint8 indexed b, string indexed c, address indexed d, bytes e) anonymous;

    function emitNothing() external {
        emit Nothing();
    }

    function emitData(uint256 a, bytes calldata b) external {
        emit Data(a, b);
    }

    function emitOne(uint256 a, string memory text) external {
        emit One(a, text);
    }

    function emitTwo(address a, bytes32 b, int256 c) external {
        emit Two(a, b, c);
        emit Two(a, b, ~c);
    }

    function emitThree(bool a, int8 b, bytes calldata c, uint256[] calldata d) external {
        emit Three(a, b, c, d);
    }

    function emitHidden(uint256 a, uint8 b, string calldata c, address d, bytes calldata e) external {
        emit Hidden(a);
        emit HiddenFour(a, b, c, d, e);
    }

    function emitRaw(uint256 a, uint256 b, uint16 length, uint8 topics) external {
        assembly ("memory-safe") {
            let start := mload(0x40)
            mstore(start, a)
            mstore(add(start, 32), b)
            mstore(add(start, 64), not(a))
            length := mod(length, 97)
            switch mod(topics, 5)
            case 0 { log0(start, length) }
            case 1 { log1(start, length, a) }
            case 2 { log2(add(start, 5), length, a, b) }
            case 3 { log3(start, length, a, b, 0) }
            default { log4(start, length, not(0), a, b, topics) }
        }
    }

    function emitThenRevert(uint256 a) external {
        emit One(a, "dropped");
        if (a % 3 != 0) revert("not divisible");
    }

    function emitMany(uint8 count) external {
        for (uint256 i; i < count % 12; i++) {
            emit Two(address(uint160(i)), bytes32(i), -int256(i));
        }
    }
}
