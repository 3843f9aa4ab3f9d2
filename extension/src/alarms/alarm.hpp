// The alarm of one checker as a table of state × event: pure, given the time. It knows neither rows
// nor messages' form.
//
//   state       | the run is alarming                     | the run is fine
//   ok          | pending, or firing at once              | ok
//   pending     | firing when for_runs and for_duration   | ok, silently
//               | are reached                             |
//   firing      | firing; changed if status or severity   | recovering, or ok at once (resolved)
//               | differ from what was told last          |
//   recovering  | firing again, changed as above          | ok when recover_runs are reached
//   (resolved)
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "assertions/status.hpp"

namespace pg_checker::alarms {

enum class State { kOk, kPending, kFiring, kRecovering };

// The label in SQL and JSON.
std::string_view StateName(State state);
std::optional<State> StateFromName(std::string_view name);

// What a checker's owner asked for.
struct Policy {
  int for_runs = 1;
  int64_t for_duration_us = 0;
  int recover_runs = 1;
};

struct Alarm {
  State state = State::kOk;
  int64_t since_us = 0;  // when the state was entered; µs of the caller's epoch, as Event::at_us
  int failing_runs = 0;  // alarming runs in a row
  int passing_runs = 0;  // fine runs in a row
  std::optional<assertions::Status> announced;  // what the last message of the episode told
  std::string announced_severity;
};

struct Event {
  int64_t at_us;
  bool alarming;
  assertions::Status status;
  std::string severity;
};

enum class Notice { kNone, kFiring, kChanged, kResolved };

struct Step {
  Alarm alarm;
  Notice notice = Notice::kNone;
};

// The alarm after a run.
Step AfterRun(const Alarm& alarm, const Policy& policy, const Event& event);

}  // namespace pg_checker::alarms
