#include "tools/profile/render.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/text.h"
#include "tools/profile/own_code.h"

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

By by_of(std::string_view text) {
    constexpr std::array<std::pair<std::string_view, By>, 5> kNames = {{{"method", By::Method},
                                                                        {"type", By::Type},
                                                                        {"namespace", By::Namespace},
                                                                        {"module", By::Module},
                                                                        {"thread", By::Thread}}};
    return std::ranges::find(kNames, text, &std::pair<std::string_view, By>::first)->second;
}

std::vector<Arg> selection_args() {
    return {
        {"metric", Kind::String,
         "samples, thread_time, cpu, allocations, contention, exceptions or another that profile_summary "
         "lists; "
         "the default is samples where there are samples",
         ""},
        {"matching", Kind::String, "regular expression: only stacks in which such a frame stands", ""},
        {"without", Kind::String,
         "regular expression: only stacks in which no such frame stands, e.g. what waits", ""},
        {"within", Kind::String,
         "regular expression: only what runs below such a method; shares are of it alone", ""},
        {"own", Kind::Boolean,
         "only code whose source is in the roots shows; what the code it calls weighs counts for it", false},
        {"thread", Kind::String, "regular expression: only threads with such a name or id", ""},
        {"from", Kind::Number, "seconds since the start of the recording: only what happened after", 0.0},
        {"to", Kind::Number,
         "seconds since the start of the recording: only what happened before; 0 is the end", 0.0},
    };
}

Result<Selection> selection_of(const Args& args, const Profile& profile, Workbench& bench) {
    Selection selection{.metric = args.text("metric"),
                        .thread = args.text("thread"),
                        .matching = args.text("matching"),
                        .without = args.text("without"),
                        .within = args.text("within")};
    if (args.flag("own")) {
        TRY(selection.own, own_frames(profile, bench.source, bench.stop));
    }
    return selection;
}

Reading reading_of(const Args& args, const Workbench& bench) {
    Reading reading{.from_ns = args.number("from") * 1e9, .stop = bench.stop};
    if (args.number("to") > 0) reading.to_ns = args.number("to") * 1e9;
    return reading;
}

std::string selection_text(const Args& args) {
    std::string text;
    const auto say = [&](std::string_view word, const std::string& value) {
        if (!value.empty()) text += fmt::format(", {} {}", word, value);
    };
    say("within", args.text("within"));
    say("matching", args.text("matching"));
    say("without", args.text("without"));
    if (args.flag("own")) text += ", code of the roots alone";
    say("thread", args.text("thread"));
    if (args.number("from") > 0) text += fmt::format(", from {} s", args.number("from"));
    if (args.number("to") > 0) text += fmt::format(", to {} s", args.number("to"));
    return text;
}

}  // namespace culprit
