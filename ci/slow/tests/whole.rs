//! Runs of the whole suite.

#[path = "../../../harness/cli/tests/said/mod.rs"]
mod said;

use said::ptyproof;
use serde_json::Value;

/// What differs from run to run by nature must not be recorded; a case that does is noticed here. Whether all cases pass
/// is for other tests.
#[test]
fn two_runs_of_the_same_record_the_same() {
    let directory = tempfile::tempdir().expect("a directory");
    for target in ["kernel", "runtime"] {
        let reports = ["one", "other"].map(|name| {
            let report = directory.path().join(format!("{target}-{name}.json")).display().to_string();
            let said = ptyproof(&["run", "--target", target, "--report", &format!("json={report}")]);
            assert_eq!(said.error, "");
            report
        });
        let said = ptyproof(&["compare", "--json", &reports[0], &reports[1]]);
        assert_eq!(said.status, Some(0));
        let comparison: Value = serde_json::from_str(&said.output).expect("it is JSON");
        let all = comparison["differences"].as_array().expect("a list");
        let of_values: Vec<&Value> = all
            .iter()
            .filter(|one| {
                let mut points = one["points"].as_array().expect("a list").iter();
                points.any(|point| point["aspect"].is_object())
            })
            .collect();
        assert!(of_values.is_empty(), "{of_values:#?}");
        assert_eq!(comparison["environment"], Value::Array(Vec::new()));
        assert_eq!(comparison["only_in_some"], Value::Array(Vec::new()));
        assert!(comparison["same"].as_u64() > Some(0), "{target}");
    }
}
