// profile_exceptions: what was thrown, how often and where.
#include <algorithm>
#include <ranges>

#include "base/text.h"
#include "tools/profile/ask.h"
#include "tools/profile/render.h"
#include "tools/profile/sites.h"
#include "tools/profile/tools.h"
#include "tools/profile/trust.h"

namespace culprit {
namespace {

std::string message_of(const Profile& profile, std::string_view type) {
    for (const ExceptionSample& sample : profile.recording.dotnet.exceptions) {
        if (profile.text(sample.type) == type) return sample.message;
    }
    return "";
}

Result<Output> run_exceptions(const Args& args, Workbench& bench) {
    TRY(const std::size_t limit, limit_of(args));
    {
        TRY(const ProfileStore::Pinned profile, open_profile(args.text("file"), args, bench));
        if (!profile->metric("exceptions")) {
            const std::string why = not_recorded(*profile, "exceptions");
            return Output{.text = fmt::format("{}: {}\n", file_name_of(args.text("file")), why),
                          .data = {{"recorded", false}, {"why", why}}};
        }
    }
    TRY(const Asked asked, ask(args, bench, "exceptions"));
    TRY(const auto cells, selected_cells(*asked.profile, asked.selection));
    const Sites sites = sites_of(*asked.profile, cells, asked.selection.own);
    const double seconds = asked.profile->duration_ns / 1e9;
    Page page;
    page.line(headline(asked.file, asked.tree, selection_text(args)) +
              (seconds > 0 ? fmt::format(", {:.1f} a second", asked.tree.total / seconds) : ""));
    Json types = Json::array(), places = Json::array();
    page.line("by type, with the message of the first:");
    for (const SiteSum& sum : sites.details | std::views::take(limit)) {
        const std::string message = message_of(*asked.profile, sum.detail);
        page.row(fmt::format("{:>9}  {}: {}", grouped(static_cast<std::int64_t>(sum.events)), sum.detail,
                             one_line(message, 100)));
        types.push_back({{"type", sum.detail}, {"count", sum.events}, {"message", message}});
    }
    page.line("by type and the method of the program that throws, or calls what does:");
    for (const SiteSum& sum : sites.both | std::views::take(limit)) {
        page.row(fmt::format("{:>9}  {} in {}", grouped(static_cast<std::int64_t>(sum.events)), sum.detail,
                             fitting(sum.shown, 80)));
        places.push_back(
            {{"type", sum.detail}, {"method", sum.method}, {"shown", sum.shown}, {"count", sum.events}});
    }
    if (sites.both.size() > limit)
        page.line(fmt::format("  not shown: {} more; limit={} shows them", sites.both.size() - limit,
                              sites.both.size()));
    page.notes(asked.profile->warnings);
    return Output{.text = std::move(page).take(),
                  .data = {{"recorded", true},
                           {"count", asked.tree.total_events},
                           {"types", std::move(types)},
                           {"sites", std::move(places)},
                           {"notes", asked.profile->warnings}}};
}

}  // namespace

Tool profile_exceptions_tool() {
    return {"profile_exceptions",
            "profile exceptions",
            "Say which exceptions a .NET program threw, how often and where; samples hardly show them. Needs "
            "exception events in the trace; "
            "says how to record them if they are missing.",
            Effect::Reads,
            with_selection({
                {"file", Kind::Path, "the trace"},
                {"limit", Kind::Integer, "most rows of each list", std::int64_t{10}},
            }),
            run_exceptions,
            "profile exceptions trace.nettrace"};
}

}  // namespace culprit
