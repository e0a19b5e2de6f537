// explain_stack: stack traces of any language, frame by frame against the sources.
#include <algorithm>
#include <map>

#include <re2/re2.h>

#include "base/text.h"
#include "tools/explain/in_source.h"
#include "tools/explain/known.h"
#include "tools/explain/tools.h"
#include "tools/source/answer.h"

namespace culprit {
namespace {

constexpr std::uint64_t kMostBytes = 16u << 20;
constexpr std::size_t kMostFrames = 2000;

// One stack with what stands above it: the exception, or the thread.
struct Trace {
    std::vector<std::string> heads;
    std::vector<std::string> frames;  // innermost first, as most languages print them
    std::string key() const { return join(frames, "\n"); }
};

re2::StringPiece piece(std::string_view text) { return {text.data(), text.size()}; }

// The frame in a line, without what only says that it is one; empty if the line is none.
std::string frame_of(std::string_view line) {
    static const RE2 kAt(R"(^\s*(?:-+>\s*)?at (?:async )?(.+)$)");             // .NET, Java, JavaScript
    static const RE2 kNumbered(R"(^\s*#\d+\s+(?:0x[0-9a-fA-F]+ in )?(.+)$)");  // gdb, sanitizers, PHP
    static const RE2 kPython(R"re(^\s*File "([^"]+)", line (\d+), in (.+)$)re");
    static const RE2 kRust(R"(^\s*\d+:\s+(?:0x[0-9a-fA-F]+ - )?([\w<:].*)$)");
    static const RE2 kPerf(R"(^\s*[0-9a-f]{6,16} (.+) \(([^)]*)\)$)");          // perf script, pstack
    static const RE2 kGo(R"(^([\w./*()\-]+\.[\w.*()\-]+)\([^)]*\)(?: .*)?$)");  // Go, above its place
    static const RE2 kRuby(R"(^\s*(?:from )?(\S+):(\d+):in [`'](.+)'$)");
    std::string a, b, c;
    if (RE2::FullMatch(piece(line), kPython, &a, &b, &c)) return fmt::format("{} ({}:{})", c, a, b);
    if (RE2::FullMatch(piece(line), kRuby, &a, &b, &c)) return fmt::format("{} ({}:{})", c, a, b);
    for (const RE2* form : {&kAt, &kNumbered, &kRust}) {
        if (RE2::FullMatch(piece(line), *form, &a)) return a;
    }
    if (RE2::FullMatch(piece(line), kPerf, &a, &b)) return a;
    if (RE2::FullMatch(piece(line), kGo, &a)) return a;
    return {};
}

// Python and Go say the most recent call last.
bool is_innermost_last(std::string_view text) { return text.contains("most recent call last"); }

std::vector<Trace> traces_in(std::string_view text, std::size_t& left_out) {
    std::vector<Trace> traces(1);
    std::size_t frames = 0;
    for (const std::string_view line : split_lines(text)) {
        std::string frame = frame_of(line);
        if (!frame.empty()) {
            if (++frames > kMostFrames)
                ++left_out;
            else
                traces.back().frames.push_back(std::move(frame));
            continue;
        }
        const std::string_view head = trim(line);
        // Below a frame of Go or Rust stands its place, below one of Python its text.
        const bool is_detail =
            line.starts_with("\t") || (line.starts_with("    ") && !traces.back().frames.empty());
        if (head.empty() || is_detail || head == "stack backtrace:") continue;
        if (!traces.back().frames.empty() && !head.starts_with("--- End of")) traces.emplace_back();
        if (traces.back().heads.size() < 4) traces.back().heads.push_back(one_line(head, 200));
    }
    // Heads below the last frame belong to no stack; Python says there what was raised.
    if (traces.size() > 1 && traces.back().frames.empty()) {
        auto& before = traces[traces.size() - 2].heads;
        std::ranges::copy(traces.back().heads, std::back_inserter(before));
    }
    std::erase_if(traces, [](const Trace& trace) { return trace.frames.empty(); });
    if (is_innermost_last(text)) {
        for (Trace& trace : traces) std::ranges::reverse(trace.frames);
    }
    return traces;
}

// Frames in a row that are the same are one: a recursion.
struct Shown {
    std::string frame;
    std::size_t times = 1;
};
std::vector<Shown> folded(const std::vector<std::string>& frames) {
    std::vector<Shown> shown;
    for (const std::string& frame : frames) {
        if (!shown.empty() && shown.back().frame == frame)
            ++shown.back().times;
        else
            shown.push_back({frame});
    }
    return shown;
}

class Explainer {
  public:
    explicit Explainer(Workbench& bench) : look_(bench) {}

    std::string explain(const Trace& trace, std::size_t times, Json& out) {
        std::string text = trace.heads.empty() ? "Stack" : join(trace.heads, " | ");
        text += times > 1 ? fmt::format("  ({} times the same stack)\n", times) : "\n";
        Json frames = Json::array();
        std::size_t own = 0, number = 0;
        for (const Shown& each : folded(trace.frames)) {
            ++number;
            const auto found = look_.find(each.frame);
            Json frame = {{"frame", each.frame}};
            if (each.times > 1) frame["times"] = each.times;
            text += fmt::format(
                "{:>4}  {}{}\n", number, one_line(each.frame, 160),
                each.times > 1 ? fmt::format("  ({} times in a row: a recursion)", each.times) : "");
            if (found) {
                ++own;
                text += look_.text(*found, "      ");
                frame["source"] = look_.json(*found);
            } else if (const KnownFunction* known = known_function(each.frame)) {
                text +=
                    fmt::format("      {}; less of it: {} ({})\n", known->what, known->lower, known->source);
                frame["known"] = {{"what", known->what}, {"lower", known->lower}};
            }
            frames.push_back(std::move(frame));
        }
        text += fmt::format("{} frames, {} in the sources{}\n", trace.frames.size(), own,
                            look_.has_sources() ? "" : " (no source root is given)");
        out.push_back({{"heads", trace.heads}, {"times", times}, {"frames", std::move(frames)}});
        return text;
    }

  private:
    SourceLook look_;
};

Result<Output> run_explain_stack(const Args& args, Workbench& bench) {
    TRY(const fs::path file, bench.roots.resolve(args.text("file")));
    TRY(const std::string text, read_file(file, kMostBytes));
    std::size_t left_out = 0;
    const std::vector<Trace> traces = traces_in(text, left_out);
    if (traces.empty())
        return fail(
            Fault::Invalid,
            "{} holds no line that is a frame of a stack trace (\"at Type.Method(…)\", \"#0 function\", "
            "'File \"a.py\", line 3, in f', …)",
            args.text("file"));
    TRY_OK(make_ready(bench));
    // The same stack of many threads is one, the most frequent first.
    std::vector<std::pair<const Trace*, std::size_t>> distinct;
    std::map<std::string, std::size_t> places;
    for (const Trace& trace : traces) {
        const auto [place, is_new] = places.try_emplace(trace.key(), distinct.size());
        if (is_new) distinct.emplace_back(&trace, 0);
        ++distinct[place->second].second;
    }
    std::ranges::stable_sort(distinct, std::ranges::greater(), &std::pair<const Trace*, std::size_t>::second);
    Explainer explainer(bench);
    Lines lines;
    Json stacks = Json::array();
    for (const auto& [trace, times] : distinct) {
        if (bench.stop.stop_requested()) return std::unexpected(cancelled());
        lines.add(explainer.explain(*trace, times, stacks));
    }
    std::string head = fmt::format("{}: {} stacks, {} of them different, innermost frame first\n\n",
                                   args.text("file"), traces.size(), distinct.size());
    if (left_out > 0)
        head += fmt::format("{} frames after the first {} are left out\n", left_out, kMostFrames);
    return Output{.text = head + lines.text("the stacks in files of their own") + partial_note(bench),
                  .data = {{"stacks", std::move(stacks)}}};
}

}  // namespace

Tool explain_stack_tool() {
    return {"explain_stack",
            "explain stack",
            "Explain stack traces (.NET, Java, JavaScript, Python, gdb, Go, Rust, perf script): each frame "
            "with its place in the "
            "sources, anti-patterns in it, what a well-known function does; equal stacks counted, recursion "
            "folded.",
            Effect::Reads,
            {{"file", Kind::Path, "a file that holds them"}},
            run_explain_stack,
            "explain stack crash.txt"};
}

}  // namespace culprit
