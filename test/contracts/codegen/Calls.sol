// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

/// @notice The other side of `Caller`.
contract Callee {
    uint256 public value;
    mapping(address => uint256) public paid;

    event Touched(address indexed by, uint256 value);

    constructor(uint256 initial) payable {
        value = initial;
    }

    function set(uint256 next) external payable returns (uint256 old, address sender) {
        old = value;
        sender = msg.sender;
        value = next;
        paid[msg.sender] += msg.value;
        emit Touched(msg.sender, next);
    }

    function get(uint256 factor) external view returns (uint256) {
        unchecked {
            return value * factor;
        }
    }

    function refuse(uint256 code) external payable {
        value = code;
        revert(code % 2 == 0 ? "even" : "odd and with a longer message than fits a single word");
    }

    function size(uint16 length) external pure returns (bytes memory) {
        return new bytes(length % 1000);
    }

    function reenter(uint8 depth) external payable returns (uint256) {
        value += depth;
        if (depth == 0) return value;
        return Callee(payable(msg.sender)).reenter(depth - 1);
    }

    receive() external payable {
        value += msg.value;
    }
}

/// @notice Calls of every kind among contracts, and creations.
contract Caller {
    uint256 public value;
    Callee public callee;
    Callee[] internal made;
    mapping(address => uint256) internal paid;

    event Touched(address indexed by, uint256 value);

    constructor() {
        callee = new Callee(5);
    }

    function typedCall(uint256 next) external payable returns (uint256 old, bool isMe) {
        address sender;
        (old, sender) = callee.set{value: msg.value}(next);
        isMe = sender == address(this);
    }

    function staticGet(uint256 factor) external view returns (uint256) {
        return callee.get(factor);
    }

    function staticWrite(uint256 next) external view returns (bool success, bytes memory data) {
        (success, data) = address(callee).staticcall(abi.encodeCall(Callee.set, (next)));
    }

    function delegated(uint256 next) external payable returns (bool success, bytes memory data, uint256 after_) {
        (success, data) = address(callee).delegatecall(abi.encodeCall(Callee.set, (next)));
        // The sender inside is this call's, so drop it from what is compared.
        data = success ? abi.encode(data.length) : data;
        after_ = value;
    }

    function delegatedFailure(uint256 code) external payable returns (bool success, bytes memory data) {
        (success, data) = address(callee).delegatecall(abi.encodeCall(Callee.refuse, (code)));
    }

    function refused(uint256 code) external payable returns (string memory reason) {
        try callee.refuse{value: msg.value}(code) {
            reason = "not refused";
        } catch Error(string memory message) {
            reason = message;
        }
    }

    function bubbled(uint256 code) external payable {
        callee.refuse{value: msg.value}(code);
    }

    function sized(uint16 length) external view returns (uint256, bytes32) {
        bytes memory data = callee.size(length);
        return (data.length, keccak256(data));
    }

    /// @notice Output areas shorter and longer than what comes back.
    function outputWindow(uint16 length, uint8 window, uint256 fill)
        external
        view
        returns (bytes memory out, uint256 n)
    {
        bytes memory input = abi.encodeCall(Callee.size, (length));
        address target = address(callee);
        out = new bytes(288);
        assembly ("memory-safe") {
            for { let i := 0 } lt(i, 288) { i := add(i, 32) } { mstore(add(add(out, 32), i), fill) }
            pop(staticcall(gas(), target, add(input, 32), mload(input), add(out, 32), window))
            n := returndatasize()
        }
    }

    /// @notice Parts of the last return data, in and out of range.
    function returnWindow(uint16 length, uint16 from, uint16 count) external view returns (bytes memory out) {
        bytes memory input = abi.encodeCall(Callee.size, (length));
        address target = address(callee);
        from %= 500;
        count %= 700;
        out = new bytes(count);
        assembly ("memory-safe") {
            pop(staticcall(gas(), target, add(input, 32), mload(input), 0, 0))
            returndatacopy(add(out, 32), from, count)
        }
    }

    function noCode(address account, uint256 seed) external returns (bool a, uint256 b, bool c) {
        account = address(uint160(uint256(keccak256(abi.encode(account, seed)))));
        bytes memory data;
        (a, data) = account.call(abi.encode(seed));
        b = data.length;
        c = account.code.length == 0;
    }

    function noCodeTyped(uint256 seed) external view returns (uint256) {
        return Callee(payable(address(uint160(uint256(keccak256(abi.encode(seed))))))).get(seed);
    }

    function send(uint256 amount) external payable returns (bool success) {
        (success,) = address(callee).call{value: amount % 1000}("");
    }

    function sendTo(address payable to, uint16 amount) external payable returns (bool success, uint256 mine) {
        to = payable(address(uint160(address(to)) | (1 << 100)));
        uint256 before = address(this).balance;
        (success,) = to.call{value: amount}("");
        mine = before - address(this).balance;
    }

    function create(uint256 initial) external payable returns (uint256 count) {
        made.push(new Callee{value: msg.value}(initial));
        count = made.length;
    }

    function createSalted(uint256 initial, bytes32 salt) external returns (bool success) {
        try this.makeSalted(initial, salt) returns (uint256 got) {
            success = got == initial;
        } catch {
            success = false;
        }
    }

    function makeSalted(uint256 initial, bytes32 salt) external returns (uint256) {
        Callee fresh = new Callee{salt: salt}(initial);
        return fresh.value();
    }

    function useMade(uint8 i, uint256 next) external returns (uint256 old, uint256 now_) {
        (old,) = made[i % 4].set(next);
        now_ = made[i % 4].value();
    }

    function createFails(uint256 code) external returns (string memory reason) {
        try new Refuser(code) returns (Refuser) {
            reason = "made";
        } catch Error(string memory message) {
            reason = message;
        } catch Panic(uint256 panic) {
            reason = panic == 0x12 ? "division" : "panic";
        } catch (bytes memory raw) {
            reason = string(abi.encodePacked("raw", raw));
        }
    }

    function ping(uint8 depth) external returns (uint256) {
        return callee.reenter(depth % 8);
    }

    function reenter(uint8 depth) external payable returns (uint256) {
        value += 100;
        if (depth == 0) return value;
        return Callee(payable(msg.sender)).reenter(depth - 1);
    }

    function viaSelf(uint256 n) external returns (uint256) {
        if (n % 4 == 0) return n;
        value = n;
        return this.viaSelf(n - 1) + 1;
    }

    receive() external payable {
        value += msg.value;
    }
}

/// @notice Its constructor fails in several ways.
contract Refuser {
    uint256 public immutable quotient;

    constructor(uint256 code) {
        require(code % 5 != 0, "refused by constructor");
        if (code % 5 == 1) revert();
        quotient = code / (code % 5 - 2);
    }
}
