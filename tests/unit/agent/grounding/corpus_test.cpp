// How hard the checker is to fool: true write-ups of recorded sessions, each made false in one place in many
// ways. Prints the share of false claims that were caught and of true ones that passed, by kind.
#include <functional>
#include <map>
#include <random>

#include "agent/grounding/frames.h"
#include "agent/grounding/names.h"
#include "agent/grounding/write_up.h"
#include "base/text.h"
#include "sessions/log.h"
#include "support/support.h"

namespace culprit {
namespace {

using test::must;

// A recorded session and what was written about it: by its own model, if it was recorded for that, and in
// prose (tests/grounding/NAME.*.md).
struct Case {
    explicit Case(const fs::path& recording) : log(must(Log::read(recording))), facts(log.events()) {
        const bool own = recording.parent_path().filename() == "grounding";
        for (const Event& event : log.events()) {
            if (const auto* root = std::get_if<RootAdded>(&event.body)) {
                const fs::path path = fs::canonical(recording.parent_path() / root->path);
                if (root->is_file)
                    must(roots.add_file(path));
                else
                    must(roots.add_source(root->name, path));
            }
            const auto* reply = std::get_if<AssistantReply>(&event.body);
            if (own && reply && reply->calls.empty()) write_ups.push_back(reply->text);
        }
        const std::string name = recording.stem().string() + ".";
        for (const auto& entry : fs::directory_iterator(test::source_path("tests/grounding"))) {
            if (entry.path().extension() == ".md" && entry.path().filename().string().starts_with(name))
                write_ups.push_back(must(read_file(entry.path())));
        }
    }

    Checked check(std::string_view text) { return check_write_up(text, {facts, roots, source}); }

    Log log;
    Facts facts;
    Roots roots;
    SourceIndex source{roots};
    std::vector<std::string> write_ups;
};

// One falsehood: what stands in the text instead, and where.
struct Lie {
    std::string kind;
    std::size_t begin = 0, end = 0;  // of what is replaced
    std::string text;
};

struct Tally {
    int all = 0, caught = 0, untold = 0;
};

bool overlaps(std::size_t begin, std::size_t end, const Lie& lie) {
    return begin < lie.begin + lie.text.size() + 1 && end + 1 > lie.begin;
}

class Liar {
  public:
    explicit Liar(std::string_view text) : text_(text) {}

    std::vector<Lie> lies() {
        lie_about_figures();
        lie_about_names();
        lie_about_citations();
        lie_about_frames();
        return std::move(lies_);
    }

  private:
    std::string_view at(std::size_t begin, std::size_t end) const { return text_.substr(begin, end - begin); }
    void add(std::string kind, std::size_t begin, std::size_t end, std::string text) {
        if (at(begin, end) != text) lies_.push_back({std::move(kind), begin, end, std::move(text)});
    }

    bool in_frame_or_code(std::size_t position) const {
        const std::size_t begin =
            text_.rfind('\n', position) == std::string_view::npos ? 0 : text_.rfind('\n', position) + 1;
        const std::string_view line = text_.substr(begin, text_.find('\n', begin) - begin);
        return cites_frame(line) || line.starts_with("    ") || position >= resolution();
    }
    std::size_t resolution() const { return text_.find("## Resolution"); }

    void lie_about_figures() {
        const std::vector<Figure> figures = figures_in(text_);
        for (std::size_t i = 0; i < figures.size(); ++i) {
            const Figure& figure = figures[i];
            if (in_frame_or_code(figure.begin) || figure.noun == "methods") continue;
            const std::string written(at(figure.begin, figure.end));
            const std::size_t digits = written.find_first_not_of("0123456789.,");
            const std::string unit = written.substr(digits);
            const double number =
                std::strtod(replace_all(written.substr(0, digits), ",", "").c_str(), nullptr);
            const bool whole = written.substr(0, digits).find('.') == std::string::npos;
            const auto with = [&](double value) {
                return (whole ? grouped(std::llround(value)) : fmt::format("{:.1f}", value)) + unit;
            };
            add("figure, near", figure.begin, figure.end, with(number + (whole ? 1 + number * 0.03 : 0.3)));
            add("figure, far", figure.begin, figure.end, with(number * 1.7 + 3));
            const Figure& other = figures[(i + 7) % figures.size()];
            if (other.measure == figure.measure && std::abs(other.value - figure.value) > figure.step &&
                line_of(other.begin) != line_of(figure.begin))
                add("figure, of another line", figure.begin, figure.end,
                    std::string(at(other.begin, other.end)));
        }
        for (std::size_t i = 0; i + 1 < figures.size(); ++i) {
            const Figure &a = figures[i], &b = figures[i + 1];
            if (trim(at(a.end, b.begin)) != "->" || a.measure != b.measure || in_frame_or_code(a.begin) ||
                a.value == b.value)
                continue;
            add("figures, swapped", a.begin, b.end,
                fmt::format("{} -> {}", at(b.begin, b.end), at(a.begin, a.end)));
        }
    }

    std::size_t line_of(std::size_t position) const {
        return static_cast<std::size_t>(
            std::count(text_.begin(), text_.begin() + static_cast<std::ptrdiff_t>(position), '\n'));
    }

    void lie_about_names() {
        for (const NameMention& name : names_in(text_)) {
            if (in_frame_or_code(name.begin) || name.name.starts_with("System.")) continue;
            const std::size_t dot = name.name.rfind('.');
            if (name.kind == NameMention::Kind::File)
                add("file, made up", name.begin, name.end,
                    "Other" + name.name.substr(name.name.rfind('/') + 1));
            else if (dot != std::string::npos)
                add("member, made up", name.begin, name.end,
                    name.name.substr(0, dot + 1) + "Apply" + name.name.substr(dot + 1));
        }
    }

