//! What may reach a master: bytes that are certain, and bytes of which only a beginning may come.

/// One part of a [`Pattern`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// These bytes.
    Certain(Vec<u8>),
    /// Any beginning of these bytes, also none of them, also all.
    Prefix(Vec<u8>),
}

/// What may reach a master, part by part.
///
/// A signal discards echo that is still under way, and how much of it was is a matter of time: this is what
/// [`Piece::Prefix`] is for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pattern(Vec<Piece>);

impl Pattern {
    /// No byte at all.
    pub fn nothing() -> Self {
        Self::default()
    }

    /// Exactly these bytes.
    pub fn certain(bytes: impl Into<Vec<u8>>) -> Self {
        let mut pattern = Self::default();
        pattern.push(Piece::Certain(bytes.into()));
        pattern
    }

    /// Adds a part at the end. Certain bytes join those before them, and what is empty adds nothing.
    pub fn push(&mut self, piece: Piece) {
        match (self.0.last_mut(), piece) {
            (_, Piece::Certain(bytes) | Piece::Prefix(bytes)) if bytes.is_empty() => {}
            (Some(Piece::Certain(before)), Piece::Certain(bytes)) => before.extend(bytes),
            (_, piece) => self.0.push(piece),
        }
    }

    /// Its parts, none of them empty.
    pub fn pieces(&self) -> &[Piece] {
        &self.0
    }

    /// Whether these bytes may be what reached the master.
    pub fn fits(&self, bytes: &[u8]) -> bool {
        // Where the parts so far may have ended; several places, as soon as one was uncertain.
        let mut ends = vec![0];
        for piece in &self.0 {
            ends = match piece {
                Piece::Certain(certain) => ends
                    .into_iter()
                    .filter(|&end| bytes[end..].starts_with(certain))
                    .map(|end| end + certain.len())
                    .collect(),
                Piece::Prefix(whole) => {
                    let mut more: Vec<usize> =
                        ends.into_iter().flat_map(|end| end..=end + common(whole, &bytes[end..])).collect();
                    more.sort_unstable();
                    more.dedup();
                    more
                }
            };
        }
        ends.contains(&bytes.len())
    }

    /// The bytes where all that is uncertain comes.
    pub fn longest(&self) -> Vec<u8> {
        let whole = |piece: &Piece| match piece {
            Piece::Certain(bytes) | Piece::Prefix(bytes) => bytes.clone(),
        };
        self.0.iter().flat_map(whole).collect()
    }

    /// The bytes where nothing that is uncertain comes.
    pub fn shortest(&self) -> Vec<u8> {
        let sure = |piece: &Piece| match piece {
            Piece::Certain(bytes) => bytes.clone(),
            Piece::Prefix(_) => Vec::new(),
        };
        self.0.iter().flat_map(sure).collect()
    }

    /// Whether all that `other` may be fits, as far as its longest and its shortest form tell.
    pub fn covers(&self, other: &Self) -> bool {
        self == other || (self.fits(&other.longest()) && self.fits(&other.shortest()))
    }
}

/// How many bytes at the beginning of both are the same.
fn common(one: &[u8], other: &[u8]) -> usize {
    one.iter().zip(other).take_while(|(a, b)| a == b).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn uncertain() -> Pattern {
        let mut pattern = Pattern::certain("a");
        pattern.push(Piece::Prefix(b"bcb".to_vec()));
        pattern.push(Piece::Certain(b"bd".to_vec()));
        pattern
    }

    #[test]
    fn any_beginning_of_what_is_uncertain_fits() {
        for fitting in ["abd", "abbd", "abcbd", "abcbbd"] {
            assert!(uncertain().fits(fitting.as_bytes()), "{fitting}");
        }
        for other in ["", "a", "abc", "abbbd", "abcbbdd", "acbd", "abcb"] {
            assert!(!uncertain().fits(other.as_bytes()), "{other}");
        }
    }

    #[test]
    fn certain_bytes_join_and_nothing_adds_nothing() {
        let mut pattern = Pattern::certain("a");
        pattern.push(Piece::Certain(Vec::new()));
        pattern.push(Piece::Prefix(Vec::new()));
        pattern.push(Piece::Certain(b"b".to_vec()));
        assert_eq!(pattern, Pattern::certain("ab"));
        assert_eq!(Pattern::certain(""), Pattern::nothing());
        assert!(Pattern::nothing().fits(b"") && !Pattern::nothing().fits(b"a"));
    }

    #[test]
    fn a_pattern_covers_what_it_allows_and_not_more() {
        assert!(uncertain().covers(&uncertain()));
        assert!(uncertain().covers(&Pattern::certain("abcbd")));
        assert!(!Pattern::certain("abcbbd").covers(&uncertain()));
    }
}
