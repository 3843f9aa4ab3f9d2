// A guest that calls one host function with arguments chosen by the test.
//
// It reads from stdin 128 bytes of arguments (8 to each) and then what shall stand in its memory
// from kContent on, calls the function, and writes its two result slots and that part of memory to
// stdout.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/host.hpp"
#include "engine/run.hpp"

namespace pg_checker::engine {

class Probe {
 public:
  static constexpr uint32_t kContent = 1024;
  static constexpr uint32_t kContentBytes = 4096;
  static constexpr uint32_t kMemoryBytes = 65536;  // one page, if `memory` says nothing else

  // `type` as in abi.def. `more` is WAT for the module: an allocator, say; `memory` defines the
  // memory.
  Probe(std::string_view module, std::string_view name, std::string_view type,
        std::string_view more = "", std::string_view memory = "(memory (export \"memory\") 1)");

  struct Reply {
    RunReport report;
    uint64_t results[2] = {};
    std::string memory;  // kContentBytes from kContent on; empty if the run did not get that far

    std::string_view Memory(uint32_t pointer, uint32_t length) const {
      return std::string_view(memory).substr(pointer - kContent, length);
    }
    uint32_t Word(uint32_t pointer) const;
    uint64_t Long(uint32_t pointer) const;
  };
  // `rest_of_input` is what the called function finds on stdin.
  Reply Call(Host& host, const std::vector<uint64_t>& arguments, std::string_view content = "",
             RunOptions options = {}, std::string_view rest_of_input = "");

 private:
  std::shared_ptr<Module> module_;
};

}  // namespace pg_checker::engine
