// Every source has sent something lately: within parameter "max_age_minutes" (60).
// Reads dataset newest_events: source text, newest timestamptz, null for a source that is new.
const oldest = now().getTime() - (params.max_age_minutes ?? 60) * 60_000;
let late = 0;
for (const { source, newest } of datasets.newest_events) {
  if (newest !== null && newest.getTime() >= oldest) continue;
  late++;
  log.warn(`source ${source} ${newest === null ? 'has never sent anything' : 'is late'}`);
}
assertTrue(late === 0, 'every source has sent something lately');
