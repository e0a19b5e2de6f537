#include "tools/run/measured_run.h"

#include <algorithm>
#include <cmath>

#include "base/process.h"
#include "base/text.h"

namespace culprit {
namespace {

std::string last_words(std::string_view output) {
    constexpr std::size_t kMost = 1000;
    output = trim(output);
    if (output.empty()) return "it printed nothing";
    return fmt::format("it printed{}:\n{}", output.size() > kMost ? " at the end" : "",
                       output.substr(output.size() - std::min(output.size(), kMost)));
}

const Measure* find_measure(const MeasuredRun& run, std::string_view name) {
    const auto found = std::ranges::find(run.measures, name, &Measure::name);
    return found == run.measures.end() ? nullptr : &*found;
}

}  // namespace

Result<MeasuredRun> run_measured(const Launch& launch, const MeasureRequest& request, const Runner& runner,
                                 std::stop_token stop) {
    TRY(const Command command,
        runner.boxed({.argv = launch.argv, .folder = launch.folder, .limit = request.limit}, launch.needs));
    const auto start = std::chrono::steady_clock::now();
    TRY(const Finished finished, run(command, std::move(stop)));
    const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - start;
    MeasuredRun result{.measures = {}, .output = finished.out + finished.err};
    if (finished.end == Finished::End::TimedOut)
        return fail(Fault::TimedOut, "{} had not ended after {}; give it less work or a longer limit; {}",
                    launch.argv.back(), duration_text(static_cast<double>(request.limit.count()) * 1e6),
                    last_words(result.output));
    if (finished.exit_code != 0) {
        const std::string_view hint = missing_grant(result.output, launch.needs);
        return fail(Fault::Unavailable, "'{}' failed with exit code {}; {}{}{}", join(launch.argv, " "),
                    finished.exit_code, last_words(result.output), hint.empty() ? "" : "\n", hint);
    }
    if (request.pattern.empty()) {
        result.measures = measures_in(result.output);
    } else {
        auto measure = measure_by_pattern(result.output, request.pattern);
        if (!measure)
            return fail(measure.error().fault, "{}; {}", measure.error().what, last_words(result.output));
        result.measures = {*std::move(measure)};
    }
    result.measures.push_back({"wall_s", wall.count()});
    result.measures.push_back({"cpu_s", std::chrono::duration<double>(finished.cpu).count()});
    result.measures.push_back({"peak_memory_bytes", static_cast<double>(finished.peak_memory_bytes)});
    return result;
}

std::vector<double> values_of(const std::vector<MeasuredRun>& runs, std::string_view name) {
    std::vector<double> values;
    for (const MeasuredRun& each : runs) {
        if (const Measure* measure = find_measure(each, name)) values.push_back(measure->value);
    }
    return values;
}

Result<std::string> measure_meant(const std::vector<MeasuredRun>& runs, std::string_view name) {
    if (runs.empty()) return fail(Fault::Internal, "there are no runs");
    const MeasuredRun& first = runs.front();
    if (!name.empty() && find_measure(first, name)) return std::string(name);
    if (name.empty()) {
        if (find_measure(first, "pattern")) return std::string("pattern");
        if (const Measure* main = main_measure(first.measures)) return main->name;
    }
    std::vector<std::string> names;
    for (const Measure& each : first.measures) names.push_back(each.name);
    return fail(Fault::NotFound,
                "the program's output has no measure '{}'; there are: {}; pattern reads another", name,
                join(names, ", "));
}

Result<Better> better_meant(std::string_view said, std::string_view measure) {
    if (said == "higher") return Better::Higher;
    if (said == "lower") return Better::Lower;
    if (const auto by_name = better_of(measure)) return *by_name;
    return fail(Fault::Invalid, "is more or less of '{}' better? Say better=\"higher\" or better=\"lower\"",
                measure);
}

std::string measure_text(double value) {
    if (std::abs(value) >= 1000 && std::abs(value) < 1e15) return grouped(std::llround(value));
    return fmt::format("{:.4g}", value);
}

}  // namespace culprit
