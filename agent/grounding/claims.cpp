#include "agent/grounding/claims.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <set>

#include "agent/grounding/cited_frames.h"
#include "agent/grounding/names.h"
#include "base/text.h"

namespace culprit {
namespace {

using Status = CheckedClaim::Status;
using Kind = CheckedClaim::Kind;

// A line of the text that claims something.
struct Line {
    std::string_view text;
    std::size_t begin = 0;  // in the whole text
    bool proposes = false;  // of the Resolution
    std::vector<Figure> figures;
    std::vector<NameMention> names;
    std::vector<Citation> citations;
    std::vector<NameMention> about;  // names of the lines before it that it goes on about
};

bool is_heading(std::string_view line) { return line.starts_with('#') || line.starts_with("**"); }

// "      28  lock (_gate)": a line of a file, quoted with its number.
bool is_quoted_source(std::string_view line) {
    const std::size_t first = line.find_first_not_of(' ');
    if (first == std::string_view::npos || first < 2) return false;
    const std::size_t end = line.find_first_not_of("0123456789", first);
    return end != first && end != std::string_view::npos && line.substr(end).starts_with("  ");
}

// Quantities too small and general to have been measured: "in 3 methods", "two runs".
bool is_counting(const Figure& figure) {
    static constexpr std::array<std::string_view, 5> kThings = {"methods", "runs", "iterations", "locks",
                                                                "bytes"};
    return figure.measure == Figure::Measure::Count && figure.value <= 12 &&
           std::ranges::find(kThings, figure.noun) != kThings.end();
}

std::vector<Line> lines_of(std::string_view text) {
    std::set<std::size_t> frames;  // where lines that cite frames begin
    for (const CitedStack& stack : cited_stacks(text)) {
        for (const CitedFrame& frame : stack) frames.insert(frame.line_begin);
    }
    std::vector<Line> lines;
    bool fenced = false, proposes = false;
    std::vector<NameMention> about;
    for (std::size_t begin = 0; begin < text.size();) {
        const std::size_t end = std::min(text.find('\n', begin), text.size());
        const std::string_view line = text.substr(begin, end - begin);
        const std::size_t at = std::exchange(begin, end + 1);
        if (trim(line).starts_with("```")) {
            fenced = !fenced;
            continue;
        }
        if (trim(line).empty()) about.clear();
        if (is_heading(line)) proposes = contains_ignoring_case(line, "resolution"), about.clear();
        if (fenced || frames.contains(at) || is_quoted_source(line)) continue;
        Line claims{.text = line, .begin = at, .proposes = proposes};
        claims.figures = figures_in(line);
        std::erase_if(claims.figures, is_counting);
        claims.names = names_in(line);
        claims.citations = citations_in(line);
        claims.about = about;
        if (!claims.names.empty()) about = claims.names;
        lines.push_back(std::move(claims));
    }
    return lines;
}

class LineChecker {
  public:
    LineChecker(const Line& line, const Ground& ground)
        : line_(line), ground_(ground), claims_(line.figures.size()) {}

    std::vector<CheckedClaim> check() {
        for (std::size_t i = 0; i < line_.figures.size(); ++i) claims_[i] = check_measured(i);
        check_orders();
        for (std::size_t i = 0; i < line_.figures.size(); ++i) {
            const bool is_sum = states_sum(i);
            if (is_sum && claims_[i].status == Status::Verified && !is_stated_sum(i)) {
                claims_[i].status = Status::Unverified;
                claims_[i].why = "this is not the sum of what stands before it";
            }
            if (claims_[i].status == Status::Unverified) try_to_derive(i);
            if (claims_[i].status == Status::Unverified && line_.proposes)
                claims_[i].status = Status::Unknown;
        }
        std::vector<CheckedClaim> all = std::move(claims_);
        for (const NameMention& name : line_.names) all.push_back(check_name(name));
        for (const Citation& citation : line_.citations) all.push_back(check_citation(citation));
        for (CheckedClaim& claim : all) claim.begin += line_.begin, claim.end += line_.begin;
        std::ranges::stable_sort(all, {}, &CheckedClaim::begin);
        return all;
    }

  private:
    using Rows = std::vector<const FactRow*>;

