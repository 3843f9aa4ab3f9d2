// A dataset read once and kept: in memory, or in temporary files beyond work_mem. For rules that
// need the rows of a dataset more than once, or those of another one beside their own.
#pragma once

#include "postgres/dataset_scan.hpp"

namespace pg_checker::postgres {

// A visitor that keeps what it sees. It belongs to the subtransaction in which it is made, and ends
// with it at the latest.
class Spool : public RowVisitor {
 public:
  Spool() : context_(CurrentMemoryContext), owner_(CurrentResourceOwner) {}
  ~Spool() override = default;
  Spool(const Spool&) = delete;
  Spool& operator=(const Spool&) = delete;

  void Begin(TupleDesc columns) override;
  bool Row(TupleTableSlot* slot) override;

  TupleDesc columns() const { return columns_; }
  uint64_t rows() const { return rows_; }

  // Shows all rows, or as many as it wants, to another visitor. May raise and throw as a scan does.
  void Replay(RowVisitor& visitor);
  // Makes the rows a relation of that name for the queries of the current SPI connection. Raises.
  void Register(const char* name);
  // Frees the rows.
  void Discard();

 private:
  MemoryContext context_;
  ResourceOwner owner_;
  TupleDesc columns_ = nullptr;
  Tuplestorestate* store_ = nullptr;
  uint64_t rows_ = 0;
};

}  // namespace pg_checker::postgres
