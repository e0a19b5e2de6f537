// Reads BenchmarkDotNet's JSON reports, brief and full, as measurements: the time of an operation and the
// memory it takes.
//
// Source  dotnet/BenchmarkDotNet src/BenchmarkDotNet/Exporters/Json/JsonExporterBase.cs
#include <nlohmann/json.hpp>

#include "base/json.h"
#include "base/text.h"
#include "tools/profile/formats/format.h"

namespace culprit {
namespace {

Result<Profile> parse(std::string_view bytes, const Reading&) {
    TRY(const Json report, parse_json(bytes, "the report"));
    Profile profile{.format = "BenchmarkDotNet"};
    for (const Json& benchmark : member(report, "Benchmarks")) {
        std::string name = text_at(benchmark, "FullName",
                                   text_at(benchmark, "DisplayInfo", text_at(benchmark, "MethodTitle")));
        const Json& statistics = member(benchmark, "Statistics");
        if (!statistics.is_object()) {
            profile.warnings.push_back(fmt::format("{} has no statistics: it failed", name));
            continue;
        }
        profile.measurements.push_back(
            {.name = name,
             .unit = "ns",
             .mean = number_at(statistics, "Mean"),
             .deviation = number_at(statistics, "StandardDeviation"),
             .count = static_cast<std::uint64_t>(std::max<std::int64_t>(0, integer_at(statistics, "N")))});
        const Json& memory = member(benchmark, "Memory");
        if (!member(memory, "BytesAllocatedPerOperation").is_number()) continue;
        profile.measurements.push_back({.name = name + " allocated",
                                        .unit = "bytes",
                                        .mean = number_at(memory, "BytesAllocatedPerOperation"),
                                        .count = 1});
    }
    if (profile.measurements.empty())
        return fail(Fault::Corrupt, "BenchmarkDotNet: there is no benchmark with statistics in the file");
    return profile;
}

Likeness probe(std::string_view head) {
    const bool is_one =
        trim(head).starts_with('{') && head.find("\"HostEnvironmentInfo\"") != std::string_view::npos;
    return is_one ? Likeness::Yes : Likeness::No;
}

}  // namespace

Format benchmarkdotnet_format() { return {"BenchmarkDotNet", "-report-full.json", probe, parse}; }

}  // namespace culprit
