#include "postgres/row_set.hpp"

#include "postgres/error_bridge.hpp"

namespace pg_checker::postgres {

RowSet::RowSet(FunctionCallInfo fcinfo)
    : info_(reinterpret_cast<ReturnSetInfo*>(fcinfo->resultinfo)) {
  Oid type;
  Protect([&] {
    // A function that returns a scalar set needs the descriptor that its caller expects.
    const TypeFuncClass kind = get_call_result_type(fcinfo, &type, nullptr);
    InitMaterializedSRF(fcinfo, kind == TYPEFUNC_SCALAR ? MAT_SRF_USE_EXPECTED_DESC : 0);
  });
}

void RowSet::Add(const Datum* values, const bool* nulls) {
  Protect([&] {
    tuplestore_putvalues(info_->setResult, info_->setDesc, const_cast<Datum*>(values),
                         const_cast<bool*>(nulls));
  });
}

}  // namespace pg_checker::postgres
