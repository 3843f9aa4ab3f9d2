#include "engine/wasi.hpp"

namespace pg_checker::engine {

namespace {

Result<WasiErrno> CallReturningErrno(HostCall& call) {
  switch (call.function()) {
    case kArgsGet:
      return ArgsGet(call);
    case kArgsSizesGet:
      return ArgsSizesGet(call);
    case kEnvironGet:
      return EnvironGet(call);
    case kEnvironSizesGet:
      return EnvironSizesGet(call);
    case kClockResGet:
      return ClockResGet(call);
    case kClockTimeGet:
      return ClockTimeGet(call);
    case kPollOneoff:
      return PollOneoff(call);
    case kRandomGet:
      return RandomGet(call);
    case kSchedYield:
      return WasiErrno::kSuccess;
    case kFdRead:
      return FdRead(call);
    case kFdWrite:
      return FdWrite(call);
    case kFdClose:
      return FdClose(call);
    case kFdFdstatGet:
      return FdFdstatGet(call);
    case kFdFilestatGet:
      return FdFilestatGet(call);
    case kFdSeek:
    case kFdTell:
      return FdSeek(call);
    case kFdPrestatGet:
    case kFdPrestatDirName:
      // No directory is open beforehand: this is how a guest learns that the list is at its end.
      return WasiErrno::kBadDescriptor;
    case kFdAdvise:
    case kFdAllocate:
    case kFdDatasync:
    case kFdFdstatSetFlags:
    case kFdFdstatSetRights:
    case kFdFilestatSetSize:
    case kFdFilestatSetTimes:
    case kFdPread:
    case kFdPwrite:
    case kFdReaddir:
    case kFdRenumber:
    case kFdSync:
    case kSockAccept:
    case kSockRecv:
    case kSockSend:
    case kSockShutdown:
      return OnFile(call);
    case kPathCreateDirectory:
    case kPathFilestatGet:
    case kPathFilestatSetTimes:
    case kPathLink:
    case kPathOpen:
    case kPathReadlink:
    case kPathRemoveDirectory:
    case kPathRename:
    case kPathSymlink:
    case kPathUnlinkFile:
      // A path starts at a directory's descriptor, and there is none.
      return WasiErrno::kBadDescriptor;
    default:
      return WasiErrno::kNotImplemented;
  }
}

}  // namespace

Result<void> CallWasi(HostCall& call) {
  if (call.function() == kProcExit) {
    call.instance().Exit(static_cast<int32_t>(call.U32(0)));
    return {};
  }
  const Result<WasiErrno> result = CallReturningErrno(call);
  if (!result.ok()) return result.error();
  call.Return(static_cast<uint32_t>(*result));
  return {};
}

}  // namespace pg_checker::engine
