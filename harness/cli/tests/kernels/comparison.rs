//! A change of a kernel's terminals would be seen: one kernel is booted twice, once with a sysctl that changes what its
//! terminals do, and the comparison shows exactly that.
//!
//! It needs qemu (`ci/install-qemu`) and an image: `PTYPROOF_KERNEL_IMAGE`, or what `ci/kernels --fetch 6.12` has got.

use assert_cmd::Command;
use libtest_mimic::{Arguments, Completion, Failed, Trial};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let kernel = Kernel::find();
    let reason = kernel.as_ref().err().cloned();
    let name = "a_sysctl_that_changes_terminals_is_all_that_differs_between_two_boots";
    let trial = Trial::ignorable_test(name, move || match kernel {
        Ok(kernel) => only_the_sysctl_differs(&kernel).map(|()| Completion::Completed),
        Err(reason) => Ok(Completion::ignored_with(reason)),
    });
    let trial = trial.with_ignored_flag(reason.is_some());
    libtest_mimic::run(&arguments, vec![trial]).exit_code()
}

/// An image, and where its modules are.
struct Kernel {
    image: PathBuf,
    modules: PathBuf,
}

impl Kernel {
    fn find() -> Result<Self, String> {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let mut directories = std::env::split_paths(&path);
        if !directories.any(|directory| directory.join("qemu-system-x86_64").exists()) {
            return Err("qemu is missing: ci/install-qemu installs it".to_owned());
        }
        if let Some(image) = std::env::var_os("PTYPROOF_KERNEL_IMAGE") {
            let image = PathBuf::from(image);
            let modules = std::env::var_os("PTYPROOF_KERNEL_MODULES");
            let modules = modules.map_or_else(|| root_of(&image), PathBuf::from);
            return Ok(Self { image, modules });
        }
        let missing = "no image of a kernel: `ci/kernels --fetch 6.12` gets one";
        let home = std::env::var_os("HOME").ok_or(missing)?;
        let images = Path::new(&home).join(".cache/ptyproof/kernels/images");
        let entries = std::fs::read_dir(images).map_err(|_| missing)?;
        entries
            .filter_map(|entry| Some(entry.ok()?.path()))
            .filter(|root| root.join("complete").exists())
            .find_map(|root| {
                let release = root.file_name()?.to_str()?.to_owned();
                let image = root.join("boot").join(format!("vmlinuz-{release}"));
                let old_enough = release.starts_with("6.12");
                (old_enough && image.exists()).then_some(Self {
                    image,
                    modules: root,
                })
            })
            .ok_or_else(|| missing.to_owned())
    }

    /// The report of a boot, in which only a few cases are run.
    fn report(&self, reports: &Path, more: &[&str]) -> Result<PathBuf, Failed> {
        let output = Command::new(env!("CARGO_BIN_EXE_ptyproof"))
            .arg("kernel")
            .arg(&self.image)
            .arg("--modules")
            .arg(&self.modules)
            .args(["--accel", "tcg", "--reports"])
            .arg(reports)
            .args(more)
            .arg("--")
            .args(CASES)
            .output()?;
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        let entries = std::fs::read_dir(reports).map_err(|error| format!("{error}: {said}"))?;
        let mut files = entries.filter_map(|entry| Some(entry.ok()?.path()));
        files
            .find(|path| {
                path.extension()
                    .is_some_and(|extension| extension == "json")
            })
            .ok_or_else(|| format!("no report: {said}").into())
    }
}

/// Below the directory that an image's package was unpacked to.
fn root_of(image: &Path) -> PathBuf {
    let root = image.parent().and_then(Path::parent);
    root.unwrap_or(Path::new("/")).to_owned()
}

/// One that looks at TIOCSTI, and others that do not.
const CASES: &[&str] = &[
    "kernel-jobs/background-fakes-input-without-a-signal",
    "kernel-size/*",
    "kernel-packets/*",
];

fn only_the_sysctl_differs(kernel: &Kernel) -> Result<(), Failed> {
    let directory = tempfile::tempdir()?;
    let (before, after) = (directory.path().join("on"), directory.path().join("off"));
    let on = kernel.report(&before, &["--sysctl", "dev.tty.legacy_tiocsti=1"])?;
    let off = kernel.report(&after, &["--sysctl", "dev.tty.legacy_tiocsti=0"])?;
    let compared = Command::new(env!("CARGO_BIN_EXE_ptyproof"))
        .args(["compare", "--json", "--fail-on-difference"])
        .args([on, off])
        .output()?;
    let json: Value = serde_json::from_slice(&compared.stdout)?;
    let differences = json["differences"].as_array().ok_or("no differences")?;
    let cases: Vec<&str> = differences
        .iter()
        .filter_map(|difference| difference["case"].as_str())
        .collect();
    if cases != [CASES[0]] || compared.status.code() != Some(1) {
        return Err(format!("expected one difference, in {}: {json:#}", CASES[0]).into());
    }
    Ok(())
}
