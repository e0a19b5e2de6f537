// call_paths: how one method comes to call another.
#include <algorithm>

#include "base/text.h"
#include "tools/source/answer.h"
#include "tools/source/tools.h"

namespace culprit {
namespace {

std::string step_text(const Roots& roots, const PathStep& step) {
    std::string text = fmt::format("  {}  ({})", step.definition.qualified,
                                   place_text(roots, step.definition.file, step.definition.line));
    if (step.how == PathStep::How::Implements) return text + "  implements or overrides it";
    if (step.site)
        text +=
            fmt::format("  {} at {}", step.how == PathStep::How::Passed ? "passed as a delegate" : "called",
                        place_text(roots, step.site->file, step.site->line));
    return text + (step.how == PathStep::How::Calls ? certainty_mark(step.certainty) : "");
}

std::string_view how_name(PathStep::How how) {
    switch (how) {
        case PathStep::How::Calls: return "calls";
        case PathStep::How::Implements: return "implements";
        case PathStep::How::Passed: return "passed";
    }
    return "";
}

Json step_json(const Roots& roots, const PathStep& step) {
    Json row = target_json(roots, step.definition.qualified, step.definition.file, step.definition.line,
                           step.certainty);
    row["how"] = how_name(step.how);
    if (step.site) row["call_line"] = step.site->line;
    return row;
}

Result<Output> run_call_paths(const Args& args, Workbench& bench) {
    TRY_OK(make_ready(bench));
    TRY(const std::vector<Definition> from, definitions_meant(bench, args.text("from"), 8));
    TRY(const std::vector<Definition> to, definitions_meant(bench, args.text("to"), 8));
    const auto limit = static_cast<std::size_t>(std::clamp<std::int64_t>(args.integer("limit"), 1, 50));
    std::vector<std::vector<PathStep>> paths;
    for (const Definition& begin : from) {
        for (const Definition& end : to) {
            if (!facts::is_callable(begin.kind) || !facts::is_callable(end.kind) || begin.root != end.root)
                continue;
            auto found = bench.source.call_paths(begin, end, limit, bench.stop);
            if (bench.stop.stop_requested()) return std::unexpected(cancelled());
            std::ranges::move(found, std::back_inserter(paths));
        }
    }
    std::ranges::stable_sort(paths, {}, [](const auto& path) { return path.size(); });
    if (paths.size() > limit) paths.resize(limit);
    Json data = Json::array();
    Lines lines;
    for (const auto& path : paths) {
        lines.add(fmt::format("{} steps:", path.size() - 1));
        Json steps = Json::array();
        for (const PathStep& step : path) {
            lines.add(step_text(bench.roots, step));
            steps.push_back(step_json(bench.roots, step));
        }
        data.push_back(std::move(steps));
    }
    std::string text = lines.text("lower `limit`");
    if (paths.empty()) {
        text = fmt::format(
            "no way through calls from {} to {} was found; reflection, events and libraries in between are "
            "not followed\n",
            args.text("from"), args.text("to"));
    }
    return Output{.text = std::move(text),
                  .data = {{"from", args.text("from")}, {"to", args.text("to")}, {"paths", std::move(data)}}};
}

}  // namespace

Tool call_paths_tool() {
    return {
        "call_paths",
        "source paths",
        "Find the shortest ways by which one method comes to call another: through calls, interfaces and "
        "overrides, and "
        "methods passed on as delegates. Lambdas and async bodies count as part of the method they stand in.",
        Effect::Reads,
        {{"from", Kind::String, "the calling method, as Type.Method or FILE:LINE"},
         {"to", Kind::String, "the method that is reached, likewise"},
         {"limit", Kind::Integer, "most ways to show", std::int64_t{3}}},
        run_call_paths};
}

}  // namespace culprit
