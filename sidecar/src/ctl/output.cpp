#include "ctl/output.hpp"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>

namespace pg_checker::ctl {
namespace {

int print_error = 0;  // of the first output that failed, as errno is soon another's

std::string CellText(const Json& value) {
  std::string text;
  if (value.is_string()) {
    text = value.get<std::string>();
  } else if (!value.is_null()) {
    text = value.dump();
  }
  std::replace_if(
      text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; }, ' ');
  return text;
}

// Columns on a terminal, near enough: one for each code point.
std::size_t Width(const std::string& text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](unsigned char c) { return (c & 0xc0) != 0x80; }));
}

void EmitYaml(YAML::Emitter& emitter, const Json& value) {
  if (value.is_object()) {
    emitter << YAML::BeginMap;
    for (const auto& [key, item] : value.items()) {
      emitter << YAML::Key << key << YAML::Value;
      EmitYaml(emitter, item);
    }
    emitter << YAML::EndMap;
  } else if (value.is_array()) {
    emitter << YAML::BeginSeq;
    for (const Json& item : value) EmitYaml(emitter, item);
    emitter << YAML::EndSeq;
  } else if (value.is_null()) {
    emitter << YAML::Null;
  } else if (value.is_string()) {
    // Quoted always: what looks like a number or a truth value must stay text.
    emitter << YAML::DoubleQuoted << value.get<std::string>();
  } else {
    emitter << value.dump();
  }
}

}  // namespace

std::string RenderTable(const std::vector<Json>& rows) {
  if (rows.empty()) return "(none)\n";
  std::vector<std::string> columns;
  std::vector<std::size_t> widths;
  for (const auto& [key, value] : rows.front().items()) {
    columns.push_back(key);
    widths.push_back(Width(key));
  }
  std::vector<std::vector<std::string>> cells;
  for (const Json& row : rows) {
    std::vector<std::string> line;
    for (std::size_t i = 0; i < columns.size(); ++i) {
      line.push_back(CellText(row.value(columns[i], Json())));
      widths[i] = std::max(widths[i], Width(line.back()));
    }
    cells.push_back(std::move(line));
  }
  std::string text;
  const auto append = [&](const std::vector<std::string>& line) {
    std::string padded;
    for (std::size_t i = 0; i < line.size(); ++i) {
      padded += line[i] + std::string(widths[i] - Width(line[i]) + 2, ' ');
    }
    padded.erase(padded.find_last_not_of(' ') + 1);
    text += padded + "\n";
  };
  append(columns);
  std::vector<std::string> rules;
  for (const std::size_t width : widths) rules.emplace_back(width, '-');
  append(rules);
  for (const auto& line : cells) append(line);
  return text;
}

std::string RenderRecord(const Json& record) {
  std::size_t width = 0;
  for (const auto& [key, value] : record.items()) width = std::max(width, Width(key));
  std::string text;
  for (const auto& [key, value] : record.items()) {
    std::string line = key + ":" + std::string(width - Width(key) + 2, ' ') + CellText(value);
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  return text;
}

std::string RenderDocument(const Json& value, Format format) {
  if (format == Format::kYaml) {
    YAML::Emitter emitter;
    EmitYaml(emitter, value);
    return std::string(emitter.c_str()) + "\n";
  }
  return value.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

void Print(const std::string& text) {
  const std::size_t written = std::fwrite(text.data(), 1, text.size(), stdout);
  if (written != text.size() && print_error == 0) print_error = errno;
}

Result<void> FlushOutput() {
  const bool failed = std::fflush(stdout) != 0 || std::ferror(stdout) != 0;
  if (failed && print_error == 0) print_error = errno;
  if (print_error == 0) return {};
  return Failure{std::string("could not write to standard output: ") + std::strerror(print_error)};
}

void Complain(const Failure& failure) {
  std::fprintf(stderr, "checkerctl: %s\n", failure.message.c_str());
  if (!failure.detail.empty()) std::fprintf(stderr, "detail: %s\n", failure.detail.c_str());
  if (!failure.hint.empty()) std::fprintf(stderr, "hint: %s\n", failure.hint.c_str());
}

}  // namespace pg_checker::ctl
