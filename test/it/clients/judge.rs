//! Whether what a program saw of the node is true.

use alloy::primitives::{Address, Bytes, U256, hex};
use alloy::sol;
use alloy::sol_types::{Panic, SolEvent};
use eyre::{ContextCompat, ensure};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use zksso_node::Node;
use zksso_testkit::contract_code;

use super::{RECIPIENT, sender};
use crate::programs::Reports;

sol! {
    event GuestbookSigned(address indexed visitor, uint256 indexed index, uint256 paid, string note);
    error GuestbookTooLittle(uint256 price, uint256 paid);
}

/// Words of a library for what the protocol has numbers for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Dialect {
    eip1559: &'static str,
    eip712: &'static str,
    /// Type 113 in receipts.
    eip712_receipt: &'static str,
    success: &'static str,
    failure: &'static str,
}

impl Dialect {
    pub(super) const VIEM: Self = Self {
        eip1559: "eip1559",
        eip712: "eip712",
        eip712_receipt: "0x71",
        success: "success",
        failure: "reverted",
    };

    pub(super) const ETHERS: Self = Self {
        eip1559: "2",
        eip712: "113",
        eip712_receipt: "113",
        success: "1",
        failure: "0",
    };
}

/// A program's reports, and the node it spoke to.
pub(super) struct Judge {
    pub(super) node: Node,
    pub(super) reports: Reports,
    pub(super) dialect: Dialect,
}

/// A value as text: numbers in decimal digits, addresses in small letters.
fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.to_lowercase(),
        other => other.to_string(),
    }
}

/// A number that a library may show in decimal or hexadecimal digits.
fn number(value: &Value) -> eyre::Result<U256> {
    Ok(text(value).parse()?)
}

impl Judge {
    async fn ask<T: DeserializeOwned>(&self, method: &str, params: Value) -> eyre::Result<T> {
        let answer = self.node.request(method, Some(&params.to_string())).await?;
        Ok(serde_json::from_str(answer.get())?)
    }

    /// Insists on members of a step's answer, by JSON pointer.
    pub(super) fn answers(&self, step: &str, expected: &[(&str, &str)]) -> eyre::Result<()> {
        let answer = &self.reports.done(step)?["answer"];
        for (pointer, expected) in expected {
            let member = answer.pointer(pointer);
            let member =
                member.wrap_err_with(|| format!("{step}{pointer} is missing: {answer}"))?;
            ensure!(
                text(member) == expected.to_lowercase(),
                "{step}{pointer} is {member}, not {expected}"
            );
        }
        Ok(())
    }

    /// Steps that all programs take.
    pub(super) async fn common(&self) -> eyre::Result<()> {
        self.deployments(&["deploy", "deploy-paymaster"]).await?;
        self.reads()?;
        self.transactions().await?;
        self.history()?;
        self.failures().await?;
        self.mined("estimate-gas", "0x2").await?;
        self.mined("paymaster", "0x71").await?;
        // The sender paid for the entry and for no gas.
        self.answers("paymaster", &[("/spent", "1000")])
    }

    fn reads(&self) -> eyre::Result<()> {
        let start = [
            ("/chainId", "260"),
            ("/blockNumber", "0"),
            ("/balance", "1000000000000000000000000"),
            ("/nonce", "0"),
        ];
        self.answers("chain", &start)?;
        self.answers("fees", &[("/gasPrice", "45250000"), ("/priorityFee", "0")])?;
        self.answers(
            "read",
            &[("/title", "Hotel California"), ("/price", "1000")],
        )?;
        let price = format!("{:#066x}", 1_000);
        self.answers("state", &[("/isOurs", "true"), ("/price", &price)])?;
        self.answers("typed-data", &[("/valid", "true"), ("/forged", "false")])?;
        let batch = &self.reports.done("batch")?["answer"];
        ensure!(number(&batch[4])? == U256::from(260), "{batch}");
        self.answers("batch", &[("/0", "Hotel California"), ("/3", "rejected")])
    }

    async fn transactions(&self) -> eyre::Result<()> {
        for (step, tx_type) in [
            ("sign-legacy", "0x0"),
            ("sign-1559", "0x2"),
            ("sign-712", "0x71"),
        ] {
            self.mined(step, tx_type).await?;
        }
        let transfer = &self.reports.done("transfer")?["transaction"];
        let receipt: Value = self
            .ask("eth_getTransactionReceipt", json!([transfer]))
            .await?;
        ensure!(receipt["status"] == "0x1", "{receipt}");
        self.answers(
            "watch",
            &[
                ("/notes/0", "legacy"),
                ("/notes/1", "1559"),
                ("/notes/2", "712"),
                ("/moved", "true"),
            ],
        )
    }

