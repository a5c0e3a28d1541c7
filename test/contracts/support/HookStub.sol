// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {IHook} from "../../../contracts/interfaces/IHook.sol";
import {IModule} from "../../../contracts/interfaces/IModule.sol";

/// @title Order in which hooks were called
contract HookJournal {
    string public text;

    function write(string calldata word) external {
        text = string.concat(text, word);
    }

    function clear() external {
        text = "";
    }
}

/// @title Hook that refuses as told and remembers what it was shown
contract HookStub is IHook, IModule {
    /// @notice The hook was told to refuse.
    error RefusedBefore();

    /// @notice The hook was told to refuse.
    error RefusedAfter();

    HookJournal public immutable journal;
    string public name;

    bool public refusesBefore;
    bool public refusesAfter;
    bool public refusesUninstall;
    bytes public answer;

    address public lastSender;
    uint256 public lastValue;
    bytes public lastData;
    bytes public lastHookData;
    bytes public lastUninstallData;

    address public reentered;
    bytes[] private reentry;
    uint256 public successfulReentries;

    constructor(HookJournal journal_, string memory name_) {
        journal = journal_;
        name = name_;
    }

    function set(bool before, bool after_, bool uninstall) external {
        (refusesBefore, refusesAfter, refusesUninstall) = (before, after_, uninstall);
    }

    function setAnswer(bytes calldata value) external {
        answer = value;
    }

    function setReentry(address target, bytes[] calldata calls) external {
        reentered = target;
        delete reentry;
        for (uint256 i = 0; i < calls.length; ++i) {
            reentry.push(calls[i]);
        }
    }

    function onInstall(bytes calldata) external {}

    function onUninstall(bytes calldata data) external {
        if (refusesUninstall) revert RefusedAfter();
        lastUninstallData = data;
        _reenter();
    }

    function isModuleType(uint256 moduleTypeId) external pure returns (bool) {
        return moduleTypeId == 4;
    }

    function preCheck(address msgSender, uint256 msgValue, bytes calldata msgData) external returns (bytes memory) {
        if (refusesBefore) revert RefusedBefore();
        (lastSender, lastValue, lastData) = (msgSender, msgValue, msgData);
        journal.write(string.concat("+", name));
        _reenter();
        return answer;
    }

    function postCheck(bytes calldata hookData) external {
        if (refusesAfter) revert RefusedAfter();
        lastHookData = hookData;
        journal.write(string.concat("-", name));
        _reenter();
    }

    function _reenter() private {
        for (uint256 i = 0; i < reentry.length; ++i) {
            (bool success,) = reentered.call(reentry[i]);
            if (success) ++successfulReentries;
        }
    }
}
