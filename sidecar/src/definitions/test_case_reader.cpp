#include "definitions/test_case_reader.hpp"

#include <algorithm>
#include <iterator>

namespace pg_checker::definitions {
namespace {

constexpr const char* kStatuses[] = {"ok", "warn", "fail", "no_data", "error"};

std::optional<std::string> ReadStatus(const Value* value, FieldReader& fields) {
  std::optional<std::string> status = fields.Text(value, "status");
  if (!status) return std::nullopt;
  if (std::find(std::begin(kStatuses), std::end(kStatuses), *status) == std::end(kStatuses)) {
    fields.Complain(value->place, "status \"" + *status + "\" does not exist",
                    "Statuses are ok, warn, fail, no_data and error.");
  }
  return status;
}

void ReadAssertions(const Value& assertions, FieldReader& fields, Expectation& expect) {
  if (!assertions.is(Value::Kind::kList)) {
    fields.Complain(assertions.place, "\"assertions\" takes a list of mappings");
    return;
  }
  for (const Value& assertion : assertions.items) {
    if (!assertion.is(Value::Kind::kMap)) {
      fields.Complain(assertion.place, "an assertion is a mapping, such as {ok: false}");
      continue;
    }
    fields.RefuseOthers(assertion, "an expected assertion",
                        {"ok", "message", "expected", "actual", "exact", "sample"});
    expect.assertions.push_back(assertion);
  }
}

Expectation ReadExpectation(const Value& value, FieldReader& fields) {
  Expectation expect;
  if (value.is(Value::Kind::kText)) {
    expect.status = ReadStatus(&value, fields);
    return expect;
  }
  if (!value.is(Value::Kind::kMap)) {
    fields.Complain(value.place, "\"expect\" takes a status, or a mapping of what is wanted");
    return expect;
  }
  fields.RefuseOthers(value, "expect",
                      {"status", "message", "error", "output", "failures", "passes", "assertions"});
  expect.status = ReadStatus(value.Find("status"), fields);
  expect.message = fields.Text(value.Find("message"), "message");
  expect.error = fields.Text(value.Find("error"), "error");
  expect.output = fields.Text(value.Find("output"), "output");
  expect.failures = fields.Integer(value.Find("failures"), "failures");
  expect.passes = fields.Integer(value.Find("passes"), "passes");
  if (const Value* assertions = value.Find("assertions")) {
    ReadAssertions(*assertions, fields, expect);
  }
  return expect;
}

// Rows by dataset's name: {users: [{id: 1, email: null}]}.
std::string ReadRows(const Value* datasets, FieldReader& fields) {
  if (datasets == nullptr || datasets->is(Value::Kind::kNull)) return "{}";
  if (!datasets->is(Value::Kind::kMap)) {
    fields.Complain(datasets->place, "\"datasets\" of a test takes a mapping from names to rows");
    return "{}";
  }
  for (const Member& member : datasets->members) {
    const bool is_rows = member.value.is(Value::Kind::kList) &&
                         std::all_of(member.value.items.begin(), member.value.items.end(),
                                     [](const Value& row) { return row.is(Value::Kind::kMap); });
    if (!is_rows) {
      fields.Complain(member.value.place,
                      "rows of dataset \"" + member.key + "\" are not a list of mappings",
                      "Write them as [{id: 1, email: null}, …]; [] is no rows.");
    }
  }
  return JsonText(*datasets);
}

}  // namespace

std::vector<TestCase> ReadTestCases(const Value& tests, FieldReader& fields) {
  std::vector<TestCase> cases;
  if (!tests.is(Value::Kind::kList)) {
    fields.Complain(tests.place, "\"tests\" takes a list of test cases");
    return cases;
  }
  for (const Value& item : tests.items) {
    if (!item.is(Value::Kind::kMap)) {
      fields.Complain(item.place, "a test case is a mapping");
      continue;
    }
    fields.RefuseOthers(item, "a test case",
                        {"name", "datasets", "at", "input", "params", "expect"});
    TestCase test;
    test.origin = fields.At(item.place);
    test.name =
        fields.Text(item.Find("name"), "name").value_or("case " + std::to_string(cases.size() + 1));
    test.datasets = ReadRows(item.Find("datasets"), fields);
    test.at = fields.Text(item.Find("at"), "at");
    test.input = fields.Json(item.Find("input"));
    test.params = fields.JsonMap(item.Find("params"), "params");
    if (const Value* expect = item.Find("expect")) {
      test.expect = ReadExpectation(*expect, fields);
    } else {
      fields.Complain(item.place, "test case \"" + test.name + "\" expects nothing",
                      "Give it a status, as in expect: fail.");
    }
    cases.push_back(std::move(test));
  }
  return cases;
}

}  // namespace pg_checker::definitions
