//! Text form of the IR for golden tests and for people.

use super::{BlockId, Constant, Edge, Function, Program, Terminator, Value, ValueDef};
use std::fmt::{self, Display, Formatter, Write};

impl Display for Program {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for id in self.bottom_up() {
            let function = self.function(id);
            let root = if Some(id) == self.deploy || Some(id) == self.runtime {
                " root"
            } else {
                ""
            };
            writeln!(
                f,
                "function f{} {:?}{root} -> {} {{",
                id.0, function.segment, function.results
            )?;
            write!(f, "{function}")?;
            writeln!(f, "}}")?;
        }
        Ok(())
    }
}

impl Display for Function {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for value in (0..self.values.len()).map(Value::new) {
            if let Some(range) = self.ranges.get(&value) {
                writeln!(f, "v{} {range}", value.0)?;
            }
        }
        for id in super::Cfg::new(self).order {
            self.fmt_block(f, id)?;
        }
        Ok(())
    }
}

impl Function {
    fn fmt_block(&self, f: &mut Formatter<'_>, id: BlockId) -> fmt::Result {
        let block = self.block(id);
        writeln!(f, "b{}({}):", id.0, self.list(&block.params))?;
        for &inst in &block.insts {
            let inst = self.inst(inst);
            let arrow = if inst.results.is_empty() { "" } else { " = " };
            writeln!(
                f,
                "    {}{arrow}{:?} {}",
                self.list(&inst.results),
                inst.op,
                self.list(&inst.args)
            )?;
        }
        writeln!(f, "    {}", self.terminator(&block.term))
    }

    fn terminator(&self, term: &Terminator) -> String {
        match term {
            Terminator::Jump(edge) => format!("jump {}", self.edge(edge)),
            Terminator::Branch {
                cond,
                lhs,
                rhs,
                yes,
                no,
            } => {
                let operands = self.list(&[*lhs, *rhs]);
                format!(
                    "if {cond:?} {operands} then {} else {}",
                    self.edge(yes),
                    self.edge(no)
                )
            }
            Terminator::Leave(values) => format!("leave {}", self.list(values)),
            Terminator::Exit(kind, abi) => {
                format!("{kind:?} {}", self.list(&[*abi])).to_lowercase()
            }
            Terminator::Forward(kind, slot) => format!("{kind:?} {slot:?}").to_lowercase(),
            other => format!("{other:?}").to_lowercase(),
        }
    }

    fn edge(&self, edge: &Edge) -> String {
        format!("b{}({})", edge.block.0, self.list(&edge.args))
    }

    fn list(&self, values: &[Value]) -> String {
        let mut text = String::new();
        for (at, value) in values.iter().enumerate() {
            let comma = if at == 0 { "" } else { ", " };
            let _ = match self.values[value.index()] {
                ValueDef::Constant(Constant::Word(word)) => write!(text, "{comma}{word:#x}"),
                ValueDef::Constant(Constant::Library(library)) => {
                    write!(text, "{comma}library {library}")
                }
                _ => write!(text, "{comma}v{}", value.0),
            };
        }
        text
    }
}
