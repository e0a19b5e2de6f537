// profile_contention: where threads waited for locks, which threads still did at the end, and signs of a
// starved pool.
#include <algorithm>
#include <map>
#include <ranges>

#include "base/text.h"
#include "tools/profile/ask.h"
#include "tools/profile/names.h"
#include "tools/profile/render.h"
#include "tools/profile/sites.h"
#include "tools/profile/tools.h"
#include "tools/profile/trust.h"

namespace culprit {
namespace {

// Threads that wait for each other in a circle: each waits for a lock that the next one owns.
std::vector<std::uint64_t> deadlock_in(const std::vector<OpenWait>& waits) {
    std::map<std::uint64_t, std::uint64_t> owner;
    for (const OpenWait& wait : waits) {
        if (wait.owner != 0) owner[wait.thread] = wait.owner;
    }
    for (const OpenWait& wait : waits) {
        std::vector<std::uint64_t> chain = {wait.thread};
        for (auto next = owner.find(wait.thread); next != owner.end() && chain.size() <= waits.size();
             next = owner.find(next->second)) {
            const auto met = std::ranges::find(chain, next->second);
            if (met != chain.end()) return {met, chain.end()};
            chain.push_back(next->second);
        }
    }
    return {};
}

std::string place_of(const Profile& profile, NodeId node) {
    return node == kRootNode ? "(no stack)" : shown_name(profile, profile.nodes[node].frame);
}

Json json_of(const std::vector<SiteSum>& sums, const CallTree& tree, std::size_t limit) {
    Json json = Json::array();
    for (const SiteSum& sum : sums | std::views::take(limit)) {
        Json row = Json::object();
        if (!sum.detail.empty()) row["lock"] = sum.detail;
        if (!sum.method.empty()) row["method"] = sum.method, row["shown"] = sum.shown;
        row["ns"] = sum.weight;
        row["count"] = sum.events;
        row["share"] = tree.share(sum.weight);
        json.push_back(std::move(row));
    }
    return json;
}

void add_waits(Page& page, Json& data, const Profile& profile) {
    const Runtime& runtime = profile.recording.dotnet;
    Json open = Json::array();
    for (const OpenWait& wait : runtime.open_waits) {
        open.push_back(
            {{"thread", wait.thread},
             {"owner", wait.owner},
             {"lock", fmt::format("0x{:x}", wait.lock)},
             {"since_ns", wait.since_ns},
             {"method", wait.node == kRootNode ? "" : profile.full_name(profile.nodes[wait.node].frame)}});
        page.row(fmt::format("still waiting at the end: thread {} since {:.3f} s in {}, for lock 0x{:x}{}",
                             wait.thread, wait.since_ns / 1e9, fitting(place_of(profile, wait.node), 70),
                             wait.lock, wait.owner ? fmt::format(" of thread {}", wait.owner) : ""));
    }
    const std::vector<std::uint64_t> circle = deadlock_in(runtime.open_waits);
    if (!circle.empty())
        page.row(fmt::format("deadlock: threads {} wait for each other's locks", fmt::join(circle, " -> ")));
    data["open_waits"] = std::move(open);
    data["deadlock"] = circle;
}

void add_pool(Page& page, Json& data, const Runtime& runtime) {
    Json adjustments = Json::array();
    for (const PoolAdjustment& each : runtime.pool_adjustments) {
        adjustments.push_back({{"reason", each.reason}, {"count", each.count}});
        if (each.reason == "Starvation") {
            page.row(
                fmt::format("thread pool: starved {} times, grew to {} workers: its threads are blocked, "
                            "work waits for new ones",
                            grouped(static_cast<std::int64_t>(each.count)), runtime.pool_workers_most));
        }
    }
    data["pool_adjustments"] = std::move(adjustments);
    data["pool_workers_most"] = runtime.pool_workers_most;
}

Output unrecorded(const Profile& profile, const std::string& file) {
    const std::string why = not_recorded(profile, "contention");
    Page page;
    page.line(fmt::format("{}: {}", file, why));
    Json data = {{"recorded", !profile.recording.dotnet.open_waits.empty()}, {"why", why}};
    add_waits(page, data, profile);
    add_pool(page, data, profile.recording.dotnet);
    return Output{.text = std::move(page).take(), .data = std::move(data)};
}

Result<Output> recorded(const Args& args, Workbench& bench, std::size_t limit) {
    TRY(const Asked asked, ask(args, bench, "contention"));
    TRY(const auto cells, selected_cells(*asked.profile, asked.selection));
    const Sites sites = sites_of(*asked.profile, cells, asked.selection.own);
    Page page;
    page.line(headline(asked.file, asked.tree, selection_text(args)));
    page.line("by method:");
    for (const SiteSum& sum : sites.methods | std::views::take(limit)) {
        page.row(fmt::format("{:>8} {:>9} {:>8} x  {}", percent(asked.tree.share(sum.weight)),
                             duration_text(sum.weight), grouped(static_cast<std::int64_t>(sum.events)),
                             fitting(sum.shown)));
    }
    page.line(fmt::format("by lock ({} in all) and method:", sites.details.size()));
    for (const SiteSum& sum : sites.both | std::views::take(limit)) {
        page.row(fmt::format("{:>8} {:>9} {:>8} x  {} in {}", percent(asked.tree.share(sum.weight)),
                             duration_text(sum.weight), grouped(static_cast<std::int64_t>(sum.events)),
                             sum.detail, fitting(sum.shown, 80)));
    }
    if (sites.both.size() > limit)
        page.line(fmt::format("  not shown: {} more; limit={} shows them", sites.both.size() - limit,
                              sites.both.size()));
    Json data = {{"recorded", true},
                 {"total_ns", asked.tree.total},
                 {"count", asked.tree.total_events},
                 {"methods", json_of(sites.methods, asked.tree, limit)},
                 {"locks", json_of(sites.details, asked.tree, limit)},
                 {"sites", json_of(sites.both, asked.tree, limit)}};
    add_waits(page, data, *asked.profile);
    add_pool(page, data, asked.profile->recording.dotnet);
    std::vector<std::string> notes = {
        "locks that async code waits for (SemaphoreSlim.WaitAsync, channels) raise no contention event"};
    std::ranges::copy(trust_notes(*asked.profile, asked.tree), std::back_inserter(notes));
    page.notes(notes);
    data["notes"] = std::move(notes);
    return Output{.text = std::move(page).take(), .data = std::move(data)};
}

Result<Output> run_contention(const Args& args, Workbench& bench) {
    TRY(const std::size_t limit, limit_of(args));
    TRY(const ProfileStore::Pinned profile, open_profile(args.text("file"), args, bench));
    if (!profile->metric("contention")) return unrecorded(*profile, file_name_of(args.text("file")));
    return recorded(args, bench, limit);
}

}  // namespace

Tool profile_contention_tool() {
    return {"profile_contention",
            "profile contention",
            "Say where the threads of a .NET program waited for locks, how often and how long; which waited "
            "when the recording ended, "
            "whether in a deadlock; and whether the thread pool starved. Needs contention events in the "
            "trace; says how to record them if "
            "they are missing.",
            Effect::Reads,
            with_selection({
                {"file", Kind::Path, "the trace"},
                {"limit", Kind::Integer, "most rows of each list", std::int64_t{10}},
            }),
            run_contention,
            "profile contention trace.nettrace"};
}

}  // namespace culprit