    /// Insists that a step's transaction is in the chain as the program says.
    pub(super) async fn mined(&self, step: &str, tx_type: &str) -> eyre::Result<()> {
        let report = self.reports.done(step)?;
        let hash = &report["transaction"];
        let receipt: Value = self.ask("eth_getTransactionReceipt", json!([hash])).await?;
        ensure!(
            receipt["type"] == tx_type && receipt["status"] == "0x1",
            "{step}: {receipt}"
        );
        let answer = &report["answer"];
        ensure!(text(&answer["status"]) == self.dialect.success, "{report}");
        for name in ["gasUsed", "effectiveGasPrice"] {
            ensure!(
                number(&answer[name])? == number(&receipt[name])?,
                "{step}: {answer} {receipt}"
            );
        }
        Ok(())
    }

    /// Receipts, transactions, blocks and events as the library shows them.
    fn history(&self) -> eyre::Result<()> {
        let dialect = self.dialect;
        let from = sender().address.to_string();
        let book = text(&self.reports.done("deploy")?["account"]);
        let place = [("/from", from.as_str()), ("/to", &book)];
        let receipt = [
            ("/type", dialect.eip712_receipt),
            ("/status", dialect.success),
            ("/events", "1"),
            ("/contractAddress", "null"),
        ];
        self.answers("receipt", &[&place[..], &receipt].concat())?;
        let eip1559 = [
            ("/type", dialect.eip1559),
            ("/value", "1000"),
            ("/gas", "true"),
            ("/chainId", "260"),
        ];
        self.answers("transaction", &[&place[..], &eip1559].concat())?;
        let eip712 = [("/type", dialect.eip712), ("/value", "1000")];
        self.answers("transaction-712", &[&place[..], &eip712].concat())?;
        let hash = text(&self.reports.done("sign-1559")?["transaction"]);
        let block = [
            ("/same", "true"),
            ("/transactions/0", &hash),
            ("/full/0/hash", &hash),
            ("/full/0/type", dialect.eip1559),
            ("/count", "1"),
            ("/parent", "true"),
        ];
        self.answers("block", &block)?;
        let events = [
            ("/all/0/visitor", from.as_str()),
            ("/all/0/note", "legacy"),
            ("/all/1/paid", "1000"),
            ("/all/2/index", "2"),
            ("/second/0", "1559"),
            ("/foreign", "[]"),
        ];
        self.answers("events", &events)
    }

    async fn failures(&self) -> eyre::Result<()> {
        let error = [
            ("/name", "GuestbookTooLittle"),
            ("/args/0", "1000"),
            ("/args/1", "1"),
        ];
        self.answers("error", &error)?;
        for step in ["error-in-call", "error-in-estimate"] {
            let error: GuestbookTooLittle = self.reports.refused_with(step)?;
            ensure!((error.price, error.paid) == (U256::from(1_000), U256::ONE));
        }
        let panic: Panic = self.reports.refused_with("panic")?;
        ensure!(panic.code == U256::from(0x32), "{panic}");
        self.reports.refused_because("nonce-too-low", "nonce")?;
        self.reports
            .refused_because("no-funds", "insufficient funds")?;
        let failed = &self.reports.done("failed")?["transaction"];
        let receipt: Value = self
            .ask("eth_getTransactionReceipt", json!([failed]))
            .await?;
        ensure!(receipt["status"] == "0x0", "{receipt}");
        self.answers("failed", &[("/status", self.dialect.failure)])
    }

    /// Insists that contracts are where the program says, with the code that it sent.
    pub(super) async fn deployments(&self, steps: &[&str]) -> eyre::Result<()> {
        for step in steps {
            let name = match *step {
                "deploy-paymaster" => "OpenPaymaster",
                step if step.starts_with("deploy-account") => "OwnedAccount",
                _ => "Guestbook",
            };
            let report = self.reports.done(step)?;
            let code: Bytes = self.ask("eth_getCode", json!([report["account"]])).await?;
            ensure!(code == contract_code(name)?.bytecode, "{report}");
            let receipt: Value = self
                .ask("eth_getTransactionReceipt", json!([report["transaction"]]))
                .await?;
            ensure!(
                text(&receipt["contractAddress"]) == text(&report["account"]),
                "{receipt}"
            );
        }
        Ok(())
    }

    /// What came over the WebSocket while one transaction was mined.
    pub(super) async fn subscription(&self, tx_type: &str) -> eyre::Result<()> {
        self.mined("subscribe", tx_type).await?;
        self.answers("subscribe", &[("/notes/0", "subscribed"), ("/heads", "1")])
    }

    pub(super) fn access_list(&self) -> eyre::Result<()> {
        let book = text(&self.reports.done("deploy")?["account"]);
        let slot = format!("{:#066x}", 0);
        self.answers(
            "access-list",
            &[("/0/address", &book), ("/0/storageKeys/0", &slot)],
        )
    }

