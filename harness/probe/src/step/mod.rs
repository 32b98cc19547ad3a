//! The steps of a probe, by subject: each stands in one place.

pub mod directories;
pub mod files;
pub mod inotify;
pub mod ioctls;
pub mod looks;
pub mod mounts;
pub mod passing;
pub mod processes;
pub mod request;
pub mod signals;
pub mod terminals;

pub use directories::*;
pub use files::*;
pub use inotify::*;
pub use ioctls::*;
pub use looks::*;
pub use mounts::*;
pub use passing::*;
pub use processes::*;
pub use request::{Any, InTime, InTurn, Request};
pub use signals::*;
pub use terminals::*;
