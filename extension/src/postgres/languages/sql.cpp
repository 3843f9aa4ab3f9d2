// SQL: one query, of which every row is a failure. It runs with the rights of the checker's owner,
// under the settings of its creation, as a dataset's query does.
#include "postgres/dataset_query.hpp"
#include "postgres/error_bridge.hpp"
#include "postgres/language.hpp"

namespace pg_checker::postgres {

namespace {

constexpr const char* kSearchPath = "search_path";
constexpr const char* kSettings = "settings";

class Sql : public Language {
 public:
  std::string_view name() const override { return "sql"; }

  void Check(const ProgramSite& site, CheckerProgram& program) const override {
    const std::string label = "checker \"" + site.checker + "\"";
    RequireOneStatement(label, *program.source);
    const std::string query =
        site.made_up != nullptr ? site.made_up->Over(*program.source) : *program.source;
    const CheckedQuery checked = CheckQuery(label, query, site.owner, ColumnNames::kAny);
    program.environment = ObjectText(
        {{kSearchPath, QuoteJson(checked.search_path)}, {kSettings, ObjectText(checked.settings)}});
    program.digest = SourceDigest(program);
  }

  engine::Result<void> Run(const ProgramRun& run) const override {
    const CheckerProgram program = LoadProgram(run.checker);
    const JsonMembers environment = MembersOf(program.environment.value_or("{}"), "environment");
    Dataset query = {};
    query.of_checker = true;
    // Plans are kept by number: a checker's is beside those of datasets.
    query.id = -run.checker.id;
    query.name = run.checker.name;
    query.query = *program.source;
    if (run.host.made_up() != nullptr) query.query = run.host.made_up()->Over(query.query);
    query.search_path = SqlSearchPath(program);
    const auto settings = environment.find(kSettings);
    if (settings != environment.end()) query.settings = MembersOf(settings->second, kSettings);
    query.owner = run.checker.owned_by;
    return run.host.FailOnRows(query);
  }
};

}  // namespace

std::string SqlSearchPath(const CheckerProgram& program) {
  const JsonMembers environment = MembersOf(program.environment.value_or("{}"), "environment");
  return ParameterText(environment, kSearchPath).value_or("");
}

const Language& SqlLanguage() {
  static const Sql language;
  return language;
}

}  // namespace pg_checker::postgres
