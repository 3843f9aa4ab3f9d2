#include "postgres/requirement.hpp"

#include "postgres/error_bridge.hpp"
#include "postgres/evaluation.hpp"

namespace pg_checker::postgres {

void Require(const std::vector<ObjectName>& names) {
  std::string failures;
  int failed = 0;
  const std::vector<ObjectName> wanted = names.empty() ? EnabledCheckers() : names;
  for (const ObjectName& name : wanted) {
    const Evaluation evaluation = Evaluate(RequireChecker(name), {});
    if (evaluation.status < assertions::Status::kFail) continue;
    failed++;
    if (!failures.empty()) failures += "\n";
    failures += evaluation.checker + ": " + std::string(assertions::StatusName(evaluation.status));
    const auto& text = evaluation.error ? evaluation.error : evaluation.message;
    if (text) failures += ": " + *text;
  }
  if (failed == 0) return;
  Throw({engine::ErrorKind::kDataset,
         failed == 1 ? "a required checker does not hold" : std::to_string(failed) + " required checkers do not hold",
         failures, "Mend the data or the change; checker.evaluate_checker shows each assertion.", "PC001"});
}

}  // namespace pg_checker::postgres
