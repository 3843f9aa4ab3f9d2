// Boundary tables: guests whose cases try instructions on the operands where implementations err.
// Each table says for which instructions it has cases, so that a test can name one that has none.
#pragma once

#include <wabt/opcode.h>

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "guest_text.hpp"

namespace pg_checker::conformance {

class BoundaryTable {
 public:
  explicit BoundaryTable(std::string name) : name_(std::move(name)) {}

  // Adds function `name`, which is `body` with the parameter $k, and `count` cases that call it
  // with 0 to count - 1. Throws std::logic_error if `body` does not have all of `instructions`.
  void Try(std::initializer_list<std::string_view> instructions, std::string_view name,
           uint32_t count, std::string_view body,
           std::function<std::string(uint32_t)> describe = nullptr);

  const std::string& name() const { return name_; }
  GuestText& text() { return text_; }
  const GuestText& text() const { return text_; }
  const std::set<std::string>& instructions() const { return instructions_; }

 private:
  std::string name_;
  GuestText text_;
  std::set<std::string> instructions_;
};

// All that the engine's features offer.
std::vector<wabt::Opcode> OfferedInstructions();
// Of these, those that compute numbers from one or two numbers.
std::vector<wabt::Opcode> NumericInstructions();

// Instructions that run arm $k of `arms`, found by halving.
std::string Choose(const std::vector<std::string>& arms);

// The tables, one group a file.
std::vector<BoundaryTable> NumericTables();
std::vector<BoundaryTable> ExpressionTables();
std::vector<BoundaryTable> MemoryTables();
std::vector<BoundaryTable> BulkMemoryTables();
std::vector<BoundaryTable> TableTables();
std::vector<BoundaryTable> ControlTables();
std::vector<BoundaryTable> SizeTables();

std::vector<BoundaryTable> AllBoundaryTables();

}  // namespace pg_checker::conformance
