//! The program that runs, and what it is linked with, to be taken elsewhere: into guests, or to other machines. ld.so(8)

use super::initramfs::Initramfs;
use crate::order::PROGRAM;
use elf::abi::{DT_SONAME, PT_INTERP};
use elf::{ElfBytes, endian::NativeEndian};
use ptyproof_harness::own_program::OwnProgram;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::{collections::BTreeSet, fs, io};

/// Where shared libraries lie in a guest.
const LIBRARIES: &str = "/ptyproof/lib";

/// The name of the program, and of what starts it in a directory.
const NAME: &str = "ptyproof";

/// Why the program cannot be taken along.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs, reason = "the messages say what the fields are")]
pub enum ProgramError {
    /// A file of it cannot be read, or not be packed.
    #[error("taking {} along: {error}", path.display())]
    File { path: PathBuf, error: io::Error },
    /// It is not understood how a file of it is linked.
    #[error("taking {} along: {why}", path.display())]
    Linkage { path: PathBuf, why: String },
    /// There can be no such directory.
    #[error("making {}: {error}", path.display())]
    Directory { path: PathBuf, error: io::Error },
    /// A file cannot be put there.
    #[error("writing {}: {error}", path.display())]
    Place { path: PathBuf, error: io::Error },
}

/// The program that runs, in an archive for guests.
pub struct Program {
    /// Everything of it, and the console that the kernel opens for it.
    pub archive: Initramfs,
    /// Environment variables that it needs.
    pub environment: Vec<(&'static str, &'static str)>,
}

impl Program {
    /// Packs the program that runs: its binary, its interpreter, and the libraries that it has mapped.
    pub fn running() -> Result<Self, ProgramError> {
        let parts = Parts::running()?;
        let mut archive = Initramfs::default();
        let mut environment = Vec::new();
        let failed = |error| ProgramError::File { path: PROGRAM.into(), error };
        for directory in ["/ptyproof/root", "/ptyproof/modules"] {
            archive.directory(directory).map_err(failed)?;
        }
        archive.device("/dev/console", (5, 1)).map_err(failed)?;
        archive.file(PROGRAM, &parts.binary).map_err(failed)?;
        if let Some(Linked { interpreter, loader, libraries }) = parts.linked {
            archive.file(&interpreter, &loader).map_err(failed)?;
            for (name, content) in libraries {
                archive.file(&format!("{LIBRARIES}/{name}"), &content).map_err(failed)?;
            }
            environment.push(("LD_LIBRARY_PATH", LIBRARIES));
        }
        Ok(Self { archive, environment })
    }
}

/// Puts the program that runs into a new directory, with all that it is linked with: what is called ptyproof there starts it
/// wherever the directory is taken, and whatever libraries there are.
pub fn pack(directory: &Path) -> Result<(), ProgramError> {
    let parts = Parts::running()?;
    let make =
        |path: &Path| fs::create_dir(path).map_err(|error| ProgramError::Directory { path: path.to_owned(), error });
    make(directory)?;
    let write = || {
        let file = |path: PathBuf, content: &[u8]| {
            executable(&path, content).map_err(|error| ProgramError::Place { path, error })
        };
        let starter = directory.join(NAME);
        let Some(Linked { interpreter, loader, libraries }) = parts.linked else {
            return file(starter, &parts.binary);
        };
        let inside = directory.join("lib");
        make(&inside)?;
        for (name, content) in libraries {
            file(inside.join(name), &content)?;
        }
        let name = file_name(Path::new(&interpreter));
        file(inside.join(&name), &loader)?;
        file(inside.join(NAME), &parts.binary)?;
        file(starter, starting(&name).as_bytes())
    };
    // A part of it is of no use.
    write().inspect_err(|_| drop(fs::remove_dir_all(directory)))
}

/// A script that starts the program by the loader beside it, in which nothing but a shell is needed.
fn starting(loader: &str) -> String {
    format!(
        "#!/bin/sh\n# Starts ptyproof by the loader and the libraries that lie here, whatever this machine has.\n\
         lib=$(CDPATH= cd -- \"${{0%/*}}/lib\" && pwd) || exit\n\
         exec \"$lib/{loader}\" --library-path \"$lib\" \"$lib/{NAME}\" \"$@\"\n"
    )
}

/// The files of the program that runs.
struct Parts {
    binary: Vec<u8>,
    /// Nothing where it is static.
    linked: Option<Linked>,
}

struct Linked {
    /// Where the binary says that its loader lies.
    interpreter: String,
    loader: Vec<u8>,
    /// By the names by which binaries ask for them.
    libraries: Vec<(String, Vec<u8>)>,
}

