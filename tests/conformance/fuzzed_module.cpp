#include "fuzzed_module.hpp"

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>
#include <wabt/binary-reader-ir.h>
#include <wabt/binary-reader.h>
#include <wabt/error.h>
#include <wabt/ir.h>
#include <wabt/validator.h>

#include <cerrno>
#include <fstream>
#include <random>
#include <stdexcept>
#include <string_view>
#include <vector>

#include "guest.hpp"
#include "offered_features.hpp"

namespace pg_checker::conformance {

namespace {

// What comes of more bytes than that takes seconds to compile and shows nothing new.
constexpr uint64_t kFewestBytes = 200;
constexpr uint64_t kMostBytes = 40'000;

// One seed in four tries references. Binaryen 108 takes them for those of the proposal for typed
// references, so most of those modules are not valid here, and the seed draws again.
constexpr uint64_t kSeedsPerReferences = 4;
constexpr int kMostDraws = 200;

std::string RandomBytes(std::mt19937_64& random) {
  std::string bytes(kFewestBytes + random() % (kMostBytes - kFewestBytes + 1), '\0');
  for (char& byte : bytes) byte = static_cast<char>(random());
  return bytes;
}

void RunWasmOpt(const std::string& input, bool references, const std::string& output) {
  std::vector<std::string> words = {WASM_OPT,
                                    input,
                                    "--quiet",
                                    "--translate-to-fuzz",
                                    "--mvp-features",
                                    "--enable-sign-ext",
                                    "--enable-nontrapping-float-to-int",
                                    "--enable-mutable-globals",
                                    "--enable-bulk-memory",
                                    "--enable-multivalue",
                                    "--output",
                                    output};
  if (references) words.emplace_back("--enable-reference-types");
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  pid_t child = 0;
  if (posix_spawn(&child, WASM_OPT, nullptr, nullptr, arguments.data(), environ) != 0) {
    throw std::runtime_error("cannot start " WASM_OPT);
  }
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    throw std::runtime_error("wasm-opt did not make a module of " + input);
  }
}

std::string MakeModule(const std::string& bytes, bool references) {
  const engine::TemporaryFolder folder;
  const std::string input = folder.path() + "/bytes";
  const std::string output = folder.path() + "/fuzzed.wasm";
  std::ofstream(input, std::ios::binary) << bytes;
  RunWasmOpt(input, references, output);
  return engine::ReadFile(output);
}

bool IsValid(std::string_view wasm) {
  wabt::Errors errors;
  wabt::Module module;
  const wabt::ReadBinaryOptions options(OfferedFeatures(), nullptr, /*read_debug_names=*/false,
                                        /*stop_on_first_error=*/true,
                                        /*fail_on_custom_section_error=*/false);
  return wabt::Succeeded(
             wabt::ReadBinaryIr("fuzzed", wasm.data(), wasm.size(), options, &errors, &module)) &&
         wabt::Succeeded(
             wabt::ValidateModule(&module, &errors, wabt::ValidateOptions(OfferedFeatures())));
}

}  // namespace

std::string FuzzedModule(uint64_t seed) {
  std::mt19937_64 random(seed);
  const bool references = seed % kSeedsPerReferences == 0;
  for (int draw = 0; draw < kMostDraws; ++draw) {
    std::string wasm = MakeModule(RandomBytes(random), references);
    if (IsValid(wasm)) return wasm;
    if (!references) throw std::runtime_error("binaryen's module is not valid to WABT");
  }
  throw std::runtime_error("none of binaryen's modules with references is valid to WABT");
}

}  // namespace pg_checker::conformance
