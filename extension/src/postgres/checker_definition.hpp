// A checker as it is stored: its current version and options.
#pragma once

#include <memory>

#include "alarms/alarm.hpp"
#include "postgres/checker_program.hpp"
#include "postgres/json_parts.hpp"
#include "postgres/object_name.hpp"
#include "postgres/server.hpp"

namespace pg_checker::postgres {

struct CheckerDefinition {
  int64_t id;
  ObjectName name;
  int version;
  std::string language;
  std::string digest;  // of the module, hex
  std::vector<std::string> datasets;
  std::string severity;
  std::string labels;  // JSON text of an object
  JsonMembers params;
  std::optional<std::string> input;  // JSON text
  std::optional<std::string> owner;
  std::optional<std::string> runbook;
  std::optional<std::string> schedule;
  std::optional<std::string> time_zone;
  alarms::Policy policy;
  std::vector<assertions::Status> alarm_on;
  bool no_data_on_empty;
  std::optional<int> max_samples;
  std::optional<int64_t> timeout_ms;
  std::optional<int64_t> fuel;
  std::optional<int> memory_limit_kb;
  Oid owned_by;
  bool enabled;
  // Of a checker that is tried before it is stored; else the program is in the table.
  std::shared_ptr<const CheckerProgram> unstored;
};

std::optional<CheckerDefinition> LoadChecker(const ObjectName& name);

// A missing checker is an error (undefined_object); so is one that the current user may not run
// (insufficient_privilege).
CheckerDefinition RequireChecker(const ObjectName& name);

// Names of the enabled checkers that the current user may run, in order of namespace and name.
std::vector<ObjectName> EnabledCheckers();
// The same, disabled ones too.
std::vector<ObjectName> RunnableCheckers();

// The program of the definition's version; without its source, if it has a binary.
CheckerProgram LoadProgram(const CheckerDefinition& checker);

[[noreturn]] void ThrowUnknownChecker(const ObjectName& name);

}  // namespace pg_checker::postgres
