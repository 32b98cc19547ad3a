//! The program that runs, and what it is linked with, to be taken into guests. ld.so(8)

use super::initramfs::Initramfs;
use crate::order::PROGRAM;
use elf::abi::{DT_SONAME, PT_INTERP};
use elf::{ElfBytes, endian::NativeEndian};
use std::path::{Path, PathBuf};
use std::{collections::BTreeSet, fs, io};

/// Where shared libraries lie in a guest.
const LIBRARIES: &str = "/ptyproof/lib";

/// Why the program cannot be taken into a guest.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs, reason = "the messages say what the fields are")]
pub enum ProgramError {
    /// A file of it cannot be read, or not be packed.
    #[error("taking {} into the guest: {error}", path.display())]
    File { path: PathBuf, error: io::Error },
    /// It is not understood how a file of it is linked.
    #[error("taking {} into the guest: {why}", path.display())]
    Linkage { path: PathBuf, why: String },
}

/// The program that runs.
pub struct Program {
    /// Everything of it, and the console that the kernel opens for it.
    pub archive: Initramfs,
    /// Environment variables that it needs.
    pub environment: Vec<(&'static str, &'static str)>,
}

impl Program {
    /// Packs the program that runs: its binary, its interpreter, and the libraries that it has mapped.
    pub fn running() -> Result<Self, ProgramError> {
        let own = Path::new("/proc/self/exe");
        let binary = read(own)?;
        let mut archive = Initramfs::default();
        let mut environment = Vec::new();
        let failed = |error| ProgramError::File { path: own.to_owned(), error };
        for directory in ["/ptyproof/root", "/ptyproof/modules"] {
            archive.directory(directory).map_err(failed)?;
        }
        archive.device("/dev/console", (5, 1)).map_err(failed)?;
        archive.file(PROGRAM, &binary).map_err(failed)?;
        if let Some(interpreter) = interpreter(own, &binary)? {
            let content = read(Path::new(&interpreter))?;
            archive.file(&interpreter, &content).map_err(failed)?;
            for path in mapped(own)? {
                let content = read(&path)?;
                let name = name(&path, &content)?;
                let place = format!("{LIBRARIES}/{name}");
                archive.file(&place, &content).map_err(failed)?;
            }
            environment.push(("LD_LIBRARY_PATH", LIBRARIES));
        }
        Ok(Self { archive, environment })
    }
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
    let own = fs::read_link(own).map_err(failed)?;
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
    let file = || Some(path.file_name()?.to_string_lossy().into_owned());
    soname.or_else(file).ok_or_else(|| unlinkable(path, "it has no name"))
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
