//! Without a terminal, and with `/dev/null` as a standard stream of the caller.

use crate::prelude::*;
use std::path::Path;
use std::{fs, os::unix::fs::MetadataExt};

/// An owner that runtimes have given away.
const RUNC_3674: Reference = issue("runc issue 3674", "https://github.com/opencontainers/runc/issues/3674");
const CRUN_1845: Reference = issue("crun issue 1845", "https://github.com/containers/crun/issues/1845");

/// Mode, user and group of a file of the host.
fn owner(path: &Path) -> Result<(String, u32, u32), Stop> {
    let status = fs::metadata(path).map_err(|error| Stop::Error(format!("{}: {error}", path.display())))?;
    Ok((format!("{:o}", status.mode()), status.uid(), status.gid()))
}

/// A process of whose caller the input is `/dev/null` and the output pipes: it reads end of file, and its output arrives.
fn streams_are_the_callers(t: &Trial, how: &str, probe: &mut Probe, pipes: &Streams) -> Judgement {
    t.equal_bytes(&format!("what is read from 0, {how}"), &probe.read(0)?, b"")?;
    for (number, pipe) in [(1, &pipes.stdout), (2, &pipes.stderr)] {
        probe.write(number, b"output\n")?;
        pipe.receives(b"output\n")?;
    }
    Ok(())
}

/// Whoever calls the runtime here: its input is `/dev/null`, its output goes to pipes.
fn caller() -> Caller {
    Caller::without_terminal().stdin(CallerStream::Null)
}

/// Creates, runs and enters containers of user 1000 whose caller has `/dev/null` as its input, and looks at their
/// streams. A refusal is no mistake where `may_refuse`.
fn all_ways(t: &Trial, may_refuse: bool, plan: impl Fn() -> Result<Plan, Stop>) -> Judgement {
    let refused = |finished: &ptyproof_harness::target::Finished| may_refuse && !finished.status.success();
    let attempt = t.attempt(plan()?.without_terminal().user(1000, 1000).input_from_null())?;
    if !refused(&attempt.finished) {
        let mut c = attempt.succeeded()?.start()?;
        let pipes = c.streams.take().ok_or(ContainerError::NoStreams)?;
        // Nobody is left who could copy.
        let seen = c.probe.observe()?;
        let file = |number| seen.descriptor(number).map(|fd| fd.status.file());
        let null = seen.descriptor(0).map(|fd| (fd.status.kind, fd.status.node));
        let right = [
            null == Some((FileKind::CharacterDevice, DeviceNumber { major: 1, minor: 3 })),
            file(1) == Some(file_behind(&pipes.stdout)?),
            file(2) == Some(file_behind(&pipes.stderr)?),
        ];
        t.equal("after create, 0 is the null device, and 1 and 2 are the caller's", right, [true; 3])?;
        streams_are_the_callers(t, "create", &mut c.probe, &pipes)?;
    }
    let mut run = plan()?.without_terminal().user(1000, 1000).foreground(caller())?;
    match run.probe() {
        Ok(mut probe) => streams_are_the_callers(t, "run", &mut probe, &run.streams)?,
        Err(error) if !refused(&run.returns()?.finished) => return Err(error.into()),
        Err(_) => {}
    }
    let attempt = t.attempt(plan()?)?;
    if refused(&attempt.finished) {
        return Ok(());
    }
    let c = attempt.succeeded()?.start()?;
    let mut exec = c.exec()?.without_terminal().user(1000, 1000).foreground(caller())?;
    match exec.probe() {
        Ok(mut probe) => streams_are_the_callers(t, "exec", &mut probe, &exec.streams),
        Err(error) if !refused(&exec.returns()?.finished) => Err(error.into()),
        Err(_) => Ok(()),
    }
}

pub(super) const CASES: &[Case] = &[
    Case {
        id: "stdio/dev-null-keeps-its-owner",
        title: "create, run and exec as user 1000 without a terminal, where standard input is the caller's /dev/null",
        requirement: "it is the null device inside, and the caller's /dev/null keeps mode and owner",
        why: "a /dev/null that belongs to an ordinary user can be taken away from everybody on the machine",
        level: Level::Convention,
        references: &[RUNC_3674, CRUN_1845],
        covers: &["D18"],
        needs: &[Need::ManyIds, Need::Foreground, Need::Exec],
        caught_by: &[("mode, user and group of the caller's /dev/null", &["dev-null-given-to-user"])],
        body: |t| {
            let before = owner(Path::new("/dev/null"))?;
            all_ways(t, false, || t.container())?;
            t.equal("mode, user and group of the caller's /dev/null", owner(Path::new("/dev/null"))?, before)
        },
    },
    Case {
        id: "stdio/dev-null-of-the-image-is-not-trusted",
        title: "the same without a mount on /dev, where the image's dev/null is a link to a file of its own",
        requirement: "an error; or 0 is the null device and 1 and 2 are the caller's. The file keeps owner and content, and \
                      the caller's /dev/null its owner",
        why: "a runtime that compares its streams with whatever the image calls /dev/null lets the image take input and \
              output, and gives the host's files away",
        level: Level::Security,
        references: &[manual("null(4)"), RUNC_3674, SPEC_LINUX.at("#default-devices")],
        covers: &["D18"],
        needs: &[Need::ManyIds, Need::Foreground, Need::Exec],
        caught_by: &[
            ("after create, 0 is the null device, and 1 and 2 are the caller's", &["null-of-the-image-trusted"]),
            ("mode, user and group of the caller's /dev/null", &["dev-null-given-to-user"]),
        ],
        body: |t| {
            const CONTENT: &[u8] = b"the image's own\n";
            let before = owner(Path::new("/dev/null"))?;
            let inside = std::cell::RefCell::new(Vec::new());
            let judgement = all_ways(t, true, || {
                let plan = t.container()?.configured(|config| {
                    if let Some(mounts) = config["mounts"].as_array_mut() {
                        mounts.retain(|mount| mount["destination"] != "/dev");
                    }
                });
                inside.borrow_mut().push(plan.directory().join("rootfs/inside"));
                Ok(plan.rootfs(|rootfs| {
                    rootfs.symlink("dev/null", "/inside").file("inside", CONTENT, 0o644);
                }))
            });
            judgement?;
            for path in inside.take() {
                let content = fs::read(&path).map_err(|error| Stop::Error(format!("{}: {error}", path.display())))?;
                t.equal_bytes("content of what the image's /dev/null leads to", &content, CONTENT)?;
                let what = "mode, user and group of what the image's /dev/null leads to";
                t.equal(what, owner(&path)?, ("100644".to_owned(), 0, 0))?;
            }
            t.equal("mode, user and group of the caller's /dev/null", owner(Path::new("/dev/null"))?, before)
        },
    },
];
