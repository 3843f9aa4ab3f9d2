// What the server knows of the columns of a dataset, as far as rules need it: enough to write a
// query about them that means the same under every search_path.
#pragma once

#include "postgres/server.hpp"

namespace pg_checker::postgres {

struct ColumnFacts {
  std::string name;
  Oid type;
  int32 modifier;
  std::string type_name;  // with its modifier, for people
  Oid base;               // below domains
  std::string base_name;  // qualified, without modifier: for casts
  char category;          // pg_type.typcategory of the base
  bool is_array;
  bool has_equality;
  bool has_order;
  // Quoted schemas: of the type's own =, <, …, and of its ~, min and max.
  std::string operators;
  std::string match_operator;
  std::string min_max;
};

// For live columns in order. Throws PostgresError.
std::vector<ColumnFacts> ReadColumnFacts(TupleDesc columns);

}  // namespace pg_checker::postgres
