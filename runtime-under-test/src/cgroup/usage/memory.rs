use super::files::Files;
use super::is_zero;
use serde::Serialize;
use std::collections::BTreeMap;

/// Bytes of memory.
#[derive(Debug, Default, Serialize)]
#[allow(missing_docs)]
pub struct Memory {
    #[serde(skip_serializing_if = "is_zero")]
    pub cache: u64,
    pub usage: MemoryPart,
    /// Memory and swap together.
    pub swap: MemoryPart,
    pub kernel: MemoryPart,
    #[serde(rename = "kernelTCP")]
    pub kernel_tcp: MemoryPart,
    /// `memory.stat` as it is.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub raw: BTreeMap<String, u64>,
}

/// One kind of memory.
#[derive(Debug, Default, Serialize)]
#[allow(missing_docs)]
pub struct MemoryPart {
    pub limit: u64,
    #[serde(skip_serializing_if = "is_zero")]
    pub usage: u64,
    #[serde(skip_serializing_if = "is_zero")]
    pub max: u64,
    pub failcnt: u64,
}

pub(super) fn read(files: &Files<'_>) -> Memory {
    let raw = files.pairs("memory.stat");
    let get = |name: &str| raw.get(name).copied().unwrap_or_default();
    if !files.is_v2() {
        let part = |name: &str| MemoryPart {
            limit: files.number(&format!("memory{name}.limit_in_bytes")),
            usage: files.number(&format!("memory{name}.usage_in_bytes")),
            max: files.number(&format!("memory{name}.max_usage_in_bytes")),
            failcnt: files.number(&format!("memory{name}.failcnt")),
        };
        let (usage, swap, kernel, kernel_tcp) = (part(""), part(".memsw"), part(".kmem"), part(".kmem.tcp"));
        return Memory { cache: get("cache"), usage, swap, kernel, kernel_tcp, raw };
    }
    let failures = |file: &str| files.pairs(file).get("max").copied().unwrap_or_default();
    let part = |name: &str| MemoryPart {
        limit: files.limit(&format!("memory{name}.max")),
        usage: files.number(&format!("memory{name}.current")),
        max: files.number(&format!("memory{name}.peak")),
        failcnt: failures(&format!("memory{name}.events")),
    };
    let (usage, alone) = (part(""), part(".swap"));
    // v1 counts both together, and that is what readers of this form expect.
    let swap = MemoryPart { limit: usage.limit.saturating_add(alone.limit), usage: usage.usage + alone.usage, ..alone };
    Memory { cache: get("file"), usage, swap, raw, ..Memory::default() }
}
