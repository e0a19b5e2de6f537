// profile_summary: what a file is, what was measured, what can be asked of it.
#include <algorithm>
#include <array>
#include <map>
#include <ranges>

#include "base/text.h"
#include "tools/profile/ask.h"
#include "tools/profile/render.h"
#include "tools/profile/tools.h"
#include "tools/profile/trust.h"

namespace culprit {
namespace {

// What a .NET trace may hold besides samples, and the question about it.
struct Part {
    std::string_view what, question;
    bool (*is_there)(const Profile&);
};
constexpr std::array<Part, 4> kParts = {{
    {"allocations", "profile_allocations",
     [](const Profile& p) { return p.metric("allocations") != nullptr; }},
    {"garbage collections", "profile_gc",
     [](const Profile& p) { return !p.recording.dotnet.collections.empty(); }},
    {"contention", "profile_contention", [](const Profile& p) { return p.metric("contention") != nullptr; }},
    {"exceptions", "profile_exceptions", [](const Profile& p) { return p.metric("exceptions") != nullptr; }},
}};

std::vector<std::string_view> questions(const Profile& profile) {
    if (!profile.tables.empty()) return {"profile_top"};
    if (!profile.measurements.empty()) return {"profile_diff"};
    std::vector<std::string_view> names;
    if (!profile.metrics.empty()) {
        names = {"profile_top",  "profile_tree", "profile_butterfly",
                 "profile_path", "profile_diff", "profile_export"};
        const bool has_times =
            std::ranges::any_of(profile.metrics, [](const Metric& m) { return !m.timeline.weight.empty(); });
        if (has_times) names.push_back("profile_timeline");
    }
    for (const Part& part : kParts) {
        if (part.is_there(profile)) names.push_back(part.question);
    }
    return names;
}

std::vector<std::string_view> not_recorded_parts(const Profile& profile) {
    std::vector<std::string_view> parts;
    if (profile.format != "nettrace") return parts;
    for (const Part& part : kParts) {
        if (!part.is_there(profile)) parts.push_back(part.what);
    }
    return parts;
}

std::vector<std::string> notes_of(const Profile& profile) {
    const Metric* const metric = profile.default_metric();
    if (!metric) return profile.warnings;
    const auto tree = select(profile, {});
    return tree ? trust_notes(profile, *tree) : profile.warnings;
}

Json data_of(const Profile& profile) {
    const Recording& recording = profile.recording;
    Json metrics = Json::array(), events = Json::array(), measurements = Json::array();
    for (const Metric& metric : profile.metrics) {
        metrics.push_back({{"name", metric.name},
                           {"unit", metric.unit},
                           {"total", metric.total},
                           {"samples", metric.events}});
    }
    for (const EventCount& count : recording.counts) {
        events.push_back({{"provider", count.provider},
                          {"name", count.name},
                          {"id", count.id},
                          {"version", count.version},
                          {"count", count.count}});
    }
    for (const Measurement& each : profile.measurements) {
        measurements.push_back({{"name", each.name},
                                {"unit", each.unit},
                                {"mean", each.mean},
                                {"deviation", each.deviation},
                                {"count", each.count}});
    }
    Json data = {{"format", profile.format},          {"duration_ns", profile.duration_ns},
                 {"threads", profile.threads.size()}, {"metrics", std::move(metrics)},
                 {"warnings", profile.warnings},      {"notes", notes_of(profile)},
                 {"questions", questions(profile)},   {"not_recorded", not_recorded_parts(profile)}};
    if (recording.events > 0) {
        data["recording"] = {{"start_utc", recording.start_utc},
                             {"process", recording.process},
                             {"command_line", recording.command_line},
                             {"runtime", recording.runtime},
                             {"os", recording.os},
                             {"architecture", recording.architecture},
                             {"processors", recording.processors},
                             {"events", recording.events},
                             {"dropped", recording.dropped},
                             {"sample_interval_ns", recording.sample_interval_ns}};
        data["events"] = std::move(events);
    }
    if (!profile.measurements.empty()) data["measurements"] = std::move(measurements);
    return data;
}

// How often each event occurred, whoever sent it in whatever version; the most frequent first.
std::vector<std::pair<std::uint64_t, std::string_view>> events_by_name(const Recording& recording) {
    std::map<std::string_view, std::uint64_t> counts;
    for (const EventCount& count : recording.counts) counts[count.name] += count.count;
    std::vector<std::pair<std::uint64_t, std::string_view>> sorted;
    for (const auto& [name, count] : counts) sorted.emplace_back(count, name);
    std::ranges::stable_sort(sorted, std::ranges::greater(),
                             &std::pair<std::uint64_t, std::string_view>::first);
    return sorted;
}

void add_recording(Page& page, const Recording& recording) {
    std::vector<std::string> parts;
    const auto say = [&](std::string_view what, const std::string& value) {
        if (!value.empty()) parts.push_back(fmt::format("{}{}", what, value));
    };
    say("", recording.command_line);
    say("process ", recording.process ? std::to_string(recording.process) : "");
    say("", recording.runtime);
    say("", recording.os);
    say("", recording.architecture);
    say("", recording.processors ? fmt::format("{} processors", recording.processors) : "");
    say("started ", recording.start_utc);
    if (!parts.empty()) page.line("  " + fitting(join(parts, ", "), 300));
    if (recording.events == 0) return;
    const auto by_name = events_by_name(recording);
    std::vector<std::string> kinds;
    for (const auto& [count, name] : by_name | std::views::take(6))
        kinds.push_back(fmt::format("{} {}", grouped(static_cast<std::int64_t>(count)), name));
    page.line(fmt::format("  {} events{}: {}{}", grouped(static_cast<std::int64_t>(recording.events)),
                          recording.dropped ? fmt::format(", {} dropped", recording.dropped) : "",
                          join(kinds, ", "), by_name.size() > 6 ? ", ..." : ""));
    if (recording.sample_interval_ns > 0)
        page.line(
            fmt::format("  a thread was sampled every {}", duration_text(recording.sample_interval_ns)));
}

std::string text_of(const Profile& profile, std::string_view file) {
    Page page;
    std::string about = fmt::format("{}: {}", file, profile.format);
    if (profile.duration_ns > 0) about += fmt::format(", {} long", duration_text(profile.duration_ns));
    if (!profile.threads.empty())
        about += fmt::format(", {} thread{}", profile.threads.size(), profile.threads.size() == 1 ? "" : "s");
    page.line(about);
    add_recording(page, profile.recording);
    for (const Metric& metric : profile.metrics) {
        const std::string total = weight_text(metric.total, metric.unit),
                          events = grouped(static_cast<std::int64_t>(metric.events));
        page.line(fmt::format("  {:<12} {:>12}{}", metric.name, total,
                              total == events ? "" : fmt::format("  in {} events", events)));
    }
    for (const Table& table : profile.tables)
        page.row(fmt::format("  a table of {} rows: {}", table.rows.size(), fitting(table.title)));
    for (const Measurement& each : profile.measurements) {
        page.row(fmt::format("  {:>10} ± {:>9} ({} values)  {}", weight_text(each.mean, each.unit),
                             weight_text(each.deviation, each.unit), each.count, fitting(each.name)));
    }
    if (profile.metrics.empty() && profile.tables.empty() && profile.measurements.empty()) {
        page.line("  nothing was measured: there are no samples and no events with a weight");
    }
    page.line(fmt::format("can be asked: {}", fmt::join(questions(profile), ", ")));
    if (const auto missing = not_recorded_parts(profile); !missing.empty()) {
        page.line(
            fmt::format("not recorded, or did not happen (the file does not say which): {}; all of it: {}",
                        fmt::join(missing, ", "), capture_command(profile, "all")));
    }
    page.notes(notes_of(profile));
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
            "Say what a profile or trace is: its format, how long it was recorded, its process and threads, "
            "what was measured, what can be "
            "asked of it, and what of it cannot be trusted. Ask this first about any profile.",
            Effect::Reads,
            {{"file", Kind::Path,
              "the profile: .nettrace, speedscope or Chrome JSON, .cpuprofile, .heapprofile, pprof, "
              "perf.data, perf script or report, collapsed "
              "stacks, dotnet-trace topN, BenchmarkDotNet JSON; packed or not"}},
            run_summary,
            "profile summary trace.nettrace"};
}

}  // namespace culprit
