//! What new namespaces begin with.

use crate::bundle::Bundle;
use serde_json::json;
use std::fs;

tests! {
    clocks_are_set_off_for_the_container_and_for_exec,
    a_time_namespace_is_joined,
    the_loopback_interface_is_up,
    a_network_namespace_of_the_hosts_is_joined_by_a_container_with_users_of_its_own,
}

const DAYS: u64 = 1_000;

/// Seconds since the machine was started.
fn uptime(text: &str) -> u64 {
    text.split('.').next().unwrap().parse().unwrap_or_else(|_| panic!("{text}"))
}

fn clocks_are_set_off_for_the_container_and_for_exec() {
    for in_user_namespace in [false, true] {
        let mut bundle = Bundle::without_terminal();
        bundle.add_namespace(json!({"type": "time"}));
        let offsets = json!({"monotonic": {"secs": 7881, "nanosecs": 2_718_281}, "boottime": {"secs": DAYS * 86_400}});
        bundle.set("/linux/timeOffsets", offsets);
        if in_user_namespace {
            bundle.enter_user_namespace();
        }
        let host = uptime(&fs::read_to_string("/proc/uptime").unwrap());
        let look = "cut -d . -f 1 /proc/uptime; tr -s ' ' < /proc/self/timens_offsets";
        let said = bundle.says(look);
        let (inside, offsets) = said.split_once('\n').unwrap();
        let difference = uptime(inside) - host - DAYS * 86_400;
        assert!(difference < 60, "{said}");
        assert_eq!(offsets, format!("monotonic 7881 2718281\nboottime {} 0\n", DAYS * 86_400));
        bundle.start("c");
        let output = bundle.run(&["exec", "c", "sh", "-c", look]);
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(uptime(said.lines().next().unwrap()) - host - DAYS * 86_400 < 60, "{said}");
    }
}

fn a_time_namespace_is_joined() {
    let mut bundle = Bundle::without_terminal();
    bundle.add_namespace(json!({"type": "time"}));
    bundle.set("/linux/timeOffsets", json!({"monotonic": {"secs": 7}}));
    bundle.start("c");
    let state: serde_json::Value = serde_json::from_slice(&bundle.run(&["state", "c"]).stdout).unwrap();
    let path = format!("/proc/{}/ns/time", state["pid"]);
    bundle.set("/linux/timeOffsets", json!({}));
    bundle.config["linux"]["namespaces"].as_array_mut().unwrap().pop();
    bundle.add_namespace(json!({"type": "time", "path": path}));
    let expected = fs::read_link(&path).unwrap().display().to_string();
    assert_eq!(bundle.says("readlink /proc/self/ns/time"), expected + "\n");
}

fn the_loopback_interface_is_up() {
    let mut bundle = Bundle::without_terminal();
    // IFF_UP, IFF_LOOPBACK; the address comes with it.
    assert_eq!(bundle.says("cat /sys/class/net/lo/flags; grep -c 127.0.0.1 /proc/net/fib_trie"), "0x9\n2\n");
}

/// It does not belong to the container's user namespace, so only the caller may join it.
fn a_network_namespace_of_the_hosts_is_joined_by_a_container_with_users_of_its_own() {
    let mut first = Bundle::without_terminal();
    first.start("c");
    let state: serde_json::Value = serde_json::from_slice(&first.run(&["state", "c"]).stdout).unwrap();
    let path = format!("/proc/{}/ns/net", state["pid"]);
    let mut bundle = Bundle::without_terminal();
    bundle.config["linux"]["namespaces"].as_array_mut().unwrap().retain(|namespace| namespace["type"] != "network");
    bundle.add_namespace(json!({"type": "network", "path": path}));
    bundle.enter_user_namespace();
    let expected = fs::read_link(&path).unwrap().display().to_string();
    assert_eq!(bundle.says("readlink /proc/self/ns/net"), expected + "\n");
}
