#include "postgres/checker_store.hpp"

#include <algorithm>

#include "postgres/checker_definition.hpp"
#include "postgres/dataset.hpp"
#include "postgres/dataset_store.hpp"
#include "postgres/due_time.hpp"
#include "postgres/modules.hpp"
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
                         ", changed_at) = (" OPTION_VALUES
                         ", pg_catalog.clock_timestamp()) WHERE id = $22 RETURNING id",
                         {OPTION_TYPES, INT8OID});

Statement insert_version(
    "INSERT INTO checker.checker_version (checker_id, version, language, module, source, digest, "
    "created_by)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7::regrole)",
    {INT8OID, INT4OID, TEXTOID, BYTEAOID, TEXTOID, TEXTOID, OIDOID});

Statement next_version(
    "SELECT pg_catalog.max(v.version) + 1 FROM checker.checker_version v WHERE v.checker_id = $1",
    {INT8OID});

Statement same_program(
    "SELECT FROM checker.checker_version v WHERE v.checker_id = $1 AND v.version = $2 AND v.digest "
    "= $3"
    " AND v.language = $4 AND v.source IS NOT DISTINCT FROM $5",
    {INT8OID, INT4OID, TEXTOID, TEXTOID, TEXTOID});

Statement insert_alarm("INSERT INTO checker.alarm (checker_id) VALUES ($1)", {INT8OID});

Statement set_due(
    "INSERT INTO checker.due (checker_id, next_at) VALUES ($1, $2)"
    " ON CONFLICT (checker_id) DO UPDATE SET next_at = excluded.next_at",
    {INT8OID, TIMESTAMPTZOID});

Statement delete_due("DELETE FROM checker.due WHERE checker_id = $1", {INT8OID});

Statement delete_checker("DELETE FROM checker.checker WHERE id = $1", {INT8OID});

constexpr std::string_view kLaterLanguages[] = {"sql", "rule", "javascript", "python"};

// Compiles the program; afterwards it has its binary. Returns the digest.
std::string CompileProgram(const std::string& label, CheckerProgram& program) {
  if (program.language == "wasm")
    return CompileOrThrow(label, program.module, engine::SourceFormat::kWasm).digest;
  if (program.language == "wat") {
    engine::CompileResult compiled =
        CompileOrThrow(label, *program.source, engine::SourceFormat::kWat);
    program.module = std::move(compiled.wasm);
    return compiled.digest;
  }
  const bool later = std::find(std::begin(kLaterLanguages), std::end(kLaterLanguages),
                               program.language) != std::end(kLaterLanguages);
  Throw({engine::ErrorKind::kSyntax,
         "checker \"" + label + "\": language \"" + program.language + "\" " +
             (later ? "is not supported yet" : "does not exist"),
         "", "Use wat, or pass a WebAssembly module as bytea.", later ? "0A000" : "22023"});
}

// The declared datasets with their namespaces; each exists and may be used by the current user.
std::vector<std::string> ResolveDatasets(const std::vector<std::string>& names) {
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
    RequireOwnership("dataset", parsed[i], dataset.owner);
    qualified.push_back(parsed[i].Qualified());
  }
  return qualified;
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

void InsertVersion(int64_t checker_id, int version, const CheckerProgram& program,
                   const std::string& digest, Oid creator) {
  bool nulls[7] = {};
  Datum values[] = {Int64GetDatum(checker_id),
                    Int32GetDatum(version),
                    TextDatum(program.language),
                    TextDatum(program.module),
                    OptionalTextDatum(program.source, &nulls[4]),
                    TextDatum(digest),
                    ObjectIdGetDatum(creator)};
  insert_version.Execute(values, nulls);
}

void StoreDue(int64_t checker_id, const CheckerOptions& options,
              const std::optional<std::string>& old_schedule) {
  if (!options.schedule) {
    const Datum values[] = {Int64GetDatum(checker_id)};
    delete_due.Execute(values);
  } else if (options.schedule != old_schedule) {
    const Datum values[] = {
        Int64GetDatum(checker_id),
        TimestampTzGetDatum(FirstDue(*options.schedule, options.time_zone, GetCurrentTimestamp()))};
    set_due.Execute(values);
  }
}

[[noreturn]] void ThrowTaken(const ObjectName& name) {
  Throw({engine::ErrorKind::kDataset, "checker \"" + name.Qualified() + "\" already exists", "",
         "Choose another name, or pass or_replace => true.", "42710"});
}

// The version to store for a replaced checker: the current one if the program is the same, else a
// new one.
int ReplacementVersion(const CheckerDefinition& existing, const CheckerProgram& program,
                       const std::string& digest, bool* is_new) {
  bool nulls[5] = {};
  const Datum values[] = {Int64GetDatum(existing.id), Int32GetDatum(existing.version),
                          TextDatum(digest), TextDatum(program.language),
                          OptionalTextDatum(program.source, &nulls[4])};
  *is_new = same_program.Execute(values, nulls) == 0;
  if (!*is_new) return existing.version;
  next_version.Execute(values);
  return *Int32At(0, 1);
}

}  // namespace

int64_t CreateChecker(const ObjectName& name, CheckerProgram program,
                      const std::vector<std::string>& datasets, const CheckerOptions& options) {
  const auto existing = LoadChecker(name);
  if (existing) {
    if (!options.or_replace) ThrowTaken(name);
    RequireOwnership("checker", name, existing->owned_by);
  }
  const std::vector<std::string> qualified = ResolveDatasets(datasets);
  const std::string digest = CompileProgram(name.Qualified(), program);
  const Oid user = GetUserId();
  int64_t id = 0;
  AsExtension([&] {
    Datum values[kOptionCount + 3];
    bool nulls[kOptionCount + 3] = {};
    bool is_new = true;
    const int version = existing ? ReplacementVersion(*existing, program, digest, &is_new) : 1;
    FillOptions(options, version, qualified, values, nulls);
    if (existing) {
      values[kOptionCount] = Int64GetDatum(existing->id);
      if (update_checker.Execute(values, nulls) > 0) id = *Int64At(0, 1);
    } else {
      values[kOptionCount] = TextDatum(name.name_space);
      values[kOptionCount + 1] = TextDatum(name.name);
      values[kOptionCount + 2] = ObjectIdGetDatum(user);
      if (insert_checker.Execute(values, nulls) > 0) id = *Int64At(0, 1);
    }
    if (id == 0) return;
    if (is_new) InsertVersion(id, version, program, digest, user);
    StoreDue(id, options, existing ? existing->schedule : std::nullopt);
    if (existing) return;
    const Datum alarm_values[] = {Int64GetDatum(id)};
    insert_alarm.Execute(alarm_values);
  });
  if (id == 0) ThrowTaken(name);
  return id;
}

void DropChecker(const ObjectName& name) {
  const auto checker = LoadChecker(name);
  if (!checker) ThrowUnknownChecker(name);
  RequireOwnership("checker", name, checker->owned_by);
  ResolveAlarm(*checker, "the checker was dropped");
  AsExtension([&] {
    const Datum values[] = {Int64GetDatum(checker->id)};
    delete_checker.Execute(values);
  });
}

}  // namespace pg_checker::postgres
