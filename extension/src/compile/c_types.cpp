#include "compile/c_types.hpp"

namespace pg_checker::compile {

using wabt::Type;

std::string CType(Type type) {
  if (type == Type::I32) return "u32";
  if (type == Type::I64) return "u64";
  if (type == Type::F32) return "f32";
  return "f64";
}

namespace {

// wasm2c's letter for a type in the names of structs of several results and of their members.
char ResultLetter(Type type) {
  if (type == Type::I32) return 'i';
  if (type == Type::I64) return 'j';
  if (type == Type::F32) return 'f';
  return 'd';
}

}  // namespace

std::string ResultType(const wabt::TypeVector& results) {
  if (results.empty()) return "void";
  if (results.size() == 1) return CType(results[0]);
  std::string name = "struct wasm_multi_";
  for (Type type : results) name += ResultLetter(type);
  return name;
}

}  // namespace pg_checker::compile
