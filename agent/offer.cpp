#include "agent/offer.h"

#include <algorithm>

#include "base/text.h"
#include "tools/toolsets.h"

namespace culprit {
namespace {

constexpr std::string_view kOpenTools = "open_tools";

class OpenSets {
  public:
    void add(const UserText& user) { add_named_in(user.text); }
    void add(const AssistantReply& reply) {
        for (const ToolCall& call : reply.calls) {
            add(toolset_of(call.name));
            if (call.name != kOpenTools) continue;
            if (const auto arguments = parse_json(call.arguments, kOpenTools))
                add(find_set(text_at(*arguments, "set")));
        }
    }
    void add(const ToolResult& result) {
        if (result.tool == "playbook") add_named_in(result.text);
    }
    const std::vector<const Toolset*>& all() const { return open_; }

    static const Toolset* find_set(std::string_view name) {
        const auto found = std::ranges::find(toolsets(), name, &Toolset::name);
        return found == toolsets().end() ? nullptr : &*found;
    }

  private:
    void add(const Toolset* set) {
        if (set && std::ranges::find(open_, set) == open_.end()) open_.push_back(set);
    }

    // Names with an underline alone: "changes" and "references" are words of every day.
    void add_named_in(std::string_view text) {
        const auto is_of_name = [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; };
        for (std::size_t line = text.find('_'); line != std::string_view::npos;
             line = text.find('_', line + 1)) {
            std::size_t first = line, end = line;
            while (first > 0 && is_of_name(text[first - 1])) --first;
            while (end < text.size() && is_of_name(text[end])) ++end;
            add(toolset_of(text.substr(first, end - first)));
            line = end - 1;
        }
    }

    std::vector<const Toolset*> open_;
};

}  // namespace

std::vector<const OfferedTool*> offered_tools(const Toolbox& tools, std::span<const Event> events) {
    OpenSets open;
    for (const Event& event : events) {
        std::visit(
            [&](const auto& body) {
                if constexpr (requires { open.add(body); }) open.add(body);
            },
            event.body);
    }
    std::vector<const OfferedTool*> offered;
    for (const OfferedTool& tool : tools.all()) {
        if (!tool.toolset) offered.push_back(&tool);
    }
    for (const Toolset* set : open.all()) {
        for (const OfferedTool& tool : tools.all()) {
            if (tool.toolset == set) offered.push_back(&tool);
        }
    }
    return offered;
}

OfferedTool open_tools_tool() {
    std::string about = "Have the tools of a set explained, from your next reply on:";
    Json names = Json::array();
    for (const Toolset& set : toolsets()) {
        about += fmt::format("\n{} ({}): {}", set.name, set.about, fmt::join(set.tools, " "));
        names.push_back(set.name);
    }
    return {.name = std::string(kOpenTools),
            .about = std::move(about),
            .effect = Effect::Reads,
            .schema = {{"type", "object"},
                       {"properties", {{"set", {{"type", "string"}, {"enum", std::move(names)}}}}},
                       {"required", {"set"}},
                       {"additionalProperties", false}},
            .run = [](const Json& arguments, Workbench&) -> Result<Output> {
                const std::string name = text_at(arguments, "set");
                const Toolset* set = OpenSets::find_set(name);
                if (!set)
                    return fail(Fault::NotFound, "there is no set of tools '{}'; {}", name,
                                open_tools_tool().about);
                std::string text = fmt::format("open from now on: {}\n", fmt::join(set->tools, ", "));
                return Output{.text = std::move(text), .data = {{"set", name}}};
            }};
}

}  // namespace culprit
