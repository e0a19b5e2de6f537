// jobs_changepoints: where series of measurements change for good.
#include <cmath>

#include "base/text.h"
#include "tools/jobs/changepoints.h"
#include "tools/jobs/tools.h"

namespace culprit {

namespace {

constexpr std::uint64_t kMostBytes = 64 << 20;
constexpr std::size_t kMostValues = 200'000;

struct Series {
    std::string name;
    std::vector<double> values;
};

// {name, values: [number or null, ...]}, or the array alone.
Result<Series> read_series(const fs::path& path) {
    TRY(const std::string text, read_file(path, kMostBytes));
    TRY(const Json json, parse_json(text, path.string()));
    const Json& values = json.is_array() ? json : member(json, "values");
    if (!values.is_array())
        return fail(Fault::Invalid, "{}: no series: wanted an array of numbers, or an object with \"values\"",
                    path.string());
    if (values.size() > kMostValues)
        return fail(Fault::Invalid, "{}: {} values are too many (most: {}); give means of several each",
                    path.string(), values.size(), kMostValues);
    Series series{.name = text_at(json, "name", path.stem().string()), .values = {}};
    for (const Json& value : values) {
        if (!value.is_number() && !value.is_null())
            return fail(Fault::Invalid, "{}: value {} is no number", path.string(), series.values.size());
        series.values.push_back(value.is_null() ? NAN : value.get<double>());
    }
    return series;
}

Result<Output> run_changepoints(const Args& args, Workbench& bench) {
    Output output{.data = Json::object()};
    for (const std::string& file : args.list("series")) {
        TRY(const fs::path path, bench.roots.resolve(file));
        TRY(const Series series, read_series(path));
        const std::vector<std::size_t> found = change_points(series.values);
        output.data[series.name] = found;
        output.text +=
            fmt::format("{}: {} changes in {} values{}{}\n", series.name, found.size(), series.values.size(),
                        found.empty() ? "" : ", at ", fmt::join(found, ", "));
    }
    return output;
}

}  // namespace

Tool jobs_changepoints_tool() {
    return {
        "jobs_changepoints",
        "jobs changepoints",
        "Find where series of measurements over time change their level for good: the index of the first "
        "value "
        "after each change. A series is a JSON file with an array of numbers, or an object with \"values\".",
        Effect::Reads,
        {{"series", Kind::Paths, "the files"}},
        run_changepoints,
        "jobs changepoints latency.json"};
}

}  // namespace culprit