    void lie_about_citations() {
        for (const Citation& citation : citations_in(text_)) {
            if (in_frame_or_code(citation.begin)) continue;
            add("citation, of nothing", citation.begin, citation.end, "[E99]");
        }
    }

    void lie_about_frames() {
        for (const CitedStack& stack : cited_stacks(text_)) {
            for (std::size_t i = 0; i < stack.size(); ++i) {
                const CitedFrame& frame = stack[i];
                if (frame.file.empty()) continue;
                const std::string line(at(frame.line_begin, frame.line_end));
                const auto changed = [&](std::string kind, std::string_view from, std::string_view to) {
                    std::string other = line;
                    const std::size_t found = other.find(from);
                    if (found != std::string::npos) other.replace(found, from.size(), to);
                    add(std::move(kind), frame.line_begin, frame.line_end, other);
                };
                const std::string number = fmt::format("line {}", frame.line);
                changed("frame, far line", number, fmt::format("line {}", frame.line + 500));
                changed("frame, other file", frame.file, "Other/Place.cs");
                changed("frame, other method", frame.symbol + "(", frame.symbol + "Core(");
                if (frame.arguments.size() > 2)
                    changed("frame, other overload", frame.arguments,
                            "(" + frame.arguments.substr(1, frame.arguments.size() - 2) +
                                ", CancellationToken stop)");
                if (i > 0 && i + 1 < stack.size())
                    add("frame, missing link", frame.line_begin, frame.line_end + 1, "");
                if (i + 1 < stack.size()) {
                    const CitedFrame& next = stack[i + 1];
                    add("frames, swapped", frame.line_begin, next.line_end,
                        fmt::format("{}\n{}", at(next.line_begin, next.line_end), line));
                }
            }
        }
    }

    std::string_view text_;
    std::vector<Lie> lies_;
};

void judge(const Lie& lie, const Checked& checked, Tally& tally) {
    ++tally.all;
    bool caught = false, untold = false;
    for (const CheckedFrame& frame : checked.frames) {
        if (lie.kind.starts_with("frame") && frame.status != CheckedFrame::Status::Verified) caught = true;
    }
    for (const CheckedClaim& claim : checked.claims) {
        if (lie.kind.starts_with("frame") || !overlaps(claim.begin, claim.end, lie)) continue;
        caught = caught || claim.status == CheckedClaim::Status::Unverified;
        untold = untold || claim.status == CheckedClaim::Status::Unknown;
    }
    tally.caught += caught;
    tally.untold += !caught && untold;
}

std::vector<fs::path> recordings() {
    std::vector<fs::path> all;
    for (const char* folder : {"tests/grounding", "sessions/recorded"}) {
        for (const auto& entry : fs::directory_iterator(test::source_path(folder)))
            if (entry.path().extension() == ".jsonl") all.push_back(entry.path());
    }
    std::ranges::sort(all);
    return all;
}

TEST(GroundingCorpus, FalseClaimsAreCaughtAndTrueOnesPass) {
    std::map<std::string, Tally> tallies;
    int claims = 0, refused = 0, untold = 0, written = 0;
    for (const fs::path& recording : recordings()) {
        Case each(recording);
        for (const std::string& text : each.write_ups) {
            const Checked truth = each.check(text);
            for (const CheckedClaim& claim : truth.claims) {
                ++claims;
                refused += claim.status == CheckedClaim::Status::Unverified;
                untold += claim.status == CheckedClaim::Status::Unknown;
                EXPECT_NE(claim.status, CheckedClaim::Status::Unverified)
                    << recording << ": " << claim.text << ": " << claim.why;
            }
            for (const CheckedFrame& frame : truth.frames) {
                ++claims;
                refused += frame.status == CheckedFrame::Status::Unverified;
                EXPECT_EQ(frame.status, CheckedFrame::Status::Verified) << frame.symbol << ": " << frame.why;
            }
            for (const Lie& lie : Liar(text).lies()) {
                std::string false_text = text;
                false_text.replace(lie.begin, std::min(lie.end, text.size()) - lie.begin, lie.text);
                Tally& tally = tallies[lie.kind];
                const int before = tally.caught + tally.untold;
                const Checked checked = each.check(false_text);
                judge(lie, checked, tally);
                if (tally.caught + tally.untold == before) {
                    for (const CheckedClaim& claim : checked.claims) {
                        if (overlaps(claim.begin, claim.end, lie))
                            std::printf("  %s: %s %s\n", claim.text.c_str(), claim.evidence.c_str(),
                                        claim.why.c_str());
                    }
                    std::printf("missed: %s: \"%s\" for \"%s\"\n", lie.kind.c_str(), lie.text.c_str(),
                                text.substr(lie.begin, lie.end - lie.begin).c_str());
                }
                ++written;
            }
        }
    }
    int all = 0, caught = 0;
    for (const auto& [kind, tally] : tallies) {
        std::printf("%-26s %4d false, %4d caught, %d cannot be told\n", kind.c_str(), tally.all, tally.caught,
                    tally.untold);
        all += tally.all;
        caught += tally.caught;
    }
    std::printf(
        "%d write-ups; false claims caught: %d of %d (%.1f %%); true claims refused: %d of %d (%d cannot be "
        "told)\n",
        written, caught, all, 100.0 * caught / all, refused, claims, untold);
    EXPECT_GE(written, 120);
    EXPECT_GE(caught, 0.99 * all);
    EXPECT_LE(refused, 0.005 * claims);
}

}  // namespace
}  // namespace culprit
