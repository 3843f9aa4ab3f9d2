//! Every source has sent something lately: within parameter "max_age_minutes" (60).
//! Reads dataset newest_events: source text, newest timestamptz, null for a source that is new.
use checker::{log, message, now, param_or, Dataset, Error, Level, Text, TimestampTz};

checker::entry!(check);

fn check() -> Result<(), Error> {
    let minutes: i64 = param_or("max_age_minutes", 60)?;
    let oldest = TimestampTz(now().0 - minutes * 60 * 1_000_000);
    let mut events = Dataset::open("newest_events");
    let source = events.column::<Text>("source")?;
    let newest = events.column::<TimestampTz>("newest")?;
    let mut late = 0;
    while let Some(batch) = events.next_batch() {
        for (source, newest) in batch.values(source).iter().zip(batch.values(newest)) {
            let state = match newest {
                Some(newest) if newest >= oldest => continue,
                Some(_) => "is late",
                None => "has never sent anything",
            };
            late += 1;
            log(Level::Warning, &message!("source {} {}", source.unwrap_or_default(), state));
        }
    }
    checker::assert_true(late == 0, "every source has sent something lately");
    Ok(())
}
