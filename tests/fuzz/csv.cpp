// Rows as CSV, read back by RFC 4180's rules. The input is values, each ended by a byte 0 (the
// value itself), 1 (NULL) or 2 (the last of its row).
#include <cstddef>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "engine/csv_value.hpp"

namespace {

using Row = std::vector<std::optional<std::string>>;

std::vector<Row> RowsOf(std::string_view bytes) {
  std::vector<Row> rows(1);
  std::string value;
  for (const char byte : bytes) {
    if (byte > 2 || byte < 0) {
      value += byte;
      continue;
    }
    if (byte == 1) {
      rows.back().push_back(std::nullopt);
    } else {
      rows.back().push_back(value);
    }
    value.clear();
    if (byte == 2) rows.emplace_back();
  }
  rows.back().push_back(value);
  return rows;
}

std::string Write(const std::vector<Row>& rows) {
  std::string csv;
  for (const Row& row : rows) {
    for (size_t i = 0; i < row.size(); ++i) {
      if (i > 0) csv += ',';
      if (row[i].has_value()) pg_checker::engine::AppendCsvValue(csv, *row[i], row.size() == 1);
    }
    csv += '\n';
  }
  return csv;
}

class Reader {
 public:
  explicit Reader(std::string_view csv) : csv_(csv) {}

  std::vector<Row> Read() {
    std::vector<Row> rows;
    while (at_ < csv_.size()) {
      Row row;
      do {
        row.push_back(Value());
      } while (Next() == ',');
      rows.push_back(row);
    }
    return rows;
  }

 private:
  // The separator behind a value.
  char Next() {
    if (at_ == csv_.size()) throw std::logic_error("ends within a line");
    const char next = csv_[at_++];
    if (next != ',' && next != '\n') throw std::logic_error("no separator behind a quote");
    return next;
  }

  std::optional<std::string> Value() {
    std::string value;
    const size_t begin = at_;
    if (at_ < csv_.size() && csv_[at_] == '"') {
      for (++at_;; ++at_) {
        if (at_ >= csv_.size()) throw std::logic_error("a quote is not closed");
        if (csv_[at_] != '"') {
          value += csv_[at_];
        } else if (at_ + 1 < csv_.size() && csv_[at_ + 1] == '"') {
          value += csv_[at_++];
        } else {
          ++at_;
          return value;
        }
      }
    }
    while (at_ < csv_.size() && csv_[at_] != ',' && csv_[at_] != '\n') value += csv_[at_++];
    if (value.find_first_of("\"\r") != std::string::npos)
      throw std::logic_error("a quote or carriage return that is not quoted");
    const bool has_line = (begin == 0 || csv_[begin - 1] == '\n') && csv_[at_] == '\n';
    if (has_line && value == "\\.") throw std::logic_error("a line that COPY takes for the end");
    if (value.empty()) return std::nullopt;
    return value;
  }

  std::string_view csv_;
  size_t at_ = 0;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::vector<Row> rows = RowsOf({reinterpret_cast<const char*>(data), size});
  const std::string csv = Write(rows);
  if (Reader(csv).Read() != rows) throw std::logic_error("what was read is not what was written");
  return 0;
}
