#include "assertions/report.hpp"

#include <algorithm>

#include "engine/utf8.hpp"

namespace pg_checker::assertions {

namespace {

// Messages may be long (a guest may tell its whole dataset), but a thousand of a guest's whole
// memory would not fit into the server's: so much for all of a run, and then so much each.
constexpr size_t kMessagesLimitBytes = 4 * 1024 * 1024;
constexpr size_t kShortMessageBytes = 8192;

// Of all samples of a run; those that would go beyond are left out.
constexpr size_t kSamplesLimitBytes = 2 * 1024 * 1024;

}  // namespace

engine::Result<void> Report::Add(Assertion assertion, int weight) {
  if (assertions_.size() >= max_assertions_) {
    return engine::Error{
        engine::ErrorKind::kAssertionLimit,
        "more than " + std::to_string(max_assertions_) + " assertions in one run", "",
        "Assert on datasets as a whole rather than row by row, or raise checker.max_assertions."};
  }
  Keep(std::move(assertion), weight);
  return {};
}

void Report::AddVerdict(Assertion assertion) { Keep(std::move(assertion), 1); }

void Report::Keep(Assertion assertion, int weight) {
  status_ = std::max(status_, assertion.outcome);
  if (assertion.outcome == Status::kFail) failures_ += weight;
  if (assertion.outcome == Status::kOk) passes_ += weight;
  if (assertion.message) {
    const size_t left = kMessagesLimitBytes - std::min(kMessagesLimitBytes, message_bytes_);
    assertion.message = engine::Shortened(*assertion.message, std::max(left, kShortMessageBytes));
    message_bytes_ += assertion.message->size();
  }
  if (assertion.sample) {
    if (assertion.sample->size() > kSamplesLimitBytes - sample_bytes_) {
      assertion.sample.reset();
    } else {
      sample_bytes_ += assertion.sample->size();
    }
  }
  assertions_.push_back(std::move(assertion));
}

std::optional<std::string> Report::message() const {
  for (Status wanted : {Status::kFail, Status::kWarn}) {
    for (const Assertion& assertion : assertions_) {
      if (assertion.outcome == wanted) return assertion.message;
    }
  }
  if (assertions_.empty()) return std::nullopt;
  return assertions_.back().message;
}

}  // namespace pg_checker::assertions
