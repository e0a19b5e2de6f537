#include "agent/grounding/figures.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "base/text.h"

namespace culprit {
namespace {

using Measure = Figure::Measure;

struct Unit {
    std::string_view name;
    Measure measure;
    double scale;
};
// Longer names first where one begins with another.
constexpr std::array kUnits = std::to_array<Unit>({
    {"percent", Measure::Share, 0.01},
    {"%", Measure::Share, 0.01},
    {"nanoseconds", Measure::Duration, 1},
    {"microseconds", Measure::Duration, 1e3},
    {"milliseconds", Measure::Duration, 1e6},
    {"seconds", Measure::Duration, 1e9},
    {"second", Measure::Duration, 1e9},
    {"minutes", Measure::Duration, 60e9},
    {"ns", Measure::Duration, 1},
    {"µs", Measure::Duration, 1e3},
    {"μs", Measure::Duration, 1e3},
    {"us", Measure::Duration, 1e3},
    {"ms", Measure::Duration, 1e6},
    {"min", Measure::Duration, 60e9},
    {"sec", Measure::Duration, 1e9},
    {"s", Measure::Duration, 1e9},
    {"bytes", Measure::Bytes, 1},
    {"KiB", Measure::Bytes, 1024},
    {"MiB", Measure::Bytes, 1024.0 * 1024},
    {"GiB", Measure::Bytes, 1024.0 * 1024 * 1024},
    {"kB", Measure::Bytes, 1e3},
    {"KB", Measure::Bytes, 1e3},
    {"MB", Measure::Bytes, 1e6},
    {"GB", Measure::Bytes, 1e9},
    {"TB", Measure::Bytes, 1e12},
    {"B", Measure::Bytes, 1},
    {"times", Measure::Factor, 1},
    {"fold", Measure::Factor, 1},
    {"x", Measure::Factor, 1},
    {"×", Measure::Factor, 1},
});
constexpr std::array<std::string_view, 24> kNouns = {
    "samples",    "sample",      "calls", "allocations", "events",   "collections", "GCs",     "threads",
    "exceptions", "contentions", "waits", "orders",      "messages", "requests",    "batches", "operations",
    "ops",        "objects",     "runs",  "iterations",  "bytes",    "locks",       "methods", "ticks"};
constexpr std::array<std::string_view, 9> kRoughWords = {
    "about ", "roughly ", "nearly ", "almost ", "around ", "over ", "some ", "approximately ", "~"};

bool is_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}
bool is_digit(char c) { return c >= '0' && c <= '9'; }

// The number at `at`, with thousands separators; its end, or `at` if there is none.
std::size_t read_number(std::string_view text, std::size_t at, Figure& figure) {
    std::string digits;
    std::size_t i = at;
    int decimals = 0;
    while (i < text.size() && is_digit(text[i])) digits += text[i++];
    while (i + 3 < text.size() && text[i] == ',' && is_digit(text[i + 1]) && is_digit(text[i + 2]) &&
           is_digit(text[i + 3]) && (i + 4 >= text.size() || !is_digit(text[i + 4]))) {
        digits += text.substr(i + 1, 3);
        i += 4;
    }
    if (i + 1 < text.size() && text[i] == '.' && is_digit(text[i + 1])) {
        digits += text[i++];
        while (i < text.size() && is_digit(text[i])) digits += text[i++], ++decimals;
    }
    if (digits.empty() || digits.size() > 18) return at;
    std::from_chars(digits.data(), digits.data() + digits.size(), figure.value);
    figure.step = std::pow(10.0, -decimals);
    return i;
}

// The unit behind a number; its end, or `at` if there is none.
std::size_t read_unit(std::string_view text, std::size_t at, Figure& figure) {
    std::size_t from = at;
    if (from < text.size() && (text[from] == ' ' || text[from] == '-')) ++from;
    if (text.substr(from).starts_with("\xc2\xa0")) from += 2;  // a blank that does not break
    const std::string_view rest = text.substr(from);
    const auto fits = [&](std::string_view name) {
        return rest.starts_with(name) &&
               (rest.size() == name.size() || !is_word(rest[name.size()]) || !is_word(name.back()));
    };
    for (const Unit& unit : kUnits) {
        if (!fits(unit.name)) continue;
        figure.measure = unit.measure;
        figure.value *= unit.scale;
        figure.step *= unit.scale;
        return from + unit.name.size();
    }
    for (const std::string_view noun : kNouns) {
        if (!fits(noun)) continue;
        figure.noun = noun;
        return from + noun.size();
    }
    return at;
}

struct Range {
    double low, high;
    bool meets(const Range& other) const { return low <= other.high && other.low <= high; }
};

Range range_of(const Figure& figure) {
    const double half = figure.step / 2 * (1 + 1e-9);
    return {figure.value - half, figure.value + half};
}

Range quotient(const Range& a, const Range& b) {
    if (b.low <= 0) return {HUGE_VAL, HUGE_VAL};
    return {a.low / (a.low >= 0 ? b.high : b.low), a.high / (a.high >= 0 ? b.low : b.high)};
}

}  // namespace

