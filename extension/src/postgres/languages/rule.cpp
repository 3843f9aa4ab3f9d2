// Rules: JSON, a list of what must hold of datasets. The host decides them; there is no guest.
#include "assertions/rules/rule_reader.hpp"
#include "postgres/error_bridge.hpp"
#include "postgres/language.hpp"
#include "postgres/rules/rule_check.hpp"
#include "postgres/rules/rule_faults.hpp"
#include "postgres/rules/rule_run.hpp"
#include "postgres/settings.hpp"

namespace pg_checker::postgres {

namespace {

// What is read into memory, and made into queries, is bounded as modules are.
void RequireSize(const ProgramSite& site, const std::string& source) {
  const auto limit = static_cast<size_t>(settings.module_size_limit_kb) * 1024;
  if (source.size() <= limit) return;
  Throw({engine::ErrorKind::kModuleTooLarge,
         "checker \"" + site.checker + "\": the rules have " + std::to_string(source.size()) +
             " bytes, more than the limit of " + std::to_string(limit),
         "", "Make several checkers of them, or raise checker.module_size_limit.", "54000"});
}

class RuleLists : public Language {
 public:
  std::string_view name() const override { return "rule"; }

  void Check(const ProgramSite& site, CheckerProgram& program) const override {
    RequireSize(site, *program.source);
    const auto rules = assertions::rules::ReadRules(*program.source);
    if (!rules) ThrowFault(site.checker, *program.source, rules.fault());
    CheckRules(*rules, *program.source, site);
    program.digest = SourceDigest(program);
  }

  engine::Result<void> Run(const ProgramRun& run) const override {
    const CheckerProgram program = LoadProgram(run.checker);
    const auto rules = assertions::rules::ReadRules(*program.source);
    if (!rules) return RuleError(rules.fault());
    return RunRules(*rules, run);
  }
};

}  // namespace

const Language& RuleLanguage() {
  static const RuleLists language;
  return language;
}

}  // namespace pg_checker::postgres
