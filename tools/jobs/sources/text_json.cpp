#include "tools/jobs/sources/text_json.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include <nlohmann/json.hpp>

#include "base/text.h"

namespace culprit::job_json {

std::vector<double> numbers_of(const Json& array) {
    std::vector<double> numbers;
    if (!array.is_array()) return numbers;
    for (const Json& each : array) {
        if (each.is_number()) numbers.push_back(each.get<double>());
    }
    return numbers;
}

Point point_of_summary(double x, double mean, double deviation, double count) {
    Point point{.x = x, .y = mean};
    if (count > 1 && deviation >= 0) point.error = static_cast<float>(deviation / std::sqrt(count));
    return point;
}

std::string shown(const Json& value) {
    if (value.is_string()) return value.get<std::string>();
    return value.is_null() ? "" : dump_json(value);
}

namespace {

bool is_number(const std::string& text, double& number) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc() && end == text.data() + text.size() && std::isfinite(number);
}

}  // namespace

Parameters parameters_of(const std::vector<std::pair<std::string, std::string>>& named) {
    Parameters parameters;
    if (named.size() == 1 && is_number(named[0].second, parameters.x)) {
        parameters.load = named[0].first;
        return parameters;
    }
    parameters.x = 0;
    std::vector<std::string> parts;
    for (const auto& [name, value] : named) parts.push_back(name + "=" + value);
    if (!parts.empty()) parameters.suffix = fmt::format(" ({})", join(parts, ", "));
    return parameters;
}

std::vector<Job> only(JobBuilder&& builder) {
    std::vector<Job> jobs;
    jobs.push_back(std::move(builder).finish());
    return jobs;
}

bool is_object_with(std::string_view head, std::initializer_list<std::string_view> words) {
    if (head.find_first_not_of(" \t\r\n\xEF\xBB\xBF") != head.find('{')) return false;
    return std::ranges::all_of(words, [&](std::string_view word) { return head.contains(word); });
}

}  // namespace culprit::job_json
