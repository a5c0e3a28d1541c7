// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

/// @title Token that returns nothing, and can be told to misbehave
contract OddToken {
    mapping(address holder => uint256) public balanceOf;
    mapping(address holder => mapping(address spender => uint256)) public allowance;

    /// @notice Kept of each transfer, in per cent.
    uint256 public tax;

    /// @notice Whether transfers fail.
    bool public stuck;

    /// @notice Answer of transfers, if any.
    bytes public answer;

    function mint(address to, uint256 amount) external {
        balanceOf[to] += amount;
    }

    function setTax(uint256 percent) external {
        tax = percent;
    }

    function setStuck(bool value) external {
        stuck = value;
    }

    function setAnswer(bytes calldata value) external {
        answer = value;
    }

    function approve(address spender, uint256 amount) external {
        // Like the best known of its kind, insists on going through zero.
        require(amount == 0 || allowance[msg.sender][spender] == 0, "allowance");
        allowance[msg.sender][spender] = amount;
    }

    function transfer(address to, uint256 amount) external {
        _move(msg.sender, to, amount);
    }

    function transferFrom(address from, address to, uint256 amount) external {
        allowance[from][msg.sender] -= amount;
        _move(from, to, amount);
    }

    function _move(address from, address to, uint256 amount) private {
        require(!stuck, "stuck");
        balanceOf[from] -= amount;
        balanceOf[to] += amount - amount * tax / 100;
        bytes memory data = answer;
        assembly {
            return(add(data, 32), mload(data))
        }
    }
}
