#include "assertions/rules/operand_reader.hpp"

#include <algorithm>

#include "assertions/rules/tolerance.hpp"

namespace pg_checker::assertions::rules {

namespace {

using Kind = JsonValue::Kind;

constexpr size_t kMaxListItems = 10000;
constexpr size_t kExcerptBytes = 60;

bool IsScalar(const JsonValue& value) {
  return value.kind == Kind::kNumber || value.kind == Kind::kText || value.kind == Kind::kBoolean;
}

// Digits with at most one point: what counts rows needs no exponent.
bool IsPlainNumber(std::string_view text) {
  const size_t point = text.find('.');
  const std::string_view whole = text.substr(0, point);
  const std::string_view part =
      point == std::string_view::npos ? std::string_view("0") : text.substr(point + 1);
  const auto digits = [](std::string_view some, size_t most) {
    return !some.empty() && some.size() <= most &&
           std::all_of(some.begin(), some.end(), [](char c) { return c >= '0' && c <= '9'; });
  };
  return digits(whole, kToleranceWholeDigits) && digits(part, kToleranceFractionDigits);
}

std::optional<Tolerance> ToleranceOf(const JsonValue& value) {
  if (value.kind == Kind::kNumber) {
    if (!IsPlainNumber(value.text)) return std::nullopt;
    return Tolerance{value.text, false};
  }
  if (value.kind != Kind::kText) return std::nullopt;
  std::string_view text = value.text;
  if (text.empty() || text.back() != '%') return std::nullopt;
  text.remove_suffix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  if (!IsPlainNumber(text)) return std::nullopt;
  return Tolerance{std::string(text), true};
}

// Whether a bound of an open pair, [low, high].
bool IsPair(const JsonValue& value, bool may_be_open) {
  if (value.kind != Kind::kArray || value.items.size() != 2) return false;
  const auto fits = [&](const JsonValue& end) {
    return IsScalar(end) || (may_be_open && end.kind == Kind::kNull);
  };
  const bool both_open = value.items[0].kind == Kind::kNull && value.items[1].kind == Kind::kNull;
  return fits(value.items[0]) && fits(value.items[1]) && !both_open;
}

bool IsWholeOrNull(const JsonValue& value) {
  return value.kind == Kind::kNull ||
         (value.kind == Kind::kNumber && value.text.size() <= 9 &&
          value.text.find_first_not_of("0123456789") == std::string::npos);
}

bool IsListOf(const JsonValue& value, bool (*fits)(const JsonValue&)) {
  return value.kind == Kind::kArray && !value.items.empty() &&
         value.items.size() <= kMaxListItems &&
         std::all_of(value.items.begin(), value.items.end(), fits);
}

bool IsText(const JsonValue& value) { return value.kind == Kind::kText && !value.text.empty(); }

bool IsNamedType(const JsonValue& value) {
  const JsonValue* name = value.Find("name");
  const JsonValue* type = value.Find("type");
  return value.kind == Kind::kObject && value.members.size() == 2 && name != nullptr &&
         type != nullptr && IsText(*name) && IsText(*type);
}

bool IsSchema(const JsonValue& value) {
  if (value.kind == Kind::kObject) {
    return !value.members.empty() &&
           std::all_of(value.members.begin(), value.members.end(),
                       [](const auto& member) { return IsText(member.value); });
  }
  return IsListOf(value, IsText) || IsListOf(value, IsNamedType);
}

bool Fits(OperandShape shape, Assert assertion, const JsonValue& value) {
  switch (shape) {
    case OperandShape::kNone:
      return false;
    case OperandShape::kScalar:
      return IsScalar(value);
    case OperandShape::kPair:
      if (assertion == Assert::kLengthBetween) {
        return IsPair(value, true) && IsWholeOrNull(value.items[0]) &&
               IsWholeOrNull(value.items[1]);
      }
      return IsPair(value, assertion == Assert::kInRange);
    case OperandShape::kList:
      return IsListOf(value, IsScalar);
    case OperandShape::kText:
      return value.kind == Kind::kText;
    case OperandShape::kJson:
      return IsText(value) || value.kind == Kind::kObject || value.kind == Kind::kArray;
    case OperandShape::kTolerance:
    case OperandShape::kColumn:
    case OperandShape::kDataset:
      return IsTolerance(value);
    case OperandShape::kType:
      return IsText(value) || IsListOf(value, IsText);
    case OperandShape::kSchema:
      return IsSchema(value);
    case OperandShape::kAge:
      return IsText(value) || (value.kind == Kind::kNumber && IsPlainNumber(value.text));
    case OperandShape::kPercent:
      return value.kind == Kind::kNumber;
  }
  return false;
}

// Whether the value of this shape is how many rows may fail, and nothing else.
bool CountsRows(OperandShape shape) {
  return shape == OperandShape::kTolerance || shape == OperandShape::kColumn ||
         shape == OperandShape::kDataset;
}

Comparison ComparisonOf(Assert assertion) {
  switch (assertion) {
    case Assert::kNotEqual:
      return Comparison::kNotEqual;
    case Assert::kLessThan:
      return Comparison::kLess;
    case Assert::kAtMost:
      return Comparison::kAtMost;
    case Assert::kNotEmpty:
    case Assert::kGreaterThan:
      return Comparison::kGreater;
    case Assert::kAtLeast:
    case Assert::kValidShare:
      return Comparison::kAtLeast;
    default:
      return Comparison::kEqual;
  }
}

class ThresholdReader {
 public:
  ThresholdReader(const JsonValue& source, const std::string& path, const AssertFacts& facts,
                  bool value_taken, Rule& rule)
      : source_(source), path_(path), facts_(facts), value_taken_(value_taken), rule_(rule) {}

