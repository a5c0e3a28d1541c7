// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";

/// @notice OpenZeppelin's EIP-712: an order book whose orders are signed off the chain.
contract TypedData is EIP712 {
    struct Item {
        address token;
        uint256 amount;
    }

    struct Order {
        address maker;
        Item[] offer;
        string note;
        uint64 expiry;
        uint256 salt;
    }

    bytes32 private constant ITEM = keccak256("Item(address token,uint256 amount)");
    bytes32 private constant ORDER = keccak256(
        "Order(address maker,Item[] offer,string note,uint64 expiry,uint256 salt)Item(address token,uint256 amount)"
    );

    error Expired(uint64 expiry);
    error WrongSigner(address signer);
    error Filled(bytes32 hash);

    event Fill(bytes32 indexed hash, address indexed maker, uint256 items);

    mapping(bytes32 hash => address taker) public taker;

    constructor() EIP712("A market with a name that is longer than thirty-one bytes", "1.0") {}

    function fill(Order calldata order, bytes calldata signature) external {
        if (order.expiry < block.timestamp) revert Expired(order.expiry);
        bytes32 hash = hashOf(order);
        address signer = ECDSA.recover(hash, signature);
        if (signer != order.maker) revert WrongSigner(signer);
        if (taker[hash] != address(0)) revert Filled(hash);
        taker[hash] = msg.sender;
        emit Fill(hash, order.maker, order.offer.length);
    }

    function hashOf(Order calldata order) public view returns (bytes32) {
        bytes32[] memory items = new bytes32[](order.offer.length);
        for (uint256 i = 0; i < items.length; ++i) {
            items[i] = keccak256(abi.encode(ITEM, order.offer[i]));
        }
        return _hashTypedDataV4(
            keccak256(
                abi.encode(
                    ORDER,
                    order.maker,
                    keccak256(abi.encodePacked(items)),
                    keccak256(bytes(order.note)),
                    order.expiry,
                    order.salt
                )
            )
        );
    }

    function separator() external view returns (bytes32) {
        return _domainSeparatorV4();
    }
}
