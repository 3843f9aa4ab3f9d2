#include "postgres/run_row.hpp"

#include "postgres/statement.hpp"

extern "C" {
#include "utils/fmgrprotos.h"
}

namespace pg_checker::postgres {

namespace {

Oid StatusType() {
  static Oid type = InvalidOid;
  // Cached for the session; a dropped and created extension has another one.
  if (OidIsValid(type) && SearchSysCacheExists1(TYPEOID, ObjectIdGetDatum(type))) return type;
  const Oid schema = get_namespace_oid("checker", false);
  type = GetSysCacheOid2(TYPENAMENSP, Anum_pg_type_oid, CStringGetDatum("status"),
                         ObjectIdGetDatum(schema));
  return type;
}

Datum StatusDatum(assertions::Status status) {
  const std::string label(assertions::StatusName(status));
  Datum datum;
  Protect([&] {
    datum = DirectFunctionCall2(enum_in, CStringGetDatum(label.c_str()),
                                ObjectIdGetDatum(StatusType()));
  });
  return datum;
}

Datum DurationDatum(int64_t microseconds) {
  Interval* interval = nullptr;
  Protect([&] { interval = static_cast<Interval*>(palloc0(sizeof(Interval))); });
  interval->time = microseconds;
  return IntervalPGetDatum(interval);
}

}  // namespace

RunRow::RunRow(int64_t run_id, const Evaluation& evaluation) {
  values[0] = Int64GetDatum(run_id);
  values[1] = TextDatum(evaluation.checker);
  values[2] = Int32GetDatum(evaluation.version);
  values[3] = StatusDatum(evaluation.status);
  values[4] = OptionalTextDatum(evaluation.message, &nulls[4]);
  values[5] = Int32GetDatum(evaluation.failures);
  values[6] = Int32GetDatum(evaluation.passes);
  values[7] = TimestampTzGetDatum(evaluation.started_at);
  values[8] = DurationDatum(evaluation.duration_us);
  values[9] = OptionalTextDatum(evaluation.output, &nulls[9]);
  values[10] = OptionalTextDatum(evaluation.error, &nulls[10]);
}

Datum RunRowDatum(FunctionCallInfo fcinfo, int64_t run_id, const Evaluation& evaluation) {
  const RunRow row(run_id, evaluation);
  Datum datum;
  Protect([&] {
    TupleDesc columns;
    if (get_call_result_type(fcinfo, nullptr, &columns) != TYPEFUNC_COMPOSITE)
      elog(ERROR, "return type must be a row type");
    columns = BlessTupleDesc(columns);
    datum = HeapTupleGetDatum(
        heap_form_tuple(columns, const_cast<Datum*>(row.values), const_cast<bool*>(row.nulls)));
  });
  return datum;
}

}  // namespace pg_checker::postgres
