//! ERC-20, the part every token has.

alloy::sol! {
    #![sol(all_derives)]

    /// A fungible token, with the errors of ERC-6093.
    #[sol(rpc, abi)]
    interface ERC20 {
        /// The sender owns less than it spends.
        error ERC20InsufficientBalance(address sender, uint256 balance, uint256 needed);
        /// Tokens cannot come from this address.
        error ERC20InvalidSender(address sender);
        /// Tokens cannot go to this address.
        error ERC20InvalidReceiver(address receiver);
        /// The spender may spend less than it tries to.
        error ERC20InsufficientAllowance(address spender, uint256 allowance, uint256 needed);
        /// This address cannot approve.
        error ERC20InvalidApprover(address approver);
        /// This address cannot be approved.
        error ERC20InvalidSpender(address spender);

        /// `value` tokens moved.
        event Transfer(address indexed from, address indexed to, uint256 value);
        /// `spender` may spend `value` tokens of `owner`.
        event Approval(address indexed owner, address indexed spender, uint256 value);

        /// Name for people.
        function name() external view returns (string);
        /// Short name for people.
        function symbol() external view returns (string);
        /// How many decimal places a display should show.
        function decimals() external view returns (uint8);
        /// All tokens in existence.
        function totalSupply() external view returns (uint256);
        /// Tokens of `account`.
        function balanceOf(address account) external view returns (uint256);
        /// What `spender` may still spend of `owner`.
        function allowance(address owner, address spender) external view returns (uint256);
        /// Sends `value` tokens to `to`.
        function transfer(address to, uint256 value) external returns (bool);
        /// Lets `spender` spend `value` tokens.
        function approve(address spender, uint256 value) external returns (bool);
        /// Moves `value` tokens that `from` approved to `to`.
        function transferFrom(address from, address to, uint256 value) external returns (bool);
    }
}
