#include "postgres/requirement.hpp"

#include "postgres/error_bridge.hpp"
#include "postgres/evaluation.hpp"

namespace pg_checker::postgres {

void Require(const std::vector<ObjectName>& names) {
  std::string summary;
  std::string details;
  const std::vector<ObjectName> wanted = names.empty() ? EnabledCheckers() : names;
  for (const ObjectName& name : wanted) {
    const Evaluation evaluation = Evaluate(RequireChecker(name), {});
    if (evaluation.status < assertions::Status::kFail) continue;
    const std::string verdict =
        evaluation.checker + ": " + std::string(assertions::StatusName(evaluation.status));
    summary += (summary.empty() ? "" : ", ") + verdict;
    const auto& text = evaluation.error ? evaluation.error : evaluation.message;
    details += (details.empty() ? "" : "\n") + verdict + (text ? ": " + *text : "");
  }
  if (summary.empty()) return;
  Throw({engine::ErrorKind::kDataset, "required checkers do not hold: " + summary, details,
         "Mend the data or the change; checker.evaluate_checker shows each assertion.", "PC001"});
}

}  // namespace pg_checker::postgres
