// The source of a checker of language rule. What is accepted has to be complete: whoever carries
// rules out looks at columns, bounds and partners without asking again.
#include "assertions/rules/rule_reader.hpp"

#include <cstddef>
#include <cstdint>
#include <stdexcept>

#include "assertions/rules/vocabulary.hpp"

namespace {

using namespace pg_checker::assertions::rules;

void Require(bool holds, const char* what) {
  if (!holds) throw std::logic_error(what);
}

void CheckFault(std::string_view source, const Fault& fault) {
  Require(!fault.message.empty(), "a fault without a message");
  Require(fault.sqlstate.size() == 5, "a fault without a code");
  Require(fault.offset <= source.size(), "a fault outside of the text");
  Require(PositionAt(source, fault.offset).line >= 1, "a fault without a line");
}

void CheckRule(const Rule& rule) {
  const AssertFacts& facts = FactsOf(rule.assertion);
  Require(rule.fail || rule.warn, "a rule without a bound");
  Require(!rule.dataset.text.empty(), "a rule without a dataset");
  const bool by_column = facts.subject != Subject::kMetric && facts.subject != Subject::kDataset;
  const bool aggregates =
      facts.subject == Subject::kMetric && rule.metric.kind == Metric::Kind::kAggregate;
  Require((by_column || aggregates) == !rule.columns.empty(), "columns missing, or too many");
  Require(rule.other.has_value() == (facts.operand == OperandShape::kDataset), "a wrong partner");
  for (const auto* bound : {&rule.fail, &rule.warn, &rule.recover}) {
    if (!*bound) continue;
    if (facts.operand == OperandShape::kPair)
      Require((*bound)->operand->items.size() == 2, "a pair that is none");
    if ((*bound)->operand) {
      Require(static_cast<bool>(ParseJson(ToJson(*(*bound)->operand))),
              "an operand that is no JSON");
    }
    Require(!Expectation(rule, **bound).empty(), "nothing is expected");
  }
  DefaultMessage(rule);
  MetricLabel(rule);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view source(reinterpret_cast<const char*>(data), size);
  const auto json = ParseJson(source);
  if (json) {
    const std::string written = ToJson(*json);
    const auto again = ParseJson(written);
    Require(static_cast<bool>(again), "what was written cannot be read");
    Require(ToJson(*again) == written, "what was written is read as something else");
  } else {
    CheckFault(source, json.fault());
  }
  const auto rules = ReadRules(source);
  if (!rules) {
    CheckFault(source, rules.fault());
    return 0;
  }
  for (const Rule& rule : *rules) CheckRule(rule);
  return 0;
}
