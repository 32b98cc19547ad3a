//! What the program does as the first process of a guest.

mod carried;
mod kernel_log;
mod modules;
mod port;
mod settings;
mod suite;
mod surroundings;
mod teller;

pub use carried::{Manner, run};
pub use suite::Provisions;

use crate::message::Message;
use crate::order::{GUEST, ORDER, Order, Task};
use nix::sys::reboot::{RebootMode, reboot};
use std::convert::Infallible;
use teller::Teller;

/// Begins every line on the console that is meant for the outside: what has to be said where there is no other channel.
pub const MARK: &str = "ptyproof guest: ";

/// Why a guest does not do what it is to do.
#[derive(Debug, thiserror::Error)]
pub enum Obstacle {
    /// The kernel lacks something, or refuses it.
    #[error("{0}")]
    Refused(String),
    /// Nobody can be told anything.
    #[error("{0}")]
    Mute(String),
}

/// For `map_err`: what was tried.
fn refused<E: std::fmt::Display>(what: impl std::fmt::Display) -> impl FnOnce(E) -> Obstacle {
    move |error| Obstacle::Refused(format!("{what}: {error}"))
}

/// To be called before anything else by every program that is taken into guests: where it is the first process of
/// one, it does as it is ordered, and turns the machine off.
pub fn dispatch(provisions: &Provisions<'_>) {
    if std::env::args_os().nth(1).is_none_or(|word| word != GUEST) {
        return;
    }
    // The end of the first process would be a panic of the kernel, for which nobody must take it.
    std::panic::set_hook(Box::new(|panic| {
        eprintln!("{MARK}broken: {panic}");
        power_off();
    }));
    if let Err(error) = obey(provisions) {
        eprintln!("{MARK}{error}");
    }
    power_off();
}

fn obey(provisions: &Provisions<'_>) -> Result<(), Obstacle> {
    surroundings::prepare()?;
    let text = std::fs::read(ORDER).map_err(refused(ORDER))?;
    let order: Order = serde_json::from_slice(&text).map_err(refused(ORDER))?;
    for module in &order.modules {
        modules::load(module)?;
    }
    let port = port::find()?;
    let mut teller = Teller::begin(port)?;
    let done = follow(&order, provisions, &mut teller);
    if let Err(Obstacle::Refused(why)) = &done {
        return teller.tell(&Message::Refused { why: why.clone() });
    }
    done
}

fn follow(order: &Order, provisions: &Provisions<'_>, teller: &mut Teller) -> Result<(), Obstacle> {
    for setting in &order.settings {
        settings::write(setting)?;
    }
    match &order.task {
        Task::Greet => Ok(()),
        Task::Run(suite) => {
            surroundings::prepare_terminals()?;
            suite::run(suite, provisions, teller)
        }
    }
}

fn power_off() -> ! {
    let Err::<Infallible, _>(errno) = reboot(RebootMode::RB_POWER_OFF);
    eprintln!("{MARK}turning the machine off: {errno}");
    std::process::exit(1);
}
