#include "tools/jobs/job.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <numeric>

#include "base/text.h"

namespace culprit {

std::size_t JobBuilder::test(const Name& name, std::string_view unit, Better better,
                             std::string_view metric) {
    key_.assign(name.group).append(1, '\0').append(name.name).append(1, '\0').append(name.load);
    if (key_ == last_key_ && !job_.tests.empty()) return last_;
    const auto [found, is_new] = index_.try_emplace(key_, job_.tests.size());
    if (is_new) {
        job_.tests.push_back({.group = valid_utf8(name.group),
                              .name = valid_utf8(name.name),
                              .load = valid_utf8(name.load),
                              .metric = valid_utf8(metric),
                              .unit = valid_utf8(unit),
                              .better = better});
    }
    last_key_ = key_;
    return last_ = found->second;
}

void JobBuilder::warn(std::string_view warning) { job_.warnings.emplace_back(warning); }

void JobBuilder::add(std::size_t test, Point point) {
    if (!std::isfinite(point.x) || !std::isfinite(point.y)) return add_failed(test);
    entries_.push_back({static_cast<std::uint32_t>(test), point});
}

namespace {

// Points of the same x follow each other: each such run becomes its mean. Returns how many are left.
std::uint32_t merge_same_x(std::span<Point> points) {
    std::size_t kept = 0;
    for (std::size_t i = 0; i < points.size();) {
        std::size_t end = i + 1;
        double sum = points[i].y;
        for (; end < points.size() && points[end].x == points[i].x; ++end) sum += points[end].y;
        points[kept] = points[i];
        points[kept++].y = sum / static_cast<double>(end - i);
        i = end;
    }
    return static_cast<std::uint32_t>(kept);
}

}  // namespace

Job JobBuilder::finish() && {
    for (const Entry& entry : entries_) ++job_.tests[entry.test].count;
    std::uint32_t first = 0;
    for (Test& test : job_.tests) {
        test.first = first;
        first += test.count;
        test.count = 0;
    }
    job_.points.resize(entries_.size());
    for (const Entry& entry : entries_) {
        Test& test = job_.tests[entry.test];
        job_.points[test.first + test.count++] = entry.point;
    }
    for (Test& test : job_.tests) {
        const std::span points = std::span(job_.points).subspan(test.first, test.count);
        if (!std::ranges::is_sorted(points, {}, &Point::x)) std::ranges::stable_sort(points, {}, &Point::x);
        test.count = merge_same_x(points);
    }
    job_.info = std::move(info);
    return std::move(job_);
}

Point point_of(double x, std::span<const double> samples) {
    const auto count = static_cast<double>(samples.size());
    Point point{.x = x, .y = std::accumulate(samples.begin(), samples.end(), 0.0) / count};
    if (samples.size() < 2) return point;
    double squares = 0;
    for (const double sample : samples) squares += (sample - point.y) * (sample - point.y);
    point.error = static_cast<float>(std::sqrt(squares / (count - 1) / count));
    return point;
}

bool is_local_run(std::string_view machine, std::string_view title) {
    return contains_word(to_lower(machine), "local") || contains_word(to_lower(title), "local");
}

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Where the number that begins at `start` ends, thousands separators included.
std::size_t number_end(std::string_view text, std::size_t start) {
    std::size_t end = start;
    while (end < text.size() && is_digit(text[end])) ++end;
    while (end + 3 < text.size() && text[end] == ',' &&
           std::ranges::all_of(text.substr(end + 1, 3), is_digit) &&
           (end + 4 == text.size() || !is_digit(text[end + 4])))
        end += 4;
    if (end + 1 < text.size() && text[end] == '.' && is_digit(text[end + 1])) {
        for (++end; end < text.size() && is_digit(text[end]);) ++end;
    }
    return end;
}

}  // namespace

bool take_number(std::string_view text, double& number, std::string& rest) {
    const auto digit = std::ranges::find_if(text, is_digit);
    if (digit == text.end()) return false;
    const auto start = static_cast<std::size_t>(digit - text.begin());
    const std::size_t end = number_end(text, start);
    const std::string digits = replace_all(std::string(text.substr(start, end - start)), ",", "");
    const auto [last, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (error != std::errc() || last != digits.data() + digits.size()) return false;
    const bool negative = start > 0 && text[start - 1] == '-' && (start == 1 || text[start - 2] == ' ');
    if (negative) number = -number;
    rest = std::string(trim(text.substr(0, start - (negative ? 1 : 0))));
    const std::string_view tail = trim(text.substr(end));
    if (!rest.empty() && !tail.empty()) rest += ' ';
    rest += tail;
    return true;
}

}  // namespace culprit
