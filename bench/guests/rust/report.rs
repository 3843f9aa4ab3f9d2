//! The outcome of a check.

use checker::message;

/// "BROKEN FIGURE", a failure if a row breaks the rule.
pub fn report(broken: i64, figure: i64) {
    let text = message!("{} {}", broken, figure);
    if broken > 0 {
        checker::fail(&text);
    } else {
        checker::succeed(&text);
    }
}
