#include "postgres/modules.hpp"

#include "postgres/error_bridge.hpp"
#include "postgres/latch_waiter.hpp"
#include "postgres/settings.hpp"

namespace pg_checker::postgres {

namespace {

engine::ArtifactCache& Cache() {
  static auto* cache = new engine::ArtifactCache(static_cast<size_t>(settings.loaded_modules));
  return *cache;
}

}  // namespace

engine::Result<std::shared_ptr<engine::Module>> ModuleOf(const CheckerDefinition& checker) {
  if (auto module = Cache().Loaded(checker.digest)) return module;
  const std::string bytes = LoadModuleBytes(checker.id, checker.version);
  LatchWaiter waiter;
  return Cache().Get(checker.digest, bytes, CompileOptionsFromSettings(), waiter);
}

engine::CompileResult CompileOrThrow(const std::string& label, std::string_view source,
                                     engine::SourceFormat format) {
  LatchWaiter waiter;
  auto compiled = engine::Compile(source, format, CompileOptionsFromSettings(), waiter);
  if (compiled) return std::move(*compiled);
  if (compiled.error().kind == engine::ErrorKind::kStopped) Protect([] { CHECK_FOR_INTERRUPTS(); });
  engine::Error error = compiled.error();
  error.message = "checker \"" + label + "\": " + error.message;
  Throw(error);
}

}  // namespace pg_checker::postgres
