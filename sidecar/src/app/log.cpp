#include "app/log.hpp"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <nlohmann/json.hpp>
#include <vector>

namespace pg_checker::app {
namespace {

constexpr std::chrono::seconds kAllowancePeriod(10);
constexpr int kAllowanceLines = 10;

spdlog::level::level_enum ToSpdlog(Level level) {
  switch (level) {
    case Level::kDebug:
      return spdlog::level::debug;
    case Level::kInfo:
      return spdlog::level::info;
    case Level::kWarning:
      return spdlog::level::warn;
    case Level::kError:
      return spdlog::level::err;
  }
  return spdlog::level::info;
}

std::string LevelName(Level level) {
  switch (level) {
    case Level::kDebug:
      return "debug";
    case Level::kInfo:
      return "info";
    case Level::kWarning:
      return "warning";
    case Level::kError:
      return "error";
  }
  return "info";
}

// UTC, RFC 3339.
std::string Timestamp() {
  const auto now = std::chrono::system_clock::now();
  const auto since =
      std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch()).count();
  const std::time_t seconds = since / 1000;
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", parts.tm_year + 1900,
                     parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec,
                     since % 1000);
}

// A value as it is, or quoted where it would be taken apart otherwise.
void AppendValue(std::string& line, std::string_view value) {
  const bool plain = value.find_first_of(" =\"\\\n\r\t") == std::string_view::npos;
  if (plain) {
    line += value;
    return;
  }
  line += '"';
  for (const char c : value) {
    if (c == '"' || c == '\\') line += '\\';
    line += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  }
  line += '"';
}

using FieldList = std::vector<std::pair<std::string_view, std::string>>;

std::string Format(bool json, Level level, std::string_view event, const FieldList& fields) {
  if (json) {
    nlohmann::ordered_json object = {
        {"time", Timestamp()}, {"level", LevelName(level)}, {"event", event}};
    for (const auto& [key, value] : fields) {
      if (!value.empty()) object[std::string(key)] = value;
    }
    return object.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  }
  std::string line =
      "time=" + Timestamp() + " level=" + LevelName(level) + " event=" + std::string(event);
  for (const auto& [key, value] : fields) {
    if (value.empty()) continue;
    line += ' ';
    line += key;
    line += '=';
    AppendValue(line, value);
  }
  return line;
}

}  // namespace

Log::Log()
    : logger_(std::make_shared<spdlog::logger>("checkerd",
                                               std::make_shared<spdlog::sinks::stderr_sink_mt>())) {
  logger_->set_pattern("%v");
}

Log::~Log() = default;

void Log::Configure(const std::string& level, const std::string& format) {
  const std::lock_guard lock(mutex_);
  logger_->set_level(spdlog::level::from_str(level));
  json_ = format == "json";
}

bool Log::Enabled(Level level) const { return logger_->should_log(ToSpdlog(level)); }

void Log::Write(Level level, std::string_view event, Fields fields) {
  if (!Enabled(level)) return;
  const std::lock_guard lock(mutex_);
  logger_->log(ToSpdlog(level), Format(json_, level, event, FieldList(fields)));
}

void Log::Write(Level level, std::string_view event, const Failure& failure) {
  Write(level, event,
        {{"message", failure.message}, {"detail", failure.detail}, {"hint", failure.hint}});
}

void Log::WriteSparingly(Level level, std::string_view event, Fields fields) {
  if (!Enabled(level)) return;
  const std::lock_guard lock(mutex_);
  const auto now = std::chrono::steady_clock::now();
  Allowance& allowance = allowances_.try_emplace(std::string(event), Allowance{now}).first->second;
  FieldList list(fields);
  if (now - allowance.since >= kAllowancePeriod) {
    if (allowance.left_out > 0) list.emplace_back("left_out", std::to_string(allowance.left_out));
    allowance = {now};
  }
  if (allowance.written >= kAllowanceLines) {
    ++allowance.left_out;
    return;
  }
  ++allowance.written;
  logger_->log(ToSpdlog(level), Format(json_, level, event, list));
}

}  // namespace pg_checker::app
