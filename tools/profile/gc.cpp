// profile_gc: the garbage collections, and the time in which all threads stood still.
#include <algorithm>
#include <map>
#include <ranges>

#include "base/text.h"
#include "tools/profile/ask.h"
#include "tools/profile/render.h"
#include "tools/profile/tools.h"
#include "tools/profile/trust.h"

namespace culprit {
namespace {

struct Sum {
    std::size_t count = 0;
    double pause_ns = 0, longest_ns = 0;
};

template <class Key>
std::map<Key, Sum> sums_by(const std::vector<Collection>& collections, Key Collection::*field) {
    std::map<Key, Sum> sums;
    for (const Collection& collection : collections) {
        Sum& sum = sums[collection.*field];
        ++sum.count;
        sum.pause_ns += collection.pause_ns;
        sum.longest_ns = std::max(sum.longest_ns, collection.pause_ns);
    }
    return sums;
}

double total_heap(const Collection& collection) {
    double bytes = 0;
    for (const std::uint64_t size : collection.heap_bytes) bytes += static_cast<double>(size);
    return bytes;
}

Json heap_json(const Collection& collection) {
    Json heap = Json::array();
    for (const std::uint64_t size : collection.heap_bytes) heap.push_back(size);
    return heap;
}

std::string when(const Collection& collection) { return fmt::format("{:.3f} s", collection.start_ns / 1e9); }

Json data_of(const Runtime& runtime, double duration_ns, std::size_t limit) {
    Json generations = Json::array(), reasons = Json::array(), types = Json::array(),
         suspensions = Json::array(), longest = Json::array();
    double pause_ns = 0, longest_ns = 0;
    for (const auto& [generation, sum] : sums_by(runtime.collections, &Collection::generation)) {
        generations.push_back({{"generation", generation},
                               {"count", sum.count},
                               {"pause_ns", sum.pause_ns},
                               {"longest_pause_ns", sum.longest_ns}});
        pause_ns += sum.pause_ns;
        longest_ns = std::max(longest_ns, sum.longest_ns);
    }
    for (const auto& [reason, sum] : sums_by(runtime.collections, &Collection::reason))
        reasons.push_back({{"reason", reason}, {"count", sum.count}});
    for (const auto& [type, sum] : sums_by(runtime.collections, &Collection::type))
        types.push_back({{"type", type}, {"count", sum.count}});
    for (const Suspension& each : runtime.suspensions) {
        suspensions.push_back({{"reason", each.reason},
                               {"count", each.count},
                               {"ns", each.ns},
                               {"latest_request_count", each.latest_count},
                               {"latest_request_ns", each.latest_ns}});
    }
    std::vector<const Collection*> by_pause;
    for (const Collection& collection : runtime.collections) by_pause.push_back(&collection);
    std::ranges::stable_sort(by_pause, std::ranges::greater(),
                             [](const Collection* c) { return c->pause_ns; });
    for (const Collection* each : by_pause | std::views::take(limit)) {
        longest.push_back({{"number", each->number},
                           {"generation", each->generation},
                           {"reason", each->reason},
                           {"type", each->type},
                           {"start_ns", each->start_ns},
                           {"duration_ns", each->duration_ns},
                           {"pause_ns", each->pause_ns},
                           {"heap_bytes_after", heap_json(*each)}});
    }
    return {{"recorded", true},
            {"collections", runtime.collections.size()},
            {"pause_ns", pause_ns},
            {"pause_share", duration_ns > 0 ? pause_ns / duration_ns : 0},
            {"longest_pause_ns", longest_ns},
            {"generations", std::move(generations)},
            {"reasons", std::move(reasons)},
            {"types", std::move(types)},
            {"suspensions", std::move(suspensions)},
            {"longest", std::move(longest)}};
}

void add_heap(Page& page, const std::vector<Collection>& collections) {
    const auto has_heap = [](const Collection& collection) { return collection.has_heap; };
    const auto first = std::ranges::find_if(collections, has_heap);
    if (first == collections.end()) return;
    const auto last = std::ranges::find_if(collections.rbegin(), collections.rend(), has_heap);
    const auto peak = std::ranges::max_element(collections, {}, total_heap);
    page.row(fmt::format("heap after a collection: {} at first, {} at the end, {} at most (at {})",
                         bytes_text(total_heap(*first)), bytes_text(total_heap(*last)),
                         bytes_text(total_heap(*peak)), when(*peak)));
    const auto& h = last->heap_bytes;
    page.row(fmt::format("  at the end: gen0 {}, gen1 {}, gen2 {}, large objects {}, pinned {}",
                         bytes_text(static_cast<double>(h[0])), bytes_text(static_cast<double>(h[1])),
                         bytes_text(static_cast<double>(h[2])), bytes_text(static_cast<double>(h[3])),
                         bytes_text(static_cast<double>(h[4]))));
}

std::string text_of(const Profile& profile, const Json& data, std::string_view file) {
    const Runtime& runtime = profile.recording.dotnet;
    Page page;
    page.line(fmt::format(
        "{}: {} garbage collections in {}; all threads stood still for them {} ({} of the time), at most {} "
        "at once",
        file, grouped(static_cast<std::int64_t>(runtime.collections.size())),
        duration_text(profile.duration_ns), duration_text(number_at(data, "pause_ns")),
        percent(number_at(data, "pause_share")), duration_text(number_at(data, "longest_pause_ns"))));
    for (const auto& [generation, sum] : sums_by(runtime.collections, &Collection::generation)) {
        page.row(fmt::format("  gen{}: {}, paused {}, at most {}", generation,
                             grouped(static_cast<std::int64_t>(sum.count)), duration_text(sum.pause_ns),
                             duration_text(sum.longest_ns)));
    }
    const auto list = [&](std::string_view title, const auto& sums) {
        std::vector<std::string> parts;
        for (const auto& [name, sum] : sums)
            parts.push_back(fmt::format("{} {}", name, grouped(static_cast<std::int64_t>(sum.count))));
        if (!parts.empty()) page.row(fmt::format("{}: {}", title, join(parts, ", ")));
    };
    list("reasons", sums_by(runtime.collections, &Collection::reason));
    list("types", sums_by(runtime.collections, &Collection::type));
    for (const Suspension& each : runtime.suspensions) {
        page.row(
            fmt::format("suspended for {}: {} times, {}{}", each.reason,
                        grouped(static_cast<std::int64_t>(each.count)), duration_text(each.ns),
                        each.reason == "SuspendOther" ? " (the sampler of this recording, above all)" : ""));
    }
    add_heap(page, runtime.collections);
    page.row("longest pauses:");
    for (const Json& each : data["longest"]) {
        page.row(fmt::format("  #{} gen{} {} {} at {:.3f} s: {}", integer_at(each, "number"),
                             integer_at(each, "generation"), text_at(each, "type"), text_at(each, "reason"),
                             number_at(each, "start_ns") / 1e9, duration_text(number_at(each, "pause_ns"))));
    }
    page.notes(profile.warnings);
    return std::move(page).take();
}

Result<Output> run_gc(const Args& args, Workbench& bench) {
    TRY(const std::size_t limit, limit_of(args));
    TRY(const ProfileStore::Pinned profile, open_profile(args.text("file"), args, bench));
    const std::string file = file_name_of(args.text("file"));
    const Runtime& runtime = profile->recording.dotnet;
    if (runtime.collections.empty() && runtime.suspensions.empty()) {
        const std::string why = not_recorded(*profile, "garbage collections");
        return Output{.text = fmt::format("{}: {}\n", file, why),
                      .data = {{"recorded", false}, {"why", why}}};
    }
    Json data = data_of(runtime, profile->duration_ns, limit);
    std::string text = text_of(*profile, data, file);
    return Output{.text = std::move(text), .data = std::move(data)};
}

}  // namespace

Tool profile_gc_tool() {
    return {
        "profile_gc",
        "profile gc",
        "Say how often and why a .NET program collected garbage, how long all its threads stood still for it "
        "and for other reasons, and "
        "how its heap grew. Needs the collector's events in the trace; says how to record them if they are "
        "missing.",
        Effect::Reads,
        {
            {"file", Kind::Path, "the trace"},
            {"limit", Kind::Integer, "how many of the longest pauses", std::int64_t{5}},
            {"from", Kind::Number, "seconds since the start of the recording: only what happened after", 0.0},
            {"to", Kind::Number,
             "seconds since the start of the recording: only what happened before; 0 is the end", 0.0},
        },
        run_gc,
        "profile gc trace.nettrace"};
}

}  // namespace culprit
