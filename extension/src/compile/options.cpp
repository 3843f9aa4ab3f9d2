#include "compile/options.hpp"

#include <charconv>
#include <vector>

namespace pg_checker::compile {
namespace {

bool ParseNumber(std::string_view text, uint64_t least, uint64_t most, uint64_t& value) {
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() && value >= least &&
         value <= most;
}

// Takes the value of one option. Returns false if it does not fit.
bool SetOption(std::string_view name, std::string_view value, Options& options) {
  uint64_t number = 0;
  if (name == "--format") {
    options.format = value == "wat" ? SourceFormat::kWat : SourceFormat::kWasm;
    return value == "wat" || value == "wasm";
  }
  if (name == "--cache-directory") {
    options.cache_directory = value;
    return value.starts_with("/");
  }
  if (name == "--work-directory") {
    options.work_directory = value;
    return value.starts_with("/");
  }
  if (name == "--interpreter") {
    options.interpreter_output = value;
    return value.starts_with("/");
  }
  if (name == "--cc") {
    options.c_compiler = value;
    return value.starts_with("/");
  }
  if (name == "--timeout-ms") {
    if (!ParseNumber(value, 1, 3600 * 1000, number)) return false;
    options.timeout = std::chrono::milliseconds(number);
    return true;
  }
  if (name == "--module-limit-bytes")
    return ParseNumber(value, 1, 1u << 30, options.module_limit_bytes);
  if (name == "--artifact-limit-bytes")
    return ParseNumber(value, 1, uint64_t{1} << 40, options.artifact_limit_bytes);
  if (name == "--cache-limit-bytes")
    return ParseNumber(value, 0, uint64_t{1} << 60, options.cache_limit_bytes);
  options.keep_c = value;
  return !value.empty();
}

}  // namespace

const std::string_view kUsage =
    "usage: checker-compile --format wasm|wat --cache-directory DIR --cc PATH [option]...\n"
    "\n"
    "Validates the WebAssembly module on standard input, compiles it to native code, leaves the "
    "artifact in the\n"
    "cache directory and reports on standard output: one line of JSON, then, for source text, the "
    "binary module.\n"
    "The extension pg_checker starts this program; there is no need to run it by hand.\n"
    "\n"
    "  --format wasm|wat          what standard input is: a binary module or WebAssembly text\n"
    "  --cache-directory DIR      absolute path; created with mode 0700 if it is missing\n"
    "  --work-directory DIR       where the C compiler works; must not exist, and is removed "
    "(a folder in the\n"
    "                             cache directory)\n"
    "  --cc PATH                  absolute path of gcc\n"
    "  --timeout-ms N             give up after N milliseconds (30000)\n"
    "  --module-limit-bytes N     refuse larger modules (4194304)\n"
    "  --artifact-limit-bytes N   refuse modules whose native code is larger (67108864)\n"
    "  --cache-limit-bytes N      remove the artifacts that were not used for the longest time "
    "when "
    "all are larger\n"
    "                             than this (1073741824)\n"
    "  --validate-only            stop before the C compiler; --cc and --cache-directory are not "
    "needed\n"
    "  --interpreter FILE         standard input is one of pg_checker's own interpreters: write "
    "its "
    "shared object to\n"
    "                             FILE, an absolute path; there is no cache, and what it exports "
    "can be called by name\n"
    "  --keep-c FILE              also write the generated C to FILE, for debugging\n"
    "  --help, --version\n"
    "\n"
    "Exit status: 0 compiled, 1 refused or failed (the report says why), 2 wrong usage.\n";

std::variant<Options, std::string> ParseOptions(int argc, char** argv) {
  static constexpr std::string_view kWithValue[] = {"--format",
                                                    "--cache-directory",
                                                    "--work-directory",
                                                    "--cc",
                                                    "--timeout-ms",
                                                    "--module-limit-bytes",
                                                    "--artifact-limit-bytes",
                                                    "--cache-limit-bytes",
                                                    "--interpreter",
                                                    "--keep-c"};
  Options options;
  bool has_format = false;
  for (int at = 1; at < argc; ++at) {
    std::string_view argument = argv[at];
    if (argument == "--help" || argument == "-h") {
      options.help = true;
      return options;
    }
    if (argument == "--version") {
      options.version = true;
      return options;
    }
    if (argument == "--validate-only") {
      options.validate_only = true;
      continue;
    }
    std::string_view name = argument.substr(0, argument.find('='));
    bool known = false;
    for (std::string_view with_value : kWithValue) known = known || name == with_value;
    if (!known) return "unknown option \"" + std::string(argument) + "\"";
    std::string_view value;
    if (name.size() < argument.size()) {
      value = argument.substr(name.size() + 1);
    } else if (++at < argc) {
      value = argv[at];
    } else {
      return "option " + std::string(name) + " needs a value";
    }
    if (!SetOption(name, value, options)) return "invalid value for " + std::string(name);
    has_format = has_format || name == "--format";
  }
  if (!has_format) return std::string("option --format is missing");
  const bool uses_cache = !options.validate_only && options.interpreter_output.empty();
  if (uses_cache && options.cache_directory.empty()) {
    return std::string("option --cache-directory is missing");
  }
  if (!options.validate_only && options.c_compiler.empty())
    return std::string("option --cc is missing");
  return options;
}

}  // namespace pg_checker::compile
