// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

/// @title What a passkey's assertions must show about the user and the authenticator
/// @notice Reads the flags of authenticator data (WebAuthn §6.1). User presence is always required, and a credential that is
/// backed up must be eligible for it; a policy says what else. Policy zero requires user verification and nothing more.
/// @dev The bits of a policy stand where the flags do that they are about, or one above.
library PasskeyPolicy {
    /// @notice User verification is not required.
    uint256 internal constant PRESENCE_SUFFICES = 0x04;

    /// @notice The passkey was not eligible for backup when it was registered, and must never be.
    uint256 internal constant BOUND_TO_DEVICE = 0x08;

    /// @notice The passkey was eligible for backup when it was registered, and must always be.
    uint256 internal constant ELIGIBLE_FOR_BACKUP = 0x10;

    /// @dev Flags: user present (UP), user verified (UV), backup eligible (BE), backed up (BS).
    uint256 private constant UP = 0x01;
    uint256 private constant UV = 0x04;
    uint256 private constant BE = 0x08;
    uint256 private constant BS = 0x10;

    /// @notice Whether a word is a policy. The last two bits exclude each other.
    /// @param policy The word.
    /// @return True if it is.
    function isKnown(uint256 policy) internal pure returns (bool) {
        if (policy % PRESENCE_SUFFICES != 0) return false;
        return policy < BOUND_TO_DEVICE + ELIGIBLE_FOR_BACKUP;
    }

    /// @notice Whether flags are acceptable under any policy: the user is present, and nothing is backed up that is not
    /// eligible for it.
    /// @param flags The flags.
    /// @return True if so.
    function areConsistent(uint256 flags) internal pure returns (bool) {
        if (flags & UP == 0) return false;
        return flags & (BE | BS) != BS;
    }

    /// @notice Whether consistent flags satisfy a policy.
    /// @param policy The policy.
    /// @param flags The flags.
    /// @return True if they do.
    function isSatisfied(uint256 policy, uint256 flags) internal pure returns (bool) {
        // What eligibility must be stands one bit above its flag; that it must be so, in either bit.
        uint256 expected = policy >> 1;
        uint256 changed = (flags ^ expected) & (policy | expected) & BE;
        return changed | (flags | policy) & UV == UV;
    }
}
