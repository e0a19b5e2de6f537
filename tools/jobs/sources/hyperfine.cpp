// Reads hyperfine's --export-json: the wall-clock time of each command in seconds, with all its runs.
//
// Source  sharkdp/hyperfine src/export/json.rs, src/benchmark/benchmark_result.rs
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "tools/jobs/sources/source.h"
#include "tools/jobs/sources/text_json.h"

namespace culprit {
namespace {

using namespace job_json;

// A parameter's value stands in the command, so commands that differ in it alone are one curve only if its
// name is put back in place.
std::string command_of(const Json& result, const Parameters& parameters, const std::string& value) {
    const std::string command = text_at(result, "command");
    if (parameters.load.empty()) return command;
    return replace_all(command, value, "{" + parameters.load + "}");
}

void add_result(JobBuilder& builder, const Json& result) {
    std::vector<std::pair<std::string, std::string>> named;
    const Json& given = member(result, "parameters");
    if (given.is_object()) {
        for (const auto& [name, value] : given.items()) named.emplace_back(name, shown(value));
    }
    const Parameters parameters = parameters_of(named);
    const std::string name = command_of(result, parameters, named.empty() ? "" : named[0].second);
    const std::size_t test = builder.test({"", name, parameters.load}, "s", Better::Less, "time");
    for (const Json& code : member(result, "exit_codes")) {
        if (code.is_number_integer() && code != 0) return builder.add_failed(test);
    }
    const std::vector<double> times = numbers_of(member(result, "times"));
    if (!times.empty()) return builder.add(test, point_of(parameters.x, times));
    builder.add(test, {.x = parameters.x, .y = number_at(result, "mean", NAN)});
}

Result<std::vector<Job>> parse(simdjson::padded_string_view text, const JobFile& file) {
    TRY(const Json report, parse_json(text, file.name));
    JobBuilder builder;
    builder.info = {.id = file.name, .ended = file.ended};
    for (const Json& result : member(report, "results")) add_result(builder, result);
    return only(std::move(builder));
}

bool is_report(std::string_view head) {
    return is_object_with(head, {"\"results\"", "\"command\"", "\"mean\""});
}

}  // namespace

JobSource hyperfine_source() { return {"hyperfine", is_report, parse}; }

}  // namespace culprit
