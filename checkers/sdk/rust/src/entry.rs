use core::fmt;

use crate::{log, message, Level};

/// What a checker's function may return: nothing, or a `Result` whose error ends the run with status `error`.
pub trait Outcome {
    /// Ends the run if this is an error.
    fn report(self);
}

impl Outcome for () {
    fn report(self) {}
}

impl<E: fmt::Display> Outcome for Result<(), E> {
    fn report(self) {
        if let Err(error) = self {
            log(Level::Error, &message!("{}", error));
            trap()
        }
    }
}

#[cfg(target_arch = "wasm32")]
fn trap() -> ! {
    core::arch::wasm32::unreachable()
}

#[cfg(not(target_arch = "wasm32"))]
fn trap() -> ! {
    panic!("a checker runs as WebAssembly only")
}

/// Runs a checker's function; what [`entry!`](crate::entry!) exports calls it.
pub fn run<R: Outcome>(check: fn() -> R) {
    #[cfg(feature = "std")]
    std::panic::set_hook(std::boxed::Box::new(|panic| log(Level::Error, &message!("{}", panic))));
    check().report();
}

/// Exports a function as the module's `check`: `checker::entry!(check);` once in a crate. The function takes nothing and
/// returns nothing or a `Result<(), E>` with an `E` that can be displayed.
#[macro_export]
macro_rules! entry {
    ($check:path) => {
        const _: () = {
            #[export_name = "check"]
            extern "C" fn entry() {
                $crate::run($check)
            }
        };
    };
}

/// Memory for what the host delivers: the `checker_alloc` of the guest ABI.
#[cfg(feature = "std")]
#[no_mangle]
extern "C" fn checker_alloc(size: usize, align: usize) -> *mut u8 {
    match std::alloc::Layout::from_size_align(size, align) {
        Ok(layout) if size > 0 => unsafe { std::alloc::alloc(layout) },
        _ => core::ptr::null_mut(),
    }
}
