#include "postgres/arrow_column.hpp"

extern "C" {
#include "access/detoast.h"
#include "common/int.h"
#include "utils/date.h"
#include "utils/fmgrprotos.h"
#include "utils/numeric.h"
}

namespace pg_checker::postgres {

namespace {

using Int128 = __int128;
using UInt128 = unsigned __int128;

constexpr int kDecimalPrecision = 38;  // digits of Arrow's 128-bit decimal

// Between PostgreSQL's epoch, 2000-01-01, and Arrow's, 1970-01-01.
constexpr int32 kEpochDays = POSTGRES_EPOCH_JDATE - UNIX_EPOCH_JDATE;
constexpr int64 kEpochMicroseconds = kEpochDays * USECS_PER_DAY;

// Arrow's month-day-nano interval.
struct MonthDayNano {
  int32 months;
  int32 days;
  int64 nanoseconds;
};
static_assert(sizeof(MonthDayNano) == 16);

[[noreturn]] void RaiseMisfit(const ArrowColumn& column, uint64_t row, int sqlstate,
                              const char* what) {
  ereport(ERROR, (errcode(sqlstate),
                  errmsg("column \"%s\" in row %llu: %s", column.name,
                         static_cast<unsigned long long>(row), what),
                  errhint("Cast it to text in the dataset's query.")));
  pg_unreachable();
}

// The scale and precision that a numeric's type modifier means (numeric.c: make_numeric_typmod).
int TypmodPrecision(int32 typmod) { return ((typmod - VARHDRSZ) >> 16) & 0xffff; }
int TypmodScale(int32 typmod) { return (((typmod - VARHDRSZ) & 0x7ff) ^ 1024) - 1024; }

bool IsDecimal(int32 typmod) {
  if (typmod < VARHDRSZ) return false;
  const int precision = TypmodPrecision(typmod);
  const int scale = TypmodScale(typmod);
  return precision <= kDecimalPrecision && scale >= 0 && scale <= precision;
}

// Numbers of numeric_send, which is the type's binary form on the wire: big-endian.
int16 NextInt16(const uint8*& at) {
  const auto value = static_cast<int16>(at[0] << 8 | at[1]);
  at += 2;
  return value;
}

bool MultiplyByPowerOfTen(UInt128& number, int power) {
  for (; power > 0; power--) {
    if (__builtin_mul_overflow(number, UInt128{10}, &number)) return false;
  }
  return true;
}

// The whole number `value` * 10^scale; false if that is not one of at most `precision` digits.
// A numeric is digits of base 10,000, of which the first has the weight 10,000^weight.
bool ToDecimal(Datum value, int precision, int scale, Int128* decimal) {
  constexpr int kDigitDecimals = 4;
  constexpr int16 kNegative = 0x4000;
  constexpr int16 kPositive = 0;
  const bytea* sent = DatumGetByteaPP(DirectFunctionCall1(numeric_send, value));
  const auto* at = reinterpret_cast<const uint8*>(VARDATA_ANY(sent));
  const int digits = NextInt16(at);
  const int weight = NextInt16(at);
  const int16 sign = NextInt16(at);
  NextInt16(at);                                             // scale for display
  if (sign != kNegative && sign != kPositive) return false;  // NaN, ±infinity
  UInt128 number = 0;
  for (int i = 0; i < digits; i++) {
    auto digit = static_cast<UInt128>(NextInt16(at));
    // Decimal places that this digit brings; the last one may end in zeros behind the scale.
    int places = kDigitDecimals;
    for (int beyond = (i - weight) * kDigitDecimals - scale; beyond > 0; beyond--, places--) {
      if (digit % 10 != 0 || places == 0) return false;
      digit /= 10;
    }
    if (!MultiplyByPowerOfTen(number, places)) return false;
    if (__builtin_add_overflow(number, digit, &number)) return false;
  }
  const int missing = (weight + 1 - digits) * kDigitDecimals + scale;
  if (number != 0 && missing > 0 && !MultiplyByPowerOfTen(number, missing)) return false;
  UInt128 limit = 1;
  MultiplyByPowerOfTen(limit, precision);
  if (number >= limit) return false;
  *decimal = sign == kNegative ? -static_cast<Int128>(number) : static_cast<Int128>(number);
  return true;
}

// What follows is kept out of PutValue, which is called for every value: inlined, the arithmetic
// would have all types pay for its stack frame and saved registers.

[[gnu::noinline]] void PutDecimal(engine::Batch& batch, size_t index, const ArrowColumn& column,
                                  Datum value, uint64_t row) {
  Int128 decimal = 0;
  if (!ToDecimal(value, column.precision, column.scale, &decimal)) {
    RaiseMisfit(column, row, ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE,
                psprintf("%s is no decimal of %d digits, %d of them behind the point",
                         DatumGetCString(DirectFunctionCall1(numeric_out, value)), column.precision,
                         column.scale));
  }
  batch.PutFixed(index, decimal);
}

[[gnu::noinline]] void PutTimestamp(engine::Batch& batch, size_t index, const ArrowColumn& column,
                                    Timestamp value, uint64_t row) {
  int64 since_1970 = value;
  if (!TIMESTAMP_NOT_FINITE(value) && pg_add_s64_overflow(value, kEpochMicroseconds, &since_1970)) {
    RaiseMisfit(column, row, ERRCODE_DATETIME_VALUE_OUT_OF_RANGE,
                "the time is out of the range of 64-bit microseconds since 1970");
  }
  batch.PutFixed(index, since_1970);
}

[[gnu::noinline]] void PutInterval(engine::Batch& batch, size_t index, const ArrowColumn& column,
                                   const Interval& value, uint64_t row) {
  MonthDayNano parts = {value.month, value.day, 0};
  if (pg_mul_s64_overflow(value.time, 1000, &parts.nanoseconds)) {
    RaiseMisfit(column, row, ERRCODE_INTERVAL_FIELD_OVERFLOW,
                "the interval's time is out of the range of 64-bit nanoseconds");
  }
  batch.PutFixed(index, parts);
}

[[gnu::noinline]] bool PutVarlena(engine::Batch& batch, size_t index, Datum value,
                                  bool* allocated) {
  struct varlena* stored = PG_DETOAST_DATUM_PACKED(value);
  if (reinterpret_cast<Pointer>(stored) != DatumGetPointer(value)) *allocated = true;
  return batch.PutBytes(index, VARDATA_ANY(stored), VARSIZE_ANY_EXHDR(stored));
}

[[gnu::noinline]] bool PutOutput(engine::Batch& batch, size_t index, ArrowColumn& column,
                                 Datum value) {
  const char* text = OutputFunctionCall(&column.output, value);
  return batch.PutBytes(index, text, strlen(text));
}

}  // namespace

ArrowColumn DescribeColumn(Form_pg_attribute attribute) {
  ArrowColumn column = {};
  column.name = pstrdup(NameStr(attribute->attname));
  column.type = format_type_be(getBaseType(attribute->atttypid));
  int32 typmod = attribute->atttypmod;
  switch (getBaseTypeAndTypmod(attribute->atttypid, &typmod)) {
    case BOOLOID:
      column.conversion = ArrowConversion::kBool;
      break;
    case INT2OID:
      column.conversion = ArrowConversion::kInt2;
      break;
    case INT4OID:
      column.conversion = ArrowConversion::kInt4;
      break;
    case INT8OID:
      column.conversion = ArrowConversion::kInt8;
      break;
    case FLOAT4OID:
      column.conversion = ArrowConversion::kFloat4;
      break;
    case FLOAT8OID:
      column.conversion = ArrowConversion::kFloat8;
      break;
    case DATEOID:
      column.conversion = ArrowConversion::kDate;
      break;
    case TIMESTAMPOID:
    case TIMESTAMPTZOID:
      column.conversion = ArrowConversion::kTimestamp;
      break;
    case INTERVALOID:
      column.conversion = ArrowConversion::kInterval;
      break;
    case UUIDOID:
      column.conversion = ArrowConversion::kUuid;
      break;
    case TEXTOID:
    case VARCHAROID:
    case BPCHAROID:
    case JSONOID:
    case BYTEAOID:
      column.conversion = ArrowConversion::kBytes;
      break;
    case NUMERICOID:
      if (IsDecimal(typmod)) {
        column.conversion = ArrowConversion::kDecimal;
        column.precision = static_cast<int16>(TypmodPrecision(typmod));
        column.scale = static_cast<int16>(TypmodScale(typmod));
        break;
      }
      [[fallthrough]];
    default: {
      column.conversion = ArrowConversion::kOutput;
      Oid function;
      bool is_varlena;
      getTypeOutputInfo(attribute->atttypid, &function, &is_varlena);
      fmgr_info(function, &column.output);
    }
  }
  return column;
}

std::string FormatOf(Form_pg_attribute attribute, const ArrowColumn& column) {
  switch (column.conversion) {
    case ArrowConversion::kBool:
      return "b";
    case ArrowConversion::kInt2:
      return "s";
    case ArrowConversion::kInt4:
      return "i";
    case ArrowConversion::kInt8:
      return "l";
    case ArrowConversion::kFloat4:
      return "f";
    case ArrowConversion::kFloat8:
      return "g";
    case ArrowConversion::kDate:
      return "tdD";
    case ArrowConversion::kTimestamp:
      return getBaseType(attribute->atttypid) == TIMESTAMPTZOID ? "tsu:UTC" : "tsu:";
    case ArrowConversion::kInterval:
      return "tin";
    case ArrowConversion::kUuid:
      return "w:16";
    case ArrowConversion::kDecimal:
      return "d:" + std::to_string(column.precision) + "," + std::to_string(column.scale);
    case ArrowConversion::kBytes:
      return getBaseType(attribute->atttypid) == BYTEAOID ? "z" : "u";
    case ArrowConversion::kOutput:
      return "u";
  }
  return "u";
}

bool PutValue(engine::Batch& batch, size_t index, ArrowColumn& column, Datum value, uint64_t row,
              bool* allocated) {
  switch (column.conversion) {
    case ArrowConversion::kBool:
      batch.PutBit(index, DatumGetBool(value));
      return true;
    case ArrowConversion::kInt2:
      batch.PutFixed(index, DatumGetInt16(value));
      return true;
    case ArrowConversion::kInt4:
      batch.PutFixed(index, DatumGetInt32(value));
      return true;
    case ArrowConversion::kInt8:
      batch.PutFixed(index, DatumGetInt64(value));
      return true;
    case ArrowConversion::kFloat4:
      batch.PutFixed(index, static_cast<uint32>(value));
      return true;
    case ArrowConversion::kFloat8:
      batch.PutFixed(index, static_cast<uint64>(value));
      return true;
    case ArrowConversion::kDate: {
      const DateADT date = DatumGetDateADT(value);
      batch.PutFixed(index, DATE_NOT_FINITE(date) ? date : date + kEpochDays);
      return true;
    }
    case ArrowConversion::kTimestamp:
      PutTimestamp(batch, index, column, DatumGetTimestamp(value), row);
      return true;
    case ArrowConversion::kInterval:
      PutInterval(batch, index, column, *DatumGetIntervalP(value), row);
      return true;
    case ArrowConversion::kUuid:
      batch.PutFixedBytes(index, DatumGetUUIDP(value)->data);
      return true;
    case ArrowConversion::kDecimal:
      *allocated = true;
      PutDecimal(batch, index, column, value, row);
      return true;
    case ArrowConversion::kBytes:
      return PutVarlena(batch, index, value, allocated);
    case ArrowConversion::kOutput:
      *allocated = true;
      return PutOutput(batch, index, column, value);
  }
  return true;
}

uint64_t VariableBytes(ArrowColumn& column, Datum value) {
  if (column.conversion == ArrowConversion::kBytes) return toast_raw_datum_size(value) - VARHDRSZ;
  return strlen(OutputFunctionCall(&column.output, value));
}

}  // namespace pg_checker::postgres
