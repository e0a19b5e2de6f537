#include "agent/grounding.h"

#include <algorithm>
#include <array>

#include "agent/cited_frames.h"
#include "base/text.h"

namespace culprit {
namespace {

constexpr std::size_t kMostHints = 3;

// One frame on its way through the checks.
struct Candidate {
    const CitedFrame& cited;
    std::vector<Definition> definitions;  // what the symbol can mean in the named file
    std::string why;                      // there is none
};

class StackChecker {
  public:
    StackChecker(const Roots& roots, SourceIndex& source) : roots_(roots), source_(source) {}

    // Innermost frame first: which definitions a frame can stand for depends on what the next one does.
    std::vector<CheckedFrame> check(const CitedStack& stack) {
        std::vector<CheckedFrame> checked(stack.size());
        next_.reset();
        for (std::size_t i = stack.size(); i-- > 0;) {
            Candidate candidate = find_candidates(stack[i]);
            if (!stack[i].file.empty()) checked[i] = check_frame(candidate);
            next_ = Next{stack[i].symbol, std::move(candidate.definitions)};
        }
        return checked;
    }

  private:
    struct Next {
        std::string symbol;
        std::vector<Definition> definitions;  // empty: outside of the sources, or not found
    };

    std::string place(const Definition& definition) const {
        return fmt::format("{} is in {}, lines {} to {}", definition.qualified, roots_.shown(definition.file),
                           definition.first_line, definition.last_line);
    }

    std::string hints(const std::vector<Definition>& definitions) const {
        std::vector<std::string> places;
        for (const Definition& definition :
             std::span(definitions).first(std::min(kMostHints, definitions.size()))) {
            places.push_back(place(definition));
        }
        return places.empty() ? "" : "; " + join(places, "; ");
    }

    std::vector<fs::path> files(const std::string& name) const {
        if (const auto file = roots_.resolve(name)) return {*file};
        return source_.files_named(name);
    }

    Candidate find_candidates(const CitedFrame& cited) const {
        Candidate candidate{.cited = cited};
        const std::vector<Definition> meant = definitions_of(cited.symbol);
        if (cited.file.empty()) {
            candidate.definitions = meant;
            return candidate;
        }
        const std::vector<fs::path> named = files(cited.file);
        for (const Definition& definition : meant) {
            if (std::ranges::find(named, definition.file) != named.end())
                candidate.definitions.push_back(definition);
        }
        if (named.empty())
            candidate.why = fmt::format("no file {} is in the roots{}", cited.file, hints(meant));
        else if (meant.empty())
            candidate.why = fmt::format("no {} is in the sources{}", cited.symbol, hints(alike(cited)));
        else if (candidate.definitions.empty()) {
            candidate.why = fmt::format("{} does not define {}{}", cited.file, cited.symbol, hints(meant));
        }
        return candidate;
    }

    std::vector<Definition> definitions_of(const std::string& symbol) const {
        std::vector<Definition> found = source_.find({.name = symbol});
        std::erase_if(found, [](const Definition& each) { return facts::is_type(each.kind); });
        return found;
    }

    // By the last part of the name alone: the nearest truth for a type or namespace that is wrong.
    std::vector<Definition> alike(const CitedFrame& cited) const {
        return source_.find({.name = cited.symbol.substr(cited.symbol.rfind('.') + 1), .limit = kMostHints});
    }

    CheckedFrame check_frame(Candidate& candidate) {
        const CitedFrame& cited = candidate.cited;
        CheckedFrame frame{
            .symbol = cited.symbol, .file = cited.file, .line = cited.line, .why = candidate.why};
        if (candidate.definitions.empty()) return frame;
        std::vector<Definition> around = candidate.definitions;
        std::erase_if(around, [&](const Definition& each) {
            return cited.line < each.first_line || cited.line > each.last_line;
        });
        if (around.empty()) {
            frame.why = fmt::format("line {} does not lie in it{}", cited.line, hints(candidate.definitions));
            return frame;
        }
        candidate.definitions = around;
        if (next_)
            check_call(candidate, frame);
        else
            check_cost(candidate, frame);
        return frame;
    }

    // Why the line of the last frame cannot be the one that costs; empty if it can.
    std::string no_cost(const Definition& definition, int number) const {
        const std::string text = read_file(definition.file).value_or("");
        const auto lines = split_lines(text);
        const auto index = static_cast<std::size_t>(number - 1);
        const std::string_view line = index < lines.size() ? trim(lines[index]) : "";
        const bool has_body_here =
            definition.last_line == number || line.find("=>") != std::string_view::npos;
        if (number == definition.line && !has_body_here) {
            return fmt::format("line {} is where it begins, not the line that costs; {}", number,
                               place(definition));
        }
        if (line.empty() || line == "{" || line == "}" || line.starts_with("//")) {
            return fmt::format("line {} holds no code", number);
        }
        return {};
    }

    void check_cost(Candidate& candidate, CheckedFrame& frame) const {
        std::vector<Definition> costing;
        for (const Definition& definition : candidate.definitions) {
            const std::string why = no_cost(definition, frame.line);
            if (why.empty())
                costing.push_back(definition);
            else
                frame.why = why;
        }
        if (costing.empty()) return;
        candidate.definitions = std::move(costing);
        frame.why.clear();
        frame.status = CheckedFrame::Status::Verified;
    }

    bool is_next(const CallSite& site) const {
        if (next_->definitions.empty())
            return site.name == next_->symbol.substr(next_->symbol.rfind('.') + 1);
        return std::ranges::any_of(next_->definitions, [&](const Definition& next) {
            const bool direct =
                std::ranges::find(site.targets, next, &Target::definition) != site.targets.end();
            return direct || source_.line_calls(site.file, site.line, next).has_value();
        });
    }

