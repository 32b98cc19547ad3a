use super::args::COMMANDS;
use super::grammar::{Grammar, Kind, Parameter};

/// What `--help` prints.
pub(super) fn help(grammar: &Grammar) -> String {
    let commands = if grammar.has_commands() { COMMANDS } else { &[] };
    let commands = commands.iter().map(|(each, _)| (each.name.to_owned(), each.about.to_owned()));
    let arguments = grammar.arguments().filter(|argument| argument.kind != Kind::Command);
    let arguments = arguments.map(|argument| (argument.to_string(), explanation(argument)));
    let options = grammar.options().filter(|option| !option.hidden);
    let options = options.map(|option| (spelling(option), explanation(option)));
    [section("Commands", commands), section("Arguments", arguments), section("Options", options)]
        .into_iter()
        .fold(format!("{}\n\n{}\n", grammar.about, grammar.usage()), |text, section| text + &section)
}

/// A heading and what stands below it, in two columns; nothing where there is nothing.
fn section(heading: &str, rows: impl Iterator<Item = (String, String)>) -> String {
    let rows: Vec<_> = rows.collect();
    let Some(width) = rows.iter().map(|(name, _)| name.len()).max() else { return String::new() };
    let rows: String = rows.iter().map(|(name, about)| format!("  {name:width$}  {about}\n")).collect();
    format!("\n{heading}:\n{rows}")
}

fn spelling(option: &Parameter) -> String {
    match option.letters.chars().next() {
        Some(letter) => format!("-{letter}, {option}"),
        None => format!("    {option}"),
    }
}

fn explanation(parameter: &Parameter) -> String {
    let mut text = parameter.about.to_owned();
    text.extend(parameter.default.map(|default| format!(" [default: {default}]")));
    text.extend(parameter.alias.map(|alias| format!(" [alias: --{alias}]")));
    text + &possible(parameter)
}

/// The values that there are, where they are few.
pub(super) fn possible(parameter: &Parameter) -> String {
    if parameter.choices.is_empty() {
        return String::new();
    }
    format!(" [possible values: {}]", parameter.choices.join(", "))
}
