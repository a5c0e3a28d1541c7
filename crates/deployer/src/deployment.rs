//! The record of a deployment: `deployments/<chain-id>.json`.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
};

use alloy::primitives::{Address, B256};
use serde::{Deserialize, Serialize};
use zksso_client::{OptionalContracts, Suite};

use crate::{Error, Result};

/// One contract of a deployment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DeployedContract {
    /// Where it is.
    pub address: Address,
    /// Hash of its bytecode.
    pub bytecode_hash: B256,
    /// The transaction that deployed it, unless it was there before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transaction: Option<B256>,
}

/// Contracts deployed on one chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Deployment {
    chain_id: u64,
    deployer: Address,
    contracts: BTreeMap<String, DeployedContract>,
}

impl Deployment {
    pub(crate) const fn new(chain_id: u64, deployer: Address) -> Self {
        Self {
            chain_id,
            deployer,
            contracts: BTreeMap::new(),
        }
    }

    pub(crate) fn insert(&mut self, name: &str, contract: DeployedContract) {
        self.contracts.insert(name.to_owned(), contract);
    }

    /// The chain.
    pub const fn chain_id(&self) -> u64 {
        self.chain_id
    }

    /// The wallet that deployed.
    pub const fn deployer(&self) -> Address {
        self.deployer
    }

    /// The contracts by name.
    pub const fn contracts(&self) -> &BTreeMap<String, DeployedContract> {
        &self.contracts
    }

    /// Where a contract is.
    ///
    /// # Errors
    ///
    /// [`Error::MissingContract`].
    pub fn address(&self, contract: &str) -> Result<Address> {
        self.find(contract).ok_or_else(|| Error::MissingContract {
            contract: contract.to_owned(),
            chain_id: self.chain_id,
        })
    }

    fn find(&self, contract: &str) -> Option<Address> {
        self.contracts.get(contract).map(|found| found.address)
    }

    /// The suite's addresses.
    ///
    /// # Errors
    ///
    /// [`Error::MissingContract`] unless the whole core of the suite was deployed.
    pub fn suite(&self) -> Result<Suite> {
        Ok(Suite {
            factory: self.address("AAFactory")?,
            account_implementation: self.address("ERC7579Account")?,
            web_auth_validator: self.address("WebAuthValidator")?,
            session_key_validator: self.address("SessionKeyValidator")?,
            optional: OptionalContracts {
                guardian_recovery: self.find("GuardianRecovery"),
                dead_man_switch: self.find("DeadManSwitch"),
                spending_limit_hook: self.find("SpendingLimitHook"),
                registry_hook: self.find("RegistryHook"),
                allow_list_validator: self.find("AllowListValidator"),
                p256_verifier: self.find("P256Verifier"),
                web_authn_verifier: self.find("WebAuthnVerifier"),
                sponsor_paymaster: self.find("SponsorPaymaster"),
            },
        })
    }

    /// Takes over from an older record what this one does not know: the transactions of contracts that were there already, and
    /// contracts of other plans.
    pub fn absorb(&mut self, older: &Self) {
        for (name, old) in &older.contracts {
            match self.contracts.get_mut(name) {
                None => self.insert(name, old.clone()),
                Some(new) if new.address == old.address => {
                    new.transaction = new.transaction.or(old.transaction);
                }
                Some(_) => {}
            }
        }
    }

    /// The record's place in a folder.
    pub fn path(folder: &Path, chain_id: u64) -> PathBuf {
        folder.join(format!("{chain_id}.json"))
    }

    /// Reads the record of a chain, if there is one.
    ///
    /// # Errors
    ///
    /// [`Error::File`], [`Error::Malformed`], [`Error::WrongChain`].
    pub fn load(folder: &Path, chain_id: u64) -> Result<Option<Self>> {
        let path = Self::path(folder, chain_id);
        let text = match fs::read(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            other => other.map_err(file_error("read", &path))?,
        };
        let record: Self = serde_json::from_slice(&text).map_err(|source| Error::Malformed {
            path: path.clone(),
            source,
        })?;
        if record.chain_id != chain_id {
            return Err(Error::WrongChain {
                path,
                expected: chain_id,
                actual: record.chain_id,
            });
        }
        Ok(Some(record))
    }

    /// Writes the record into a folder, which is created if need be. Readers see the old record or the new one, never a part.
    ///
    /// # Errors
    ///
    /// [`Error::File`].
    pub fn save(&self, folder: &Path) -> Result<PathBuf> {
        let path = Self::path(folder, self.chain_id);
        fs::create_dir_all(folder).map_err(file_error("create", folder))?;
        let mut text = serde_json::to_vec_pretty(self).map_err(|source| Error::Malformed {
            path: path.clone(),
            source,
        })?;
        text.push(b'\n');
        // The process id keeps two writers from sharing a temporary file.
        let temporary = path.with_extension(format!("{}.tmp", std::process::id()));
        write_through(&temporary, &text).map_err(file_error("write", &temporary))?;
        fs::rename(&temporary, &path).map_err(file_error("replace", &path))?;
        Ok(path)
    }
}

fn write_through(path: &Path, text: &[u8]) -> io::Result<()> {
    let mut file = File::create(path)?;
    file.write_all(text)?;
    file.sync_all()
}

fn file_error(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Error {
    let path = path.to_owned();
    move |source| Error::File {
        action,
        path,
        source,
    }
}
