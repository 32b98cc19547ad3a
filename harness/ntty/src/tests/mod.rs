//! Unit tests, one case per line: what is done to a new terminal, and what comes of it.
//!
//! What is expected is what Linux 6.18 does. The cases of each subject stand in a module named like the model's own.

mod check;
mod echo;
mod echo_queue;
mod edition;
mod eraser;
mod flow;
mod flush;
mod input;
mod limits;
#[cfg(feature = "mutants")]
mod mutants;
mod output;
mod packet;
mod read;
mod receive;
mod settings;
mod signals;
mod special;
mod termios;
mod waiting;
