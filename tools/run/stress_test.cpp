// stress_test: runs a stress test or benchmark several times and says what it measures, and how steadily.
#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "tools/jobs/statistics.h"
#include "tools/run/measured_run.h"
#include "tools/run/tools.h"

namespace culprit {
namespace {

constexpr std::int64_t kMostRuns = 200;

struct Spread {
    std::string name;
    double median = 0, least = 0, most = 0;
    double spread = 0;  // as a share of the median
};

Spread spread_of(const std::string& name, std::vector<double> values) {
    Spread result{.name = name, .least = std::ranges::min(values), .most = std::ranges::max(values)};
    result.median = median(values);
    if (result.median != 0) result.spread = spread(values, result.median) / std::abs(result.median);
    return result;
}

std::vector<Spread> spreads_of(const std::vector<MeasuredRun>& runs) {
    std::vector<Spread> spreads;
    for (const Measure& each : runs.front().measures)
        spreads.push_back(spread_of(each.name, values_of(runs, each.name)));
    return spreads;
}

Result<std::vector<MeasuredRun>> run_all(const Args& args, const Launch& launch, const Runner& runner,
                                         Workbench& bench) {
    const MeasureRequest request{.pattern = args.text("pattern"),
                                 .limit = std::chrono::seconds(args.integer("limit"))};
    const std::int64_t count = args.integer("runs"), warmups = args.integer("warmups");
    std::vector<MeasuredRun> runs;
    for (std::int64_t i = 0; i < warmups + count; ++i) {
        bench.progress(fmt::format("run {} of {}", i + 1, warmups + count),
                       static_cast<double>(i) / static_cast<double>(warmups + count));
        TRY(MeasuredRun run, run_measured(launch, request, runner, bench.stop));
        if (i >= warmups) runs.push_back(std::move(run));
    }
    return runs;
}

std::string row_text(const Spread& each) {
    return fmt::format("{:>14} {:>14} {:>14} {:>8}  {}\n", measure_text(each.median),
                       measure_text(each.least), measure_text(each.most), percent(each.spread), each.name);
}

Output output_of(const Launch& launch, const std::vector<MeasuredRun>& runs, const std::string& main) {
    std::vector<Spread> spreads = spreads_of(runs);
    std::ranges::stable_partition(spreads, [&](const Spread& each) { return each.name == main; });
    std::string text = fmt::format("{} runs of '{}'\n", runs.size(), join(launch.argv, " "));
    if (!launch.built.empty()) text += fmt::format("built in Release from {}\n", launch.built);
    text += fmt::format("{:>14} {:>14} {:>14} {:>8}  {}\n", "median", "least", "most", "spread", "measure");
    Json measures = Json::array();
    for (const Spread& each : spreads) {
        text += row_text(each);
        measures.push_back({{"name", each.name},
                            {"median", each.median},
                            {"least", each.least},
                            {"most", each.most},
                            {"spread", each.spread},
                            {"values", values_of(runs, each.name)}});
    }
    if (spreads.front().spread > 0.05)
        text +=
            "note: the runs differ much from each other: compare_runs measures before and after in turn\n";
    return {.text = std::move(text),
            .data = {{"main", main}, {"runs", runs.size()}, {"measures", std::move(measures)}}};
}

Result<LaunchRequest> launch_of(const Args& args, const Workbench& bench) {
    if (args.integer("runs") < 1 || args.integer("runs") > kMostRuns || args.integer("warmups") < 0 ||
        args.integer("limit") < 1)
        return fail(Fault::Invalid, "1 to {} runs are possible, and a limit of at least a second", kMostRuns);
    TRY(const fs::path program, bench.roots.resolve(args.text("program")));
    return launch_request(program, args, bench.roots);
}

Result<Plan> plan_stress_test(const Args& args, Workbench& bench) {
    TRY(const LaunchRequest request, launch_of(args, bench));
    Plan plan;
    plan_launch(request, plan);
    return plan;
}

Result<Output> run_stress_test(const Args& args, Workbench& bench) {
    TRY(Runner* const runner, runner_of(bench));
    TRY(const LaunchRequest request, launch_of(args, bench));
    TRY(const Launch launch, make_launch(request, *runner, bench.progress, bench.stop));
    TRY(const std::vector<MeasuredRun> runs, run_all(args, launch, *runner, bench));
    TRY(const std::string main, measure_meant(runs, args.text("measure")));
    return output_of(launch, runs, main);
}

}  // namespace

Tool stress_test_tool() {
    return {
        "stress_test",
        "stress",
        "Run a stress test or benchmark several times and read what it measures from its output (a JSON "
        "object, BenchmarkDotNet's summary, numbers per second, or a regular expression), with medians and "
        "spread; wall time, CPU time and peak memory are measured beside. A project is built in Release, "
        "outside of its folder. To find out whether a change made it slower use compare_runs.",
        Effect::Runs,
        {{"program", Kind::Path, "a project or its folder, a .dll, or an executable"},
         program_arguments_arg(),
         {"runs", Kind::Integer, "how often", std::int64_t{5}},
         {"warmups", Kind::Integer, "runs before that do not count", std::int64_t{1}},
         {"measure", Kind::String, "the name of the number that matters; empty: throughput, else a time", ""},
         {"pattern", Kind::String, "a regular expression for the output with a group around the number", ""},
         {"limit", Kind::Integer, "seconds for one run", std::int64_t{300}},
         framework_arg(),
         write_arg(),
         offline_arg()},
        run_stress_test,
        "stress tests/StressTest --arguments 'producer --seconds 5' --runs 7",
        plan_stress_test};
}

}  // namespace culprit
