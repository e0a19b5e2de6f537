#include <nlohmann/json.hpp>

#include "tools/jobs/report/report.h"

namespace culprit {
namespace {

Json json_of(const JobInfo& info) {
    return {{"id", info.id},
            {"uuid", info.uuid},
            {"title", info.title},
            {"product", info.product},
            {"version", info.version},
            {"branch", info.branch},
            {"hardware", info.hardware},
            {"ended", info.ended},
            {"local", info.local}};
}

double round4(double value) { return std::round(value * 1e4) / 1e4; }

Json json_of(const Judged& judged, const Comparison& comparison) {
    const Test& test = comparison.test(judged);
    Json result = {{"test", comparison.name(judged)},
                   {"verdict", to_string(judged.change)},
                   {"change_pct", round4(100 * judged.share)},
                   {"change_low_pct", round4(100 * judged.low)},
                   {"change_high_pct", round4(100 * judged.high)},
                   {"slowdown_pct", round4(100 * judged.slowdown)},
                   {"severity", to_string(judged.severity)},
                   {"confidence", round4(judged.probability)},
                   {"confidence_level", to_string(judged.confidence)},
                   {"window", {judged.from, judged.to}},
                   {"consistency", round4(judged.consistency)},
                   {"noise_pct", round4(100 * judged.noise)},
                   {"points", judged.points},
                   {"history", judged.history}};
    if (comparison.is_acknowledged(judged)) result["acknowledged"] = true;
    if (judged.change == Outcome::Unchanged) return result;
    result["group"] = test.group;
    result["tag"] = test.name;
    result["load"] = test.load;
    result["metric"] = test.metric;
    result["unit"] = test.unit;
    result["less_better"] = test.better == Better::Less;
    return result;
}

Json json_of(const SourceCauses& causes) {
    Json suspects = Json::array();
    for (const SuspectedEdit& suspect : causes.suspects) {
        suspects.push_back({{"symbol", suspect.symbol},
                            {"file", suspect.file},
                            {"line", suspect.line},
                            {"why", suspect.why}});
    }
    return {{"from", causes.from},
            {"to", causes.to},
            {"measured", causes.is_measured},
            {"edits", causes.edits},
            {"suspects", std::move(suspects)},
            {"note", causes.note}};
}

Json picked(const std::vector<std::string>& names, const std::vector<std::size_t>& tests) {
    Json list = Json::array();
    for (const std::size_t test : tests) list.push_back(names[test]);
    return list;
}

}  // namespace

Json result_json(const Comparison& comparison, const Ruling& ruling) {
    const Detection& detection = comparison.detection;
    Json results = Json::array(), not_judged = Json::array(), common = Json::array(), history = Json::array();
    for (const Judged& judged : detection.judged) results.push_back(json_of(judged, comparison));
    for (const NotJudged& each : detection.not_judged) {
        not_judged.push_back({{"test", comparison.names[each.candidate]}, {"why", each.why}});
    }
    for (const CommonTrait& trait : ruling.common) {
        common.push_back({{"what", trait.what},
                          {"value", trait.value},
                          {"regressed", trait.regressed},
                          {"tests", trait.tests},
                          {"times", round4(trait.times)}});
    }
    for (const Job& job : comparison.history) history.push_back(json_of(job.info));
    return {{"version", 2},
            {"verdict", to_string(ruling.verdict)},
            {"why", ruling.why},
            {"baseline", json_of(comparison.baseline.info)},
            {"candidate", json_of(comparison.candidate.info)},
            {"history", std::move(history)},
            {"counts",
             {{"judged", detection.judged.size()},
              {"regressed", ruling.regressions.size()},
              {"improved", ruling.improvements.size()},
              {"not_judged", detection.not_judged.size()},
              {"new", detection.appeared.size()},
              {"vanished", detection.vanished.size()}}},
            {"shift_pct", round4(100 * detection.shift)},
            {"results", std::move(results)},
            {"not_judged", std::move(not_judged)},
            {"new", picked(comparison.names, detection.appeared)},
            {"vanished", picked(test_names(comparison.baseline), detection.vanished)},
            {"common", std::move(common)},
            {"sources", json_of(comparison.causes)},
            {"notes", comparison.notes}};
}

}  // namespace culprit
