use super::grammar::{Grammar, Parameter};
use super::making::{Create, Exec, MAKING, OF_PROGRAM, PLUMBING, PROGRAM, RUNNING, Run, SOURCE, WAY};
use super::parse::{Matches, parse};
use super::update::{LIMITS, RESOURCES, Update};
use super::{events, events::Events, mistake::Stop, signal::SignalNumber};
use crate::container::ContainerId;
use lexopt::Parser;
use std::path::PathBuf;
use strum::VariantNames;

pub(super) const VERSION: &str = concat!("version ", env!("CARGO_PKG_VERSION"), "\nspec: 1.2.0");

pub(super) static PTYRUN: Grammar = Grammar {
    name: "ptyrun",
    about: "The reference OCI runtime of ptyproof",
    parameters: &[&[
        Parameter::version("Print the version").letters("vV"),
        Parameter::option(
            "root",
            "DIR",
            "Directory of the containers' state [default: /run/ptyrun, or $XDG_RUNTIME_DIR/ptyrun]",
        ),
        Parameter::option("log", "FILE", "File that errors, beside standard error, and warnings are appended to"),
        Parameter::option("log-format", "FORMAT", "Form of the log").default("text").choices(LogFormat::VARIANTS),
        Parameter::flag("debug", "Write down what is done, too: to the log, or else to standard error"),
        // Whether the caller is an ordinary user: ptyrun sees that by itself.
        Parameter::option("rootless", "WORD", "true, false or auto").hidden(),
        Parameter::flag(
            "systemd-cgroup",
            "Have systemd make the cgroup of a new container: linux.cgroupsPath is SLICE:PREFIX:NAME then",
        ),
        Parameter::command(),
    ]],
};

/// Makes a command of what the command line gives for it.
type Make = fn(&Matches) -> Result<Command, Stop>;

/// All commands, in the order of the help.
pub(super) static COMMANDS: &[(Grammar, Make)] = &[
    command("create", "Make a container; its program waits for `start`", &[MAKING, PLUMBING, NEW], |given| {
        Create::of(given).map(Command::Create)
    }),
    command("start", "Run the program of a created container", &[ID], |given| Named::of(given).map(Command::Start)),
    command(
        "run",
        "Make a container, run its program and, unless detached, wait for it and remove it",
        &[RUNNING, MAKING, PLUMBING, NEW],
        |given| Run::of(given).map(Command::Run),
    ),
    command("exec", "Run another process in a container", &[SOURCE, OF_PROGRAM, WAY, PLUMBING, ID, PROGRAM], |given| {
        Exec::of(given).map(Command::Exec)
    }),
    command("state", "Print the state of a container as JSON", &[ID], |given| Named::of(given).map(Command::State)),
    command(
        "kill",
        "Send a signal to a container's process",
        &[
            &[Parameter::flag("all", "Signal every process of the container").letters("a")],
            ID,
            &[Parameter::argument("SIGNAL", "A name, with or without SIG, or a number").default("TERM")],
        ],
        |given| {
            Ok(Command::Kill(Kill { all: given.is_given("all"), id: given.one("ID")?, signal: given.one("SIGNAL")? }))
        },
    ),
    command("pause", "Hold all processes of a container still", &[ID], |given| Named::of(given).map(Command::Pause)),
    command("resume", "Let the processes of a paused container go on", &[ID], |given| {
        Named::of(given).map(Command::Resume)
    }),
    command(
        "ps",
        "List the processes of a container",
        &[
            &[FORMAT.about("Form of the list: what ps(1) prints, or numbers only")],
            ID,
            &[Parameter::rest("OPTIONS", "Options for ps(1) [default: -ef]")],
        ],
        |given| {
            Ok(Command::Ps(Ps { format: given.one("format")?, id: given.one("ID")?, options: given.all("OPTIONS")? }))
        },
    ),
    command("update", "Change what a container may use", &[RESOURCES, LIMITS, ID], |given| {
        Update::of(given).map(Command::Update)
    }),
    command(
        "events",
        "Print what a container uses, and when it runs out of memory, as lines of JSON",
        &[events::OPTIONS, ID],
        |given| Events::of(given).map(Command::Events),
    ),
    command(
        "delete",
        "Remove a container",
        &[
            &[Parameter::flag("force", "Kill it first if it runs; a container that does not exist is no error")
                .letters("f")],
            ID,
        ],
        |given| Ok(Command::Delete(Delete { force: given.is_given("force"), id: given.one("ID")? })),
    ),
    command(
        "list",
        "List containers",
        &[&[Parameter::flag("quiet", "Print ids only").letters("q"), FORMAT]],
        |given| Ok(Command::List(List { quiet: given.is_given("quiet"), format: given.one("format")? })),
    ),
    command(
        "spec",
        "Write a config.json to start from",
        &[&[
            Parameter::option("bundle", "DIR", "Directory to write config.json to").letters("b").default("."),
            Parameter::flag("rootless", "Write one for an ordinary user"),
        ]],
        |given| Ok(Command::Spec(Spec { bundle: given.path("bundle")?, rootless: given.is_given("rootless") })),
    ),
    command("features", "Print what this runtime can do as JSON", &[], |_| Ok(Command::Features)),
    command(
        "help",
        "Print this message or the help of the given subcommand",
        &[&[Parameter::argument("COMMAND", "The command; none for ptyrun as a whole").optional()]],
        |given| match given.optional::<String>("COMMAND")? {
            Some(name) => find(&name).and_then(|(grammar, _)| Err(Stop::Help(grammar))),
            None => Err(Stop::Help(&PTYRUN)),
        },
    ),
];

