// How PostgreSQL's types become columns of a batch, value by value and exactly: numbers in binary,
// texts as they are, everything that Arrow has no like of in its output form.
#pragma once

#include "engine/dataset_reader.hpp"
#include "postgres/server.hpp"

namespace pg_checker::postgres {

enum class ArrowConversion : uint8_t {
  kBool,
  kInt2,
  kInt4,
  kInt8,
  kFloat4,
  kFloat8,
  kDate,
  kTimestamp,
  kInterval,
  kUuid,
  kDecimal,
  kBytes,   // text and bytea: the bytes as they are stored
  kOutput,  // the type's output function
};

// Plain data; what it points to lives in the memory context in which it was made.
struct ArrowColumn {
  ArrowConversion conversion;
  int16 precision, scale;  // of kDecimal
  FmgrInfo output;         // of kOutput
  const char* name;
  const char* type;  // of the domain's base, as format_type has it
};

// The column of an attribute. May raise.
ArrowColumn DescribeColumn(Form_pg_attribute attribute);
// Its Arrow format string.
std::string FormatOf(Form_pg_attribute attribute, const ArrowColumn& column);

// Appends a value that is not null to the batch's row. False if it has no room. Raises where a
// value does not fit into the format, naming column and row (`row` counts from 1). What it
// allocates is in the current memory context; *allocated is set if there is something.
bool PutValue(engine::Batch& batch, size_t index, ArrowColumn& column, Datum value, uint64_t row,
              bool* allocated);

// Bytes of a value in a variable column.
uint64_t VariableBytes(ArrowColumn& column, Datum value);

}  // namespace pg_checker::postgres
