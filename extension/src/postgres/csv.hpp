// Rows as CSV the way COPY … CSV HEADER writes it: header line, LF, RFC 4180 quoting, NULL empty,
// "" an empty string.
#pragma once

#include "postgres/dataset_scan.hpp"

namespace pg_checker::postgres {

// Collects a scan as CSV, up to a limit in bytes.
class CsvVisitor : public RowVisitor {
 public:
  explicit CsvVisitor(uint64_t limit_bytes) : limit_bytes_(limit_bytes) {}

  void Begin(TupleDesc columns) override;
  bool Row(TupleTableSlot* slot) override;

  bool over_limit() const { return too_long_ || out_.size() > limit_bytes_; }
  uint64_t rows() const { return rows_; }
  std::string Take() { return std::move(out_); }

 private:
  uint64_t limit_bytes_;
  uint64_t rows_ = 0;
  std::string out_;
  bool too_long_ = false;  // a value is longer than what is left
  std::vector<FmgrInfo> output_functions_;
  std::vector<bool> shows_every_byte_;
  MemoryContext row_context_ = nullptr;
};

}  // namespace pg_checker::postgres
