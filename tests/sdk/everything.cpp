// The same as everything.c, with the SDK for C++.
#include <bit>

#include "checker.hpp"

namespace {

void Say(std::string_view text) { checker::Log(checker::LogLevel::kInfo, text); }

std::string Hex(checker::Bytes bytes) {
  std::string text;
  for (const std::byte byte : bytes) {
    text += "0123456789abcdef"[std::to_integer<int>(byte) >> 4];
    text += "0123456789abcdef"[std::to_integer<int>(byte) & 15];
  }
  return text;
}

std::string Show(bool value) { return value ? "true" : "false"; }
std::string Show(int16_t value) { return std::to_string(value); }
std::string Show(int32_t value) { return std::to_string(value); }
std::string Show(int64_t value) { return std::to_string(value); }
std::string Show(float value) { return std::to_string(std::bit_cast<int32_t>(value)); }
std::string Show(double value) { return std::to_string(std::bit_cast<int64_t>(value)); }
std::string Show(std::string_view value) { return std::string(value); }
std::string Show(checker::Bytes value) { return Hex(value); }
std::string Show(checker::Date value) { return std::to_string(value.time_since_epoch().count()); }
std::string Show(checker::Timestamp value) {
  return std::to_string(value.time_since_epoch().count());
}
std::string Show(checker::TimestampTz value) {
  return std::to_string(value.time_since_epoch().count());
}
std::string Show(checker::Interval value) {
  return std::to_string(value.months) + " " + std::to_string(value.days) + " " +
         std::to_string(value.nanoseconds);
}
std::string Show(checker::Uuid value) { return Hex(std::as_bytes(std::span(value))); }
std::string Show(checker::Decimal value) { return value.ToString(); }

template <typename T>
std::string ShowOrNull(const std::optional<T>& value) {
  return value ? Show(*value) : "null";
}

void ReadValues() {
  checker::Reader rows("rows");
  std::string head;
  for (int64_t i = 0; i < rows.column_count(); ++i) {
    head += i == 0 ? "" : ", ";
    head += rows.column_name(i);
    head += " ";
    head += checker_type_name(rows.column_type(i));
  }
  Say(head);
  const auto b = rows.Bind<bool>("b");
  const auto s = rows.Bind<int16_t>("s");
  const auto i = rows.Bind<int32_t>("i");
  const auto l = rows.Bind<int64_t>("l");
  const auto f = rows.Bind<float>("f");
  const auto g = rows.Bind<double>("g");
  const auto t = rows.Bind<std::string_view>("t");
  const auto z = rows.Bind<checker::Bytes>("z");
  const auto d = rows.Bind<checker::Date>("d");
  const auto ts = rows.Bind<checker::Timestamp>("ts");
  const auto tz = rows.Bind<checker::TimestampTz>("tz");
  const auto iv = rows.Bind<checker::Interval>("iv");
  const auto u = rows.Bind<checker::Uuid>("u");
  const auto n = rows.Bind<checker::Decimal>("n");
  const auto j = rows.Bind<std::string_view>("j");
  for (const checker::Row row : rows) {
    Say(ShowOrNull(b[row]) + "|" + ShowOrNull(s[row]) + "|" + ShowOrNull(i[row]) + "|" +
        ShowOrNull(l[row]) + "|" + ShowOrNull(f[row]) + "|" + ShowOrNull(g[row]) + "|" +
        ShowOrNull(t[row]) + "|" + ShowOrNull(z[row]) + "|" + ShowOrNull(d[row]) + "|" +
        ShowOrNull(ts[row]) + "|" + ShowOrNull(tz[row]) + "|" + ShowOrNull(iv[row]) + "|" +
        ShowOrNull(u[row]) + "|" + ShowOrNull(n[row]) + "|" + ShowOrNull(j[row]));
  }
}

void ReadCsv() {
  checker::Csv csv("rows");
  std::string head;
  for (size_t i = 0; i < csv.column_count(); ++i) {
    head += (i == 0 ? "[" : "|[") + std::string(csv.column_name(i)) + "]";
  }
  Say(head);
  for (const checker::CsvRow row : csv) {
    std::string text;
    for (size_t i = 0; i < row.size(); ++i) {
      text += i == 0 ? "" : "|";
      text += row[i] ? "[" + std::string(*row[i]) + "]" : "null";
    }
    Say(text);
  }
}

void AssertAll() {
  std::string said;
  const auto say = [&](bool holds) { said += holds ? "1" : "0"; };
  say(checker::AssertEmpty("none", "empty"));
  say(checker::AssertEmpty("rows", "empty"));
  say(checker::AssertNotEmpty("rows", "not empty"));
  say(checker::AssertNotEmpty("none", "not empty"));
  say(checker::AssertLessThan("rows", 4, "less"));
  say(checker::AssertLessThan("rows", 3, "less"));
  say(checker::AssertGreaterThan("rows", 2, "greater"));
  say(checker::AssertGreaterThan("rows", 3, "greater"));
  using checker::Operator;
  for (const Operator operation : {Operator::kEqual, Operator::kNotEqual, Operator::kLess,
                                   Operator::kAtMost, Operator::kGreater, Operator::kAtLeast})
    say(checker::AssertRowCount("rows", operation, 3, "count"));
  say(checker::AssertEqual("rows", "rows", "equal"));
  say(checker::AssertEqual("rows", "others", "equal"));
  say(checker::AssertTrue(true, "true"));
  say(checker::AssertTrue(false, "true"));
  say(checker::AssertFalse(false, "false"));
  say(checker::AssertFalse(true, "false"));
  checker::Fail("f\u00e4il");
  checker::Warn("warn");
  checker::Succeed("succeed");
  checker::Ok("ok");
  Say(said);
}

void ReadParams() {
  Say(std::to_string(checker::ParamOr<int64_t>("whole", -1)) + " " +
      std::to_string(checker::ParamOr<int64_t>("least", -1)) + " " +
      std::to_string(checker::ParamOr<int64_t>("absent", -1)) + " " +
      std::to_string(static_cast<int64_t>(checker::ParamOr("number", -1.0) * 1000)) + " " +
      std::to_string(checker::ParamOr("yes", false)) +
      std::to_string(checker::ParamOr("no", true)) +
      std::to_string(checker::ParamOr("nothing", true)) + " " +
      std::string(checker::ParamOr<std::string_view>("text", "none")) + " " +
      std::string(checker::ParamOr<std::string_view>("absent", "none")) + " " +
      std::string(checker::Param("object").value_or("null")) + " " +
      std::string(checker::Param("absent").value_or("null")) + " " +
      std::string(checker::Input().value_or("null")));
  Say(std::to_string(checker::BusinessDay()) + " " + Show(checker::Now()));
}

}  // namespace

CHECKER_EXPORT(check) void Check() {
  const auto job = checker::ParamOr<std::string_view>("do", "");
  if (job == "values") {
    ReadValues();
  } else if (job == "csv") {
    ReadCsv();
  } else if (job == "assertions") {
    AssertAll();
  } else if (job == "params") {
    ReadParams();
  } else if (job == "wrong type") {
    checker::Reader rows("rows");
    [[maybe_unused]] const auto column = rows.Bind<int64_t>("t");
  } else if (job == "no column") {
    checker::Reader rows("rows");
    [[maybe_unused]] const auto column = rows.Bind<int64_t>("x");
  } else if (job == "wrong param") {
    checker::ParamOr<int64_t>("text", 0);
  } else if (job == "levels") {
    checker::Log(checker::LogLevel::kDebug, "debug");
    checker::Log(checker::LogLevel::kInfo, "info");
    checker::Log(checker::LogLevel::kWarning, "warning");
    checker::Log(checker::LogLevel::kError, "error");
  } else {
    checker::Panic("nothing to do");
  }
}
