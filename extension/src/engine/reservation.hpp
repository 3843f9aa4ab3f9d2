// Address space for what a guest may grow: one anonymous, private mapping, zero until written.
// Reserving costs no memory (the kernel gives pages as they are touched), growing inside it moves
// nothing, and dropping it gives all back.
#pragma once

#include <cstdint>

namespace pg_checker::engine {

inline constexpr uint64_t kHugePageBytes = 2u << 20;  // on x86-64, and AArch64 with pages of 4 KB

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

  // Begins with a huge page if there is room for one.
  void* data() const { return data_; }

 private:
  void Release();

  void* data_ = nullptr;
  void* mapping_ = nullptr;  // data and what was spent on its alignment
  uint64_t mapping_bytes_ = 0;
};

// Asks the kernel for huge pages in what a reservation's used part has got when it grew from
// `before` to `now` bytes: 4 MB come with 2 page faults then, rather than with 1,000. What lies
// beyond the used part stays as it is, so a guest takes no more memory than it has asked for. Only
// for the first 32 MB: a huge page takes a tenth of a millisecond, and a guest that touches many of
// them in one slice of fuel would not stop within 10 ms.
void PreferHugePages(void* data, uint64_t before, uint64_t now);

}  // namespace pg_checker::engine
