// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {IERC7579Account} from "../../contracts/interfaces/IERC7579Account.sol";
import {ISessionKeyValidator} from "../../contracts/interfaces/ISessionKeyValidator.sol";
import {Execution} from "../../contracts/types/Execution.sol";
import {SessionOptions, SessionSpec} from "../../contracts/types/SessionTypes.sol";
import {Transaction} from "../../contracts/types/Transaction.sol";
import {SessionOptionsFixture} from "./support/SessionOptionsFixture.sol";

/// @title Batches of calls
contract SessionBatchesTest is SessionOptionsFixture {
    /// @notice E-09: each call of a batch is matched and charged.
    function test_chargesEachCallOfABatch() public {
        (SessionSpec memory spec, SessionOptions memory options) = _default();
        options.useLimit = lifetime(4);
        bytes32 hash = _create(spec, options);
        Execution[] memory calls = new Execution[](3);
        calls[0] = Execution(RECIPIENT, 1 ether, "");
        calls[1] = Execution(TOKEN, 0, abi.encodeWithSelector(TRANSFER, RECIPIENT, 60));
        calls[2] = Execution(TOKEN, 0, abi.encodeWithSelector(TRANSFER, RECIPIENT, 30));
        assertTrue(_validate(_batch(calls), spec, options), "batch");
        (,, uint256[] memory trackers) = validator.sessionRecord(address(account), hash, 5);
        assertEq(trackers[0], 3);
        assertEq(trackers[1], 1 ether);
        assertEq(trackers[4], 90);
        _refuses(_batch(calls), spec, options, _lifetimeExceeded(90, 60, 100));
        calls[1].callData = abi.encodeWithSelector(TRANSFER, RECIPIENT, 1);
        calls[2] = calls[1];
        _refuses(_batch(calls), spec, options, _lifetimeExceeded(4, 1, 4));
    }

    /// @notice E-09: one bad call spoils the batch.
    function test_RevertWhen_oneCallOfABatchIsNotAllowed() public {
        (SessionSpec memory spec, SessionOptions memory options) = _default();
        _create(spec, options);
        Execution[] memory calls = new Execution[](2);
        calls[0] = Execution(RECIPIENT, 1, "");
        calls[1] = Execution(TOKEN, 1, "");
        bytes memory notAllowed = abi.encodeWithSelector(ISessionKeyValidator.SessionTransferNotAllowed.selector, TOKEN);
        _refuses(_batch(calls), spec, options, notAllowed);
        calls[1] = Execution(address(account), 0, abi.encodeCall(IERC7579Account.execute, (BATCH, "")));
        notAllowed = abi.encodeWithSelector(
            ISessionKeyValidator.SessionCallNotAllowed.selector, address(account), IERC7579Account.execute.selector
        );
        _refuses(_batch(calls), spec, options, notAllowed);
    }

    /// @notice E-10: the calls of a batch under one policy are one use.
    function test_RevertWhen_batchSplitsOneUse() public {
        (SessionSpec memory spec, SessionOptions memory options) = _default();
        _create(spec, options);
        Execution[] memory calls = new Execution[](2);
        calls[0] = Execution(RECIPIENT, 1 ether, "");
        calls[1] = Execution(RECIPIENT, 1 ether + 1, "");
        bytes memory expected =
            abi.encodeWithSelector(ISessionKeyValidator.SessionMaxValueExceeded.selector, 2 ether + 1, 2 ether);
        _refuses(_batch(calls), spec, options, expected);
        calls[1].value -= 1;
        assertTrue(_validate(_batch(calls), spec, options), "together within the bound");
    }

    /// @notice E-08, E-09: nothing but one well-formed batch gets to the account itself.
    function test_RevertWhen_batchIsImproper() public {
        (SessionSpec memory spec, SessionOptions memory options) = _default();
        _create(spec, options);
        bytes memory expected = abi.encodeWithSelector(ISessionKeyValidator.SessionInvalidBatch.selector);
        Execution[] memory calls = new Execution[](1);
        calls[0] = Execution(RECIPIENT, 1, "");
        bytes memory encoded = abi.encode(calls);
        bytes[7] memory improper = [
            bytes(""),
            abi.encodeCall(IERC7579Account.execute, (BATCH, abi.encode(new Execution[](0)))),
            abi.encodeCall(IERC7579Account.execute, (BATCH | bytes32(uint256(1) << 240), encoded)),
            abi.encodeCall(IERC7579Account.execute, (0, abi.encodePacked(RECIPIENT, uint256(1)))),
            abi.encodeCall(IERC7579Account.executeFromExecutor, (BATCH, encoded)),
            abi.encodeWithSelector(0x8f0273a9, new Execution[](0)),
            abi.encodeCall(IERC7579Account.installModule, (1, RECIPIENT, ""))
        ];
        for (uint256 i = 0; i < improper.length; ++i) {
            _refuses(_call(address(account), improper[i]), spec, options, expected);
        }
        Transaction memory withValue = _batch(calls);
        withValue.value = 1;
        _refuses(withValue, spec, options, expected);
    }

    /// @notice E-08: the bytes that are checked are the bytes that the account executes, so no offset may lead elsewhere.
    function test_RevertWhen_batchPointsOutside() public {
        (SessionSpec memory spec, SessionOptions memory options) = _default();
        _create(spec, options);
        bytes memory expected = abi.encodeWithSelector(ISessionKeyValidator.SessionInvalidBatch.selector);
        Execution[] memory calls = new Execution[](1);
        calls[0] = Execution(RECIPIENT, 1, "");
        // Words after the selector: mode, offset, length, offset of the array, its length, offset of the call, its three members.
        uint256[5] memory positions = [uint256(1), 3, 4, 5, 8];
        for (uint256 i = 0; i < positions.length; ++i) {
            for (uint256 j = 0; j < 3; ++j) {
                Transaction memory transaction = _batch(calls);
                bytes memory data = transaction.data;
                uint256 position = 36 + 32 * positions[i];
                uint256 odd = j == 0 ? type(uint256).max - 31 : j == 1 ? 1 << 200 : 4096;
                assembly {
                    mstore(add(data, position), odd)
                }
                _refuses(transaction, spec, options, expected);
            }
        }
    }

    /// @notice E-05: each target of a batch is looked up among the modules.
    function test_RevertWhen_batchReachesAModule() public {
        (SessionSpec memory spec, SessionOptions memory options) = _default();
        _create(spec, options);
        account.setModule(TOKEN, true);
        Execution[] memory calls = new Execution[](2);
        calls[0] = Execution(RECIPIENT, 1, "");
        calls[1] = Execution(TOKEN, 0, abi.encodeWithSelector(TRANSFER, RECIPIENT, 1));
        _refuses(
            _batch(calls),
            spec,
            options,
            abi.encodeWithSelector(ISessionKeyValidator.SessionTargetBanned.selector, TOKEN)
        );
    }

    /// @notice E-08: a session without options has no batches.
    function test_RevertWhen_sessionWithoutOptionsSendsABatch() public {
        SessionSpec memory spec = defaultSpec();
        create(spec);
        Execution[] memory calls = new Execution[](1);
        calls[0] = Execution(RECIPIENT, 1, "");
        Transaction memory transaction = _batch(calls);
        transaction.nonce = 0;
        bytes memory expected = abi.encodeWithSelector(
            ISessionKeyValidator.SessionCallNotAllowed.selector, address(account), IERC7579Account.execute.selector
        );
        _refuses(transaction, spec, expected);
    }
}
