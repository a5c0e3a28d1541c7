// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {SessionOptions, SessionSpec, Status} from "../../contracts/types/SessionTypes.sol";
import {Transaction} from "../../contracts/types/Transaction.sol";
import {AccountStub, SessionFixture} from "./support/SessionFixture.sol";

/// @title Sessions and transactions written down in test/vectors, with the answers that the model of the SDKs gives
/// @notice E-52: names and encodings; the rules, their order and the arguments of their errors.
contract SessionVectorsTest is SessionFixture {
    /// @dev A session as it is named and encoded.
    struct SessionVector {
        bytes encoding;
        bool hasOptions;
        bytes32 hash;
        uint256 trackers;
    }

    /// @dev A transaction and the expected answer.
    struct StepVector {
        uint256 now;
        address to;
        uint256 value;
        bytes data;
        uint256 fee;
        address paymaster;
        bytes paymasterInput;
        uint256 nonceKey;
        bool hasFactoryDeps;
        uint64 time;
        uint64[] periodIds;
        bool accepted;
        bytes revertData;
        uint256 head;
        uint256[] trackers;
    }

    struct Vector {
        SessionVector session;
        bytes signature;
        StepVector[] steps;
    }

    string private constant SESSION_TYPE =
        "SessionVector(bytes encoding,bool hasOptions,bytes32 hash,uint256 trackers)";
    string private constant STEP_TYPE =
        "StepVector(uint256 now,address to,uint256 value,bytes data,uint256 fee,address paymaster,bytes paymasterInput,uint256 nonceKey,bool hasFactoryDeps,uint64 time,uint64[] periodIds,bool accepted,bytes revertData,uint256 head,uint256[] trackers)";

    bytes32 private signedHash;

    function test_decidesAsWrittenDown() public {
        string memory json = vm.readFile("test/vectors/session-decisions.json");
        _moveAccount(vm.parseJsonAddress(json, ".account"));
        signedHash = vm.parseJsonBytes32(json, ".signedHash");
        string memory vectorType =
            string.concat("Vector(SessionVector session,bytes signature,StepVector[] steps)", SESSION_TYPE, STEP_TYPE);
        Vector[] memory vectors = abi.decode(vm.parseJsonTypeArray(json, ".sessions", vectorType), (Vector[]));
        address laterModule = vm.parseJsonAddress(json, ".laterModule");
        uint256 openedAt = vm.parseJsonUint(json, ".openedAt");
        assertTrue(vectors.length > 10, "there are vectors");
        for (uint256 i = 0; i < vectors.length; ++i) {
            vm.warp(openedAt);
            account.setModule(laterModule, false);
            _open(vectors[i].session, i);
            account.setModule(laterModule, true);
            for (uint256 j = 0; j < vectors[i].steps.length; ++j) {
                _check(vectors[i], vectors[i].steps[j]);
            }
        }
    }

    function test_namesAndEncodesAsWrittenDown() public {
        string memory json = vm.readFile("test/vectors/session-configs.json");
        vm.warp(vm.parseJsonUint(json, ".now"));
        string memory vectorType =
            string.concat("ConfigVector(SessionVector session,bytes validatorData)", SESSION_TYPE);
        ConfigVector[] memory vectors =
            abi.decode(vm.parseJsonTypeArray(json, ".vectors", vectorType), (ConfigVector[]));
        assertTrue(vectors.length > 5, "there are vectors");
        for (uint256 i = 0; i < vectors.length; ++i) {
            SessionVector memory session = vectors[i].session;
            _open(session, i);
            bytes memory data = vectors[i].validatorData;
            if (session.hasOptions) {
                (SessionSpec memory spec, SessionOptions memory options, uint64 time) =
                    abi.decode(data, (SessionSpec, SessionOptions, uint64));
                assertEq(data, abi.encode(spec, options, time));
                assertEq(session.encoding, abi.encode(spec, options));
            } else {
                (SessionSpec memory spec, uint64[] memory periodIds) = abi.decode(data, (SessionSpec, uint64[]));
                assertEq(data, abi.encode(spec, periodIds));
                assertEq(session.encoding, abi.encode(spec));
            }
        }
    }

    struct ConfigVector {
        SessionVector session;
        bytes validatorData;
    }

    /// @dev Has the account live at an address.
    function _moveAccount(address to) private {
        vm.etch(to, address(account).code);
        account = AccountStub(to);
        account.setInstalled(true);
        account.setModule(address(validator), true);
    }

    function _open(SessionVector memory session, uint256 position) private {
        vm.startPrank(address(account));
        if (session.hasOptions) {
            (SessionSpec memory spec, SessionOptions memory options) =
                abi.decode(session.encoding, (SessionSpec, SessionOptions));
            validator.createSessionWithOptions(spec, options);
        } else {
            validator.createSession(abi.decode(session.encoding, (SessionSpec)));
        }
        vm.stopPrank();
        assertEq(validator.listSessions(address(account), position, 1)[0], session.hash);
        assertEq(keccak256(session.encoding), session.hash);
    }

    function _check(Vector memory vector, StepVector memory step) private {
        vm.warp(step.now);
        Transaction memory transaction;
        transaction.txType = 113;
        transaction.from = uint160(address(account));
        transaction.to = uint160(step.to);
        transaction.value = step.value;
        transaction.data = step.data;
        transaction.gasLimit = step.fee;
        transaction.maxFeePerGas = 1;
        transaction.paymaster = uint160(step.paymaster);
        transaction.paymasterInput = step.paymasterInput;
        transaction.nonce = step.nonceKey << 64;
        if (step.hasFactoryDeps) transaction.factoryDeps = new bytes32[](1);
        transaction.signature = abi.encode(vector.signature, address(validator), _validatorData(vector.session, step));
        vm.prank(address(account));
        try validator.validateTransaction(signedHash, transaction) returns (bool valid) {
            assertTrue(valid && step.accepted, "accepted");
        } catch (bytes memory reason) {
            assertFalse(step.accepted, "accepted");
            assertEq(reason, step.revertData);
        }
        (Status status, uint256 head, uint256[] memory trackers) =
            validator.sessionRecord(address(account), vector.session.hash, vector.session.trackers);
        assertTrue(status == Status.Active, "active");
        assertEq(head, step.head);
        assertEq(abi.encode(trackers), abi.encode(step.trackers));
    }

    function _validatorData(SessionVector memory session, StepVector memory step) private pure returns (bytes memory) {
        if (session.hasOptions) {
            (SessionSpec memory spec, SessionOptions memory options) =
                abi.decode(session.encoding, (SessionSpec, SessionOptions));
            return abi.encode(spec, options, step.time);
        }
        return abi.encode(abi.decode(session.encoding, (SessionSpec)), step.periodIds);
    }
}
