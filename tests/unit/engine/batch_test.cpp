// Filling batches in a block of plain memory, and reading them back as Arrow says.
#include "engine/batch.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <random>
#include <string>
#include <vector>

#include "engine/arrow_layout.hpp"

namespace pg_checker::engine {
namespace {

using Value = std::optional<std::string>;  // bytes; a bit is one byte, 0 or 1
using Row = std::vector<Value>;

constexpr uint32_t kPointer = 4096;  // where the block lies in the guest's memory

class Block {
 public:
  explicit Block(const std::vector<std::string>& formats)
      : batch(Layouts(formats)), formats_(formats) {}

  void Place(uint64_t bytes) {
    // Bytes around it must stay as they are.
    memory_.assign(bytes + 2 * kGuard, '\x5A');
    batch.Place(reinterpret_cast<uint8_t*>(memory_.data()) + kGuard, kPointer);
  }

  // False where the row has no room; it is abandoned then.
  bool Append(const Row& row) {
    for (size_t i = 0; i < row.size(); ++i) {
      if (!row[i].has_value()) {
        batch.PutNull(i);
      } else if (formats_[i] == "b") {
        batch.PutBit(i, (*row[i])[0] != 0);
      } else if (formats_[i] == "u" || formats_[i] == "z") {
        if (batch.PutBytes(i, row[i]->data(), row[i]->size())) continue;
        batch.AbandonRow();
        return false;
      } else {
        batch.PutFixedBytes(i, row[i]->data());
      }
    }
    batch.EndRow();
    return true;
  }

  std::vector<Row> Finish() {
    batch.Finish(root_);
    EXPECT_EQ(memory_.substr(0, kGuard), std::string(kGuard, '\x5A'));
    EXPECT_EQ(memory_.substr(memory_.size() - kGuard), std::string(kGuard, '\x5A'));
    const auto rows = static_cast<size_t>(Long(root_ + arrow::kArrayLength));
    EXPECT_EQ(Long(root_ + arrow::kArrayChildCount), static_cast<int64_t>(formats_.size()));
    EXPECT_EQ(Long(root_ + arrow::kArrayBufferCount), 1);
    EXPECT_EQ(Word(At(Word(root_ + arrow::kArrayBuffers))), 0u);
    std::vector<Row> read(rows, Row(formats_.size()));
    const uint8_t* children = At(Word(root_ + arrow::kArrayChildren));
    for (size_t column = 0; column < formats_.size(); ++column)
      ReadColumn(At(Word(children + 4 * column)), column, read);
    return read;
  }

  Batch batch;

 private:
  static constexpr size_t kGuard = 64;

  static std::vector<ColumnLayout> Layouts(const std::vector<std::string>& formats) {
    std::vector<ColumnLayout> layouts;
    for (const std::string& format : formats) layouts.push_back(LayoutOfFormat(format).value());
    return layouts;
  }
  static uint32_t Word(const uint8_t* at) {
    uint32_t word;
    std::memcpy(&word, at, sizeof(word));
    return word;
  }
  static int64_t Long(const uint8_t* at) {
    int64_t number;
    std::memcpy(&number, at, sizeof(number));
    return number;
  }
  const uint8_t* At(uint32_t pointer) const {
    EXPECT_GE(pointer, kPointer);
    EXPECT_LE(pointer - kPointer, memory_.size() - 2 * kGuard);
    EXPECT_EQ(pointer % 8, 0u);
    return reinterpret_cast<const uint8_t*>(memory_.data()) + kGuard + (pointer - kPointer);
  }
  static bool Bit(const uint8_t* bits, size_t index) {
    return ((bits[index / 8] >> (index % 8)) & 1) != 0;
  }

  void ReadColumn(const uint8_t* array, size_t column, std::vector<Row>& read) const {
    EXPECT_EQ(Long(array + arrow::kArrayLength), static_cast<int64_t>(read.size()));
    const ColumnLayout layout = *LayoutOfFormat(formats_[column]);
    const uint8_t* buffers = reinterpret_cast<const uint8_t*>(memory_.data()) + kGuard +
                             (Word(array + arrow::kArrayBuffers) - kPointer);
    const int64_t nulls = Long(array + arrow::kArrayNullCount);
    EXPECT_EQ(Word(buffers) == 0, nulls == 0);
    const bool variable = layout.kind == ColumnLayout::Kind::kVariable;
    EXPECT_EQ(Long(array + arrow::kArrayBufferCount), variable ? 3 : 2);
    int64_t seen = 0;
    for (size_t row = 0; row < read.size(); ++row) {
      if (nulls > 0 && !Bit(At(Word(buffers)), row)) {
        ++seen;
        continue;
      }
      const uint8_t* second = At(Word(buffers + 4));
      if (layout.kind == ColumnLayout::Kind::kBits) {
        read[row][column] = std::string(1, static_cast<char>(Bit(second, row)));
      } else if (variable) {
        const uint32_t begin = Word(second + 4 * row), end = Word(second + 4 * row + 4);
        const uint8_t* bytes = At(Word(buffers + 8));
        read[row][column] = std::string(reinterpret_cast<const char*>(bytes) + begin, end - begin);
      } else {
        const char* value = reinterpret_cast<const char*>(second) + row * layout.width;
        read[row][column] = std::string(value, layout.width);
      }
    }
    EXPECT_EQ(seen, nulls);
  }

