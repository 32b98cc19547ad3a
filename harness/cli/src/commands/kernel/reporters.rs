//! What people and files are told of several kernels.

use super::{fleet::News, outcome::Outcome};
use crate::arguments::Kernel as Arguments;
use crate::screen::{github, is_watched, width};
use crate::{commands::compare::Side, exit::Refusal};
use ptyproof_guest::outside::Kernel;
use ptyproof_harness::target::quoted;
use ptyproof_report::{
    Again, Collector, Destination, Detail, Event, FORMATS, FileReporter, Form, Format, GitHub, Progress, Report,
    Reporter, Screen, SideBySide,
};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::{cell::RefCell, collections::BTreeSet, fs, rc::Rc};

/// Makes the directory for reports.
pub fn prepare(directory: &Path) -> Result<(), Refusal> {
    fs::create_dir_all(directory).map_err(|error| Refusal::usage(format!("--reports {}: {error}", directory.display())))
}

/// What is told of several kernels.
pub struct View {
    kernels: Vec<One>,
    strict: bool,
    live: Option<SideBySide>,
    github: Option<GitHub>,
}

/// What is told of one of them.
struct One {
    name: String,
    reporters: Vec<Box<dyn Reporter>>,
    /// What is printed when it is over, where there are several.
    page: Page,
    ended: Option<String>,
    collector: Collector,
    report: Option<Report>,
}

impl View {
    /// One kernel is shown like a local run. Of several, each is told of when it is over.
    pub fn new(kernels: &[Kernel], arguments: &Arguments) -> Result<Self, Refusal> {
        let watched = is_watched(false);
        let several = kernels.len() > 1;
        let form = match (several, watched) {
            (true, true) => Form { detail: Detail::Brief, ..Form::terminal(width) },
            (false, true) => Form::terminal(width),
            (true, false) => Form::BRIEF,
            (false, false) => Form::PLAIN,
        };
        let mut taken = BTreeSet::new();
        let one = |kernel: &Kernel| {
            let name = unique(&kernel.image.release, &mut taken);
            let page = Page::default();
            let output: Box<dyn Write> = if several { Box::new(page.clone()) } else { Box::new(io::stdout()) };
            let mut reporters: Vec<Box<dyn Reporter>> = Vec::new();
            if watched && !several {
                reporters.push(Box::new(Progress::default()));
            }
            reporters.push(Box::new(Screen::new(output, form, again(kernel, arguments))));
            if let Some(directory) = &arguments.reports {
                reporters.extend(files(directory, &name));
            }
            One { name, reporters, page, ended: None, collector: Collector::default(), report: None }
        };
        let kernels: Vec<One> = kernels.iter().map(one).collect();
        let names = kernels.iter().map(|one| one.name.clone()).collect();
        let live = several && watched;
        let live = live.then(|| SideBySide::new(names));
        Ok(Self { kernels, strict: arguments.strict, live, github: github(Box::new(io::stdout()))? })
    }

    /// Takes what is heard of the kernel with that number.
    pub fn take(&mut self, (place, news): (usize, News), outcome: &mut Outcome) {
        let one = &mut self.kernels[place];
        match news {
            News::Event(event) => {
                one.take(&event, outcome, self.strict);
                if let Some(live) = &mut self.live {
                    live.take(place, &event);
                }
            }
            News::Over(over) => {
                let print = || {
                    if let Err(error) = over {
                        one.ended = Some(error.to_string());
                        outcome.add_error(&format!("{}: {error}", one.name));
                        if let Some(console) = error.console() {
                            eprintln!("{console}");
                        }
                    }
                    if let Err(error) = one.page.print() {
                        outcome.add_error(&format!("writing to standard output: {error}"));
                    }
                };
                match &mut self.live {
                    Some(live) => live.over(place, print),
                    None => print(),
                }
            }
        }
    }

