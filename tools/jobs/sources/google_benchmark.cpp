// Reads Google Benchmark's JSON (--benchmark_format=json): the CPU time of an iteration, or the real time
// where the name asks for it. Repetitions of a run are its samples; aggregates are used only where the
// repetitions themselves were left out (--benchmark_report_aggregates_only).
//
// Source  google/benchmark src/json_reporter.cc; docs/user_guide.md "Output Formats"
#include <map>

#include <nlohmann/json.hpp>

#include "base/text.h"
#include "tools/jobs/sources/source.h"
#include "tools/jobs/sources/text_json.h"

namespace culprit {
namespace {

using namespace job_json;

double nanoseconds_in(std::string_view unit) {
    if (unit == "us") return 1e3;
    if (unit == "ms") return 1e6;
    if (unit == "s") return 1e9;
    return 1;
}

struct Run {
    std::vector<double> samples;
    double mean = NAN, deviation = 0, repetitions = 0;
    bool failed = false;
};

double time_of(const Json& benchmark, std::string_view name) {
    const bool real = name.contains("/real_time") || name.contains("/manual_time");
    return number_at(benchmark, real ? "real_time" : "cpu_time", NAN) *
           nanoseconds_in(text_at(benchmark, "time_unit", "ns"));
}

// The runs in the order in which they first stand in the file.
std::vector<std::pair<std::string, Run>> runs_of(const Json& report) {
    std::vector<std::pair<std::string, Run>> runs;
    std::map<std::string, std::size_t, std::less<>> index;
    for (const Json& benchmark : member(report, "benchmarks")) {
        const std::string name = text_at(benchmark, "run_name", text_at(benchmark, "name"));
        const auto [found, is_new] = index.try_emplace(name, runs.size());
        if (is_new) runs.emplace_back(name, Run{});
        Run& run = runs[found->second].second;
        const std::string aggregate = text_at(benchmark, "aggregate_name");
        const double time = time_of(benchmark, name);
        if (flag_at(benchmark, "error_occurred") || flag_at(benchmark, "skipped"))
            run.failed = true;
        else if (aggregate.empty())
            run.samples.push_back(time);
        else if (aggregate == "mean")
            run.mean = time;
        else if (aggregate == "stddev")
            run.deviation = time;
        run.repetitions = std::max(run.repetitions, number_at(benchmark, "repetitions"));
    }
    return runs;
}

// "BM_Sort/1024/real_time" is BM_Sort/real_time at 1024; with several numbers, none is x.
void add_run(JobBuilder& builder, const std::string& full_name, const Run& run) {
    std::string name;
    std::vector<double> numbers;
    for (const std::string_view part : split(full_name, '/')) {
        double number = 0;
        std::string rest;
        if (take_number(part, number, rest) && rest.empty()) {
            numbers.push_back(number);
            continue;
        }
        if (!name.empty()) name += '/';
        name += part;
    }
    const bool is_curve = numbers.size() == 1;
    const std::size_t test = builder.test({"", is_curve ? name : full_name, is_curve ? "argument" : ""}, "ns",
                                          Better::Less, "time");
    const double x = is_curve ? numbers[0] : 0;
    if (run.failed || (run.samples.empty() && std::isnan(run.mean)))
        builder.add_failed(test);
    else if (!run.samples.empty())
        builder.add(test, point_of(x, run.samples));
    else
        builder.add(test, point_of_summary(x, run.mean, run.deviation, run.repetitions));
}

Result<std::vector<Job>> parse(simdjson::padded_string_view text, const JobFile& file) {
    TRY(const Json report, parse_json(text, file.name));
    JobBuilder builder;
    const Json& context = member(report, "context");
    builder.info = {.id = file.name,
                    .title = text_at(context, "executable"),
                    .hardware = text_at(context, "host_name"),
                    .ended = text_at(context, "date", file.ended)};
    if (text_at(context, "library_build_type") == "debug")
        builder.warn("the benchmark library was built as debug: times may be inflated");
    for (const auto& [name, run] : runs_of(report)) add_run(builder, name, run);
    return only(std::move(builder));
}

bool is_report(std::string_view head) {
    return is_object_with(head, {"\"context\"", "\"num_cpus\""}) ||
           is_object_with(head, {"\"benchmarks\"", "\"cpu_time\"", "\"time_unit\""});
}

}  // namespace

JobSource google_benchmark_source() { return {"Google Benchmark", is_report, parse}; }

}  // namespace culprit
