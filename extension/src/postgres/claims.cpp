#include "postgres/claims.hpp"

#include "postgres/checker_definition.hpp"
#include "postgres/due_time.hpp"
#include "postgres/recording.hpp"
#include "postgres/statement.hpp"
#include "postgres/uuid.hpp"

namespace pg_checker::postgres {

namespace {

Statement lock_due(
    "SELECT c.id, c.namespace || '.' || c.name, c.version FROM checker.due d"
    " JOIN checker.checker c ON c.id = d.checker_id"
    " WHERE d.next_at <= pg_catalog.clock_timestamp() AND c.enabled"
    " AND (pg_catalog.pg_has_role($1, c.owned_by::oid, 'USAGE') OR pg_catalog.pg_has_role($1, $2, "
    "'USAGE'))"
    " AND NOT EXISTS (SELECT FROM checker.claim l"
    "   WHERE l.checker_id = d.checker_id AND l.lease_until >= pg_catalog.clock_timestamp())"
    " ORDER BY d.next_at LIMIT $3 FOR UPDATE OF d SKIP LOCKED",
    {OIDOID, OIDOID, INT4OID});

// Under the lock on its row of checker.due, nobody else can have claimed the checker meanwhile,
// unless between snapshot and lock; then the claim is live and stays.
Statement insert_claim(
    "INSERT INTO checker.claim AS l (run_uuid, checker_id, version, worker, claimed_by, "
    "lease_until)"
    " VALUES ($1::text::uuid, $2, $3, $4, $5::regrole, pg_catalog.clock_timestamp() + $6)"
    " ON CONFLICT (checker_id) DO UPDATE SET run_uuid = excluded.run_uuid, version = "
    "excluded.version,"
    "  worker = excluded.worker, claimed_by = excluded.claimed_by, lease_until = "
    "excluded.lease_until"
    " WHERE l.lease_until < pg_catalog.clock_timestamp()",
    {TEXTOID, INT8OID, INT4OID, TEXTOID, OIDOID, INTERVALOID});

Statement lock_claim(
    "SELECT l.checker_id, l.version, c.namespace || '.' || c.name FROM checker.claim l"
    " JOIN checker.checker c ON c.id = l.checker_id"
    " WHERE l.run_uuid = $1::text::uuid AND l.lease_until >= pg_catalog.clock_timestamp() FOR "
    "UPDATE OF l",
    {TEXTOID});

Statement delete_claim("DELETE FROM checker.claim WHERE run_uuid = $1::text::uuid", {TEXTOID});

Statement advance_due("UPDATE checker.due SET next_at = $2 WHERE checker_id = $1",
                      {INT8OID, TIMESTAMPTZOID});

[[noreturn]] void ThrowRefused(const std::string& message, const std::string& hint) {
  Throw({engine::ErrorKind::kDataset, message, "", hint, "55000"});
}

}  // namespace

std::vector<Claim> ClaimDue(int max, const std::string& worker, const Interval& lease) {
  std::vector<Claim> claims;
  const Oid user = GetUserId();
  AsExtension([&] {
    struct Row {
      int64_t id;
      Claim claim;
    };
    std::vector<Row> rows;
    const Datum values[] = {ObjectIdGetDatum(user), ObjectIdGetDatum(GetUserId()),
                            Int32GetDatum(max)};
    const uint64_t count = lock_due.Execute(values);
    for (uint64_t i = 0; i < count; i++) {
      rows.push_back({*Int64At(i, 1), {NewUuid(), RequiredTextAt(i, 2), *Int32At(i, 3)}});
    }
    for (Row& row : rows) {
      const Datum claim[] = {TextDatum(row.claim.run_uuid),    Int64GetDatum(row.id),
                             Int32GetDatum(row.claim.version), TextDatum(worker),
                             ObjectIdGetDatum(user),           IntervalPGetDatum(&lease)};
      if (insert_claim.Execute(claim) > 0) claims.push_back(std::move(row.claim));
    }
  });
  return claims;
}

int64_t RecordClaimed(const Evaluation& evaluation) {
  std::string claimed_checker;
  int claimed_version = 0;
  // The claim is locked before the run is looked for: two recordings of one result come one after
  // the other.
  AsExtension([&] {
    const Datum values[] = {TextDatum(evaluation.run_uuid)};
    if (lock_claim.Execute(values) == 0) return;
    claimed_version = *Int32At(0, 2);
    claimed_checker = RequiredTextAt(0, 3);
  });
  if (auto recorded = FindRun(evaluation.run_uuid)) return *recorded;
  if (claimed_checker.empty()) {
    ThrowRefused("run \"" + evaluation.run_uuid + "\" has no live claim",
                 "Claim with checker.claim_due, evaluate with the claim's run_uuid, and record "
                 "before its lease ends.");
  }
  const auto name = ParseObjectName(claimed_checker);
  const CheckerDefinition checker = RequireChecker(*name);
  const auto told = ParseObjectName(evaluation.checker);
  if (!told || !(*told == *name)) {
    ThrowRefused("run \"" + evaluation.run_uuid + "\" is claimed for checker \"" + claimed_checker +
                     "\", not for \"" + evaluation.checker + "\"",
                 "Evaluate the checker that was claimed.");
  }
  if (evaluation.version != claimed_version || evaluation.version != checker.version) {
    ThrowRefused("version " + std::to_string(evaluation.version) + " of checker \"" +
                     claimed_checker + "\" is not the claimed and current one",
                 "Let the claim go, and claim again.");
  }
  const int64_t run_id = RecordOrThrow(checker, evaluation, LateResult::kHistory);
  AsExtension([&] {
    const Datum claim[] = {TextDatum(evaluation.run_uuid)};
    delete_claim.Execute(claim);
    if (!checker.schedule) return;
    const Datum due[] = {
        Int64GetDatum(checker.id),
        TimestampTzGetDatum(NextDue(*checker.schedule, checker.time_zone, GetCurrentTimestamp()))};
    advance_due.Execute(due);
  });
  return run_id;
}

}  // namespace pg_checker::postgres
