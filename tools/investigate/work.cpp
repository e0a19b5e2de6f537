#include "tools/investigate/work.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <vector>

#include <re2/re2.h>

#include "base/text.h"
#include "tools/run/measures.h"

namespace culprit {
namespace {

// Units of work, as programs and people count them.
constexpr std::array<std::string_view, 22> kUnits = {
    "order", "message", "request",  "batch", "operation", "op",    "record",      "transfer",
    "round", "item",    "document", "query", "row",       "event", "transaction", "job",
    "task",  "packet",  "call",     "frame", "iteration", "file"};

// "orders", "Orders_total", "messages_per_s" -> "order", "message".
std::string unit_of(std::string_view name) {
    std::string word = to_lower(name.substr(name.rfind('.') + 1));
    word.resize(std::min(word.size(), word.find_first_of("_/- ")));
    for (const std::string_view unit : kUnits) {
        const std::string single(unit);
        const std::string stem = single.ends_with('y') ? single.substr(0, single.size() - 1) + "ie" : single;
        if (word == single || word == single + "s" || word == single + "es" || word == stem + "s")
            return single;
    }
    return {};
}

bool is_rate(std::string_view name) {
    return name.find("per_s") != name.npos || name.find("/s") != name.npos ||
           name.find("PerSec") != name.npos;
}

}  // namespace

std::optional<Done> done_in(std::string_view output, double seconds) {
    std::optional<Done> done;
    for (const Measure& measure : measures_in(output)) {
        std::string unit = unit_of(measure.name);
        if (unit.empty() || measure.value <= 0) continue;
        const bool rate = is_rate(measure.name);
        if (rate && (done || seconds <= 0)) continue;
        Done found{rate ? measure.value * seconds : measure.value, std::move(unit)};
        if (!rate) return found;
        done = std::move(found);
    }
    return done;
}

std::optional<Work> work_in(std::string_view message) {
    static const RE2 kCount(R"((\d[\d,]*) ?([A-Za-z]+))");
    re2::StringPiece rest(message.data(), message.size());
    std::string digits, noun;
    std::vector<Done> found;
    std::vector<std::size_t> ends;
    while (found.size() < 3 && RE2::FindAndConsume(&rest, kCount, &digits, &noun)) {
        const std::string unit = unit_of(noun);
        const std::string plain = replace_all(digits, ",", "");
        double count = 0;
        std::from_chars(plain.data(), plain.data() + plain.size(), count);
        // "8 orders" is an example, and a year is no count.
        if (unit.empty() || count < 100) continue;
        found.push_back({count, unit});
        ends.push_back(message.size() - rest.size());
    }
    if (found.size() != 2 || found[0].unit != found[1].unit) return std::nullopt;
    const std::string_view behind_first = message.substr(ends[0], ends[1] - ends[0]);
    const std::string_view behind_second = message.substr(ends[1], 40);
    const bool swapped = contains_word(behind_first, "after") && contains_word(behind_second, "before");
    return Work{swapped ? found[1].count : found[0].count, swapped ? found[0].count : found[1].count,
                found[0].unit};
}

}  // namespace culprit
