//! What to deploy, and where it will be.
//!
//! Contracts are created with CREATE2, whose addresses depend on nothing but the plan. So the whole plan, constructor arguments that
//! name other contracts included, is known before the first transaction, and running it twice deploys nothing twice.

use alloy::{
    primitives::{Address, B256, Bytes},
    sol_types::SolValue,
};
use zksso_bindings::{CONTRACT_DEPLOYER_ADDRESS, ContractDeployer};
use zksso_client::core::{Call, bytecode_hash, create2_address};

use crate::{Error, Result};

/// A contract's code, as a compiler delivers it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContractCode {
    /// Name of the contract.
    pub name: String,
    /// EraVM bytecode.
    pub bytecode: Bytes,
    /// Bytecodes of the contracts it creates, directly or through others.
    pub factory_dependencies: Vec<Bytes>,
}

/// One contract to deploy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    code: ContractCode,
    constructor_input: Bytes,
    bytecode_hash: B256,
    address: Address,
}

impl Step {
    /// Name of the contract.
    pub fn name(&self) -> &str {
        &self.code.name
    }

    /// Where it will be.
    pub const fn address(&self) -> Address {
        self.address
    }

    /// Hash of its bytecode.
    pub const fn bytecode_hash(&self) -> B256 {
        self.bytecode_hash
    }

    /// Every bytecode the chain has to know, the contract's own first.
    pub(crate) fn factory_deps(&self) -> Vec<Bytes> {
        let own = std::iter::once(&self.code.bytecode);
        own.chain(&self.code.factory_dependencies)
            .cloned()
            .collect()
    }

    pub(crate) fn call(&self, salt: B256) -> Call {
        let call = ContractDeployer::create2Call {
            salt,
            bytecodeHash: self.bytecode_hash,
            input: self.constructor_input.clone(),
        };
        Call::function(CONTRACT_DEPLOYER_ADDRESS, &call)
    }
}

/// Contracts to deploy in order, by one wallet.
///
/// ```
/// use alloy::primitives::{Address, B256};
/// use zksso_deployer::{ContractCode, Plan};
///
/// # fn code(name: &str) -> ContractCode {
/// #     ContractCode { name: name.into(), bytecode: vec![0; 32].into(), factory_dependencies: Vec::new() }
/// # }
/// let mut plan = Plan::new(Address::repeat_byte(1), B256::ZERO);
/// let token = plan.add(code("Token"), ())?;
/// let vault = plan.add(code("Vault"), (token,))?;
/// assert_ne!(token, vault);
/// # Ok::<(), zksso_deployer::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    deployer: Address,
    salt: B256,
    steps: Vec<Step>,
}

impl Plan {
    /// An empty plan. Addresses depend on the deploying wallet and the salt; another salt gives a second, independent deployment.
    pub const fn new(deployer: Address, salt: B256) -> Self {
        Self {
            deployer,
            salt,
            steps: Vec::new(),
        }
    }

    /// Adds a contract with its constructor's arguments (a tuple) and returns the address it will have.
    ///
    /// # Errors
    ///
    /// [`Error::Bytecode`] when the contract or a dependency of it has a length no bytecode has, [`Error::DuplicateContract`].
    pub fn add<A: SolValue>(&mut self, code: ContractCode, arguments: A) -> Result<Address>
    where
        for<'a> <A::SolType as alloy::sol_types::SolType>::Token<'a>:
            alloy::sol_types::abi::TokenSeq<'a>,
    {
        self.add_encoded(code, arguments.abi_encode_params().into())
    }

    /// The same with arguments that are encoded already.
    ///
    /// # Errors
    ///
    /// As [`Plan::add`].
    pub fn add_encoded(&mut self, code: ContractCode, constructor_input: Bytes) -> Result<Address> {
        if self.steps.iter().any(|step| step.name() == code.name) {
            return Err(Error::DuplicateContract(code.name));
        }
        let hash = |bytecode: &Bytes| {
            bytecode_hash(bytecode).map_err(|source| Error::Bytecode {
                contract: code.name.clone(),
                source,
            })
        };
        let own_hash = hash(&code.bytecode)?;
        for dependency in &code.factory_dependencies {
            hash(dependency)?;
        }
        let address = create2_address(self.deployer, self.salt, own_hash, &constructor_input);
        self.steps.push(Step {
            code,
            constructor_input,
            bytecode_hash: own_hash,
            address,
        });
        Ok(address)
    }

    /// The wallet the addresses are predicted for.
    pub const fn deployer(&self) -> Address {
        self.deployer
    }

    /// The contracts, in order.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    pub(crate) const fn salt(&self) -> B256 {
        self.salt
    }
}
