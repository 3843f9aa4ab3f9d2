#include "ctl/new_project.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "ctl/output_file.hpp"
#include "definitions/document.hpp"
#include "definitions/object_name.hpp"

namespace pg_checker::ctl {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kMark = "@NAME@";

std::string WithName(std::string text, const std::string& name) {
  for (std::size_t at = text.find(kMark); at != std::string::npos; at = text.find(kMark, at)) {
    text.replace(at, kMark.size(), name);
    at += name.size();
  }
  return text;
}

struct File {
  fs::path from;
  fs::path to;
};

std::string Joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text.empty() ? "none" : text;
}

}  // namespace

std::string SdkFolder() {
  if (const char* const folder = std::getenv("CHECKER_SDK")) return folder;
  std::error_code error;
  if (fs::is_directory(PG_CHECKER_SDK, error)) return PG_CHECKER_SDK;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  return (program.parent_path().parent_path() / "share/pg_checker/sdk").string();
}

std::vector<std::string> TemplateLanguages(const std::string& sdk) {
  std::vector<std::string> languages;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(sdk, error)) {
    if (fs::is_directory(entry.path() / "template", error)) {
      languages.push_back(entry.path().filename().string());
    }
  }
  std::sort(languages.begin(), languages.end());
  return languages;
}

Result<std::vector<std::string>> NewProject(const std::string& sdk, const std::string& language,
                                            const std::string& name, const std::string& folder) {
  if (!definitions::IsNamePart(name)) {
    return Failure{"\"" + name + "\" is not a valid name for a checker", "",
                   "It starts with a letter or underscore and goes on with letters, digits, "
                   "underscores and hyphens, 63 at most."};
  }
  const std::vector<std::string> languages = TemplateLanguages(sdk);
  if (std::find(languages.begin(), languages.end(), language) == languages.end()) {
    return Failure{"there is no template for language \"" + language + "\" in " + sdk, "",
                   "Languages with a template are " + Joined(languages) +
                       "; CHECKER_SDK says where they are."};
  }
  const fs::path from = fs::path(sdk) / language / "template";
  std::vector<File> files;
  std::error_code error;
  auto entry = fs::recursive_directory_iterator(from, error);
  for (; !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
    if (!entry->is_regular_file(error)) continue;
    const std::string relative = fs::relative(entry->path(), from, error).string();
    files.push_back({entry->path(), fs::path(folder) / WithName(relative, name)});
  }
  if (error)
    return Failure{"could not read template \"" + from.string() + "\": " + error.message()};
  std::sort(files.begin(), files.end(),
            [](const File& left, const File& right) { return left.to < right.to; });
  for (const File& file : files) {
    if (!fs::exists(fs::symlink_status(file.to, error))) continue;
    return Failure{"file \"" + file.to.string() + "\" is there already", "",
                   "Choose another folder; nothing is overwritten."};
  }
  std::vector<std::string> made;
  for (const File& file : files) {
    const auto text = definitions::ReadFile(file.from.string());
    if (!text.ok()) return text.failure();
    fs::create_directories(file.to.parent_path(), error);
    const auto written = WriteNew(file.to.string(), WithName(text.value(), name));
    if (!written.ok()) return written.failure();
    fs::permissions(file.to, fs::status(file.from, error).permissions() | fs::perms::owner_write,
                    error);
    made.push_back(file.to.string());
  }
  return made;
}

}  // namespace pg_checker::ctl
