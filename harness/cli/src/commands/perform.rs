use super::target::{given, looks_like_a_runtime, profile};
use super::task::{PATIENCE, ask, supervised};
use crate::arguments::{Perform, Place};
use crate::exit::{Exit, Refusal};
use ptyproof_harness::target::{Kernel, Target};
use ptyproof_report::{data, printable};
use ptyproof_scenario::stage::Model;
use ptyproof_scenario::tasks::vectors::{self, File, VectorResult};
use std::{sync::Arc, time::Duration};

/// Files that take longer hang.
const DEADLINE: Duration = Duration::from_secs(600);

/// Performs files of vectors. Mistakes in the files are told before anything is started.
pub fn perform(arguments: &Perform) -> Result<Exit, Refusal> {
    let profile = profile(arguments.profile.as_deref())?;
    if let Some(path) = &arguments.runtime {
        looks_like_a_runtime(path)?;
    }
    let mut files = Vec::new();
    for path in &arguments.files {
        let name = printable(&path.to_string_lossy());
        let text = data::read(path).map_err(Refusal::usage)?;
        files.push(File { name, text });
    }
    let vectors = vectors::read(&files).map_err(Refusal::usage)?;
    let results = match (&arguments.runtime, arguments.on) {
        (None, Place::Model) => vectors::perform(&vectors, &mut Model::new()),
        (runtime, _) => {
            let supervisor = supervised()?;
            let target: Arc<dyn Target> = match runtime {
                None => Arc::new(Kernel),
                Some(path) => Arc::new(given(path, profile, PATIENCE, &supervisor)?),
            };
            let results = ask(&supervisor, &target, &vectors::PERFORM, &files, DEADLINE);
            results.map_err(Refusal::machine)?.ok_or_else(|| Refusal::machine("interrupted"))?
        }
    };
    Ok(tell(&results))
}

fn tell(results: &[VectorResult]) -> Exit {
    let mut differing = 0;
    for VectorResult { id, holds } in results {
        match holds {
            Ok(None) => println!("holds   {id}"),
            Ok(Some(behaviour)) => println!("holds   {id}; shows {behaviour}"),
            Err(why) => {
                differing += 1;
                println!("differs {id}: {why}");
            }
        }
    }
    let vectors = if results.len() == 1 { "vector" } else { "vectors" };
    match differing {
        0 => println!("\n{} {vectors}, as expected", results.len()),
        _ => println!("\n{differing} of {} {vectors}: not as expected", results.len()),
    }
    if differing == 0 { Exit::AsExpected } else { Exit::NotAsExpected }
}
