#include "tools/run/measures.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include <nlohmann/json.hpp>
#include <re2/re2.h>

#include "base/json.h"
#include "base/text.h"

namespace culprit {
namespace {

constexpr std::size_t kMostMeasures = 200;

std::optional<double> number_in(std::string_view text) {
    std::string digits(trim(text));
    std::erase(digits, ',');
    double value = 0;
    const auto [end, code] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (code != std::errc() || end != digits.data() + digits.size() || !std::isfinite(value))
        return std::nullopt;
    return value;
}

// Nesting is limited by parse_json.
void add_numbers(const Json& json, const std::string& path, std::vector<Measure>& measures) {
    if (measures.size() >= kMostMeasures) return;
    if (json.is_number()) measures.push_back({path, json.get<double>()});
    if (!json.is_object()) return;
    for (const auto& [key, value] : json.items())
        add_numbers(value, path.empty() ? key : path + "." + key, measures);
}

// The text of an object that ends the output and begins with "{" alone on its line.
std::string_view last_block(std::string_view output) {
    output = trim(output);
    if (!output.ends_with('}')) return {};
    const std::size_t start = output.starts_with("{\n") ? 0 : output.rfind("\n{\n");
    return start == std::string_view::npos ? std::string_view() : output.substr(start);
}

std::vector<std::string_view> cells_of(std::string_view line) {
    std::vector<std::string_view> cells;
    if (!line.starts_with('|')) return cells;
    for (const std::string_view cell : split(line.substr(1), '|')) cells.push_back(trim(cell));
    return cells;
}

// "12.34 us" as nanoseconds, "1.2 KB" as bytes.
std::optional<double> quantity_in(std::string_view cell) {
    static constexpr std::array<std::pair<std::string_view, double>, 11> kUnits = {
        {{"ns", 1},
         {"us", 1e3},
         {"μs", 1e3},
         {"µs", 1e3},
         {"ms", 1e6},
         {"s", 1e9},
         {"B", 1},
         {"KB", 1024},
         {"MB", 1024 * 1024},
         {"GB", 1024.0 * 1024 * 1024},
         {"", 1}}};
    const std::size_t blank = cell.find(' ');
    const std::string_view unit = blank == std::string_view::npos ? "" : trim(cell.substr(blank));
    const auto known = std::ranges::find(kUnits, unit, &std::pair<std::string_view, double>::first);
    const auto number = number_in(cell.substr(0, blank));
    if (known == kUnits.end() || !number) return std::nullopt;
    return *number * known->second;
}

bool contains_any(std::string_view name, std::initializer_list<std::string_view> parts) {
    const std::string lowered = to_lower(name);
    return std::ranges::any_of(parts, [&](std::string_view part) { return lowered.contains(part); });
}

}  // namespace

std::vector<Measure> measures_in_json(std::string_view output) {
    std::vector<Measure> measures;
    const auto lines = split_lines(output);
    for (std::size_t i = lines.size(); i-- > 0 && measures.empty();) {
        const std::string_view line = trim(lines[i]);
        if (!line.starts_with('{') || !line.ends_with('}')) continue;
        if (const auto json = parse_json(line, "a line")) add_numbers(*json, "", measures);
    }
    if (measures.empty() && !last_block(output).empty()) {
        if (const auto json = parse_json(last_block(output), "the output")) add_numbers(*json, "", measures);
    }
    return measures;
}

std::vector<Measure> measures_in_benchmark(std::string_view output) {
    std::vector<Measure> measures;
    std::vector<std::string_view> head;
    for (const std::string_view line : split_lines(output)) {
        const auto cells = cells_of(trim(line));
        if (cells.empty()) {
            head.clear();
        } else if (head.empty()) {
            head = cells;
            if (std::ranges::find(head, "Mean") == head.end() || head[0] != "Method") head.clear();
        } else {
            for (std::size_t i = 1; i < std::min(cells.size(), head.size()); ++i) {
                if (head[i] != "Mean" && head[i] != "Allocated") continue;
                if (const auto value = quantity_in(cells[i]); value && measures.size() < kMostMeasures)
                    measures.push_back({fmt::format("{}.{}", cells[0], head[i]), *value});
            }
        }
    }
    return measures;
}

std::vector<Measure> measures_in_text(std::string_view output) {
    static const RE2 kPerSecond(
        R"(([0-9][0-9,]*(?:\.[0-9]+)?)\s*([A-Za-z]+(?:/s(?:ec(?:ond)?)?|\s+per\s+sec(?:ond)?)\b))");
    std::vector<Measure> measures;
    std::string number, unit;
    for (re2::StringPiece rest(output.data(), output.size());
         RE2::FindAndConsume(&rest, kPerSecond, &number, &unit);) {
        const auto value = number_in(number);
        if (!value) continue;
        const auto known = std::ranges::find(measures, unit, &Measure::name);
        if (known != measures.end())
            known->value = *value;
        else if (measures.size() < kMostMeasures)
            measures.push_back({unit, *value});
    }
    return measures;
}

Result<Measure> measure_by_pattern(std::string_view output, const std::string& pattern) {
    RE2::Options options;
    options.set_log_errors(false);
    const RE2 expression("(?m)" + pattern, options);
    if (!expression.ok())
        return fail(Fault::Invalid, "the pattern '{}' is no regular expression: {}", pattern,
                    expression.error());
    if (expression.NumberOfCapturingGroups() < 1)
        return fail(Fault::Invalid, "the pattern '{}' needs a group around the number: 'rate=([0-9.]+)'",
                    pattern);
    std::string text;
    bool matched = false;
    // An expression that matches nothing at all would stand still.
    for (re2::StringPiece rest(output.data(), output.size());
         !rest.empty() && RE2::FindAndConsume(&rest, expression, &text);) {
        matched = true;
        if (!rest.empty() && text.empty()) rest.remove_prefix(1);
    }
    if (!matched)
        return fail(Fault::NotFound, "the pattern '{}' matches nothing that the program printed", pattern);
    const auto value = number_in(text);
    if (!value)
        return fail(Fault::NotFound, "the pattern '{}' matched '{}', which is no number", pattern, text);
    return Measure{"pattern", *value};
}

std::vector<Measure> measures_in(std::string_view output) {
    for (const auto find : {measures_in_json, measures_in_benchmark, measures_in_text}) {
        if (std::vector<Measure> found = find(output); !found.empty()) return found;
    }
    return {};
}

std::optional<Better> better_of(std::string_view name) {
    if (contains_any(name, {"per_s", "per sec", "persec", "persecond", "/s", "throughput", "_ps", "ops",
                            "rps", "qps"}))
        return Better::Higher;
    if (contains_any(name,
                     {"latency", "elapsed", "duration", "seconds", "wall", "cpu",  "mean",  "median", "alloc",
                      "memory",  "pause",   "gc",       "gen0",    "gen1", "gen2", "_ms",   "_us",    "_ns",
                      "_s",      "p50",     "p90",      "p95",     "p99",  "p999", "bytes", "time"}))
        return Better::Lower;
    return std::nullopt;
}

const Measure* main_measure(const std::vector<Measure>& measures) {
    for (const Better wanted : {Better::Higher, Better::Lower}) {
        for (const Measure& each : measures) {
            if (each.value > 0 && better_of(each.name) == wanted) return &each;
        }
    }
    return nullptr;
}

}  // namespace culprit
