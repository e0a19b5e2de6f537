// profile_allocations: what was allocated, how much of it, and where.
#include <ranges>

#include "base/text.h"
#include "tools/profile/ask.h"
#include "tools/profile/render.h"
#include "tools/profile/sites.h"
#include "tools/profile/tools.h"
#include "tools/profile/trust.h"

namespace culprit {
namespace {

Json json_of(const std::vector<SiteSum>& sums, const CallTree& tree, std::size_t limit) {
    Json json = Json::array();
    for (const SiteSum& sum : sums | std::views::take(limit)) {
        Json row = Json::object();
        if (!sum.detail.empty()) row["type"] = sum.detail;
        if (!sum.method.empty()) row["method"] = sum.method, row["shown"] = sum.shown;
        row["bytes"] = sum.weight;
        row["ticks"] = sum.events;
        row["share"] = tree.share(sum.weight);
        json.push_back(std::move(row));
    }
    return json;
}

void add_rows(Page& page, std::string_view title, const std::vector<SiteSum>& sums, const CallTree& tree,
              std::size_t limit) {
    page.line(fmt::format("{}:", title));
    std::size_t shown = 0;
    for (const SiteSum& sum : sums | std::views::take(limit)) {
        const std::string what = sum.method.empty()   ? sum.detail
                                 : sum.detail.empty() ? sum.shown
                                                      : fmt::format("{} in {}", sum.detail, sum.shown);
        if (!page.row(fmt::format("{:>8} {:>9}  {}", percent(tree.share(sum.weight)), bytes_text(sum.weight),
                                  fitting(what, 110))))
            break;
        ++shown;
    }
    if (shown < sums.size())
        page.line(fmt::format("  not shown: {} more; limit={} shows them", sums.size() - shown, sums.size()));
}

Result<Output> run_allocations(const Args& args, Workbench& bench) {
    TRY(const std::size_t limit, limit_of(args));
    const std::string file = file_name_of(args.text("file"));
    {
        TRY(const ProfileStore::Pinned profile, open_profile(args.text("file"), args, bench));
        if (!profile->metric("allocations")) {
            return Output{.text = fmt::format("{}: {}\n", file, not_recorded(*profile, "allocations")),
                          .data = {{"recorded", false}, {"why", not_recorded(*profile, "allocations")}}};
        }
    }
    TRY(const Asked asked, ask(args, bench, "allocations"));
    TRY(const auto cells, selected_cells(*asked.profile, asked.selection));
    const Sites sites = sites_of(*asked.profile, cells, asked.selection.own);
    const Profile& profile = *asked.profile;
    const Runtime& runtime = profile.recording.dotnet;
    const double per_second = profile.duration_ns > 0 ? asked.tree.total / (profile.duration_ns / 1e9) : 0;
    Page page;
    page.line(headline(asked.file, asked.tree, selection_text(args)) +
              fmt::format(", {} a second", bytes_text(per_second)));
    Json kinds = Json::array();
    for (const AllocationKind& kind : runtime.allocation_kinds) {
        page.row(fmt::format("  {} object heap: {} in {} ticks", kind.name, bytes_text(kind.bytes),
                             grouped(static_cast<std::int64_t>(kind.count))));
        kinds.push_back({{"kind", kind.name}, {"bytes", kind.bytes}, {"ticks", kind.count}});
    }
    add_rows(page, "by type", sites.details, asked.tree, limit);
    add_rows(page, "by the method of the program that allocates, or calls what does", sites.methods,
             asked.tree, limit);
    add_rows(page, "by type and method", sites.both, asked.tree, limit);
    std::vector<std::string> notes = {
        "a tick stands for about 100 kB that its thread allocated since the last one: types and places are "
        "samples, the sum is exact"};
    std::ranges::copy(trust_notes(profile, asked.tree), std::back_inserter(notes));
    page.notes(notes);
    return Output{.text = std::move(page).take(),
                  .data = {{"recorded", true},
                           {"total_bytes", asked.tree.total},
                           {"ticks", asked.tree.total_events},
                           {"bytes_per_second", per_second},
                           {"kinds", std::move(kinds)},
                           {"types", json_of(sites.details, asked.tree, limit)},
                           {"methods", json_of(sites.methods, asked.tree, limit)},
                           {"sites", json_of(sites.both, asked.tree, limit)},
                           {"notes", std::move(notes)}}};
}

}  // namespace

Tool profile_allocations_tool() {
    return {"profile_allocations",
            "profile allocations",
            "Say what a .NET program allocated: how much, how fast, of which types, by which of its methods. "
            "Needs allocation ticks in the "
            "trace; says how to record them if they are missing.",
            Effect::Reads,
            with_selection({
                {"file", Kind::Path, "the trace"},
                {"limit", Kind::Integer, "most rows of each list", std::int64_t{10}},
            }),
            run_allocations,
            "profile allocations trace.nettrace --own"};
}

}  // namespace culprit
