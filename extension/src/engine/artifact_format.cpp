#include "engine/artifact_format.hpp"

#include <openssl/evp.h>

#include <cstring>
#include <new>

namespace pg_checker::engine {

Digest Sha256(std::string_view bytes) {
  Digest digest;
  // Fails for lack of memory only: the algorithm is in every build of OpenSSL 3.
  if (EVP_Digest(bytes.data(), bytes.size(), digest.data(), nullptr, EVP_sha256(), nullptr) != 1) {
    throw std::bad_alloc();
  }
  return digest;
}

std::string Hex(const Digest& digest) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string hex;
  hex.reserve(2 * digest.size());
  for (unsigned char byte : digest) {
    hex += kDigits[byte >> 4];
    hex += kDigits[byte & 15];
  }
  return hex;
}

std::string ModuleDigest(std::string_view module_bytes) { return Hex(Sha256(module_bytes)); }

std::string ArtifactName(std::string_view module_bytes) {
  std::string named;
  named.reserve(kEngineVersion.size() + 1 + module_bytes.size());
  named.append(kEngineVersion).push_back('\0');
  named.append(module_bytes);
  return Hex(Sha256(named)) + ".so";
}

std::string Trailer(std::string_view object, std::string_view name) {
  std::string sealed;
  sealed.reserve(name.size() + 1 + object.size());
  sealed.append(name).push_back('\0');
  sealed.append(object);
  Digest digest = Sha256(sealed);
  std::string trailer(kTrailerMagic);
  trailer.append(reinterpret_cast<const char*>(digest.data()), digest.size());
  return trailer;
}

bool TrailerMatches(std::string_view file, std::string_view name) {
  if (file.size() < kTrailerBytes) return false;
  std::string_view object = file.substr(0, file.size() - kTrailerBytes);
  return file.substr(object.size()) == Trailer(object, name);
}

}  // namespace pg_checker::engine
