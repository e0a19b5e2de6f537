#include "tools/toolbox.h"

#include <algorithm>

#include "tools/args.h"

namespace culprit {

namespace {

OfferedTool offered(const Tool& tool, const Toolset* set, Explained& explained) {
    OfferedTool row{.name = std::string(tool.name),
                    .about = std::string(tool.about),
                    .effect = tool.effect,
                    .schema = argument_schema(tool, &explained),
                    .run = [&tool](const Json& arguments, Workbench& bench) -> Result<Output> {
                        TRY(const Args args, check_arguments(tool, arguments));
                        return tool.run(args, bench);
                    },
                    .toolset = set};
    if (tool.plan) {
        row.plan = [&tool](const Json& arguments, Workbench& bench) -> Result<Plan> {
            TRY(const Args args, check_arguments(tool, arguments));
            return tool.plan(args, bench);
        };
    }
    return row;
}

}  // namespace

Toolbox::Toolbox() {
    Explained always;
    for (const Tool& tool : all_tools()) {
        if (!toolset_of(tool.name)) put(offered(tool, nullptr, always));
    }
    for (const Toolset& set : toolsets()) {
        Explained explained = always;
        for (const std::string_view name : set.tools) put(offered(*find_tool(name), &set, explained));
    }
}

const OfferedTool* Toolbox::find(std::string_view name) const {
    const auto found = std::ranges::find(tools_, name, &OfferedTool::name);
    return found == tools_.end() ? nullptr : &*found;
}

Result<> Toolbox::add(OfferedTool tool) {
    if (find(tool.name))
        return fail(Fault::Invalid, "there are two tools '{}': the second is left out", tool.name);
    put(std::move(tool));
    return {};
}

void Toolbox::put(OfferedTool tool) {
    tool.schema_bytes = dump_json(tool.schema).size();
    tools_.push_back(std::move(tool));
}

Toolbox Toolbox::only(const std::vector<std::string>& names) const {
    Toolbox some(std::deque<OfferedTool>{});
    Explained explained;
    for (const OfferedTool& tool : tools_) {
        if (std::ranges::find(names, tool.name) == names.end()) continue;
        const Tool* const built_in = find_tool(tool.name);
        some.put(built_in ? offered(*built_in, nullptr, explained) : tool);
    }
    return some;
}

void Toolbox::remove_all(std::string_view prefix) {
    std::erase_if(tools_, [&](const OfferedTool& tool) { return tool.name.starts_with(prefix); });
}

}  // namespace culprit