    // A frame with another below it: its line must call that one.
    void check_call(Candidate& candidate, CheckedFrame& frame) const {
        std::vector<Definition> calling;
        std::optional<int> nearest;
        for (const Definition& definition : candidate.definitions) {
            bool calls = false;
            for (const CallSite& site : source_.calls_in(definition)) {
                if (!is_next(site)) continue;
                calls = true;
                if (!nearest || std::abs(site.line - frame.line) < std::abs(*nearest - frame.line))
                    nearest = site.line;
            }
            if (calls) calling.push_back(definition);
        }
        if (!nearest) {
            frame.why = fmt::format("it does not call {}; {}", next_->symbol,
                                    calls_text(candidate.definitions.front()));
            return;
        }
        candidate.definitions = std::move(calling);
        frame.status =
            *nearest == frame.line ? CheckedFrame::Status::Verified : CheckedFrame::Status::Corrected;
        if (*nearest == frame.line) return;
        frame.why = fmt::format("line {} corrected: {} is called here", frame.line, next_->symbol);
        frame.line = *nearest;
    }

    std::string calls_text(const Definition& definition) const {
        std::vector<std::string> calls;
        for (const CallSite& site : source_.calls_in(definition))
            calls.push_back(fmt::format("{} in line {}", site.name, site.line));
        if (calls.empty()) return "it calls nothing";
        return "it calls " + one_line(join(calls, ", "), 400);
    }

    const Roots& roots_;
    SourceIndex& source_;
    std::optional<Next> next_;  // the frame below the one that is being checked
};

struct Edit {
    std::size_t begin, end;
    std::string text;
};

std::string with_edits(std::string_view text, const std::vector<Edit>& edits) {
    std::string edited;
    std::size_t at = 0;
    for (const Edit& edit : edits) {
        edited += text.substr(at, edit.begin - at);
        edited += edit.text;
        at = edit.end;
    }
    return edited + std::string(text.substr(at));
}

void add_edits(const CitedFrame& cited, const CheckedFrame& frame, std::vector<Edit>& edits) {
    if (frame.status == CheckedFrame::Status::Corrected) {
        edits.push_back({cited.number_begin, cited.number_end, std::to_string(frame.line)});
    }
    if (frame.status != CheckedFrame::Status::Verified) {
        const bool failed = frame.status == CheckedFrame::Status::Unverified;
        // The reason without its hints, which are for the model.
        const std::string why = failed ? frame.why.substr(0, frame.why.find("; ")) : frame.why;
        edits.push_back(
            {cited.line_end, cited.line_end, fmt::format("  [{}{}]", failed ? "unverified: " : "", why)});
    }
}

constexpr std::array<std::string_view, 4> kHeadings = {"Observed Behavior", "Root Cause", "Call Stack",
                                                       "Resolution"};

}  // namespace

Checked check_write_up(std::string_view text, const Roots& roots, SourceIndex& source) {
    Checked result;
    StackChecker checker(roots, source);
    std::vector<Edit> edits;
    std::string failures;
    for (const CitedStack& stack : cited_stacks(text)) {
        const std::vector<CheckedFrame> checked = checker.check(stack);
        for (std::size_t i = 0; i < stack.size(); ++i) {
            if (stack[i].file.empty()) continue;
            result.frames.push_back(checked[i]);
            add_edits(stack[i], checked[i], edits);
            if (checked[i].status == CheckedFrame::Status::Unverified) {
                failures += fmt::format("- at {} ({}:line {}): {}\n", checked[i].symbol, checked[i].file,
                                        checked[i].line, checked[i].why);
            }
        }
    }
    result.text = with_edits(text, edits);
    if (!failures.empty()) {
        result.repair_request = fmt::format(
            "These frames of your call stack do not hold against the source:\n{}\nLook up what you need, "
            "then reply with the "
            "whole corrected call stack and nothing else: frames outermost first, each with the line at "
            "which it calls the "
            "next one, the last with the line that costs.",
            failures);
    }
    return result;
}

bool is_write_up(std::string_view text) {
    const auto headings = std::ranges::count_if(
        kHeadings, [&](std::string_view heading) { return contains_ignoring_case(text, heading); });
    return headings >= 3 || !cited_stacks(text).empty();
}

std::string with_frames_of(std::string_view write_up, std::string_view repair) {
    const auto old_stacks = cited_stacks(write_up);
    const auto new_stacks = cited_stacks(repair);
    if (old_stacks.empty() || new_stacks.empty()) return std::string(write_up);
    const std::size_t from = old_stacks.front().front().line_begin;
    const std::size_t to = old_stacks.back().back().line_end;
    const std::size_t new_from = new_stacks.front().front().line_begin;
    const std::size_t new_to = new_stacks.back().back().line_end;
    return fmt::format("{}{}{}", write_up.substr(0, from), repair.substr(new_from, new_to - new_from),
                       write_up.substr(to));
}

std::string verdict_line(const std::vector<CheckedFrame>& frames, bool has_source) {
    if (frames.empty()) {
        return has_source
                   ? "Call stack: no frame is cited, so none could be checked against the source."
                   : "Call stack: no frame is cited, as no source root is known; --root NAME=PATH names one.";
    }
    const auto count = [&](CheckedFrame::Status status) {
        return std::ranges::count(frames, status, &CheckedFrame::status);
    };
    const auto corrected = count(CheckedFrame::Status::Corrected);
    const auto failed = count(CheckedFrame::Status::Unverified);
    std::string line = fmt::format("Call stack: {} of {} frames verified",
                                   frames.size() - static_cast<std::size_t>(failed), frames.size());
    if (corrected > 0 || failed > 0) line += fmt::format(" ({} corrected, {} unverified)", corrected, failed);
    return line;
}

}  // namespace culprit
