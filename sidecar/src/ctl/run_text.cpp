#include "ctl/run_text.hpp"

#include <algorithm>
#include <cctype>

#include "ctl/commands.hpp"

namespace pg_checker::ctl {
namespace {

// The first line is what a monitoring system shows. It ends there, and everything behind the first
// | is performance data to it (Monitoring Plugins Development Guidelines, "Plugin Output").
std::string PlainLine(std::string text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const auto next = static_cast<unsigned char>(i + 1 < text.size() ? text[i + 1] : 0);
    if (byte == '|') {
      text[i] = '/';
    } else if (byte < 0x20 || byte == 0x7f) {
      text[i] = ' ';
    } else if (byte == 0xc2 && next >= 0x80 && next < 0xa0) {  // U+0080 to U+009F in UTF-8
      text.replace(i, 2, " ");
    }
  }
  return text;
}

}  // namespace

int RunExitCode(const std::string& status) {
  if (status == "ok") return kRunOk;
  if (status == "warn") return kRunWarning;
  if (status == "fail") return kRunCritical;
  return kRunUnknown;
}

std::string StatusLine(const Json& run) {
  auto status = run["status"].get<std::string>();
  std::transform(status.begin(), status.end(), status.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  std::string line = status + " " + run["checker"].get<std::string>();
  for (const char* key : {"error", "message"}) {
    if (run[key].is_string()) {
      line += ": " + run[key].get<std::string>();
      break;
    }
  }
  return PlainLine(std::move(line)) + " | failures=" + run["failures"].dump() +
         " passes=" + run["passes"].dump() + "\n";
}

std::string AssertionText(const Json& assertion) {
  std::string text =
      "\n" + (assertion["message"].is_string() ? assertion["message"].get<std::string>()
                                               : std::string("(no message)"));
  for (const char* key : {"expected", "actual"}) {
    if (assertion[key].is_null()) continue;
    const Json& value = assertion[key];
    text += std::string("\n  ") + key + ": " +
            (value.is_string() ? value.get<std::string>() : value.dump());
  }
  text += "\n";
  const Json& sample = assertion["sample"];
  if (sample.is_array() && !sample.empty() && sample.front().is_object()) {
    text += RenderTable(sample.get<std::vector<Json>>());
  }
  return text;
}

}  // namespace pg_checker::ctl
