// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

/// @title Contract whose runs the tests of traces and coverage look at
contract Explained {
    /// @notice More than there is.
    error TooMuch(uint256 asked, uint256 limit);

    /// @notice Another contract failed.
    error Failed(string what, bytes reason);

    /// @notice Somebody chose.
    event Chosen(address indexed by, uint256 choice, string name);

    /// @dev Hardhat's console.
    address private constant CONSOLE = address(uint160(0x636f6e736f6c652e6c6f67));

    /// @notice What each account has.
    mapping(address owner => uint256 amount) public balances;

    /// @notice Sum of choices.
    uint256 public choices;

    /// @notice Takes one of three branches.
    /// @param choice Which.
    function choose(uint256 choice) external {
        if (choice > 10) {
            choices += choice;
        } else if (choice == 7) {
            choices = 1000;
        } else {
            choices = choices * 3 + 1;
        }
        emit Chosen(msg.sender, choice, "choice");
    }

    /// @notice Spends.
    /// @param amount How much.
    function spend(uint256 amount) external {
        _take(amount, 1);
    }

    /// @notice Spends twice as much.
    /// @param amount How much.
    function spendTwice(uint256 amount) external {
        _take(amount, 2);
        choices += 1;
    }

    /// @notice Lets another contract spend, and says what came of it.
    /// @param other The contract.
    /// @param amount How much.
    function delegate(Explained other, uint256 amount) external {
        _say("asking for %d", amount);
        try other.spend(amount) {}
        catch (bytes memory reason) {
            revert Failed("spend", reason);
        }
    }

    function _take(uint256 amount, uint256 factor) private {
        uint256 limit = balances[msg.sender];
        uint256 asked = amount * factor;
        if (asked > limit) revert TooMuch(asked, limit);
        balances[msg.sender] = limit - asked;
        choices ^= uint256(keccak256(abi.encode(amount, factor, limit)));
        emit Chosen(msg.sender, asked, "spent");
    }

    function _say(string memory text, uint256 number) private view {
        (bool ok,) = CONSOLE.staticcall(abi.encodeWithSignature("log(string,uint256)", text, number));
        require(ok, "the console failed");
    }
}
