// SQL functions on datasets: sql/datasets.sql.
#include "engine/utf8.hpp"
#include "postgres/arguments.hpp"
#include "postgres/dataset.hpp"
#include "postgres/dataset_store.hpp"
#include "postgres/row_set.hpp"
#include "postgres/statement.hpp"

using namespace pg_checker::postgres;

namespace {

[[noreturn]] void ThrowUnknownReset(const std::string& option) {
  Throw({pg_checker::engine::ErrorKind::kSyntax,
         "option \"" + pg_checker::engine::Shortened(option, 200) + "\" cannot be reset", "",
         "These can: params, description.", "22023"});
}

}  // namespace

extern "C" {

PG_FUNCTION_INFO_V1(checker_create_dataset);
Datum checker_create_dataset(PG_FUNCTION_ARGS) {
  return EnterFromSql([&]() -> Datum {
    const ObjectName name = RequireObjectName("dataset", RequiredTextArgument(fcinfo, 0, "name"));
    DatasetOptions options;
    options.query = RequiredTextArgument(fcinfo, 1, "query");
    options.params = JsonArgument(fcinfo, 2).value_or("{}");
    MembersOf(options.params, "params");
    options.description = TextArgument(fcinfo, 3);
    options.or_replace = BoolArgument(fcinfo, 4).value_or(false);
    return Int64GetDatum(CreateDataset(name, options));
  });
}

PG_FUNCTION_INFO_V1(checker_alter_dataset);
Datum checker_alter_dataset(PG_FUNCTION_ARGS) {
  return EnterFromSql([&]() -> Datum {
    const ObjectName name = RequireObjectName("dataset", RequiredTextArgument(fcinfo, 0, "name"));
    DatasetChange change;
    change.query = TextArgument(fcinfo, 1);
    change.params = JsonArgument(fcinfo, 2);
    if (change.params) MembersOf(*change.params, "params");
    change.description = TextArgument(fcinfo, 3);
    if (!PG_ARGISNULL(4)) {
      for (const std::string& option : TextArrayArgument(fcinfo, 4, "reset")) {
        if (option == "params") {
          change.params = "{}";
        } else if (option == "description") {
          change.drop_description = true;
        } else {
          ThrowUnknownReset(option);
        }
      }
    }
    AlterDataset(name, change);
    PG_RETURN_VOID();
  });
}

PG_FUNCTION_INFO_V1(checker_drop_dataset);
Datum checker_drop_dataset(PG_FUNCTION_ARGS) {
  return EnterFromSql([&]() -> Datum {
    DropDataset(RequireObjectName("dataset", RequiredTextArgument(fcinfo, 0, "name")),
                BoolArgument(fcinfo, 1).value_or(false));
    PG_RETURN_VOID();
  });
}

PG_FUNCTION_INFO_V1(checker_preview_dataset);
Datum checker_preview_dataset(PG_FUNCTION_ARGS) {
  return EnterFromSql([&]() -> Datum {
    const ObjectName name = RequireObjectName("dataset", RequiredTextArgument(fcinfo, 0, "name"));
    const auto rows = PreviewDataset(name, Int32Argument(fcinfo, 1).value_or(20));
    RowSet result(fcinfo);
    for (const std::string& row : rows) {
      const Datum value = JsonbDatum(row);
      const bool is_null = false;
      result.Add(&value, &is_null);
    }
    return Datum{0};
  });
}

PG_FUNCTION_INFO_V1(checker_param);
Datum checker_param(PG_FUNCTION_ARGS) {
  return EnterFromSql([&]() -> Datum {
    const std::string name = RequiredTextArgument(fcinfo, 0, "name");
    std::optional<std::string> value;
    if (QueryParameters() != nullptr) value = ParameterText(*QueryParameters(), name);
    if (!value) value = TextArgument(fcinfo, 1);
    if (!value) PG_RETURN_NULL();
    return TextDatum(*value);
  });
}

PG_FUNCTION_INFO_V1(checker_may_read);
Datum checker_may_read(PG_FUNCTION_ARGS) {
  return EnterFromSql([&]() -> Datum {
    bool allowed = false;
    Protect([&] { allowed = MayActFor(GetUserId(), PG_GETARG_OID(0)); });
    PG_RETURN_BOOL(allowed);
  });
}
}
