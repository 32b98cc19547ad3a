//! What a case called, and at which system calls of the target it stopped it.

use crate::html::Html;
use crate::terminal::code;
use ptyproof_report::{CaseResult, escaped};

/// The command lines with how they ended and what they printed, then the system calls.
pub(crate) fn called(html: &mut Html, result: &CaseResult, limit: usize) {
    if !result.calls.is_empty() {
        html.element("details", &[("class", "calls")], |html| {
            html.with_text("summary", &[], &format!("what was called: {}", result.calls.len()));
            html.element("ol", &[], |html| {
                for call in &result.calls {
                    html.element("li", &[], |html| {
                        html.with_text("code", &[], &call.line);
                        let ended = format!("{}, at {:.0} ms, for {:.0} ms", call.ended, call.at_ms, call.took_ms);
                        html.with_text("small", &[], &ended);
                        for (name, printed) in [("standard output", &call.stdout), ("standard error", &call.stderr)] {
                            if !printed.is_empty() {
                                html.element("p", &[], |html| {
                                    html.with_text("small", &[], name).markup(" ");
                                    code(html, &escaped(&printed[..printed.len().min(limit)]));
                                });
                            }
                        }
                    });
                }
            });
        });
    }
    if !result.stopped.is_empty() {
        html.element("details", &[("class", "calls")], |html| {
            html.with_text("summary", &[], &format!("where it was stopped: {}", result.stopped.len()));
            html.element("ol", &[], |html| {
                for stopped in &result.stopped {
                    html.element("li", &[], |html| {
                        html.with_text("code", &[], &stopped.call);
                        let small = format!(
                            "{}, {}, process {}, at {:.0} ms",
                            stopped.step, stopped.answer, stopped.pid, stopped.at_ms
                        );
                        html.with_text("small", &[], &small);
                    });
                }
            });
        });
    }
    if let Some(kept) = &result.kept {
        html.element("p", &[("class", "note")], |html| {
            html.markup("its bundle and files are kept in ").with_text("code", &[], kept);
        });
    }
}
