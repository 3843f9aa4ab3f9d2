// The result of a set-returning SQL function, collected in a tuple store.
#pragma once

#include "postgres/server.hpp"

namespace pg_checker::postgres {

class RowSet {
 public:
  // Throws PostgresError where a set cannot be returned.
  explicit RowSet(FunctionCallInfo fcinfo);
  // One value and null mark a column; the values are copied.
  void Add(const Datum* values, const bool* nulls);

 private:
  ReturnSetInfo* info_;
};

}  // namespace pg_checker::postgres