std::vector<Figure> figures_in(std::string_view text, bool bare) {
    std::vector<Figure> figures;
    for (std::size_t i = 0; i < text.size();) {
        const bool starts = is_digit(text[i]) &&
                            (i == 0 || (!is_word(text[i - 1]) && text[i - 1] != '.' && text[i - 1] != '#'));
        if (!starts) {
            ++i;
            continue;
        }
        Figure figure{.begin = i};
        const std::size_t number_end = read_number(text, i, figure);
        std::size_t end = number_end == i ? i : read_unit(text, number_end, figure);
        const bool has_unit = end != number_end;
        const bool glued = number_end < text.size() && is_word(text[number_end]);
        if (number_end != i && (has_unit || (bare && !glued))) {
            figure.end = end;
            figure.has_sign = i > 0 && (text[i - 1] == '+' || text[i - 1] == '-');
            if (figure.has_sign && text[i - 1] == '-') figure.value = -figure.value;
            const std::string_view before = text.substr(0, i);
            figure.is_rough = std::ranges::any_of(
                kRoughWords, [&](std::string_view word) { return before.ends_with(word); });
            figures.push_back(std::move(figure));
        }
        i = std::max(end, i + 1);
        while (i < text.size() && number_end == figure.begin && is_digit(text[i])) ++i;
    }
    return figures;
}

bool is_rounding_of(const Figure& claimed, const Figure& measured) {
    const double off = std::abs(std::abs(claimed.value) - std::abs(measured.value));
    if (claimed.is_rough && off <= std::abs(measured.value) / 20) return true;
    if (claimed.step < measured.step * (1 - 1e-9)) return off <= claimed.step * 1e-6;
    // What was measured has been rounded itself.
    const double known = claimed.step > measured.step * (1 + 1e-9) ? measured.step / 2 : 0;
    return off <= (claimed.step / 2 + known) * (1 + 1e-6) || off < 1e-12 * std::abs(measured.value);
}

bool follows_from(const Figure& claimed, const Figure& a, const Figure& b) {
    if (a.measure != b.measure) return false;
    const Range x = range_of(a), y = range_of(b);
    Range wanted = range_of(claimed);
    if (claimed.is_rough) {
        wanted.low -= std::abs(claimed.value) / 20;
        wanted.high += std::abs(claimed.value) / 20;
    }
    const Range size{std::min(std::abs(wanted.low), std::abs(wanted.high)),
                     std::max(std::abs(wanted.low), std::abs(wanted.high))};
    if (claimed.measure == a.measure && a.measure != Measure::Factor) {
        const Range sum{x.low + y.low, x.high + y.high};
        const Range less{x.low - y.high, x.high - y.low}, more{y.low - x.high, y.high - x.low};
        if (wanted.meets(sum) || size.meets(less) || size.meets(more)) return true;
    }
    if (claimed.measure == Measure::Factor)
        return wanted.meets(quotient(y, x)) || wanted.meets(quotient(x, y));
    if (claimed.measure != Measure::Share) return false;
    const auto change = [](const Range& from, const Range& to) {
        const Range ratio = quotient(to, from);
        return Range{ratio.low - 1, ratio.high - 1};
    };
    const auto negated = [](const Range& range) { return Range{-range.high, -range.low}; };
    if (a.measure != Measure::Share && (wanted.meets(quotient(x, y)) || wanted.meets(quotient(y, x))))
        return true;
    return size.meets(change(x, y)) || size.meets(negated(change(x, y))) || size.meets(change(y, x)) ||
           size.meets(negated(change(y, x)));
}

}  // namespace culprit
