// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

import {OddToken} from "../support/OddTokens.sol";

/// @title The odd token, for EraVM
contract OddTestToken is OddToken {}