const ID: &[Parameter] = &[Parameter::argument("ID", "The container")];
const NEW: &[Parameter] = &[Parameter::argument("ID", "The new container")];
const FORMAT: Parameter = Parameter::option("format", "FORMAT", "Form of the list")
    .letters("f")
    .default("table")
    .choices(ListFormat::VARIANTS);

const fn command(
    name: &'static str,
    about: &'static str,
    parameters: &'static [&'static [Parameter]],
    make: Make,
) -> (Grammar, Make) {
    (Grammar { name, about, parameters }, make)
}

fn find(name: &str) -> Result<&'static (Grammar, Make), Stop> {
    let unknown = || Stop::unknown_command(name, COMMANDS.iter().map(|(grammar, _)| grammar.name));
    COMMANDS.iter().find(|(grammar, _)| grammar.name == name).ok_or_else(unknown)
}

#[derive(Debug)]
pub(super) struct Arguments {
    pub(super) global: Global,
    pub(super) command: Command,
}

/// Options that go before the command.
#[derive(Debug)]
pub(super) struct Global {
    pub(super) root: Option<PathBuf>,
    pub(super) log: Option<PathBuf>,
    pub(super) log_format: LogFormat,
    pub(super) debug: bool,
    pub(super) systemd_cgroup: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::EnumString, VariantNames)]
#[strum(serialize_all = "lowercase")]
pub(super) enum LogFormat {
    Text,
    Json,
}

#[derive(Debug)]
pub(super) enum Command {
    Create(Create),
    Start(Named),
    Run(Run),
    Exec(Exec),
    State(Named),
    Kill(Kill),
    Pause(Named),
    Resume(Named),
    Ps(Ps),
    Update(Update),
    Events(Events),
    Delete(Delete),
    List(List),
    Spec(Spec),
    Features,
}

#[derive(Debug)]
pub(super) struct Named {
    pub(super) id: ContainerId,
}

#[derive(Debug)]
pub(super) struct Kill {
    pub(super) all: bool,
    pub(super) id: ContainerId,
    pub(super) signal: SignalNumber,
}

#[derive(Debug)]
pub(super) struct Ps {
    pub(super) format: ListFormat,
    pub(super) id: ContainerId,
    pub(super) options: Vec<String>,
}

#[derive(Debug)]
pub(super) struct Delete {
    pub(super) force: bool,
    pub(super) id: ContainerId,
}

#[derive(Debug)]
pub(super) struct List {
    pub(super) quiet: bool,
    pub(super) format: ListFormat,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::EnumString, VariantNames)]
#[strum(serialize_all = "lowercase")]
pub(super) enum ListFormat {
    Table,
    Json,
}

#[derive(Debug)]
pub(super) struct Spec {
    pub(super) bundle: PathBuf,
    pub(super) rootless: bool,
}

