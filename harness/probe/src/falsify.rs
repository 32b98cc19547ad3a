//! Values that can be falsified.

/// A value that can be made into one that is near and not so.
pub trait Falsify {
    /// Makes it so.
    fn falsify(&mut self);
}

impl<T: Default> Falsify for Vec<T> {
    fn falsify(&mut self) {
        if self.pop().is_none() {
            self.push(T::default());
        }
    }
}

impl Falsify for bool {
    fn falsify(&mut self) {
        *self = !*self;
    }
}

/// The events of poll(2): each that is there is not, and each that is not is.
impl Falsify for i16 {
    fn falsify(&mut self) {
        *self = !*self;
    }
}

macro_rules! numbers {
    ($($number:ty)*) => {$(
        impl Falsify for $number {
            fn falsify(&mut self) {
                *self ^= 1;
            }
        }
    )*};
}

numbers! { i32 i64 }
