#include "postgres/arguments.hpp"

#include "postgres/statement.hpp"

namespace pg_checker::postgres {

void ThrowNullArgument(const char* name) {
  Throw({engine::ErrorKind::kSyntax, std::string("\"") + name + "\" must not be NULL", "",
         "Pass a value for it.", "22004"});
}

std::optional<std::string> TextArgument(FunctionCallInfo fcinfo, int number) {
  if (PG_ARGISNULL(number)) return std::nullopt;
  return TextOf(PG_GETARG_DATUM(number));
}

std::string RequiredTextArgument(FunctionCallInfo fcinfo, int number, const char* name) {
  auto text = TextArgument(fcinfo, number);
  if (!text) ThrowNullArgument(name);
  return std::move(*text);
}

std::optional<std::string> JsonArgument(FunctionCallInfo fcinfo, int number) {
  if (PG_ARGISNULL(number)) return std::nullopt;
  return JsonbText(PG_GETARG_DATUM(number));
}

std::optional<bool> BoolArgument(FunctionCallInfo fcinfo, int number) {
  if (PG_ARGISNULL(number)) return std::nullopt;
  return PG_GETARG_BOOL(number);
}

std::optional<int32_t> Int32Argument(FunctionCallInfo fcinfo, int number) {
  if (PG_ARGISNULL(number)) return std::nullopt;
  return PG_GETARG_INT32(number);
}

std::optional<int64_t> Int64Argument(FunctionCallInfo fcinfo, int number) {
  if (PG_ARGISNULL(number)) return std::nullopt;
  return PG_GETARG_INT64(number);
}

std::optional<Interval> IntervalArgument(FunctionCallInfo fcinfo, int number) {
  if (PG_ARGISNULL(number)) return std::nullopt;
  return *PG_GETARG_INTERVAL_P(number);
}

std::vector<std::string> TextArrayArgument(FunctionCallInfo fcinfo, int number, const char* name) {
  if (PG_ARGISNULL(number)) return {};
  return TextArrayOf(PG_GETARG_DATUM(number), name);
}

}  // namespace pg_checker::postgres
