#include "probe.hpp"

#include <cstring>

#include "guest.hpp"

namespace pg_checker::engine {

namespace {

constexpr uint32_t kArguments = 512;
constexpr uint32_t kArgumentBytes = 128;
constexpr uint32_t kResults = 640;

std::string TypeName(char letter) { return letter == 'I' ? "i64" : "i32"; }

// "(<word> <rest>)"
std::string Form(std::string_view word, std::string_view rest) {
  std::string form(1, '(');
  form.append(word).append(1, ' ').append(rest).append(1, ')');
  return form;
}

// The address of slot `index` of those that start at `base`, as a constant.
std::string SlotAt(uint32_t base, size_t index) {
  return Form("i32.const", std::to_string(base + index * sizeof(uint64_t)));
}

std::string ModuleText(std::string_view module, std::string_view name, std::string_view type,
                       std::string_view more, std::string_view memory) {
  const size_t colon = type.find(':');
  const std::string_view params = type.substr(0, colon);
  const std::string_view results = type.substr(colon + 1);
  std::string signature;
  std::string arguments;
  for (size_t i = 0; i < params.size(); ++i) {
    const std::string type_name = TypeName(params[i]);
    signature += Form("param", type_name);
    arguments += Form(type_name + ".load", SlotAt(kArguments, i));
  }
  std::string locals;
  std::string stores;
  for (size_t i = 0; i < results.size(); ++i) {
    const std::string type_name = TypeName(results[i]);
    const std::string local = std::string("$result").append(std::to_string(i));
    signature += Form("result", type_name);
    locals += Form("local", std::string(local).append(1, ' ').append(type_name));
    stores += Form(type_name + ".store", SlotAt(kResults, i).append(Form("local.get", local)));
  }
  // The last result is on top of the stack: taken first.
  std::string takes;
  for (size_t i = results.size(); i > 0; --i) {
    takes.append("local.set $result").append(std::to_string(i - 1)).append(1, ' ');
  }
  std::string text = R"((module
    (import "wasi_snapshot_preview1" "fd_read"
      (func $read (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_write"
      (func $write (param i32 i32 i32 i32) (result i32)))
    (import ")";
  text += module;
  text += "\" \"";
  text += name;
  text += "\" (func $target " + signature + "))\n";
  text += memory;
  text += more;
  text += R"(
    (data (i32.const 0) "\00\02\00\00\80\00\00\00" "\00\04\00\00\00\10\00\00")
    (data (i32.const 16) "\80\02\00\00\10\00\00\00" "\00\04\00\00\00\10\00\00")
    (func (export "check") )";
  text += locals;
  text += "(drop (call $read (i32.const 0) (i32.const 0) (i32.const 2) (i32.const 32)))\n";
  text += arguments + " call $target " + takes + "\n" + stores;
  text += "(drop (call $write (i32.const 1) (i32.const 16) (i32.const 2) (i32.const 36)))))";
  return text;
}

}  // namespace

Probe::Probe(std::string_view module, std::string_view name, std::string_view type,
             std::string_view more, std::string_view memory)
    : module_(Guest(ModuleText(module, name, type, more, memory))) {}

uint32_t Probe::Reply::Word(uint32_t pointer) const {
  uint32_t word = 0;
  std::memcpy(&word, memory.data() + (pointer - kContent), sizeof(word));
  return word;
}

uint64_t Probe::Reply::Long(uint32_t pointer) const {
  uint64_t word = 0;
  std::memcpy(&word, memory.data() + (pointer - kContent), sizeof(word));
  return word;
}

Probe::Reply Probe::Call(Host& host, const std::vector<uint64_t>& arguments,
                         std::string_view content, RunOptions options,
                         std::string_view rest_of_input) {
  std::string input(kArgumentBytes + kContentBytes, '\0');
  input.replace(0, arguments.size() * sizeof(uint64_t),
                reinterpret_cast<const char*>(arguments.data()),
                arguments.size() * sizeof(uint64_t));
  input.replace(kArgumentBytes, content.size(), content);
  input += rest_of_input;
  options.input = input;
  if (options.limits.stack_limit == nullptr) {
    options.limits.stack_limit = Options().limits.stack_limit;
  }
  Reply reply;
  reply.report = RunGuest(*module_, host, options);
  const std::string& output = reply.report.standard_output;
  constexpr size_t kResultBytes = 16;
  if (output.size() >= kResultBytes + kContentBytes) {
    // A function under test that writes to stdout itself has written before.
    const size_t start = output.size() - kResultBytes - kContentBytes;
    std::memcpy(reply.results, output.data() + start, kResultBytes);
    reply.memory = output.substr(start + kResultBytes);
  }
  return reply;
}

}  // namespace pg_checker::engine