    pub(super) async fn smart_account(&self) -> eyre::Result<()> {
        self.mined("smart-account", "0x71").await?;
        self.mined("smart-account-sponsored", "0x71").await?;
        self.reports.refused_because(
            "smart-account-stranger",
            "Account validation returned invalid magic value",
        )
    }

    pub(super) async fn protocol(&self) -> eyre::Result<()> {
        let answer = &self.reports.done("protocol")?["answer"];
        ensure!(
            number(&answer["batch"])? == number(&answer["head"])?,
            "{answer}"
        );
        ensure!(number(&answer["l1ChainId"])? == U256::from(9), "{answer}");
        let bridges = answer["bridges"]
            .as_object()
            .wrap_err("there are bridges")?;
        ensure!(bridges.values().all(Value::is_null), "{answer}");
        let balance: U256 = self.ask("eth_getBalance", json!([RECIPIENT])).await?;
        let shown = &answer["balances"]["0x000000000000000000000000000000000000800a"];
        ensure!(number(shown)? == balance, "{answer}");
        let base_token = format!("{:#042x}", 1);
        self.answers(
            "protocol",
            &[("/testnetPaymaster", "null"), ("/baseToken", &base_token)],
        )
    }

    /// Details of the block that has the program's transaction of type 113.
    pub(super) async fn details(&self) -> eyre::Result<()> {
        let answer = &self.reports.done("details")?["answer"];
        let hash = &self.reports.done("sign-712")?["transaction"];
        let params = json!([answer["number"]]);
        for (name, method) in [
            ("block", "zks_getBlockDetails"),
            ("batch", "zks_getL1BatchDetails"),
        ] {
            let own: Value = self.ask(method, params.clone()).await?;
            ensure!(answer[name] == own, "{name}: {answer}");
        }
        let own: Value = self.ask("zks_getTransactionDetails", json!([hash])).await?;
        ensure!(answer["transaction"] == own, "{answer}");
        let same = [&answer["range"][0], &answer["range"][1]];
        ensure!(same == [&answer["number"]; 2], "{answer}");
        let book = text(&self.reports.done("deploy")?["account"]);
        let raw = &answer["raw"][0]["execute"];
        ensure!(text(&raw["contractAddress"]) == book, "{answer}");
        Ok(())
    }

    /// The output that came with a hash is that of the transaction.
    pub(super) async fn detailed_output(&self) -> eyre::Result<()> {
        let report = self.reports.done("detailed-output")?;
        let answer = &report["answer"];
        let receipt: Value = self
            .ask("eth_getTransactionReceipt", json!([report["transaction"]]))
            .await?;
        let events = answer["events"]
            .as_array()
            .wrap_err("there are no events")?;
        let logs = receipt["logs"].as_array().wrap_err("there are no logs")?;
        ensure!(events.len() == logs.len() && !logs.is_empty(), "{answer}");
        for (event, log) in events.iter().zip(logs) {
            for name in ["address", "topics", "data"] {
                ensure!(event[name] == log[name], "{event} {log}");
            }
        }
        let writes = answer["storageLogs"]
            .as_array()
            .wrap_err("there are no writes")?;
        let book = text(&self.reports.done("deploy")?["account"]);
        ensure!(
            writes.iter().any(|write| text(&write["address"]) == book),
            "{answer}"
        );
        Ok(())
    }

    /// What only a chain with an L1 has is refused with that reason.
    pub(super) fn l1_is_missing(&self) -> eyre::Result<()> {
        for step in ["main-contract", "bridgehub", "log-proof", "l1-to-l2"] {
            self.reports
                .refused_because(step, "there is no L1 behind this chain")?;
        }
        self.reports
            .refused_because("proof", "the node keeps no Merkle tree")
    }

    /// What is left in the end: wei that the recipient got, and entries of the guestbook. Nothing was reported that nobody judged.
    pub(super) async fn end(&self, paid: u64, notes: &[&str]) -> eyre::Result<()> {
        let balance: U256 = self.ask("eth_getBalance", json!([RECIPIENT])).await?;
        ensure!(balance == U256::from(paid), "{balance} of {paid}");
        let book: Address =
            serde_json::from_value(self.reports.done("deploy")?["account"].clone())?;
        let filter = json!([{ "address": book, "fromBlock": "0x0" }]);
        let logs: Vec<Value> = self.ask("eth_getLogs", filter).await?;
        let found = logs.iter().map(|log| {
            let data = log["data"].as_str().unwrap_or_default();
            let (_, note) = GuestbookSigned::abi_decode_data(&hex::decode(data)?)?;
            Ok(note)
        });
        let found = found.collect::<eyre::Result<Vec<_>>>()?;
        ensure!(found == notes, "{found:?}");
        self.reports.all_judged()
    }
}
