// Schedules: a cron expression of five fields (POSIX crontab, with names, steps and lists as Vixie
// cron has them), one of cron's nicknames (@daily), or an interval ("30 seconds"). Pure; time zones
// are the caller's.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "engine/result.hpp"
#include "schedule/civil_time.hpp"

namespace pg_checker::schedule {

// A parsed cron expression: one bit for each value that matches.
struct Cron {
  uint64_t minutes = 0;   // bits 0 to 59
  uint64_t hours = 0;     // 0 to 23
  uint64_t days = 0;      // 1 to 31
  uint64_t months = 0;    // 1 to 12
  uint64_t weekdays = 0;  // 0 to 6, 0 = Sunday
  // As in cron: if both days and weekdays are restricted, either may match.
  bool day_restricted = false;
  bool weekday_restricted = false;

  bool MatchesDay(int year, int month, int day) const;
};

// An Error of kind kSyntax that names the field.
engine::Result<Cron> ParseCron(std::string_view text);

// Whether the text looks like a cron expression rather than an interval.
bool LooksLikeCron(std::string_view text);

// The first minute after `after` that matches. An Error if there is none within eight years (31
// February).
engine::Result<CivilMinute> NextMatch(const Cron& cron, const CivilMinute& after);

}  // namespace pg_checker::schedule
