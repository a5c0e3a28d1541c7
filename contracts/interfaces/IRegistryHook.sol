// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.28;

/// @title Attested modules only
/// @notice Refuses actions after which the calling account has a new module that its registry does not vouch for.
/// @dev Looks at what is installed before and after an action, so the way in which a module was installed does not matter. A
/// module that is uninstalled in the same action goes unseen. Protects the account's owners from what they install, not from each
/// other, nor from an executor that they have: whoever acts for the account may change the policy for all later actions, and may
/// uninstall this hook, which is then not told about the rest of the action.
interface IRegistryHook {
    /// @notice Whom an account trusts.
    /// @param registry ERC-7484 registry; zero to check nothing.
    /// @param checksExecutors Whether executors have to be attested each time they act, so that a revocation stops them. Mind that
    /// it stops those that recover the account as well.
    /// @param threshold How many of the attesters have to attest a module; not used without attesters.
    /// @param attesters Attesters, in ascending order; empty for those that the account told the registry.
    struct RegistryPolicy {
        address registry;
        bool checksExecutors;
        uint8 threshold;
        address[] attesters;
    }

    /// @notice An account changed its policy.
    /// @param account The account.
    /// @param policy The policy.
    event RegistryPolicyChanged(address indexed account, RegistryPolicy policy);

    /// @notice The registry has no code.
    /// @param registry The registry.
    error RegistryWithoutCode(address registry);

    /// @notice The threshold is zero or above the number of attesters.
    /// @param threshold The threshold.
    /// @param attesters The number of attesters.
    error RegistryInvalidThreshold(uint256 threshold, uint256 attesters);

    /// @notice Sets the policy of the calling account, for all later actions.
    /// @dev Reverts if the registry has no code, or the threshold does not suit the attesters.
    /// @param policy The policy.
    function setPolicy(RegistryPolicy calldata policy) external;

    /// @notice Policy of an account.
    /// @param account The account.
    /// @return The policy.
    function policyOf(address account) external view returns (RegistryPolicy memory);
}
