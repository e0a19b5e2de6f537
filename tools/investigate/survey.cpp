// survey: the investigator's hypotheses, ranked, with what speaks for each. The plan is that of the
// investigator; here the tools are run one after another, without a model.
#include <algorithm>
#include <deque>

#include "base/text.h"
#include "tools/args.h"
#include "tools/investigate/from_words.h"
#include "tools/investigate/hypotheses.h"
#include "tools/investigate/inquiry.h"
#include "tools/investigate/kinds.h"
#include "tools/investigate/sides.h"
#include "tools/investigate/tools.h"
#include "tools/source/answer.h"

namespace culprit {
namespace {

// Runs the tools itself; evidence is the call: "profile_diff 3".
class DirectInquiry : public Inquiry {
  public:
    explicit DirectInquiry(Workbench& bench) : bench_(bench) {
        bench_.progress = [](std::string_view, double) {};
        for (const Root* root : bench.roots.sources()) sources_.push_back(root->name);
    }

    const ToolResult* ask(std::string_view tool, const Json& arguments) override {
        const std::string text = dump_json(arguments);
        const auto known = std::ranges::find_if(
            known_, [&](const Known& each) { return each.result.tool == tool && each.arguments == text; });
        if (known != known_.end()) return &known->result;
        known_.push_back({text, {.tool = std::string(tool), .evidence = std::string(tool)}});
        ToolResult& result = known_.back().result;
        auto output = run(tool, arguments);
        if (output) {
            result.text = std::move(output->text);
            result.data = std::move(output->data);
            return &result;
        }
        if (output.error().fault == Fault::Cancelled) cancelled_ = true;
        result.fault = to_string(output.error().fault);
        result.text = std::move(output.error().what);
        return &result;
    }
    bool is_waiting() const override { return cancelled_; }
    const std::vector<std::string>& sources() const override { return sources_; }

  private:
    struct Known {
        std::string arguments;
        ToolResult result;
    };

    Result<Output> run(std::string_view tool, const Json& arguments) {
        if (cancelled_ || bench_.stop.stop_requested()) return std::unexpected(cancelled());
        const Tool* row = find_tool(tool);
        if (!row) return fail(Fault::Internal, "there is no tool {}", tool);
        TRY(const Args args, check_arguments(*row, arguments));
        return row->run(args, bench_);
    }

