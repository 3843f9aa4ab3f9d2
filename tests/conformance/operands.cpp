#include "operands.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdio>
#include <stdexcept>

namespace pg_checker::conformance {

namespace {

using wabt::Type;

const std::vector<uint64_t> kI32 = {
    0,          1,          2,          3,          7,          8,          15,         16,
    24,         31,         32,         33,         63,         64,         0x7f,       0x80,
    0x81,       0xff,       0x100,      0x7fff,     0x8000,     0xffff,     0x10000,    0xffffff,
    0x1000000,  0x1000001,  0x40000000, 0x55555555, 0x7ffffffe, 0x7fffffff, 0x80000000, 0x80000001,
    0xaaaaaaaa, 0xc0000000, 0xffff7fff, 0xffff8000, 0xffffff7f, 0xffffff80, 0xfffffffe, 0xffffffff};

const std::vector<uint64_t> kI64 = {0,
                                    1,
                                    2,
                                    3,
                                    8,
                                    31,
                                    32,
                                    33,
                                    63,
                                    64,
                                    65,
                                    0x7f,
                                    0x80,
                                    0x7fff,
                                    0x8000,
                                    0xffff,
                                    0x1000001,
                                    0x7fffffff,
                                    0x80000000,
                                    0x80000001,
                                    0xffffffff,
                                    0x100000000,
                                    0x100000001,
                                    0x20000000000000,
                                    0x20000000000001,
                                    0x4000000000000000,
                                    0x5555555555555555,
                                    0x7fffff4000000001,
                                    0x7ffffffffffffbff,
                                    0x7ffffffffffffffe,
                                    0x7fffffffffffffff,
                                    0x8000000000000000,
                                    0x8000000000000001,
                                    0x8000008000000001,
                                    0xaaaaaaaaaaaaaaaa,
                                    0xffffffff7fffffff,
                                    0xffffffff80000000,
                                    0xffffffffffffff7f,
                                    0xfffffffffffffffe,
                                    0xffffffffffffffff};

// Sign aside. With their negatives they make the table.
const std::vector<float> kF32Magnitudes = {
    0x0p+0f,         0x1p-149f,       0x1.fffffcp-127f,  // zero, smallest and largest subnormal
    0x1p-126f,       0x1.fffffep-2f,  0x1p-1f,           // halves: nearest ties to even
    0x1.fffffep-1f,  0x1p+0f,         0x1.000002p+0f,   0x1.8p+0f,       0x1.4p+1f,
    0x1.cp+1f,       0x1.921fb6p+1f,  0x1.fffffep+21f,
    0x1.fffffep+22f,  // 2^23 - 0.5
    0x1p+23f,        0x1.000002p+23f, 0x1p+24f,         0x1.fffffep+30f, 0x1p+31f,
    0x1.000002p+31f,  // about 2^31, 2^32, 2^63, 2^64
    0x1.fffffep+31f, 0x1p+32f,        0x1.fffffep+62f,  0x1p+63f,        0x1.000002p+63f,
    0x1.fffffep+63f, 0x1p+64f,        0x1.fffffep+127f, INFINITY};

const std::vector<double> kF64Magnitudes = {
    0x0p+0,
    0x1p-1074,
    0x1.ffffffffffffep-1023,
    0x1p-1022,
    0x1p-150,  // halfway between 0 and the smallest f32
    0x1.0000000000001p-150,
    0x1p-149,
    0x1.fffffcp-127,  // f32: largest subnormal
    0x1.fffffffffffffp-2,
    0x1p-1,
    0x1.fffffffffffffp-1,
    0x1p+0,
    0x1.0000000000001p+0,
    0x1.000001p+0,  // halfway between two f32
    0x1.0000010000001p+0,
    0x1.000003p+0,
    0x1.8p+0,
    0x1.4p+1,
    0x1.921fb54442d18p+1,
    0x1.fffffffbffffep+30,
    0x1.fffffffffffffp+30,  // 2^31 and 2^32 with fractions on both sides
    0x1p+31,
    0x1.00000002p+31,
    0x1.0000000000001p+31,
    0x1.fffffffffffffp+31,
    0x1p+32,
    0x1.fffffffffffffp+51,  // 2^52 - 0.5
    0x1p+52,
    0x1.0000000000001p+52,
    0x1p+53,
    0x1.fffffffffffffp+62,
    0x1p+63,
    0x1.0000000000001p+63,
    0x1.fffffffffffffp+63,
    0x1p+64,
    0x1.fffffep+127,  // f32: largest
    0x1.fffffefffffffp+127,
    0x1.ffffffp+127,  // halfway to what would be the next
    0x1.fffffffffffffp+1023,
    INFINITY};

const std::vector<uint64_t> kF32Nans = {0x7fc00000, 0xffc00000, 0x7fc00001, 0x7fffffff, 0xffedcba9,
                                        0x7f800001, 0xff800001, 0x7fa00000, 0x7fbfffff};

const std::vector<uint64_t> kF64Nans = {0x7ff8000000000000, 0xfff8000000000000, 0x7ff8000000000001,
                                        0x7fffffffffffffff, 0xfffedcba98765432, 0x7ff0000000000001,
                                        0xfff0000000000001, 0x7ff4000000000000, 0x7ff7ffffe0000000};

std::vector<uint64_t> F32Values() {
  std::vector<uint64_t> values;
  for (const float magnitude : kF32Magnitudes) {
    values.push_back(std::bit_cast<uint32_t>(magnitude));
    values.push_back(std::bit_cast<uint32_t>(-magnitude));
  }
  values.insert(values.end(), kF32Nans.begin(), kF32Nans.end());
  return values;
}

std::vector<uint64_t> F64Values() {
  std::vector<uint64_t> values;
  for (const double magnitude : kF64Magnitudes) {
    values.push_back(std::bit_cast<uint64_t>(magnitude));
    values.push_back(std::bit_cast<uint64_t>(-magnitude));
  }
  values.insert(values.end(), kF64Nans.begin(), kF64Nans.end());
  return values;
}

std::string FloatText(double value, bool negative, uint64_t nan_payload) {
  const std::string sign = negative ? "-" : "";
  char text[64];
  if (nan_payload != 0) {
    snprintf(text, sizeof(text), "nan:0x%llx", static_cast<unsigned long long>(nan_payload));
  } else {
    snprintf(text, sizeof(text), "%a", std::fabs(value));
  }
  return sign + text;
}

}  // namespace

const std::vector<uint64_t>& BoundaryValues(Type type) {
  static const std::vector<uint64_t> f32 = F32Values();
  static const std::vector<uint64_t> f64 = F64Values();
  if (type == Type::I32) return kI32;
  if (type == Type::I64) return kI64;
  return type == Type::F32 ? f32 : f64;
}

const std::vector<uint64_t>& ConstantValues(Type type) {
  static const std::vector<uint64_t> i32 = {
      0, 1, 2, 3, 31, 32, 0xff, 0x7fffffff, 0x80000000, 0xffff8000, 0xfffffffe, 0xffffffff};
  static const std::vector<uint64_t> i64 = {0,
                                            1,
                                            2,
                                            3,
                                            63,
                                            64,
                                            0xffffffff,
                                            0x100000000,
                                            0x7fffffffffffffff,
                                            0x8000000000000000,
                                            0xfffffffffffffffe,
                                            0xffffffffffffffff};
  // ±0, ±1, 2, 0.5, infinities, an odd one, the largest, NaNs of both kinds.
  static const std::vector<uint64_t> f32 = {0x00000000, 0x80000000, 0x3f800000, 0xbf800000,
                                            0x40000000, 0x3f000000, 0x7f800000, 0xff800000,
                                            0x40490fdb, 0x7f7fffff, 0x7fc00000, 0x7fa00000};
  static const std::vector<uint64_t> f64 = {
      0x0000000000000000, 0x8000000000000000, 0x3ff0000000000000, 0xbff0000000000000,
      0x4000000000000000, 0x3fe0000000000000, 0x7ff0000000000000, 0xfff0000000000000,
      0x400921fb54442d18, 0x7fefffffffffffff, 0x7ff8000000000000, 0x7ff4000000000000};
  if (type == Type::I32) return i32;
  if (type == Type::I64) return i64;
  return type == Type::F32 ? f32 : f64;
}

std::vector<uint64_t> WideValues(Type type) {
  std::vector<uint64_t> values = BoundaryValues(type);
  const auto add_around = [&values](uint64_t bits, uint64_t mask) {
    for (const uint64_t near : {bits - 1, bits, bits + 1}) {
      values.push_back(near & mask);
      values.push_back((uint64_t{0} - near) & mask);
    }
  };
  if (type == Type::I32) {
    for (int power = 0; power < 32; ++power) add_around(uint64_t{1} << power, 0xffffffff);
  } else if (type == Type::I64) {
    for (int power = 0; power < 64; ++power) add_around(uint64_t{1} << power, ~uint64_t{0});
  } else if (type == Type::F32) {
    for (uint64_t exponent = 1; exponent < 255; exponent += 2) {
      for (const uint64_t sign : {0x00000000u, 0x80000000u}) {
        for (const int near : {-1, 0, 1}) values.push_back(sign | ((exponent << 23) + near));
      }
    }
  } else {
    for (uint64_t exponent = 1023 - 160; exponent <= 1023 + 160; exponent += 2) {
      for (const uint64_t sign : {uint64_t{0}, uint64_t{1} << 63}) {
        for (const int near : {-1, 0, 1}) values.push_back(sign | ((exponent << 52) + near));
      }
    }
  }
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
  return values;
}

std::string ConstantText(Type type, uint64_t bits) {
  if (type == Type::I32) {
    return "(i32.const " + std::to_string(static_cast<int32_t>(bits)) + ")";
  }
  if (type == Type::I64) {
    return "(i64.const " + std::to_string(static_cast<int64_t>(bits)) + ")";
  }
  if (type == Type::F32) {
    const auto narrow = static_cast<uint32_t>(bits);
    const auto value = std::bit_cast<float>(narrow);
    const uint64_t payload = std::isnan(value) ? narrow & 0x007fffff : 0;
    return "(f32.const " + FloatText(value, (narrow >> 31) != 0, payload) + ")";
  }
  if (type != Type::F64) throw std::logic_error("no constants of this type");
  const auto value = std::bit_cast<double>(bits);
  const uint64_t payload = std::isnan(value) ? bits & 0x000fffffffffffff : 0;
  return "(f64.const " + FloatText(value, (bits >> 63) != 0, payload) + ")";
}

std::string TypeText(Type type) {
  if (type == Type::ExternRef) return "externref";
  if (type == Type::FuncRef || type == Type::Reference) return "funcref";
  return type.GetName();
}

}  // namespace pg_checker::conformance
