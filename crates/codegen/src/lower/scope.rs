//! Visibility of functions.

use crate::builtin::Segment;
use crate::ir::FuncId;
use crate::yul::{Block, Function, Statement};
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

/// The functions declared in one block, and the blocks around it. The map is for look-up only, never iterated.
pub(crate) struct Scope<'a> {
    /// The half of the contract.
    pub(super) segment: Segment,
    parent: Option<Rc<Scope<'a>>>,
    functions: RefCell<HashMap<&'a str, Declared<'a>>>,
    is_prelude: bool,
}

#[derive(Clone)]
struct Declared<'a> {
    function: &'a Function,
    id: Rc<Cell<Option<FuncId>>>,
}

/// A function found by name.
pub(super) struct Found<'a> {
    pub(super) function: &'a Function,
    /// Its number once it has been used.
    pub(super) id: Rc<Cell<Option<FuncId>>>,
    /// The scope it was declared in.
    pub(super) home: Rc<Scope<'a>>,
}

impl<'a> Scope<'a> {
    fn new(segment: Segment, parent: Option<Rc<Self>>, is_prelude: bool) -> Self {
        Self {
            segment,
            parent,
            functions: RefCell::default(),
            is_prelude,
        }
    }

    /// The outermost scope of a segment.
    pub(super) fn root(segment: Segment) -> Self {
        Self::new(segment, None, false)
    }

    /// The scope of the prelude.
    pub(super) fn prelude(segment: Segment) -> Self {
        Self::new(segment, None, true)
    }

    /// A scope inside this one, with the functions of `block`.
    pub(super) fn nested(self: &Rc<Self>, block: &'a Block) -> Rc<Self> {
        if !block
            .statements
            .iter()
            .any(|statement| matches!(statement, Statement::Function(_)))
        {
            return Rc::clone(self);
        }
        let scope = Self::new(self.segment, Some(Rc::clone(self)), self.is_prelude);
        scope.declare(block);
        Rc::new(scope)
    }

    /// Adds the functions of a block.
    pub(super) fn declare(&self, block: &'a Block) {
        let mut functions = self.functions.borrow_mut();
        for statement in &block.statements {
            if let Statement::Function(function) = statement {
                functions.insert(
                    &function.name.name,
                    Declared {
                        function,
                        id: Rc::default(),
                    },
                );
            }
        }
    }

    /// Whether intrinsics may be used here.
    pub(super) fn is_prelude(&self) -> bool {
        self.is_prelude
    }

    /// Looks a name up, from the inside out.
    pub(super) fn find(self: &Rc<Self>, name: &str) -> Option<Found<'a>> {
        let mut scope = Rc::clone(self);
        loop {
            let declared = scope.functions.borrow().get(name).cloned();
            if let Some(Declared { function, id }) = declared {
                return Some(Found {
                    function,
                    id,
                    home: scope,
                });
            }
            let parent = Rc::clone(scope.parent.as_ref()?);
            scope = parent;
        }
    }
}
