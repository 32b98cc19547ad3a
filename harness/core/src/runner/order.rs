//! Orders and slices of cases that depend on their ids alone.

use crate::case::CaseId;
use sha2::{Digest, Sha256};

/// A number that looks random, and is the same for the same id and key on every machine.
fn number(key: &str, id: &CaseId) -> u64 {
    let hash = Sha256::new().chain_update(key).chain_update([0]).chain_update(id.as_str()).finalize();
    hash.iter().take(8).fold(0, |number, &byte| number << 8 | u64::from(byte))
}

/// Where a case stands in the order of that seed.
pub(super) fn rank(seed: u64, id: &CaseId) -> u64 {
    number(&format!("order {seed}"), id)
}

/// Which of so many slices a case is in, from 0 on. It stays there when cases come and go.
pub fn slice(id: &CaseId, slices: u64) -> u64 {
    number("slice", id) % slices.max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids() -> Vec<CaseId> {
        (0..1000).map(|number| CaseId::from(format!("area/{number}").as_str())).collect()
    }

    #[test]
    fn slices_are_about_equal_and_the_same_everywhere() {
        let mut counts = [0; 4];
        ids().iter().for_each(|id| counts[slice(id, 4) as usize] += 1);
        assert!(counts.iter().all(|count| (200..300).contains(count)), "{counts:?}");
        assert_eq!(slice(&"console/is-the-terminal".into(), 4), 0);
    }

    #[test]
    fn each_seed_has_an_order_of_its_own() {
        let order = |seed| {
            let mut ids = ids();
            ids.sort_by_key(|id| rank(seed, id));
            ids
        };
        assert_eq!(order(7), order(7));
        assert_ne!(order(7), order(8));
    }
}
