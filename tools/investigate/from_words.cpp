#include "tools/investigate/from_words.h"

#include <algorithm>

#include "base/text.h"
#include "tools/investigate/sides.h"
#include "tools/source/answer.h"

namespace culprit {
namespace {

// What would decide it, for each symptom.
std::string settle_text(Symptom symptom, bool is_dotnet) {
    const std::string_view purpose = symptom == Symptom::Memory ? "allocations"
                                     : symptom == Symptom::Cpu  ? "cpu"
                                                                : "all";
    if (is_dotnet)
        return fmt::format(
            "a trace of the load that shows it, before the change and after: collect_trace with purpose "
            "\"{}\" (dotnet-trace), "
            "then survey with both",
            purpose);
    return symptom == Symptom::Memory ? "a heap profile of the load that shows it, before the change and "
                                        "after (heaptrack, or pprof), then survey with both"
                                      : "a profile of the load that shows it, before the change and after "
                                        "(perf record -g, then perf script), then "
                                        "survey with both";
}

std::string_view cause_of(const Lead& lead) {
    const std::string_view cost = lead.marks.empty() ? "cpu" : std::string_view(lead.marks.front().cost);
    return cost == "latency" ? "wait" : cost;
}

int line_of(const Lead& lead) { return lead.marks.empty() ? lead.definition.line : lead.marks.front().line; }

std::string arguments_of(const Definition& definition) {
    const std::size_t bracket = definition.signature.find('(');
    return bracket == std::string::npos ? "" : definition.signature.substr(bracket);
}

std::string_view word(Lead::Sureness sureness) {
    return sureness == Lead::Sureness::Medium ? "medium" : "low";
}

Json definition_row(const Roots& roots, const Definition& definition, int line) {
    return {{"symbol", definition.qualified},
            {"arguments", arguments_of(definition)},
            {"file", roots.shown(definition.file)},
            {"line", line}};
}

Json lead_json(const Roots& roots, const Lead& lead, std::size_t rank) {
    Json row = definition_row(roots, lead.definition, line_of(lead));
    Json marks = Json::array(), path = Json::array();
    for (const Mark& mark : lead.marks) {
        marks.push_back({{"line", mark.line},
                         {"text", mark.text},
                         {"what", mark.what},
                         {"fix", mark.fix},
                         {"cost", mark.cost},
                         {"pattern", mark.pattern},
                         {"in_loop", mark.is_in_loop}});
    }
    for (const Hop& hop : lead.path) path.push_back(definition_row(roots, hop.definition, hop.call_line));
    row["rank"] = rank;
    row["kind"] = cause_of(lead);
    row["share"] = 0;
    row["sureness"] = word(lead.sureness);
    row["changed"] = lead.has_changed;
    row["marks"] = std::move(marks);
    row["path"] = std::move(path);
    return row;
}

void add_lead(Lines& lines, const Roots& roots, const Lead& lead, std::size_t rank) {
    lines.add(fmt::format("{}. {} ({}; sureness {}){}", rank, lead.definition.qualified, cause_of(lead),
                          word(lead.sureness), lead.has_changed ? ": changed since the other root" : ""));
    for (const Mark& mark : lead.marks) {
        lines.add(fmt::format("   {}: {}{}: {}", place_text(roots, lead.definition.file, mark.line),
                              mark.what, mark.is_in_loop ? ", in a loop" : "", one_line(mark.text, 120)));
    }
    std::vector<std::string> steps;
    for (const Hop& hop : lead.path)
        steps.push_back(fmt::format("{} ({})", hop.definition.qualified,
                                    place_text(roots, hop.definition.file, hop.call_line)));
    if (!steps.empty()) lines.add("   reached by " + join(steps, " > "));
}

}  // namespace

Result<Output> survey_sources(const std::string& about, Symptom symptom, Workbench& bench) {
    bench.progress("laying the words on the sources", -1);
    std::vector<std::string> names;
    for (const Root* root : bench.roots.sources()) names.push_back(root->name);
    const Sides sides = sides_of(names);
    const ScoutOrder order{.about = about, .symptom = symptom, .root = sides.after, .baseline = sides.before};
    TRY(const Scouted found, scout(order, bench.source, bench.stop));

    Lines lines(16000);
    lines.add(fmt::format("no profile, so nothing is measured: these are guesses from the source alone{}{}",
                          found.symptom == Symptom::Unknown ? "" : "; symptom: ", to_string(found.symptom)));
    Json entries = Json::array(), hypotheses = Json::array();
    for (const Entry& entry : found.entries) {
        lines.add(fmt::format("speaks of {} ({}): {}", entry.definition.qualified,
                              place_text(bench.roots, entry.definition.file, entry.definition.line),
                              entry.words.empty() ? "named" : join(entry.words, ", ")));
        Json row = definition_row(bench.roots, entry.definition, entry.definition.line);
        row["words"] = entry.words;
        entries.push_back(std::move(row));
    }
    if (found.entries.empty())
        lines.add("no function's name has to do with these words");
    else
        lines.add(fmt::format("walked {} functions along the calls from there{}", found.functions,
                              found.is_partial ? ", not all there are" : ""));
    for (const Lead& lead : found.leads) {
        add_lead(lines, bench.roots, lead, hypotheses.size() + 1);
        hypotheses.push_back(lead_json(bench.roots, lead, hypotheses.size() + 1));
    }
    if (found.leads.empty() && !found.entries.empty()) lines.add("nothing on the way fits the symptom");
    const bool is_dotnet =
        !found.entries.empty() && found.entries.front().definition.file.extension() == ".cs";
    const std::string settle = settle_text(found.symptom, is_dotnet);
    lines.add("what would settle it: " + settle);
    return Output{.text = lines.text("read_symbol shows a function") + partial_note(bench),
                  .data = {{"profiles", Json::array()},
                           {"symptom", to_string(found.symptom)},
                           {"entries", std::move(entries)},
                           {"functions", found.functions},
                           {"hypotheses", std::move(hypotheses)},
                           {"signs", Json::array()},
                           {"notes", Json::array()},
                           {"settle", settle}}};
}

}  // namespace culprit
