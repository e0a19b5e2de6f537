#include "agent/investigator/write_up.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace culprit {
namespace {

// What a suspect waits for or works at, told by the code outside of the program in which its weight lies.
struct CostKind {
    std::string_view what;  // "waits for a lock"
    std::string_view advice;
    std::array<std::string_view, 8> signs;  // parts of leaf names
};
constexpr std::array<CostKind, 6> kCostKinds = {{
    {"waits for a lock",
     "Hold the lock for less: guard only the data that is shared, split the lock by key, or take it outside "
     "of loops and I/O.",
     {"Monitor.Enter", "Lock.Enter", "Lock.TryEnter", "SpinLock", "ReaderWriterLock", "SemaphoreSlim.Wait",
      "pthread_mutex_lock", "lll_lock_wait"}},
    {"blocks a thread on work that runs elsewhere",
     "Await instead of blocking, or start the work earlier.",
     {"Task.Wait", "Task.InternalWait", "ManualResetEventSlim.Wait", "TaskAwaiter.GetResult",
      "WaitHandle.Wait", "Thread.Join", "Monitor.Wait", "Thread.Sleep"}},
    {"builds strings",
     "Write into a buffer that is reused (TryWrite, StringBuilder, spans) instead of joining strings.",
     {"String.Concat", "String.Format", "String.Ctor", "StringBuilder", "AppendFormat", "String.Join",
      "Number.Format", "ToString"}},
    {"allocates",
     "Reuse or rent the memory (ArrayPool, object pools), or avoid the copy.",
     {"AllocateNewArray", "GC.Allocate", "RuntimeHelpers.New", "JIT_New", "GCHeap", "operator new", "malloc",
      "PollGC"}},
    {"throws and catches exceptions",
     "Test beforehand (TryParse, TryGetValue) instead of catching.",
     {"ExceptionDispatch", "EH.RhThrow", "ThrowHelper", "EH.Dispatch", "_Unwind", "__cxa_throw", "StackTrace",
      "Exception..ctor"}},
    {"matches regular expressions",
     "Make the expression once (static, source-generated) or replace it by plain string search.",
     {"RegularExpressions", "Regex", "re2::", "std::regex", "pcre", "RegexInterpreter", "RegexParser",
      "RegexCompiler"}},
}};

// The kind in which most of the weight lies, if that is a sixth of it at least.
const CostKind* cost_kind(const Suspect& suspect) {
    const CostKind* best = nullptr;
    double most = 1.0 / 6;
    for (const CostKind& kind : kCostKinds) {
        double share = 0;
        for (const Leaf& leaf : suspect.leaves) {
            const bool fits = std::ranges::any_of(kind.signs, [&](std::string_view sign) {
                return !sign.empty() && leaf.name.find(sign) != std::string::npos;
            });
            if (fits) share += leaf.share;
        }
        if (share > most) {
            most = share;
            best = &kind;
        }
    }
    return best;
}

std::string_view text_of_line(const std::vector<SourceLine>& body, int number) {
    const auto line = std::ranges::find(body, number, &SourceLine::number);
    return line == body.end() ? std::string_view() : trim(line->text);
}

std::string place_text(const Place& place, int line) { return fmt::format("{}:line {}", place.file, line); }

std::string share_text(const Suspect& suspect, bool compared) {
    if (!compared) return fmt::format("{} of the samples", percent(suspect.after));
    return fmt::format("{} -> {} of the samples, {} of what grew", percent(suspect.before),
                       percent(suspect.after), percent(suspect.explains));
}

std::string leaves_text(const Suspect& suspect) {
    std::vector<std::string> parts;
    for (const Leaf& leaf : suspect.leaves) {
        if (leaf.share < 0.05 || parts.size() == 3) break;
        parts.push_back(fmt::format("{} in {}", percent(leaf.share), leaf.name));
    }
    return parts.empty() ? "" : fmt::format("Of its time {} [{}].", join(parts, ", "), suspect.evidence);
}

// What changed in the member between the two roots.
std::string change_text(const Suspect& suspect) {
    if (!suspect.place || !suspect.baseline || suspect.baseline->body.empty()) return {};
    const auto added = new_lines(suspect.place->body, suspect.baseline->body);
    const auto gone = new_lines(suspect.baseline->body, suspect.place->body);
    if (added.empty() && gone.empty()) {
        return fmt::format(
            "Its text is the same as in {}: what it calls or how often it is called changed.\n",
            suspect.baseline->file);
    }
    constexpr std::size_t kMostLines = 6;
    std::string text;
    const auto show = [&](std::string_view title, const Place& place, const std::vector<SourceLine>& lines) {
        if (lines.empty()) return;
        text += fmt::format("{} ({}):\n", title, place.file);
        for (const SourceLine& line : std::span(lines).first(std::min(kMostLines, lines.size()))) {
            text += fmt::format("    {:>4}  {}\n", line.number, trim(line.text));
        }
        if (lines.size() > kMostLines)
            text += fmt::format("    … {} more lines\n", lines.size() - kMostLines);
    };
    show("Lines that are new", *suspect.place, added);
    show("Lines that are gone", *suspect.baseline, gone);
    return text;
}

std::string cause_text(const Suspect& suspect, std::size_t number, bool compared) {
    std::string text =
        fmt::format("{}. {}: {}.\n", number, plain_symbol(suspect.name), share_text(suspect, compared));
    const CostKind* kind = cost_kind(suspect);
    if (kind) text += fmt::format("It {}. ", kind->what);
    text += leaves_text(suspect) + "\n";
    if (!suspect.place) return text + "It is not in the source roots, so its lines could not be read.\n";
    text += fmt::format("The line that costs is {}: {}\n", place_text(*suspect.place, suspect.cost_line),
                        text_of_line(suspect.place->body, suspect.cost_line));
    return text + change_text(suspect);
}

std::string stack_text(const Suspect& suspect, bool compared) {
    std::string text;
    for (const Step& step : suspect.path) {
        text += fmt::format("at {}{} ({}:line {})\n", step.symbol, step.arguments, step.file, step.line);
    }
    const CostKind* kind = cost_kind(suspect);
    const std::string cost = compared
                                 ? fmt::format("{} -> {}", percent(suspect.before), percent(suspect.after))
                                 : percent(suspect.after);
    text += fmt::format("at {}{} ({}) - {}{}\n", suspect.place->symbol, suspect.place->arguments,
                        place_text(*suspect.place, suspect.cost_line),
                        kind ? fmt::format("{}; ", kind->what) : "", cost);
    return text;
}

std::string resolution_text(const Suspect& suspect, std::size_t number) {
    const CostKind* kind = cost_kind(suspect);
    std::string text = fmt::format("{}. {}: ", number, plain_symbol(suspect.name));
    if (kind) text += std::string(kind->advice) + " ";
    const bool was_rewritten =
        suspect.place && suspect.baseline && !new_lines(suspect.place->body, suspect.baseline->body).empty();
    if (was_rewritten) {
        text += fmt::format(
            "{} ({} to {}) does the same for {} of the samples: take over its way, or keep what the new one "
            "is for and give it back what it lost.",
            suspect.baseline->file, suspect.baseline->first_line, suspect.baseline->last_line,
            percent(suspect.before));
    } else if (!kind && suspect.place) {
        text += fmt::format("Look at {} first: it carries the weight.",
                            place_text(*suspect.place, suspect.cost_line));
    }
    return text + "\n";
}

void add_problems(std::string& text, const Measurements& measurements) {
    for (const std::string& problem : measurements.problems) text += fmt::format("Note: {}\n", problem);
}

std::string nothing_found(const Measurements& measurements, bool compared) {
    std::string text = "## Root Cause Analysis\n";
    if (measurements.evidence.empty())
        return text + "No profile could be read, so there is nothing to reason from.\n";
    if (compared && measurements.verdict == "no_change_shown") {
        return text + fmt::format("The profiles show no change beyond what sampling alone makes [{}].\n",
                                  measurements.evidence);
    }
    return text + fmt::format("No method of the program itself carries a share worth naming [{}].\n",
                              measurements.evidence);
}

}  // namespace

