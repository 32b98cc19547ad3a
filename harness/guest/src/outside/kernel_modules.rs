//! Modules that a kernel needs before anything can be heard of its guest. modules.dep(5)

use super::image::Image;
use elf::{ElfBytes, endian::NativeEndian};
use std::path::{Path, PathBuf};
use std::{collections::BTreeMap, fs, io};

/// Why the modules cannot be given to a guest.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs, reason = "the messages say what the fields are")]
pub enum ModulesError {
    /// What `--modules` names holds none of this kernel.
    #[error(
        "--modules {}: no modules of kernel {release} there, nor in {lib}/{release} below it",
        directory.display(), lib = "lib/modules"
    )]
    NoneOfThisKernel { directory: PathBuf, release: String },
    /// A file cannot be read.
    #[error("{}: {error}", path.display())]
    Unreadable { path: PathBuf, error: io::Error },
    /// It does not say what it depends on.
    #[error("{}: it cannot be found out what this module depends on: {why}", path.display())]
    Unknown { path: PathBuf, why: String },
    /// One that another depends on is not there.
    #[error("module {name}, which {needed_by} depends on, is not in {}", directory.display())]
    Missing { name: String, needed_by: String, directory: PathBuf },
}

/// A module to be loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KernelModule {
    /// The name of its file.
    pub file: String,
    /// The file.
    pub content: Vec<u8>,
}

/// What has to work in a guest: its way to the outside.
const WANTED: [&str; 2] = ["virtio_pci", "virtio_console"];

/// The modules that an image needs, in the order of loading: those below one of `directories`, or beside the image
/// where none is given. None where it has all built in, or where there are none: then the guest says what it lacks.
pub fn needed(image: &Image, directories: &[PathBuf]) -> Result<Vec<KernelModule>, ModulesError> {
    let Some(directory) = place(image, directories)? else {
        return Ok(Vec::new());
    };
    let tree = Tree::read(directory)?;
    let mut order = Vec::new();
    for name in WANTED {
        // What has no file is built in.
        if tree.files.contains_key(name) {
            tree.visit(name, name, &mut order)?;
        }
    }
    let load = |name: &String| {
        let path = &tree.files[name];
        let content = read(path)?;
        let file = path.file_name().unwrap_or_default();
        Ok(KernelModule { file: file.to_string_lossy().into_owned(), content })
    };
    order.iter().map(load).collect()
}

/// Where the modules of this kernel are.
fn place(image: &Image, given: &[PathBuf]) -> Result<Option<PathBuf>, ModulesError> {
    let release = &image.release;
    let below = |base: &Path| {
        let places =
            [base.join("lib/modules").join(release), base.join("usr/lib/modules").join(release), base.join(release)];
        places.into_iter().find(|place| place.join("kernel").is_dir())
    };
    let own = |base: &Path| {
        let bears_release = base.file_name().is_some_and(|name| name == release.as_str());
        (bears_release && base.join("kernel").is_dir()).then(|| base.to_owned())
    };
    if !given.is_empty() {
        let mut found = given.iter().filter_map(|base| own(base).or_else(|| below(base)));
        return match (found.next(), &given[0]) {
            (Some(place), _) => Ok(Some(place)),
            (None, directory) => {
                Err(ModulesError::NoneOfThisKernel { directory: directory.clone(), release: release.clone() })
            }
        };
    }
    // boot/vmlinuz-RELEASE, or lib/modules/RELEASE/vmlinuz.
    let path = image.path.canonicalize().unwrap_or_else(|_| image.path.clone());
    let beside = path.parent();
    Ok(beside.and_then(own).or_else(|| beside?.parent().and_then(below)))
}

/// The modules below a directory, by their names.
struct Tree {
    directory: PathBuf,
    files: BTreeMap<String, PathBuf>,
    dependencies: String,
}

impl Tree {
    fn read(directory: PathBuf) -> Result<Self, ModulesError> {
        let mut files = BTreeMap::new();
        let mut left = vec![directory.join("kernel")];
        while let Some(next) = left.pop() {
            let unreadable = |error| ModulesError::Unreadable { path: next.clone(), error };
            for entry in fs::read_dir(&next).map_err(unreadable)? {
                let path = entry.map_err(unreadable)?.path();
                if path.is_dir() {
                    left.push(path);
                } else if let Some(name) = module_name(&path) {
                    files.insert(name, path);
                }
            }
        }
        // Only there where depmod(8) was run.
        let dependencies = fs::read_to_string(directory.join("modules.dep")).unwrap_or_default();
        Ok(Self { directory, files, dependencies })
    }

    /// Adds a module behind those that it depends on.
    fn visit(&self, name: &str, needed_by: &str, order: &mut Vec<String>) -> Result<(), ModulesError> {
        if order.iter().any(|there| there == name) {
            return Ok(());
        }
        let path = self.files.get(name).ok_or_else(|| ModulesError::Missing {
            name: name.to_owned(),
            needed_by: needed_by.to_owned(),
            directory: self.directory.clone(),
        })?;
        for dependency in self.dependencies_of(path)? {
            self.visit(&dependency, name, order)?;
        }
        order.push(name.to_owned());
        Ok(())
    }

