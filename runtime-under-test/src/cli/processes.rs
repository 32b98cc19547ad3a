use crate::container::ContainerError;
use std::process::{Command, Stdio};

/// What ps(1) says of these processes: its heading and their lines. `options` are for ps, and have it print a column PID.
pub(super) fn table(pids: &[i32], options: &[String]) -> Result<String, ContainerError> {
    let options = if options.is_empty() { &["-ef".to_owned()] } else { options };
    let output = Command::new("ps").args(options).stdin(Stdio::null()).stderr(Stdio::inherit()).output();
    let output = output.map_err(ContainerError::file("running", "ps"))?;
    let text = String::from_utf8_lossy(&output.stdout);
    let mut lines = text.lines();
    let heading = lines.next().unwrap_or_default();
    let Some(column) = heading.split_whitespace().position(|name| name == "PID") else {
        return Err(ContainerError::Usage("ps prints no column PID with these options"));
    };
    let is_listed = |line: &&str| {
        let number = line.split_whitespace().nth(column).and_then(|word| word.parse().ok());
        number.is_some_and(|number| pids.contains(&number))
    };
    Ok([heading].into_iter().chain(lines.filter(is_listed)).map(|line| format!("{line}\n")).collect())
}
