#include "tools/toolsets.h"

#include <algorithm>

namespace culprit {

const std::vector<Toolset>& toolsets() {
    static const std::vector<Toolset> sets = {
        {"code",
         "calls, costs on lines, anti-patterns",
         {"callees", "implementations", "references", "source_resolve", "annotate", "find_patterns",
          "explain_code", "explain_function", "find_faster"}},
        {"history", "what changed, who did it", {"changes", "blame_symbol", "diff_symbol", "suspects"}},
        {"profiles",
         "more of a profile or a pasted report",
         {"profile_tree", "profile_butterfly", "profile_path", "profile_allocations", "profile_gc",
          "profile_contention", "profile_exceptions", "profile_timeline", "profile_export", "explain_top",
          "explain_stack"}},
        {"measuring",
         "record, load, compare, start services",
         {"collect_trace", "thread_stacks", "stress_test", "compare_runs", "container", "background"}},
        {"hosts", "machines and processes", {"run_on_host", "check_host", "explain_host", "explain_process"}},
        {"jobs",
         "benchmark jobs",
         {"jobs_compare", "jobs_changepoints", "jobs_history", "jobs_trends", "jobs_acknowledge",
          "jobs_pin"}},
        {"notes", "memory and earlier sessions", {"memory", "forget", "search_history"}},
    };
    return sets;
}

const Toolset* toolset_of(std::string_view tool) {
    const auto found = std::ranges::find_if(toolsets(), [&](const Toolset& set) {
        return std::ranges::find(set.tools, tool) != set.tools.end();
    });
    return found == toolsets().end() ? nullptr : &*found;
}

}  // namespace culprit