    Workbench bench_;  // the same parts; what the tools do is told as a whole
    std::vector<std::string> sources_;
    std::deque<Known> known_;
    bool cancelled_ = false;
};

std::string text_of_line(const Suspect& suspect) {
    const auto line = std::ranges::find(suspect.place->body, suspect.cost_line, &SourceLine::number);
    return line == suspect.place->body.end() ? "" : std::string(trim(line->text));
}

std::string fate_text(const Suspect& suspect) {
    if (!suspect.baseline) return "";
    if (suspect.baseline->body.empty()) return "";
    const std::size_t added = new_lines(suspect.place->body, suspect.baseline->body).size();
    const std::size_t gone = new_lines(suspect.baseline->body, suspect.place->body).size();
    if (added + gone == 0) return fmt::format("the same text as in {}", suspect.baseline->file);
    return fmt::format("{} lines new and {} gone since {}", added, gone, suspect.baseline->file);
}

void add_hypothesis(Lines& lines, const Suspect& suspect, std::size_t rank, bool compared) {
    std::vector<std::string> costs;
    for (const Cost& cost : suspect.costs)
        costs.push_back(fmt::format("{} [{}]", cost_text(cost, compared), cost.evidence));
    lines.add(fmt::format("{}. {} ({}): {}", rank, plain_symbol(suspect.name), cause_of(suspect),
                          join(costs, "; ")));
    if (suspect.rise)
        lines.add(fmt::format(
            "   its share rises while the program runs: {} in the first third, {} in the last [{}]",
            percent(suspect.rise->first), percent(suspect.rise->last), suspect.rise->evidence));
    std::vector<std::string> leaves;
    for (const Leaf& leaf : suspect.leaves) {
        if (leaf.share >= 0.05 && leaves.size() < 3)
            leaves.push_back(fmt::format("{} in {}", percent(leaf.share), leaf.name));
    }
    const CostKind* kind = cost_kind(suspect);
    if (!leaves.empty())
        lines.add(
            fmt::format("   {}of it {}", kind ? fmt::format("{}; ", kind->what) : "", join(leaves, ", ")));
    if (!suspect.place) {
        lines.add("   not in the source roots");
        return;
    }
    lines.add(fmt::format("   {}:{}: {}", suspect.place->file, suspect.cost_line, text_of_line(suspect)));
    if (const std::string fate = fate_text(suspect); !fate.empty()) lines.add("   " + fate);
    for (const Finding& finding : suspect.findings)
        lines.add(fmt::format("   {}:{}: {}. {}", finding.file, finding.line, finding.title, finding.fix));
    const std::string rules = rules_text(suspect.broken);
    for (const std::string_view rule : split_lines(rules)) lines.add(fmt::format("   {}", rule));
    if (suspect.path.empty()) return;
    std::vector<std::string> steps;
    for (const Step& step : suspect.path)
        steps.push_back(fmt::format("{} ({}:{})", step.symbol, step.file, step.line));
    lines.add("   reached by " + join(steps, " > "));
}

Json rules_json(const Suspect& suspect) {
    Json rules = Json::array();
    for (const ProjectRule& rule : suspect.broken)
        rules.push_back({{"file", rule.file}, {"line", rule.line}, {"text", rule.text}});
    return rules;
}

Json hypothesis_json(const Suspect& suspect, std::size_t rank) {
    Json costs = Json::array(), leaves = Json::array(), findings = Json::array(), path = Json::array();
    for (const Cost& cost : suspect.costs) {
        const Cost::Part sum = cost.sum();
        costs.push_back({{"metric", is_time(*cost.dimension) ? "samples" : cost.dimension->metric},
                         {"before", sum.before},
                         {"after", sum.after},
                         {"explains", sum.explains}});
    }
    for (const Leaf& leaf : suspect.leaves) leaves.push_back({{"name", leaf.name}, {"share", leaf.share}});
    for (const Finding& finding : suspect.findings) {
        findings.push_back(
            {{"file", finding.file}, {"line", finding.line}, {"title", finding.title}, {"fix", finding.fix}});
    }
    for (const Step& step : suspect.path)
        path.push_back({{"symbol", step.symbol}, {"file", step.file}, {"line", step.line}});
    return {{"rank", rank},
            {"kind", cause_of(suspect)},
            {"symbol", plain_symbol(suspect.name)},
            {"file", suspect.place ? suspect.place->file : ""},
            {"line", suspect.cost_line},
            {"share", suspect.costs.empty() ? 0 : suspect.costs.front().sum().explains},
            {"costs", std::move(costs)},
            {"leaves", std::move(leaves)},
            {"findings", std::move(findings)},
            {"rules", rules_json(suspect)},
            {"path", std::move(path)}};
}

Result<Output> run_survey(const Args& args, Workbench& bench) {
    std::vector<std::string> profiles = args.list("profiles");
    if (profiles.empty() && !args.text("about").empty())
        return survey_sources(args.text("about"), symptom_called(args.text("symptom")), bench);
    if (profiles.empty() || profiles.size() > 2)
        return fail(
            Fault::Invalid,
            "name one profile, or two: before and after; or, without any, say in `about` what is slow");
    if (profiles.size() == 2 && change_side(profiles[0]) > change_side(profiles[1]))
        std::swap(profiles[0], profiles[1]);
    bench.progress("asking the tools one after another", -1);
    DirectInquiry inquiry(bench);
    auto found = measure(inquiry, profiles);
    const bool located = found && locate(inquiry, found->suspects);
    if (!located) return std::unexpected(cancelled());
    if (found->profiles.empty())
        return fail(Fault::Invalid, "no profile could be read: {}", join(found->problems, "; "));

    const bool compared = found->profiles.size() == 2;
    Lines lines(16000);
    for (const std::string& line : found->descriptions) lines.add(line);
    for (const std::string& sign : found->signs) lines.add(sign);
    if (found->suspects.empty()) lines.add("no method of the program itself stands out");
    Json hypotheses = Json::array();
    for (const Suspect& suspect : found->suspects) {
        add_hypothesis(lines, suspect, hypotheses.size() + 1, compared);
        hypotheses.push_back(hypothesis_json(suspect, hypotheses.size() + 1));
    }
    for (const std::string& problem : found->problems) lines.add("note: " + problem);
    return Output{.text = lines.text("the tools in brackets show more"),
                  .data = {{"profiles", found->profiles},
                           {"hypotheses", std::move(hypotheses)},
                           {"signs", found->signs},
                           {"notes", found->problems}}};
}

}  // namespace

Tool survey_tool() {
    return {
        "survey",
        "survey",
        "Say what is most likely wrong in one profile, or two of the same load: hypotheses ranked by the "
        "share of time, "
        "allocations, waits and exceptions that they explain, each with the line that costs, what "
        "changed there, its pattern "
        "and the way that leads there. Ask it first; test what it says with the tools it names. Without a "
        "profile, `about` "
        "is laid on the sources: guesses along the calls from what it speaks of.",
        Effect::Reads,
        {{"profiles", Kind::Paths, "one profile, or two: before and after", ""},
         {"about", Kind::String, "without a profile: what is slow, in words", ""},
         {"symptom",
          Kind::String,
          "without a profile: what there is too much of; empty: as the words have it",
          "",
          {"", "memory", "cpu", "latency"}}},
        run_survey,
        "survey before.nettrace after.nettrace --root before=old --root after=new"};
}

}  // namespace culprit
