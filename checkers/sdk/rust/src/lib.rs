//! pg_checker's SDK for Rust. A checker is a `cdylib` for `wasm32-unknown-unknown`:
//!
//! ```ignore
//! use checker::{Dataset, Error, Text};
//!
//! checker::entry!(check);
//!
//! fn check() -> Result<(), Error> {
//!     let mut users = Dataset::open("users");
//!     let email = users.column::<Text>("email")?;
//!     let mut missing = 0;
//!     while let Some(batch) = users.next_batch() {
//!         missing += batch.values(email).iter().filter(Option::is_none).count();
//!     }
//!     checker::assert_true(missing == 0, "every user has an e-mail");
//!     Ok(())
//! }
//! ```
//!
//! Texts are UTF-8. Times are microseconds since 1970-01-01 UTC.
//!
//! # Errors
//!
//! What a checker finds out is an outcome: [`fail`], [`assert_empty`] and its sisters. A mistake in the checker itself
//! (a column that does not exist or has another type, a parameter that is no number) is an [`Error`], which [`entry!`]
//! makes the run's: status `error`, and a text that names what is wrong. So is a panic. A dataset that the checker does
//! not declare ends the run at once.
//!
//! # Memory
//!
//! The crate needs `core` only and allocates nothing. What is read stays where the host put it: a [`Batch`] borrows its
//! [`Dataset`], so that no value outlives it. Feature `std`, on unless switched off, logs panics and lets the host use
//! Rust's allocator (`checker_alloc`); without it the host takes pages of its own.
#![cfg_attr(not(feature = "std"), no_std)]
#![warn(missing_docs)]

mod abi;
mod csv;
mod dataset;
mod entry;
mod error;
mod message;
mod outcomes;
mod params;
mod values;

pub use abi::{ArrowArray, ArrowSchema};
pub use csv::Csv;
pub use dataset::{Batch, Column, Dataset, Values, ValuesIter};
pub use entry::{run, Outcome};
pub use error::Error;
pub use message::Message;
pub use outcomes::*;
pub use params::{business_day, input, now, param, param_as, param_or, FromParam};
pub use values::*;