  std::optional<Fault> Read() {
    if (facts_.subject == Subject::kMetric || facts_.assertion == Assert::kValidShare)
      rule_.comparison = ComparisonOf(facts_.assertion);
    if (facts_.operand == OperandShape::kNone) {
      rule_.fail = Bound{std::nullopt, {}, rule_.place};
      return std::nullopt;
    }
    if (facts_.assertion == Assert::kValidShare) {
      if (auto fault = ReadValues()) return fault;
    }
    const JsonValue* value = value_taken_ ? nullptr : source_.Find("value");
    if (auto fault = ReadOperand(value, "value", rule_.fail)) return fault;
    if (auto fault = ReadOperand(source_.Find("warn_value"), "warn_value", rule_.warn))
      return fault;
    if (auto fault = ReadOperand(source_.Find("recover_value"), "recover_value", rule_.recover))
      return fault;
    if (auto fault = ReadAllowances()) return fault;
    return Complete();
  }

 private:
  std::optional<Fault> ReadValues() {
    const JsonValue* values = source_.Find("values");
    if (values != nullptr && rule_.values)
      return Invalid(*values, path_ + ".values", "the values are there twice");
    if (values != nullptr) return ReadList(*values, path_ + ".values", rule_.values);
    if (rule_.values) return std::nullopt;
    return Invalid(source_, path_, "\"values\" is missing", "List the values that are valid.");
  }

  std::optional<Fault> ReadOperand(const JsonValue* value, const std::string& key,
                                   std::optional<Bound>& bound) {
    if (value == nullptr) return std::nullopt;
    if (!Fits(facts_.operand, facts_.assertion, *value) ||
        (NeedsNumbers() && !HasNumbers(*value))) {
      return Invalid(*value, path_ + "." + key,
                     "assert " + std::string(facts_.name) + " takes no such value",
                     "It takes " + ShapeText() + ".");
    }
    bound.emplace();
    bound->place = {path_ + "." + key, value->offset};
    if (CountsRows(facts_.operand)) {
      bound->tolerance = *ToleranceOf(*value);
    } else {
      bound->operand = *value;
    }
    return std::nullopt;
  }

  // A share, or a change of whatever it be, is a number.
  bool NeedsNumbers() const {
    return rule_.metric.change || rule_.metric.kind == Metric::Kind::kPercentOf;
  }

  static bool HasNumbers(const JsonValue& value) {
    if (value.kind != Kind::kArray) return value.kind == Kind::kNumber;
    return std::all_of(value.items.begin(), value.items.end(),
                       [](const JsonValue& item) { return item.kind == Kind::kNumber; });
  }

  std::string ShapeText() const {
    if (CountsRows(facts_.operand))
      return "the number of failing rows that still pass, or a text such as \"5%\"";
    if (NeedsNumbers())
      return facts_.operand == OperandShape::kPair ? "[low, high] of numbers" : "a number";
    return std::string(facts_.operand_text);
  }

