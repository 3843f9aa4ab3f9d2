#include "engine/reservation.hpp"

#include <sys/mman.h>

#include <utility>

namespace pg_checker::engine {

Reservation::~Reservation() { Release(); }

Reservation::Reservation(Reservation&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), bytes_(std::exchange(other.bytes_, 0)) {}

Reservation& Reservation::operator=(Reservation&& other) noexcept {
  if (this != &other) {
    Release();
    data_ = std::exchange(other.data_, nullptr);
    bytes_ = std::exchange(other.bytes_, 0);
  }
  return *this;
}

bool Reservation::Reserve(uint64_t bytes) {
  Release();
  if (bytes == 0) return true;
  // Without MAP_NORESERVE a limit of 64 MB would count as 64 MB against the overcommit heuristic in
  // every session.
  void* data = mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (data == MAP_FAILED) return false;
  data_ = data;
  bytes_ = bytes;
  return true;
}

void Reservation::Release() {
  if (data_ != nullptr) munmap(data_, bytes_);
  data_ = nullptr;
  bytes_ = 0;
}

}  // namespace pg_checker::engine
