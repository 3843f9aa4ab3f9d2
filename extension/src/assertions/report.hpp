// What a run has asserted so far, and the verdict that follows from it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "assertions/status.hpp"
#include "engine/result.hpp"

namespace pg_checker::assertions {

struct Assertion {
  Status outcome = Status::kOk;  // kOk, kWarn or kFail
  std::optional<std::string> message;
  std::optional<std::string> expected;  // "< 42", "true"
  std::optional<std::string> actual;    // "57", "false"
  std::optional<bool> exact;            // false: there may be more than `actual`
  std::optional<std::string> sample;    // failing rows, a JSON array of objects
  // The figure that a rule looked at, by which later runs find it: "users: avg(age)", and a number.
  std::optional<std::string> metric;
  std::optional<std::string> value;
};

class Report {
 public:
  explicit Report(size_t max_assertions) : max_assertions_(max_assertions) {}

  // An Error of kind kAssertionLimit when the run has recorded as many as it may. Messages
  // are cut when the run has kept 4 MB of them; samples are dropped after 2 MB.
  // `weight` is for how many it counts among failures or passes.
  engine::Result<void> Add(Assertion assertion, int weight = 1);
  // The program's verdict on itself when it ends, such as a result that is not zero: one at most,
  // which no limit leaves out.
  void AddVerdict(Assertion assertion);

  // The greatest outcome; kOk for a run that asserted nothing.
  Status status() const { return status_; }
  // The first failure's message; without one the first warning's, else the last success's, else
  // nothing.
  std::optional<std::string> message() const;
  int failures() const { return failures_; }
  int passes() const { return passes_; }
  const std::vector<Assertion>& assertions() const { return assertions_; }
  std::vector<Assertion>& assertions() { return assertions_; }

 private:
  void Keep(Assertion assertion, int weight);

  size_t max_assertions_;
  std::vector<Assertion> assertions_;
  size_t message_bytes_ = 0;
  size_t sample_bytes_ = 0;
  Status status_ = Status::kOk;
  int failures_ = 0;
  int passes_ = 0;
};

}  // namespace pg_checker::assertions
