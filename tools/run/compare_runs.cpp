// compare_runs: whether one state of a program is slower than another, measured in turn.
#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "tools/run/measured_run.h"
#include "tools/run/run_verdict.h"
#include "tools/run/tools.h"
#include "tools/run/words.h"
#include "tools/run/worktree.h"

namespace culprit {
namespace {

constexpr std::int64_t kMostRounds = 1000;
constexpr double kMostMinutes = 24 * 60;

// One of the two states that are compared. A checkout lives as long as it.
struct Side {
    std::string label;
    std::optional<Worktree> checkout;
    Launch launch;
    std::vector<MeasuredRun> runs;
};

// What a side is: the program as it is, another path in the roots, or a commit of the program's repository.
struct Named {
    std::string label;
    fs::path program;    // in the checkout of `commit`, if that is not empty
    std::string commit;  // as it was named
};

Named named(const Args& args, std::string_view which, const fs::path& program, const Roots& roots) {
    const std::string& name = args.text(which);
    if (name.empty()) return {std::string(which) + " (as it is)", program, {}};
    if (auto found = roots.resolve(name)) return {name, *std::move(found), {}};
    return {name, program, name};
}

// The arguments of both, then those of this side.
Result<LaunchRequest> request_of(const Args& args, std::string_view which, const fs::path& program,
                                 const Roots& roots) {
    TRY(LaunchRequest request, launch_request(program, args, roots));
    TRY(const std::vector<std::string> more, split_words(args.text(std::string(which) + "_arguments")));
    request.arguments.insert(request.arguments.end(), more.begin(), more.end());
    return request;
}

Result<> plan_side(const Args& args, std::string_view which, const fs::path& program, const Roots& roots,
                   Plan& plan) {
    const Named side = named(args, which, program, roots);
    if (!side.commit.empty()) plan.starts.push_back(Worktree::shown(program, side.commit));
    TRY(const LaunchRequest request, request_of(args, which, side.program, roots));
    plan_launch(request, plan);
    return {};
}

Result<Side> make_side(const Args& args, std::string_view which, const fs::path& program, Runner& runner,
                       Workbench& bench) {
    Named what = named(args, which, program, bench.roots);
    Side side{.label = std::move(what.label)};
    if (!what.commit.empty()) {
        bench.progress(fmt::format("checking out {}", what.commit), -1);
        TRY(Worktree tree, Worktree::make(program, what.commit, bench.stop));
        side.checkout.emplace(std::move(tree));
        TRY(what.program, side.checkout->in(program));
        runner.lend(side.checkout->folder());
        side.label += fmt::format(" ({})", side.checkout->commit().substr(0, 10));
    }
    TRY(const LaunchRequest request, request_of(args, which, what.program, bench.roots));
    TRY(side.launch, make_launch(request, runner, bench.progress, bench.stop));
    const std::string& own = args.text(std::string(which) + "_arguments");
    if (!own.empty()) side.label += " " + own;
    return side;
}

Result<> run_side(Side& side, const MeasureRequest& request, const Runner& runner, Workbench& bench) {
    TRY(MeasuredRun run, run_measured(side.launch, request, runner, bench.stop));
    side.runs.push_back(std::move(run));
    return {};
}

// A B, B A, A B and so on: within a round neither is always the first, so what drifts hits both alike.
class Rounds {
  public:
    Rounds(const Args& args, Side& before, Side& after, const Runner& runner, Workbench& bench)
        : request_{.pattern = args.text("pattern"), .limit = std::chrono::seconds(args.integer("limit"))},
          before_(before),
          after_(after),
          runner_(runner),
          bench_(bench) {}

    // Until there are so many.
    Result<> run(std::int64_t count) {
        for (; done_ < count; ++done_) {
            bench_.progress(fmt::format("round {} of {}", done_ + 1, count),
                            static_cast<double>(done_) / static_cast<double>(count));
            TRY_OK(run_one(done_ % 2 == 0));
        }
        return {};
    }
    Result<> warm_up(std::int64_t count) {
        for (std::int64_t i = 0; i < count; ++i) TRY_OK(run_one(i % 2 == 0));
        before_.runs.clear();
        after_.runs.clear();
        return {};
    }

  private:
    Result<> run_one(bool before_first) {
        TRY_OK(run_side(before_first ? before_ : after_, request_, runner_, bench_));
        return run_side(before_first ? after_ : before_, request_, runner_, bench_);
    }

