// The engine under test, by its own doors: checker-compile makes an artifact, engine::Run runs it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/module.hpp"
#include "engine/result.hpp"
#include "guest.hpp"
#include "guest_text.hpp"
#include "recording.hpp"

namespace pg_checker::conformance {

class NativeEngine {
 public:
  // A guest that uses up `fuel` is stopped (End::kLimit); 0 for no such limit.
  explicit NativeEngine(int64_t fuel) : fuel_(fuel) {}

  // Compiles and loads. The artifact's file is gone again when this returns.
  engine::Result<std::shared_ptr<engine::Module>> Load(const std::string& wasm);
  // Runs all cases of a loaded guest.
  std::vector<Recording> RecordCases(engine::Module& module, uint32_t cases);

 private:
  Recording RunFrom(engine::Module& module, uint32_t first_case);

  int64_t fuel_;
  engine::TemporaryFolder folder_;
};

}  // namespace pg_checker::conformance
