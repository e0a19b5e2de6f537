// explain_code: source or assembly annotated by a profiler, its hot lines ranked.
#include <algorithm>
#include <array>
#include <memory>

#include <re2/re2.h>

#include "base/text.h"
#include "tools/args.h"
#include "tools/explain/known.h"
#include "tools/explain/tools.h"
#include "tools/profile/tools.h"

namespace culprit {
namespace {

constexpr std::uint64_t kMostBytes = 64u << 20;

// What a hot instruction most often means. A sample lies on the instruction after the one that was slow,
// unless the profiler is precise (perf record -e cycles:pp).
struct Meaning {
    const char* match;  // the operation and what follows
    const char* what;
};
constexpr std::array<Meaning, 12> kMeanings = {{
    {R"((i?div|idivq|divs[sd]|divp[sd]|vdiv.*)\b.*)",
     "a division: 10 to 40 cycles; multiply by the inverse, shift, or divide less often"},
    {R"((v?sqrt\w*)\b.*)",
     "a square root: some 15 to 20 cycles; compare squares instead, or compute many at once"},
    {R"(lock .*|xchg\b.*|cmpxchg\w*\b.*|xadd\b.*)",
     "an atomic operation: the cache line may belong to another processor; share less, count per thread"},
    {R"(pause\b.*)", "a spin loop waits"},
    {R"(rep (movs|stos)\w*.*)", "a block is copied or filled"},
    {R"((call|callq)\b.*@plt.*)", "a call into a library, through a table"},
    {R"((call|callq|jmp|jmpq)\s+\*.*)",
     "a call by pointer: virtual, a delegate or a table; it is seldom inlined and its target must be "
     "guessed"},
    {R"((v?gather\w*)\b.*)", "values are gathered from many places"},
    {R"((mfence|lfence|sfence)\b.*)", "a fence: what is written must be seen first"},
    {R"((v?(movaps|movups|movdq[ua]\w*|movs[sd]|movap[sd]|movup[sd])|mov\w*)\s+[^,]*\([^)]*\).*)",
     "a load: the value may come from far; data that lies together and in order, smaller data"},
    {R"((v?ucomis[sd]|v?comis[sd]|cmp\w*|test\w*)\b.*|j[a-ln-z]\w*\b.*)",
     "a comparison or branch: it waits for the value before it, or was guessed wrong"},
    {R"((v?(add|sub|mul|fmadd\w*)[sp][sd])\b.*)",
     "arithmetic that waits for its operands: a chain in which each step needs the last"},
}};

std::string_view meaning_of(std::string_view instruction) {
    // "1193:   ucomisd %xmm1,%xmm2"
    const std::size_t colon = instruction.find(':');
    if (colon != std::string_view::npos) instruction.remove_prefix(colon + 1);
    instruction = trim(instruction);
    static const std::vector<std::unique_ptr<RE2>> kCompiled = [] {
        std::vector<std::unique_ptr<RE2>> compiled;
        for (const Meaning& each : kMeanings) compiled.push_back(std::make_unique<RE2>(each.match));
        return compiled;
    }();
    for (std::size_t i = 0; i < kMeanings.size(); ++i) {
        if (RE2::FullMatch(re2::StringPiece(instruction.data(), instruction.size()), *kCompiled[i]))
            return kMeanings[i].what;
    }
    return {};
}

struct HotLine {
    std::string source;  // empty if the file has none
    double share = 0;
    std::vector<std::pair<double, std::string>> instructions;  // with their shares, hottest first
};

// The instructions of a perf annotate, by the line of source above them.
std::vector<HotLine> by_source(const Json& rows) {
    std::vector<HotLine> lines;
    for (const Json& row : rows) {
        const double share = std::max(0.0, number_at(row, "self_share"));
        const std::string source(trim(text_at(row, "note")));
        auto line = std::ranges::find(lines, source, &HotLine::source);
        if (line == lines.end())
            line = lines.insert(lines.end(), HotLine{.source = source, .instructions = {}});
        line->share += share;
        line->instructions.emplace_back(share, text_at(row, "name"));
    }
    return lines;
}

// Any other listing: lines that begin with a share.
std::vector<HotLine> lines_of_text(std::string_view text) {
    static const RE2 kLine(R"(^\s*(\d{1,3}(?:\.\d+)?)\s*%?\s*[|:│]?\s+(\S.*)$)");
    std::vector<HotLine> lines;
    for (const std::string_view line : split_lines(text)) {
        std::string share, rest;
        if (!RE2::FullMatch(re2::StringPiece(line.data(), line.size()), kLine, &share, &rest)) continue;
        const double value = std::strtod(share.c_str(), nullptr) / 100;
        if (value > 0 && value <= 1) lines.push_back({.source = rest, .share = value, .instructions = {}});
    }
    return lines;
}

std::string text_of(const HotLine& line) {
    std::string text = fmt::format("{:>8}  {}\n", percent(line.share),
                                   line.source.empty() ? "(no source)" : one_line(line.source, 140));
    for (std::size_t i = 0; i < std::min<std::size_t>(line.instructions.size(), 8); ++i) {
        const auto& [share, instruction] = line.instructions[i];
        if (share < 0.01) break;
        const std::string_view meaning = meaning_of(instruction);
        text += fmt::format("          {:>7}  {}{}\n", percent(share), one_line(instruction, 60),
                            meaning.empty() ? "" : fmt::format("  -- {}", meaning));
    }
    return text;
}

Result<Output> run_explain_code(const Args& args, Workbench& bench) {
    static const Tool top = profile_top_tool();
    const std::int64_t limit = args.integer("limit");
    if (limit < 1 || limit > 1000) return fail(Fault::Invalid, "'limit' is from 1 to 1000, not {}", limit);
    TRY(const fs::path file, bench.roots.resolve(args.text("file")));
    TRY(const Args asked, check_arguments(top, {{"file", args.text("file")}, {"limit", 100000}}));
    std::vector<HotLine> lines;
    std::string title = args.text("file");
    if (const auto output = top.run(asked, bench)) {
        lines = by_source(member(output->data, "rows"));
        title = one_line(output->text.substr(0, output->text.find('\n')), 200);
    } else if (output.error().fault == Fault::Cancelled) {
        return std::unexpected(output.error());
    } else {
        TRY(const std::string text, read_file(file, kMostBytes));
        lines = lines_of_text(text);
    }
    if (lines.empty())
        return fail(
            Fault::Invalid,
            "{} has no line with a share: give the output of perf annotate --stdio -l, or of a listing of "
            "your profiler",
            args.text("file"));
    std::ranges::stable_sort(lines, std::ranges::greater(), &HotLine::share);
    for (HotLine& line : lines)
        std::ranges::stable_sort(line.instructions, std::ranges::greater(),
                                 &std::pair<double, std::string>::first);
    std::string text = title + "\nLines by what was spent in them:\n";
    Json rows = Json::array();
    std::size_t shown = 0;
    for (const HotLine& line : lines) {
        if (shown == static_cast<std::size_t>(limit) || line.share <= 0) break;
        ++shown;
        text += text_of(line);
        Json instructions = Json::array();
        for (const auto& [share, name] : line.instructions) {
            if (share > 0)
                instructions.push_back(
                    {{"instruction", name}, {"share", share}, {"meaning", meaning_of(name)}});
        }
        rows.push_back(
            {{"line", line.source}, {"share", line.share}, {"instructions", std::move(instructions)}});
    }
    text +=
        "A sample lies on the instruction after the slow one, unless the event is precise (perf record -e "
        "cycles:pp).\n";
    return Output{.text = std::move(text), .data = {{"rows", std::move(rows)}}};
}

}  // namespace

Tool explain_code_tool() {
    return {"explain_code",
            "explain code",
            "Rank the hot lines of source or assembly that a profiler annotated (perf annotate), each with "
            "its hot instructions "
            "and what such an instruction most often means.",
            Effect::Reads,
            {{"file", Kind::Path, "the annotated listing"},
             {"limit", Kind::Integer, "most lines", std::int64_t{10}}},
            run_explain_code,
            "explain code annotate.txt"};
}

}  // namespace culprit
