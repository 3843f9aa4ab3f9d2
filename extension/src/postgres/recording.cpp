#include "postgres/recording.hpp"

#include <algorithm>

#include "postgres/error_bridge.hpp"
#include "postgres/message.hpp"
#include "postgres/settings.hpp"
#include "postgres/statement.hpp"
#include "postgres/uuid.hpp"

namespace pg_checker::postgres {

using assertions::Status;

namespace {

Statement lock_alarm(
    "SELECT a.state::text, a.since, a.incident::text, a.failing_runs, a.passing_runs, "
    "a.announced::text, a.severity,"
    " a.sequence, a.last_started_at FROM checker.alarm a WHERE a.checker_id = $1 FOR UPDATE",
    {INT8OID});

Statement insert_alarm(
    "INSERT INTO checker.alarm (checker_id) SELECT c.id FROM checker.checker c WHERE c.id = $1 ON "
    "CONFLICT DO NOTHING",
    {INT8OID});

Statement insert_run(
    "INSERT INTO checker.run (run_uuid, checker_id, version, status, message, failures, passes, "
    "started_at, duration,"
    " output, error, log, fuel, run_by)"
    " VALUES ($1::text::uuid, $2, $3, $4::text::checker.status, $5, $6, $7, $8, $9, $10, $11, $12, "
    "$13, $14::regrole)"
    " RETURNING id",
    {TEXTOID, INT8OID, INT4OID, TEXTOID, TEXTOID, INT4OID, INT4OID, TIMESTAMPTZOID, INTERVALOID,
     TEXTOID, TEXTOID, JSONBOID, INT8OID, OIDOID});

Statement insert_assertion(
    "INSERT INTO checker.assertion (run_id, seq, outcome, message, expected, actual, exact, sample,"
    " metric, value)"
    " VALUES ($1, $2, $3::text::checker.status, $4, $5, $6, $7, $8, $9, $10::numeric)",
    {INT8OID, INT4OID, TEXTOID, TEXTOID, TEXTOID, TEXTOID, BOOLOID, JSONBOID, TEXTOID, TEXTOID});

Statement update_alarm(
    "UPDATE checker.alarm SET state = $2::text::checker.alarm_state, since = $3, incident = "
    "$4::text::uuid,"
    " failing_runs = $5, passing_runs = $6, announced = $7::text::checker.status, severity = $8, "
    "sequence = $9,"
    " last_run_id = $10, last_started_at = $11, last_status = $12::text::checker.status WHERE "
    "checker_id = $1",
    {INT8OID, TEXTOID, TIMESTAMPTZOID, TEXTOID, INT4OID, INT4OID, TEXTOID, TEXTOID, INT8OID,
     INT8OID, TIMESTAMPTZOID, TEXTOID});

Statement update_sequence("UPDATE checker.alarm SET sequence = $2 WHERE checker_id = $1",
                          {INT8OID, INT8OID});

Statement resolve_alarm(
    "UPDATE checker.alarm SET state = 'ok', since = $2, incident = NULL, failing_runs = 0, "
    "passing_runs = 0, announced = NULL, severity = NULL, sequence = $3 WHERE checker_id = $1",
    {INT8OID, TIMESTAMPTZOID, INT8OID});

Statement insert_message(
    "INSERT INTO checker.outbox (message_id, checker_id, type, routing_key, body)"
    " VALUES ($1::text::uuid, $2, $3, $4, $5)",
    {TEXTOID, INT8OID, TEXTOID, TEXTOID, TEXTOID});

Statement find_run("SELECT r.id FROM checker.run r WHERE r.run_uuid = $1::text::uuid", {TEXTOID});

// The alarm row as it was locked.
struct AlarmRow {
  alarms::Alarm alarm;  // times in µs since 2000-01-01 UTC
  std::optional<std::string> episode;
  int64_t sequence = 0;
  std::optional<int64_t> last_started_at;
};

// Nothing if the checker is gone.
std::optional<AlarmRow> LockAlarm(const CheckerDefinition& checker) {
  AlarmRow row;
  const Datum values[] = {Int64GetDatum(checker.id)};
  if (lock_alarm.Execute(values) == 0) {
    // A restored database has the definitions, not the alarms.
    insert_alarm.Execute(values);
    if (lock_alarm.Execute(values) == 0) return std::nullopt;
  }
  bool is_null;
  row.alarm.state = *alarms::StateFromName(RequiredTextAt(0, 1));
  row.alarm.since_us = DatumGetTimestampTz(ColumnAt(0, 2, &is_null));
  row.episode = TextAt(0, 3);
  row.alarm.failing_runs = *Int32At(0, 4);
  row.alarm.passing_runs = *Int32At(0, 5);
  if (auto announced = TextAt(0, 6)) row.alarm.announced = assertions::StatusFromName(*announced);
  row.alarm.announced_severity = RequiredTextAt(0, 7);
  row.sequence = *Int64At(0, 8);
  row.last_started_at = Int64At(0, 9);
  return row;
}

std::string LogJson(const std::vector<LogLine>& log) {
  std::string lines = "[";
  for (const LogLine& line : log) {
    if (lines.size() > 1) lines += ", ";
    lines += ObjectText({{"level", QuoteJson(line.level)}, {"text", QuoteJson(line.text)}});
  }
  return lines + "]";
}

int64_t InsertRun(const CheckerDefinition& checker, const Evaluation& e, const std::string& log,
                  Oid run_by) {
  Interval duration = {};
  duration.time = e.duration_us;
  bool nulls[14] = {};
  Datum values[14];
  values[0] = TextDatum(e.run_uuid);
  values[1] = Int64GetDatum(checker.id);
  values[2] = Int32GetDatum(e.version);
  values[3] = TextDatum(assertions::StatusName(e.status));
  values[4] = OptionalTextDatum(e.message, &nulls[4]);
  values[5] = Int32GetDatum(e.failures);
  values[6] = Int32GetDatum(e.passes);
  values[7] = TimestampTzGetDatum(e.started_at);
  values[8] = IntervalPGetDatum(&duration);
  values[9] = OptionalTextDatum(e.output, &nulls[9]);
  values[10] = OptionalTextDatum(e.error, &nulls[10]);
  nulls[11] = e.log.empty();
  values[11] = nulls[11] ? Datum{0} : JsonbDatum(log);
  values[12] = Int64GetDatum(e.fuel);
  values[13] = ObjectIdGetDatum(run_by);
  insert_run.Execute(values, nulls);
  return *Int64At(0, 1);
}

void InsertAssertion(int64_t run_id, int seq, const assertions::Assertion& assertion) {
  bool nulls[10] = {};
  Datum values[10];
  values[0] = Int64GetDatum(run_id);
  values[1] = Int32GetDatum(seq);
  values[2] = TextDatum(assertions::StatusName(assertion.outcome));
  values[3] = OptionalTextDatum(assertion.message, &nulls[3]);
  values[4] = OptionalTextDatum(assertion.expected, &nulls[4]);
  values[5] = OptionalTextDatum(assertion.actual, &nulls[5]);
  nulls[6] = !assertion.exact.has_value();
  values[6] = BoolGetDatum(assertion.exact.value_or(false));
  nulls[7] = !assertion.sample.has_value();
  values[7] = nulls[7] ? Datum{0} : JsonbDatum(*assertion.sample);
  values[8] = OptionalTextDatum(assertion.metric, &nulls[8]);
  values[9] = OptionalTextDatum(assertion.value, &nulls[9]);
  insert_assertion.Execute(values, nulls);
}

void UpdateAlarm(int64_t checker_id, const AlarmRow& row, const std::optional<int64_t>& run_id,
                 const Evaluation& evaluation) {
  bool nulls[12] = {};
  Datum values[12];
  std::optional<std::string> announced;
  if (row.alarm.announced) announced = std::string(assertions::StatusName(*row.alarm.announced));
  std::optional<std::string> severity;
  if (!row.alarm.announced_severity.empty()) severity = row.alarm.announced_severity;
  values[0] = Int64GetDatum(checker_id);
  values[1] = TextDatum(alarms::StateName(row.alarm.state));
  values[2] = TimestampTzGetDatum(row.alarm.since_us);
  values[3] = OptionalTextDatum(row.episode, &nulls[3]);
  values[4] = Int32GetDatum(row.alarm.failing_runs);
  values[5] = Int32GetDatum(row.alarm.passing_runs);
  values[6] = OptionalTextDatum(announced, &nulls[6]);
  values[7] = OptionalTextDatum(severity, &nulls[7]);
  values[8] = Int64GetDatum(row.sequence);
  nulls[9] = !run_id.has_value();
  values[9] = Int64GetDatum(run_id.value_or(0));
  // A standby's clock may be ahead; what starts meanwhile is not late.
  values[10] = TimestampTzGetDatum(Min(evaluation.started_at, GetCurrentTimestamp()));
  values[11] = TextDatum(assertions::StatusName(evaluation.status));
  update_alarm.Execute(values, nulls);
}

// Back to ok, without a run that says so.
void StoreResolved(int64_t checker_id, const AlarmRow& row) {
  const Datum values[] = {Int64GetDatum(checker_id), TimestampTzGetDatum(row.alarm.since_us),
                          Int64GetDatum(row.sequence)};
  resolve_alarm.Execute(values);
}

void InsertMessage(int64_t checker_id, const Message& message) {
  const Datum values[] = {TextDatum(message.id), Int64GetDatum(checker_id), TextDatum(message.type),
                          TextDatum(message.routing_key), TextDatum(message.body)};
  insert_message.Execute(values);
  // A hint for sidecars; PostgreSQL keeps one of several equal notifications in a transaction.
  Protect([] { Async_Notify("checker_outbox", ""); });
}

bool IsEmitted(Status status) {
  switch (static_cast<Emit>(settings.emit)) {
    case Emit::kNone:
    case Emit::kAlarms:
      return false;
    case Emit::kFailures:
      return status >= Status::kFail;
    case Emit::kAll:
      return true;
  }
  return false;
}

// The message for a notice; `told`: the episode has been announced. What was kept back is announced
// late, and nothing is resolved that was not announced.
std::string_view NoticeType(alarms::Notice notice, bool told) {
  switch (notice) {
    case alarms::Notice::kFiring:
      return "alarm.firing";
    case alarms::Notice::kChanged:
      return told ? "alarm.changed" : "alarm.firing";
    case alarms::Notice::kResolved:
      return told ? "alarm.resolved" : "";
    case alarms::Notice::kNone:
      break;
  }
  return "";
}

// The message of the run itself; `row` is locked.
void TellRun(const CheckerDefinition& checker, const Evaluation& evaluation, int64_t run_id,
             AlarmRow& row) {
  if (!IsEmitted(evaluation.status)) return;
  row.sequence++;
  InsertMessage(checker.id, MakeMessage(RunMessageType(evaluation.status), checker, evaluation,
                                        {run_id, row.sequence, row.episode, &row.alarm}));
}

// Alarm and messages after a run; `row` is locked.
void Advance(const CheckerDefinition& checker, const Evaluation& evaluation, int64_t run_id,
             AlarmRow& row) {
  const bool alarming = std::find(checker.alarm_on.begin(), checker.alarm_on.end(),
                                  evaluation.status) != checker.alarm_on.end();
  const alarms::Event event = {evaluation.started_at, alarming, evaluation.status,
                               checker.severity};
  const std::optional<Status> told = row.alarm.announced;
  const std::string told_severity = row.alarm.announced_severity;
  const alarms::Step step = alarms::AfterRun(row.alarm, checker.policy, event);
  if (step.notice == alarms::Notice::kFiring) row.episode = NewUuid();
  row.alarm = step.alarm;

  TellRun(checker, evaluation, run_id, row);
  if (settings.emit == static_cast<int>(Emit::kNone)) {
    // What was not told must not be taken for told: a later message starts with alarm.firing.
    if (row.alarm.announced) {
      row.alarm.announced = told;
      row.alarm.announced_severity = told_severity;
    }
  } else if (const std::string_view type = NoticeType(step.notice, told.has_value());
             !type.empty()) {
    row.sequence++;
    InsertMessage(checker.id, MakeMessage(type, checker, evaluation,
                                          {run_id, row.sequence, row.episode, &row.alarm}));
  }
  if (row.alarm.state == alarms::State::kOk || row.alarm.state == alarms::State::kPending)
    row.episode.reset();
}

}  // namespace

void RequireRecording() {
  if (!XactReadOnly) return;
  Throw(
      {engine::ErrorKind::kDataset, "a run cannot be recorded in a read-only transaction", "",
       "Use checker.evaluate_checker, which writes nothing; checker.record_run takes its result on "
       "the primary.",
       "25006"});
}

std::optional<int64_t> Record(const CheckerDefinition& checker, const Evaluation& evaluation,
                              LateResult late) {
  std::optional<int64_t> run_id;
  const Oid run_by = GetUserId();
  const std::string log = LogJson(evaluation.log);
  AsExtension([&] {
    std::optional<AlarmRow> row = LockAlarm(checker);
    if (!row) return;
    run_id = InsertRun(checker, evaluation, log, run_by);
    int seq = 1;
    for (const auto& assertion : evaluation.assertions) InsertAssertion(*run_id, seq++, assertion);
    if (row->last_started_at && evaluation.started_at < *row->last_started_at) {
      if (late == LateResult::kHistory) return;
      TellRun(checker, evaluation, *run_id, *row);
      const Datum values[] = {Int64GetDatum(checker.id), Int64GetDatum(row->sequence)};
      update_sequence.Execute(values);
      return;
    }
    Advance(checker, evaluation, *run_id, *row);
    UpdateAlarm(checker.id, *row, run_id, evaluation);
  });
  return run_id;
}

int64_t RecordOrThrow(const CheckerDefinition& checker, const Evaluation& evaluation,
                      LateResult late) {
  if (const auto run_id = Record(checker, evaluation, late)) return *run_id;
  Throw({engine::ErrorKind::kDataset,
         "checker \"" + checker.name.Qualified() + "\" was dropped while it ran", "",
         "Create it again.", "42704"});
}

std::optional<int64_t> FindRun(const std::string& run_uuid) {
  std::optional<int64_t> run_id;
  AsExtension([&] {
    const Datum values[] = {TextDatum(run_uuid)};
    if (find_run.Execute(values) > 0) run_id = Int64At(0, 1);
  });
  return run_id;
}

bool ResolveAlarm(const CheckerDefinition& checker, const std::string& reason) {
  Evaluation evaluation;
  evaluation.checker = checker.name.Qualified();
  evaluation.version = checker.version;
  evaluation.digest = "sha256:" + checker.digest;
  evaluation.message = reason;
  evaluation.started_at = GetCurrentTimestamp();
  evaluation.run_uuid = NewUuid();
  bool there = false;
  AsExtension([&] {
    std::optional<AlarmRow> row = LockAlarm(checker);
    if (!row) return;
    there = true;
    if (row->alarm.state == alarms::State::kOk) return;
    const bool told = row->alarm.announced.has_value();
    row->alarm = {};
    row->alarm.since_us = evaluation.started_at;
    if (told && settings.emit != static_cast<int>(Emit::kNone)) {
      row->sequence++;
      InsertMessage(checker.id,
                    MakeMessage("alarm.resolved", checker, evaluation,
                                {std::nullopt, row->sequence, row->episode, &row->alarm}));
    }
    StoreResolved(checker.id, *row);
  });
  return there;
}

}  // namespace pg_checker::postgres
