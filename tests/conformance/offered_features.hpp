// The WebAssembly features that the engine offers to guests, as WABT names them.
#pragma once

#include <wabt/feature.h>

namespace pg_checker::conformance {

inline wabt::Features OfferedFeatures() {
  wabt::Features features;  // WABT's defaults, of which SIMD is not offered
  features.disable_simd();
  return features;
}

}  // namespace pg_checker::conformance
