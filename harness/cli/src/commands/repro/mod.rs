//! `ptyproof explain ID --repro`: shell lines that show, without ptyproof, what a case has found.

mod script;

use super::run::known;
use super::target::{given, looks_like_a_runtime, profile};
use super::task::supervised;
use crate::arguments::{DEFAULT_TIMEOUT, Explain};
use crate::exit::Refusal;
use crate::patience;
use ptyproof_harness::case::Case;
use ptyproof_harness::runner::{Settings, run_one};
use ptyproof_harness::target::{Runtime, Target, quoted};
use ptyproof_report::deviation::PAGE;
use ptyproof_report::{CaseResult, Evidence, Verdict, printable};
use std::path::Path;
use std::sync::Arc;

/// The lines for one case on one runtime: those of the finding that an expectation leads to, or those that the case itself
/// has called.
pub fn repro(arguments: &Explain, runtime: &Path, case: &'static Case) -> Result<String, Refusal> {
    let chosen = profile(arguments.profile.as_deref())?;
    looks_like_a_runtime(runtime)?;
    let patience = patience::parse(DEFAULT_TIMEOUT).map_err(Refusal::machine)?;
    let supervisor = supervised()?;
    let found = given(runtime, chosen, patience, &supervisor)?;
    let expectations = known(&found.profile.name)?.known_of(&found.version);
    let mut links = expectations.expect.iter().filter(|known| known.case == case.id()).map(|known| &known.link);
    if let Some(id) = links.find_map(|link| link.strip_prefix(PAGE)) {
        return finding(id, case, &found);
    }
    let place =
        tempfile::tempdir().map_err(|error| Refusal::machine(format!("a directory for the case's files: {error}")))?;
    let settings = Settings { keep: Some(place.path().to_owned()), every_call: true, ..Settings::plain(patience) };
    let (runtime, target) = (found.clone(), Arc::new(found) as Arc<dyn Target>);
    let result = run_one(&supervisor, &target, case, &settings);
    match result.verdict {
        Verdict::Fail | Verdict::Warn | Verdict::Timeout => {
            let files = place.path().join(case.id).join("files");
            Ok(headline(case, &runtime, &observed(&result)) + &script::lines(&result, &runtime, &files))
        }
        verdict => {
            let why = result.reason.map_or(String::new(), |why| format!(": {}", printable(&why)));
            let version = first_line(&runtime.version);
            let why = format!("{} ends with {verdict} on {version}{why}; there is nothing to show", case.id);
            Err(if verdict == Verdict::Error { Refusal::machine(why) } else { Refusal::nothing_selected(why) })
        }
    }
}

fn first_line(version: &str) -> String {
    printable(version.lines().next().unwrap_or_default())
}

/// What every script says first, in comments.
fn headline(case: &Case, runtime: &Runtime, what: &str) -> String {
    format!(
        "# {} on {} ({})\n# does      {}\n# requires  {} ({})\n{what}",
        case.id,
        printable(&runtime.binary.path.to_string_lossy()),
        first_line(&runtime.version),
        case.title,
        case.requirement,
        case.level,
    )
}

fn observed(result: &CaseResult) -> String {
    let mut text = String::new();
    let words = |value: &Option<Evidence>| value.as_ref().map(|value| printable(value.as_words()));
    for (name, value) in [
        ("look at", result.reason.as_deref().map(printable)),
        ("expected", words(&result.expected)),
        ("observed", words(&result.observed)),
    ] {
        if let Some(value) = value {
            text.push_str(&format!("# {name:<9} {value}\n"));
        }
    }
    text
}

/// The lines of a finding call the runtime by its name, so that name has to lead to this one.
fn finding(id: &str, case: &Case, runtime: &Runtime) -> Result<String, Refusal> {
    let findings = ptyproof_cases::findings().map_err(Refusal::machine)?;
    let found = findings.get(id).ok_or_else(|| Refusal::machine(format!("there is no finding {id}")))?;
    let what = format!("# observed  {}\n# look at   what stands behind each line; {PAGE}{id}\n", found.does.trim());
    let path = quoted(&runtime.binary.path.to_string_lossy());
    let name = &runtime.profile.name;
    Ok(format!(
        "{}cd \"$(mktemp -d)\" && mkdir path && ln -s {path} path/{name} && PATH=$PWD/path:$PATH\n{}\n",
        headline(case, runtime, &what),
        found.reproduction.trim()
    ))
}
