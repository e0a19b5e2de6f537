// compare_runs: whether one state of a program is slower than another, measured in turn.
#include <algorithm>

#include "base/text.h"
#include "tools/run/measured_run.h"
#include "tools/run/run_verdict.h"
#include "tools/run/tools.h"
#include "tools/run/words.h"
#include "tools/run/worktree.h"

namespace culprit {
namespace {

constexpr std::int64_t kMostRounds = 200;

// One of the two states that are compared. A checkout lives as long as it.
struct Side {
    std::string label;
    std::optional<Worktree> checkout;
    Launch launch;
    std::vector<MeasuredRun> runs;
};

// A side is what `named` says: empty for the program as it is, a path in the roots, or a commit of the
// program's repository.
Result<Side> make_side(const Args& args, std::string_view which, const fs::path& program,
                       const fs::path& builds, Workbench& bench) {
    const std::string& named = args.text(which);
    Side side{.label = named.empty() ? std::string(which) + " (as it is)" : named};
    fs::path path = program;
    if (!named.empty()) {
        if (auto found = bench.roots.resolve(named)) {
            path = *std::move(found);
        } else {
            bench.progress(fmt::format("checking out {}", named), -1);
            TRY(Worktree tree, Worktree::make(program, named, bench.stop));
            side.checkout.emplace(std::move(tree));
            path = side.checkout->in(program);
            side.label = fmt::format("{} ({})", named, side.checkout->commit().substr(0, 10));
        }
    }
    const std::string& own = args.text(std::string(which) + "_arguments");
    TRY(std::vector<std::string> arguments, split_words(args.text("arguments")));
    TRY(const std::vector<std::string> more, split_words(own));
    arguments.insert(arguments.end(), more.begin(), more.end());
    if (!own.empty()) side.label += " " + own;
    TRY(side.launch, make_launch({.program = path,
                                  .arguments = std::move(arguments),
                                  .framework = args.text("framework"),
                                  .builds = builds / which},
                                 bench.progress, bench.stop));
    return side;
}

Result<> run_round(Side& side, const MeasureRequest& request, bool counts, Workbench& bench) {
    TRY(MeasuredRun run, run_measured(side.launch, request, bench.stop));
    if (counts) side.runs.push_back(std::move(run));
    return {};
}

// A B, B A, A B and so on: within a round neither is always the first, so what drifts hits both alike.
Result<> run_rounds(const Args& args, Side& before, Side& after, Workbench& bench) {
    const MeasureRequest request{.pattern = args.text("pattern"),
                                 .limit = std::chrono::seconds(args.integer("limit"))};
    const std::int64_t warmups = args.integer("warmups"), count = warmups + args.integer("rounds");
    for (std::int64_t i = 0; i < count; ++i) {
        bench.progress(fmt::format("round {} of {}", i + 1, count),
                       static_cast<double>(i) / static_cast<double>(count));
        Side& first = i % 2 == 0 ? before : after;
        TRY_OK(run_round(first, request, i >= warmups, bench));
        TRY_OK(run_round(&first == &before ? after : before, request, i >= warmups, bench));
    }
    return {};
}

std::string change_text(double change) { return fmt::format("{:+.1f} %", change * 100); }

std::string verdict_text(const RunComparison& found, std::string_view measure, double smallest) {
    const std::string range =
        fmt::format("99 % interval {} to {}", change_text(found.low), change_text(found.high));
    switch (found.verdict) {
        case RunVerdict::Regressed:
            return fmt::format("regressed: {} changed by {}, {}", measure, change_text(found.change), range);
        case RunVerdict::Improved:
            return fmt::format("improved: {} changed by {}, {}", measure, change_text(found.change), range);
        case RunVerdict::NoDifference:
            return fmt::format(
                "no difference shown: {} changed by {}, {}; a change of {} or more would have shown", measure,
                change_text(found.change), range, percent(smallest));
        case RunVerdict::TooNoisy: break;
    }
    return fmt::format("too noisy: {} more rounds needed; {} changed by {}, {}, and {} is to be told",
                       found.more_rounds, measure, change_text(found.change), range, percent(smallest));
}

struct MeasureRow {
    std::string name;
    RunComparison found;
};

// Every measure that can be compared, the one that decides first.
Result<std::vector<MeasureRow>> compare_all(const Args& args, const Side& before, const Side& after,
                                            const std::string& main) {
    std::vector<MeasureRow> rows;
    for (const Measure& each : before.runs.front().measures) {
        const bool is_main = each.name == main;
        const auto better = better_meant(is_main ? args.text("better") : "", each.name);
        if (!better && is_main) return std::unexpected(better.error());
        auto found = compare_rounds(values_of(before.runs, each.name), values_of(after.runs, each.name),
                                    better.value_or(Better::Lower), args.number("smallest") / 100);
        if (!found && is_main) return fail(found.error().fault, "{}: {}", main, found.error().what);
        if (found && better) rows.push_back({each.name, *found});
    }
    std::ranges::stable_partition(rows, [&](const MeasureRow& row) { return row.name == main; });
    return rows;
}

Output output_of(const Args& args, const Side& before, const Side& after,
                 const std::vector<MeasureRow>& rows) {
    const MeasureRow& main = rows.front();
    std::string text = fmt::format("{}\nbefore: {}\nafter: {}\n{} rounds, both measured in each, in turn\n",
                                   verdict_text(main.found, main.name, args.number("smallest") / 100),
                                   before.label, after.label, before.runs.size());
    text +=
        fmt::format("{:>14} {:>14} {:>9}  {:>20}  {}\n", "before", "after", "change", "interval", "measure");
    Json measures = Json::array();
    for (const auto& [name, found] : rows) {
        const std::string interval = fmt::format("{} to {}", change_text(found.low), change_text(found.high));
        text += fmt::format("{:>14} {:>14} {:>9}  {:>20}  {}\n", measure_text(found.before),
                            measure_text(found.after), change_text(found.change), interval, name);
        measures.push_back({{"name", name},
                            {"verdict", to_string(found.verdict)},
                            {"before", found.before},
                            {"after", found.after},
                            {"change", found.change},
                            {"low", found.low},
                            {"high", found.high},
                            {"before_values", values_of(before.runs, name)},
                            {"after_values", values_of(after.runs, name)}});
    }
    return {.text = std::move(text),
            .data = {
                {"verdict", to_string(main.found.verdict)},
                {"measure", main.name},
                {"change", main.found.change},
                {"low", main.found.low},
                {"high", main.found.high},
                {"more_rounds", main.found.more_rounds},
                {"rounds", before.runs.size()},
                {"measures", std::move(measures)},
                {"finding", args.flag("fail_on_regression") && main.found.verdict == RunVerdict::Regressed}}};
}

Result<> check(const Args& args) {
    if (args.integer("rounds") < 1 || args.integer("rounds") > kMostRounds || args.integer("warmups") < 0 ||
        args.integer("limit") < 1)
        return fail(Fault::Invalid, "1 to {} rounds are possible, and a limit of at least a second",
                    kMostRounds);
    if (!(args.number("smallest") > 0 && args.number("smallest") < 100))
        return fail(Fault::Invalid, "smallest is {}: a change in percent between 0 and 100 is meant",
                    args.number("smallest"));
    const bool alike = args.text("before") == args.text("after") &&
                       args.text("before_arguments") == args.text("after_arguments");
    if (alike && !args.flag("same"))
        return fail(
            Fault::Invalid,
            "before and after are the same: name a commit, a path or arguments for one of them (same=true "
            "measures the program against itself, to see how noisy the machine is)");
    return {};
}

Result<Output> run_compare_runs(const Args& args, Workbench& bench) {
    TRY_OK(check(args));
    TRY(const fs::path program, bench.roots.resolve(args.text("program")));
    TRY(const TemporaryFolder builds, TemporaryFolder::make("culprit-build"));
    TRY(Side before, make_side(args, "before", program, builds.path(), bench));
    TRY(Side after, make_side(args, "after", program, builds.path(), bench));
    TRY_OK(run_rounds(args, before, after, bench));
    TRY(const std::string main, measure_meant(before.runs, args.text("measure")));
    TRY(const std::vector<MeasureRow> rows, compare_all(args, before, after, main));
    return output_of(args, before, after, rows);
}

}  // namespace

Tool compare_runs_tool() {
    return {
        "compare_runs",
        "compare-runs",
        "Find out whether a stress test or benchmark is slower after a change: before and after (commits, "
        "paths, or arguments) are built in Release, outside of the checkout, and run in turn, round by "
        "round. "
        "Says regressed, improved, no difference shown, or too noisy and how many more rounds that needs, "
        "with medians and a bootstrap interval for every measure of the output.",
        Effect::Runs,
        {{"program", Kind::Path, "a project or its folder, a .dll, or an executable"},
         {"before", Kind::String,
          "a commit of the program's repository, or a path as program has it; empty: "
          "program as it is",
          ""},
         {"after", Kind::String, "the same for the state after the change", ""},
         {"arguments", Kind::String, "of both, quoted as for a shell", ""},
         {"before_arguments", Kind::String, "more of them before", ""},
         {"after_arguments", Kind::String, "more of them after", ""},
         {"rounds", Kind::Integer, "how often both are measured; fewer than 6 carry no verdict",
          std::int64_t{10}},
         {"warmups", Kind::Integer, "rounds before that do not count", std::int64_t{1}},
         {"measure", Kind::String, "the name of the number that decides; empty: throughput, else a time", ""},
         {"better",
          Kind::String,
          "whether more or less of it is better; empty: by its name",
          "",
          {"", "higher", "lower"}},
         {"pattern", Kind::String, "a regular expression for the output with a group around the number", ""},
         {"smallest", Kind::Number, "the smallest change that matters, in percent", 5.0},
         {"limit", Kind::Integer, "seconds for one run", std::int64_t{300}},
         {"framework", Kind::String, "of a project that builds for several, such as \"net10.0\"", ""},
         {"same", Kind::Boolean, "before and after may be the same", false},
         {"fail_on_regression", Kind::Boolean, "a regression is a finding: exit code 1", false}},
        run_compare_runs,
        "compare-runs tests/StressTest --before main --arguments 'producer --seconds 5' --rounds 12"};
}

}  // namespace culprit
