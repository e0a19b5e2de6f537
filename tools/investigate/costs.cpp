#include "tools/investigate/costs.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace culprit {
namespace {

constexpr double kMegabyte = 1e6, kMillisecond = 1e6;

constexpr std::array<Dimension, 5> kDimensions = {{
    {"", "of the samples", 0, "cpu latency io contention"},
    {"allocations", "allocated", 10 * kMegabyte, "allocation gc"},
    {"contention", "waiting for locks", 10 * kMillisecond, "contention latency"},
    {"exceptions", "exceptions thrown", 10, "exceptions"},
    {"", "of the samples that do not wait", 0, "cpu", true},  // on request: it is a part of the first
}};

}  // namespace

std::span<const Dimension> dimensions() { return std::span(kDimensions).first(kDimensions.size() - 1); }

const Dimension* dimension_named(std::string_view name) {
    if (name == "time") return &kDimensions.front();
    if (name == "cpu") return &kDimensions.back();
    const auto found = std::ranges::find(kDimensions, name, &Dimension::metric);
    return found == kDimensions.end() || name.empty() ? nullptr : &*found;
}

bool is_time(const Dimension& dimension) { return dimension.metric.empty(); }

std::string amount_text(const Dimension& dimension, double amount) {
    if (is_time(dimension)) return percent(amount);
    if (dimension.metric == "allocations") return bytes_text(amount) + "/s";
    if (dimension.metric == "contention") return duration_text(amount) + "/s";
    return fmt::format("{:.1f}/s", amount);
}

Cost::Part Cost::sum() const {
    Part sum;
    for (const Part& part : parts) {
        sum.before += part.before;
        sum.after += part.after;
        sum.explains += part.explains;
    }
    return sum;
}

std::string sum_text(const std::vector<double>& parts, const std::function<std::string(double)>& text) {
    const std::string nothing = text(0);
    std::vector<std::string> texts;
    double sum = 0;
    for (const double part : parts) {
        sum += part;
        if (std::string each = text(part); each != nothing) texts.push_back(std::move(each));
    }
    if (texts.size() < 2) return text(sum);
    return fmt::format("{} = {}", join(texts, " + "), text(sum));
}

std::string cost_text(const Cost& cost, bool compared) {
    const auto side = [&](double Cost::Part::*which) {
        std::vector<double> parts;
        for (const Cost::Part& part : cost.parts) parts.push_back(part.*which);
        const bool share = which == &Cost::Part::explains;
        return sum_text(parts, [&](double amount) {
            return share ? percent(amount) : amount_text(*cost.dimension, amount);
        });
    };
    const std::string now = side(&Cost::Part::after);
    if (!compared) {
        if (is_time(*cost.dimension)) return fmt::format("{} {}", now, cost.dimension->of);
        return fmt::format("{} {}, {} of it all", now, cost.dimension->of, side(&Cost::Part::explains));
    }
    return fmt::format("{} -> {} {}, {} of what grew", side(&Cost::Part::before), now, cost.dimension->of,
                       side(&Cost::Part::explains));
}

}  // namespace culprit
