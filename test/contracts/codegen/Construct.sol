// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

/// @notice Immutables, constructor arguments, inheritance.
abstract contract Base {
    uint256 public immutable fromBase;
    bytes4 public immutable tag;
    string public label;

    constructor(uint256 number, string memory text) {
        fromBase = number * 2;
        tag = bytes4(keccak256(bytes(text)));
        label = text;
    }

    function kind() public pure virtual returns (uint256);

    function combined() external view returns (uint256) {
        unchecked {
            return fromBase + kind();
        }
    }
}

/// @notice Library with internal functions only.
library Words {
    function reversed(uint256 x) internal pure returns (uint256 r) {
        for (uint256 i; i < 32; i++) {
            r = (r << 8) | (x & 255);
            x >>= 8;
        }
    }

    function countOnes(uint256 x) internal pure returns (uint256 n) {
        while (x != 0) {
            x &= x - 1;
            n++;
        }
    }

    function append(uint256[] storage list, uint256 value) internal returns (uint256) {
        list.push(reversed(value));
        return list.length;
    }
}

contract Construct is Base {
    using Words for uint256;
    using Words for uint256[];

    address public immutable owner;
    int8 internal immutable small;
    bool internal immutable flag;
    uint256[] internal list;
    uint256 internal sumOfArguments;
    function(uint256) internal pure returns (uint256) internal immutable step;

    constructor(uint256 number, string memory text, uint256[] memory initial, int8 small_) payable Base(number, text) {
        owner = msg.sender;
        small = small_;
        flag = initial.length > 2;
        list = initial;
        for (uint256 i; i < initial.length; i++) {
            sumOfArguments += initial[i] % 1000;
        }
        step = number % 2 == 0 ? double : triple;
        require(fromBase >= number, "read back in constructor");
    }

    function kind() public pure override returns (uint256) {
        return 7;
    }

    function all() external view returns (int8, bool, uint256[] memory, uint256, string memory) {
        return (small, flag, list, sumOfArguments, label);
    }

    function stepped(uint256 x) external view returns (uint256) {
        return step(x % 1000) + fromBase % 10;
    }

    function manyReads(uint8 n) external view returns (uint256 sum) {
        for (uint256 i; i < n % 10; i++) {
            unchecked {
                sum += fromBase ^ uint256(uint32(tag)) ^ uint256(uint8(small));
            }
        }
    }

    function words(uint256 x) external returns (uint256, uint256, uint256) {
        return (x.reversed(), x.countOnes(), list.append(x));
    }

    function double(uint256 x) internal pure returns (uint256) {
        return x * 2;
    }

    function triple(uint256 x) internal pure returns (uint256) {
        return x * 3;
    }
}
