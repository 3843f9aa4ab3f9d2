// A dataset read in batches: a portal of which each batch runs as many rows as it has room for,
// straight into the guest's memory. Nothing is stored in between.
#pragma once

#include <vector>

#include "engine/dataset_reader.hpp"
#include "postgres/arrow_column.hpp"
#include "postgres/dataset_section.hpp"
#include "postgres/evaluation.hpp"

namespace pg_checker::postgres {

// What a reader needs of the run that it belongs to; all of it outlives the reader.
struct PortalSurroundings {
  const Dataset& dataset;
  const JsonMembers& params;  // merged
  const Deadline& deadline;
  ScanFailure& failure;
  DatasetFacts& facts;  // kept up to date
};

class DatasetPortal : public engine::DatasetReader {
 public:
  // Plans the query and starts it, under the active snapshot. Rows are read from now on.
  static engine::Result<std::unique_ptr<engine::DatasetReader>> Open(
      const PortalSurroundings& surroundings);

  explicit DatasetPortal(const PortalSurroundings& surroundings) : run_(surroundings) {}
  const std::vector<engine::StreamColumn>& columns() const override { return columns_; }
  engine::Result<Progress> Fill(engine::Batch& batch) override;
  engine::Result<void> Close() override;

 private:
  // The executor's receiver. Plain data: errors of the server jump over its methods.
  struct Receiver {
    DestReceiver base;
    DatasetPortal* portal;
    engine::Batch* batch;
    bool stopped;
  };
  static bool ReceiveSlot(TupleTableSlot* slot, DestReceiver* self);

  template <typename Body>
  engine::Result<void> Section(Body&& body) {
    return InDatasetSection(run_.dataset, &run_.params, &run_.deadline, &run_.failure, body);
  }
  bool Append(engine::Batch& batch, TupleTableSlot* slot);
  void NoteLengths(engine::Batch& batch, TupleTableSlot* slot);

  PortalSurroundings run_;
  // Of the portal; it is looked up each time, because an error may have taken it away.
  std::string name_;
  std::vector<engine::StreamColumn> columns_;
  std::vector<ArrowColumn> conversions_;
  MemoryContext row_context_ = nullptr;
  // A row for which the last batch had no room. The executor keeps it until it is asked for the
  // next.
  TupleTableSlot* waiting_ = nullptr;
  uint64_t rows_ = 0;
};

}  // namespace pg_checker::postgres
