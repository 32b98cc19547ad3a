//! The instructions that compare one argument of a call.

use super::program::{EQUAL, GREATER, GREATER_OR_EQUAL, load};
use crate::config::{Argument, Operator};
use nix::libc::{BPF_ALU, BPF_AND, BPF_K, sock_filter};
use std::mem::offset_of;

/// Where a comparison goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum To {
    Next,
    Met,
    Unmet,
}
use To::{Met, Next, Unmet};

/// An instruction whose jumps have no distance yet: where to if it holds, and if not.
struct Step(u32, u32, To, To);

/// Writes it in front of the `rest` of a rule, so many instructions, that follows where the condition is met and is left
/// out where it is not. A filter sees 32 bits at a time: the upper halves are compared first.
pub(super) fn write(condition: &Argument, lower_half_only: bool, rest: usize) -> Vec<sock_filter> {
    let (mask, value) = match condition.op {
        Operator::MaskedEqual => (condition.value, condition.value_two & condition.value),
        _ => (u64::MAX, condition.value),
    };
    // On a little-endian machine the lower half comes first.
    let place = (offset_of!(nix::libc::seccomp_data, args) + 8 * condition.index as usize) as u32;
    let halves = [(place + 4, (mask >> 32) as u32, (value >> 32) as u32), (place, mask as u32, value as u32)];
    let mut steps = Vec::new();
    for (place, mask, value) in &halves[usize::from(lower_half_only)..] {
        let last = *place == halves[1].0;
        steps.push(Step(load(0).code.into(), *place, Next, Next));
        if *mask != u32::MAX {
            steps.push(Step(BPF_ALU | BPF_AND | BPF_K, *mask, Next, Next));
        }
        match (condition.op, last) {
            (Operator::Equal | Operator::MaskedEqual | Operator::NotEqual, false) => {
                steps.push(Step(EQUAL, *value, Next, Unmet));
            }
            (Operator::Equal | Operator::MaskedEqual | Operator::NotEqual, true) => {
                steps.push(Step(EQUAL, *value, Met, Unmet));
            }
            (_, false) => {
                steps.push(Step(GREATER, *value, Met, Next));
                steps.push(Step(EQUAL, *value, Next, Unmet));
            }
            (Operator::GreaterOrEqual | Operator::Less, true) => {
                steps.push(Step(GREATER_OR_EQUAL, *value, Met, Unmet));
            }
            (Operator::Greater | Operator::LessOrEqual, true) => steps.push(Step(GREATER, *value, Met, Unmet)),
        }
    }
    let negated = matches!(condition.op, Operator::NotEqual | Operator::Less | Operator::LessOrEqual);
    let count = steps.len();
    let distance = |from: usize, to: To| match (to, negated) {
        (Next, _) => 0,
        (Met, false) | (Unmet, true) => (count - 1 - from) as u8,
        // A rule has six conditions at most, each of them six instructions.
        (Unmet, false) | (Met, true) => (count - 1 - from + rest) as u8,
    };
    let steps = steps.into_iter().enumerate();
    steps
        .map(|(at, Step(code, k, met, unmet))| sock_filter {
            code: code as u16,
            jt: distance(at, met),
            jf: distance(at, unmet),
            k,
        })
        .collect()
}
