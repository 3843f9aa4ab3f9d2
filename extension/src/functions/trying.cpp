// SQL functions that try checkers: sql/trials.sql.
#include "postgres/arguments.hpp"
#include "postgres/checker_options.hpp"
#include "postgres/error_bridge.hpp"
#include "postgres/language.hpp"
#include "postgres/result_json.hpp"
#include "postgres/statement.hpp"
#include "postgres/trial.hpp"

using namespace pg_checker::postgres;

namespace {

// The arguments datasets, at, input and params, from number `first` on.
TrialRequest ReadTrial(FunctionCallInfo fcinfo, int first) {
  TrialRequest request;
  if (auto datasets = JsonArgument(fcinfo, first)) request.datasets = *datasets;
  if (!PG_ARGISNULL(first + 1)) request.at = PG_GETARG_TIMESTAMPTZ(first + 1);
  request.input = JsonArgument(fcinfo, first + 2);
  request.params = JsonArgument(fcinfo, first + 3);
  return request;
}

// The arguments name, timeout, fuel and memory_limit, from number `first` on, behind a trial's.
Datum TryUnstored(FunctionCallInfo fcinfo, int first, CheckerProgram program) {
  const std::string text = RequiredTextArgument(fcinfo, first + 4, "name");
  const TrialLimits limits = ReadTrialLimits(fcinfo, first + 5);
  return JsonbDatum(ResultToJson(TryProgram(RequireObjectName("checker", text), std::move(program),
                                            ReadTrial(fcinfo, first), limits)));
}

}  // namespace

extern "C" {

PG_FUNCTION_INFO_V1(checker_test_checker);
Datum checker_test_checker(PG_FUNCTION_ARGS) {
  return EnterFromSql([&]() -> Datum {
    const CheckerDefinition checker =
        RequireChecker(RequireObjectName("checker", RequiredTextArgument(fcinfo, 0, "name")));
    return JsonbDatum(ResultToJson(TryChecker(checker, ReadTrial(fcinfo, 1))));
  });
}

PG_FUNCTION_INFO_V1(checker_test_source);
Datum checker_test_source(PG_FUNCTION_ARGS) {
  return EnterFromSql([&]() -> Datum {
    CheckerProgram program;
    program.language = RequireLanguage(RequiredTextArgument(fcinfo, 6, "name"),
                                       RequiredTextArgument(fcinfo, 0, "language"))
                           .name();
    program.source = RequiredTextArgument(fcinfo, 1, "source");
    return TryUnstored(fcinfo, 2, std::move(program));
  });
}

PG_FUNCTION_INFO_V1(checker_test_module);
Datum checker_test_module(PG_FUNCTION_ARGS) {
  return EnterFromSql([&]() -> Datum {
    CheckerProgram program;
    program.language = "wasm";
    program.module = RequiredTextArgument(fcinfo, 0, "module");
    return TryUnstored(fcinfo, 1, std::move(program));
  });
}
}
