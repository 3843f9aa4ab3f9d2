// How an artifact is named and sealed: shared by checker-compile, which writes it, and by the
// engine, which reads it.
//
// File: <ELF shared object> <trailer>. The trailer is 8 bytes "PGCHKAR2", then the 32 bytes of
// SHA-256 of the file's name, a NUL and all that stands before the trailer; a torn or edited file
// does not match, nor does a whole one in the place of another. The file's name is
// ArtifactName(module).
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace pg_checker::engine {

// Part of every artifact's name. Changes with generated code, compiler flags or
// CHECKER_ARTIFACT_VERSION.
inline constexpr std::string_view kEngineVersion = "1.9";

inline constexpr std::string_view kTrailerMagic = "PGCHKAR2";
inline constexpr size_t kTrailerBytes = 8 + 32;

using Digest = std::array<unsigned char, 32>;

// SHA-256 (FIPS 180-4), by OpenSSL.
Digest Sha256(std::string_view bytes);
std::string Hex(const Digest& digest);

// "<hex of SHA-256(module)>" : what messages and views show after "sha256:".
std::string ModuleDigest(std::string_view module_bytes);

// "<hex of SHA-256(kEngineVersion NUL module)>.so"
std::string ArtifactName(std::string_view module_bytes);

// The trailer for the artifact `name` whose shared object is `object`.
std::string Trailer(std::string_view object, std::string_view name);
// Whether `file` (shared object and trailer) is whole, and the artifact `name`.
bool TrailerMatches(std::string_view file, std::string_view name);

}  // namespace pg_checker::engine
