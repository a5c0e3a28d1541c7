// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

/// @notice Everything that can fail, and everything that can catch it.
contract Errors {
    error Empty();
    error Words(uint256 a, address b);
    error Dynamic(string reason, uint256[] list);

    enum Kind {
        None,
        Some
    }

    uint256[] internal list;
    function(uint256) internal returns (uint256) internal unset;

    function fail(uint8 kind, uint256 value, string calldata reason) external {
        kind %= 17;
        if (kind == 0) revert();
        if (kind == 1) revert(reason);
        if (kind == 2) require(false, reason);
        if (kind == 3) revert Empty();
        if (kind == 4) revert Words(value, msg.sender);
        if (kind == 5) revert Dynamic(reason, new uint256[](value % 5));
        if (kind == 6) assert(value == 1);
        if (kind == 7) value = value + type(uint256).max;
        if (kind == 8) value = value / (value - value);
        if (kind == 9) Kind(uint8(value));
        if (kind == 10) list.pop();
        if (kind == 11) value = list[value];
        if (kind == 12) new uint256[](1 << 64);
        if (kind == 13) unset(value);
        if (kind == 14) {
            assembly ("memory-safe") {
                invalid()
            }
        }
        if (kind == 15) {
            assembly ("memory-safe") {
                mstore(0, value)
                revert(7, mod(value, 40))
            }
        }
    }

    function caught(uint8 kind, uint256 value, string calldata reason)
        external
        returns (string memory which, bytes memory data, uint256 code)
    {
        try this.fail(kind, value, reason) {
            which = "fine";
        } catch Error(string memory message) {
            which = "error";
            data = bytes(message);
        } catch Panic(uint256 panic) {
            which = "panic";
            code = panic;
        } catch (bytes memory raw) {
            which = "raw";
            data = raw;
        }
    }

    /// @notice Reverts with given bytes, so that a caller's decoder meets anything.
    function failWith(bytes calldata data) external pure {
        bytes memory copy = data;
        assembly ("memory-safe") {
            revert(add(copy, 32), mload(copy))
        }
    }

    function caughtWith(bytes calldata data) external view returns (uint256 which, bytes memory out) {
        try this.failWith(data) {
            which = 1;
        } catch Error(string memory message) {
            (which, out) = (2, bytes(message));
        } catch Panic(uint256 panic) {
            (which, out) = (3, abi.encode(panic));
        } catch (bytes memory raw) {
            (which, out) = (4, raw);
        }
    }

    function caughtWrapped(uint8 prefix, bytes calldata data) external view returns (uint256 which, bytes memory out) {
        bytes4 selector = prefix % 2 == 0 ? bytes4(0x08c379a0) : bytes4(0x4e487b71);
        try this.failWith(bytes.concat(selector, data)) {
            which = 1;
        } catch Error(string memory message) {
            (which, out) = (2, bytes(message));
        } catch Panic(uint256 panic) {
            (which, out) = (3, abi.encode(panic));
        } catch (bytes memory raw) {
            (which, out) = (4, raw);
        }
    }

    function bubble(uint8 kind, uint256 value, string calldata reason) external {
        this.fail(kind, value, reason);
    }

    function keepsStateOfCaller(uint256 value) external returns (uint256 length) {
        list.push(value);
        try this.pushAndFail(value) {
            length = 1000;
        } catch {
            length = list.length;
        }
    }

    function pushAndFail(uint256 value) external {
        list.push(value + 1);
        revert Words(value, address(this));
    }

    function returnAnything(bytes calldata data) external pure {
        bytes memory copy = data;
        assembly ("memory-safe") {
            return(add(copy, 32), mload(copy))
        }
    }

    /// @notice The callee's return data seldom decodes.
    function decodesReturned(bytes calldata data) external view returns (uint8, bytes memory) {
        (bool success, bytes memory out) = address(this).staticcall(abi.encodeCall(this.returnAnything, (data)));
        require(success);
        return abi.decode(out, (uint8, bytes));
    }

    /// @notice Mostly well-formed return data.
    function decodesCrafted(uint256 head, uint256 offset, uint256 length, bytes calldata tail)
        external
        view
        returns (uint8, bytes memory)
    {
        if (offset % 5 != 0) offset = 64;
        if (length % 5 != 0) length %= 64;
        return this.decodesReturned(bytes.concat(bytes32(head % 300), bytes32(offset), bytes32(length), tail));
    }

    function typedReturn(bytes calldata data) external view returns (uint256) {
        try IAnything(address(this)).returnAnything(data) returns (uint64 a, string memory b) {
            return a + bytes(b).length;
        } catch {
            return type(uint256).max;
        }
    }
}

interface IAnything {
    function returnAnything(bytes calldata data) external view returns (uint64 a, string memory b);
}
