//! The `ptyproof` command.
use ptyproof_harness::{report::*, runner::*, target::Runtime};
use std::time::Duration;
struct Screen;
impl Reporter for Screen {
    fn take(&mut self, event: &Event<'_>) -> std::io::Result<()> {
        match event {
            Event::CaseEnded(r) => {
                println!("{:8} {} {}ms", r.verdict, r.id, r.duration_ms);
                if r.verdict != Verdict::Pass || !r.teardown.is_empty() {
                    println!(
                        "   {:?}\n   expected {:?}\n   observed {:?}\n   teardown {:?}",
                        r.reason, r.expected, r.observed, r.teardown
                    );
                }
            }
            Event::Ended { summary, took } => println!("{summary:?} {took:?}"),
            _ => {}
        }
        Ok(())
    }
}
fn main() {
    let cases = ptyproof_cases::all();
    dispatch(&cases);
    let mut args = std::env::args().skip(1);
    let path = args.next().unwrap();
    let filter = args.next().unwrap_or_default();
    let cases: Vec<_> = cases
        .into_iter()
        .filter(|c| c.id.starts_with(&filter))
        .collect();
    let supervisor = Supervisor::begin().unwrap_or_else(|e| panic!("{e}"));
    let settings = Settings {
        jobs: 2,
        timeout: Duration::from_secs(10),
        strict: false,
        expectations: Default::default(),
    };
    let runtime = Runtime::at(path.as_ref(), None, Duration::from_secs(5)).unwrap();
    run(
        &supervisor,
        &runtime,
        &cases,
        &settings,
        &mut [Box::new(Screen)],
    )
    .unwrap();
}
