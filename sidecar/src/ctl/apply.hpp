// Brings the server to what definition files say, in one transaction: all of it, or nothing.
#pragma once

#include <string>

#include "ctl/database.hpp"
#include "ctl/output.hpp"
#include "definitions/definition.hpp"

namespace pg_checker::ctl {

struct ApplyOptions {
  bool dry_run = false;
  // Drops what the server has, in namespaces that the files speak of, and the files have not.
  bool prune = false;
  // Runs the test cases of what is new or changed first; one that fails refuses all.
  bool test = false;
};

// Shows the plan, then carries it out. Returns the exit code.
Result<int> Apply(Database& database, Format format, const definitions::Definitions& wanted,
                  const ApplyOptions& options);

// Exit codes of `diff`, as diff has them.
inline constexpr int kDiffSame = 0;
inline constexpr int kDiffFailed = 1;
inline constexpr int kDiffDifferent = 2;

// Shows what Apply would change, and changes nothing.
Result<int> Diff(Database& database, Format format, const definitions::Definitions& wanted,
                 bool prune);

}  // namespace pg_checker::ctl
