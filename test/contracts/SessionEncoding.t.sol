// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {ISessionKeyValidator} from "../../contracts/interfaces/ISessionKeyValidator.sol";
import {SessionOptions, SessionSpec} from "../../contracts/types/SessionTypes.sol";
import {Transaction} from "../../contracts/types/Transaction.sol";
import {SessionOptionsFixture} from "./support/SessionOptionsFixture.sol";

/// @title Encodings of sessions, which name them
contract SessionEncodingTest is SessionOptionsFixture {
    /// @notice E-52: a session with options is another session than the one without.
    function test_keepsSessionsWithAndWithoutOptionsApart() public {
        (SessionSpec memory spec, SessionOptions memory options) = _default();
        bytes32 hash = _create(spec, options);
        _refuses(
            transfer(RECIPIENT, 1),
            spec,
            abi.encodeWithSelector(ISessionKeyValidator.SessionNotActive.selector, _plainHash(spec))
        );
        options.validAfter = 1;
        _refuses(
            _transfer(1),
            spec,
            options,
            abi.encodeWithSelector(ISessionKeyValidator.SessionNotActive.selector, keccak256(abi.encode(spec, options)))
        );
        options.validAfter = 0;
        vm.prank(address(account));
        validator.revokeKey(hash);
        _refuses(
            _transfer(1), spec, options, abi.encodeWithSelector(ISessionKeyValidator.SessionNotActive.selector, hash)
        );
    }

    /// @notice E-52: whatever an encoding looks like, it opens only the session that its canonical form names.
    function testFuzz_RevertWhen_encodingIsNotCanonical(uint16 position, uint256 word) public {
        (SessionSpec memory spec, SessionOptions memory options) = _budgeted();
        options.paymasters = new address[](1);
        options.callUseLimits = _one(lifetime(7));
        bytes memory data = abi.encodeCall(ISessionKeyValidator.createSessionWithOptions, (spec, options));
        (bytes32 hash, bytes memory encoding) = _createSpoilt(data, position, word % 2048);
        if (hash == 0) return;
        (spec, options) = abi.decode(encoding, (SessionSpec, SessionOptions));
        assertEq(hash, keccak256(abi.encode(spec, options)));
    }

    /// @notice E-52: the same for sessions without options.
    function testFuzz_RevertWhen_plainEncodingIsNotCanonical(uint16 position, uint256 word) public {
        bytes memory data = abi.encodeCall(ISessionKeyValidator.createSession, (defaultSpec()));
        (bytes32 hash, bytes memory encoding) = _createSpoilt(data, position, word % 1024);
        if (hash == 0) return;
        assertEq(hash, keccak256(abi.encode(abi.decode(encoding, (SessionSpec)))));
    }

    function testFuzz_answersGarbageWithoutPanic(bytes memory data, bool plain) public {
        (SessionSpec memory spec, SessionOptions memory options) = _default();
        _create(spec, options);
        Transaction memory transaction = _transfer(1);
        bytes memory head = plain ? abi.encode(64) : abi.encode(96);
        transaction.signature = abi.encode(bytes(""), address(validator), bytes.concat(head, data));
        vm.prank(address(account));
        try validator.validateTransaction(TX_HASH, transaction) returns (bool valid) {
            assertFalse(valid, "valid");
        } catch (bytes memory reason) {
            assertEq(bytes32(bytes4(reason)), bytes32(ISessionKeyValidator.SessionNotActive.selector));
        }
    }

    /// @dev Creates a session with one word of the encoding replaced.
    /// @return hash Its hash, or zero if it is refused.
    /// @return encoding The encoding.
    function _createSpoilt(bytes memory data, uint256 position, uint256 word)
        private
        returns (bytes32 hash, bytes memory encoding)
    {
        uint256 at = 36 + 32 * (position % ((data.length - 4) / 32));
        assembly ("memory-safe") {
            mstore(add(data, at), word)
        }
        vm.prank(address(account));
        (bool success,) = address(validator).call(data);
        if (!success) return (hash, encoding);
        encoding = new bytes(data.length - 4);
        for (uint256 i = 0; i < encoding.length; ++i) {
            encoding[i] = data[i + 4];
        }
        hash = validator.listSessions(address(account), 0, 1)[0];
    }
}
