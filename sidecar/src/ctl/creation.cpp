#include "ctl/creation.hpp"

#include <cstdlib>
#include <string_view>

#include "definitions/checker_option.hpp"

namespace pg_checker::ctl {
namespace {

// The arguments of a call in named notation.
class Call {
 public:
  explicit Call(const std::string& function) : text_("SELECT " + function + "(") {}

  void Pass(const std::string& name, const std::string& type, std::optional<std::string> value) {
    values_.push_back(std::move(value));
    text_ += (values_.size() > 1 ? ", " : "") + name + " => $" + std::to_string(values_.size()) +
             "::" + type;
  }

  Result<void> Do(Database& database, const std::string& origin) const {
    const auto done = database.Rows(text_ + ", or_replace => true)", values_);
    if (done.ok()) return {};
    Failure failure = done.failure();
    failure.message = origin + ": " + failure.message;
    return failure;
  }

 private:
  std::string text_;
  std::vector<std::optional<std::string>> values_;
};

// A fault in a source that was written from a list tells its line there, as "(line 3, column 5)":
// to its reader it is the item of the list in the file.
void PlaceInList(const definitions::CheckerDefinition& checker, Failure& failure) {
  constexpr std::string_view kMark = " (line ";
  const std::size_t mark = failure.message.find(kMark);
  const std::size_t end = failure.message.find(')', mark);
  if (checker.source_lines.empty() || mark == std::string::npos || end == std::string::npos) return;
  const long line = std::strtol(failure.message.c_str() + mark + kMark.size(), nullptr, 10);
  if (line < 1 || static_cast<std::size_t>(line) > checker.source_lines.size()) return;
  failure.message.erase(mark, end + 1 - mark);
  failure.message.replace(0, checker.source_origin.size(),
                          checker.source_lines[static_cast<std::size_t>(line) - 1]);
}

}  // namespace

std::string ByteaText(const std::string& bytes) {
  constexpr const char* kDigits = "0123456789abcdef";
  std::string text = "\\x";
  text.reserve(2 + 2 * bytes.size());
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    text += kDigits[byte >> 4U];
    text += kDigits[byte & 15U];
  }
  return text;
}

Result<void> Create(Database& database, const definitions::DatasetDefinition& dataset) {
  Call call("checker.create_dataset");
  call.Pass("name", "text", dataset.name);
  call.Pass("query", "text", dataset.query);
  if (dataset.params) call.Pass("params", "jsonb", dataset.params);
  if (dataset.description) call.Pass("description", "text", dataset.description);
  return call.Do(database, dataset.query_origin);
}

Result<void> Create(Database& database, const definitions::CheckerDefinition& checker) {
  Call call("checker.create_checker");
  call.Pass("name", "text", checker.name);
  if (checker.module) {
    call.Pass("module", "bytea", ByteaText(*checker.module));
  } else {
    call.Pass("language", "text", checker.language);
  }
  if (checker.source) call.Pass("source", "text", checker.source);
  call.Pass("datasets", "text[]", definitions::ArrayText(checker.datasets));
  for (const definitions::OptionValue& option : checker.options) {
    call.Pass(option.name, option.type, option.text);
  }
  const Result<void> done = call.Do(database, checker.source_origin);
  if (done.ok()) return {};
  Failure failure = done.failure();
  PlaceInList(checker, failure);
  return failure;
}

}  // namespace pg_checker::ctl
