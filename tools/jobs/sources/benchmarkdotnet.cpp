// Reads BenchmarkDotNet's full JSON report (*-report-full.json): the time of an operation with its samples,
// and the bytes it allocates.
//
// Source  dotnet/BenchmarkDotNet src/BenchmarkDotNet/Exporters/Json/JsonExporterBase.cs
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "tools/jobs/sources/source.h"
#include "tools/jobs/sources/text_json.h"

namespace culprit {
namespace {

using namespace job_json;

// "Count=100, Kind=Big"
std::vector<std::pair<std::string, std::string>> split_parameters(std::string_view text) {
    std::vector<std::pair<std::string, std::string>> named;
    for (const std::string_view part : split(text, ',')) {
        const std::size_t equals = part.find('=');
        if (equals == std::string_view::npos) continue;
        named.emplace_back(trim(part.substr(0, equals)), trim(part.substr(equals + 1)));
    }
    return named;
}

std::string name_of(const Json& benchmark) {
    const std::string method = text_at(benchmark, "Method", text_at(benchmark, "MethodTitle"));
    const std::string type = text_at(benchmark, "Type");
    return type.empty() ? method : type + "." + method;
}

void add_benchmark(JobBuilder& builder, const Json& benchmark) {
    const std::string name = name_of(benchmark);
    const std::string group = text_at(benchmark, "Namespace");
    const Parameters parameters = parameters_of(split_parameters(text_at(benchmark, "Parameters")));
    const std::string full = name + parameters.suffix;
    const std::size_t time = builder.test({group, full, parameters.load}, "ns", Better::Less, "time");
    const Json& statistics = member(benchmark, "Statistics");
    const std::vector<double> samples = numbers_of(member(statistics, "OriginalValues"));
    if (!statistics.is_object()) {
        builder.add_failed(time);
    } else if (!samples.empty()) {
        builder.add(time, point_of(parameters.x, samples));
    } else {
        builder.add(time,
                    point_of_summary(parameters.x, number_at(statistics, "Mean", NAN),
                                     number_at(statistics, "StandardDeviation"), number_at(statistics, "N")));
    }
    const Json& bytes = member(member(benchmark, "Memory"), "BytesAllocatedPerOperation");
    if (!bytes.is_number()) return;
    const std::size_t allocated =
        builder.test({group, full + " allocated", parameters.load}, "B", Better::Less, "allocated");
    builder.add(allocated, {.x = parameters.x, .y = bytes.get<double>()});
}

Result<std::vector<Job>> parse(simdjson::padded_string_view text, const JobFile& file) {
    TRY(const Json report, parse_json(text, file.name));
    JobBuilder builder;
    const Json& host = member(report, "HostEnvironmentInfo");
    builder.info = {.id = file.name,
                    .title = text_at(report, "Title"),
                    .hardware = std::string(trim(text_at(host, "ProcessorName"))),
                    .ended = file.ended};
    for (const Json& benchmark : member(report, "Benchmarks")) add_benchmark(builder, benchmark);
    return only(std::move(builder));
}

bool is_report(std::string_view head) {
    return is_object_with(head, {"\"HostEnvironmentInfo\"", "BenchmarkDotNet"});
}

}  // namespace

JobSource benchmarkdotnet_source() { return {"BenchmarkDotNet", is_report, parse}; }

}  // namespace culprit
