// Rows into batches, in a block of just the bytes that were planned, read back as Arrow says. The
// input is a number of columns with their kinds, the bytes of a block, and values.
#include "engine/batch.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace {

using pg_checker::engine::Batch;
using pg_checker::engine::ColumnLayout;
using pg_checker::engine::LayoutOfFormat;
namespace arrow = pg_checker::engine::arrow;

using Row = std::vector<std::optional<std::string>>;

constexpr uint32_t kPointer = 1 << 20;  // where the block lies in the guest's memory
constexpr std::string_view kFormats[] = {"b", "s", "i", "l", "tin", "u", "w:16", "w:1", "z"};

void Require(bool holds, const char* what) {
  if (!holds) throw std::logic_error(what);
}

class Input {
 public:
  explicit Input(std::string_view bytes) : bytes_(bytes) {}

  bool AtEnd() const { return bytes_.empty(); }
  uint32_t Byte() { return AtEnd() ? 0 : static_cast<uint8_t>(Take(1)[0]); }
  uint32_t Below(uint32_t bound) { return (Byte() * 256 + Byte()) % bound; }
  // Zeros behind the input's end.
  std::string Bytes(size_t length) {
    std::string bytes(Take(std::min(length, bytes_.size())));
    bytes.resize(length, '\0');
    return bytes;
  }

 private:
  std::string_view Take(size_t length) {
    const std::string_view taken = bytes_.substr(0, length);
    bytes_.remove_prefix(length);
    return taken;
  }
  std::string_view bytes_;
};

// The bytes of a value; a bit is one byte, 0 or 1.
std::optional<std::string> ValueFor(const ColumnLayout& layout, Input& input) {
  const uint32_t choice = input.Byte();
  if (choice % 8 == 0) return std::nullopt;
  switch (layout.kind) {
    case ColumnLayout::Kind::kBits:
      return std::string(1, static_cast<char>(choice % 2));
    case ColumnLayout::Kind::kFixed:
      return input.Bytes(layout.width);
    case ColumnLayout::Kind::kVariable:
      return choice == 255 ? std::string(input.Below(60000), 'x') : input.Bytes(choice / 8);
  }
  return std::nullopt;
}

class Reader {
 public:
  Reader(const uint8_t* block, uint64_t bytes, const std::vector<ColumnLayout>& layouts)
      : block_(block), bytes_(bytes), layouts_(layouts) {}

  std::vector<Row> Read(const uint8_t* root) const {
    const auto rows = static_cast<uint64_t>(Number<int64_t>(root + arrow::kArrayLength));
    Require(rows <= Batch::kRowsAtMost, "rows");
    Require(
        Number<int64_t>(root + arrow::kArrayChildCount) == static_cast<int64_t>(layouts_.size()),
        "children");
    std::vector<Row> read(rows, Row(layouts_.size()));
    const uint8_t* children =
        At(Number<uint32_t>(root + arrow::kArrayChildren), 4 * layouts_.size());
    for (size_t i = 0; i < layouts_.size(); ++i) {
      const uint8_t* array = At(Number<uint32_t>(children + 4 * i), arrow::kArrayBytes);
      for (uint64_t row = 0; row < rows; ++row) read[row][i] = Value(array, layouts_[i], row);
    }
    return read;
  }

 private:
  template <typename T>
  static T Number(const uint8_t* at) {
    T number;
    std::memcpy(&number, at, sizeof(number));
    return number;
  }

  const uint8_t* At(uint32_t pointer, uint64_t length) const {
    const uint64_t offset = uint64_t{pointer} - kPointer;
    Require(pointer >= kPointer && offset <= bytes_ && length <= bytes_ - offset, "outside");
    return block_ + offset;
  }

