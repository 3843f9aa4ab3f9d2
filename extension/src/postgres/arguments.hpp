// Arguments of SQL functions as C++ values. All throw PostgresError for what cannot be read.
#pragma once

#include "postgres/server.hpp"

namespace pg_checker::postgres {

std::optional<std::string> TextArgument(FunctionCallInfo fcinfo, int number);
// A NULL is an error (null_value_not_allowed) that names the argument.
std::string RequiredTextArgument(FunctionCallInfo fcinfo, int number, const char* name);
std::optional<std::string> JsonArgument(FunctionCallInfo fcinfo, int number);
std::optional<bool> BoolArgument(FunctionCallInfo fcinfo, int number);
std::optional<int32_t> Int32Argument(FunctionCallInfo fcinfo, int number);
std::optional<int64_t> Int64Argument(FunctionCallInfo fcinfo, int number);
std::optional<Interval> IntervalArgument(FunctionCallInfo fcinfo, int number);
std::vector<std::string> TextArrayArgument(FunctionCallInfo fcinfo, int number, const char* name);
[[noreturn]] void ThrowNullArgument(const char* name);

}  // namespace pg_checker::postgres
