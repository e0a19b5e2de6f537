// Calls a profile tool as the loop does: arguments as JSON, checked by its row.
#pragma once

#include "support/support.h"
#include "tools/args.h"
#include "tools/profile/store.h"

namespace culprit::test {

class ToolBench {
  public:
    ToolBench() { must(roots_.add_source("files", source_path("tests/formats"))); }

    Result<Output> call(std::string_view tool, const Json& arguments) {
        const Tool* const row = find_tool(tool);
        if (!row) return fail(Fault::Internal, "no tool {}", tool);
        TRY(const Args args, check_arguments(*row, arguments));
        return row->run(args, bench_);
    }
    Roots& roots() { return roots_; }

  private:
    // The profile tools look at neither the source nor the memory.
    alignas(std::max_align_t) std::byte nothing_[64] = {};
    Roots roots_;
    ProfileStore profiles_;
    Workbench bench_{.roots = roots_,
                     .source = reinterpret_cast<SourceIndex&>(nothing_),
                     .profiles = profiles_,
                     .memory = reinterpret_cast<ProjectMemory&>(nothing_),
                     .stop = {}};
};

}  // namespace culprit::test
