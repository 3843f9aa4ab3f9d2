#include "postgres/stored_checker.hpp"

#include "postgres/statement.hpp"

namespace pg_checker::postgres {

namespace {

Statement load_stored(
    "SELECT v.language, v.module, v.source, v.digest, v.environment, c.datasets, c.description,"
    " c.runbook, c.owner, c.severity, c.labels, c.schedule, c.time_zone, c.params, c.input,"
    " c.enabled, c.for_duration, c.for_runs, c.recover_runs, c.alarm_on::text[], c.on_empty,"
    " c.max_samples, c.timeout, c.fuel, c.memory_limit_kb"
    " FROM checker.checker c"
    " JOIN checker.checker_version v ON v.checker_id = c.id AND v.version = c.version"
    " WHERE c.id = $1",
    {INT8OID});

std::optional<std::string> JsonTextAt(int column) {
  bool is_null;
  const Datum value = ColumnAt(0, column, &is_null);
  if (is_null) return std::nullopt;
  return JsonbText(value);
}

std::optional<Interval> IntervalAt(int column) {
  bool is_null;
  const Datum value = ColumnAt(0, column, &is_null);
  if (is_null) return std::nullopt;
  return *DatumGetIntervalP(value);
}

// From the one row of load_stored.
void ReadStored(StoredChecker& stored) {
  bool is_null;
  stored.program.language = RequiredTextAt(0, 1);
  const Datum module = ColumnAt(0, 2, &is_null);
  if (!is_null) stored.program.module = TextOf(module);
  stored.program.source = TextAt(0, 3);
  stored.program.digest = RequiredTextAt(0, 4);
  stored.program.environment = JsonTextAt(5);
  stored.datasets = TextArrayOf(ColumnAt(0, 6, &is_null), "datasets");
  CheckerOptions& options = stored.options;
  options.description = TextAt(0, 7);
  options.runbook = TextAt(0, 8);
  options.owner = TextAt(0, 9);
  options.severity = RequiredTextAt(0, 10);
  options.labels = *JsonTextAt(11);
  options.schedule = TextAt(0, 12);
  options.time_zone = TextAt(0, 13);
  options.params = *JsonTextAt(14);
  options.input = JsonTextAt(15);
  options.enabled = DatumGetBool(ColumnAt(0, 16, &is_null));
  options.for_duration = *IntervalAt(17);
  options.for_runs = *Int32At(0, 18);
  options.recover_runs = *Int32At(0, 19);
  options.alarm_on = TextArrayOf(ColumnAt(0, 20, &is_null), "alarm_on");
  options.on_empty = RequiredTextAt(0, 21);
  options.max_samples = Int32At(0, 22);
  options.timeout = IntervalAt(23);
  options.fuel = Int64At(0, 24);
  options.memory_limit_kb = Int32At(0, 25);
}

}  // namespace

StoredChecker LoadStored(int64_t id) {
  StoredChecker stored;
  AsExtension([&] {
    const Datum values[] = {Int64GetDatum(id)};
    load_stored.Execute(values);
    ReadStored(stored);
  });
  return stored;
}

}  // namespace pg_checker::postgres