    const MeasureRequest request_;
    Side &before_, &after_;
    const Runner& runner_;
    Workbench& bench_;
    std::int64_t done_ = 0;
};

std::string change_text(double change) { return fmt::format("{:+.1f} %", change * 100); }

std::string verdict_text(const RunComparison& found, std::string_view measure, double smallest) {
    const std::string range = fmt::format("{:.4g} % interval {} to {}", kConfidence * 100,
                                          change_text(found.low), change_text(found.high));
    switch (found.verdict) {
        case RunVerdict::Regressed:
            return fmt::format("regressed: {} changed by {}, {}", measure, change_text(found.change), range);
        case RunVerdict::Improved:
            return fmt::format("improved: {} changed by {}, {}", measure, change_text(found.change), range);
        case RunVerdict::NoDifference:
            return fmt::format("no difference shown: {} changed by {}, {}: any change is smaller than {}",
                               measure, change_text(found.change), range, percent(smallest));
        case RunVerdict::TooNoisy: break;
    }
    return fmt::format(
        "too noisy: {} more rounds needed; {} changed by {}, {}: a change of {} cannot be told from none, "
        "one "
        "of {} could",
        found.more_rounds, measure, change_text(found.change), range, percent(smallest),
        percent(std::max(std::abs(found.low), std::abs(found.high))));
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

// If the main measure does not tell: those that do.
std::string steadier_text(const std::vector<MeasureRow>& rows) {
    if (rows.front().found.verdict != RunVerdict::TooNoisy) return {};
    std::string text;
    for (const auto& [name, found] : rows) {
        if (found.verdict == RunVerdict::TooNoisy) continue;
        text += fmt::format("{}{}: {}", text.empty() ? "steadier measures (measure chooses one): " : ", ",
                            name, replace_all(std::string(to_string(found.verdict)), "_", " "));
    }
    return text.empty() ? text : text + "\n";
}

// Measures until the verdict is there, or the time is over: each look at the figures comes after as many
// rounds again as there are by then.
Result<std::vector<MeasureRow>> measure(const Args& args, Side& before, Side& after, const Runner& runner,
                                        Workbench& bench) {
    const auto start = std::chrono::steady_clock::now();
    const std::chrono::duration<double> most(args.number("minutes") * 60);
    Rounds rounds(args, before, after, runner, bench);
    TRY_OK(rounds.warm_up(args.integer("warmups")));
    for (std::int64_t count = args.integer("rounds");; count *= 2) {
        TRY_OK(rounds.run(count));
        TRY(const std::string main, measure_meant(before.runs, args.text("measure")));
        TRY(std::vector<MeasureRow> rows, compare_all(args, before, after, main));
        // What is not to be had in the time that is left is not begun.
        const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
        const bool has_verdict = rows.front().found.verdict != RunVerdict::TooNoisy;
        if (has_verdict || 2 * taken > most || 2 * count > kMostRounds) return rows;
    }
}

Output output_of(const Args& args, const Side& before, const Side& after,
                 const std::vector<MeasureRow>& rows) {
    const MeasureRow& main = rows.front();
    std::string text = fmt::format("{}\nbefore: {}\nafter: {}\n{} rounds, both measured in each, in turn\n",
                                   verdict_text(main.found, main.name, args.number("smallest") / 100),
                                   before.label, after.label, before.runs.size());
    text += steadier_text(rows);
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
                {"confidence", kConfidence},
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
    if (!(args.number("minutes") >= 0 && args.number("minutes") <= kMostMinutes))
        return fail(Fault::Invalid, "minutes is {}: 0 to {} are possible", args.number("minutes"),
                    kMostMinutes);
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

Result<Plan> plan_compare_runs(const Args& args, Workbench& bench) {
    TRY_OK(check(args));
    TRY(const fs::path program, bench.roots.resolve(args.text("program")));
    Plan plan;
    TRY_OK(plan_side(args, "before", program, bench.roots, plan));
    TRY_OK(plan_side(args, "after", program, bench.roots, plan));
    return plan;
}

Result<Output> run_compare_runs(const Args& args, Workbench& bench) {
    TRY_OK(check(args));
    TRY(Runner* const runner, runner_of(bench));
    TRY(const fs::path program, bench.roots.resolve(args.text("program")));
    TRY(Side before, make_side(args, "before", program, *runner, bench));
    TRY(Side after, make_side(args, "after", program, *runner, bench));
    TRY(const std::vector<MeasureRow> rows, measure(args, before, after, *runner, bench));
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
         program_arguments_arg(),
         {"before_arguments", Kind::String, "more of them before", ""},
         {"after_arguments", Kind::String, "more of them after", ""},
         {"rounds", Kind::Integer, "how often both are measured at first; fewer than 6 carry no verdict",
          std::int64_t{10}},
         {"minutes", Kind::Number,
          "while it is too noisy, rounds are added for so many minutes in all; 0: none", 5.0},
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
         framework_arg(),
         write_arg(),
         offline_arg(),
         {"same", Kind::Boolean, "before and after may be the same", false},
         {"fail_on_regression", Kind::Boolean, "a regression is a finding: exit code 1", false}},
        run_compare_runs,
        "compare-runs tests/StressTest --before main --arguments 'producer --seconds 5' --rounds 12",
        plan_compare_runs};
}

}  // namespace culprit