    CheckedClaim claim(Kind kind, std::size_t begin, std::size_t end) const {
        return {.kind = kind,
                .text = std::string(line_.text.substr(begin, end - begin)),
                .begin = begin,
                .end = end};
    }

    // What the figure is of: "61 % in Cart.Add" names it behind, "Cart.Add: 61 %" before. Without either what
    // the lines before are about.
    struct Subjects {
        std::vector<const NameMention*> names;
        bool own = true;  // of this line
    };
    Subjects subjects(const Figure& figure) const {
        const NameMention *before = nullptr, *behind = nullptr;
        Subjects all{.names = {}, .own = false};
        for (const NameMention& name : line_.names) {
            all.names.push_back(&name);
            if (name.end <= figure.begin && (!before || is_code(name) || !is_code(*before))) before = &name;
            if (!behind && name.begin >= figure.end) behind = &name;
        }
        if (behind && is_joined(line_.text.substr(figure.end, behind->begin - figure.end))) return {{behind}};
        const bool is_near =
            before &&
            line_.text.substr(before->end, figure.begin - before->end).find(". ") == std::string_view::npos;
        if (is_near) return {{before}};
        for (const NameMention& name : line_.about) all.names.push_back(&name);
        return all;
    }

    static bool is_code(const NameMention& name) { return name.kind == NameMention::Kind::Code; }

    // " in ", " of it in `", " [of its time] by ": few words, the last of which leads to a name.
    static bool is_joined(std::string_view between) {
        if (between.size() > 40 || between.find_first_of(".;:") != std::string_view::npos) return false;
        static constexpr std::array<std::string_view, 10> kLeading = {
            "in", "of", "by", "for", "from", "into", "below", "within", "at", "inside"};
        while (between.ends_with('`') || between.ends_with(' ')) between.remove_suffix(1);
        const std::string_view last = between.substr(between.find_last_of(' ') + 1);
        return std::ranges::find(kLeading, last) != kLeading.end();
    }

    static bool is_total(std::string_view line) {
        static constexpr std::array<std::string_view, 7> kWords = {
            "in all", "total", "overall", "altogether", "of all", "together", "the growth"};
        return std::ranges::any_of(kWords,
                                   [&](std::string_view word) { return contains_ignoring_case(line, word); });
    }

    static bool names_code(const FactRow& row) {
        return std::ranges::any_of(
            names_in(row.text), [](const NameMention& name) { return name.kind == NameMention::Kind::Code; });
    }

    // Whether a row is on what the figure is of: it names it, or the call did and no row of the result does.
    // A row on the whole fits where the line speaks of the whole, or of nothing by name.
    bool is_on(const FactRow& row, const Subjects& subjects) const {
        if (subjects.names.empty()) return true;
        const FactResult& result = ground_.facts.result_of(row);
        const bool named = std::ranges::any_of(subjects.names, [&](const NameMention* name) {
            if (!is_code(*name)) return contains_word(result.text, name->last_part());
            return contains_word(row.text, name->last_part()) ||
                   (contains_word(result.arguments, name->last_part()) &&
                    !contains_word(result.text.substr(std::min(result.text.find('\n'), result.text.size())),
                                   name->last_part()));
        });
        return named || ((!subjects.own || is_total(line_.text)) && !names_code(row));
    }

    // The evidence that the sentence of a figure cites behind it; empty if it cites none.
    std::vector<std::string_view> cited_for(const Figure& figure) const {
        std::vector<std::string_view> evidence;
        std::size_t group = std::string_view::npos;
        for (const Citation& citation : line_.citations) {
            if (citation.begin < figure.end) continue;
            if (group == std::string_view::npos) group = citation.begin;
            if (citation.begin != group) break;
            evidence.push_back(citation.evidence);
        }
        const std::string_view between =
            line_.text.substr(figure.end, group == std::string_view::npos ? 0 : group - figure.end);
        return between.find(". ") == std::string_view::npos ? evidence : std::vector<std::string_view>();
    }

