// An interpreter: a WebAssembly module of pg_checker's own that runs scripts. It was made native by
// `checker-compile --interpreter` when pg_checker was built, and runs like any guest: bounds
// checks, fuel, stack and memory limits are the same. Beyond the guest ABI it has imports that only
// the part of the host made for it answers (languages/), and its exports are called by name.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "engine/instance.hpp"
#include "engine/module.hpp"
#include "engine/result.hpp"
#include "engine/snapshot.hpp"

namespace pg_checker::engine {

class Interpreter {
 public:
  // Loads the shared object at `path`, which is as trusted as the program that loads it.
  static Result<std::unique_ptr<Interpreter>> Load(const std::string& path);

  const checker_module& descriptor() const { return module_->descriptor(); }

  // The export of that name; null if there is none.
  checker_call Find(std::string_view name) const;

  // Boots it in an instance of its own and takes a snapshot when `boot` says that it went well.
  // `host` is asked whether to go on, and nothing else. The fuel is nobody's.
  using Boot = Result<void> (*)(Instance& instance, void* argument);
  Result<std::unique_ptr<Snapshot>> TakeSnapshot(Host& host, char* stack_limit,
                                                 InterpreterImports& imports, Boot boot,
                                                 void* argument) const;

 private:
  explicit Interpreter(std::shared_ptr<Module> module) : module_(std::move(module)) {}

  std::shared_ptr<Module> module_;
};

}  // namespace pg_checker::engine