  std::vector<std::string> formats_;
  std::string memory_;
  uint8_t root_[arrow::kArrayBytes];
};

TEST(LayoutOfFormat, KnowsWhatStreamsHave) {
  EXPECT_EQ(LayoutOfFormat("b")->kind, ColumnLayout::Kind::kBits);
  EXPECT_EQ(LayoutOfFormat("u")->kind, ColumnLayout::Kind::kVariable);
  EXPECT_EQ(LayoutOfFormat("z")->kind, ColumnLayout::Kind::kVariable);
  const std::pair<const char*, uint32_t> widths[] = {
      {"s", 2},    {"i", 4},       {"l", 8},    {"f", 4},     {"g", 8},      {"tdD", 4},
      {"tsu:", 8}, {"tsu:UTC", 8}, {"tin", 16}, {"w:16", 16}, {"d:38,0", 16}};
  for (const auto& [format, width] : widths) {
    EXPECT_EQ(LayoutOfFormat(format)->kind, ColumnLayout::Kind::kFixed) << format;
    EXPECT_EQ(LayoutOfFormat(format)->width, width) << format;
  }
  for (const char* format : {"", "+s", "U", "w:", "w:0", "w:16x", "w:-1", "tdm", "x"})
    EXPECT_FALSE(LayoutOfFormat(format).has_value()) << format;
}

TEST(Batch, HoldsRowsOfAnyValuesInBlocksOfAnySize) {
  std::mt19937 random(7);
  const std::vector<std::string> all = {"b", "s", "i", "l", "tin", "u", "z", "w:16", "g"};
  const auto below = [&](size_t bound) { return static_cast<size_t>(random() % bound); };
  for (int round = 0; round < 300; ++round) {
    std::vector<std::string> formats;
    for (size_t i = below(8); i > 0; --i) formats.push_back(all[below(all.size())]);
    Block block(formats);
    const uint64_t block_bytes = block.batch.least_block_bytes() + below(3000);
    for (int refill = 0; refill < 4; ++refill) {
      block.batch.PlanRows(block_bytes);
      block.Place(block_bytes);
      std::vector<Row> rows;
      while (!block.batch.full() && rows.size() < 500) {
        Row row;
        for (const std::string& format : formats) {
          const ColumnLayout layout = *LayoutOfFormat(format);
          const size_t length = layout.kind == ColumnLayout::Kind::kBits ? 1
                                : layout.kind == ColumnLayout::Kind::kFixed
                                    ? layout.width
                                    : below(below(10) == 0 ? 400 : 20);
          std::string bytes(length, '\0');
          for (char& byte : bytes) byte = static_cast<char>(random());
          if (layout.kind == ColumnLayout::Kind::kBits) bytes[0] &= 1;
          row.push_back(below(5) == 0 ? Value() : Value(bytes));
        }
        if (!block.Append(row)) break;
        rows.push_back(row);
      }
      EXPECT_EQ(block.batch.rows(), rows.size());
      EXPECT_LE(block.batch.filled_bytes(), block_bytes);
      EXPECT_EQ(block.Finish(), rows) << "round " << round;
    }
  }
}

TEST(Batch, MakesRoomForARowThatIsLongerThanTheBlock) {
  Block block({"u", "l", "u"});
  const uint64_t bytes = block.batch.least_block_bytes() + 100;
  const Row row = {std::string(1000, 'a'), std::string(8, 'b'), std::string(3000, 'c')};
  block.batch.PlanRows(bytes);
  block.Place(bytes);
  EXPECT_FALSE(block.Append(row));
  EXPECT_EQ(block.batch.rows(), 0u);
  block.batch.NoteRowBytes(0, 1000);
  block.batch.NoteRowBytes(2, 3000);
  const uint64_t needed = block.batch.PlanForWaitingRow(bytes);
  EXPECT_GT(needed, 4000u);
  EXPECT_LT(needed, 5000u);
  block.Place(needed);
  EXPECT_TRUE(block.Append(row));
  EXPECT_TRUE(block.batch.full());
  EXPECT_EQ(block.Finish(), std::vector<Row>{row});
}

TEST(Batch, StaysInTheBlockIfARowFitsThatTheLastPlanHadNoRoomFor) {
  Block block({"u", "u"});
  constexpr uint64_t kBytes = 4000;
  block.batch.PlanRows(kBytes);
  block.Place(kBytes);
  const Row row = {std::string(3000, 'a'), std::string()};
  EXPECT_FALSE(block.Append(row));
  block.batch.NoteRowBytes(0, 3000);
  block.batch.NoteRowBytes(1, 0);
  EXPECT_EQ(block.batch.PlanForWaitingRow(kBytes), kBytes);
  block.Place(kBytes);
  EXPECT_TRUE(block.Append(row));
  EXPECT_EQ(block.Finish(), std::vector<Row>{row});
}

TEST(Batch, LearnsHowLongValuesAre) {
  Block block({"u"});
  constexpr uint64_t kBytes = 64 << 10;
  size_t rows = 0;
  for (int refill = 0; refill < 3; ++refill) {
    block.batch.PlanRows(kBytes);
    block.Place(kBytes);
    rows = 0;
    while (!block.batch.full() && block.Append({std::string(500, 'x')})) ++rows;
    block.Finish();
  }
  EXPECT_GT(rows, 110u);  // of the 130 that would fit
}

TEST(Batch, HasAtMost65536Rows) {
  Block block({});
  block.batch.PlanRows(1 << 20);
  block.Place(1 << 20);
  uint32_t rows = 0;
  for (; !block.batch.full(); ++rows) block.Append({});
  EXPECT_EQ(rows, 65536u);
}

}  // namespace
}  // namespace pg_checker::engine
