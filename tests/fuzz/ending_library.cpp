#include "ending_library.hpp"

#include <csetjmp>
#include <cstdlib>

namespace {

std::jmp_buf out_of_body;
bool in_body = false;

void Leave() {
  if (!in_body) return;
  in_body = false;
  std::longjmp(out_of_body, 1);
}

}  // namespace

// The linker's option --wrap sends calls of abort and its like here.
extern "C" {
[[noreturn]] void __real_abort();
[[noreturn]] void __real_exit(int code);
[[noreturn]] void __real___assert_fail(const char* text, const char* file, unsigned line,
                                       const char* function);

[[noreturn]] void __wrap_abort() {
  Leave();
  __real_abort();
}
[[noreturn]] void __wrap_exit(int code) {
  Leave();
  __real_exit(code);
}
[[noreturn]] void __wrap___assert_fail(const char* text, const char* file, unsigned line,
                                       const char* function) {
  Leave();
  __real___assert_fail(text, file, line, function);
}
}

namespace pg_checker::fuzz {

bool RunToItsEnd(const std::function<void()>& body) {
  if (setjmp(out_of_body) != 0) return false;
  in_body = true;
  body();
  in_body = false;
  return true;
}

}  // namespace pg_checker::fuzz
