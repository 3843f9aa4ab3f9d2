// Module `wasi_snapshot_preview1`: what a guest sees of a system. There are three descriptors and
// nothing else: stdin is the run's input, stdout and stderr are captured. Layouts are those of
// preview 1 (phases/snapshot/docs.md of WebAssembly/WASI). A pointer out of bounds is a trap, not
// EFAULT.
#pragma once

#include "engine/host_call.hpp"
#include "engine/result.hpp"
#include "engine/wasi_errno.hpp"

namespace pg_checker::engine {

// Calls one of module `wasi`. An Error stops the guest.
Result<void> CallWasi(HostCall& call);

// wasi_descriptors.cpp: the standard descriptors.
// Appends to the captured standard output, for an interpreter's host.
Result<void> CaptureOutput(Instance& instance, std::string_view text);
Result<WasiErrno> FdRead(HostCall& call);
Result<WasiErrno> FdWrite(HostCall& call);
Result<WasiErrno> FdClose(HostCall& call);
Result<WasiErrno> FdFdstatGet(HostCall& call);
Result<WasiErrno> FdFilestatGet(HostCall& call);
Result<WasiErrno> FdSeek(HostCall& call);
// For what needs a file: no descriptor is one.
Result<WasiErrno> OnFile(HostCall& call);
// Whether a guest may use `descriptor`: one of the three, not closed.
bool IsOpen(HostCall& call, uint32_t descriptor);

// wasi_clock.cpp: time, as far as it passes, and sleeping.
Result<WasiErrno> ClockResGet(HostCall& call);
Result<WasiErrno> ClockTimeGet(HostCall& call);
Result<WasiErrno> PollOneoff(HostCall& call);

// wasi_process.cpp: arguments, environment, random numbers.
Result<WasiErrno> ArgsGet(HostCall& call);
Result<WasiErrno> ArgsSizesGet(HostCall& call);
Result<WasiErrno> EnvironGet(HostCall& call);
Result<WasiErrno> EnvironSizesGet(HostCall& call);
Result<WasiErrno> RandomGet(HostCall& call);

}  // namespace pg_checker::engine