    bool can_mean(const Figure& figure, const Figure& known, const FactRow& row) const {
        const bool bare = known.measure == Figure::Measure::Count && known.noun.empty();
        if (ground_.facts.result_of(row).is_source) {
            const bool exact = bare && known.value >= 10 && figure.value / known.value > 0;
            const bool constant = figure.measure == Figure::Measure::Bytes ||
                                  figure.measure == Figure::Measure::Duration ||
                                  figure.measure == Figure::Measure::Count;
            return exact && constant && written(figure) == known.value;
        }
        if (figure.measure != known.measure) return false;
        if (figure.measure == Figure::Measure::Count) {
            if (!known.noun.empty() && known.noun != figure.noun) return false;
            if (bare && !counts(row, figure.noun)) return false;
        }
        if (figure.measure == Figure::Measure::Bytes && bare) return false;
        return is_rounding_of(figure, known);
    }

    // Whether the bare numbers of a row can count these: it or the head of its table says so; samples are
    // what a whole profile counts.
    bool counts(const FactRow& row, std::string_view noun) const {
        const bool of_profile = noun == "samples" || noun == "events";
        if (noun.ends_with('s')) noun.remove_suffix(1);
        const auto has = [&](std::string_view text) { return text.find(noun) != std::string_view::npos; };
        return has(row.text) || has(row.head) || (of_profile && has(ground_.facts.result_of(row).text));
    }

    // The number as it is written, without its unit.
    double written(const Figure& figure) const {
        std::string digits;
        for (const char c : line_.text.substr(figure.begin, figure.end - figure.begin)) {
            if ((c >= '0' && c <= '9') || c == '.')
                digits += c;
            else if (c != ',')
                break;
        }
        return std::strtod(digits.c_str(), nullptr);
    }

    Rows rows_with(const Figure& figure) const {
        Rows rows;
        for (const FactRow& row : ground_.facts.rows()) {
            if (std::ranges::any_of(row.figures,
                                    [&](const Figure& known) { return can_mean(figure, known, row); }))
                rows.push_back(&row);
        }
        return rows;
    }

    CheckedClaim check_measured(std::size_t index) {
        const Figure& figure = line_.figures[index];
        CheckedClaim checked = claim(Kind::Figure, figure.begin, figure.end);
        const auto about = subjects(figure);
        const auto cited = cited_for(figure);
        Rows& rows = found_.emplace_back(rows_with(figure));
        if (rows.empty()) {
            checked.why = ground_.facts.was_said(figure)
                              ? "only your message says so"
                              : "no result of this session says so" + nearest(figure, about);
            return checked;
        }
        const auto on_subject = [&](const FactRow* row) { return is_on(*row, about); };
        if (!std::ranges::any_of(rows, on_subject)) {
            checked.why =
                fmt::format("{} says it, but not of {}", ground_.facts.result_of(*rows.front()).evidence,
                            about.names.front()->last_part()) +
                nearest(figure, about);
            return checked;
        }
        std::erase_if(rows, [&](const FactRow* row) { return !on_subject(row); });
        const auto is_cited = [&](const FactRow* row) {
            return std::ranges::find(cited, ground_.facts.result_of(*row).evidence) != cited.end();
        };
        if (!cited.empty() && std::ranges::none_of(rows, is_cited)) {
            checked.why = fmt::format("{} does not say so; {} does", join_views(cited),
                                      ground_.facts.result_of(*rows.front()).evidence);
            return checked;
        }
        if (!cited.empty()) std::erase_if(rows, [&](const FactRow* row) { return !is_cited(row); });
        checked.status = Status::Verified;
        checked.evidence = ground_.facts.result_of(*rows.front()).evidence;
        return checked;
    }

    static std::string join_views(const std::vector<std::string_view>& parts) {
        return join(std::vector<std::string>(parts.begin(), parts.end()), ", ");
    }

    // "; E3 says 59.9 %": of the same subject and measure.
    std::string nearest(const Figure& figure, const Subjects& about) const {
        const Figure* best = nullptr;
        const FactRow* of = nullptr;
        for (const FactRow& row : ground_.facts.rows()) {
            if (about.names.empty() || !is_on(row, about) || ground_.facts.result_of(row).is_source) continue;
            for (const Figure& known : row.figures) {
                if (known.measure != figure.measure || known.noun != figure.noun) continue;
                if (best && std::abs(best->value - figure.value) <= std::abs(known.value - figure.value))
                    continue;
                best = &known;
                of = &row;
            }
        }
        if (!best) return {};
        return fmt::format("; {} says {}", ground_.facts.result_of(*of).evidence,
                           of->text.substr(best->begin, best->end - best->begin));
    }

