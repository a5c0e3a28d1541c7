//! From Yul to SSA, straight from the structure of the source.
//!
//! While a function is lowered, an environment maps every visible variable to its current value. Where control paths
//! meet, only variables whose values differ become block parameters; loop headers take parameters for the variables
//! assigned inside the loop.
//!
//! Functions are lowered in the order of their first use and numbered so, immutables likewise. The names that solc
//! gives them contain AST ids, which change with the set of compiled sources; nothing here may depend on them.

mod builtins;
mod control;
mod expression;
mod intrinsics;
mod scope;

pub(crate) use builtins::{IMMUTABLES, immutable_address};
#[cfg(test)]
pub(crate) use intrinsics::Intrinsic;
use scope::Scope;

use crate::builtin::Segment;
use crate::ir::{FuncId, Program};
use crate::prelude;
use crate::yul::{self, Diagnostic, Diagnostics};
use alloy_primitives::{Address, U256};
use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;

/// What the code of a contract refers to outside itself.
#[derive(Debug, Default)]
pub(crate) struct Surroundings {
    /// Name of the contract's object.
    pub(crate) name: String,
    /// Name of the nested object with the runtime code.
    pub(crate) runtime_name: String,
    /// Bytecode hashes of the contracts it may create, by object name.
    pub(crate) dependencies: BTreeMap<String, U256>,
    /// Addresses of the known libraries, by the name in `linkersymbol`.
    pub(crate) libraries: BTreeMap<String, Address>,
    /// Names of the objects this one is nested in: those that create it.
    pub(crate) creators: Vec<String>,
}

/// A function waiting to be lowered.
struct Job<'a> {
    id: FuncId,
    function: &'a yul::Function,
    scope: Rc<Scope<'a>>,
}

/// Lowers one contract: the roots first, functions when they are first used, prelude functions when a pass asks for
/// them.
pub(crate) struct Lowerer<'a> {
    /// What came out so far.
    pub(crate) program: Program,
    /// Errors found.
    pub(crate) diagnostics: Diagnostics,
    /// What is outside.
    pub(crate) surroundings: &'a Surroundings,
    queue: VecDeque<Job<'a>>,
    prelude: [Rc<Scope<'a>>; 2],
    immutables: Vec<String>,
}

impl<'a> Lowerer<'a> {
    /// A lowerer without any code yet.
    pub(crate) fn new(surroundings: &'a Surroundings) -> Self {
        let prelude = [Segment::Deploy, Segment::Runtime].map(|segment| {
            let scope = Scope::prelude(segment);
            scope.declare(&prelude::object().code);
            Rc::new(scope)
        });
        Self {
            program: Program::default(),
            diagnostics: Diagnostics::new(),
            surroundings,
            queue: VecDeque::new(),
            prelude,
            immutables: Vec::new(),
        }
    }

    /// Lowers both roots and everything they use.
    pub(crate) fn roots(&mut self, deploy: &'a yul::Block, runtime: Option<&'a yul::Block>) {
        self.program.deploy = Some(self.root(deploy, Segment::Deploy));
        self.drain();
        self.program.runtime = runtime.map(|code| self.root(code, Segment::Runtime));
        self.drain();
        self.program.immutables = u32::try_from(self.immutables.len()).unwrap_or(u32::MAX);
    }

    fn root(&mut self, code: &'a yul::Block, segment: Segment) -> FuncId {
        let id = self.program.reserve(segment, 0, 0);
        let scope = Rc::new(Scope::root(segment));
        let function = control::lower_root(self, code, &scope);
        *self.program.function_mut(id) = function;
        id
    }

    /// The prelude's function of this name.
    pub(crate) fn prelude(&mut self, segment: Segment, name: &str) -> Option<FuncId> {
        let scope = Rc::clone(&self.prelude[usize::from(segment == Segment::Runtime)]);
        let id = self.lookup(&scope, name);
        self.drain();
        id
    }

    /// Finds a function, numbering it at its first use.
    fn lookup(&mut self, scope: &Rc<Scope<'a>>, name: &str) -> Option<FuncId> {
        let found = scope.find(name)?;
        if let Some(id) = found.id.get() {
            return Some(id);
        }
        let function = found.function;
        let (params, results) = (function.parameters.len(), function.returns.len());
        let id = self.program.reserve(scope.segment, params, results);
        found.id.set(Some(id));
        self.queue.push_back(Job {
            id,
            function,
            scope: found.home,
        });
        Some(id)
    }

    fn drain(&mut self) {
        while let Some(job) = self.queue.pop_front() {
            let mut function = control::lower_function(self, job.function, &job.scope);
            let name = &job.function.name;
            if job.scope.is_prelude() {
                function.inlining = prelude::inlining(&name.name);
            } else {
                function.definition = name.span.start;
            }
            *self.program.function_mut(job.id) = function;
        }
    }

    /// The number of an immutable, in order of first mention.
    fn immutable(&mut self, name: &str) -> u32 {
        let known = self
            .immutables
            .iter()
            .position(|immutable| immutable == name);
        let index = known.unwrap_or_else(|| {
            self.immutables.push(name.to_owned());
            self.immutables.len() - 1
        });
        u32::try_from(index).unwrap_or(u32::MAX)
    }

    /// The number of an unlinked library.
    fn library(&mut self, name: &str) -> u32 {
        let libraries = &mut self.program.libraries;
        let known = libraries.iter().position(|library| library == name);
        let index = known.unwrap_or_else(|| {
            libraries.push(name.to_owned());
            libraries.len() - 1
        });
        u32::try_from(index).unwrap_or(u32::MAX)
    }

    /// Reports an error.
    pub(crate) fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics
            .push(diagnostic.in_contract(self.surroundings.name.clone()));
    }
}
