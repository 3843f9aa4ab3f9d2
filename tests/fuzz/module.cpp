// Modules in the form that the build says, FUZZED_FORMAT: binary ones or the text format.
#include <cstddef>
#include <cstdint>

#include "translated.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  pg_checker::fuzz::TranslateAndJudge({reinterpret_cast<const char*>(data), size},
                                      pg_checker::compile::SourceFormat::FUZZED_FORMAT);
  return 0;
}
