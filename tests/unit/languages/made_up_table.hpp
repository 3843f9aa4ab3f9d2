// A dataset of made-up rows for languages: columns of numbers and texts, read in batches.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/dataset_reader.hpp"

namespace pg_checker::languages {

// Puts the value of `row` into column `column` of the batch's present row; false if it has no room.
using PutCell = std::function<bool(engine::Batch& batch, size_t column, int64_t row)>;

struct MadeUpColumn {
  engine::StreamColumn column;
  PutCell put;
};

class MadeUpTable : public engine::DatasetReader {
 public:
  MadeUpTable(std::vector<MadeUpColumn> columns, int64_t rows)
      : cells_(std::move(columns)), rows_(rows) {
    for (const MadeUpColumn& cell : cells_) columns_.push_back(cell.column);
  }
  const std::vector<engine::StreamColumn>& columns() const override { return columns_; }

  engine::Result<Progress> Fill(engine::Batch& batch) override {
    while (next_ < rows_ && !batch.full()) {
      for (size_t i = 0; i < cells_.size(); i++) {
        if (cells_[i].put(batch, i, next_)) continue;
        batch.AbandonRow();
        if (batch.rows() == 0) batch.NoteRowBytes(i, 1u << 20);
        return Progress::kMore;
      }
      batch.EndRow();
      ++next_;
    }
    return next_ < rows_ || batch.full() ? Progress::kMore : Progress::kEnded;
  }
  engine::Result<void> Close() override { return {}; }

 private:
  std::vector<MadeUpColumn> cells_;
  std::vector<engine::StreamColumn> columns_;
  int64_t rows_;
  int64_t next_ = 0;
};

// Columns of a kind: `make` gives the value of a row.
template <typename Number>
MadeUpColumn NumberColumn(std::string name, std::string format,
                          std::function<Number(int64_t)> make) {
  return {{std::move(name), std::move(format)},
          [make = std::move(make)](engine::Batch& batch, size_t column, int64_t row) {
            batch.PutFixed(column, make(row));
            return true;
          }};
}

// `make` may return null.
inline MadeUpColumn TextColumn(std::string name, std::string type,
                               std::function<const char*(int64_t)> make) {
  return {{std::move(name), "u", std::move(type)},
          [make = std::move(make)](engine::Batch& batch, size_t column, int64_t row) {
            const char* const text = make(row);
            if (text == nullptr) {
              batch.PutNull(column);
              return true;
            }
            return batch.PutBytes(column, text, std::string_view(text).size());
          }};
}

}  // namespace pg_checker::languages
