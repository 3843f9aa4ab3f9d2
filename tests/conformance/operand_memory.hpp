// Tables of operands in a guest's memory, so that the compiler does not know them.
#pragma once

#include <wabt/type.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "guest_text.hpp"

namespace pg_checker::conformance {

uint32_t BytesOf(wabt::Type type);

class OperandMemory {
 public:
  // Places the tables from address 0 on. `text` must live as long.
  explicit OperandMemory(GuestText& text) : text_(text) {}

  // Adds a table, and the function that reads it: $<name>.<type>(index).
  void Add(std::string_view name, wabt::Type type, const std::vector<uint64_t>& values);

 private:
  GuestText& text_;
  uint64_t end_ = 0;
};

// The instruction that reads a table: `index` is an i32 instruction.
std::string Operand(std::string_view table, wabt::Type type, std::string_view index);

// `bytes` for the text of a data segment, quotes included.
std::string DataText(std::string_view bytes);

}  // namespace pg_checker::conformance
