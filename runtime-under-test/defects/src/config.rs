//! Step 2, the devpts instance, and other defects that amount to another config than the caller's.

use ptyrun::config::{Config, Mount, Propagation};
use ptyrun::rootfs::tree::{Depth, attach_at_path, clone_path};
use ptyrun::rootfs::{Rootfs, RootfsError, Sources, cut_off_parent};
use ptyrun::{DESIGN, container::ContainerError};
use serde_json::Value;
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};
use std::{path::Path, time::Duration};

type Read = Result<Config, ContainerError>;

defects! {
    "host-devpts-shared", "The caller's devpts instance is bind-mounted at /dev/pts in place of a new one." => {
        read_config: |file, text, bundle| with_devpts(file, text, bundle, |pts| {
            *pts = Mount { destination: pts.destination.clone(), ..bind("/dev/pts") };
        })
    }
    "ptmx-mode-000", "The instance is mounted without ptmxmode: its ptmx has mode 0000." =>
        { read_config: |file, text, bundle| with_devpts(file, text, bundle, |pts| drop_options(pts, &["ptmxmode"])) }
    "devpts-gid-dropped", "The instance is mounted without gid=5: terminals belong to the user's own group." =>
        { read_config: |file, text, bundle| with_devpts(file, text, bundle, |pts| drop_options(pts, &["gid"])) }
    "devpts-options-ignored", "The instance has the default options whatever the config says." => {
        read_config: |file, text, bundle| with_devpts(file, text, bundle, |pts| {
            let default = ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"];
            pts.options = default.map(String::from).to_vec();
        })
    }
    "devpts-mode-wrong", "The instance is mounted with mode=0600 rather than what the config says." => {
        read_config: |file, text, bundle| with_devpts(file, text, bundle, |pts| {
            drop_options(pts, &["mode"]);
            pts.options.push("mode=0600".into());
        })
    }
    "devpts-without-noexec", "The instance is mounted without nosuid and noexec." => {
        read_config: |file, text, bundle| with_devpts(file, text, bundle, |pts| drop_options(pts, &["nosuid", "noexec"]))
    }
    "ptmx-of-the-host",
    "/dev/ptmx is a bind mount of the caller's /dev/pts/ptmx, beside an instance of the container's own." => {
        read_config: |file, text, bundle| changed(file, text, bundle, |config| {
            config.mounts.push(Mount { destination: "/dev/ptmx".into(), ..bind("/dev/pts/ptmx") });
        }),
        place_ptmx: crate::devices::keep_ptmx
    }
    "console-size-without-terminal-refused", "process.consoleSize with terminal false is an error." => {
        read_config: |file, text, bundle| {
            let config = (DESIGN.read_config)(file, text, bundle)?;
            let size = serde_json::from_str::<Value>(text).map(|config| config["process"]["consoleSize"].is_object());
            if !config.process.terminal && size.unwrap_or(false) {
                return Err(ContainerError::Usage("process.consoleSize is given, but process.terminal is false"));
            }
            Ok(config)
        }
    }
    "default-device-entry-refused", "An entry of linux.devices for /dev/tty, which is there anyway, is an error." => {
        read_config: |file, text, bundle| {
            let config = (DESIGN.read_config)(file, text, bundle)?;
            if config.linux.devices.iter().any(|device| device.path == Path::new("/dev/tty")) {
                return Err(ContainerError::Usage("linux.devices lists /dev/tty, which is there already"));
            }
            Ok(config)
        }
    }
    "propagation-of-mounts-ignored", "What the options of a mount say of propagation is ignored." => {
        read_config: |file, text, bundle| changed(file, text, bundle, |config| {
            for mount in &mut config.mounts {
                mount.options.retain(|option| !["shared", "rshared", "unbindable"].contains(&option.as_str()));
            }
        })
    }
    "propagation-of-files-refused", "A bind mount of a file whose options say how events propagate is refused." => {
        prepare_root: |config, bundle, sources| {
            let is_file = |mount: &Mount| mount.source.as_ref().is_some_and(|source| bundle.join(source).is_file());
            match config.mounts.iter().any(|mount| is_file(mount) && mount.options.iter().any(|o| o.contains("private"))) {
                true => Err(RootfsError("set the propagation: Not a directory".into())),
                false => (DESIGN.prepare_root)(config, bundle, sources),
            }
        }
    }
    "remounts-ignored", "Entries of mounts with the option remount are left out." => {
        read_config: |file, text, bundle| changed(file, text, bundle, |config| {
            config.mounts.retain(|mount| !mount.options.iter().any(|option| option == "remount"));
        })
    }
    "bind-sources-opened-in-the-container", "The container's process opens the sources of bind mounts by itself." =>
        { open_sources: |_, _| Sources::default() }
    "masked-paths-ignored", "linux.maskedPaths and linux.readonlyPaths are ignored." => {
        read_config: |file, text, bundle| changed(file, text, bundle, |config| {
            config.linux.masked_paths.clear();
            config.linux.readonly_paths.clear();
        })
    }
    "broken-config-accepted",
    "A config.json that cannot be understood makes no container, and create says that all went well." => {
        read_config: |file, text, bundle| {
            (DESIGN.read_config)(file, text, bundle).inspect_err(|_| std::process::exit(0))
        }
    }
    "some-starts-are-slow", "One start in eight, by the words of its config, takes more than a second." => {
        read_config: |file, text, bundle| {
            if BuildHasherDefault::<DefaultHasher>::default().hash_one(text).is_multiple_of(8) {
                std::thread::sleep(Duration::from_millis(1500));
            }
            (DESIGN.read_config)(file, text, bundle)
        }
    }
    "console-mount-propagates", "Mounts of the container propagate to a host whose mounts are shared." => {
        read_config: |file, text, bundle| changed(file, text, bundle, |config| {
            config.linux.rootfs_propagation = Some(Propagation::RShared);
        }),
        prepare_root: |config, bundle, sources| {
            let rootfs = Rootfs::place(config, bundle, sources)?;
            // pivot_root(2) refuses shared mounts as the new root and its parent. What is mounted in it stays shared.
            let root = &config.root.path;
            cut_off_parent(root)?;
            cut_off_parent(root.parent().unwrap_or(root))?;
            Ok(rootfs)
        }
    }
    "root-bound-while-shared",
    "The root is bound onto itself before propagation is cut: a host whose mounts are shared gets that mount." => {
        prepare_root: |config, bundle, sources| {
            let bound = clone_path(&config.root.path, Depth::Recursive)
                .and_then(|mount| attach_at_path(&mount, &config.root.path));
            bound.map_err(|source| RootfsError(format!("being defective: {source}")))?;
            (DESIGN.prepare_root)(config, bundle, sources)
        }
    }
}

fn changed(file: &Path, text: &str, bundle: &Path, change: fn(&mut Config)) -> Read {
    let mut config = (DESIGN.read_config)(file, text, bundle)?;
    change(&mut config);
    Ok(config)
}

fn with_devpts(file: &Path, text: &str, bundle: &Path, change: fn(&mut Mount)) -> Read {
    let mut config = (DESIGN.read_config)(file, text, bundle)?;
    config.mounts.iter_mut().filter(|mount| mount.destination == Path::new("/dev/pts")).take(1).for_each(change);
    Ok(config)
}

fn drop_options(mount: &mut Mount, names: &[&str]) {
    mount.options.retain(|option| !names.contains(&option.split('=').next().unwrap_or_default()));
}

/// A bind mount of `source` without a destination yet.
fn bind(source: &str) -> Mount {
    let (kind, source) = (Some("bind".into()), Some(source.into()));
    let (uid_mappings, gid_mappings) = (Vec::new(), Vec::new());
    Mount { destination: "/".into(), kind, source, options: vec!["bind".into()], uid_mappings, gid_mappings }
}