impl Arguments {
    /// Of what was read before the command, and the words after its name.
    pub(super) fn of(given: &Matches, words: &mut Parser) -> Result<Self, Stop> {
        let (grammar, make) = find(&given.one::<String>("COMMAND")?)?;
        let (of_command, read) = parse(grammar, words);
        let command = read.and_then(|()| make(&of_command))?;
        let global = Global {
            root: given.optional_path("root")?,
            log: given.optional_path("log")?,
            log_format: given.one("log-format")?,
            debug: given.is_given("debug"),
            systemd_cgroup: given.is_given("systemd-cgroup"),
        };
        Ok(Arguments { global, command })
    }
}

impl Named {
    fn of(given: &Matches) -> Result<Self, Stop> {
        Ok(Named { id: given.one("ID")? })
    }
}

#[cfg(test)]
mod tests {
    use super::{Arguments, COMMANDS, Command, PTYRUN, Parser, Stop, parse};
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;

    fn read<'a>(words: impl IntoIterator<Item = &'a [u8]>) -> Result<Arguments, Stop> {
        let mut words = Parser::from_args(words.into_iter().map(OsStr::from_bytes));
        let (given, read) = parse(&PTYRUN, &mut words);
        read.and_then(|()| Arguments::of(&given, &mut words))
    }

    /// What comes of `line`, whose words stand between single spaces.
    fn read_line(line: &str) -> Result<Arguments, Stop> {
        read(line.split(' ').map(str::as_bytes))
    }

    fn understood(line: &str) -> Arguments {
        read_line(line).unwrap_or_else(|stop| panic!("{line}: {}", stop.text()))
    }

    fn told(line: &str) -> String {
        read_line(line).expect_err(line).text()
    }

    #[test]
    fn no_two_options_of_a_command_are_called_the_same_and_all_that_it_reads_are_its_own() {
        for grammar in COMMANDS.iter().map(|(grammar, _)| grammar).chain([&PTYRUN]) {
            let spelled = grammar.options().flat_map(|option| {
                let letters = option.letters.chars().map(String::from);
                letters.chain([option.name.to_owned()]).chain(option.alias.map(str::to_owned))
            });
            let mut names: Vec<String> = spelled.chain(grammar.arguments().map(|each| each.name.to_owned())).collect();
            names.sort();
            assert!(names.windows(2).all(|pair| pair[0] != pair[1]), "{}: {names:?}", grammar.name);
            let needed = grammar.arguments().filter(|argument| !argument.optional).map(|_| " x").collect::<String>();
            match read_line(&format!("{}{needed}", grammar.name)) {
                Ok(_) => {}
                Err(stop) => assert!(["help", "ptyrun"].contains(&grammar.name), "{}: {}", grammar.name, stop.text()),
            }
        }
    }

    #[test]
    fn the_order_that_users_of_runc_write_is_understood() {
        let line = "--root R --log L --log-format json create -b B --console-socket S --pid-file P ID";
        let parsed = understood(line);
        assert_eq!(parsed.global.root.unwrap().to_str(), Some("R"));
        let Command::Create(create) = parsed.command else { panic!("{:?}", parsed.command) };
        assert_eq!((create.id.as_str(), create.bundle.to_str()), ("ID", Some("B")));
    }

    #[test]
    fn options_of_an_exec_program_are_its_own() {
        let Command::Exec(exec) = understood("exec -t -e A=1 -e B=2 -u 1:2 ID ls -l --tty").command else { panic!() };
        assert_eq!(exec.args, ["ls", "-l", "--tty"]);
        assert_eq!(exec.env, ["A=1", "B=2"]);
        understood("exec -p F ID");
        let line = "exec -g 7 -g 8 -c CAP_KILL --cap CAP_CHOWN --cgroup memory:x --no-new-privs ID id";
        let Command::Exec(exec) = understood(line).command else { panic!() };
        assert_eq!((&exec.additional_gids[..], exec.capabilities.len(), exec.cgroup.len()), (&[7, 8][..], 2, 1));
        // podman's conmon says what the file says, too.
        understood("exec --pid-file P --process F --detach --tty --console-socket S ID");
    }

    #[test]
    fn what_follows_the_arguments_of_exec_and_ps_is_left_as_it_is() {
        for (line, left) in [
            ("exec -t ID sh -t", &["sh", "-t"][..]),
            ("exec ID -t sh", &["sh"]),
            ("exec ID -- sh", &["sh"]),
            ("exec ID -- -t", &["-t"]),
            ("exec -- ID -t", &["-t"]),
            ("exec ID sh -- x", &["sh", "--", "x"]),
            ("exec ID -- sh -- x", &["sh", "--", "x"]),
            ("exec ID sh --help", &["sh", "--help"]),
            ("exec ID --odd=1 -t", &["--odd=1", "-t"]),
            ("exec ID -", &["-"]),
            ("ps ID aux", &["aux"]),
            ("ps ID -ef", &["-ef"]),
            ("ps -f json ID -fe --forest", &["-fe", "--forest"]),
            ("ps ID -fjson", &["-fjson"]),
            ("ps ID -f json", &[]),
        ] {
            match understood(line).command {
                Command::Exec(exec) => assert_eq!(exec.args, left, "{line}"),
                Command::Ps(ps) => assert_eq!(ps.options, left, "{line}"),
                other => panic!("{line}: {other:?}"),
            }
        }
    }

    #[test]
    fn an_option_may_be_written_in_several_ways_and_anywhere() {
        for lines in [
            &["create --bundle B ID", "create --bundle=B ID", "create -b B ID", "create -bB ID", "create ID -b=B"][..],
            &["run -d -b B ID", "run -db B ID", "run -dbB ID", "run -b=B ID --detach"],
            &["exec -t -d ID sh", "exec -td ID sh", "exec --tty ID --detach sh", "exec -dt -- ID sh"],
            &["kill ID", "kill ID TERM", "kill ID SIGTERM", "kill ID 15", "kill -- ID term"],
            &["kill -a ID KILL", "kill ID --all KILL", "kill ID KILL -a"],
            &["update --memory -1 ID", "update --memory=-1 ID", "update ID --memory -1"],
            &["update --cpu-share 5 ID", "update --cpu-shares=5 ID"],
            &["events ID", "events --interval 5s ID"],
            &["list", "list -f table", "list -ftable", "--rootless true list", "--log-format text list"],
            &["list -q -f json", "list -qfjson", "list -qf=json", "list --format=json --quiet"],
            &["spec", "spec -b ."],
            &["state -- -x", "-- state -x"],
        ] {
            let spelled = |line: &&str| format!("{:?}", understood(line));
            assert!(lines.iter().all(|line| spelled(line) == spelled(&lines[0])), "{lines:?}");
        }
        assert_ne!(format!("{:?}", understood("list -q")), format!("{:?}", understood("list")));
    }

    #[test]
    fn a_mistake_is_told_with_what_may_have_been_meant() {
        for (line, message) in [
            ("creat", "unrecognized subcommand 'creat'\n\n  tip: a similar subcommand exists: 'create'\n"),
            ("help levitate", "unrecognized subcommand 'levitate'\n"),
            ("--debug", "the following required arguments were not provided: <COMMAND>\n"),
            ("create", "the following required arguments were not provided: <ID>\n"),
            ("exec ID", "the following required arguments were not provided: <ARGS>\n"),
            (
                "create --bundel B",
                "unexpected argument '--bundel' found\n\n  tip: a similar argument exists: '--bundle'\n",
            ),
            ("state --root R ID", "unexpected argument '--root' found\n\n  tip: '--root' goes before the command\n"),
            ("kill ID -9", "unexpected argument '-9' found\n\n  tip: to pass '-9' as a value, use '-- -9'\n"),
            ("exec -tz ID sh", "unexpected argument '-z' found\n"),
            ("state ID ID", "unexpected argument 'ID' found\n"),
            ("features x", "unexpected argument 'x' found\n"),
            ("create ID -b", "a value is required for '--bundle <DIR>' but none was supplied\n"),
            ("create --bundle= ID", "a value is required for '--bundle <DIR>' but none was supplied\n"),
            ("create -b --no-pivot ID", "a value is required for '--bundle <DIR>' but none was supplied\n"),
            ("update --cpu-share -1 ID", "a value is required for '--cpu-share <N>' but none was supplied\n"),
            ("list --quiet=x", "unexpected value 'x' for '--quiet' found; no more were expected\n"),
            ("list -q=x", "unexpected value 'x' for '-q' found; no more were expected\n"),
            ("create -b A -b B ID", "the argument '--bundle <DIR>' cannot be used multiple times\n"),
            ("run -dd ID", "the argument '--detach' cannot be used multiple times\n"),
            (
                "update --cpu-share 1 --cpu-shares 1 ID",
                "the argument '--cpu-share <N>' cannot be used multiple times\n",
            ),
            ("exec -p F ID sh", "the argument '--process <FILE>' cannot be used with '[ARGS]...'\n"),
            (
                "exec -p F -e A=1 --cwd / ID",
                "the argument '--process <FILE>' cannot be used with '--cwd <DIR>', '--env <NAME=VALUE>'\n",
            ),
            (
                "update --pids-limit 1 -r F ID",
                "the argument '--resources <FILE>' cannot be used with '--pids-limit <N>'\n",
            ),
            (
                "list -f jsn",
                "invalid value 'jsn' for '--format <FORMAT>' [possible values: table, json]\n\n  tip: a similar value exists: 'json'\n",
            ),
            ("exec --cap CAP_FLY ID id", "invalid value 'CAP_FLY' for '--cap <CAP_NAME>': "),
            ("kill ID NOSUCH", "invalid value 'NOSUCH' for '[SIGNAL]': signal \"NOSUCH\" is unknown"),
            ("events --interval 0s ID", "invalid value '0s' for '--interval <DURATION>': it has to be longer than 0\n"),
        ] {
            let told = told(line);
            assert!(told.starts_with(&format!("error: {message}")), "{line}: {told}");
            assert!(told.ends_with("\n\nFor more information, try '--help'.\n"), "{told}");
        }
        assert!(told("create").contains("\n\nUsage: ptyrun create [OPTIONS] <ID>\n"));
    }

    #[test]
    fn a_path_may_be_any_bytes_and_all_else_is_utf_8() {
        let create = read([&b"create"[..], b"-b", b"\xff", b"ID"]).unwrap().command;
        assert!(matches!(create, Command::Create(create) if create.bundle.as_os_str().as_bytes() == b"\xff"));
        for (words, name) in [
            (&[&b"state"[..], b"\xff"][..], "<ID>"),
            (&[b"exec", b"ID", b"\xff"], "[ARGS]..."),
            (&[b"exec", b"-e", b"A=\xff", b"ID", b"sh"], "--env <NAME=VALUE>"),
            (&[b"\xff"], "<COMMAND>"),
        ] {
            let told = read(words.iter().copied()).unwrap_err().text();
            assert!(told.contains(&format!(" for '{name}': it is not UTF-8\n")), "{told}");
        }
    }

    #[test]
    fn help_is_of_the_command_that_it_is_asked_of() {
        let kill = "\
Send a signal to a container's process

Usage: ptyrun kill [OPTIONS] <ID> [SIGNAL]

Arguments:
  <ID>      The container
  [SIGNAL]  A name, with or without SIG, or a number [default: TERM]

Options:
  -a, --all   Signal every process of the container
  -h, --help  Print help
";
        for line in ["help kill", "kill --help", "kill -h", "kill -ah", "kill -a ID --help", "--log-format no kill -h"]
        {
            assert_eq!(told(line), kill, "{line}");
        }
        let all = told("--help");
        assert!(["-h", "help", "--debug help"].iter().all(|line| told(line) == all));
        assert!(all.starts_with("The reference OCI runtime of ptyproof\n\nUsage: ptyrun [OPTIONS] <COMMAND>\n\nCommands:\n  create    Make a container"));
        assert!(all.contains(
            "\n      --log-format <FORMAT>  Form of the log [default: text] [possible values: text, json]\n"
        ));
        assert!(!all.contains("--rootless") && told("spec --help").contains("--rootless"));
        assert!(told("update --help").contains(" [alias: --cpu-shares]\n"));
        assert!(["-v", "-V", "--version", "-vx"].iter().all(|line| told(line) == told("-v")));
        assert!(told("-v").starts_with("ptyrun version "));
    }
}
