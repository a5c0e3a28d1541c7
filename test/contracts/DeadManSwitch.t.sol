// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {IDeadManSwitch} from "../../contracts/interfaces/IDeadManSwitch.sol";
import {IERC7579Account} from "../../contracts/interfaces/IERC7579Account.sol";
import {IERC7579Module} from "../../contracts/interfaces/IERC7579Module.sol";
import {IModule} from "../../contracts/interfaces/IModule.sol";
import {IOwners} from "../../contracts/interfaces/IOwners.sol";
import {DeadManSwitch} from "../../contracts/recovery/DeadManSwitch.sol";
import {RecoveryFixture} from "./support/RecoveryFixture.sol";

contract DeadManSwitchTest is RecoveryFixture {
    address private constant HEIR = address(0xbeef0001);
    uint256 private constant PERIOD = 90 days;

    DeadManSwitch private deadMan;

    function setUp() public override {
        super.setUp();
        deadMan = new DeadManSwitch();
        _install(abi.encode(HEIR, PERIOD));
    }

    /// @notice G-06: not a second before the period has passed.
    function test_claimsAfterThePeriod() public {
        vm.warp(NOW + PERIOD - 1);
        vm.expectRevert(abi.encodeWithSelector(IDeadManSwitch.SwitchNotDue.selector, NOW + PERIOD));
        _claim();
        vm.warp(NOW + PERIOD);
        _claim();
        assertTrue(account.isK1Owner(HEIR) && account.isK1Owner(owner), "owners");
    }

    function test_checkingInStartsThePeriodAgain() public {
        vm.warp(NOW + PERIOD);
        vm.prank(address(account));
        deadMan.checkIn();
        _expectSwitch(HEIR, PERIOD, NOW + 2 * PERIOD);
        vm.warp(NOW + 2 * PERIOD - 1);
        vm.expectRevert(abi.encodeWithSelector(IDeadManSwitch.SwitchNotDue.selector, NOW + 2 * PERIOD));
        _claim();
    }

    function test_configuringCountsAsCheckIn() public {
        vm.warp(NOW + PERIOD);
        vm.prank(address(account));
        deadMan.configure(guardian(0), 30 days);
        _expectSwitch(guardian(0), 30 days, NOW + PERIOD + 30 days);
        vm.expectRevert(abi.encodeWithSelector(IDeadManSwitch.SwitchNotBeneficiary.selector, HEIR));
        _claim();
    }

    function test_RevertWhen_strangerClaims() public {
        vm.warp(NOW + PERIOD);
        vm.expectRevert(abi.encodeWithSelector(IDeadManSwitch.SwitchNotBeneficiary.selector, address(this)));
        deadMan.claim(address(account));
        vm.expectRevert(abi.encodeWithSelector(IDeadManSwitch.SwitchNotConfigured.selector, address(this)));
        deadMan.claim(address(this));
    }

    function test_claimsOnce() public {
        vm.warp(NOW + PERIOD);
        _claim();
        _expectSwitch(address(0), 0, 0);
        vm.prank(address(account));
        account.removeK1Owner(HEIR);
        vm.expectRevert(abi.encodeWithSelector(IDeadManSwitch.SwitchNotConfigured.selector, address(account)));
        _claim();
    }

    /// @notice G-11: a claim that fails leaves the switch as it was.
    function test_survivesAFailingClaim() public {
        vm.prank(address(account));
        account.addK1Owner(HEIR);
        vm.warp(NOW + PERIOD);
        vm.expectRevert(abi.encodeWithSelector(IOwners.AccountOwnerAlreadyExists.selector, HEIR));
        _claim();
        _expectSwitch(HEIR, PERIOD, NOW + PERIOD);
        vm.prank(address(account));
        account.removeK1Owner(HEIR);
        _claim();
        assertTrue(account.isK1Owner(HEIR), "owner");
    }

    /// @notice G-10: claiming moves no money.
    function test_movesNoMoney() public {
        (bool success,) = address(account).call{value: 5 ether}("");
        assertTrue(success, "funded");
        vm.warp(NOW + PERIOD);
        _claim();
        assertEq(address(account).balance, 5 ether);
    }

    /// @notice G-07: periods have a floor and a ceiling.
    function test_RevertWhen_periodIsOutOfRange() public {
        uint256[4] memory improper = [uint256(0), 30 days - 1, 3650 days + 1, type(uint256).max];
        for (uint256 i = 0; i < improper.length; ++i) {
            vm.expectRevert(
                abi.encodeWithSelector(IDeadManSwitch.SwitchInvalidPeriod.selector, improper[i], 30 days, 3650 days)
            );
            vm.prank(address(account));
            deadMan.configure(HEIR, improper[i]);
        }
        vm.prank(address(account));
        deadMan.configure(HEIR, 3650 days);
        _expectSwitch(HEIR, 3650 days, NOW + 3650 days);
    }

    /// @notice G-16: the beneficiary can sign and is somebody else.
    function test_RevertWhen_beneficiaryIsImproper() public {
        address[4] memory improper = [address(0), address(account), address(1), address(0x8001)];
        for (uint256 i = 0; i < improper.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IDeadManSwitch.SwitchInvalidBeneficiary.selector, improper[i]));
            vm.prank(address(account));
            deadMan.configure(improper[i], PERIOD);
        }
    }

    function test_RevertWhen_callerHasNoSwitch() public {
        vm.expectRevert(abi.encodeWithSelector(IDeadManSwitch.SwitchNotConfigured.selector, address(this)));
        deadMan.checkIn();
        vm.expectRevert(abi.encodeWithSelector(IDeadManSwitch.SwitchModuleNotInstalled.selector, address(this)));
        deadMan.configure(HEIR, PERIOD);
    }

    /// @notice G-13: uninstalling forgets the switch, and installing again does not bring it back.
    function test_uninstallationForgetsTheSwitch() public {
        uninstall(2, address(deadMan));
        _expectSwitch(address(0), 0, 0);
        vm.warp(NOW + PERIOD);
        vm.expectRevert(abi.encodeWithSelector(IDeadManSwitch.SwitchNotConfigured.selector, address(account)));
        _claim();
        _install("");
        _expectSwitch(address(0), 0, 0);
        vm.expectRevert(abi.encodeWithSelector(IDeadManSwitch.SwitchNotConfigured.selector, address(account)));
        _claim();
    }

    /// @notice G-13: the same if the account dropped the module without telling it.
    function test_installationForgetsWhatAnUntoldModuleKept() public {
        bytes memory question = abi.encodeCall(account.isModuleInstalled, (2, address(deadMan), ""));
        vm.mockCall(address(account), question, abi.encode(false));
        vm.warp(NOW + PERIOD);
        vm.expectRevert(abi.encodeWithSelector(IERC7579Account.AccountModuleNotInstalled.selector, 2, address(deadMan)));
        _claim();
        _expectSwitch(HEIR, PERIOD, NOW + PERIOD);
        vm.prank(address(account));
        deadMan.onInstall("");
        _expectSwitch(address(0), 0, 0);
    }

    function testFuzz_claimsExactlyWhenDue(uint32 period, uint32 checkedInAfter, uint32 claimedAfter) public {
        period = uint32(30 days + period % 3620 days);
        vm.prank(address(account));
        deadMan.configure(HEIR, period);
        pass(checkedInAfter);
        vm.prank(address(account));
        deadMan.checkIn();
        pass(claimedAfter);
        vm.prank(HEIR);
        (bool success,) = address(deadMan).call(abi.encodeCall(deadMan.claim, (address(account))));
        assertTrue(success == (claimedAfter >= period) && account.isK1Owner(HEIR) == success, "due");
    }

    function test_describesItself() public view {
        assertTrue(deadMan.isModuleType(2) && !deadMan.isModuleType(1), "executor");
        assertTrue(deadMan.isInitialized(address(account)) && !deadMan.isInitialized(HEIR), "initialized");
        bytes4[4] memory ids = [
            bytes4(0x01ffc9a7),
            type(IModule).interfaceId,
            type(IERC7579Module).interfaceId,
            type(IDeadManSwitch).interfaceId
        ];
        for (uint256 i = 0; i < ids.length; ++i) {
            assertTrue(deadMan.supportsInterface(ids[i]), "interface");
        }
        assertFalse(deadMan.supportsInterface(0xffffffff), "invalid id");
    }

    /// @notice I-01: the place of the storage follows from its name.
    function test_keepsItsStorageWhereErc7201Says() public view {
        bytes32 root = keccak256(abi.encode(uint256(keccak256("zksso.recovery.deadman")) - 1)) & ~bytes32(uint256(0xff));
        bytes32 slot = keccak256(abi.encode(address(account), root));
        assertEq(uint256(vm.load(address(deadMan), slot)), NOW << 208 | PERIOD << 160 | uint160(HEIR));
    }

    function _install(bytes memory data) private {
        vm.prank(address(account));
        account.installModule(2, address(deadMan), data);
    }

    function _claim() private {
        vm.prank(HEIR);
        deadMan.claim(address(account));
    }

    function _expectSwitch(address beneficiary, uint256 period, uint256 claimableAt) private view {
        (address actualBeneficiary, uint256 actualPeriod, uint256 actualClaimableAt) =
            deadMan.switchOf(address(account));
        assertEq(actualBeneficiary, beneficiary);
        assertEq(actualPeriod, period);
        assertEq(actualClaimableAt, claimableAt);
    }
}
