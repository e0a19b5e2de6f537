#include "tools/profile/ask.h"

#include <algorithm>
#include <array>
#include <iterator>

#include "tools/profile/own_code.h"
#include "tools/profile/render.h"

namespace culprit {

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
        {"metric", Kind::String, "one that profile_summary lists; default: samples where there are", ""},
        {"matching", Kind::String, "regex: only stacks that hold such a frame", ""},
        {"without", Kind::String, "regex: only stacks that hold no such frame", ""},
        {"within", Kind::String, "regex: only what runs below such a method; shares are of it alone", ""},
        {"waits",
         Kind::String,
         "stacks of threads that wait (for a lock, a signal, input); without them what is left is nearest to "
         "CPU time",
         "keep",
         {"keep", "drop", "only"}},
        {"own", Kind::Boolean, "show only code of the roots; what it calls counts for it", false},
        {"thread", Kind::String, "regex: only threads of such a name or id", ""},
        {"from", Kind::Number, "seconds into the recording", 0.0},
        {"to", Kind::Number, "seconds into the recording; 0: the end", 0.0},
    };
}

Result<Selection> selection_of(const Args& args, const Profile& profile, Workbench& bench) {
    Selection selection{.metric = args.text("metric"),
                        .thread = args.text("thread"),
                        .matching = args.text("matching"),
                        .without = args.text("without"),
                        .within = args.text("within")};
    if (args.text("waits") == "drop") selection.waits = Waits::Drop;
    if (args.text("waits") == "only") selection.waits = Waits::Only;
    if (args.flag("own")) {
        TRY(selection.own, own_frames(profile, bench.source, bench.stop));
    }
    return selection;
}

Result<ProfileStore::Pinned> open_profile(std::string_view path, const Args& args, Workbench& bench) {
    TRY(const fs::path file, bench.roots.resolve(path));
    Reading reading{.from_ns = args.number("from") * 1e9, .stop = bench.stop};
    if (args.number("to") > 0) reading.to_ns = args.number("to") * 1e9;
    if (reading.from_ns < 0 || reading.to_ns <= reading.from_ns) {
        return fail(Fault::Invalid,
                    "'from' and 'to' are seconds since the start of the recording, 'to' the larger one");
    }
    return bench.profiles.open(file, reading);
}

Result<Asked> ask(const Args& args, Workbench& bench, std::string_view metric) {
    TRY(ProfileStore::Pinned profile, open_profile(args.text("file"), args, bench));
    TRY(Selection selection, selection_of(args, *profile, bench));
    if (!metric.empty()) selection.metric = metric;
    TRY(CallTree tree, select(*profile, selection));
    return Asked{std::move(profile), std::move(selection), std::move(tree), file_name_of(args.text("file"))};
}

Result<std::size_t> limit_of(const Args& args) {
    if (args.integer("limit") < 1) return fail(Fault::Invalid, "'limit' must be at least 1");
    return static_cast<std::size_t>(args.integer("limit"));
}

std::vector<Arg> with_selection(std::vector<Arg> args) {
    std::ranges::move(selection_args(), std::back_inserter(args));
    return args;
}

std::string selection_text(const Args& args) {
    std::string text;
    const auto say = [&](std::string_view word, const std::string& value) {
        if (!value.empty()) text += fmt::format(", {} {}", word, value);
    };
    say("within", args.text("within"));
    say("matching", args.text("matching"));
    say("without", args.text("without"));
    if (args.text("waits") == "drop") text += ", without waiting";
    if (args.text("waits") == "only") text += ", waiting alone";
    if (args.flag("own")) text += ", code of the roots alone";
    say("thread", args.text("thread"));
    if (args.number("from") > 0) text += fmt::format(", from {} s", args.number("from"));
    if (args.number("to") > 0) text += fmt::format(", to {} s", args.number("to"));
    return text;
}

}  // namespace culprit
