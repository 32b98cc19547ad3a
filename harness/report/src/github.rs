//! What GitHub's runners read: annotations beside the log, and a summary of the step.
//! <https://docs.github.com/actions/reference/workflow-commands-for-github-actions>

use super::{CaseResult, Collector, Event, Evidence, Report, Reporter, Verdict, printable};
use std::fs::File;
use std::io::{self, Read, Write};
use std::path::PathBuf;
use std::{collections::BTreeMap, fmt::Write as _};

/// So many annotations of a step are shown; those that follow are thrown away.
const ANNOTATIONS: usize = 10;

/// So long may the failures be in the summary, which must not be longer than 1 MiB.
const NAMED: usize = 512 * 1024;

/// So many characters of a value are shown.
const CHARACTERS: usize = 300;

/// Tells GitHub's runner what is not as expected, once the run has ended.
///
/// From when on it is made until then, the runner is told to obey nothing that is printed: what came out of a container may be
/// in it. So this has to be made before anybody prints, and to be the last of the reporters.
pub struct GitHub {
    output: Box<dyn Write>,
    summary: Option<PathBuf>,
    token: String,
    collector: Collector,
}

impl GitHub {
    /// Annotations go to `output`, which is what the runner reads; the summary to the end of a file, if there is one.
    pub fn new(mut output: Box<dyn Write>, summary: Option<PathBuf>) -> io::Result<Self> {
        let mut random = [0; 16];
        File::open("/dev/urandom")?.read_exact(&mut random)?;
        let token = random.iter().fold("ptyproof-".to_owned(), |token, byte| format!("{token}{byte:02x}"));
        writeln!(output, "::stop-commands::{token}")?;
        Ok(Self { output, summary, token, collector: Collector::default() })
    }

    /// All runs have ended: the runner obeys again, and is told of them.
    pub fn tell(&mut self, reports: &[&Report]) -> io::Result<()> {
        writeln!(self.output, "::{}::", self.token)?;
        let all = reports.iter().flat_map(|report| unexpected(report).map(move |result| (result, report)));
        for (result, report) in all.take(ANNOTATIONS) {
            let title = property(&format!("{} {}", result.verdict, result.id));
            writeln!(self.output, "::error title={title}::{}", data(&told(result, report)))?;
        }
        self.output.flush()?;
        let Some(path) = &self.summary else { return Ok(()) };
        let page: String = reports.iter().map(|report| summary(report, NAMED / reports.len())).collect();
        let file = File::options().append(true).create(true).open(path);
        file.and_then(|mut file| file.write_all(page.as_bytes()))
            .map_err(|error| io::Error::new(error.kind(), format!("writing {}: {error}", path.display())))
    }
}

impl Reporter for GitHub {
    fn take(&mut self, event: &Event<'_>) -> io::Result<()> {
        self.collector.take(event).map_or(Ok(()), |report| self.tell(&[&report]))
    }
}

fn unexpected(report: &Report) -> impl Iterator<Item = &CaseResult> {
    report.results.iter().filter(|result| !result.is_as_expected(report.strict))
}

/// One failure in a few lines.
fn told(result: &CaseResult, report: &Report) -> String {
    let evidence = |value: &Option<Evidence>| value.as_ref().map(|value| value.as_words().to_owned());
    let left = (!result.teardown.is_empty()).then(|| result.teardown.join("; "));
    let version = report.target.version.lines().next().unwrap_or_default().to_owned();
    let lines = [
        ("target", Some(version)),
        ("requirement", Some(result.requirement.clone())),
        ("reason", result.reason.clone()),
        ("expected", evidence(&result.expected)),
        ("observed", evidence(&result.observed)),
        ("left behind", left),
    ];
    let lines = lines.into_iter().filter_map(|(name, value)| Some(format!("{name}: {}", short(&value?))));
    lines.collect::<Vec<_>>().join("\n")
}

fn short(text: &str) -> String {
    let text = printable(text);
    match text.char_indices().nth(CHARACTERS) {
        Some((at, _)) => format!("{}...", &text[..at]),
        None => text,
    }
}

/// The value of a command.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A property of a command.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

/// Text in a cell of a table in Markdown, in which nothing is markup.
fn cell(text: &str) -> String {
    let mut cell = String::with_capacity(text.len());
    for c in text.chars() {
        // A full stop may make a link, and an underscore emphasis.
        if c.is_ascii_alphanumeric() || " -/".contains(c) || !c.is_ascii() {
            cell.push(c);
        } else {
            cell.push_str(&format!("&#{};", u32::from(c)));
        }
    }
    cell
}

