//! Measured values and what is said of them.

/// Values of one kind, in the unit that their owner says.
#[derive(Debug, Default, Clone)]
pub struct Sample(Vec<f64>);

impl Sample {
    /// Adds a value.
    pub fn add(&mut self, value: f64) {
        self.0.push(value);
    }

    /// The value below which `share` of all values lie; `None` for an empty sample.
    pub fn quantile(&self, share: f64) -> Option<f64> {
        let mut sorted = self.0.clone();
        sorted.sort_by(f64::total_cmp);
        let index = ((sorted.len() as f64 * share).ceil() as usize).clamp(1, sorted.len().max(1));
        sorted.get(index - 1).copied()
    }

    /// The middle value.
    pub fn median(&self) -> Option<f64> {
        self.quantile(0.5)
    }

    /// The largest value.
    pub fn largest(&self) -> Option<f64> {
        self.quantile(1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::Sample;

    #[test]
    fn quantiles_are_values_of_the_sample() {
        let sample = Sample((1..=100).map(f64::from).collect());
        assert_eq!(sample.median(), Some(50.0));
        assert_eq!(sample.quantile(0.99), Some(99.0));
        assert_eq!(sample.largest(), Some(100.0));
        assert_eq!(Sample::default().median(), None);
    }
}
