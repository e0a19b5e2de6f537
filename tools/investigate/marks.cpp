#include "tools/investigate/marks.h"

#include <algorithm>
#include <memory>

#include <re2/re2.h>

#include "base/files.h"
#include "base/text.h"

namespace culprit {
namespace {

constexpr std::size_t kMostMarks = 4;

// A call that costs by itself, told by the text of its line, in C#, C++, Java and the like.
struct Sign {
    Symptom symptom;
    std::string_view expression, what, fix, cost;
};

constexpr Sign kSigns[] = {
    {Symptom::Memory, R"(\.ToArray\(\)|\.toByteArray\(\)|\.to_vec\(\))", "copies all of it into a new array",
     "Hand the memory itself on (a span, a segment, a view) instead of an array of it.", "allocation"},
    {Symptom::Memory,
     R"(\bGetBytes\(|\bGetString\(|ToBase64|FromBase64|SerializeToUtf8Bytes|getBytes\(|Convert\.ToHexString)",
     "converts it into a new buffer", "Convert into a buffer that is rented or handed in, or piece by piece.",
     "allocation"},
    {Symptom::Memory,
     R"(\bBuffer\.BlockCopy\(|\bArray\.Copy\(|\bmemcpy\(|\bmemmove\(|std::copy|\.CopyTo(?:Async)?\(|arraycopy\()",
     "copies it", "Keep one copy: write where it is to end up, or hand it on.", "allocation"},
    {Symptom::Memory,
     R"(new (?:byte|char|int|T|uint8_t|std::byte)\s*\[|std::vector<(?:std::byte|uint8_t|char|unsigned char)>\s+\w+\()",
     "makes a buffer", "Rent it (ArrayPool, a member that is reused), in the size that is needed.",
     "allocation"},
    {Symptom::Memory,
     R"(new MemoryStream\(|new ByteArrayOutputStream\(|std::ostringstream|std::stringstream|new ArrayBufferWriter)",
     "grows by doubling: each step is a copy", "Give it the capacity, or write to the goal itself.",
     "allocation"},
    {Symptom::Memory,
     R"(\bSerialize\w*\(|JsonConvert|\.Clone\(\)|\.ToList\(\)|new List<\w+>\(\w+\)|\bBinaryData\.From)",
     "makes another copy of it", "Write it once, into what is sent or kept.", "allocation"},
    {Symptom::Memory, R"(\.Concat\(|\.Substring\(|\.substr\(|\+= *"|\bstring\.Join\()", "makes new strings",
     "Write into one builder or span.", "allocation"},
    {Symptom::Latency, R"(\.Result\b|\.Wait\(\)|GetAwaiter\(\)\.GetResult\(\)|\.get\(\);)",
     "blocks until a task is done", "Await it.", "latency"},
    {Symptom::Latency,
     R"(\block *\(|Monitor\.Enter|synchronized *\(|lock_guard|unique_lock|scoped_lock|\.WaitOne\(|(?i:semaphore|lock|gate|mutex)\w*\.Wait(?:Async)?\()",
     "waits for a lock", "Hold it for less, or split it.", "contention"},
    {Symptom::Latency, R"(Thread\.Sleep|Task\.Delay|sleep_for|usleep\(|\bsleep\()", "sleeps",
     "Wait for the event itself.", "latency"},
    {Symptom::Latency,
     R"(\bFile\.\w+\(|FileStream|\.Flush(?:Async)?\(|fflush\(|fsync\(|std::flush|std::endl|\.Send(?:Async)?\(|\.Connect(?:Async)?\(|Execute(?:Reader|NonQuery|Scalar)|\.Read(?:Async|ToEnd)\()",
     "does I/O", "Do it in larger pieces, or off the path that is waited for.", "io"},
    {Symptom::Cpu, R"(new Regex\(|Regex\.\w+\(|std::regex)", "works with regular expressions",
     "Make the expression once, or search plainly.", "cpu"},
    {Symptom::Cpu, R"(\.OrderBy\(|\.Sort\(|std::sort|\.sort\()", "sorts",
     "Keep it sorted, or take only what is needed.", "cpu"},
    {Symptom::Cpu, R"(\.(?:Contains|IndexOf|Find|FirstOrDefault|Any|Where|Single\w*)\(|std::find)",
     "searches all of it", "Look it up in a dictionary or set.", "cpu"},
    {Symptom::Cpu,
     R"(GetType\(\)|typeof\(\w+\)\.Get|Activator\.|GetProperty\(|GetCustomAttribute|dynamic_cast)",
     "uses reflection", "Look it up once and keep it.", "cpu"},
};

struct CompiledSign {
    std::unique_ptr<RE2> expression;
    const Sign* sign;
};

const std::vector<CompiledSign>& signs() {
    static const std::vector<CompiledSign> kCompiled = [] {
        std::vector<CompiledSign> all;
        for (const Sign& sign : kSigns) all.push_back({std::make_unique<RE2>(sign.expression), &sign});
        return all;
    }();
    return kCompiled;
}

bool fits(std::string_view cost, Symptom symptom) {
    switch (symptom) {
        case Symptom::Unknown: return true;
        case Symptom::Memory: return cost == "allocation" || cost == "gc";
        case Symptom::Cpu: return cost == "cpu" || cost == "exceptions" || cost == "allocation";
        case Symptom::Latency: return cost == "latency" || cost == "contention" || cost == "io";
    }
    return false;
}

// Whether the text, of this line, calls a function of the sources.
bool is_own_call(const std::vector<CallSite>& calls, int line, std::string_view text) {
    return std::ranges::any_of(calls, [&](const CallSite& site) {
        return site.line == line && !site.targets.empty() && contains_word(text, site.name);
    });
}

bool begins_loop(std::string_view line) {
    static const RE2 kLoop(R"(^(?:\}? *)(?:await )?(?:for|foreach|while|do)\b)");
    return RE2::PartialMatch(line, kLoop);
}

// Whether each line lies in a loop, by braces; a loop without them holds the statement behind it.
std::vector<bool> loop_lines(const std::vector<std::string_view>& lines) {
    std::vector<bool> in_loop(lines.size(), false);
    std::vector<int> loops;  // the depths outside of the loops that are open
    int depth = 0;
    bool is_head = false;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const std::string_view line = trim(lines[i]);
        in_loop[i] = !loops.empty() || (is_head && line != "{");
        const int outside = depth;
        depth += static_cast<int>(std::ranges::count(line, '{') - std::ranges::count(line, '}'));
        if (is_head && line.starts_with('{')) loops.push_back(outside);
        is_head = begins_loop(line) && !line.ends_with(';');
        if (is_head && line.ends_with('{')) {
            loops.push_back(outside);
            is_head = false;
        }
        while (!loops.empty() && depth <= loops.back()) loops.pop_back();
    }
    return in_loop;
}

}  // namespace

