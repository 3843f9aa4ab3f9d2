#include "schedule/schedule.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <vector>

namespace pg_checker::schedule {

using engine::Error;
using engine::ErrorKind;
using engine::Result;

namespace {

// Eight years hold every weekday of 29 February but across 2100.
constexpr int kYearsAhead = 8;

struct Field {
  std::string_view name;
  int low;
  int high;
  const std::string_view* labels;  // of values from `low` on; null if it has none
  int label_count;
};

constexpr std::string_view kMonths[] = {"jan", "feb", "mar", "apr", "may", "jun",
                                        "jul", "aug", "sep", "oct", "nov", "dec"};
constexpr std::string_view kWeekdays[] = {"sun", "mon", "tue", "wed", "thu", "fri", "sat"};

constexpr Field kFields[] = {{"minute", 0, 59, nullptr, 0},
                             {"hour", 0, 23, nullptr, 0},
                             {"day of month", 1, 31, nullptr, 0},
                             {"month", 1, 12, kMonths, 12},
                             {"day of week", 0, 7, kWeekdays, 7}};

struct Nickname {
  std::string_view name;
  std::string_view expression;
};

constexpr Nickname kNicknames[] = {{"@yearly", "0 0 1 1 *"},  {"@annually", "0 0 1 1 *"},
                                   {"@monthly", "0 0 1 * *"}, {"@weekly", "0 0 * * 0"},
                                   {"@daily", "0 0 * * *"},   {"@midnight", "0 0 * * *"},
                                   {"@hourly", "0 * * * *"}};

std::vector<std::string_view> Split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  size_t start = 0;
  for (;;) {
    const size_t end = text.find(separator, start);
    parts.push_back(text.substr(start, end == std::string_view::npos ? end : end - start));
    if (end == std::string_view::npos) return parts;
    start = end + 1;
  }
}

std::vector<std::string_view> Words(std::string_view text) {
  std::vector<std::string_view> words;
  for (size_t i = 0; i < text.size();) {
    while (i < text.size() && std::isspace(static_cast<unsigned char>(text[i]))) i++;
    const size_t start = i;
    while (i < text.size() && !std::isspace(static_cast<unsigned char>(text[i]))) i++;
    if (i > start) words.push_back(text.substr(start, i - start));
  }
  return words;
}

Error Malformed(const Field& field, std::string_view item) {
  return {ErrorKind::kSyntax,
          "\"" + std::string(item) + "\" is not valid in the field " + std::string(field.name) +
              " of a schedule",
          "Values go from " + std::to_string(field.low) + " to " + std::to_string(field.high) + ".",
          "Use cron's five fields, as in '*/5 * * * *', or an interval, as in '30 seconds'."};
}

bool ParseNumber(std::string_view text, int* value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *value);
  return error == std::errc() && end == text.data() + text.size() && text[0] != '-';
}

bool ParseValue(const Field& field, std::string_view text, int* value) {
  if (text.empty()) return false;
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return std::tolower(c); });
  for (int i = 0; i < field.label_count; i++) {
    if (lower == field.labels[i]) {
      *value = field.low + i;
      return true;
    }
  }
  return ParseNumber(text, value) && *value >= field.low && *value <= field.high;
}

// One item of a list: *, n, a-b, each with an optional /step.
bool ParseItem(const Field& field, std::string_view item, uint64_t* bits) {
  int step = 1;
  const size_t slash = item.find('/');
  const bool stepped = slash != std::string_view::npos;
  if (stepped) {
    if (slash + 1 == item.size() || !ParseNumber(item.substr(slash + 1), &step) || step < 1)
      return false;
    item = item.substr(0, slash);
  }
  int low = field.low;
  int high = field.high;
  if (item != "*") {
    const size_t hyphen = item.find('-');
    if (hyphen != std::string_view::npos) {
      if (!ParseValue(field, item.substr(0, hyphen), &low) ||
          !ParseValue(field, item.substr(hyphen + 1), &high)) {
        return false;
      }
    } else {
      if (!ParseValue(field, item, &low)) return false;
      if (!stepped) high = low;
    }
    if (low > high) return false;
  }
  for (int value = low; value <= high; value += step) *bits |= 1ull << value;
  return true;
}

Result<uint64_t> ParseField(const Field& field, std::string_view text) {
  uint64_t bits = 0;
  for (std::string_view item : Split(text, ',')) {
    if (!ParseItem(field, item, &bits)) return Malformed(field, text);
  }
  return bits;
}

bool Has(uint64_t bits, int value) { return (bits >> value) & 1; }

}  // namespace

bool Cron::MatchesDay(int year, int month, int day) const {
  if (!Has(months, month)) return false;
  const bool by_day = Has(days, day);
  const bool by_weekday = Has(weekdays, DayOfWeek(year, month, day));
  return day_restricted && weekday_restricted ? by_day || by_weekday : by_day && by_weekday;
}

bool LooksLikeCron(std::string_view text) {
  const auto words = Words(text);
  return words.size() == 5 || (words.size() == 1 && words[0][0] == '@');
}

Result<Cron> ParseCron(std::string_view text) {
  auto words = Words(text);
  if (words.size() == 1) {
    for (const Nickname& nickname : kNicknames) {
      if (words[0] == nickname.name) return ParseCron(nickname.expression);
    }
  }
  if (words.size() != 5) {
    return Error{
        ErrorKind::kSyntax, "\"" + std::string(text) + "\" is not a schedule",
        "A cron expression has five fields: minute, hour, day of month, month, day of week.",
        "Use cron's five fields, as in '*/5 * * * *', or an interval, as in '30 seconds'."};
  }
  Cron cron;
  uint64_t* targets[] = {&cron.minutes, &cron.hours, &cron.days, &cron.months, &cron.weekdays};
  for (int i = 0; i < 5; i++) {
    auto bits = ParseField(kFields[i], words[i]);
    if (!bits) return bits.error();
    *targets[i] = *bits;
  }
  // 7 is Sunday too.
  if (Has(cron.weekdays, 7)) cron.weekdays |= 1;
  cron.day_restricted = words[2][0] != '*';
  cron.weekday_restricted = words[4][0] != '*';
  return cron;
}

Result<CivilMinute> NextMatch(const Cron& cron, const CivilMinute& after) {
  CivilMinute next = after;
  // The search starts with the minute after; a full hour or day goes on with the first of the next.
  int from_hour = after.hour;
  int from_minute = after.minute + 1;
  while (next.year <= after.year + kYearsAhead) {
    if (cron.MatchesDay(next.year, next.month, next.day)) {
      for (int hour = from_hour; hour < 24; hour++) {
        if (Has(cron.hours, hour)) {
          for (int minute = from_minute; minute < 60; minute++) {
            if (Has(cron.minutes, minute))
              return CivilMinute{next.year, next.month, next.day, hour, minute};
          }
        }
        from_minute = 0;
      }
    }
    from_hour = 0;
    from_minute = 0;
    if (++next.day > DaysInMonth(next.year, next.month)) {
      next.day = 1;
      if (++next.month > 12) {
        next.month = 1;
        next.year++;
      }
    }
  }
  return Error{ErrorKind::kSyntax, "the schedule never comes due", "",
               "Choose a day that its months have."};
}

}  // namespace pg_checker::schedule
