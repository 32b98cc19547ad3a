//! Tests of the page in a real browser. `ci/install-browser` installs one; `.ci/run` runs them.
