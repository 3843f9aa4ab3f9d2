#include "engine/interpreter.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <utility>

#include "engine/idle_host.hpp"

namespace pg_checker::engine {

namespace {

class BootHost : public IdleHost {
 public:
  explicit BootHost(Host& asked) : asked_(asked) {}
  Result<void> Continue() override { return asked_.Continue(); }
  const volatile int* StopFlag() const override { return asked_.StopFlag(); }

 private:
  Host& asked_;
};

constexpr uint64_t kBootMemoryBytes = 64ull << 20;

}  // namespace

Result<std::unique_ptr<Interpreter>> Interpreter::Load(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  const auto failure = [&](const std::string& detail) {
    return Error{ErrorKind::kCompilerUnavailable, "could not load interpreter \"" + path + "\"",
                 detail, "Install pg_checker again, with all its files."};
  };
  if (!file || bytes.empty())
    return failure(std::string("The system says: ") + std::strerror(errno) + ".");
  Result<std::shared_ptr<Module>> module = Module::Load(bytes, path);
  if (!module.ok()) return failure(module.error().detail);
  if ((*module)->descriptor().interpreter == nullptr) return failure("It is none.");
  return std::unique_ptr<Interpreter>(new Interpreter(std::move(*module)));
}

checker_call Interpreter::Find(std::string_view name) const {
  const checker_interpreter& own = *descriptor().interpreter;
  const checker_named_export* const end = own.exports + own.export_count;
  const checker_named_export* const found = std::lower_bound(
      own.exports, end, name, [](const checker_named_export& exported, std::string_view wanted) {
        return exported.name < wanted;
      });
  return found != end && found->name == name ? found->call : nullptr;
}

Result<std::unique_ptr<Snapshot>> Interpreter::TakeSnapshot(Host& host, char* stack_limit,
                                                            InterpreterImports& imports, Boot boot,
                                                            void* argument) const {
  BootHost boot_host(host);
  RunOptions options;
  options.limits.memory_bytes = kBootMemoryBytes;
  options.limits.stack_limit = stack_limit;
  Instance instance(descriptor(), boot_host, options);
  instance.set_imports(&imports);
  if (const int code = instance.Instantiate(); code != 0) return instance.ErrorOf(code);
  if (Result<void> booted = boot(instance, argument); !booted.ok()) return booted.error();
  return Snapshot::Take(instance);
}

}  // namespace pg_checker::engine
