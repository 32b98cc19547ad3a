//! What shells and man(1) read about the command itself.

use crate::{arguments::Arguments, exit::Refusal, suggestion::suggestion};
use clap::{Command, CommandFactory};
use clap_complete::Shell;
use clap_mangen::Man;
use ptyproof_report::data;
use std::{fs, path::Path};

/// A script by which a shell completes the command line.
pub fn completions(shell: Shell) -> String {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "ptyproof", &mut script);
    String::from_utf8_lossy(&script).into_owned()
}

/// The manual page, or that of one command.
pub fn man(name: Option<&str>) -> Result<String, Refusal> {
    let mut command = Arguments::command();
    command.build();
    let command = match name {
        None => command,
        Some(name) => command.find_subcommand(name).cloned().ok_or_else(|| {
            let hint = suggestion(name, command.get_subcommands().map(|command| command.get_name()));
            Refusal::usage(format!("no command is called {name:?}{hint}"))
        })?,
    };
    page(command)
}

/// Writes the manual pages of all commands, as packages have them.
pub fn man_pages(directory: &Path) -> Result<(), Refusal> {
    let mut command = Arguments::command();
    command.build();
    fs::create_dir_all(directory)
        .map_err(|error| Refusal::usage(format!("--dir: {}: {error}", directory.display())))?;
    let commands = command.get_subcommands().filter(|command| command.get_name() != "help").cloned();
    for command in commands.chain([command.clone()]) {
        let name = command.get_display_name().unwrap_or_else(|| command.get_name()).to_owned();
        data::replace(&directory.join(format!("{name}.1")), page(command)?.as_bytes()).map_err(Refusal::machine)?;
    }
    Ok(())
}

fn page(command: Command) -> Result<String, Refusal> {
    let mut page = Vec::new();
    Man::new(command).render(&mut page).map_err(Refusal::machine)?;
    Ok(String::from_utf8_lossy(&page).into_owned())
}
