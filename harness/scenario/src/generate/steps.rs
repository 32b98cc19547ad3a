//! Random steps.

use super::draft::{Act, Token};
use super::{modes, typed};
use crate::modes::Modes;
use crate::scenario::{Look, MOST};
use ntty::{Flow, Queue, Side, Size};
use proptest::{prelude::*, sample::select};

/// What is done, and what is looked at.
pub fn step() -> impl Strategy<Value = (Act, Look)> {
    (act(typed::typed().boxed(), typed::written().boxed(), modes::later().boxed()), look(4, 0.1, MOST))
}

/// A step of a scenario that comes to the limits.
pub fn long() -> impl Strategy<Value = (Act, Look)> {
    let settings = modes::later_at_length().boxed();
    (act(typed::at_length().boxed(), typed::written_at_length().boxed(), settings), look(20, 0.0, 2 * MOST))
}

fn act(
    typed: BoxedStrategy<Vec<Token>>,
    written: BoxedStrategy<Vec<Token>>,
    toggled: BoxedStrategy<Modes>,
) -> impl Strategy<Value = Act> {
    let end = prop_oneof![4 => Just(Side::Slave), 1 => Just(Side::Master)];
    let when = select(&[ntty::Action::Now, ntty::Action::Drain, ntty::Action::Flush][..]);
    let set = (toggled, modes::characters(), when, end.clone());
    let set = set.prop_map(|(toggle, characters, when, on)| Act::Set { toggle, characters, when, on });
    let queue = select(&[Queue::Input, Queue::Output, Queue::Both][..]);
    let flush = (queue, end.clone()).prop_map(|(queue, on)| Act::Flush(queue, on));
    let flow = select(&[Flow::OutputOff, Flow::OutputOn, Flow::InputOff, Flow::InputOn][..]);
    let flow = (flow, end).prop_map(|(flow, on)| Act::Flow(flow, on));
    let size = (0..3_u16, 0..3_u16, 0..2_u16, 0..2_u16);
    let size = size.prop_map(|(rows, columns, width_pixels, height_pixels)| {
        Act::Resize(Size { rows, columns, width_pixels, height_pixels })
    });
    prop_oneof![
        4 => Just(Act::Look),
        24 => typed.prop_map(Act::Type).boxed(),
        7 => written.prop_map(Act::Write).boxed(),
        7 => set.boxed(),
        2 => flush,
        4 => flow,
        2 => prop::bool::weighted(0.7).prop_map(Act::PacketMode),
        1 => size,
    ]
}

/// Nothing is read `not_read` times where twice something is read once; what is not read fills a terminal up. How
/// often the master does not read is for `hold`. A read asks for `longest` bytes at most.
fn look(not_read: u32, hold: f64, longest: usize) -> impl Strategy<Value = Look> {
    const AROUND_A_PORTION: &[usize] = &[63, 64, 65, 128];
    let most = prop_oneof![
        4 => Just(MOST),
        1 => Just(longest),
        2 => 1..8_usize,
        1 => select(AROUND_A_PORTION),
    ];
    let reads = prop_oneof![not_read => Just(0_usize), 2 => Just(1), 1 => 2..4_usize];
    let hold = prop::bool::weighted(hold);
    let polls = (any::<bool>(), any::<bool>(), any::<bool>());
    (hold, polls, reads, most).prop_map(|(hold, polls, reads, most)| {
        let (readable, writable, unread) = polls;
        Look { hold, readable, writable, unread, reads, most }
    })
}
