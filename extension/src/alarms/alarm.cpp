#include "alarms/alarm.hpp"

namespace pg_checker::alarms {

namespace {

constexpr std::string_view kNames[] = {"ok", "pending", "firing", "recovering"};

void Enter(Alarm& alarm, State state, int64_t at_us) {
  if (alarm.state == state) return;
  alarm.state = state;
  alarm.since_us = at_us;
}

void Announce(Alarm& alarm, const Event& event) {
  alarm.announced = event.status;
  alarm.announced_severity = event.severity;
}

Notice Fire(Alarm& alarm, const Event& event) {
  Enter(alarm, State::kFiring, event.at_us);
  Announce(alarm, event);
  return Notice::kFiring;
}

Notice ChangeIfDifferent(Alarm& alarm, const Event& event) {
  if (alarm.announced == event.status && alarm.announced_severity == event.severity)
    return Notice::kNone;
  Announce(alarm, event);
  return Notice::kChanged;
}

Notice Resolve(Alarm& alarm, const Event& event) {
  Enter(alarm, State::kOk, event.at_us);
  alarm.announced.reset();
  alarm.announced_severity.clear();
  return Notice::kResolved;
}

Notice AfterAlarming(Alarm& alarm, const Policy& policy, const Event& event) {
  alarm.failing_runs++;
  alarm.passing_runs = 0;
  switch (alarm.state) {
    case State::kOk:
      if (policy.for_runs <= 1 && policy.for_duration_us <= 0) return Fire(alarm, event);
      Enter(alarm, State::kPending, event.at_us);
      return Notice::kNone;
    case State::kPending:
      if (alarm.failing_runs >= policy.for_runs &&
          event.at_us - alarm.since_us >= policy.for_duration_us) {
        return Fire(alarm, event);
      }
      return Notice::kNone;
    case State::kRecovering:
      Enter(alarm, State::kFiring, event.at_us);
      [[fallthrough]];
    case State::kFiring:
      return ChangeIfDifferent(alarm, event);
  }
  return Notice::kNone;
}

Notice AfterFine(Alarm& alarm, const Policy& policy, const Event& event) {
  alarm.passing_runs++;
  alarm.failing_runs = 0;
  switch (alarm.state) {
    case State::kOk:
      return Notice::kNone;
    case State::kPending:
      Enter(alarm, State::kOk, event.at_us);
      return Notice::kNone;
    case State::kFiring:
    case State::kRecovering:
      if (alarm.passing_runs >= policy.recover_runs) return Resolve(alarm, event);
      Enter(alarm, State::kRecovering, event.at_us);
      return Notice::kNone;
  }
  return Notice::kNone;
}

}  // namespace

std::string_view StateName(State state) { return kNames[static_cast<int>(state)]; }

std::optional<State> StateFromName(std::string_view name) {
  for (int i = 0; i < 4; i++) {
    if (kNames[i] == name) return static_cast<State>(i);
  }
  return std::nullopt;
}

Step AfterRun(const Alarm& alarm, const Policy& policy, const Event& event) {
  Step step;
  step.alarm = alarm;
  step.notice = event.alarming ? AfterAlarming(step.alarm, policy, event)
                               : AfterFine(step.alarm, policy, event);
  return step;
}

}  // namespace pg_checker::alarms
