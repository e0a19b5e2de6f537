#include "agent/grounding/frames.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "tools/source/frames.h"

namespace culprit {
namespace {

constexpr std::size_t kMostHints = 3;

// The type of "string[] args", "ref Dictionary<string, int> map": without the name, if it has one.
std::string_view type_of(std::string_view parameter) {
    parameter = trim(parameter);
    const std::size_t blank = parameter.rfind(' ');
    if (blank == std::string_view::npos) return parameter;
    const std::string_view last = parameter.substr(blank + 1), rest = trim(parameter.substr(0, blank));
    static constexpr std::array<std::string_view, 8> kModifiers = {"ref",  "out",    "in",    "params",
                                                                   "this", "scoped", "class", "valuetype"};
    const bool is_name = last.find_first_of("<>[],.()?*&") == std::string_view::npos;
    return is_name && std::ranges::find(kModifiers, rest) == kModifiers.end() ? rest : parameter;
}

// "const Item& item" as "Item item": C++ has more ways to pass a type than a frame need tell.
std::string without_references(std::string_view parameter) {
    std::string plain = replace_all(std::string(parameter), "const ", "");
    std::ranges::replace_if(
        plain, [](char c) { return c == '&' || c == '*'; }, ' ');
    return plain;
}

// The types of "(string sku, Map<K, V> map)", in the simple form in which frames are compared; nothing if the
// text leaves some out.
std::optional<std::vector<std::string>> types_of(std::string_view arguments) {
    if (arguments.size() < 2 || arguments.find("...") != std::string_view::npos ||
        arguments.find("…") != std::string_view::npos)
        return std::nullopt;
    arguments = arguments.substr(1, arguments.size() - 2);
    std::vector<std::string> types;
    int depth = 0;
    std::size_t begin = 0;
    for (std::size_t i = 0; i <= arguments.size(); ++i) {
        const char c = i < arguments.size() ? arguments[i] : ',';
        if (c == '<' || c == '(' || c == '[') ++depth;
        if (c == '>' || c == ')' || c == ']') --depth;
        if (c != ',' || (depth > 0 && i < arguments.size())) continue;
        const std::string parameter = without_references(arguments.substr(begin, i - begin));
        const std::string_view type = type_of(parameter);
        const auto read = read_frame(fmt::format("F({})", type)).parameters;
        if (!type.empty()) types.push_back(read && read->size() == 1 ? read->front() : "");
        begin = i + 1;
    }
    return types;
}

// Whether a definition can be the overload that takes these.
bool takes(const Definition& definition, const std::vector<std::string>& types) {
    if (types.empty()) return true;  // "()" is short for any
    if (definition.parameters.size() != types.size()) return false;
    for (std::size_t i = 0; i < types.size(); ++i) {
        const auto have = types_of(fmt::format("({})", definition.parameters[i].type));
        const std::string known = have && have->size() == 1 ? have->front() : "";
        const bool is_open = known.empty() || types[i].empty() || known.size() <= 2 || types[i].size() <= 2;
        if (!is_open && known != types[i]) return false;
    }
    return true;
}

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
        else if (candidate.definitions.empty())
            candidate.why = fmt::format("{} does not define {}{}", cited.file, cited.symbol, hints(meant));
        else
            keep_overload(candidate);
        return candidate;
    }

    // Of several overloads the one with the arguments that the frame gives.
    static void keep_overload(Candidate& candidate) {
        const auto types = types_of(candidate.cited.arguments);
        if (!types) return;
        std::vector<Definition> fitting = candidate.definitions;
        std::erase_if(fitting, [&](const Definition& each) { return !takes(each, *types); });
        if (fitting.empty()) {
            std::vector<std::string> signatures;
            for (const Definition& each : candidate.definitions) signatures.push_back(each.signature);
            candidate.why = fmt::format("it does not take {}; there is {}", candidate.cited.arguments,
                                        one_line(join(signatures, ", "), 300));
        }
        candidate.definitions = std::move(fitting);
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

}  // namespace

std::vector<CitedAndChecked> check_frames(std::string_view text, const Roots& roots, SourceIndex& source) {
    std::vector<CitedAndChecked> frames;
    StackChecker checker(roots, source);
    for (CitedStack& stack : cited_stacks(text)) {
        std::vector<CheckedFrame> checked = checker.check(stack);
        for (std::size_t i = 0; i < stack.size(); ++i) {
            if (!stack[i].file.empty()) frames.push_back({std::move(stack[i]), std::move(checked[i])});
        }
    }
    return frames;
}

}  // namespace culprit
