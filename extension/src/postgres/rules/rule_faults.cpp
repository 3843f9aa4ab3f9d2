#include "postgres/rules/rule_faults.hpp"

#include "postgres/error_bridge.hpp"

namespace pg_checker::postgres {

namespace {

std::string Named(const assertions::rules::Fault& fault) {
  return (fault.path.empty() ? "" : "rule" + fault.path + ": ") + fault.message;
}

}  // namespace

engine::Error RuleError(const assertions::rules::Fault& fault) {
  return {engine::ErrorKind::kDataset, Named(fault), "", fault.hint, fault.sqlstate};
}

void ThrowFault(const std::string& checker, std::string_view source,
                const assertions::rules::Fault& fault) {
  const auto position = assertions::rules::PositionAt(source, fault.offset);
  Throw({engine::ErrorKind::kSyntax,
         "checker \"" + checker + "\": " + Named(fault) + " (line " +
             std::to_string(position.line) + ", column " + std::to_string(position.column) + ")",
         "", fault.hint.empty() ? "Correct the rule, then create the checker again." : fault.hint,
         fault.sqlstate});
}

}  // namespace pg_checker::postgres
