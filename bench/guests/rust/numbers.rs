//! Reads dataset "numbers" (a bigint, b bigint) and fails if b is not 3 * a somewhere. Its message is what all
//! languages answer: the rows that break the rule, and the sum of b.

mod checker;

#[no_mangle]
pub extern "C" fn check() {
    let mut broken = 0;
    let mut sum = 0;
    checker::read("numbers", |[first, second]| {
        let (a_validity, b_validity) = (first.validity(), second.validity());
        for (row, (a, b)) in first.numbers().iter().zip(second.numbers()).enumerate() {
            let a = Some(*a).filter(|_| !checker::is_null(a_validity, row));
            let b = Some(*b).filter(|_| !checker::is_null(b_validity, row));
            sum += b.unwrap_or(0);
            broken += i64::from(a.map(|a| a * 3) != b);
        }
    });
    checker::report(broken, sum);
}
