//! What comes along with each page, and the policy that allows just this.

use sha2::{Digest, Sha256};

/// The script of the page.
pub(crate) const SCRIPT: &str = include_str!("../assets/page.js");
/// Its style.
pub(crate) const STYLE: &str = include_str!("../assets/page.css");
/// The player of terminals: asciinema-player 3.18.0, `dist/bundle/asciinema-player.min.js` of its npm package.
pub(crate) const PLAYER: &str = include_str!("../assets/vendor/asciinema-player.min.js");
/// The player's style, of the same package.
pub(crate) const PLAYER_STYLE: &str = include_str!("../assets/vendor/asciinema-player.css");

/// Nothing may be loaded, sent or framed; these scripts and styles may run, and the player's WebAssembly.
pub(crate) fn policy() -> String {
    let [script, player, style, player_style] = [SCRIPT, PLAYER, STYLE, PLAYER_STYLE].map(hash);
    format!(
        "default-src 'none'; script-src '{script}' '{player}' 'wasm-unsafe-eval'; style-src '{style}' '{player_style}'; \
         base-uri 'none'; form-action 'none'"
    )
}

fn hash(text: &str) -> String {
    format!("sha256-{}", base64(&Sha256::digest(text)))
}

fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for three in bytes.chunks(3) {
        let bits = three.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - three.len()));
        for letter in 0..4 {
            let index = (bits >> (18 - 6 * letter)) as usize & 63;
            text.push(if letter > three.len() { '=' } else { LETTERS[index] as char });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_become_letters() {
        for (bytes, letters) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")] {
            assert_eq!(base64(bytes.as_bytes()), letters);
        }
    }

    #[test]
    fn no_asset_ends_its_own_element() {
        for asset in [SCRIPT, PLAYER, STYLE, PLAYER_STYLE] {
            let lower = asset.to_lowercase();
            assert!(!lower.contains("</script") && !lower.contains("</style") && !lower.contains("<!--"));
        }
    }
}
