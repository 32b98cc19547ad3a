use super::making::{Create, Exec, Run};
use super::{events::Events, signal::SignalNumber, update::Update};
use crate::container::ContainerId;
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

const VERSION: &str = concat!("version ", env!("CARGO_PKG_VERSION"), "\nspec: 1.2.0");

/// The reference OCI runtime of ptyproof.
#[derive(Debug, Parser)]
#[command(name = "ptyrun", bin_name = "ptyrun", version = VERSION, max_term_width = 100, subcommand_required = true)]
#[command(arg_required_else_help = true, disable_version_flag = true)]
pub(super) struct Arguments {
    #[command(flatten)]
    pub(super) global: Global,
    #[command(subcommand)]
    pub(super) command: Command,
}

/// Options that go before the command.
#[derive(Debug, Args)]
pub(super) struct Global {
    /// Print the version
    #[arg(long, short = 'v', short_alias = 'V', action = clap::ArgAction::Version)]
    version: Option<bool>,
    /// Directory of the containers' state [default: /run/ptyrun, or $XDG_RUNTIME_DIR/ptyrun]
    #[arg(long, value_name = "DIR")]
    pub(super) root: Option<PathBuf>,
    /// File that errors, beside standard error, and warnings are appended to
    #[arg(long, value_name = "FILE")]
    pub(super) log: Option<PathBuf>,
    /// Form of the log
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(super) log_format: LogFormat,
    /// Write down what is done, too: to the log, or else to standard error
    #[arg(long)]
    pub(super) debug: bool,
    /// Whether the caller is an ordinary user: true, false or auto; ptyrun sees that by itself
    #[arg(long, value_name = "WORD", hide = true)]
    rootless: Option<String>,
    /// Have systemd make the cgroup of a new container: linux.cgroupsPath is SLICE:PREFIX:NAME then
    #[arg(long)]
    pub(super) systemd_cgroup: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum LogFormat {
    Text,
    Json,
}

/// What is not called is not even built: that would take longer than all else before the container.
#[derive(Debug, Subcommand)]
#[command(defer = true)]
pub(super) enum Command {
    /// Make a container; its program waits for `start`
    Create(Create),
    /// Run the program of a created container
    Start(Named),
    /// Make a container, run its program and, unless detached, wait for it and remove it
    Run(Run),
    /// Run another process in a container
    Exec(Exec),
    /// Print the state of a container as JSON
    State(Named),
    /// Send a signal to a container's process
    Kill(Kill),
    /// Hold all processes of a container still
    Pause(Named),
    /// Let the processes of a paused container go on
    Resume(Named),
    /// List the processes of a container
    Ps(Ps),
    /// Change what a container may use
    Update(Update),
    /// Print what a container uses, and when it runs out of memory, as lines of JSON
    Events(Events),
    /// Remove a container
    Delete(Delete),
    /// List containers
    List(List),
    /// Write a config.json to start from
    Spec(Spec),
    /// Print what this runtime can do as JSON
    Features,
}

#[derive(Debug, Args)]
pub(super) struct Named {
    /// The container
    pub(super) id: ContainerId,
}

#[derive(Debug, Args)]
pub(super) struct Kill {
    /// Signal every process of the container
    #[arg(long, short)]
    pub(super) all: bool,
    /// The container
    pub(super) id: ContainerId,
    /// A name, with or without SIG, or a number
    #[arg(default_value = "TERM")]
    pub(super) signal: SignalNumber,
}

#[derive(Debug, Args)]
pub(super) struct Ps {
    /// Form of the list: what ps(1) prints, or numbers only
    #[arg(long, short, value_name = "FORMAT", default_value = "table")]
    pub(super) format: ListFormat,
    /// The container
    pub(super) id: ContainerId,
    /// Options for ps(1) [default: -ef]
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    pub(super) options: Vec<String>,
}

#[derive(Debug, Args)]
pub(super) struct Delete {
    /// Kill it first if it runs; a container that does not exist is no error
    #[arg(long, short)]
    pub(super) force: bool,
    /// The container
    pub(super) id: ContainerId,
}

#[derive(Debug, Args)]
pub(super) struct List {
    /// Print ids only
    #[arg(long, short)]
    pub(super) quiet: bool,
    /// Form of the list
    #[arg(long, short, value_name = "FORMAT", default_value = "table")]
    pub(super) format: ListFormat,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum ListFormat {
    Table,
    Json,
}

#[derive(Debug, Args)]
pub(super) struct Spec {
    /// Directory to write config.json to
    #[arg(long, short, value_name = "DIR", default_value = ".")]
    pub(super) bundle: PathBuf,
    /// Write one for an ordinary user
    #[arg(long)]
    pub(super) rootless: bool,
}

#[cfg(test)]
mod tests {
    use super::{Arguments, Command};
    use clap::{CommandFactory, Parser};

    #[test]
    fn the_definition_is_consistent() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn every_command_keeps_its_help_when_its_options_are_built() {
        let mut arguments = Arguments::command();
        let told = |command: &clap::Command| -> Vec<String> {
            command.get_subcommands().filter_map(|each| each.get_about()).map(ToString::to_string).collect()
        };
        let before = told(&arguments);
        arguments.build();
        assert_eq!(told(&arguments)[..before.len()], before);
        assert!(before.contains(&"Make a container; its program waits for `start`".to_owned()), "{before:?}");
    }

    #[test]
    fn the_order_that_users_of_runc_write_is_understood() {
        let line = "ptyrun --root R --log L --log-format json create -b B --console-socket S --pid-file P ID";
        let parsed = Arguments::try_parse_from(line.split(' ')).unwrap();
        assert_eq!(parsed.global.root.unwrap().to_str(), Some("R"));
        let Command::Create(create) = parsed.command else { panic!("{:?}", parsed.command) };
        assert_eq!((create.id.as_str(), create.bundle.to_str()), ("ID", Some("B")));
    }

    #[test]
    fn options_of_an_exec_program_are_its_own() {
        let parsed = Arguments::try_parse_from("ptyrun exec -t -e A=1 -e B=2 -u 1:2 ID ls -l --tty".split(' '));
        let Command::Exec(exec) = parsed.unwrap().command else { panic!() };
        assert_eq!(exec.args, ["ls", "-l", "--tty"]);
        assert_eq!(exec.env, ["A=1", "B=2"]);
        assert!(Arguments::try_parse_from(["ptyrun", "exec", "ID"]).is_err());
        assert!(Arguments::try_parse_from(["ptyrun", "exec", "-p", "F", "ID"]).is_ok());
        assert!(Arguments::try_parse_from(["ptyrun", "exec", "-p", "F", "ID", "sh"]).is_err());
        let line = "ptyrun exec -g 7 -g 8 -c CAP_KILL --cap CAP_CHOWN --cgroup memory:x --no-new-privs ID id";
        let Command::Exec(exec) = Arguments::try_parse_from(line.split(' ')).unwrap().command else { panic!() };
        assert_eq!((&exec.additional_gids[..], exec.capabilities.len(), exec.cgroup.len()), (&[7, 8][..], 2, 1));
        assert!(Arguments::try_parse_from(["ptyrun", "exec", "--cap", "CAP_FLY", "ID", "id"]).is_err());
        // podman's conmon says what the file says, too.
        let conmon = "ptyrun exec --pid-file P --process F --detach --tty --console-socket S ID";
        assert!(Arguments::try_parse_from(conmon.split(' ')).is_ok());
    }
}
