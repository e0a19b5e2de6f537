// implementations: what derives from a type, overrides or implements a member.
#include <algorithm>

#include "base/text.h"
#include "tools/source/answer.h"
#include "tools/source/tools.h"

namespace culprit {
namespace {

Result<Output> run_implementations(const Args& args, Workbench& bench) {
    TRY_OK(make_ready(bench));
    TRY(std::vector<Definition> meant, definitions_meant(bench, args.text("name"), 50));
    std::erase_if(meant,
                  [](const Definition& d) { return d.kind == SymbolKind::Constructor || d.is_generated; });
    Lines lines;
    Json targets = Json::array();
    for (const Definition& d : meant) {
        for (const Definition& found : bench.source.implementations(d)) {
            Json row = target_json(bench.roots, found.qualified, found.file, found.line, Certainty::Exact);
            row["of"] = d.qualified;
            if (std::ranges::find(targets, row) != targets.end()) continue;
            lines.add(fmt::format("{}  {}  {}", place_text(bench.roots, found.file, found.line),
                                  found.qualified, one_line(found.signature, 120)));
            targets.push_back(std::move(row));
        }
    }
    std::string text =
        fmt::format("{} found\n{}", targets.size(), lines.text("name the type with its namespace"));
    if (targets.empty())
        text =
            fmt::format("nothing in the roots derives from, implements or overrides {}\n", args.text("name"));
    return Output{.text = std::move(text) + partial_note(bench),
                  .data = {{"query", args.text("name")}, {"targets", std::move(targets)}}};
}

}  // namespace

Tool implementations_tool() {
    return {"implementations",
            "source implementations",
            "List the types that derive from a class or implement an interface, or the members that override "
            "or implement one.",
            Effect::Reads,
            {{"name", Kind::String, "a type, or a member as Type.Member, or its place as FILE:LINE"}},
            run_implementations};
}

}  // namespace culprit
