#include "postgres/checker_store.hpp"

#include <algorithm>

#include "postgres/checker_definition.hpp"
#include "postgres/dataset.hpp"
#include "postgres/due_time.hpp"
#include "postgres/language.hpp"
#include "postgres/ownership.hpp"
#include "postgres/recording.hpp"
#include "postgres/statement.hpp"

namespace pg_checker::postgres {

namespace {

#define OPTION_COLUMNS                                                                         \
  "version, datasets, description, runbook, owner, severity, labels, schedule, time_zone, "    \
  "params, input,"                                                                             \
  " enabled, for_duration, for_runs, recover_runs, alarm_on, on_empty, max_samples, timeout, " \
  "fuel, memory_limit_kb"
#define OPTION_VALUES                                                                              \
  "$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16::checker.status[], $17, " \
  "$18, $19, $20, $21"
#define OPTION_TYPES                                                                               \
  INT4OID, TEXTARRAYOID, TEXTOID, TEXTOID, TEXTOID, TEXTOID, JSONBOID, TEXTOID, TEXTOID, JSONBOID, \
      JSONBOID, BOOLOID, INTERVALOID, INT4OID, INT4OID, TEXTARRAYOID, TEXTOID, INT4OID,            \
      INTERVALOID, INT8OID, INT4OID

constexpr int kOptionCount = 21;

Statement insert_checker("INSERT INTO checker.checker (" OPTION_COLUMNS
                         ", namespace, name, owned_by) VALUES (" OPTION_VALUES
                         ", $22, $23, $24::regrole) ON CONFLICT DO NOTHING RETURNING id",
                         {OPTION_TYPES, TEXTOID, TEXTOID, OIDOID});

Statement update_checker("UPDATE checker.checker SET (" OPTION_COLUMNS
                         ", owned_by, changed_at, disabled_reason) = (" OPTION_VALUES
                         ", $23::regrole, pg_catalog.clock_timestamp(),"
                         " CASE WHEN NOT $12 THEN disabled_reason END) WHERE id = $22",
                         {OPTION_TYPES, INT8OID, OIDOID});

// Not against runs that are recorded (FOR KEY SHARE).
Statement lock_checker(
    "SELECT c.id, c.version, c.owned_by::oid, c.schedule, c.time_zone, c.enabled"
    " FROM checker.checker c WHERE c.namespace = $1 AND c.name = $2 FOR NO KEY UPDATE",
    {TEXTOID, TEXTOID});

Statement lock_datasets(
    "SELECT FROM checker.dataset d WHERE d.namespace || '.' || d.name = ANY ($1)"
    " ORDER BY d.id FOR KEY SHARE",
    {TEXTARRAYOID});

Statement insert_version(
    "INSERT INTO checker.checker_version (checker_id, version, language, module, source, digest, "
    "environment, created_by)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8::regrole)",
    {INT8OID, INT4OID, TEXTOID, BYTEAOID, TEXTOID, TEXTOID, JSONBOID, OIDOID});

Statement next_version(
    "SELECT pg_catalog.max(v.version) + 1 FROM checker.checker_version v WHERE v.checker_id = $1",
    {INT8OID});

Statement same_program(
    "SELECT FROM checker.checker_version v WHERE v.checker_id = $1 AND v.version = $2 AND v.digest "
    "= $3"
    " AND v.language = $4 AND v.source IS NOT DISTINCT FROM $5",
    {INT8OID, INT4OID, TEXTOID, TEXTOID, TEXTOID});

Statement insert_alarm(
    "INSERT INTO checker.alarm (checker_id, sequence)"
    " SELECT $1, coalesce((SELECT s.sequence FROM checker.message_sequence s"
    "   WHERE s.namespace = $2 AND s.name = $3), 0)",
    {INT8OID, TEXTOID, TEXTOID});

Statement set_due(
    "INSERT INTO checker.due (checker_id, next_at) VALUES ($1, $2)"
    " ON CONFLICT (checker_id) DO UPDATE SET next_at = excluded.next_at",
    {INT8OID, TIMESTAMPTZOID});

Statement delete_due("DELETE FROM checker.due WHERE checker_id = $1", {INT8OID});

// What comes after the checker's last message, should one of that name be created again.
Statement keep_sequence(
    "INSERT INTO checker.message_sequence (namespace, name, sequence)"
    " SELECT c.namespace, c.name, a.sequence FROM checker.checker c"
    " JOIN checker.alarm a ON a.checker_id = c.id WHERE c.id = $1 AND a.sequence > 0"
    " ON CONFLICT (namespace, name) DO UPDATE SET sequence = excluded.sequence",
    {INT8OID});

Statement delete_checker("DELETE FROM checker.checker WHERE id = $1", {INT8OID});

// A row that is locked, with what decides how it is replaced.
struct LockedChecker {
  int64_t id;
  int version;
  Oid owned_by;
  std::optional<std::string> schedule;
  std::optional<std::string> time_zone;
  bool enabled;
};

std::optional<LockedChecker> LockChecker(const ObjectName& name) {
  const Datum values[] = {TextDatum(name.name_space), TextDatum(name.name)};
  if (lock_checker.Execute(values) == 0) return std::nullopt;
  bool is_null;
  LockedChecker locked = {};
  locked.id = *Int64At(0, 1);
  locked.version = *Int32At(0, 2);
  locked.owned_by = DatumGetObjectId(ColumnAt(0, 3, &is_null));
  locked.schedule = TextAt(0, 4);
  locked.time_zone = TextAt(0, 5);
  locked.enabled = DatumGetBool(ColumnAt(0, 6, &is_null));
  return locked;
}

// The declared datasets with their namespaces; each exists, and may be used by the checker's owner.
std::vector<std::string> ResolveDatasets(const std::vector<std::string>& names, Oid owner) {
  std::vector<ObjectName> parsed;
  for (const std::string& name : names) {
    ObjectName one = RequireObjectName("dataset", name);
    if (std::find(parsed.begin(), parsed.end(), one) != parsed.end()) {
      Throw({engine::ErrorKind::kSyntax, "dataset \"" + one.Qualified() + "\" is declared twice",
             "", "Name each dataset once.", "42710"});
    }
    parsed.push_back(std::move(one));
  }
  std::vector<std::string> qualified;
  const auto found = LoadDatasets(parsed);
  for (size_t i = 0; i < parsed.size(); i++) {
    const Dataset dataset = found[i] ? *found[i] : RequireDataset(parsed[i]);
    RequireUse(parsed[i], dataset.owner, owner);
    qualified.push_back(parsed[i].Qualified());
  }
  return qualified;
}

// Against their being dropped before this transaction ends.
void LockDatasets(const std::vector<std::string>& qualified) {
  if (qualified.empty()) return;
  const Datum values[] = {TextArrayDatum(qualified)};
  if (lock_datasets.Execute(values) == qualified.size()) return;
  Throw({engine::ErrorKind::kDataset, "a declared dataset was dropped meanwhile", "",
         "Create it again, or leave it out.", "42704"});
}

void FillOptions(const CheckerOptions& options, int version,
                 const std::vector<std::string>& datasets, Datum* values, bool* nulls) {
  values[0] = Int32GetDatum(version);
  values[1] = TextArrayDatum(datasets);
  values[2] = OptionalTextDatum(options.description, &nulls[2]);
  values[3] = OptionalTextDatum(options.runbook, &nulls[3]);
  values[4] = OptionalTextDatum(options.owner, &nulls[4]);
  values[5] = TextDatum(options.severity);
  values[6] = JsonbDatum(options.labels);
  values[7] = OptionalTextDatum(options.schedule, &nulls[7]);
  values[8] = OptionalTextDatum(options.time_zone, &nulls[8]);
  values[9] = JsonbDatum(options.params);
  nulls[10] = !options.input;
  values[10] = options.input ? JsonbDatum(*options.input) : Datum{0};
  values[11] = BoolGetDatum(options.enabled);
  values[12] = IntervalPGetDatum(&options.for_duration);
  values[13] = Int32GetDatum(options.for_runs);
  values[14] = Int32GetDatum(options.recover_runs);
  values[15] = TextArrayDatum(options.alarm_on);
  values[16] = TextDatum(options.on_empty);
  nulls[17] = !options.max_samples;
  values[17] = Int32GetDatum(options.max_samples.value_or(0));
  nulls[18] = !options.timeout;
  values[18] = options.timeout ? IntervalPGetDatum(&*options.timeout) : Datum{0};
  nulls[19] = !options.fuel;
  values[19] = Int64GetDatum(options.fuel.value_or(0));
  nulls[20] = !options.memory_limit_kb;
  values[20] = Int32GetDatum(options.memory_limit_kb.value_or(0));
}

void InsertVersion(int64_t checker_id, int version, const CheckerProgram& program, Oid creator) {
  bool nulls[8] = {};
  nulls[3] = program.module.empty();
  nulls[6] = !program.environment;
  Datum values[] = {Int64GetDatum(checker_id),
                    Int32GetDatum(version),
                    TextDatum(program.language),
                    TextDatum(program.module),
                    OptionalTextDatum(program.source, &nulls[4]),
                    TextDatum(program.digest),
                    program.environment ? JsonbDatum(*program.environment) : Datum{0},
                    ObjectIdGetDatum(creator)};
  insert_version.Execute(values, nulls);
}

void StoreDue(int64_t checker_id, const CheckerOptions& options,
              const std::optional<LockedChecker>& replaced) {
  if (!options.schedule) {
    const Datum values[] = {Int64GetDatum(checker_id)};
    delete_due.Execute(values);
    return;
  }
  const bool same = replaced && replaced->schedule == options.schedule &&
                    replaced->time_zone == options.time_zone;
  if (same) return;
  const Datum values[] = {
      Int64GetDatum(checker_id),
      TimestampTzGetDatum(FirstDue(*options.schedule, options.time_zone, GetCurrentTimestamp()))};
  set_due.Execute(values);
}

[[noreturn]] void ThrowTaken(const ObjectName& name) {
  Throw({engine::ErrorKind::kDataset, "checker \"" + name.Qualified() + "\" already exists", "",
         "Choose another name, or pass or_replace => true.", "42710"});
}

// The version to store for a replaced checker: the current one if the program is the same, else a
// new one.
int ReplacementVersion(const LockedChecker& existing, const CheckerProgram& program, bool* is_new) {
  bool nulls[5] = {};
  const Datum values[] = {Int64GetDatum(existing.id), Int32GetDatum(existing.version),
                          TextDatum(program.digest), TextDatum(program.language),
                          OptionalTextDatum(program.source, &nulls[4])};
  *is_new = same_program.Execute(values, nulls) == 0;
  if (!*is_new) return existing.version;
  next_version.Execute(values);
  return *Int32At(0, 1);
}

}  // namespace

namespace {

// Inserts, or replaces the locked row; the id, or nothing where somebody else has inserted
// meanwhile.
std::optional<int64_t> StoreChecker(const ObjectName& name, const CheckerProgram& program,
                                    const std::vector<std::string>& datasets,
                                    const CheckerOptions& options,
                                    const std::optional<LockedChecker>& existing, Oid owner,
                                    Oid creator) {
  Datum values[kOptionCount + 3];
  bool nulls[kOptionCount + 3] = {};
  bool is_new = true;
  const int version = existing ? ReplacementVersion(*existing, program, &is_new) : 1;
  FillOptions(options, version, datasets, values, nulls);
  int64_t id = 0;
  if (existing) {
    id = existing->id;
    values[kOptionCount] = Int64GetDatum(id);
    values[kOptionCount + 1] = ObjectIdGetDatum(owner);
    update_checker.Execute(values, nulls);
  } else {
    values[kOptionCount] = TextDatum(name.name_space);
    values[kOptionCount + 1] = TextDatum(name.name);
    values[kOptionCount + 2] = ObjectIdGetDatum(owner);
    if (insert_checker.Execute(values, nulls) == 0) return std::nullopt;
    id = *Int64At(0, 1);
  }
  if (is_new) InsertVersion(id, version, program, creator);
  StoreDue(id, options, existing);
  if (!existing) {
    const Datum alarm_values[] = {Int64GetDatum(id), TextDatum(name.name_space),
                                  TextDatum(name.name)};
    insert_alarm.Execute(alarm_values);
  }
  return id;
}

}  // namespace

namespace {

// As CreateChecker; a program that was checked before need not be again.
int64_t CheckAndStore(const ObjectName& name, CheckerProgram program,
                      const std::vector<std::string>& datasets, const CheckerOptions& options,
                      bool check) {
  RequireWritable("checker", name);
  // What needs no compiler to be known, before one is started; it is looked at again under the
  // lock.
  const auto present = LoadChecker(name);
  if (present) {
    if (!options.or_replace) ThrowTaken(name);
    RequireOwnership("checker", name, present->owned_by);
  }
  const auto owner_of = [](const auto& checker) {
    return OwnerAfter(checker ? std::optional<Oid>(checker->owned_by) : std::nullopt);
  };
  const Language& language = *FindLanguage(program.language);
  const auto check_for = [&](Oid owner) {
    const std::vector<std::string> declared = ResolveDatasets(datasets, owner);
    if (check)
      language.Check({name.Qualified(), owner, declared, options.memory_limit_kb}, program);
  };
  const Oid expected_owner = owner_of(present);
  check_for(expected_owner);
  const Oid creator = GetUserId();
  for (;;) {
    std::optional<LockedChecker> existing;
    AsExtension([&] { existing = LockChecker(name); });
    if (existing) {
      if (!options.or_replace) ThrowTaken(name);
      RequireOwnership("checker", name, existing->owned_by);
    }
    const Oid owner = owner_of(existing);
    // Somebody else has created it meanwhile: it stays that role's.
    if (owner != expected_owner) check_for(owner);
    const std::vector<std::string> qualified = ResolveDatasets(datasets, owner);
    std::optional<int64_t> id;
    AsExtension([&] {
      LockDatasets(qualified);
      id = StoreChecker(name, program, qualified, options, existing, owner, creator);
    });
    if (!id) continue;
    if (existing && existing->enabled && !options.enabled)
      ResolveAlarm(RequireChecker(name), "the checker was disabled");
    return *id;
  }
}

}  // namespace

int64_t CreateChecker(const ObjectName& name, CheckerProgram program,
                      const std::vector<std::string>& datasets, const CheckerOptions& options) {
  return CheckAndStore(name, std::move(program), datasets, options, true);
}

StoredChecker LockForChange(const ObjectName& name) {
  RequireWritable("checker", name);
  std::optional<LockedChecker> locked;
  AsExtension([&] { locked = LockChecker(name); });
  if (!locked) ThrowUnknownChecker(name);
  RequireOwnership("checker", name, locked->owned_by);
  return LoadStored(locked->id);
}

void StoreChanged(const ObjectName& name, StoredChecker changed, bool recheck) {
  changed.options.or_replace = true;
  CheckAndStore(name, std::move(changed.program), changed.datasets, changed.options, recheck);
}

void DropChecker(const ObjectName& name) {
  RequireWritable("checker", name);
  const auto checker = LoadChecker(name);
  if (!checker) ThrowUnknownChecker(name);
  RequireOwnership("checker", name, checker->owned_by);
  // The alarm's lock comes first, as in a recording.
  if (!ResolveAlarm(*checker, "the checker was dropped")) ThrowUnknownChecker(name);
  AsExtension([&] {
    const Datum values[] = {Int64GetDatum(checker->id)};
    keep_sequence.Execute(values);
    delete_checker.Execute(values);
  });
}

}  // namespace pg_checker::postgres
