//! Embedded ZKsync Era node over the official virtual machine
