// Reads the end-of-test summary of k6: what handleSummary() gets (metrics with type and values) and what
// --summary-export writes (the values at once). Each statistic of a trend is a test of its own: avg, med,
// p(95) ... apart. A counter is its rate; a rate is better low if its name speaks of failing, else high.
//
// Source  grafana/k6 internal/js/summary.js; docs "Custom summary", "Summary export"
#include <array>

#include <nlohmann/json.hpp>

#include "base/text.h"
#include "tools/jobs/sources/source.h"
#include "tools/jobs/sources/text_json.h"

namespace culprit {
namespace {

using namespace job_json;

// Where they run says nothing of how fast the system is.
constexpr std::array<std::string_view, 5> kNotMeasured = {"vus", "vus_max", "iterations_dropped", "data_sent",
                                                          "data_received"};

bool is_trend(const Json& values) { return member(values, "avg").is_number(); }

void add_trend(JobBuilder& builder, const std::string& name, const std::string& unit, const Json& values) {
    for (const auto& [statistic, value] : values.items()) {
        if (!value.is_number() || statistic == "count" || statistic == "min" || statistic == "max") continue;
        const std::size_t test = builder.test({name, name + " " + statistic}, unit, Better::Less, statistic);
        builder.add(test, {.y = value.get<double>()});
    }
}

void add_rate(JobBuilder& builder, const std::string& name, const Json& values) {
    const Json& rate = member(values, member(values, "rate").is_number() ? "rate" : "value");
    if (!rate.is_number()) return;
    const bool counts = member(values, "count").is_number();
    const bool is_bad = contains_ignoring_case(name, "fail") || contains_ignoring_case(name, "error");
    const std::size_t test = builder.test({name, name + " rate"}, counts ? "1/s" : "",
                                          is_bad ? Better::Less : Better::More, "rate");
    builder.add(test, {.y = rate.get<double>()});
}

void add_metric(JobBuilder& builder, const std::string& name, const Json& metric) {
    if (std::ranges::find(kNotMeasured, name) != kNotMeasured.end() || !metric.is_object()) return;
    const Json& apart = member(metric, "values");
    const Json& values = apart.is_object() ? apart : metric;
    const std::string contains = text_at(metric, "contains", "time");
    if (is_trend(values))
        add_trend(builder, name, contains == "time" ? "ms" : "", values);
    else
        add_rate(builder, name, values);
}

Result<std::vector<Job>> parse(simdjson::padded_string_view text, const JobFile& file) {
    TRY(const Json report, parse_json(text, file.name));
    JobBuilder builder;
    builder.info = {.id = file.name, .ended = file.ended};
    const Json& metrics = member(report, "metrics");
    if (metrics.is_object()) {
        for (const auto& [name, metric] : metrics.items()) add_metric(builder, name, metric);
    }
    return only(std::move(builder));
}

bool is_summary(std::string_view head) {
    return is_object_with(head, {"\"metrics\"", "iteration"}) ||
           is_object_with(head, {"\"root_group\"", "\"metrics\""});
}

}  // namespace

JobSource k6_source() { return {"k6", is_summary, parse}; }

}  // namespace culprit
