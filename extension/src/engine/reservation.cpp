#include "engine/reservation.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <utility>

namespace pg_checker::engine {

namespace {

constexpr uint64_t kHugeBytesAtMost = 32u << 20;

}  // namespace

Reservation::~Reservation() { Release(); }

Reservation::Reservation(Reservation&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)),
      mapping_(std::exchange(other.mapping_, nullptr)),
      mapping_bytes_(std::exchange(other.mapping_bytes_, 0)) {}

Reservation& Reservation::operator=(Reservation&& other) noexcept {
  if (this != &other) {
    Release();
    data_ = std::exchange(other.data_, nullptr);
    mapping_ = std::exchange(other.mapping_, nullptr);
    mapping_bytes_ = std::exchange(other.mapping_bytes_, 0);
  }
  return *this;
}

bool Reservation::Reserve(uint64_t bytes) {
  Release();
  if (bytes == 0) return true;
  const uint64_t alignment = bytes < kHugePageBytes ? 1 : kHugePageBytes;
  // Without MAP_NORESERVE a limit of 64 MB would count as 64 MB against the overcommit heuristic in
  // every session.
  void* mapping = mmap(nullptr, bytes + alignment - 1, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (mapping == MAP_FAILED) return false;
  mapping_ = mapping;
  mapping_bytes_ = bytes + alignment - 1;
  const auto address = reinterpret_cast<uintptr_t>(mapping);
  data_ = reinterpret_cast<void*>((address + alignment - 1) / alignment * alignment);
  return true;
}

void Reservation::Release() {
  if (mapping_ != nullptr) munmap(mapping_, mapping_bytes_);
  data_ = nullptr;
  mapping_ = nullptr;
  mapping_bytes_ = 0;
}

void PreferHugePages(void* data, uint64_t before, uint64_t now) {
  const uint64_t from = before / kHugePageBytes * kHugePageBytes;
  const uint64_t to = std::min(now, kHugeBytesAtMost) / kHugePageBytes * kHugePageBytes;
  // Where the kernel has no huge pages, small ones do.
  if (from < to) madvise(static_cast<char*>(data) + from, to - from, MADV_HUGEPAGE);
}

}  // namespace pg_checker::engine
