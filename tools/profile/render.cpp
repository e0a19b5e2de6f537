#include "tools/profile/render.h"

#include <cmath>

#include "base/files.h"
#include "base/text.h"

namespace culprit {
namespace {

constexpr std::size_t kPage = 6000;  // bytes: names of code come to three or four bytes a token

}  // namespace

std::string weight_text(double weight, std::string_view unit) {
    if (unit == "ns") return duration_text(weight);
    if (unit == "bytes") return bytes_text(weight);
    if (unit == "count" && std::abs(weight) < 1e15) return grouped(std::llround(weight));
    return fmt::format("{:.6g}{}{}", weight, unit == "count" ? "" : " ", unit == "count" ? "" : unit);
}

std::string counted(std::size_t count, std::string_view one) {
    return fmt::format("{} {}{}", grouped(static_cast<std::int64_t>(count)), one, count == 1 ? "" : "s");
}

std::string fitting(std::string_view name, std::size_t width) {
    if (count_of_code_points(name) <= width) return std::string(name);
    const auto is_start = [&](std::size_t i) { return (static_cast<unsigned char>(name[i]) & 0xC0) != 0x80; };
    std::size_t head = width / 2, tail = name.size() - width / 2;
    while (head > 0 && !is_start(head)) --head;
    while (tail < name.size() && !is_start(tail)) ++tail;
    return fmt::format("{}…{}", name.substr(0, head), name.substr(tail));
}

bool Page::row(std::string_view text) {
    if (text_.size() + text.size() > kPage) return false;
    line(text);
    return true;
}

void Page::notes(const std::vector<std::string>& notes) {
    for (const std::string& note : notes) line("note: " + note);
}

std::string file_name_of(std::string_view argument) { return fs::path(argument).filename().string(); }

std::string headline(std::string_view file, const CallTree& tree, std::string_view what) {
    const Metric& metric = *tree.metric;
    std::string text =
        fmt::format("{}: {}{}: {}", file, metric.name, what, weight_text(tree.total, metric.unit));
    if (tree.total < metric.total) text += fmt::format(" of {}", weight_text(metric.total, metric.unit));
    if (metric.unit != "count") text += fmt::format(", {} events", grouped(std::llround(tree.total_events)));
    return text;
}

}  // namespace culprit
