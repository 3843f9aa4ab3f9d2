// Rules: JSON, a list of what must hold of datasets. The host decides them; there is no guest.
#include "assertions/rules/rule_reader.hpp"
#include "postgres/language.hpp"
#include "postgres/rules/rule_check.hpp"
#include "postgres/rules/rule_faults.hpp"
#include "postgres/rules/rule_run.hpp"

namespace pg_checker::postgres {

namespace {

class RuleLists : public Language {
 public:
  std::string_view name() const override { return "rule"; }

  void Check(const ProgramSite& site, CheckerProgram& program) const override {
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
