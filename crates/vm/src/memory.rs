//! The allocator's settings.

/// Makes large blocks of memory cheap to take and give back.
///
/// The machine takes a zeroed stack of 2 MiB for each open call and drops all of them with the machine, after each transaction. glibc
/// answers the first such drop by keeping blocks of that size in its heap from then on; it then clears the whole block on each
/// request, and gives the memory back to the kernel in between. Two thirds of the time of a transfer went there. With a fixed
/// threshold, such a block is a fresh mapping, of which only the pages that are used ever exist.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
pub(crate) fn prepare() {
    use std::sync::Once;

    /// Bytes from which a block is a mapping of its own: half a stack.
    const MAPPED_FROM: i32 = 1 << 20;
    /// Free bytes at the end of the heap that stay with the process.
    const KEPT: i32 = 32 << 20;
    static ONCE: Once = Once::new();

    ONCE.call_once(|| {
        // SAFETY: `mallopt` takes plain numbers and may be called at any time; it changes no block that exists.
        unsafe {
            libc::mallopt(libc::M_MMAP_THRESHOLD, MAPPED_FROM);
            libc::mallopt(libc::M_TRIM_THRESHOLD, KEPT);
        }
    });
}

/// Other allocators clear no fresh mappings.
#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
pub(crate) const fn prepare() {}
