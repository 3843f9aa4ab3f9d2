// The C texts that every artifact begins with, built into the executable.
#pragma once

#include <string_view>

namespace pg_checker::compile {

extern const std::string_view kGuestRuntimeText;    // engine/guest_runtime.h
extern const std::string_view kRuntimePreludeText;  // runtime_prelude.h.in
extern const std::string_view kRuntimeBulkText;     // runtime_bulk.h.in

}  // namespace pg_checker::compile
