//! The report as JSON.

use super::Report;
use serde::Serialize;

impl Report {
    /// As JSON, in ASCII only: whatever came out of a container is written as `\u009b`, so that the file can be
    /// shown on a terminal, and nothing is lost.
    pub fn to_json(&self) -> serde_json::Result<String> {
        to_json(self)
    }

    /// Reads back what [`to_json`](Self::to_json) wrote.
    pub fn from_json(text: &str) -> serde_json::Result<Self> {
        serde_json::from_str(text)
    }
}

/// A report, a comparison, or anything that is made of their parts, as JSON: in ASCII only.
pub fn to_json(value: &impl Serialize) -> serde_json::Result<String> {
    Ok(ascii(&serde_json::to_string_pretty(value)?) + "\n")
}

/// JSON text whose strings hold ASCII without DEL only. Outside of strings, JSON has nothing else anyway.
pub(super) fn ascii(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    for c in json.chars() {
        if c.is_ascii() && c != '\u{7f}' {
            text.push(c);
            continue;
        }
        for unit in c.encode_utf16(&mut [0; 2]) {
            text.push_str(&format!("\\u{unit:04x}"));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::super::{SCHEMA, test_results};
    use super::*;

    #[test]
    fn a_report_reads_back_as_it_was() {
        let report = test_results::report();
        let text = report.to_json().expect("it can be written");
        assert_eq!(Report::from_json(&text).expect("it can be read"), report);
    }

    #[test]
    fn nothing_hostile_is_in_the_file_and_nothing_is_lost() {
        let text = test_results::report().to_json().expect("it can be written");
        assert!(text.bytes().all(|byte| byte == b'\n' || (b' '..=b'~').contains(&byte)));
        // What the probe sent, as the worker reported it.
        assert!(text.contains(r#""words": "\u001b[31mred\u0000 \u009b1m ]]> \ufffd \u202e\nnext""#), "{text}");
    }

    #[test]
    fn the_shape_is_the_one_of_the_schema() {
        let text = test_results::report().to_json().expect("it can be written");
        let value: serde_json::Value = serde_json::from_str(&text).expect("it is JSON");
        assert_eq!(value["schema"], SCHEMA);
        assert_eq!(value["target"]["profile"], "some");
        assert_eq!(value["environment"]["kernel"], "6.18.0");
        assert_eq!(value["summary"]["counts"]["fail"], 1);
        assert_eq!(value["summary"]["as_expected"], false);
        let fail = &value["results"][6];
        assert_eq!(fail["id"], "area/fail");
        assert_eq!(fail["verdict"], "fail");
        assert_eq!(fail["level"], "must");
        assert_eq!(fail["teardown"][0], "process 7 (x) still runs");
        let said = &fail["transcript"][0];
        assert_eq!(said[0], "terminal of c1");
        assert_eq!(said[1][0]["direction"], "typed");
        assert_eq!(said[1][0]["bytes"], "ab\\n");
        assert_eq!(value["results"][1]["observed"]["words"], "2");
    }

    #[test]
    fn characters_beyond_the_first_plane_become_pairs() {
        assert_eq!(ascii("\"\u{1f600}\u{7f}\""), r#""\ud83d\ude00\u007f""#);
    }
}