    /// By modules.dep, or by what the module itself says.
    fn dependencies_of(&self, path: &Path) -> Result<Vec<String>, ModulesError> {
        let relative = path.strip_prefix(&self.directory).unwrap_or(path);
        let mut lines = self.dependencies.lines();
        let listed = lines.find_map(|line| {
            let (module, needs) = line.split_once(':')?;
            (Path::new(module) == relative).then_some(needs)
        });
        match listed {
            Some(needs) => {
                let needs = needs.split_whitespace().map(Path::new);
                Ok(needs.filter_map(module_name).collect())
            }
            None => depends(&read(path)?).map_err(|why| ModulesError::Unknown { path: path.to_owned(), why }),
        }
    }
}

fn read(path: &Path) -> Result<Vec<u8>, ModulesError> {
    fs::read(path).map_err(|error| ModulesError::Unreadable { path: path.to_owned(), error })
}

/// `virtio_pci` of `virtio-pci.ko.xz`: the kernel does not tell dashes from underscores.
fn module_name(path: &Path) -> Option<String> {
    let (name, _) = path.file_name()?.to_str()?.split_once(".ko")?;
    Some(name.replace('-', "_"))
}

/// The names after `depends=` in the section where a module tells of itself.
fn depends(module: &[u8]) -> Result<Vec<String>, String> {
    let elf = ElfBytes::<NativeEndian>::minimal_parse(module)
        .map_err(|error| format!("there is no modules.dep, and the module may be compressed: {error}; run depmod"))?;
    let section = elf.section_header_by_name(".modinfo").ok().flatten().ok_or("it has no section .modinfo")?;
    let (data, _) = elf.section_data(&section).map_err(|error| error.to_string())?;
    let mut words = data.split(|&byte| byte == 0);
    let names = words.find_map(|word| word.strip_prefix(b"depends="));
    let names = String::from_utf8_lossy(names.unwrap_or_default()).into_owned();
    let names = names.split(',').filter(|name| !name.is_empty());
    Ok(names.map(|name| name.replace('-', "_")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn image(path: PathBuf) -> Image {
        Image { path, sha256: String::new(), release: "6.1.0-x".to_owned() }
    }

    /// A root directory with modules of 6.1.0-x, and what depmod would have written.
    fn tree() -> tempfile::TempDir {
        let root = tempfile::tempdir().expect("a directory");
        let base = root.path().join("lib/modules/6.1.0-x");
        for (file, content) in [
            ("kernel/drivers/virtio/virtio_pci.ko", "pci"),
            ("kernel/drivers/virtio/virtio.ko", "virtio"),
            ("kernel/drivers/virtio/virtio_ring.ko", "ring"),
            ("kernel/drivers/char/virtio-console.ko.xz", "console"),
            ("kernel/other.ko", "other"),
            (
                "modules.dep",
                "kernel/drivers/virtio/virtio_pci.ko: kernel/drivers/virtio/virtio_ring.ko \
                 kernel/drivers/virtio/virtio.ko\n\
                 kernel/drivers/virtio/virtio_ring.ko: kernel/drivers/virtio/virtio.ko\n\
                 kernel/drivers/virtio/virtio.ko:\n\
                 kernel/drivers/char/virtio-console.ko.xz: kernel/drivers/virtio/virtio.ko\n",
            ),
        ] {
            let path = base.join(file);
            fs::create_dir_all(path.parent().expect("it has one")).expect("a directory");
            fs::write(path, content).expect("a file");
        }
        fs::create_dir(root.path().join("boot")).expect("a directory");
        root
    }

    #[test]
    fn what_a_module_depends_on_is_loaded_before_it() {
        let root = tree();
        let modules = needed(&image("/nowhere/vmlinuz".into()), &[root.path().to_owned()]);
        let files: Vec<(String, Vec<u8>)> =
            modules.expect("they are there").into_iter().map(|module| (module.file, module.content)).collect();
        let file = |name: &str, content: &str| (name.to_owned(), content.as_bytes().to_vec());
        assert_eq!(
            files,
            [
                file("virtio.ko", "virtio"),
                file("virtio_ring.ko", "ring"),
                file("virtio_pci.ko", "pci"),
                file("virtio-console.ko.xz", "console"),
            ]
        );
    }

    #[test]
    fn modules_beside_the_image_are_found() {
        let root = tree();
        let image = image(root.path().join("boot/vmlinuz-6.1.0-x"));
        fs::write(&image.path, "").expect("a file");
        assert_eq!(needed(&image, &[]).expect("they are there").len(), 4);
    }

    #[test]
    fn a_directory_without_modules_of_this_kernel_is_refused_where_it_was_named() {
        let root = tempfile::tempdir().expect("a directory");
        let error = needed(&image("/nowhere/vmlinuz".into()), &[root.path().to_owned()]);
        assert!(matches!(error, Err(ModulesError::NoneOfThisKernel { .. })), "{error:?}");
        assert_eq!(needed(&image("/nowhere/vmlinuz".into()), &[]).expect("none needed"), []);
    }

    #[test]
    fn a_module_that_is_not_there_is_named_with_who_needs_it() {
        let root = tree();
        let base = root.path().join("lib/modules/6.1.0-x/kernel/drivers/virtio");
        fs::remove_file(base.join("virtio.ko")).expect("it was there");
        let error = needed(&image("/nowhere/vmlinuz".into()), &[root.path().to_owned()]);
        let Err(ModulesError::Missing { name, needed_by, .. }) = error else {
            panic!("{error:?}");
        };
        assert_eq!((name.as_str(), needed_by.as_str()), ("virtio", "virtio_ring"));
    }
}
