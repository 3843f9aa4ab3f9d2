#include "ctl/case_report.hpp"

#include <algorithm>
#include <cstdio>

namespace pg_checker::ctl {
namespace {

std::size_t CountFailed(const std::vector<CaseResult>& results) {
  return static_cast<std::size_t>(std::count_if(
      results.begin(), results.end(), [](const CaseResult& result) { return !result.passed(); }));
}

std::string Seconds(double seconds) {
  char text[32];
  std::snprintf(text, sizeof text, "%.3f", seconds);
  return text;
}

// Text in XML 1.0, which has no control characters but tab and line breaks.
std::string XmlText(const std::string& text) {
  std::string escaped;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '&') {
      escaped += "&amp;";
    } else if (c == '<') {
      escaped += "&lt;";
    } else if (c == '>') {
      escaped += "&gt;";
    } else if (c == '"') {
      escaped += "&quot;";
    } else if (c == '\n' || c == '\t') {
      escaped += "&#" + std::to_string(byte) + ";";
    } else if (byte < 0x20) {
      escaped += '?';
    } else {
      escaped += c;
    }
  }
  return escaped;
}

// An error's detail and hint stand on lines of their own.
std::string Indented(const std::string& text) {
  std::string indented;
  for (const char c : text) {
    indented += c;
    if (c == '\n') indented += "      ";
  }
  return indented;
}

std::string JoinedFaults(const CaseResult& result) {
  std::string text;
  for (const std::string& fault : result.faults) text += fault + "\n";
  return text;
}

// A description in TAP ends at a line break, and a # begins a directive.
std::string TapText(std::string text) {
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 0x20) c = ' ';
  }
  std::string escaped;
  for (const char c : text) {
    if (c == '#' || c == '\\') escaped += '\\';
    escaped += c;
  }
  return escaped;
}

}  // namespace

std::string CasesText(const std::vector<CaseResult>& results) {
  std::string text;
  for (const CaseResult& result : results) {
    text += (result.passed() ? "ok    " : "FAIL  ") + result.checker + ": " + result.name;
    text += result.passed() ? "\n" : " (" + result.origin + ")\n";
    for (const std::string& fault : result.faults) text += "      " + Indented(fault) + "\n";
  }
  return text + std::to_string(results.size()) + (results.size() == 1 ? " case, " : " cases, ") +
         std::to_string(CountFailed(results)) + " failed\n";
}

std::string CasesJunit(const std::vector<CaseResult>& results) {
  std::string text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites tests=\"" +
                     std::to_string(results.size()) + "\" failures=\"" +
                     std::to_string(CountFailed(results)) + "\">\n";
  for (auto first = results.begin(); first != results.end();) {
    const auto last = std::find_if(first, results.end(), [&](const CaseResult& result) {
      return result.checker != first->checker;
    });
    const std::vector<CaseResult> suite(first, last);
    double seconds = 0;
    for (const CaseResult& result : suite) seconds += result.seconds;
    text += "  <testsuite name=\"" + XmlText(first->checker) + "\" tests=\"" +
            std::to_string(suite.size()) + "\" failures=\"" + std::to_string(CountFailed(suite)) +
            "\" errors=\"0\" time=\"" + Seconds(seconds) + "\">\n";
    for (const CaseResult& result : suite) {
      text += "    <testcase classname=\"" + XmlText(result.checker) + "\" name=\"" +
              XmlText(result.name) + "\" time=\"" + Seconds(result.seconds) + "\"";
      if (result.passed()) {
        text += "/>\n";
        continue;
      }
      text += ">\n      <failure message=\"" + XmlText(result.faults.front()) + "\">" +
              XmlText(JoinedFaults(result) + result.origin) + "</failure>\n    </testcase>\n";
    }
    text += "  </testsuite>\n";
    first = last;
  }
  return text + "</testsuites>\n";
}

std::string CasesTap(const std::vector<CaseResult>& results) {
  std::string text = "TAP version 13\n1.." + std::to_string(results.size()) + "\n";
  std::size_t number = 0;
  for (const CaseResult& result : results) {
    text += (result.passed() ? "ok " : "not ok ") + std::to_string(++number) + " - " +
            TapText(result.checker + ": " + result.name) + "\n";
    if (result.passed()) continue;
    text += "  ---\n  at: " + Json(result.origin).dump() + "\n  faults:\n";
    for (const std::string& fault : result.faults) {
      text += "    - " + Json(fault).dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
    }
    text += "  ...\n";
  }
  return text;
}

Json CasesDocument(const std::vector<CaseResult>& results) {
  Json document = Json::array();
  for (const CaseResult& result : results) {
    document.push_back({{"checker", result.checker},
                        {"name", result.name},
                        {"passed", result.passed()},
                        {"faults", result.faults},
                        {"seconds", result.seconds},
                        {"origin", result.origin}});
  }
  return document;
}

}  // namespace pg_checker::ctl
