// WABT ends its process for some hostile input: a failed assertion, abort, exit. In checker-compile
// that is the sandbox's end, so a refusal. Here it must not hide what comes after it, nor be taken
// for a fault of ours: the calls are caught, and only those that come from a library which is
// linked into the program. An exception of our own that nobody catches still ends the fuzzer.
#pragma once

#include <functional>

namespace pg_checker::fuzz {

// Calls `body`; false if a library ended the process in it. What the body had allocated is lost.
bool RunToItsEnd(const std::function<void()>& body);

}  // namespace pg_checker::fuzz