  std::optional<Fault> ReadAllowances() {
    if (!facts_.tolerant) return std::nullopt;
    if (auto fault = ReadAllowance("allow", allow_)) return fault;
    if (auto fault = ReadAllowance("warn_allow", warn_allow_)) return fault;
    if (CountsRows(facts_.operand)) {
      if ((allow_ && rule_.fail) || (warn_allow_ && rule_.warn)) {
        return Invalid(source_, path_, "the number of failing rows that pass is there twice",
                       "Give it as value and warn_value, or as allow and warn_allow.");
      }
      if (allow_) rule_.fail = Bound{std::nullopt, *allow_, rule_.place};
      if (warn_allow_) rule_.warn = Bound{std::nullopt, *warn_allow_, rule_.place};
      // Nothing said: no row may fail.
      if (!rule_.fail && !rule_.warn) rule_.fail = Bound{std::nullopt, {}, rule_.place};
      return std::nullopt;
    }
    if (warn_allow_ && !rule_.warn) {
      if (!rule_.fail) return std::nullopt;
      rule_.warn = rule_.fail;
      // One number of rows, and one that only warns: there is nothing to fail.
      if (!allow_) rule_.fail.reset();
    }
    for (auto* bound : {&rule_.fail, &rule_.warn, &rule_.recover}) {
      if (*bound && allow_) (*bound)->tolerance = *allow_;
    }
    if (rule_.warn && warn_allow_) rule_.warn->tolerance = *warn_allow_;
    return std::nullopt;
  }

  std::optional<Fault> ReadAllowance(const char* key, std::optional<Tolerance>& tolerance) {
    const JsonValue* value = source_.Find(key);
    if (value == nullptr) return std::nullopt;
    tolerance = ToleranceOf(*value);
    if (tolerance) return std::nullopt;
    return Invalid(*value, path_ + "." + key, "expected a number of rows or a percentage",
                   "Write 5 or \"5%\".");
  }

  std::optional<Fault> Complete() {
    if (!rule_.fail && !rule_.warn) {
      return Invalid(source_, path_, "\"value\" is missing",
                     "Assert " + std::string(facts_.name) + " takes " +
                         std::string(facts_.operand_text) + ".");
    }
    const bool fails = source_.Find("value") != nullptr ||
                       (CountsRows(facts_.operand) && source_.Find("allow") != nullptr);
    if (rule_.recover && !fails) {
      return Invalid(source_, path_ + ".recover_value", "recover_value stands without value",
                     "A rule recovers from having failed: give value, too.");
    }
    return std::nullopt;
  }

  const JsonValue& source_;
  const std::string& path_;
  const AssertFacts& facts_;
  bool value_taken_;
  Rule& rule_;
  std::optional<Tolerance> allow_;
  std::optional<Tolerance> warn_allow_;
};

}  // namespace

Fault Invalid(const JsonValue& at, const std::string& path, std::string message, std::string hint) {
  return {path, std::move(message), std::move(hint), "22023", at.offset};
}

std::string Excerpt(std::string_view text) {
  if (text.size() <= kExcerptBytes) return std::string(text);
  size_t end = kExcerptBytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) end--;
  return std::string(text.substr(0, end)) + "…";
}

bool IsTolerance(const JsonValue& value) { return ToleranceOf(value).has_value(); }

Fault UnknownKey(const JsonValue& member, const std::string& path, const std::string& name,
                 std::string hint) {
  Fault fault = Invalid(member, path + "." + Excerpt(name), "unknown key \"" + Excerpt(name) + "\"",
                        std::move(hint));
  fault.offset = member.name_offset;
  return fault;
}

std::optional<Fault> ReadList(const JsonValue& value, const std::string& path,
                              std::optional<JsonValue>& list) {
  if (!IsListOf(value, IsScalar)) {
    return Invalid(value, path, "expected a list of 1 to 10000 values",
                   "Values are numbers, texts, true or false.");
  }
  list = value;
  return std::nullopt;
}

std::optional<Fault> ReadThresholds(const JsonValue& source, const std::string& path,
                                    const AssertFacts& facts, bool value_taken, Rule& rule) {
  return ThresholdReader(source, path, facts, value_taken, rule).Read();
}

}  // namespace pg_checker::assertions::rules
