//! The same as everything.c, with the SDK for Rust.
use checker::{
    log, param_or, Bytes, Column, ColumnType, Csv, Dataset, Date, Decimal, Error, Interval, Level, Operator, Text,
    Timestamp, TimestampTz, Uuid,
};

checker::entry!(check);

fn say(text: &str) {
    log(Level::Info, text)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{:02x}", byte)).collect()
}

fn show<V>(value: Option<V>, show: impl Fn(V) -> String) -> String {
    value.map_or_else(|| "null".to_string(), show)
}

fn column<T: for<'a> ColumnType<'a>>(dataset: &Dataset, name: &str) -> Result<Column<T>, Error> {
    dataset.column(name)
}

fn read_values() -> Result<(), Error> {
    let mut rows = Dataset::open("rows");
    let head: Vec<String> = rows.columns().map(|(name, kind)| format!("{} {}", name, kind)).collect();
    say(&head.join(", "));
    let b = column::<bool>(&rows, "b")?;
    let s = column::<i16>(&rows, "s")?;
    let i = column::<i32>(&rows, "i")?;
    let l = column::<i64>(&rows, "l")?;
    let f = column::<f32>(&rows, "f")?;
    let g = column::<f64>(&rows, "g")?;
    let t = column::<Text>(&rows, "t")?;
    let z = column::<Bytes>(&rows, "z")?;
    let d = column::<Date>(&rows, "d")?;
    let ts = column::<Timestamp>(&rows, "ts")?;
    let tz = column::<TimestampTz>(&rows, "tz")?;
    let iv = column::<Interval>(&rows, "iv")?;
    let u = column::<Uuid>(&rows, "u")?;
    let n = column::<Decimal>(&rows, "n")?;
    let j = column::<Text>(&rows, "j")?;
    while let Some(batch) = rows.next_batch() {
        for row in 0..batch.rows() {
            let values = [
                show(batch.values(b).get(row), |v| v.to_string()),
                show(batch.values(s).get(row), |v| v.to_string()),
                show(batch.values(i).get(row), |v| v.to_string()),
                show(batch.values(l).get(row), |v| v.to_string()),
                show(batch.values(f).get(row), |v| (v.to_bits() as i32).to_string()),
                show(batch.values(g).get(row), |v| (v.to_bits() as i64).to_string()),
                show(batch.values(t).get(row), |v| v.to_string()),
                show(batch.values(z).get(row), hex),
                show(batch.values(d).get(row), |v| v.0.to_string()),
                show(batch.values(ts).get(row), |v| v.0.to_string()),
                show(batch.values(tz).get(row), |v| v.0.to_string()),
                show(batch.values(iv).get(row), |v| format!("{} {} {}", v.months, v.days, v.nanoseconds)),
                show(batch.values(u).get(row), |v| v.to_string().replace('-', "")),
                show(batch.values(n).get(row), |v| v.to_string()),
                show(batch.values(j).get(row), |v| v.to_string()),
            ];
            say(&values.join("|"));
        }
    }
    Ok(())
}

fn read_csv() {
    let mut csv = Csv::open("rows");
    let mut fields = [None; 3];
    while let Some(count) = csv.read(&mut fields) {
        let shown: Vec<String> = fields[..count].iter().map(|field| show(*field, |text| format!("[{}]", text))).collect();
        say(&shown.join("|"));
    }
}

fn assert_all() {
    let mut held = vec![
        checker::assert_empty("none", "empty"),
        checker::assert_empty("rows", "empty"),
        checker::assert_not_empty("rows", "not empty"),
        checker::assert_not_empty("none", "not empty"),
        checker::assert_less_than("rows", 4, "less"),
        checker::assert_less_than("rows", 3, "less"),
        checker::assert_greater_than("rows", 2, "greater"),
        checker::assert_greater_than("rows", 3, "greater"),
    ];
    use Operator::*;
    for operator in [Equal, NotEqual, Less, AtMost, Greater, AtLeast] {
        held.push(checker::assert_row_count("rows", operator, 3, "count"));
    }
    held.push(checker::assert_equal("rows", "rows", "equal"));
    held.push(checker::assert_equal("rows", "others", "equal"));
    held.push(checker::assert_true(true, "true"));
    held.push(checker::assert_true(false, "true"));
    held.push(checker::assert_false(false, "false"));
    held.push(checker::assert_false(true, "false"));
    checker::fail("fäil");
    checker::warn("warn");
    checker::succeed("succeed");
    checker::ok("ok");
    say(&held.iter().map(|holds| if *holds { "1" } else { "0" }).collect::<String>());
}

fn read_params() -> Result<(), Error> {
    say(&format!(
        "{} {} {} {} {}{}{} {} {} {} {} {}",
        param_or("whole", -1i64)?,
        param_or("least", -1i64)?,
        param_or("absent", -1i64)?,
        (param_or("number", -1.0)? * 1000.0) as i64,
        i32::from(param_or("yes", false)?),
        i32::from(param_or("no", true)?),
        i32::from(param_or("nothing", true)?),
        param_or("text", "none")?,
        param_or("absent", "none")?,
        checker::param("object").unwrap_or("null"),
        checker::param("absent").unwrap_or("null"),
        checker::input().unwrap_or("null"),
    ));
    say(&format!("{} {}", i32::from(checker::business_day()), checker::now().0));
    Ok(())
}

fn check() -> Result<(), Error> {
    match param_or("do", "")? {
        "values" => read_values()?,
        "csv" => read_csv(),
        "assertions" => assert_all(),
        "params" => read_params()?,
        "wrong type" => Dataset::open("rows").column::<i64>("t").map(|_| ())?,
        "no column" => Dataset::open("rows").column::<i64>("x").map(|_| ())?,
        "wrong param" => param_or("text", 0i64).map(|_| ())?,
        "levels" => {
            log(Level::Debug, "debug");
            log(Level::Info, "info");
            log(Level::Warning, "warning");
            log(Level::Error, "error");
        }
        _ => return Err(Error::new("nothing to do")),
    }
    Ok(())
}