std::string write_up(const Measurements& measurements) {
    const bool compared = measurements.profiles.size() >= 2;
    std::string text = "## Observed Behavior\n";
    for (const std::string& description : measurements.descriptions) text += description + "\n";
    for (const Suspect& suspect : measurements.suspects) {
        text += fmt::format("- {}: {} [{}]\n", plain_symbol(suspect.name), share_text(suspect, compared),
                            measurements.evidence);
    }
    add_problems(text, measurements);
    text += "\n";
    if (measurements.suspects.empty()) {
        return text + nothing_found(measurements, compared) +
               "\n## Resolution\nTake a profile of the same load before and after the change, long enough "
               "for some thousands of "
               "samples, and name both.\n";
    }

    text += "## Root Cause Analysis\n";
    double explained = 0;
    for (const Suspect& suspect : measurements.suspects) explained += suspect.explains;
    text += fmt::format(
        "{} of {} {}; a method's share counts with the code outside of the sources that it calls.\n\n",
        percent(explained), compared ? "what grew" : "all samples",
        measurements.suspects.size() == 1 ? "lies in one method" : "lies in the methods below");
    for (std::size_t i = 0; i < measurements.suspects.size(); ++i) {
        text += cause_text(measurements.suspects[i], i + 1, compared) + "\n";
    }
    text += "## Call Stack\n";
    bool any = false;
    for (const Suspect& suspect : measurements.suspects) {
        if (!suspect.place) continue;
        text += (any ? "\n" : "") + stack_text(suspect, compared);
        any = true;
    }
    if (!any)
        text +=
            "None of these methods is in the source roots; --root NAME=PATH names the folder that has "
            "them.\n";
    text += "\n## Resolution\n";
    for (std::size_t i = 0; i < measurements.suspects.size(); ++i)
        text += resolution_text(measurements.suspects[i], i + 1);
    text +=
        compared
            ? "To show that it helped, profile the same load again and compare it with both profiles above.\n"
            : "A profile of the state before would tell what of this is new.\n";
    return text;
}

