//! The calls that a case has made, as shell lines, with a shell of busybox in the probe's place.

use ptyproof_harness::target::{Runtime, quoted};
use ptyproof_report::{CaseResult, Direction, escaped, printable};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The probe's place in a container, and that of its socket.
const OWN: [&str; 2] = [ptyproof_harness::PROBE_PATH, ptyproof_harness::CONTROL_DIRECTORY];

/// What runtimes make in `/dev` by themselves.
const DEVICES: [&str; 6] = ["dev/full", "dev/null", "dev/random", "dev/tty", "dev/urandom", "dev/zero"];

/// Files of a bundle that are longer are named, and not written.
const LONGEST: usize = 2000;

/// Listens at a console socket, and prints what comes on the terminal that is sent.
const LISTENER: &str = "\
console() { python3 -c '
import os, socket, sys
listener = socket.socket(socket.AF_UNIX); listener.bind(sys.argv[1]); listener.listen()
master = socket.recv_fds(listener.accept()[0], 99, 1)[1][0]
try:
    while True: sys.stdout.write(ascii(os.read(master, 4096)) + \"\\n\"); sys.stdout.flush()
except OSError: pass' \"$1\" & while [ ! -S \"$1\" ]; do sleep 0.1; done; }
";

/// Lines for what was called, in directories that are made from what the worker has kept in `files`.
pub fn lines(result: &CaseResult, runtime: &Runtime, files: &Path) -> String {
    let calls: Vec<&str> = result.calls.iter().map(|call| call.line.as_str()).collect();
    let Some(scratch) = scratch(&calls) else {
        return "# The runtime was not called before the case came to its end.\n".to_owned();
    };
    let mut text = "\
# The container's own program is a shell here. The case types and looks as its title says; do the same.
D=$(mktemp -d)
"
    .to_owned();
    for bundle in bundles(files) {
        text.push_str(&bundle_lines(files, &bundle));
    }
    if let Some((name, said)) = result.transcript.iter().find(|(_, said)| !said.is_empty()) {
        text.push_str(&format!("# On {}:\n", printable(name)));
        for piece in said.iter().take(20) {
            let sign = match piece.direction {
                Direction::Typed => "typed",
                Direction::Received => "came",
                Direction::Remark => "",
            };
            text.push_str(&format!("#   {sign:5} {}\n", escaped(&piece.bytes)));
        }
    }
    text.push_str("cat > $D/calls <<'END'\nmount -t cgroup2 none /sys/fs/cgroup\n");
    if calls.iter().any(|call| call.contains(" --console-socket ")) {
        text.push_str(LISTENER);
    }
    let mut looked = false;
    for call in &result.calls {
        if !looked && call.line.contains(" delete --force ") {
            looked = true;
            text.push_str("read -rp \"Look now, from another shell; Enter goes on. \" _\n");
        }
        text.push_str(&call_line(&call.line, &call.ended, &scratch, runtime));
    }
    text + "END\n# In a cgroup hierarchy of its own, which every runtime accepts.\n\
            export D; unshare -mC --propagation private bash $D/calls\n"
}

/// The directory in which the case's runtime kept all its files, by its calls.
fn scratch(calls: &[&str]) -> Option<String> {
    calls.iter().find_map(|call| {
        let (_, rest) = call.split_once(" --root ")?;
        let state = rest.split_whitespace().next()?;
        Some(state.strip_suffix("/state")?.to_owned())
    })
}

fn call_line(line: &str, ended: &str, scratch: &str, runtime: &Runtime) -> String {
    let terminal = line.contains(" run ") && !line.contains(" --console-socket ");
    let own = quoted(&runtime.binary.path.to_string_lossy());
    let line = line.replace(scratch, "$D");
    let words: Vec<&str> = line.split_whitespace().collect();
    let socket = words.iter().position(|word| *word == "--console-socket").and_then(|place| words.get(place + 1));
    let listen = socket.map_or(String::new(), |socket| format!("console \"{socket}\"\n"));
    // A terminal of its own, as whoever calls it in the foreground has.
    let call =
        if terminal && line.starts_with(&own) { format!("script -qec {} /dev/null", quoted(&line)) } else { line };
    format!("{listen}{call}; echo \"exit status $?\"   # {ended}\n")
}

/// Whether a shell takes it for a path and nothing else: a container may have named files as it liked.
fn is_plain(path: &str) -> bool {
    path.chars().all(|c| c.is_ascii_alphanumeric() || "._/+-".contains(c))
}

/// The bundles that the runtime was given.
fn bundles(files: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(files).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut bundles: Vec<PathBuf> =
        entries.filter(|path| path.join("config.json").is_file() && path.to_str().is_some_and(is_plain)).collect();
    bundles.sort();
    bundles
}

fn bundle_lines(files: &Path, bundle: &Path) -> String {
    let name = bundle.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let mut text = format!("mkdir -p $D/{name}/rootfs/bin && cp /bin/busybox $D/{name}/rootfs/bin/busybox\n");
    let listing = fs::read_to_string(files.with_file_name("files.txt")).unwrap_or_default();
    let prefix = format!("{name}/rootfs/");
    let mut made = BTreeSet::new();
    for line in listing.lines() {
        let Some((path, what)) = line.split_once("  ").filter(|(path, _)| path.starts_with(&prefix)) else { continue };
        if OWN.iter().any(|own| path[prefix.len() - 1..] == **own) {
            continue;
        }
        if !is_plain(path) {
            text.push_str(&format!("# {path}: {what}\n"));
            continue;
        }
        let place = format!("$D/{path}");
        let mut words = what.splitn(3, ' ');
        let (mode, _owner, kind) = (words.next().unwrap_or_default(), words.next(), words.next().unwrap_or_default());
        if kind == "directory" {
            if made.insert(place.clone()) {
                text.push_str(&format!("mkdir -p -m {mode} \"{place}\"\n"));
            }
        } else if let Some(target) = kind.strip_prefix("link to ") {
            text.push_str(&format!("ln -sfn {} \"{place}\"\n", quoted(target)));
        } else if kind.starts_with("file of ") {
            let content = fs::read(files.join(path)).unwrap_or_default();
            match String::from_utf8(content) {
                Ok(content) if content.len() <= LONGEST && !content.contains('\0') => {
                    let content = escaped(content.as_bytes()).replace('%', "%%").replace('\'', "'\\''");
                    text.push_str(&format!("printf '{content}' > \"{place}\"\n"));
                }
                _ => text.push_str(&format!("# {place}: {what}\n")),
            }
        } else if !DEVICES.iter().any(|device| path[prefix.len()..] == **device) {
            text.push_str(&format!("# {place}: {what}\n"));
        }
    }
    let config = fs::read_to_string(bundle.join("config.json")).unwrap_or_default();
    text + &format!("cat > $D/{name}/config.json <<'END'\n{}\nEND\n", config_of(&config, &name))
}

/// The configuration with a shell in the probe's place. What is no JSON, since a case wanted it so, stays as it is.
fn config_of(text: &str, name: &str) -> String {
    let Ok(mut config) = serde_json::from_str::<Value>(text) else { return text.to_owned() };
    if let Some(mounts) = config["mounts"].as_array_mut() {
        mounts.retain(|mount| !OWN.iter().any(|own| mount["destination"] == **own));
    }
    if config["process"]["args"][0] == OWN[0] {
        config["process"]["args"] = json!(["/bin/busybox", "sh"]);
    }
    if config["linux"]["cgroupsPath"].is_string() {
        config["linux"]["cgroupsPath"] = json!(format!("/shown-{name}"));
    }
    serde_json::to_string_pretty(&config).unwrap_or_else(|_| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use ptyproof_harness::case::Case;
    use ptyproof_harness::target::{Binary, Profile};
    use ptyproof_report::Call;

    fn shown(calls: &[&str], files: &[(&str, &str)]) -> String {
        let place = tempfile::tempdir().expect("a directory");
        let listing: String = files.iter().map(|(line, _)| format!("{line}\n")).collect();
        fs::write(place.path().join("files.txt"), listing).expect("it can be written");
        for (line, content) in files {
            let path = place.path().join("files").join(line.split_once("  ").expect("a path first").0);
            fs::create_dir_all(path.parent().expect("it has one")).expect("it can be made");
            fs::write(path, content).expect("it can be written");
        }
        let call = |line: &&str| Call {
            at_ms: 0.0,
            line: (*line).to_owned(),
            ended: "exit status 0".to_owned(),
            took_ms: 1.0,
            stdout: Vec::new(),
            stderr: Vec::new(),
        };
        let result = CaseResult { calls: calls.iter().map(call).collect(), ..CaseResult::from(&Case::KERNEL) };
        let binary = Binary { path: "/bin/some".into(), file: "/bin/some".into(), sha256: String::new() };
        let profile = Profile::load("default").expect("it is built in");
        let runtime = Runtime { binary, version: "1".to_owned(), profile, arguments: Vec::new() };
        lines(&result, &runtime, &place.path().join("files"))
    }

    #[test]
    fn calls_stand_in_their_order_with_a_terminal_where_they_have_one() {
        let text = shown(
            &[
                "/bin/some --root /t/w/0/state run --bundle /t/w/0/b1 c2",
                "/bin/some --root /t/w/0/state create --bundle /t/w/0/b1 --console-socket /t/w/0/b1/tty c3",
                "/bin/some --root /t/w/0/state delete --force c2",
            ],
            &[],
        );
        let run = "script -qec '/bin/some --root $D/state run --bundle $D/b1 c2' /dev/null; echo \"exit status $?\"   # exit status 0\n";
        let create = "console \"$D/b1/tty\"\n/bin/some --root $D/state create --bundle $D/b1 --console-socket $D/b1/tty c3; echo";
        let places =
            [run, create, "\nread -rp ", "\n/bin/some --root $D/state delete --force c2;"].map(|part| text.find(part));
        assert!(places.is_sorted() && places.iter().all(Option::is_some), "{places:?} {text}");
        assert!(!text.contains("/t/w/0"), "{text}");
    }

    #[test]
    fn a_bundle_is_made_with_a_shell_in_the_probes_place() {
        let config = r#"{"process": {"args": ["/probe", "x"]}, "mounts": [{"destination": "/probe"}, {"destination": "/proc"}]}"#;
        let text = shown(
            &["/bin/some --root /t/state create c1"],
            &[
                ("b1/config.json  0644 0:0 file of 9 bytes", config),
                ("b1/rootfs/etc/it's  0644 0:0 file of 4 bytes", ""),
                ("b1/rootfs/etc/motd  0644 0:0 file of 4 bytes", "it's 5%\n\u{1b}"),
                ("b1/rootfs/dev/null  0666 0:0 device", ""),
            ],
        );
        assert!(text.contains("\"/bin/busybox\",\n      \"sh\"") && !text.contains("/probe"), "{text}");
        assert!(text.contains("printf 'it'\\''s 5%%\\n\\x1b' > \"$D/b1/rootfs/etc/motd\"\n"), "{text}");
        assert!(!text.contains("dev/null: "), "{text}");
    }

    #[test]
    fn no_name_that_a_container_has_made_is_given_to_the_shell() {
        for name in ["$(reboot)", "`reboot`", "a\"; reboot; \"", "a b", "it's"] {
            let line = format!("b1/rootfs/{name}  0644 0:0 file of 1 bytes");
            let files = [("b1/config.json  0644 0:0 file of 2 bytes", "{}"), (line.as_str(), "x")];
            let text = shown(&["/bin/some --root /t/state create c1"], &files);
            let mut lines = text.lines().filter(|line| line.contains(name));
            assert!(lines.all(|line| line.starts_with("# ")), "{text}");
        }
    }
}