    // "12 % -> 61 %": both stand in one row, in this order.
    void check_orders() {
        for (std::size_t i = 0; i + 1 < line_.figures.size(); ++i) {
            if (claims_[i].status != Status::Verified || claims_[i + 1].status != Status::Verified) continue;
            const Figure &a = line_.figures[i], &b = line_.figures[i + 1];
            const std::string_view between = trim(line_.text.substr(a.end, b.begin - a.end));
            const bool goes_to = between.ends_with("->") || between.ends_with("→") || between == "to";
            if (!goes_to || a.measure != b.measure || stand_in_order(i)) continue;
            const std::string why = fmt::format("{} does not go from {} to {}", claims_[i].evidence,
                                                claims_[i].text, claims_[i + 1].text);
            for (CheckedClaim* each : {&claims_[i], &claims_[i + 1]}) {
                each->status = Status::Unverified;
                each->why = why;
            }
        }
    }

    bool stand_in_order(std::size_t index) const {
        const Figure &a = line_.figures[index], &b = line_.figures[index + 1];
        const auto rows_of = [&](std::size_t i) { return std::set(found_[i].begin(), found_[i].end()); };
        const auto before = rows_of(index), after = rows_of(index + 1);
        for (const FactRow* row : before) {
            if (!after.contains(row)) continue;
            std::size_t first = row->figures.size(), last = 0;
            for (std::size_t k = 0; k < row->figures.size(); ++k) {
                if (can_mean(a, row->figures[k], *row)) first = std::min(first, k);
                if (can_mean(b, row->figures[k], *row)) last = std::max(last, k);
            }
            if (first < last) return true;
        }
        // Else they are of two results, set side by side.
        return std::ranges::none_of(before, [&](const FactRow* a_row) {
            return std::ranges::any_of(after,
                                       [&](const FactRow* b_row) { return a_row->result == b_row->result; });
        });
    }

    void try_to_derive(std::size_t index) {
        const Figure& figure = line_.figures[index];
        if (is_stated_sum(index)) {
            claims_[index].status = Status::Derived;
            claims_[index].why = "the sum that the line states";
            return;
        }
        const auto usable = [&](std::size_t i) {
            return i != index && claims_[i].status == Status::Verified;
        };
        for (std::size_t a = 0; a < line_.figures.size() && is_stated_as_derived(index); ++a) {
            for (std::size_t b = a + 1; usable(a) && b < line_.figures.size(); ++b) {
                if (!usable(b) || !follows_from(figure, line_.figures[a], line_.figures[b])) continue;
                claims_[index].status = Status::Derived;
                claims_[index].evidence = claims_[a].evidence;
                claims_[index].why = fmt::format("follows from {} and {}", claims_[a].text, claims_[b].text);
                return;
            }
        }
    }

    // A factor is, a signed number is, and what stands beside a word for a sum, a difference or a change.
    bool is_stated_as_derived(std::size_t index) const {
        static constexpr std::array<std::string_view, 18> kWords = {
            "more",   "less",   "rose",  "fell", "up",       "down",     "increase", "decrease", "points",
            "faster", "slower", "extra", "by",   "together", "combined", "saved",    "higher",   "lower"};
        const Figure& figure = line_.figures[index];
        if (figure.measure == Figure::Measure::Factor || figure.has_sign) return true;
        const std::size_t from = index == 0 ? 0 : line_.figures[index - 1].end;
        const std::size_t to =
            index + 1 < line_.figures.size() ? line_.figures[index + 1].begin : line_.text.size();
        const std::string_view before = line_.text.substr(from, figure.begin - from);
        const std::string_view behind = line_.text.substr(figure.end, to - figure.end);
        if (trim(before).ends_with("->") || trim(behind).starts_with("->") || trim(behind).starts_with('+'))
            return false;
        const std::string_view near = behind.substr(0, 24);
        return std::ranges::any_of(kWords, [&](std::string_view word) {
            return contains_word(before, word) || contains_word(near, word);
        });
    }

