// SQL functions for rules: sql/rules.sql.
#include "postgres/rules/row_aggregates.hpp"

// Aggregates keep to PostgreSQL's rules themselves: nothing in them has a destructor.
extern "C" {

PG_FUNCTION_INFO_V1(checker_add_sample_row);
Datum checker_add_sample_row(PG_FUNCTION_ARGS) {
  return pg_checker::postgres::AddSampleRow(fcinfo);
}

PG_FUNCTION_INFO_V1(checker_add_sample_repeat);
Datum checker_add_sample_repeat(PG_FUNCTION_ARGS) {
  return pg_checker::postgres::AddSampleRepeat(fcinfo);
}

PG_FUNCTION_INFO_V1(checker_row_sample_result);
Datum checker_row_sample_result(PG_FUNCTION_ARGS) {
  return pg_checker::postgres::RowSampleResult(fcinfo);
}
}