double weight_of(const Mark& mark) {
    return (mark.pattern.empty() ? 1.0 : 1.5) * (mark.is_in_loop ? 2.0 : 1.0);
}

Result<std::vector<Mark>> marks_in(const Definition& definition, const std::vector<CallSite>& calls,
                                   Symptom symptom, PatternFinder& finder) {
    std::vector<Mark> marks;
    TRY(const std::string text, read_file(definition.file));
    const auto all = split_lines(text);
    const auto first = static_cast<std::size_t>(std::max(definition.first_line, 1)) - 1;
    const auto last = std::min(all.size(), static_cast<std::size_t>(std::max(definition.last_line, 0)));
    if (first >= last) return marks;
    const std::vector<std::string_view> lines(all.begin() + static_cast<std::ptrdiff_t>(first),
                                              all.begin() + static_cast<std::ptrdiff_t>(last));
    const std::vector<bool> in_loop = loop_lines(lines);
    const auto add = [&](int line, Mark mark) {
        const std::size_t index = static_cast<std::size_t>(line) - first - 1;
        if (index >= lines.size() || std::ranges::find(marks, line, &Mark::line) != marks.end()) return;
        mark.line = line;
        mark.text = trim(lines[index]);
        mark.is_in_loop = in_loop[index];
        marks.push_back(std::move(mark));
    };
    TRY(const std::vector<PatternHit> hits, finder.find_in(definition));
    for (const PatternHit& hit : hits) {
        if (!fits(hit.pattern->cost, symptom)) continue;
        add(hit.line, {.what = std::string(hit.pattern->title),
                       .fix = std::string(hit.pattern->fix),
                       .cost = std::string(hit.pattern->cost),
                       .pattern = std::string(hit.pattern->id)});
    }
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const bool is_head = static_cast<int>(first + i) + 1 <= definition.line && lines.size() > 1;
        if (is_head || trim(lines[i]).starts_with("//")) continue;
        for (const auto& [expression, sign] : signs()) {
            const bool counts = symptom == Symptom::Unknown ? in_loop[i] : sign->symptom == symptom;
            re2::StringPiece found;
            if (!counts || !expression->Match(lines[i], 0, lines[i].size(), RE2::UNANCHORED, &found, 1))
                continue;
            if (is_own_call(calls, static_cast<int>(first + i) + 1, {found.data(), found.size()})) continue;
            add(static_cast<int>(first + i) + 1, {.what = std::string(sign->what),
                                                  .fix = std::string(sign->fix),
                                                  .cost = std::string(sign->cost),
                                                  .pattern = {}});
        }
    }
    std::ranges::stable_sort(marks, std::greater(), weight_of);
    if (marks.size() > kMostMarks) marks.resize(kMostMarks);
    return marks;
}

}  // namespace culprit
