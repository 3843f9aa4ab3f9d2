#include "definitions/checker_option.hpp"

namespace pg_checker::definitions {
namespace {

using Shape = CheckerOption::Shape;

constexpr CheckerOption kOptions[] = {
    {"description", Shape::kText, "text"},
    {"runbook", Shape::kText, "text"},
    {"owner", Shape::kText, "text"},
    {"severity", Shape::kText, "text"},
    {"labels", Shape::kMap, "jsonb"},
    {"schedule", Shape::kText, "text"},
    {"time_zone", Shape::kText, "text"},
    {"params", Shape::kMap, "jsonb"},
    {"input", Shape::kAny, "jsonb"},
    {"enabled", Shape::kBoolean, "boolean"},
    {"for_duration", Shape::kText, "interval"},
    {"for_runs", Shape::kInteger, "int"},
    {"recover_runs", Shape::kInteger, "int"},
    {"repeat_every", Shape::kText, "interval"},
    {"alarm_on", Shape::kTextList, "checker.status[]"},
    {"row_key", Shape::kTextList, "text[]"},
    {"instance_by", Shape::kTextList, "text[]"},
    {"depends_on", Shape::kTextList, "text[]"},
    {"on_empty", Shape::kText, "text"},
    {"max_samples", Shape::kInteger, "int"},
    {"timeout", Shape::kText, "interval"},
    {"fuel", Shape::kInteger, "bigint"},
    {"memory_limit", Shape::kText, "text"},
};

}  // namespace

std::span<const CheckerOption> CheckerOptions() { return kOptions; }

const CheckerOption* FindCheckerOption(std::string_view name) {
  for (const CheckerOption& option : kOptions) {
    if (name == option.name) return &option;
  }
  return nullptr;
}

std::string ArrayText(const std::vector<std::string>& items) {
  std::string text = "{";
  for (const std::string& item : items) {
    if (text.size() > 1) text += ",";
    text += '"';
    for (const char c : item) {
      if (c == '"' || c == '\\') text += '\\';
      text += c;
    }
    text += '"';
  }
  return text + "}";
}

}  // namespace pg_checker::definitions
