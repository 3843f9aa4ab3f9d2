// Every source has sent something lately: within parameter "max_age_minutes" (60).
// Reads dataset newest_events: source text, newest timestamptz, null for a source that is new.
import { assertTrue, Dataset, Level, log, now, paramI64 } from "checker";

export function check(): void {
  const oldest = now() - paramI64("max_age_minutes", 60) * 60 * 1_000_000;
  const events = new Dataset("newest_events");
  const source = events.text("source");
  const newest = events.timestamptz("newest");
  let late = 0;
  while (events.next()) {
    for (let row = 0; row < events.rows; row++) {
      const never = newest.isNull(row);
      if (!never && newest[row] >= oldest) continue;
      late++;
      log(Level.Warning, `source ${source.at(row).toString()} ${never ? "has never sent anything" : "is late"}`);
    }
  }
  events.close();
  assertTrue(late == 0, "every source has sent something lately");
}
