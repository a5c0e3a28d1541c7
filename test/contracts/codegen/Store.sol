// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

/// @notice Storage in all its layouts, and transient storage.
contract Store {
    struct Packed {
        uint8 a;
        bool b;
        int64 c;
        address d;
        bytes12 e;
        uint128 f;
    }

    struct Record {
        string name;
        uint256[] values;
        mapping(uint256 => Packed) parts;
        Packed last;
    }

    uint256 internal plain;
    Packed internal packed;
    mapping(uint256 => uint256) internal flat;
    mapping(address => mapping(bytes32 => int256)) internal nested;
    mapping(string => uint256) internal byName;
    uint256[] internal list;
    uint24[] internal packedList;
    uint16[20] internal fixedList;
    bytes internal blob;
    string internal text;
    Record[] internal records;
    uint256[][] internal jagged;
    uint256 internal transient counter;
    bool internal transient locked;
    address internal transient visitor;

    function setPlain(uint256 value) external returns (uint256 old) {
        old = plain;
        plain = value;
    }

    function increase(uint256 by) external returns (uint256) {
        plain += by;
        return plain++;
    }

    function setPacked(uint8 a, bool b, int64 c, address d) external returns (Packed memory old) {
        old = packed;
        packed.a = a;
        packed.b = b;
        packed.c = c;
        packed.d = d;
    }

    function replacePacked(Packed calldata value) external {
        packed = value;
    }

    function updatePacked(int64 delta, uint128 mask) external returns (int64) {
        packed.c += delta;
        packed.f ^= mask;
        packed.e = bytes12(keccak256(abi.encode(delta)));
        return packed.c;
    }

    function setFlat(uint8 key, uint256 value) external returns (uint256 sum) {
        flat[key % 5] = value;
        for (uint256 i; i < 5; i++) {
            unchecked {
                sum += flat[i];
            }
        }
    }

    function setNested(address owner, bytes32 key, int256 value) external returns (int256 old) {
        old = nested[owner][key];
        nested[owner][key] = value;
        delete nested[owner][bytes32(uint256(key) >> 1)];
    }

    function setByName(string calldata name, uint256 value) external returns (uint256) {
        byName[name] = value;
        return byName[string.concat(name, "")];
    }

    function push(uint256 value) external returns (uint256) {
        list.push(value);
        packedList.push(uint24(value));
        return list.length;
    }

    function pop() external returns (uint256 last, uint24 small) {
        last = list[list.length - 1];
        small = packedList[packedList.length - 1];
        list.pop();
        packedList.pop();
    }

    function at(uint8 i) external view returns (uint256, uint24) {
        return (list[i % 2], packedList[i % 3]);
    }

    function assignList(uint256[] calldata values, uint24[] calldata small) external {
        list = values;
        packedList = small;
    }

    function setFixed(uint8 i, uint16 value) external returns (uint16[20] memory) {
        fixedList[i % 20] = value;
        if (value == 0) delete fixedList;
        return fixedList;
    }

    function setBlob(bytes calldata value) external returns (bytes memory old) {
        old = blob;
        blob = value;
    }

    function extendBlob(bytes1 value, uint8 times) external returns (uint256) {
        for (uint256 i; i < times % 40; i++) {
            blob.push(value);
        }
        if (times > 200) blob.pop();
        return blob.length;
    }

    function pokeBlob(uint16 i, bytes1 value) external returns (bytes1 old) {
        old = blob[i % 64];
        blob[i % 64] = value;
    }

    function setText(string calldata value) external returns (string memory) {
        text = value;
        return string.concat(text, text);
    }

    function addRecord(string calldata name, uint256[] calldata values, uint8 part) external returns (uint256) {
        Record storage record = records.push();
        record.name = name;
        record.values = values;
        record.parts[part] = packed;
        record.last = packed;
        return records.length;
    }

    function readRecord(uint8 i, uint8 part)
        external
        view
        returns (string memory, uint256[] memory, Packed memory, Packed memory)
    {
        Record storage record = records[i % 4];
        return (record.name, record.values, record.parts[part], record.last);
    }

    function removeRecord() external {
        records.pop();
    }

    function setJagged(uint256[][] calldata values) external returns (uint256 sum) {
        jagged = values;
        for (uint256 i; i < jagged.length; i++) {
            sum += jagged[i].length;
        }
    }

    function clear() external {
        delete list;
        delete packedList;
        delete blob;
        delete text;
        delete packed;
        delete jagged;
    }

    function useTransient(uint8 times, address who) external returns (uint256, bool, address, uint256 raw) {
        require(!locked && counter == 0, "leaked");
        locked = true;
        for (uint256 i; i < times % 10; i++) {
            counter += i;
        }
        visitor = who;
        assembly ("memory-safe") {
            tstore(add(who, 1), 77)
            raw := add(tload(add(who, 1)), tload(who))
        }
        return (counter, locked, visitor, raw);
    }

    function rawSlots(uint256 slot, uint256 value, bool write) external returns (uint256 old) {
        assembly ("memory-safe") {
            old := sload(slot)
            if write { sstore(slot, value) }
        }
    }

    function writeThenRevert(uint256 value) external {
        plain = value;
        list.push(value);
        require(value % 2 == 0, "odd");
    }
}
