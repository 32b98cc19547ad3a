/// Declares the words of the spec for one thing, in JSON and to print.
macro_rules! words {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $word:literal,)* }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize, strum::Display, strum::VariantArray)]
        #[allow(missing_docs)]
        pub enum $name {
            $($(#[$doc])* #[serde(rename = $word)] #[strum(serialize = $word)] $variant,)*
        }
    };
}