  std::optional<std::string> Value(const uint8_t* array, const ColumnLayout& layout,
                                   uint64_t row) const {
    const bool variable = layout.kind == ColumnLayout::Kind::kVariable;
    Require(Number<int64_t>(array + arrow::kArrayBufferCount) == (variable ? 3 : 2), "buffers");
    const uint8_t* list = At(Number<uint32_t>(array + arrow::kArrayBuffers), variable ? 12 : 8);
    const auto validity = Number<uint32_t>(list);
    if (validity != 0 && !Bit(validity, row)) return std::nullopt;
    const auto second = Number<uint32_t>(list + 4);
    if (layout.kind == ColumnLayout::Kind::kBits)
      return std::string(1, static_cast<char>(Bit(second, row)));
    if (!variable) return Text(second + row * layout.width, layout.width);
    const uint8_t* offsets = At(static_cast<uint32_t>(second + 4 * row), 8);
    const auto begin = Number<uint32_t>(offsets), end = Number<uint32_t>(offsets + 4);
    Require(begin <= end, "offsets");
    return Text(uint64_t{Number<uint32_t>(list + 8)} + begin, end - begin);
  }

  bool Bit(uint32_t bits, uint64_t index) const {
    return ((*At(static_cast<uint32_t>(bits + index / 8), 1) >> (index % 8)) & 1) != 0;
  }
  std::string Text(uint64_t pointer, uint64_t length) const {
    return {reinterpret_cast<const char*>(At(static_cast<uint32_t>(pointer), length)), length};
  }

  const uint8_t* block_;
  uint64_t bytes_;
  const std::vector<ColumnLayout>& layouts_;
};

// False where the row has no room.
bool Append(Batch& batch, const std::vector<ColumnLayout>& layouts, const Row& row) {
  for (size_t i = 0; i < row.size(); ++i) {
    if (!row[i].has_value()) {
      batch.PutNull(i);
    } else if (layouts[i].kind == ColumnLayout::Kind::kBits) {
      batch.PutBit(i, row[i]->front() != 0);
    } else if (layouts[i].kind == ColumnLayout::Kind::kFixed) {
      batch.PutFixedBytes(i, row[i]->data());
    } else if (!batch.PutBytes(i, row[i]->data(), row[i]->size())) {
      batch.AbandonRow();
      return false;
    }
  }
  batch.EndRow();
  return true;
}

// Fills one batch with rows from `next` on, and compares what can be read from it.
void FillAndRead(Batch& batch, const std::vector<ColumnLayout>& layouts, uint64_t block_bytes,
                 const std::vector<Row>& rows, size_t& next) {
  // Of exactly that size, so that AddressSanitizer sees a byte beyond it.
  const auto block = std::make_unique<uint64_t[]>((block_bytes + 7) / 8);
  auto* const bytes = reinterpret_cast<uint8_t*>(block.get());
  batch.Place(bytes, kPointer);
  const size_t first = next;
  while (next < rows.size() && !batch.full() && Append(batch, layouts, rows[next])) ++next;
  uint8_t root[arrow::kArrayBytes];
  batch.Finish(root);
  const std::vector<Row> read = Reader(bytes, block_bytes, layouts).Read(root);
  Require(read == std::vector<Row>(rows.begin() + static_cast<std::ptrdiff_t>(first),
                                   rows.begin() + static_cast<std::ptrdiff_t>(next)),
          "what was read is not what was put");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  Input input({reinterpret_cast<const char*>(data), size});
  std::vector<ColumnLayout> layouts;
  for (uint32_t columns = input.Below(12); columns > 0; --columns)
    layouts.push_back(*LayoutOfFormat(kFormats[input.Byte() % std::size(kFormats)]));
  const uint64_t wanted_bytes = input.Below(65521);
  std::vector<Row> rows;
  while (!input.AtEnd() && rows.size() < 3000) {
    Row row;
    for (const ColumnLayout& layout : layouts) row.push_back(ValueFor(layout, input));
    if (layouts.empty()) input.Byte();
    rows.push_back(row);
  }
  Batch batch(layouts);
  for (size_t next = 0; next < rows.size();) {
    const size_t before = next;
    uint64_t block_bytes = std::max(wanted_bytes, batch.least_block_bytes());
    batch.PlanRows(block_bytes);
    FillAndRead(batch, layouts, block_bytes, rows, next);
    if (next > before) continue;
    for (size_t i = 0; i < layouts.size(); ++i) {
      if (layouts[i].kind == ColumnLayout::Kind::kVariable)
        batch.NoteRowBytes(i, rows[next][i].value_or("").size());
    }
    block_bytes = batch.PlanForWaitingRow(block_bytes);
    FillAndRead(batch, layouts, block_bytes, rows, next);
    Require(next > before, "a row for which was planned does not fit");
  }
  return 0;
}
