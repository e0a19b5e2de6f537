// references: where a symbol is used.
#include <algorithm>

#include "base/text.h"
#include "tools/source/answer.h"
#include "tools/source/tools.h"

namespace culprit {
namespace {

std::string_view kind_name(ReferenceKind kind) {
    switch (kind) {
        case ReferenceKind::Call: return "call";
        case ReferenceKind::Declaration: return "declaration";
        case ReferenceKind::Mention: return "mention";
    }
    return "";
}

Result<Output> run_references(const Args& args, Workbench& bench) {
    TRY_OK(make_ready(bench));
    TRY(const std::vector<Definition> meant, definitions_meant(bench, args.text("name"), 20));
    const auto limit = static_cast<std::size_t>(std::clamp<std::int64_t>(args.integer("limit"), 1, 5000));
    const std::vector<Reference> found = bench.source.references(meant.front(), limit, bench.stop);
    if (bench.stop.stop_requested()) return std::unexpected(cancelled());
    Lines lines;
    lines.add(fmt::format("{} ({}): {} lines use it", meant.front().qualified,
                          place_text(bench.roots, meant.front().file, meant.front().line), found.size()));
    Json targets = Json::array();
    for (const Reference& r : found) {
        lines.add(fmt::format("  {}  {}  {}{}", place_text(bench.roots, r.file, r.line), kind_name(r.kind),
                              one_line(r.text, 120), certainty_mark(r.certainty)));
        Json row = target_json(bench.roots, r.container, r.file, r.line, r.certainty);
        row["kind"] = kind_name(r.kind);
        targets.push_back(std::move(row));
    }
    std::string text = lines.text("callers lists the calls alone");
    if (meant.size() > 1)
        text += fmt::format("({} more definitions are called so; name one, as Type.Member or FILE:LINE)\n",
                            meant.size() - 1);
    return Output{.text = std::move(text) + partial_note(bench),
                  .data = {{"query", args.text("name")}, {"targets", std::move(targets)}}};
}

}  // namespace

Tool references_tool() {
    return {"references",
            "source references",
            "List the lines of code that use a field, property, type or method; comments and strings are "
            "left out. Calls are "
            "resolved; other uses are found by name, and say [by name] where several things are called so.",
            Effect::Reads,
            {{"name", Kind::String, "a symbol as Type.Member, or its place as FILE:LINE"},
             {"limit", Kind::Integer, "most lines to find", std::int64_t{200}}},
            run_references};
}

}  // namespace culprit
