#include "compile/module_structure.hpp"

#include <wabt/binary-reader-nop.h>
#include <wabt/binary-reader.h>
#include <wabt/binary.h>
#include <wabt/cast.h>

#include <string>

#include "compile/utf8.hpp"

namespace pg_checker::compile {
namespace {

constexpr size_t kHeaderBytes = 8;

Failure Malformed(const std::string& what, uint64_t offset) {
  Failure failure{FailureKind::kInvalidModule, "not a valid WebAssembly module: " + what +
                                                   " at byte offset " + std::to_string(offset)};
  failure.offset = offset;
  return failure;
}

// An unsigned LEB128 of 32 bits at `at`, which moves behind it; nothing if it is cut or too long.
std::optional<uint32_t> ReadLeb(std::string_view wasm, size_t end, size_t& at) {
  constexpr unsigned kBits = 32;
  uint64_t number = 0;
  for (unsigned shift = 0; at < end && shift < kBits; shift += 7) {
    const auto byte = static_cast<unsigned char>(wasm[at++]);
    number |= uint64_t{byte & 0x7Fu} << shift;
    if ((byte & 0x80) == 0)
      return number >> kBits == 0 ? std::optional(static_cast<uint32_t>(number)) : std::nullopt;
  }
  return std::nullopt;
}

// A custom section's name: a length, and so many bytes of UTF-8.
std::optional<Failure> CheckCustomSection(std::string_view wasm, size_t at, size_t end) {
  const size_t begin = at;
  const std::optional<uint32_t> length = ReadLeb(wasm, end, at);
  if (!length || *length > end - at) return Malformed("custom section without a name", begin);
  const std::string_view name = wasm.substr(at, *length);
  if (const size_t invalid = FirstInvalidUtf8(name); invalid != name.npos)
    return Malformed("name of a custom section that is not UTF-8", at + invalid);
  return std::nullopt;
}

std::optional<Failure> CheckCustomSections(std::string_view wasm) {
  for (size_t at = kHeaderBytes; at < wasm.size();) {
    const bool custom = wasm[at++] == 0;
    const std::optional<uint32_t> size = ReadLeb(wasm, wasm.size(), at);
    if (!size || *size > wasm.size() - at) return Malformed("section without an end", at);
    if (custom) {
      if (auto failure = CheckCustomSection(wasm, at, at + *size)) return failure;
    }
    at += *size;
  }
  return std::nullopt;
}

// Follows the blocks of each function. The reader itself sees to it only that a function's last
// instruction is an `end`.
class Nesting : public wabt::BinaryReaderNop {
 public:
  wabt::Result BeginFunctionBody(wabt::Index, wabt::Offset) override {
    depth_ = 1;
    return wabt::Result::Ok;
  }
  wabt::Result OnOpcode(wabt::Opcode) override {
    // Constant expressions have opcodes too, outside of bodies.
    if (in_code_ && depth_ == 0) return Fail("instruction behind the end of a function");
    return wabt::Result::Ok;
  }
  wabt::Result BeginCodeSection(wabt::Offset) override {
    in_code_ = true;
    return wabt::Result::Ok;
  }
  wabt::Result EndCodeSection() override {
    in_code_ = false;
    return wabt::Result::Ok;
  }
  wabt::Result OnBlockExpr(wabt::Type) override { return Open(); }
  wabt::Result OnLoopExpr(wabt::Type) override { return Open(); }
  wabt::Result OnIfExpr(wabt::Type) override { return Open(); }
  wabt::Result OnEndExpr() override {
    --depth_;
    return wabt::Result::Ok;
  }
  wabt::Result EndFunctionBody(wabt::Index) override {
    if (depth_ != 0) return Fail("function without its end");
    return wabt::Result::Ok;
  }

  const std::optional<Failure>& failure() const { return failure_; }

 private:
  wabt::Result Open() {
    ++depth_;
    return wabt::Result::Ok;
  }
  wabt::Result Fail(const char* what) {
    if (!failure_) failure_ = Malformed(what, state->offset);
    return wabt::Result::Error;
  }

  bool in_code_ = false;
  int64_t depth_ = 0;
  std::optional<Failure> failure_;
};

Failure NotOneConstant(const std::string& what) {
  return Failure{FailureKind::kInvalidModule,
                 "not a valid WebAssembly module: " + what + " is not one constant instruction"};
}

}  // namespace

std::optional<Failure> CheckBinaryStructure(std::string_view wasm) {
  if (auto failure = CheckCustomSections(wasm)) return failure;
  Nesting nesting;
  const wabt::ReadBinaryOptions options(wabt::Features(), /*log_stream=*/nullptr,
                                        /*read_debug_names=*/false,
                                        /*stop_on_first_error=*/true,
                                        /*fail_on_custom_section_error=*/false);
  (void)wabt::ReadBinary(wasm.data(), wasm.size(), &nesting, options);
  return nesting.failure();
}

std::optional<Failure> CheckConstants(const wabt::Module& module) {
  for (size_t i = 0; i < module.globals.size(); ++i) {
    const bool defined = i >= module.num_global_imports;
    if (defined && module.globals[i]->init_expr.size() != 1)
      return NotOneConstant("value of global " + std::to_string(i));
  }
  for (size_t i = 0; i < module.data_segments.size(); ++i) {
    const wabt::DataSegment& segment = *module.data_segments[i];
    if (segment.kind == wabt::SegmentKind::Active && segment.offset.size() != 1)
      return NotOneConstant("offset of data segment " + std::to_string(i));
  }
  for (size_t i = 0; i < module.elem_segments.size(); ++i) {
    const wabt::ElemSegment& segment = *module.elem_segments[i];
    if (segment.kind == wabt::SegmentKind::Active && segment.offset.size() != 1)
      return NotOneConstant("offset of element segment " + std::to_string(i));
  }
  return std::nullopt;
}

}  // namespace pg_checker::compile
