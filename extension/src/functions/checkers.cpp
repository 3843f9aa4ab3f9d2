// SQL functions on checkers: sql/checkers.sql.
#include "postgres/arguments.hpp"
#include "postgres/checker_store.hpp"
#include "postgres/error_bridge.hpp"
#include "postgres/language.hpp"
#include "postgres/statement.hpp"

using namespace pg_checker::postgres;

namespace {

// Both forms of create_checker have four arguments before the options.
constexpr int kFirstOption = 4;

}  // namespace

extern "C" {

PG_FUNCTION_INFO_V1(checker_create_checker_module);
Datum checker_create_checker_module(PG_FUNCTION_ARGS) {
  return EnterFromSql([&]() -> Datum {
    const ObjectName name = RequireObjectName("checker", RequiredTextArgument(fcinfo, 0, "name"));
    CheckerProgram program;
    program.language = "wasm";
    program.module = RequiredTextArgument(fcinfo, 1, "module");
    program.source = TextArgument(fcinfo, 2);
    const auto datasets = TextArrayArgument(fcinfo, 3, "datasets");
    return Int64GetDatum(CreateChecker(name, std::move(program), datasets,
                                       ReadCheckerOptions(fcinfo, kFirstOption)));
  });
}

PG_FUNCTION_INFO_V1(checker_create_checker_source);
Datum checker_create_checker_source(PG_FUNCTION_ARGS) {
  return EnterFromSql([&]() -> Datum {
    const ObjectName name = RequireObjectName("checker", RequiredTextArgument(fcinfo, 0, "name"));
    CheckerProgram program;
    program.language =
        RequireLanguage(name.Qualified(), RequiredTextArgument(fcinfo, 1, "language")).name();
    program.source = RequiredTextArgument(fcinfo, 2, "source");
    const auto datasets = TextArrayArgument(fcinfo, 3, "datasets");
    return Int64GetDatum(CreateChecker(name, std::move(program), datasets,
                                       ReadCheckerOptions(fcinfo, kFirstOption)));
  });
}

PG_FUNCTION_INFO_V1(checker_drop_checker);
Datum checker_drop_checker(PG_FUNCTION_ARGS) {
  return EnterFromSql([&]() -> Datum {
    DropChecker(RequireObjectName("checker", RequiredTextArgument(fcinfo, 0, "name")));
    PG_RETURN_VOID();
  });
}
}
