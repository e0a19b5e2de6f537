// Reads criterion's results: the lines of `cargo criterion --message-format=json`, and what `cargo bench`
// leaves in target/criterion, of which this file reads one estimates.json (the folder is walked by
// load_jobs). Times are in ns; the median of the samples is the score, as it is criterion's most robust one.
//
// Source  bheisler/criterion.rs book/src/cargo_criterion/external_tools.md; src/estimate.rs, src/report.rs
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "tools/jobs/sources/source.h"
#include "tools/jobs/sources/text_json.h"

namespace culprit {
namespace {

using namespace job_json;

double nanoseconds_in(std::string_view unit) {
    if (unit == "us" || unit == "µs") return 1e3;
    if (unit == "ms") return 1e6;
    if (unit == "s") return 1e9;
    return unit == "ps" ? 1e-3 : 1;
}

// "group/function/1024": the last part is x if it is a number.
void add_estimate(JobBuilder& builder, std::string_view id, double median, double error) {
    std::string_view name = id, load;
    double x = 0;
    std::string rest;
    const std::size_t slash = id.rfind('/');
    if (slash != std::string_view::npos && take_number(id.substr(slash + 1), x, rest) && rest.empty()) {
        name = id.substr(0, slash);
        load = "argument";
    } else {
        x = 0;
    }
    const std::size_t first = name.find('/');
    const std::string_view group = first == std::string_view::npos ? "" : name.substr(0, first);
    const std::size_t test = builder.test({group, name, load}, "ns", Better::Less, "time");
    builder.add(test, {.x = x, .y = median, .error = static_cast<float>(error)});
}

Result<std::vector<Job>> parse_messages(simdjson::padded_string_view text, const JobFile& file) {
    JobBuilder builder;
    builder.info = {.id = file.name, .ended = file.ended};
    std::size_t number = 0;
    for (const std::string_view line : split_lines(text)) {
        ++number;
        if (trim(line).empty()) continue;
        TRY(const Json message, parse_json(line, fmt::format("{}, line {}", file.name, number)));
        if (text_at(message, "reason") != "benchmark-complete") continue;
        const Json& median = member(message, "median");
        const double factor = nanoseconds_in(text_at(median, "unit", "ns"));
        const double value = number_at(median, "estimate", NAN) * factor;
        const double width =
            (number_at(median, "upper_bound", NAN) - number_at(median, "lower_bound", NAN)) * factor;
        add_estimate(builder, text_at(message, "id"), value, width / (2 * 1.96));  // bounds of 95 %
    }
    return only(std::move(builder));
}

Result<std::vector<Job>> parse_estimates(simdjson::padded_string_view text, const JobFile& file) {
    TRY(const Json estimates, parse_json(text, file.name));
    const Json& median = member(estimates, "median");
    JobBuilder builder;
    builder.info = {.id = file.name, .ended = file.ended};
    add_estimate(builder, file.name, number_at(median, "point_estimate", NAN),
                 number_at(median, "standard_error", NAN));
    return only(std::move(builder));
}

bool is_messages(std::string_view head) {
    return is_object_with(head, {"\"reason\"", "\"benchmark-complete\""}) ||
           is_object_with(head, {"\"reason\"", "\"group-complete\""});
}

bool is_estimates(std::string_view head) {
    return is_object_with(head, {"\"median_abs_dev\"", "\"point_estimate\""});
}

}  // namespace

JobSource criterion_messages_source() { return {"cargo-criterion", is_messages, parse_messages}; }
JobSource criterion_estimates_source() { return {"criterion estimates", is_estimates, parse_estimates}; }

}  // namespace culprit
