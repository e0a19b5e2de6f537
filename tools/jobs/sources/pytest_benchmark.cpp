// Reads pytest-benchmark's JSON (--benchmark-json, or a file of .benchmarks): the mean time of a round in
// seconds, with the rounds where they were kept (--benchmark-save-data).
//
// Source  ionelmc/pytest-benchmark src/pytest_benchmark/session.py, stats.py
#include <nlohmann/json.hpp>

#include "tools/jobs/sources/source.h"
#include "tools/jobs/sources/text_json.h"

namespace culprit {
namespace {

using namespace job_json;

// "test_sort[1000]" without its parameters, which come apart.
std::string bare(const std::string& name) { return name.substr(0, name.find('[')); }

void add_benchmark(JobBuilder& builder, const Json& benchmark) {
    std::vector<std::pair<std::string, std::string>> named;
    const Json& given = member(benchmark, "params");
    if (given.is_object()) {
        for (const auto& [name, value] : given.items()) named.emplace_back(name, shown(value));
    }
    const Parameters parameters = parameters_of(named);
    const std::string full = text_at(benchmark, "fullname", text_at(benchmark, "name"));
    const std::string name = named.empty() ? full : bare(full) + parameters.suffix;
    const std::size_t test =
        builder.test({text_at(benchmark, "group"), name, parameters.load}, "s", Better::Less, "time");
    const Json& stats = member(benchmark, "stats");
    const std::vector<double> rounds = numbers_of(member(stats, "data"));
    if (!rounds.empty()) return builder.add(test, point_of(parameters.x, rounds));
    builder.add(test, point_of_summary(parameters.x, number_at(stats, "mean", NAN),
                                       number_at(stats, "stddev"), number_at(stats, "rounds")));
}

Result<std::vector<Job>> parse(simdjson::padded_string_view text, const JobFile& file) {
    TRY(const Json report, parse_json(text, file.name));
    const Json& commit = member(report, "commit_info");
    JobBuilder builder;
    builder.info = {.id = file.name,
                    .product = text_at(commit, "project"),
                    .version = text_at(commit, "id"),
                    .branch = text_at(commit, "branch"),
                    .hardware = text_at(member(report, "machine_info"), "node"),
                    .ended = text_at(report, "datetime", file.ended)};
    for (const Json& benchmark : member(report, "benchmarks")) add_benchmark(builder, benchmark);
    return only(std::move(builder));
}

bool is_report(std::string_view head) {
    return is_object_with(head, {"\"machine_info\"", "\"python_version\""}) ||
           is_object_with(head, {"\"commit_info\"", "\"machine_info\""});
}

}  // namespace

JobSource pytest_benchmark_source() { return {"pytest-benchmark", is_report, parse}; }

}  // namespace culprit
