#include "operand_memory.hpp"

#include <cstdio>

#include "operands.hpp"

namespace pg_checker::conformance {

uint32_t BytesOf(wabt::Type type) {
  return type == wabt::Type::I32 || type == wabt::Type::F32 ? 4 : 8;
}

void OperandMemory::Add(std::string_view name, wabt::Type type,
                        const std::vector<uint64_t>& values) {
  const uint32_t bytes = BytesOf(type);
  std::string data;
  for (const uint64_t value : values) {
    for (uint32_t byte = 0; byte < bytes; ++byte) {
      data += static_cast<char>(value >> 8 * byte & 0xff);
    }
  }
  const std::string begin = std::to_string(end_);
  const std::string type_name = TypeText(type);
  text_.Add("(data (i32.const " + begin + ") " + DataText(data) + ")");
  text_.Add("(func $" + std::string(name) + "." + type_name + " (param i32) (result " + type_name +
            ") (" + type_name + ".load offset=" + begin + " (i32.mul (local.get 0) (i32.const " +
            std::to_string(bytes) + "))))");
  end_ += (data.size() + 7) / 8 * 8;
}

std::string Operand(std::string_view table, wabt::Type type, std::string_view index) {
  return "(call $" + std::string(table) + "." + TypeText(type) + " " + std::string(index) + ")";
}

std::string DataText(std::string_view bytes) {
  std::string text = "\"";
  char escape[8];
  for (const char byte : bytes) {
    snprintf(escape, sizeof(escape), "\\%02x", static_cast<unsigned>(static_cast<uint8_t>(byte)));
    text += escape;
  }
  return text + "\"";
}

}  // namespace pg_checker::conformance
