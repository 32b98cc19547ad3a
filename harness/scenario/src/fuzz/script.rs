//! The scripts of a seed.

use crate::{generate::scenarios, scenario::Scenario};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

/// Script `number` of `seed`, which depends on nothing else.
pub fn script(seed: u64, number: u64) -> Scenario {
    tree(&scenarios(), seed, number).current()
}

/// The same, with everything that is smaller.
pub(super) fn tree<S: Strategy>(scenarios: &S, seed: u64, number: u64) -> S::Tree {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    bytes[8..16].copy_from_slice(&number.to_le_bytes());
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    scenarios.new_tree(&mut runner).expect("nothing is filtered, so nothing is rejected")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_depends_on_its_seed_and_number_only() {
        assert_eq!(script(1, 2), script(1, 2));
        assert_ne!(script(1, 2), script(2, 1));
        assert_ne!(script(1, 2), script(1, 3));
    }

    #[test]
    fn a_script_has_about_eight_steps() {
        let steps: usize = (0..1000).map(|number| script(3, number).steps.len()).sum();
        assert!((7_000..11_000).contains(&steps), "{steps}");
    }
}
