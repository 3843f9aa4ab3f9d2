// Every source has sent something lately: within parameter "max_age_minutes" (60).
// Reads dataset newest_events: source text, newest timestamptz, null for a source that is new.
#include "checker.hpp"

CHECKER_EXPORT(check) void Check() {
  const auto oldest =
      checker::Now() - std::chrono::minutes(checker::ParamOr<int64_t>("max_age_minutes", 60));
  checker::Reader events("newest_events");
  const auto source = events.Bind<std::string_view>("source");
  const auto newest = events.Bind<checker::TimestampTz>("newest");
  int64_t late = 0;
  for (const checker::Row row : events) {
    if (newest[row] && *newest[row] >= oldest) continue;
    ++late;
    checker::Log(checker::LogLevel::kWarning,
                 "source " + std::string(*source[row]) +
                     (newest[row] ? " is late" : " has never sent anything"));
  }
  checker::AssertTrue(late == 0, "every source has sent something lately");
}
