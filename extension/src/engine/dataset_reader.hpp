// A dataset that is being read batch by batch: what a host hands to the engine for dataset_open.
#pragma once

#include <string>
#include <vector>

#include "engine/batch.hpp"
#include "engine/result.hpp"

namespace pg_checker::engine {

struct StreamColumn {
  std::string name;    // UTF-8 without NUL
  std::string format;  // an Arrow format string that LayoutOfFormat knows
  std::string type{};  // the SQL type, as "jsonb" or "integer[]"; empty where there is none
};

// Belongs to the run that opened it, and is closed before the run ends. Methods keep to the rules
// of Host: they return, never throw and never longjmp past their caller.
class DatasetReader {
 public:
  virtual ~DatasetReader() = default;

  // The same for its whole life.
  virtual const std::vector<StreamColumn>& columns() const = 0;

  enum class Progress {
    kMore,   // the batch is full, or the next row did not fit into it and waits
    kEnded,  // there are no more rows
  };
  // Appends the next rows. If not even the first one fits, leaves the batch empty with the lengths
  // of that row noted (Batch::NoteRowBytes), and says kMore. Not called after kEnded.
  virtual Result<Progress> Fill(Batch& batch) = 0;

  // Gives its resources back. Called once, at the latest when the run ends.
  virtual Result<void> Close() = 0;
};

}  // namespace pg_checker::engine
