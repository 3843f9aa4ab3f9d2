#include "postgres/checker_changes.hpp"

#include "postgres/checker_definition.hpp"
#include "postgres/ownership.hpp"
#include "postgres/recording.hpp"
#include "postgres/statement.hpp"

namespace pg_checker::postgres {

namespace {

Statement set_enabled(
    "UPDATE checker.checker SET enabled = $2, disabled_reason = $3,"
    " changed_at = pg_catalog.clock_timestamp() WHERE id = $1",
    {INT8OID, BOOLOID, TEXTOID});

Statement rename(
    "UPDATE checker.checker SET namespace = $2, name = $3,"
    " changed_at = pg_catalog.clock_timestamp() WHERE id = $1 AND NOT EXISTS ("
    "  SELECT FROM checker.checker c WHERE c.namespace = $2 AND c.name = $3)",
    {INT8OID, TEXTOID, TEXTOID});

// Consumers count by name: each name goes on where it has ended.
Statement keep_sequence(
    "INSERT INTO checker.message_sequence (namespace, name, sequence)"
    " SELECT $2, $3, a.sequence FROM checker.alarm a WHERE a.checker_id = $1 AND a.sequence > 0"
    " ON CONFLICT (namespace, name) DO UPDATE SET sequence = excluded.sequence",
    {INT8OID, TEXTOID, TEXTOID});

Statement take_sequence(
    "UPDATE checker.alarm SET sequence = coalesce((SELECT s.sequence FROM checker.message_sequence "
    "s"
    "   WHERE s.namespace = $2 AND s.name = $3), 0) WHERE checker_id = $1",
    {INT8OID, TEXTOID, TEXTOID});

Statement roll_back(
    "UPDATE checker.checker SET version = $2, changed_at = pg_catalog.clock_timestamp()"
    " WHERE id = $1 AND EXISTS (SELECT FROM checker.checker_version v"
    "   WHERE v.checker_id = $1 AND v.version = $2)",
    {INT8OID, INT4OID});

// The checker, which the current user may change.
CheckerDefinition RequireChangeable(const ObjectName& name) {
  RequireWritable("checker", name);
  auto checker = LoadChecker(name);
  if (!checker) ThrowUnknownChecker(name);
  RequireOwnership("checker", name, checker->owned_by);
  return std::move(*checker);
}

// Locks the alarm, as every change and recording does first, and takes it back to ok.
void Resolve(const CheckerDefinition& checker, const std::string& reason) {
  if (!ResolveAlarm(checker, reason)) ThrowUnknownChecker(checker.name);
}

void SetEnabled(const CheckerDefinition& checker, bool enabled,
                const std::optional<std::string>& reason) {
  AsExtension([&] {
    bool nulls[3] = {};
    const Datum values[] = {Int64GetDatum(checker.id), BoolGetDatum(enabled),
                            OptionalTextDatum(reason, &nulls[2])};
    set_enabled.Execute(values, nulls);
  });
}

}  // namespace

void EnableChecker(const ObjectName& name) {
  SetEnabled(RequireChangeable(name), true, std::nullopt);
}

void DisableChecker(const ObjectName& name, const std::optional<std::string>& reason) {
  const CheckerDefinition checker = RequireChangeable(name);
  Resolve(checker, "the checker was disabled" + (reason ? ": " + *reason : ""));
  SetEnabled(checker, false, reason);
}

void RenameChecker(const ObjectName& from, const ObjectName& to) {
  const CheckerDefinition checker = RequireChangeable(from);
  if (from == to) return;
  Resolve(checker, "the checker was renamed to " + to.Qualified());
  bool renamed = false;
  AsExtension([&] {
    const Datum old_name[] = {Int64GetDatum(checker.id), TextDatum(from.name_space),
                              TextDatum(from.name)};
    const Datum new_name[] = {Int64GetDatum(checker.id), TextDatum(to.name_space),
                              TextDatum(to.name)};
    keep_sequence.Execute(old_name);
    renamed = rename.Execute(new_name) > 0;
    if (renamed) take_sequence.Execute(new_name);
  });
  if (renamed) return;
  Throw({engine::ErrorKind::kDataset, "checker \"" + to.Qualified() + "\" already exists", "",
         "Choose another name, or drop that checker first.", "42710"});
}

void RollbackChecker(const ObjectName& name, int version) {
  const CheckerDefinition checker = RequireChangeable(name);
  bool found = false;
  AsExtension([&] {
    const Datum values[] = {Int64GetDatum(checker.id), Int32GetDatum(version)};
    found = roll_back.Execute(values) > 0;
  });
  if (found) return;
  Throw({engine::ErrorKind::kDataset,
         "checker \"" + name.Qualified() + "\" has no version " + std::to_string(version), "",
         "Look at checker.versions for those that it has.", "42704"});
}

}  // namespace pg_checker::postgres
