#include "ctl/commands.hpp"
#include "ctl/run_text.hpp"

namespace pg_checker::ctl {

Result<int> Run(Database& database, Format format, const std::string& name,
                const std::optional<std::string>& input, const std::optional<std::string>& params) {
  const auto runs = database.Rows("SELECT * FROM checker.run_checker($1, $2::jsonb, $3::jsonb)",
                                  {name, input, params});
  if (!runs.ok()) return runs.failure();
  const Json& run = runs.value().front();
  const auto failed = database.Rows(
      "SELECT seq, message, expected, actual, exact, sample FROM checker.assertions"
      " WHERE run_id = $1::bigint AND NOT ok ORDER BY seq",
      {run["run_id"].dump()});
  if (!failed.ok()) return failed.failure();
  if (format == Format::kTable) {
    std::string text = StatusLine(run);
    for (const Json& assertion : failed.value()) text += AssertionText(assertion);
    if (run["output"].is_string() && !run["output"].get<std::string>().empty()) {
      text += "\n" + run["output"].get<std::string>() + "\n";
    }
    Print(text);
  } else {
    Json document = run;
    document["failed_assertions"] = failed.value();
    Print(RenderDocument(document, format));
  }
  return RunExitCode(run["status"].get<std::string>());
}

}  // namespace pg_checker::ctl
