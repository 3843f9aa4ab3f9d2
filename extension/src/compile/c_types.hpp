// Types as wasm2c writes them in C.
#pragma once

#include <wabt/ir.h>

#include <string>

namespace pg_checker::compile {

// Of a number: u32, u64, f32, f64.
std::string CType(wabt::Type type);

// Of what a function returns: void, a number, or a struct of several results.
std::string ResultType(const wabt::TypeVector& results);

}  // namespace pg_checker::compile