    /// Where there are several, a line for each. Gives the reports of those that were run.
    pub fn close(mut self, outcome: &mut Outcome) -> Vec<Side> {
        self.live = None;
        for one in self.kernels.iter().filter(|one| one.ended.is_none()) {
            outcome.add_error(&format!("{}: interrupted before it was started", one.name));
        }
        if self.kernels.len() > 1
            && let Err(error) = self.print_ends()
        {
            outcome.add_error(&format!("writing to standard output: {error}"));
        }
        let reports = self.kernels.into_iter();
        let reports: Vec<Side> = reports.filter_map(|one| Some((PathBuf::from(one.name), one.report?))).collect();
        if let Some(github) = &mut self.github {
            let all: Vec<&Report> = reports.iter().map(|(_, report)| report).collect();
            if let Err(error) = github.tell(&all) {
                outcome.add_error(&error.to_string());
            }
        }
        reports
    }

    fn print_ends(&self) -> io::Result<()> {
        let width = self.kernels.iter().map(|one| one.name.len()).max().unwrap_or(0);
        let mut text = String::new();
        for one in &self.kernels {
            let ended = one.ended.as_deref().unwrap_or("not run");
            text.push_str(&format!("{:width$}  {ended}\n", one.name));
        }
        let mut output = io::stdout().lock();
        output.write_all(text.as_bytes())?;
        output.flush()
    }
}

impl One {
    fn take(&mut self, event: &Event<'_>, outcome: &mut Outcome, strict: bool) {
        match event {
            Event::CaseEnded(result) => outcome.count(result, strict),
            Event::Ended { summary, took, interrupted } => {
                let counts: Vec<String> = summary.in_words().map(|(_, count)| count).collect();
                let took = took.as_secs_f64();
                let cut = if *interrupted { "cut short: " } else { "" };
                self.ended = Some(format!("{cut}{}; {took:.1} s", counts.join(", ")));
                outcome.error |= *interrupted;
            }
            _ => {}
        }
        self.report = self.collector.take(event).or(self.report.take());
        self.reporters.retain_mut(|reporter| match reporter.take(event) {
            Ok(()) => true,
            Err(error) => {
                outcome.add_error(&error.to_string());
                false
            }
        });
    }
}

/// A name for the files of a kernel that no other one of this run has.
fn unique(release: &str, taken: &mut BTreeSet<String>) -> String {
    let mut names = (2..).map(|number| format!("{release}-{number}"));
    let mut name = release.to_owned();
    while !taken.insert(name.clone()) {
        name = names.next().unwrap_or_default();
    }
    name
}

fn files(directory: &Path, name: &str) -> Vec<Box<dyn Reporter>> {
    let reporter = |format: &Format| -> Box<dyn Reporter> {
        let path = directory.join(format!("{name}.{}", format.extension));
        Box::new(FileReporter::new(format, Destination::File(path)))
    };
    FORMATS.iter().map(reporter).collect()
}

/// How a case is run again in the same kernel, in the same way.
fn again(kernel: &Kernel, arguments: &Arguments) -> Again {
    let mut words = vec!["ptyproof kernel".to_owned()];
    words.push(quoted(&kernel.image.path.to_string_lossy()));
    let mut flag = |name: &str, value: &str| words.push(format!("{name} {}", quoted(value)));
    for directory in &arguments.modules {
        flag("--modules", &directory.to_string_lossy());
    }
    if !arguments.append.is_empty() {
        flag("--append", &arguments.append);
    }
    for setting in &arguments.sysctl {
        flag("--sysctl", &format!("{}={}", setting.name, setting.value));
    }
    words.push("--".to_owned());
    Again { before: words.join(" "), after: String::new() }
}

/// What is to be printed later.
#[derive(Clone, Default)]
struct Page(Rc<RefCell<Vec<u8>>>);

impl Page {
    fn print(&self) -> io::Result<()> {
        let mut output = io::stdout().lock();
        let text = std::mem::take(&mut *self.0.borrow_mut());
        if text.is_empty() {
            return Ok(());
        }
        output.write_all(&text)?;
        output.write_all(b"\n")?;
        output.flush()
    }
}

impl Write for Page {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
