// What surrounds every call into a dataset's query: a nested subtransaction, its owner as user, the
// search_path of its creation, output formats that do not depend on the session, the parameters
// that checker.param answers from, and the deadline's right to cancel.
//
// All of it ends with the call, because guests go on afterwards and may have several datasets open.
#pragma once

#include "engine/result.hpp"
#include "postgres/dataset.hpp"
#include "postgres/deadline.hpp"
#include "postgres/server.hpp"

namespace pg_checker::postgres {

// What a failed section left: either an error of the checker's (recorded), or one to be raised
// again after the run has unwound, kept here.
struct ScanFailure {
  ErrorData* rethrown = nullptr;
};

// Calls `body(argument)` there, connected to SPI. It may ereport, and keeps to the rules of Catch.
// `params` are the merged parameters; `deadline` may be null. Returns an Error of kind kTimeout for
// the deadline, kDataset for an error of the query, kStopped with failure->rethrown set for what no
// checker may swallow.
engine::Result<void> RunInDatasetSection(const Dataset& dataset, const JsonMembers* params,
                                         const Deadline* deadline, ScanFailure* failure,
                                         void (*body)(void*), void* argument);

// Whether a failure is one of the server's own making (class XX), which a plan of an earlier run
// may have caused.
bool IsInternal(const ScanFailure& failure);

template <typename Body>
engine::Result<void> InDatasetSection(const Dataset& dataset, const JsonMembers* params,
                                      const Deadline* deadline, ScanFailure* failure, Body&& body) {
  return RunInDatasetSection(
      dataset, params, deadline, failure,
      [](void* argument) { (*static_cast<std::remove_reference_t<Body>*>(argument))(); }, &body);
}

}  // namespace pg_checker::postgres