std::string source_write_up(const std::vector<Suspect>& named, const Clues& clues) {
    const bool any = std::ranges::any_of(named, [](const Suspect& each) { return each.place.has_value(); });
    if (!any) {
        std::string text = "I have nothing to measure and nothing to read yet. ";
        if (!clues.symbols.empty() || !clues.frames.empty())
            text += "What you name is not in the source roots. ";
        return text +
               "Name the profiles (two of the same load, before and after, tell most; dotnet-trace, perf or "
               "speedscope "
               "files), the folder of the sources, or a method or stack trace that is in them.";
    }
    std::string text =
        "## Observed Behavior\nNo profile was named, so nothing is measured: this is what the source "
        "says.\n\n"
        "## Root Cause Analysis\nIt cannot be told from the source alone which of these costs.\n\n";
    for (const Suspect& each : named) {
        if (!each.place) continue;
        text += fmt::format("{} stands in {}, lines {} to {}.\n", each.place->symbol, each.place->file,
                            each.place->first_line, each.place->last_line);
        text += change_text(each) + "\n";
    }
    text += "## Call Stack\n";
    bool first = true;
    for (const Suspect& each : named) {
        if (!each.place || each.cost_line == 0) continue;
        if (!first) text += "\n";
        first = false;
        for (const Step& step : each.path) {
            text += fmt::format("at {}{} ({}:line {})\n", step.symbol, step.arguments, step.file, step.line);
        }
        text += fmt::format("at {}{} ({})\n", each.place->symbol, each.place->arguments,
                            place_text(*each.place, each.cost_line));
    }
    return text +
           "\n## Resolution\nProfile the load that got slower, before and after the change, and name both "
           "files: then "
           "the cost can be laid on these lines.\n";
}

}  // namespace culprit