    // "… + 9.2 % = 95.7 %"
    bool states_sum(std::size_t index) const {
        return index >= 2 && trim(line_.text.substr(0, line_.figures[index].begin)).ends_with('=') &&
               trim(line_.text.substr(0, line_.figures[index - 1].begin)).ends_with('+');
    }

    bool is_stated_sum(std::size_t index) const {
        const Figure& figure = line_.figures[index];
        if (!states_sum(index)) return false;
        double sum = 0, slack = figure.step / 2;
        for (std::size_t i = index; i-- > 0;) {
            const Figure& part = line_.figures[i];
            if (part.measure != figure.measure || claims_[i].status != Status::Verified) return false;
            sum += part.value;
            slack += part.step / 2;
            if (!trim(line_.text.substr(0, part.begin)).ends_with('+')) break;
        }
        return std::abs(sum - figure.value) < slack * (1 - 1e-6);
    }

    CheckedClaim check_name(const NameMention& name) const {
        CheckedClaim checked = claim(Kind::Name, name.begin, name.end);
        const std::string last(name.last_part());
        if (name.kind == NameMention::Kind::File) {
            const bool known = ground_.roots.resolve(name.name) ||
                               !ground_.source.files_named(name.name).empty() ||
                               ground_.facts.mentions(name.name) || ground_.facts.mentions(last);
            if (known)
                checked.status = Status::Verified;
            else
                checked.why = "no such file is in the roots, and no result names one";
        } else if (!ground_.source.find({.name = name.name, .limit = 1}).empty() ||
                   ground_.facts.mentions(name.name)) {
            checked.status = Status::Verified;
        } else if (const std::string owner = known_owner(name); !owner.empty()) {
            checked.why = fmt::format("{} is in the source, and has no {}", owner, last);
        } else if (ground_.facts.mentions(last)) {
            checked.status = Status::Verified;
        } else {
            checked.why = "neither the source nor a result of this session has it";
        }
        if (checked.status == Status::Unverified && (line_.proposes || is_of_framework(name.name)) &&
            known_owner(name).empty())
            checked.status = Status::Unknown;
        return checked;
    }

    static bool is_of_framework(std::string_view name) {
        static constexpr std::array<std::string_view, 6> kPrefixes = {
            "System.", "Microsoft.", "std::", "java.", "Windows.", "Interop."};
        return std::ranges::any_of(kPrefixes,
                                   [&](std::string_view prefix) { return name.starts_with(prefix); });
    }

    // The type of "Type.Member" if the source has that type; else empty.
    std::string known_owner(const NameMention& name) const {
        const std::string_view last = name.last_part();
        if (name.name.size() <= last.size() + 1) return {};
        std::string owner = name.name.substr(0, name.name.size() - last.size());
        while (!owner.empty() && (owner.back() == '.' || owner.back() == ':' || owner.back() == '+'))
            owner.pop_back();
        const auto found = ground_.source.find({.name = owner, .limit = 1});
        const bool is_type = !found.empty() && facts::is_type(found.front().kind);
        return is_type ? owner : std::string();
    }

    CheckedClaim check_citation(const Citation& citation) const {
        CheckedClaim checked = claim(Kind::Citation, citation.begin, citation.end);
        checked.evidence = citation.evidence;
        if (ground_.facts.find(citation.evidence))
            checked.status = Status::Verified;
        else
            checked.why = fmt::format("there is no result {}", citation.evidence);
        return checked;
    }

    const Line& line_;
    const Ground& ground_;
    std::vector<CheckedClaim> claims_;  // of the figures
    std::vector<Rows> found_;           // the rows that have each figure
};

}  // namespace

std::vector<CheckedClaim> check_claims(std::string_view text, const Ground& ground, std::size_t from) {
    std::vector<CheckedClaim> claims;
    for (const Line& line : lines_of(text)) {
        if (line.begin < from) continue;
        std::ranges::move(LineChecker(line, ground).check(), std::back_inserter(claims));
    }
    return claims;
}

}  // namespace culprit
