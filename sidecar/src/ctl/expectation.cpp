#include "ctl/expectation.hpp"

namespace pg_checker::ctl {
namespace {

using definitions::Value;

std::string TextOf(const Json& value) {
  return value.is_string() ? value.get<std::string>() : value.dump();
}

// Whether two values are the same; objects may have more members than are expected.
bool Fits(const Json& expected, const Json& actual) {
  if (expected.is_object() && actual.is_object()) {
    for (const auto& [key, value] : expected.items()) {
      if (!actual.contains(key) || !Fits(value, actual[key])) return false;
    }
    return true;
  }
  if (expected.is_array() && actual.is_array()) {
    if (expected.size() != actual.size()) return false;
    for (std::size_t i = 0; i < expected.size(); ++i) {
      if (!Fits(expected[i], actual[i])) return false;
    }
    return true;
  }
  // Counts are texts in results: "actual: 3" means the same as "actual: '3'".
  if (expected.is_number() && actual.is_string()) return expected.dump() == TextOf(actual);
  return expected == actual;
}

class Differ {
 public:
  explicit Differ(const Json& result) : result_(result) {}

  void Compare(const char* key, const std::optional<std::string>& expected) {
    if (!expected) return;
    const std::string actual = TextOf(result_.value(key, Json()));
    if (actual == *expected) return;
    std::string line = std::string(key) + ": expected " + *expected + ", found " + actual;
    if (std::string(key) == "status") line += Reason();
    lines.push_back(std::move(line));
  }

  void Contains(const char* key, const std::optional<std::string>& part) {
    if (!part) return;
    const std::string actual = TextOf(result_.value(key, Json()));
    if (actual.find(*part) != std::string::npos) return;
    lines.push_back(std::string(key) + ": \"" + *part + "\" is not in: " + actual);
  }

  void CompareAssertions(const std::vector<Value>& expected) {
    const Json assertions = result_.value("assertions", Json::array());
    if (expected.empty()) return;
    if (assertions.size() != expected.size()) {
      lines.push_back("assertions: expected " + std::to_string(expected.size()) + ", found " +
                      std::to_string(assertions.size()));
      return;
    }
    for (std::size_t i = 0; i < expected.size(); ++i) {
      for (const definitions::Member& member : expected[i].members) {
        const Json wanted = Json::parse(definitions::JsonText(member.value));
        const Json found = assertions[i].value(member.key, Json());
        if (Fits(wanted, found)) continue;
        lines.push_back("assertions[" + std::to_string(i) + "]." + member.key + ": expected " +
                        TextOf(wanted) + ", found " + TextOf(found));
      }
    }
  }

  std::vector<std::string> lines;

 private:
  std::string Reason() const {
    for (const char* key : {"error", "message"}) {
      const Json text = result_.value(key, Json());
      if (text.is_string()) return ": " + text.get<std::string>();
    }
    return "";
  }

  const Json& result_;
};

}  // namespace

std::vector<std::string> Differences(const definitions::Expectation& expected, const Json& result) {
  Differ differ(result);
  differ.Compare("status", expected.status);
  differ.Compare("message", expected.message);
  differ.Contains("error", expected.error);
  differ.Contains("output", expected.output);
  differ.Compare("failures", expected.failures);
  differ.Compare("passes", expected.passes);
  differ.CompareAssertions(expected.assertions);
  return std::move(differ.lines);
}

}  // namespace pg_checker::ctl
