// From source to a valid module: the text and binary readers of WABT, held to the features that the
// guest ABI allows. Runs on untrusted bytes, so only ever inside the sandbox (sandbox.hpp):
// WABT 1.0.32 aborts on some hostile input.
#pragma once

#include <wabt/ir.h>

#include <memory>
#include <string>
#include <string_view>

#include "compile/failure.hpp"

namespace pg_checker::compile {

// Binary form of a module in WebAssembly's text format, without its names. Fails with kSyntax where
// the text does not parse and kInvalidModule where it does but is not valid, both with line and
// column.
Outcome<std::string> AssembleText(std::string_view text);

// A module that has passed validation, without names. Fails with kInvalidModule and the byte
// offset.
Outcome<std::unique_ptr<wabt::Module>> ReadModule(std::string_view wasm);

}  // namespace pg_checker::compile
