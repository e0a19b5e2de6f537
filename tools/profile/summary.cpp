// profile_summary: what a file is, how long it was recorded, what was measured.
#include "base/text.h"
#include "tools/profile/render.h"
#include "tools/profile/store.h"
#include "tools/profile/tools.h"

namespace culprit {
namespace {

Json data_of(const Profile& profile) {
    Json metrics = Json::array();
    for (const Metric& metric : profile.metrics) {
        metrics.push_back({{"name", metric.name},
                           {"unit", metric.unit},
                           {"total", metric.total},
                           {"samples", metric.events}});
    }
    return {{"format", profile.format},
            {"duration_ns", profile.duration_ns},
            {"threads", profile.threads.size()},
            {"metrics", std::move(metrics)},
            {"warnings", profile.warnings}};
}

std::string text_of(const Profile& profile, std::string_view file) {
    Page page;
    page.line(fmt::format(
        "{}: {}, {}, {} threads", file, profile.format,
        profile.duration_ns > 0 ? duration_text(profile.duration_ns) + " long" : "of unknown length",
        profile.threads.size()));
    for (const Metric& metric : profile.metrics) {
        page.line(fmt::format("  {:<12} {:>12}  in {} events", metric.name,
                              weight_text(metric.total, metric.unit),
                              grouped(static_cast<std::int64_t>(metric.events))));
    }
    if (profile.metrics.empty())
        page.line("  nothing was measured: there are no samples and no events with a weight");
    page.notes(profile.warnings);
    return std::move(page).take();
}

Result<Output> run_summary(const Args& args, Workbench& bench) {
    TRY(const fs::path file, bench.roots.resolve(args.text("file")));
    TRY(const ProfileStore::Pinned profile, bench.profiles.open(file, {.stop = bench.stop}));
    return Output{.text = text_of(*profile, file_name_of(args.text("file"))), .data = data_of(*profile)};
}

}  // namespace

Tool profile_summary_tool() {
    return {"profile_summary",
            "profile summary",
            "Say what a profile or trace is: its format, how long it was recorded, its threads, what was "
            "measured, and "
            "what of it cannot be trusted. Ask this first about any profile.",
            Effect::Reads,
            {{"file", Kind::Path, "the profile: .nettrace, speedscope JSON, ..."}},
            run_summary};
}

}  // namespace culprit
