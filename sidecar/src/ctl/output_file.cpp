#include "ctl/output_file.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "ctl/output.hpp"

namespace pg_checker::ctl {
namespace {

Result<void> Write(const std::string& path, const std::string& text, const char* mode) {
  std::FILE* const file = std::fopen(path.c_str(), mode);
  bool good = file != nullptr;
  int error = errno;
  if (good) {
    good = std::fwrite(text.data(), 1, text.size(), file) == text.size();
    if (!good) error = errno;
    if (std::fclose(file) != 0) {
      if (good) error = errno;
      good = false;
    }
  }
  if (good) return {};
  return Failure{"could not write file \"" + path + "\": " + std::strerror(error)};
}

}  // namespace

Result<void> PrintTo(const std::string& path, const std::string& text) {
  if (!path.empty()) return Write(path, text, "wb");
  Print(text);
  return {};
}

Result<void> WriteNew(const std::string& path, const std::string& text) {
  return Write(path, text, "wbx");
}

}  // namespace pg_checker::ctl
