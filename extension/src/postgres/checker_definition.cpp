#include "postgres/checker_definition.hpp"

#include "postgres/statement.hpp"

namespace pg_checker::postgres {

namespace {

Statement load_checker(
    "SELECT c.id, c.version, v.language, v.digest, c.datasets, c.severity, c.labels, c.params, "
    "c.input, c.owner,"
    " c.runbook, c.schedule, c.time_zone, c.for_runs,"
    " (extract(epoch FROM c.for_duration) * 1000000)::bigint, c.recover_runs, c.alarm_on::text[],"
    " c.on_empty = 'no_data', c.max_samples, (extract(epoch FROM c.timeout) * 1000)::bigint, "
    "c.fuel,"
    " c.memory_limit_kb, c.owned_by::oid, c.enabled"
    " FROM checker.checker c JOIN checker.checker_version v ON v.checker_id = c.id AND v.version = "
    "c.version"
    " WHERE c.namespace = $1 AND c.name = $2",
    {TEXTOID, TEXTOID});

Statement load_program(
    "SELECT v.module, CASE WHEN v.module IS NULL THEN v.source END, v.environment"
    " FROM checker.checker_version v WHERE v.checker_id = $1 AND v.version = $2",
    {INT8OID, INT4OID});

Statement list_checkers(
    "SELECT c.namespace, c.name, c.owned_by::oid FROM checker.checker c WHERE c.enabled OR $1 "
    "ORDER BY c.namespace, c.name",
    {BOOLOID});

std::string JsonTextAt(int column) {
  bool is_null;
  return JsonbText(ColumnAt(0, column, &is_null));
}

void ReadDefinition(CheckerDefinition& checker) {
  bool is_null;
  checker.id = *Int64At(0, 1);
  checker.version = *Int32At(0, 2);
  checker.language = RequiredTextAt(0, 3);
  checker.digest = RequiredTextAt(0, 4);
  checker.datasets = TextArrayOf(ColumnAt(0, 5, &is_null), "datasets");
  checker.severity = RequiredTextAt(0, 6);
  checker.labels = JsonTextAt(7);
  checker.params = MembersOf(JsonTextAt(8), "params");
  const Datum input = ColumnAt(0, 9, &is_null);
  if (!is_null) checker.input = JsonbText(input);
  checker.owner = TextAt(0, 10);
  checker.runbook = TextAt(0, 11);
  checker.schedule = TextAt(0, 12);
  checker.time_zone = TextAt(0, 13);
  checker.policy.for_runs = *Int32At(0, 14);
  checker.policy.for_duration_us = *Int64At(0, 15);
  checker.policy.recover_runs = *Int32At(0, 16);
  for (const std::string& name : TextArrayOf(ColumnAt(0, 17, &is_null), "alarm_on")) {
    checker.alarm_on.push_back(*assertions::StatusFromName(name));
  }
  checker.no_data_on_empty = DatumGetBool(ColumnAt(0, 18, &is_null));
  checker.max_samples = Int32At(0, 19);
  checker.timeout_ms = Int64At(0, 20);
  checker.fuel = Int64At(0, 21);
  checker.memory_limit_kb = Int32At(0, 22);
  checker.owned_by = DatumGetObjectId(ColumnAt(0, 23, &is_null));
  checker.enabled = DatumGetBool(ColumnAt(0, 24, &is_null));
}

}  // namespace

std::optional<CheckerDefinition> LoadChecker(const ObjectName& name) {
  std::optional<CheckerDefinition> checker;
  AsExtension([&] {
    const Datum values[] = {TextDatum(name.name_space), TextDatum(name.name)};
    if (load_checker.Execute(values) == 0) return;
    checker.emplace();
    checker->name = name;
    ReadDefinition(*checker);
  });
  return checker;
}

void ThrowUnknownChecker(const ObjectName& name) {
  Throw({engine::ErrorKind::kDataset, "checker \"" + name.Qualified() + "\" does not exist", "",
         "Create it with checker.create_checker, or look at checker.checkers for those that exist.",
         "42704"});
}

CheckerDefinition RequireChecker(const ObjectName& name) {
  auto checker = LoadChecker(name);
  if (!checker) ThrowUnknownChecker(name);
  bool allowed = false;
  Protect([&] { allowed = MayActFor(GetUserId(), checker->owned_by); });
  if (!allowed) {
    Throw({engine::ErrorKind::kDataset,
           "permission denied for checker \"" + name.Qualified() + "\"", "",
           "Ask its owner, or become a member of the role that owns it.", "42501"});
  }
  return std::move(*checker);
}

namespace {

std::vector<ObjectName> ListCheckers(bool disabled_too) {
  std::vector<ObjectName> names;
  const Oid user = GetUserId();
  AsExtension([&] {
    const Datum values[] = {BoolGetDatum(disabled_too)};
    const uint64_t rows = list_checkers.Execute(values);
    for (uint64_t i = 0; i < rows; i++) {
      bool is_null;
      const Oid owner = DatumGetObjectId(ColumnAt(i, 3, &is_null));
      bool allowed = false;
      Protect([&] { allowed = MayActFor(user, owner); });
      if (!allowed) continue;
      names.push_back({RequiredTextAt(i, 1), RequiredTextAt(i, 2)});
    }
  });
  return names;
}

}  // namespace

std::vector<ObjectName> EnabledCheckers() { return ListCheckers(false); }

std::vector<ObjectName> RunnableCheckers() { return ListCheckers(true); }

CheckerProgram LoadProgram(const CheckerDefinition& checker) {
  if (checker.unstored) return *checker.unstored;
  CheckerProgram program;
  program.language = checker.language;
  program.digest = checker.digest;
  AsExtension([&] {
    const Datum values[] = {Int64GetDatum(checker.id), Int32GetDatum(checker.version)};
    if (load_program.Execute(values) == 0) return;
    bool is_null;
    const Datum module = ColumnAt(0, 1, &is_null);
    if (!is_null) program.module = TextOf(module);
    program.source = TextAt(0, 2);
    const Datum environment = ColumnAt(0, 3, &is_null);
    if (!is_null) program.environment = JsonbText(environment);
  });
  return program;
}

}  // namespace pg_checker::postgres
