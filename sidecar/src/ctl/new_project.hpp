// Makes a project for a checker from the template of its language.
#pragma once

#include <string>
#include <vector>

#include "result.hpp"

namespace pg_checker::ctl {

// Where the SDKs with their templates are: CHECKER_SDK, else where they are installed, else beside
// this program.
std::string SdkFolder();

// Languages that have a template, sorted.
std::vector<std::string> TemplateLanguages(const std::string& sdk);

// Copies the template into `folder`, with the checker's name in names and texts of files; the paths
// of all files that were made. Overwrites nothing: with one file in the way none is made.
Result<std::vector<std::string>> NewProject(const std::string& sdk, const std::string& language,
                                            const std::string& name, const std::string& folder);

}  // namespace pg_checker::ctl
