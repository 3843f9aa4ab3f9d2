// The commands of checkerctl. Each prints its result and returns the exit code; a Failure is
// complained about by main.
#pragma once

#include <optional>
#include <string>

#include "ctl/database.hpp"
#include "ctl/output.hpp"
#include "result.hpp"

namespace pg_checker::ctl {

inline constexpr int kExitOk = 0;
inline constexpr int kExitFailed = 1;

// Exit codes of `run`, as monitoring plugins have them.
inline constexpr int kRunOk = 0;
inline constexpr int kRunWarning = 1;
inline constexpr int kRunCritical = 2;
inline constexpr int kRunUnknown = 3;

// How many messages wait for the broker, and how the checkers are.
Result<int> Status(Database& database, Format format);

Result<int> List(Database& database, Format format);

// One checker, its latest runs, and what its last run found.
Result<int> Show(Database& database, Format format, const std::string& name);

// `input` and `params` are JSON texts.
Result<int> Run(Database& database, Format format, const std::string& name,
                const std::optional<std::string>& input, const std::optional<std::string>& params);

// Looks for what is missing between here and a working alarm. Connects by itself, since that is the
// first thing that may be wrong.
int Doctor(const std::string& dsn, Format format);

}  // namespace pg_checker::ctl
