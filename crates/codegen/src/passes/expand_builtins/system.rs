//! Built-ins answered by system contracts, and those EraVM has no answer to.

use super::Expander;
use crate::builtin::Builtin;
use crate::ir::{Context, InstId, Op, Value};
use crate::yul::Code;
use alloy_primitives::U256;

/// AccountCodeStorage.
const CODE_STORAGE: u64 = 0x8002;
/// L2BaseToken.
const BASE_TOKEN: u64 = 0x800a;
/// SystemContext.
const SYSTEM_CONTEXT: u64 = 0x800b;

/// What stands in for a question to a system contract.
enum Query {
    /// Without argument.
    Plain(u64, u32),
    /// With the built-in's argument.
    Argument(u64, u32),
    /// With a context value.
    Context(u64, u32, Context),
}

/// The contract and function selector that answer a built-in.
fn query(builtin: Builtin) -> Option<Query> {
    use Query::{Argument, Plain};
    Some(match builtin {
        Builtin::Balance => Argument(BASE_TOKEN, 0x9cc7_f708),
        Builtin::SelfBalance => Query::Context(BASE_TOKEN, 0x9cc7_f708, Context::This),
        Builtin::ExtCodeSize => Argument(CODE_STORAGE, 0x1806_aa18),
        Builtin::ExtCodeHash => Argument(CODE_STORAGE, 0xe03f_e177),
        Builtin::CodeSize => Query::Context(CODE_STORAGE, 0x1806_aa18, Context::CodeAddress),
        Builtin::Origin => Plain(SYSTEM_CONTEXT, 0x938b_5f32),
        Builtin::GasPrice => Plain(SYSTEM_CONTEXT, 0xfe17_3b97),
        Builtin::ChainId => Plain(SYSTEM_CONTEXT, 0x9a8a_0592),
        Builtin::Number => Plain(SYSTEM_CONTEXT, 0x42cb_b15c),
        Builtin::Timestamp => Plain(SYSTEM_CONTEXT, 0x796b_89b9),
        Builtin::BaseFee => Plain(SYSTEM_CONTEXT, 0x6ef2_5c3a),
        Builtin::CoinBase => Plain(SYSTEM_CONTEXT, 0xa6ae_0aac),
        Builtin::GasLimit => Plain(SYSTEM_CONTEXT, 0x7877_a797),
        Builtin::PrevRandao | Builtin::Difficulty => Plain(SYSTEM_CONTEXT, 0x19ca_e462),
        Builtin::BlockHash => Argument(SYSTEM_CONTEXT, 0x80b4_1246),
        _ => return None,
    })
}

/// Why a built-in does not exist on EraVM, and what to do instead.
fn obstacle(builtin: Builtin) -> (Code, &'static str, &'static str) {
    match builtin {
        Builtin::CallCode => (
            Code::CallCode,
            "EraVM has no such call",
            "use `delegatecall`, which keeps the sender as well",
        ),
        Builtin::SelfDestruct => (
            Code::SelfDestruct,
            "contracts cannot be removed on EraVM",
            "send the balance away by a call, and keep a flag in storage that stops the contract",
        ),
        Builtin::ExtCodeCopy => (
            Code::ExtCodeCopy,
            "the code of other contracts is not readable",
            "compare `extcodehash` (`address.codehash`), or keep the data in storage",
        ),
        Builtin::Pc => (
            Code::Pc,
            "the program counter is not observable",
            "number the places with constants",
        ),
        Builtin::BlobHash | Builtin::BlobBaseFee => (
            Code::Blob,
            "transactions carry no blobs",
            "pass the data, or its hash, as calldata",
        ),
        Builtin::RuntimeCode => (
            Code::RuntimeCode,
            "runtime code is not readable",
            "compare `address.codehash`; to create the contract use `new`",
        ),
        _ => (
            Code::Literal,
            "its name must be a literal and it must be known at compile time",
            "use plain Solidity, or write the name as a literal",
        ),
    }
}

impl Expander<'_, '_> {
    /// Expands a question to a system contract, or reports that there is no answer.
    pub(super) fn system(&mut self, id: InstId, builtin: Builtin, args: &[Value]) {
        let (target, selector, argument) = match query(builtin) {
            Some(Query::Plain(target, selector)) => (target, selector, None),
            Some(Query::Argument(target, selector)) => (target, selector, Some(args[0])),
            Some(Query::Context(target, selector, context)) => {
                let value = self.emit(Op::Context(context), vec![]);
                (target, selector, Some(value))
            }
            None => {
                let (code, why, help) = obstacle(builtin);
                return self.report(
                    id,
                    code,
                    &format!("`{}` cannot be compiled: {why}", builtin.name()),
                    Some(help),
                );
            }
        };
        let mut call = vec![
            self.number(target),
            self.function.word(U256::from(selector) << 224),
        ];
        call.extend(argument);
        let name = if argument.is_some() {
            "$_query1"
        } else {
            "$_query0"
        };
        self.become_call(id, name, call);
    }
}