impl Parts {
    fn running() -> Result<Self, ProgramError> {
        let procfs = Path::new("/proc/self");
        let own = OwnProgram::find().map_err(|error| ProgramError::File { path: procfs.to_owned(), error })?;
        let path = own.binary();
        let binary = read(&path)?;
        let linked = match interpreter(&path, &binary)? {
            None => None,
            Some(interpreter) => {
                let loader = read(own.loader().unwrap_or(Path::new(&interpreter)))?;
                let with_name = |path: PathBuf| {
                    let content = read(&path)?;
                    Ok((name(&path, &content)?, content))
                };
                let libraries = mapped(&path)?.into_iter().map(with_name).collect::<Result<_, _>>()?;
                Some(Linked { interpreter, loader, libraries })
            }
        };
        Ok(Self { binary, linked })
    }
}

/// A file that may be executed by everybody, whatever the umask.
fn executable(path: &Path, content: &[u8]) -> io::Result<()> {
    fs::write(path, content)?;
    fs::set_permissions(path, PermissionsExt::from_mode(0o755))
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn read(path: &Path) -> Result<Vec<u8>, ProgramError> {
    fs::read(path).map_err(|error| ProgramError::File { path: path.to_owned(), error })
}

type Elf<'b> = ElfBytes<'b, NativeEndian>;

fn parse<'b>(path: &Path, content: &'b [u8]) -> Result<Elf<'b>, ProgramError> {
    Elf::minimal_parse(content).map_err(|error| unlinkable(path, error))
}

fn unlinkable(path: &Path, why: impl ToString) -> ProgramError {
    ProgramError::Linkage { path: path.to_owned(), why: why.to_string() }
}

/// The interpreter of a binary; a static one has none. elf(5)
fn interpreter(path: &Path, content: &[u8]) -> Result<Option<String>, ProgramError> {
    let elf = parse(path, content)?;
    let segments = elf.segments().into_iter().flatten();
    let Some(segment) = segments.into_iter().find(|header| header.p_type == PT_INTERP) else {
        return Ok(None);
    };
    let data = elf.segment_data(&segment).map_err(|error| unlinkable(path, error))?;
    let name = data.strip_suffix(b"\0").unwrap_or(data);
    String::from_utf8(name.to_vec()).map(Some).map_err(|error| unlinkable(path, error))
}

/// The files beside its own that the process runs code of. proc_pid_maps(5)
fn mapped(own: &Path) -> Result<BTreeSet<PathBuf>, ProgramError> {
    let path = Path::new("/proc/self/maps");
    let failed = |error| ProgramError::File { path: path.to_owned(), error };
    let maps = fs::read_to_string(path).map_err(failed)?;
    // What has been replaced meanwhile is mapped by the name that the link of procfs has.
    let own = own.canonicalize().or_else(|_| fs::read_link(own)).map_err(failed)?;
    let paths = maps.lines().filter_map(|line| {
        // Address, permissions, offset, device and inode; then spaces, and the path.
        let (_, path) = line.split_once('/')?;
        let permissions = line.split(' ').nth(1)?;
        permissions.contains('x').then(|| Path::new("/").join(path))
    });
    Ok(paths.filter(|path| *path != own).collect())
}

/// The name by which binaries ask for a library; that of its file where it has none.
fn name(path: &Path, content: &[u8]) -> Result<String, ProgramError> {
    let elf = parse(path, content)?;
    let common = elf.find_common_data().map_err(|error| unlinkable(path, error))?;
    let entry = common.dynamic.and_then(|table| table.iter().find(|entry| entry.d_tag == DT_SONAME));
    let soname = entry.zip(common.dynsyms_strs).and_then(|(entry, strings)| {
        let offset = usize::try_from(entry.d_val()).ok()?;
        strings.get(offset).ok().map(str::to_owned)
    });
    Ok(soname.unwrap_or_else(|| file_name(path)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tests_themselves_are_linked_with_the_c_library() {
        let own = Path::new("/proc/self/exe");
        let binary = read(own).expect("it runs");
        // Where the tests are built static, there is nothing to look for.
        let Some(interpreter) = interpreter(own, &binary).expect("an ELF file") else {
            return;
        };
        assert!(Path::new(&interpreter).is_file(), "{interpreter}");
        let libraries = mapped(own).expect("procfs");
        let names: Vec<String> =
            libraries.iter().map(|path| name(path, &read(path).expect("mapped")).expect("an ELF file")).collect();
        assert!(names.iter().any(|name| name == "libc.so.6"), "{names:?}");
        assert!(!libraries.contains(&fs::read_link(own).expect("procfs")), "{libraries:?}");
    }
}
