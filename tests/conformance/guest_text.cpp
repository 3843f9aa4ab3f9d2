#include "guest_text.hpp"

#include <wabt/binary-writer.h>
#include <wabt/error.h>
#include <wabt/stream.h>
#include <wabt/validator.h>
#include <wabt/wast-lexer.h>
#include <wabt/wast-parser.h>

#include <memory>
#include <stdexcept>

#include "offered_features.hpp"

namespace pg_checker::conformance {

namespace {

constexpr std::string_view kImports = R"(
(import "checker" "assert_row_count"
  (func $x.host_record (param i32 i32 i32 i64 i32 i32) (result i32)))
(import "checker" "now" (func $x.host_first_case (result i64)))
(import "checker" "dataset_open" (func $x.host_begin (param i32 i32) (result i32)))
)";

// The kinds are those of ValueKind.
constexpr std::string_view kRecording = R"(
(func $x.record (param $kind i32) (param $bits i64)
  (drop (call $x.host_record (i32.const 0) (i32.const 0) (local.get $kind) (local.get $bits)
                             (i32.const 0) (i32.const 0))))
(func $x.i32 (param i32) (call $x.record (i32.const 0) (i64.extend_i32_u (local.get 0))))
(func $x.i64 (param i64) (call $x.record (i32.const 1) (local.get 0)))
(func $x.exact_f32 (param f32)
  (call $x.record (i32.const 2) (i64.extend_i32_u (i32.reinterpret_f32 (local.get 0)))))
(func $x.exact_f64 (param f64)
  (call $x.record (i32.const 3) (i64.reinterpret_f64 (local.get 0))))
(func $x.plain_f32 (param f32) (result f32)
  (if (result f32) (f32.eq (local.get 0) (local.get 0))
    (then (local.get 0))
    (else (f32.reinterpret_i32 (select (i32.const 0x7fc00000) (i32.const 0x7fa00000)
      (i32.and (i32.reinterpret_f32 (local.get 0)) (i32.const 0x00400000)))))))
(func $x.plain_f64 (param f64) (result f64)
  (if (result f64) (f64.eq (local.get 0) (local.get 0))
    (then (local.get 0))
    (else (f64.reinterpret_i64 (select
      (i64.const 0x7ff8000000000000) (i64.const 0x7ff4000000000000)
      (i64.ne (i64.const 0)
        (i64.and (i64.reinterpret_f64 (local.get 0)) (i64.const 0x0008000000000000))))))))
(func $x.f32 (param f32) (call $x.exact_f32 (call $x.plain_f32 (local.get 0))))
(func $x.f64 (param f64) (call $x.exact_f64 (call $x.plain_f64 (local.get 0))))
(func $x.funcref (param funcref)
  (call $x.record (i32.const 4) (i64.extend_i32_u (ref.is_null (local.get 0)))))
(func $x.externref (param externref)
  (call $x.record (i32.const 4) (i64.extend_i32_u (ref.is_null (local.get 0)))))
)";

constexpr std::string_view kDriver = R"(
(func (export "check") (local $case i32)
  (local.set $case (i32.wrap_i64 (call $x.host_first_case)))
  (block $done (loop $next
    (br_if $done (i32.ge_u (local.get $case) (global.get $x.cases)))
    (call $x.record (i32.const 5) (i64.extend_i32_u (local.get $case)))
    (call $x.run (local.get $case))
    (local.set $case (i32.add (local.get $case) (i32.const 1)))
    (br $next))))
)";

std::string Constant(uint32_t value) { return "(i32.const " + std::to_string(value) + ")"; }

std::string FirstError(const wabt::Errors& errors) {
  if (errors.empty()) return "unknown error";
  return "line " + std::to_string(errors.front().loc.line) + ": " + errors.front().message;
}

}  // namespace

void GuestText::Add(std::string_view field) { fields_.append(field).append("\n"); }

void GuestText::AddCases(std::string_view name, uint32_t count,
                         std::function<std::string(uint32_t)> describe) {
  groups_.push_back({std::string(name), cases(), cases() + count, std::move(describe)});
}

std::string GuestText::Dispatch(size_t first, size_t last) const {
  if (last - first == 1) {
    const Group& group = groups_[first];
    return "(call " + group.name + " (i32.sub (local.get $case) " + Constant(group.begin) + "))";
  }
  const size_t middle = first + (last - first) / 2;
  return "(if (i32.lt_u (local.get $case) " + Constant(groups_[middle].begin) + ")\n(then " +
         Dispatch(first, middle) + ")\n(else " + Dispatch(middle, last) + "))";
}

std::string GuestText::Text() const {
  std::string text = "(module\n";
  text.append(kImports).append("(memory (export \"memory\") ").append(memory_).append(")\n");
  text.append(fields_).append(kRecording);
  text += "(global $x.cases i32 " + Constant(cases()) + ")\n";
  text += "(func $x.run (param $case i32) " + Dispatch(0, groups_.size()) + ")\n";
  text += kDriver;
  text += "(func (export \"checker_alloc\") (param i32 i32) (result i32) (local $i i32)\n" +
          state_ + "(i32.const 0))\n";
  text += "(func $x.start (drop (call $x.host_begin (i32.const 0) (i32.const 0)))\n" + start_ +
          ")\n(start $x.start)\n)\n";
  return text;
}

Guest GuestText::Assemble() const {
  Guest guest;
  guest.wasm = AssembleText(Text());
  guest.cases = cases();
  guest.describe_case = [groups = groups_](uint32_t number) {
    for (const Group& group : groups) {
      if (number < group.begin || number >= group.end) continue;
      const uint32_t inside = number - group.begin;
      return group.describe ? group.describe(inside)
                            : group.name + " case " + std::to_string(inside);
    }
    return "case " + std::to_string(number);
  };
  return guest;
}

std::string AssembleText(std::string_view text) {
  const wabt::Features features = OfferedFeatures();
  wabt::Errors errors;
  auto lexer = wabt::WastLexer::CreateBufferLexer("guest", text.data(), text.size(), &errors);
  std::unique_ptr<wabt::Module> module;
  wabt::WastParseOptions parse_options(features);
  const wabt::ValidateOptions validate_options(features);
  if (wabt::Failed(wabt::ParseWatModule(lexer.get(), &module, &errors, &parse_options)) ||
      wabt::Failed(wabt::ValidateModule(module.get(), &errors, validate_options))) {
    throw std::runtime_error("the guest's text does not assemble: " + FirstError(errors));
  }
  wabt::MemoryStream stream;
  const wabt::WriteBinaryOptions write_options(features, /*canonicalize_lebs=*/true,
                                               /*relocatable=*/false, /*write_debug_names=*/false);
  if (wabt::Failed(wabt::WriteBinaryModule(&stream, module.get(), write_options))) {
    throw std::runtime_error("the guest's binary form could not be written");
  }
  const auto& bytes = stream.output_buffer().data;
  return std::string(bytes.begin(), bytes.end());
}

}  // namespace pg_checker::conformance
