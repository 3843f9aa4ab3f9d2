#include "ctl/command_line.hpp"

namespace pg_checker::ctl {

int CommandLine::Do(const char* level, const Action& action) const {
  Result<Database> database = Database::Connect(dsn);
  if (!database.ok()) {
    Complain(database.failure());
    return exit_on_failure;
  }
  const Result<int> done = action(database.value());
  if (done.ok()) return done.value();
  Failure failure = done.failure();
  if (LacksPrivilege(failure) && failure.hint.empty()) failure.hint = AskForLevel(level);
  Complain(failure);
  return exit_on_failure;
}

void CommandLine::Connected(const char* level, Action action) {
  command = [this, level, action = std::move(action)] { return Do(level, action); };
}

}  // namespace pg_checker::ctl
