// Address space for what a guest may grow: one anonymous, private mapping, zero until written.
// Reserving costs no memory (the kernel gives pages as they are touched), growing inside it moves
// nothing, and dropping it gives all back.
#pragma once

#include <cstddef>
#include <cstdint>

namespace pg_checker::engine {

class Reservation {
 public:
  Reservation() = default;
  ~Reservation();
  Reservation(Reservation&& other) noexcept;
  Reservation& operator=(Reservation&& other) noexcept;
  Reservation(const Reservation&) = delete;
  Reservation& operator=(const Reservation&) = delete;

  // Reserves `bytes`, readable and writable. Nothing is mapped for 0 bytes: data() is null then. On
  // failure returns false and leaves the reason in errno.
  [[nodiscard]] bool Reserve(uint64_t bytes);

  void* data() const { return data_; }
  uint64_t bytes() const { return bytes_; }

 private:
  void Release();

  void* data_ = nullptr;
  uint64_t bytes_ = 0;
};

}  // namespace pg_checker::engine
