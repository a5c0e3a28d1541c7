//! The prelude: built-ins of more than a few instructions, written in Yul with intrinsics (`$..`) and compiled by the
//! same pipeline. A contract contains only those it uses, and the inliner specialises them to their call sites.

use crate::ir::Inlining;
use crate::yul::{self, Block, Object, Span};
use std::sync::LazyLock;

const SOURCE: &str = include_str!("prelude.yul");

static OBJECT: LazyLock<Object> = LazyLock::new(|| {
    // The source is a constant of this crate, parsed and resolved by the tests below.
    yul::parse(SOURCE).unwrap_or_else(|_| Object {
        name: String::new(),
        code: Block::default(),
        objects: Vec::new(),
        data: Vec::new(),
        span: Span::default(),
    })
});

/// The parsed prelude.
pub(crate) fn object() -> &'static Object {
    &OBJECT
}

/// What the inliner does with a prelude function. A name starts with `$$` if the function consists of so few operations that a call never
/// pays, and with `$_` if it is called so often that only calls are small enough.
pub(crate) fn inlining(name: &str) -> Inlining {
    match name {
        _ if name.starts_with("$$") => Inlining::Always,
        _ if name.starts_with("$_") => Inlining::Never,
        _ => Inlining::BySize,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::builtin::Builtin;
    use crate::lower::Intrinsic;
    use crate::yul::Arity;

    #[test]
    fn prelude_is_well_formed() {
        let object = yul::parse(SOURCE).unwrap();
        let arity = |name: &str| {
            let builtin = Builtin::from_name(name).map(Builtin::signature);
            let intrinsic =
                Intrinsic::from_name(name).map(|found| (found.arguments, found.results));
            let (arguments, results) = builtin.or(intrinsic)?;
            Some(Arity { arguments, results })
        };
        yul::resolve(&object, &arity).unwrap_or_else(|found| panic!("{}", found.locate(SOURCE)));
    }
}
