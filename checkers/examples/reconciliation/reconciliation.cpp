// What is booked has been settled: two tables hold the same payments.
// Datasets booked and settled: reference text, amount numeric(12,2), sorted by reference in byte
// order. The host compares them; only if they differ are both read, side by side, to say where.
#include <compare>

#include "checker.hpp"

namespace {

// A place in a dataset that is sorted.
class Cursor {
 public:
  explicit Cursor(const char* dataset)
      : reader_(dataset),
        reference_(reader_.Bind<std::string_view>("reference")),
        amount_(reader_.Bind<checker::Decimal>("amount")),
        place_(reader_.begin()) {}

  bool AtEnd() const { return place_ == reader_.end(); }
  void Advance() { ++place_; }
  std::string_view reference() const { return *reference_[*place_]; }
  checker::Decimal amount() const { return *amount_[*place_]; }

 private:
  checker::Reader reader_;
  checker::Column<std::string_view> reference_;
  checker::Column<checker::Decimal> amount_;
  checker::Reader::Iterator place_;
};

// Which payment comes first; equal if both have it.
std::strong_ordering Compare(const Cursor& left, const Cursor& right) {
  if (left.AtEnd()) return std::strong_ordering::greater;
  if (right.AtEnd()) return std::strong_ordering::less;
  return left.reference().compare(right.reference()) <=> 0;
}

void Report(const Cursor& booked, const Cursor& settled, std::strong_ordering order) {
  std::string text = "payment ";
  text += order > 0 ? settled.reference() : booked.reference();
  if (order == 0) {
    text += ": booked " + booked.amount().ToString() + ", settled " + settled.amount().ToString();
  } else {
    text += order < 0 ? " is booked only" : " is settled only";
  }
  checker::Log(checker::LogLevel::kWarning, text);
}

}  // namespace

CHECKER_EXPORT(check) void Check() {
  if (checker::AssertEqual("booked", "settled", "what is booked has been settled")) return;
  Cursor booked("booked");
  Cursor settled("settled");
  while (!booked.AtEnd() || !settled.AtEnd()) {
    const std::strong_ordering order = Compare(booked, settled);
    if (order != 0 || booked.amount() != settled.amount()) Report(booked, settled, order);
    if (order <= 0) booked.Advance();
    if (order >= 0) settled.Advance();
  }
}
