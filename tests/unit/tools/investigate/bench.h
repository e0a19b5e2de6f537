// Calls tools that join profiles and sources, over roots that a test names.
#pragma once

#include "memory/project_memory.h"
#include "support/support.h"
#include "tools/args.h"
#include "tools/profile/store.h"
#include "tools/source/index.h"

namespace culprit::test {

class InvestigateBench {
  public:
    Roots& roots() { return roots_; }

    Result<Output> call(std::string_view tool, const Json& arguments) {
        const Tool* const row = find_tool(tool);
        if (!row) return fail(Fault::Internal, "no tool {}", tool);
        TRY(const Args args, check_arguments(*row, arguments));
        Workbench bench{
            .roots = roots_, .source = source_, .profiles = profiles_, .memory = memory_, .stop = {}};
        return row->run(args, bench);
    }

  private:
    TemporaryFolder folder_ = temporary_folder();
    Roots roots_;
    SourceIndex source_{roots_};
    ProfileStore profiles_;
    ProjectMemory memory_{folder_.path()};
};

}  // namespace culprit::test
