//! Telling the outside what happens.

use super::{Obstacle, kernel_log::KernelLog};
use crate::message::Message;
use ptyproof_report::{Event, Reporter};
use std::fs::{self, File};
use std::io::{self, Write};
use std::time::Duration;

/// Tells the outside what happens, by messages through the port. What the kernel says comes before the event that
/// it was said at.
pub struct Teller {
    port: File,
    log: KernelLog,
    taint: u64,
    ticked: Option<Duration>,
}

/// So often is enough to see that the guest lives.
const PAUSE: Duration = Duration::from_secs(1);

impl Teller {
    /// Says hello.
    pub fn begin(port: File) -> Result<Self, Obstacle> {
        let mut teller = Self { port, log: KernelLog::open()?, taint: taint(), ticked: None };
        let taint = teller.taint;
        teller.tell(&Message::Hello { taint })?;
        Ok(teller)
    }

    /// Sends one message.
    pub fn tell(&mut self, message: &Message<'_>) -> Result<(), Obstacle> {
        self.send(message).map_err(|error| Obstacle::Mute(format!("writing to the virtio port: {error}")))
    }

    fn send(&mut self, message: &Message<'_>) -> io::Result<()> {
        self.port.write_all(&message.to_line()?)
    }

    fn pass_on_what_the_kernel_says(&mut self) -> io::Result<()> {
        for line in self.log.news() {
            self.send(&Message::Log(line))?;
        }
        let taint = taint();
        if taint != self.taint {
            self.taint = taint;
            self.send(&Message::Tainted { taint })?;
        }
        Ok(())
    }
}

/// proc_sys_kernel(5); 0 where it cannot be read.
fn taint() -> u64 {
    let text = fs::read_to_string("/proc/sys/kernel/tainted").unwrap_or_default();
    text.trim_end().parse().unwrap_or(0)
}

impl Reporter for &mut Teller {
    fn take(&mut self, event: &Event<'_>) -> io::Result<()> {
        if let Event::Tick { elapsed } = event {
            if self.ticked.is_some_and(|ticked| *elapsed < ticked + PAUSE) {
                return Ok(());
            }
            self.ticked = Some(*elapsed);
        }
        self.pass_on_what_the_kernel_says()?;
        self.send(&Message::Event(Box::new(event.clone())))
    }
}
