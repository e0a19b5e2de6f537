#include <algorithm>

#include "tools/explain/tools.h"
#include "tools/investigate/tools.h"
#include "tools/jobs/tools.h"
#include "tools/notes/memory.h"
#include "tools/profile/tools.h"
#include "tools/run/tools.h"
#include "tools/source/tools.h"
#include "tools/tool.h"

namespace culprit {

const std::vector<Tool>& all_tools() {
    static const std::vector<Tool> tools = {
        list_files_tool(),
        grep_tool(),
        read_file_tool(),
        find_symbol_tool(),
        outline_tool(),
        read_symbol_tool(),
        callers_tool(),
        callees_tool(),
        call_paths_tool(),
        implementations_tool(),
        references_tool(),
        source_resolve_tool(),
        annotate_tool(),
        find_patterns_tool(),
        changes_tool(),
        blame_symbol_tool(),
        diff_symbol_tool(),
        survey_tool(),
        suspects_tool(),
        memory_tool(),
        remember_tool(),
        forget_tool(),
        search_history_tool(),
        profile_summary_tool(),
        profile_top_tool(),
        profile_tree_tool(),
        profile_butterfly_tool(),
        profile_path_tool(),
        profile_diff_tool(),
        profile_allocations_tool(),
        profile_gc_tool(),
        profile_contention_tool(),
        profile_exceptions_tool(),
        profile_timeline_tool(),
        profile_export_tool(),
        explain_top_tool(),
        explain_stack_tool(),
        explain_code_tool(),
        explain_function_tool(),
        explain_process_tool(),
        explain_host_tool(),
        find_faster_tool(),
        jobs_compare_tool(),
        jobs_changepoints_tool(),
        jobs_history_tool(),
        jobs_trends_tool(),
        jobs_acknowledge_tool(),
        jobs_pin_tool(),
        run_command_tool(),
        background_tool(),
        run_on_host_tool(),
        check_host_tool(),
        collect_trace_tool(),
        thread_stacks_tool(),
        stress_test_tool(),
        compare_runs_tool(),
        container_tool(),
    };
    return tools;
}

const Tool* find_tool(std::string_view name) {
    const auto& tools = all_tools();
    const auto found = std::ranges::find(tools, name, &Tool::name);
    return found == tools.end() ? nullptr : &*found;
}

}  // namespace culprit