/// The page of the step: how it ended, what is not as expected, as far as there is room, and the areas.
fn summary(report: &Report, room: usize) -> String {
    let version = report.target.version.lines().next().unwrap_or_default();
    let place = if report.target.path.is_empty() { "the bare kernel".to_owned() } else { report.target.place() };
    let counts: Vec<String> = report.summary.in_words().map(|(_, words)| words).collect();
    let cut = if report.interrupted { "cut short: " } else { "" };
    let mut page = format!(
        "### ptyproof: {cut}{}\n\n{} ({}) on Linux {}\n\n",
        counts.join(", "),
        cell(&place),
        cell(&printable(version)),
        cell(&printable(&report.environment.kernel))
    );
    let failed: Vec<&CaseResult> = unexpected(report).collect();
    if !failed.is_empty() {
        page.push_str("| | case | what was looked at | expected | observed |\n|---|---|---|---|---|\n");
    }
    let mut left = failed.len();
    for result in failed {
        let words =
            |value: &Option<Evidence>| value.as_ref().map_or(String::new(), |value| cell(&short(value.as_words())));
        let reason = match result.verdict {
            Verdict::Pass | Verdict::Warn | Verdict::Info => format!("left behind: {}", result.teardown.join("; ")),
            _ => result.reason.clone().unwrap_or_default(),
        };
        let (reason, expected, observed) = (cell(&short(&reason)), words(&result.expected), words(&result.observed));
        let (verdict, id) = (result.verdict, cell(result.id.as_str()));
        let line = format!("| {verdict} | {id} | {reason} | {expected} | {observed} |\n");
        if page.len() + line.len() > room {
            let _ = writeln!(page, "\n{left} more are in the log.");
            break;
        }
        page.push_str(&line);
        left -= 1;
    }
    let mut areas: BTreeMap<&str, BTreeMap<Verdict, usize>> = BTreeMap::new();
    for result in &report.results {
        *areas.entry(result.area()).or_default().entry(result.verdict).or_default() += 1;
    }
    page.push_str("\n<details><summary>By area</summary>\n\n| area | |\n|---|---|\n");
    for (area, counts) in areas {
        let counts: Vec<String> = counts.iter().map(|(verdict, count)| format!("{count} {verdict}")).collect();
        let _ = writeln!(page, "| {} | {} |", cell(area), counts.join(", "));
    }
    page.push_str("\n</details>\n\n");
    page
}

#[cfg(test)]
mod tests {
    use super::super::test_results::{Paper, golden, report, tell};
    use super::*;

    #[test]
    fn golden_of_annotations_and_summary() {
        let paper = Paper::default();
        let file = tempfile::NamedTempFile::new().expect("a file");
        std::fs::write(file.path(), "of another step\n").expect("it can be written");
        let mut github = GitHub::new(paper.writer(), Some(file.path().to_owned())).expect("there is randomness");
        tell(&mut github).expect("it can be written");
        let token = github.token.clone();
        golden("github-annotations.txt", &paper.text().replace(&token, "TOKEN"));
        let page = std::fs::read_to_string(file.path()).expect("it is there");
        golden("github-summary.md", page.strip_prefix("of another step\n").expect("what was there stays"));
    }

    #[test]
    fn nothing_that_came_out_of_a_container_is_a_command_or_markup() {
        let mut report = report();
        let hostile = "</td>|<script>\n::add-mask::x\r\n##[error] `%0A` www.example.org _x_".to_owned();
        report.results[6].reason = Some(hostile.clone());
        let page = summary(&report, NAMED);
        let line = page.lines().find(|line| line.contains("area/fail")).expect("it is named");
        assert!(!line.contains(['<', '`', '.', '_']) && line.matches('|').count() == 6, "{line}");
        let mut github = GitHub::new(Box::new(io::sink()), None).expect("there is randomness");
        let paper = Paper::default();
        github.output = paper.writer();
        github.tell(&[&report]).expect("memory");
        let text = paper.text();
        assert!(
            text.lines().all(|line| line.starts_with("::error title=") || line.starts_with("::ptyproof-")),
            "{text}"
        );
        assert!(text.contains("\\n::add-mask::x\\r\\n##[error] `%250A` www.example.org _x_"), "{text}");
    }

    #[test]
    fn the_summary_of_many_long_failures_is_not_refused() {
        let mut report = report();
        report.results = vec![report.results[6].clone(); 500];
        for result in &mut report.results {
            (result.expected, result.observed) = (Some("|".repeat(300).into()), Some("_".repeat(300).into()));
        }
        let file = tempfile::NamedTempFile::new().expect("a file");
        let mut github = GitHub::new(Box::new(io::sink()), Some(file.path().to_owned())).expect("there is randomness");
        github.tell(&[&report, &report, &report]).expect("it can be written");
        let page = std::fs::read_to_string(file.path()).expect("it is there");
        assert!((NAMED / 2..NAMED + 16 * 1024).contains(&page.len()), "{} bytes", page.len());
        let told = |page: &str| page.matches("\n| fail | ").count();
        for part in page.split("### ").skip(1) {
            let (_, more) = part.split_once(" |\n\n").expect("the table ends");
            assert!(more.starts_with(&format!("{} more are in the log.\n", 500 - told(part))), "{more}");
        }
    }

    #[test]
    fn two_runs_have_two_tokens() {
        let token = || GitHub::new(Box::new(io::sink()), None).expect("there is randomness").token;
        assert_ne!(token(), token());
    }
}
