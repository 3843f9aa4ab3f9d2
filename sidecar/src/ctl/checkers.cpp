#include "ctl/commands.hpp"

namespace pg_checker::ctl {

Result<int> List(Database& database, Format format) {
  const auto rows = database.Rows(
      "SELECT CASE namespace WHEN 'default' THEN name ELSE namespace || '.' || name END AS name,"
      " language, status, alarm, severity, enabled, last_run, next_run, description"
      " FROM checker.checkers ORDER BY namespace <> 'default', namespace, name");
  if (!rows.ok()) return rows.failure();
  Print(format == Format::kTable ? RenderTable(rows.value())
                                 : RenderDocument(rows.value(), format));
  return kExitOk;
}

Result<int> Show(Database& database, Format format, const std::string& name) {
  const auto checkers = database.Rows(
      "SELECT namespace || '.' || name AS name, language, version, digest, enabled, severity,"
      " status, alarm, last_run, next_run, schedule, datasets, description, runbook, owner, labels"
      " FROM checker.checkers WHERE namespace || '.' || name ="
      " CASE WHEN $1::text LIKE '%.%' THEN $1 ELSE 'default.' || $1 END",
      {name});
  if (!checkers.ok()) return checkers.failure();
  if (checkers.value().empty()) {
    return Failure{"checker \"" + name + "\" does not exist", "",
                   "checkerctl list shows those that you may see."};
  }
  const Json& checker = checkers.value().front();
  const auto full_name = checker["name"].get<std::string>();
  const auto runs = database.Rows(
      "SELECT run_id, started_at, status, failures, passes, duration, coalesce(error, message) AS "
      "message FROM checker.runs WHERE checker = $1 ORDER BY run_id DESC LIMIT 5",
      {full_name});
  if (!runs.ok()) return runs.failure();
  const auto assertions = database.Rows(
      "SELECT seq, ok, message, expected, actual, sample FROM checker.assertions WHERE run_id ="
      " (SELECT max(run_id) FROM checker.runs WHERE checker = $1) ORDER BY seq",
      {full_name});
  if (!assertions.ok()) return assertions.failure();
  if (format == Format::kTable) {
    Print(RenderRecord(checker) + "\nLatest runs\n" + RenderTable(runs.value()) +
          "\nAssertions of the last run\n" + RenderTable(assertions.value()));
  } else {
    Json document = checker;
    document["runs"] = runs.value();
    document["assertions"] = assertions.value();
    Print(RenderDocument(document, format));
  }
  return kExitOk;
}

}  // namespace pg_checker::ctl
