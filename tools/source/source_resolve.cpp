// source_resolve: the frame of a profile or stack trace, and the definition it means.
#include "base/text.h"
#include "tools/source/answer.h"
#include "tools/source/frames.h"
#include "tools/source/tools.h"

namespace culprit {
namespace {

Result<Output> run_source_resolve(const Args& args, Workbench& bench) {
    TRY_OK(make_ready(bench));
    const std::string& root = args.text("in");
    if (!root.empty() && !bench.roots.find(root))
        return fail(Fault::NotFound, "there is no root called {}; list_files names them", root);
    const FrameTargets found = resolve_frame(bench.source, args.text("frame"), root);
    Lines lines;
    Json targets = Json::array();
    for (const Target& target : found.targets) {
        const Definition& d = target.definition;
        lines.add(fmt::format("{}  {}  (lines {}-{}){}", place_text(bench.roots, d.file, d.line), d.qualified,
                              d.first_line, d.last_line, certainty_mark(target.certainty)));
        Json row = target_json(bench.roots, d.qualified, d.file, d.line, target.certainty);
        row["end_line"] = d.last_line;
        targets.push_back(std::move(row));
    }
    std::string text = lines.text("name a root");
    if (!found.why.empty()) text += found.why + '\n';
    return Output{
        .text = std::move(text) + partial_note(bench),
        .data = {{"query", args.text("frame")}, {"targets", std::move(targets)}, {"why", found.why}}};
}

}  // namespace

Tool source_resolve_tool() {
    return {"source_resolve",
            "source resolve",
            "Find the definition that a frame of a profile or stack trace means: .NET names with state "
            "machines, lambdas and "
            "generics, C++ mangled or not, Java, Go, Rust, V8, Python. Says why if there is none.",
            Effect::Reads,
            {{"frame", Kind::String, "the frame as the profile or trace has it"},
             {"in", Kind::String, "only in this root", ""}},
            run_source_resolve};
}

}  // namespace culprit
