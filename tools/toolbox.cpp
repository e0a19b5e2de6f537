#include "tools/toolbox.h"

#include <algorithm>

#include "tools/args.h"

namespace culprit {

Toolbox::Toolbox() {
    Explained explained;
    for (const Tool& tool : all_tools()) {
        OfferedTool row{.name = std::string(tool.name),
                        .about = std::string(tool.about),
                        .effect = tool.effect,
                        .schema = argument_schema(tool, &explained),
                        .run = [&tool](const Json& arguments, Workbench& bench) -> Result<Output> {
                            TRY(const Args args, check_arguments(tool, arguments));
                            return tool.run(args, bench);
                        }};
        if (tool.plan) {
            row.plan = [&tool](const Json& arguments, Workbench& bench) -> Result<Plan> {
                TRY(const Args args, check_arguments(tool, arguments));
                return tool.plan(args, bench);
            };
        }
        put(std::move(row));
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
    Toolbox some(*this);
    std::erase_if(some.tools_, [&](const OfferedTool& tool) {
        return std::ranges::find(names, tool.name) == names.end();
    });
    return some;
}

void Toolbox::remove_all(std::string_view prefix) {
    std::erase_if(tools_, [&](const OfferedTool& tool) { return tool.name.starts_with(prefix); });
}

}  // namespace culprit
