#include "compile/translation.hpp"

#include <wabt/apply-names.h>
#include <wabt/c-writer.h>
#include <wabt/generate-names.h>
#include <wabt/stream.h>

#include <memory>

#include "compile/embedded_text.hpp"
#include "compile/instruction_census.hpp"
#include "compile/instrumentation.hpp"
#include "compile/module_glue.hpp"
#include "compile/module_interface.hpp"
#include "compile/module_reader.hpp"

namespace pg_checker::compile {
namespace {

std::string_view Text(const wabt::MemoryStream& stream) {
  const auto& data = const_cast<wabt::MemoryStream&>(stream).output_buffer().data;
  return {reinterpret_cast<const char*>(data.data()), data.size()};
}

// The glue has it: the host calls it when the instance is complete.
void TakeStartAway(wabt::Module& module) { module.starts.clear(); }

// WABT's naming pass looks up table or memory 0 for every segment, though passive and declared ones
// need none: such a module gets an empty one, which nothing can reach.
void CompleteForSegments(wabt::Module& module) {
  if (module.tables.empty() && !module.elem_segments.empty()) {
    auto field = std::make_unique<wabt::TableModuleField>();
    field->table.elem_limits = wabt::Limits(0, 0);
    field->table.elem_type = wabt::Type::FuncRef;
    module.AppendField(std::move(field));
  }
  if (module.memories.empty() && !module.data_segments.empty()) {
    auto field = std::make_unique<wabt::MemoryModuleField>();
    field->memory.page_limits = wabt::Limits(0, 0);
    module.AppendField(std::move(field));
  }
}

// wasm2c puts names of imports and exports into comments without escaping them, so a module could
// write C of its own. Import names become ours, exports go (the glue calls functions by number),
// and the reader took no others.
void TakeNamesAway(wabt::Module& module) {
  for (size_t index = 0; index < module.imports.size(); ++index) {
    module.imports[index]->module_name = "h";
    module.imports[index]->field_name = "i" + std::to_string(index);
  }
  module.exports.clear();
  module.export_bindings.clear();
}

}  // namespace

Failure ModuleTooLarge(uint64_t bytes, uint64_t limit_bytes) {
  return Failure{
      FailureKind::kModuleTooLarge,
      "module has " + std::to_string(bytes) + " bytes, the limit is " + std::to_string(limit_bytes),
      {},
      "Build it for size and strip debug information, or raise checker.module_size_limit."};
}

Outcome<Translation> Translate(std::string_view source, SourceFormat format, ModuleKind kind,
                               uint64_t module_limit_bytes) {
  Translation translation;
  if (format == SourceFormat::kWat) {
    Outcome<std::string> assembled = AssembleText(source);
    if (!assembled.ok()) return assembled.failure();
    translation.wasm = std::move(*assembled);
    source = translation.wasm;
  }
  if (source.size() > module_limit_bytes) return ModuleTooLarge(source.size(), module_limit_bytes);
  Outcome<std::unique_ptr<wabt::Module>> read = ReadModule(source);
  if (!read.ok()) return read.failure();
  wabt::Module& module = **read;
  Outcome<ModuleInterface> interface = CheckInterface(module, kind);
  if (!interface.ok()) return interface.failure();

  TakeNamesAway(module);
  TakeStartAway(module);
  CompleteForSegments(module);
  wabt::MemoryStream c_stream, h_stream;
  wabt::WriteCOptions options;
  options.module_name = "m";
  if (wabt::Failed(wabt::GenerateNames(&module)) || wabt::Failed(wabt::ApplyNames(&module)) ||
      wabt::Failed(wabt::WriteC(&c_stream, &h_stream, "m.h", &module, options))) {
    return Failure{FailureKind::kCompileFailed, "the module could not be translated to C"};
  }
  Outcome<std::string> header = InstrumentHeader(Text(h_stream));
  if (!header.ok()) return header.failure();
  Outcome<std::string> body =
      InstrumentSource(Text(c_stream), TakeCensus(module), TypeNumbers(module),
                       !module.memories.empty(), kRuntimeBulkText);
  if (!body.ok()) return body.failure();
  translation.c.append(kGuestRuntimeText).append(kRuntimePreludeText);
  translation.c.append(*header).append(*body).append(WriteGlue(module, *interface));
  return translation;
}

}  // namespace pg_checker::compile
