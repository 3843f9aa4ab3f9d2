// SQL functions that run checkers: sql/runs.sql.
#include "postgres/arguments.hpp"
#include "postgres/claims.hpp"
#include "postgres/error_bridge.hpp"
#include "postgres/recording.hpp"
#include "postgres/requirement.hpp"
#include "postgres/result_json.hpp"
#include "postgres/row_set.hpp"
#include "postgres/run_row.hpp"
#include "postgres/statement.hpp"
#include "postgres/uuid.hpp"

using namespace pg_checker::postgres;

namespace {

EvaluationRequest ReadRequest(FunctionCallInfo fcinfo) {
  EvaluationRequest request;
  request.input = JsonArgument(fcinfo, 1);
  if (auto params = JsonArgument(fcinfo, 2)) {
    request.params = MembersOf(*params, "params");
  }
  return request;
}

ObjectName CheckerArgument(FunctionCallInfo fcinfo) {
  return RequireObjectName("checker", RequiredTextArgument(fcinfo, 0, "name"));
}

}  // namespace

extern "C" {

PG_FUNCTION_INFO_V1(checker_run_checker);
Datum checker_run_checker(PG_FUNCTION_ARGS) {
  return EnterFromSql([&]() -> Datum {
    RequireRecording();
    const CheckerDefinition checker = RequireChecker(CheckerArgument(fcinfo));
    const Evaluation evaluation = Evaluate(checker, ReadRequest(fcinfo));
    return RunRowDatum(fcinfo, RecordOrThrow(checker, evaluation, LateResult::kTold), evaluation);
  });
}

PG_FUNCTION_INFO_V1(checker_run_checkers);
Datum checker_run_checkers(PG_FUNCTION_ARGS) {
  return EnterFromSql([&]() -> Datum {
    RequireRecording();
    RowSet result(fcinfo);
    for (const ObjectName& name : EnabledCheckers()) {
      const auto checker = LoadChecker(name);
      if (!checker) continue;
      const Evaluation evaluation = Evaluate(*checker, {});
      const auto run_id = Record(*checker, evaluation, LateResult::kTold);
      if (!run_id) continue;
      const RunRow row(*run_id, evaluation);
      result.Add(row.values, row.nulls);
    }
    return Datum{0};
  });
}

PG_FUNCTION_INFO_V1(checker_evaluate_checker);
Datum checker_evaluate_checker(PG_FUNCTION_ARGS) {
  return EnterFromSql([&]() -> Datum {
    const CheckerDefinition checker = RequireChecker(CheckerArgument(fcinfo));
    EvaluationRequest request = ReadRequest(fcinfo);
    if (!PG_ARGISNULL(3)) {
      const char* text = nullptr;
      Protect([&] { text = DatumGetCString(DirectFunctionCall1(uuid_out, PG_GETARG_DATUM(3))); });
      request.run_uuid = text;
    }
    return JsonbDatum(ResultToJson(Evaluate(checker, request)));
  });
}

PG_FUNCTION_INFO_V1(checker_claim_due);
Datum checker_claim_due(PG_FUNCTION_ARGS) {
  return EnterFromSql([&]() -> Datum {
    RequireRecording();
    const int max = Int32Argument(fcinfo, 0).value_or(10);
    std::string worker = TextArgument(fcinfo, 1).value_or("");
    if (worker.empty()) worker = "pid " + std::to_string(MyProcPid);
    auto lease = IntervalArgument(fcinfo, 2);
    if (!lease) ThrowNullArgument("lease");
    RowSet result(fcinfo);
    for (const Claim& claim : ClaimDue(max < 0 ? 0 : max, worker, *lease)) {
      Datum uuid;
      Protect(
          [&] { uuid = DirectFunctionCall1(uuid_in, CStringGetDatum(claim.run_uuid.c_str())); });
      const Datum values[] = {uuid, TextDatum(claim.checker), Int32GetDatum(claim.version)};
      const bool nulls[] = {false, false, false};
      result.Add(values, nulls);
    }
    return Datum{0};
  });
}

PG_FUNCTION_INFO_V1(checker_record_run);
Datum checker_record_run(PG_FUNCTION_ARGS) {
  return EnterFromSql([&]() -> Datum {
    RequireRecording();
    auto result = JsonArgument(fcinfo, 0);
    if (!result) ThrowNullArgument("result");
    return Int64GetDatum(RecordClaimed(ResultFromJson(*result)));
  });
}

PG_FUNCTION_INFO_V1(checker_require_checker);
Datum checker_require_checker(PG_FUNCTION_ARGS) {
  return EnterFromSql([&]() -> Datum {
    std::vector<ObjectName> names;
    for (const std::string& name : TextArrayArgument(fcinfo, 0, "names")) {
      names.push_back(RequireObjectName("checker", name));
    }
    Require(names);
    PG_RETURN_VOID();
  });
}
}
