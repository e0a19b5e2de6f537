// profile_path: the whole stacks that weigh most.
#include <ranges>

#include "base/text.h"
#include "tools/profile/ask.h"
#include "tools/profile/names.h"
#include "tools/profile/render.h"
#include "tools/profile/shape.h"
#include "tools/profile/tools.h"
#include "tools/profile/trust.h"

namespace culprit {
namespace {

constexpr std::size_t kShownFrames = 24;  // of a stack in text: the outermost and the innermost half

void add_path(Page& page, const HotPath& path, std::size_t number, const Asked& asked) {
    page.row(fmt::format("{}. {} ({}), {} frames:", number, percent(asked.tree.share(path.weight)),
                         weight_text(path.weight, asked.tree.metric->unit), path.frames.size()));
    const std::size_t size = path.frames.size();
    for (std::size_t i = 0; i < size; ++i) {
        if (size > kShownFrames && i == kShownFrames / 2) {
            page.row(fmt::format("     … {} frames …", size - kShownFrames));
            i = size - kShownFrames / 2;
        }
        page.row("   " + fitting(shown_name(*asked.profile, path.frames[i])));
    }
}

Result<Output> run_path(const Args& args, Workbench& bench) {
    TRY(const std::size_t limit, limit_of(args));
    TRY(const Asked asked, ask(args, bench));
    TRY(const auto paths, hottest_paths(*asked.profile, asked.tree, args.text("through"), limit));
    Page page;
    page.line(headline(asked.file, asked.tree,
                       fmt::format(": hottest stacks, outermost frame first{}", selection_text(args))));
    Json json = Json::array();
    double shown = 0;
    for (std::size_t i = 0; i < paths.size(); ++i) {
        add_path(page, paths[i], i + 1, asked);
        shown += paths[i].weight;
        Json frames = Json::array(), names = Json::array();
        for (const FrameId frame : paths[i].frames) {
            frames.push_back(asked.profile->full_name(frame));
            names.push_back(shown_name(*asked.profile, frame));
        }
        json.push_back({{"weight", paths[i].weight},
                        {"share", asked.tree.share(paths[i].weight)},
                        {"events", paths[i].events},
                        {"frames", std::move(frames)},
                        {"shown", std::move(names)}});
    }
    page.line(fmt::format("these are {} of all; limit=N shows more", percent(asked.tree.share(shown))));
    page.notes(trust_notes(*asked.profile, asked.tree));
    return Output{.text = std::move(page).take(),
                  .data = {{"metric", asked.tree.metric->name},
                           {"unit", asked.tree.metric->unit},
                           {"total", asked.tree.total},
                           {"paths", std::move(json)},
                           {"notes", trust_notes(*asked.profile, asked.tree)}}};
}

}  // namespace

Tool profile_path_tool() {
    return {"profile_path",
            "profile path",
            "List the whole stacks with the most weight, of all or of those through a method, outermost "
            "frame first.",
            Effect::Reads,
            with_selection({
                {"file", Kind::Path, "the profile"},
                {"through", Kind::String,
                 "a part of a method's name, or a regular expression: only stacks through it", ""},
                {"limit", Kind::Integer, "most stacks", std::int64_t{3}},
            }),
            run_path,
            "profile path trace.nettrace --through Monitor.Enter"};
}

}  // namespace culprit
