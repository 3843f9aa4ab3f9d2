// SQL functions on checkers: sql/checkers.sql.
#include "postgres/arguments.hpp"
#include "postgres/checker_changes.hpp"
#include "postgres/checker_store.hpp"
#include "postgres/error_bridge.hpp"
#include "postgres/language.hpp"
#include "postgres/statement.hpp"

using namespace pg_checker::postgres;

namespace {

// Both forms of create_checker have four arguments before the options.
constexpr int kFirstOption = 4;

ObjectName NameArgument(FunctionCallInfo fcinfo, int number, const char* argument) {
  return RequireObjectName("checker", RequiredTextArgument(fcinfo, number, argument));
}

CheckerOptions ReadNewOptions(FunctionCallInfo fcinfo) {
  CheckerOptions options = ReadCheckerOptions(fcinfo, kFirstOption);
  options.or_replace = BoolArgument(fcinfo, kFirstOption + kCheckerOptionArguments).value_or(false);
  return options;
}

}  // namespace

extern "C" {

PG_FUNCTION_INFO_V1(checker_create_checker_module);
Datum checker_create_checker_module(PG_FUNCTION_ARGS) {
  return EnterFromSql([&]() -> Datum {
    const ObjectName name = NameArgument(fcinfo, 0, "name");
    CheckerProgram program;
    program.language = "wasm";
    program.module = RequiredTextArgument(fcinfo, 1, "module");
    program.source = TextArgument(fcinfo, 2);
    const auto datasets = TextArrayArgument(fcinfo, 3, "datasets");
    return Int64GetDatum(CreateChecker(name, std::move(program), datasets, ReadNewOptions(fcinfo)));
  });
}

PG_FUNCTION_INFO_V1(checker_create_checker_source);
Datum checker_create_checker_source(PG_FUNCTION_ARGS) {
  return EnterFromSql([&]() -> Datum {
    const ObjectName name = NameArgument(fcinfo, 0, "name");
    CheckerProgram program;
    program.language =
        RequireLanguage(name.Qualified(), RequiredTextArgument(fcinfo, 1, "language")).name();
    program.source = RequiredTextArgument(fcinfo, 2, "source");
    const auto datasets = TextArrayArgument(fcinfo, 3, "datasets");
    return Int64GetDatum(CreateChecker(name, std::move(program), datasets, ReadNewOptions(fcinfo)));
  });
}

PG_FUNCTION_INFO_V1(checker_alter_checker);
Datum checker_alter_checker(PG_FUNCTION_ARGS) {
  return EnterFromSql([&]() -> Datum {
    const ObjectName name = NameArgument(fcinfo, 0, "name");
    StoredChecker checker = LockForChange(name);
    const auto source = TextArgument(fcinfo, 1);
    const auto module = TextArgument(fcinfo, 2);
    const bool new_datasets = !PG_ARGISNULL(3);
    const bool new_memory = !PG_ARGISNULL(kFirstOption + kCheckerOptionArguments - 1);
    if (module) {
      checker.program.language = "wasm";
      checker.program.module = *module;
      checker.program.source.reset();
    }
    if (source) checker.program.source = source;
    if (new_datasets) checker.datasets = TextArrayArgument(fcinfo, 3, "datasets");
    checker.options = ReadCheckerOptions(fcinfo, kFirstOption, std::move(checker.options));
    const int reset = kFirstOption + kCheckerOptionArguments;
    if (!PG_ARGISNULL(reset))
      ResetCheckerOptions(checker.options, TextArrayArgument(fcinfo, reset, "reset"));
    StoreChanged(name, std::move(checker), source || module || new_datasets || new_memory);
    PG_RETURN_VOID();
  });
}

PG_FUNCTION_INFO_V1(checker_drop_checker);
Datum checker_drop_checker(PG_FUNCTION_ARGS) {
  return EnterFromSql([&]() -> Datum {
    DropChecker(NameArgument(fcinfo, 0, "name"));
    PG_RETURN_VOID();
  });
}

PG_FUNCTION_INFO_V1(checker_enable_checker);
Datum checker_enable_checker(PG_FUNCTION_ARGS) {
  return EnterFromSql([&]() -> Datum {
    EnableChecker(NameArgument(fcinfo, 0, "name"));
    PG_RETURN_VOID();
  });
}

PG_FUNCTION_INFO_V1(checker_disable_checker);
Datum checker_disable_checker(PG_FUNCTION_ARGS) {
  return EnterFromSql([&]() -> Datum {
    DisableChecker(NameArgument(fcinfo, 0, "name"), TextArgument(fcinfo, 1));
    PG_RETURN_VOID();
  });
}

PG_FUNCTION_INFO_V1(checker_rename_checker);
Datum checker_rename_checker(PG_FUNCTION_ARGS) {
  return EnterFromSql([&]() -> Datum {
    RenameChecker(NameArgument(fcinfo, 0, "old"), NameArgument(fcinfo, 1, "new"));
    PG_RETURN_VOID();
  });
}

PG_FUNCTION_INFO_V1(checker_rollback_checker);
Datum checker_rollback_checker(PG_FUNCTION_ARGS) {
  return EnterFromSql([&]() -> Datum {
    const auto version = Int32Argument(fcinfo, 1);
    if (!version) ThrowNullArgument("version");
    RollbackChecker(NameArgument(fcinfo, 0, "name"), *version);
    PG_RETURN_VOID();
  });
}
}
