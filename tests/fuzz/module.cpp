// Binary modules.
#include <cstddef>
#include <cstdint>

#include "translated.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  pg_checker::fuzz::TranslateAndJudge({reinterpret_cast<const char*>(data), size},
                                      pg_checker::compile::SourceFormat::kWasm);
  return 0;
}
