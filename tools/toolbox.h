// The tools of a session: the built-in rows, and those that plug-in servers bring while it runs.
#pragma once

#include <deque>
#include <functional>
#include <string>
#include <string_view>

#include "tools/tool.h"
#include "tools/toolsets.h"

namespace culprit {

// A tool as it is offered to a model, wherever it comes from.
struct OfferedTool {
    std::string name, about;
    Effect effect = Effect::Runs;
    Json schema;  // JSON Schema of its arguments: an object; of the built-in ones it explains what no tool
                  // that is always offered, or before it in its set, has explained
    std::function<Result<Output>(const Json& arguments, Workbench& bench)> run;
    // Of one that Runs: what a call would start and needs. None: the call as a whole is asked about.
    std::function<Result<Plan>(const Json& arguments, Workbench& bench)> plan = {};
    const Toolset* toolset = nullptr;  // null: always offered
    std::size_t schema_bytes = 0;      // of the schema as text; set by the toolbox
};

// Those that are always offered first, then set by set. Rows stay where they are until they are removed. Not
// thread-safe: filled between replies, by the thread that runs the turn; find() and running a row may happen
// on several threads meanwhile.
class Toolbox {
  public:
    Toolbox();  // the built-in rows

    const std::deque<OfferedTool>& all() const { return tools_; }
    const OfferedTool* find(std::string_view name) const;

    // Fails with Invalid if the name is taken.
    Result<> add(OfferedTool tool);
    void remove_all(std::string_view prefix);

    // These alone, as far as there are such, all of them always offered.
    Toolbox only(const std::vector<std::string>& names) const;

  private:
    explicit Toolbox(std::deque<OfferedTool> tools) : tools_(std::move(tools)) {}
    void put(OfferedTool tool);
    std::deque<OfferedTool> tools_;
};

}  // namespace culprit
