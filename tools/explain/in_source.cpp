#include "tools/explain/in_source.h"

#include "base/text.h"
#include "tools/source/answer.h"

namespace culprit {

std::optional<InSource> SourceLook::find(std::string_view frame) {
    if (!has_sources()) return std::nullopt;
    const FrameTargets targets = resolve_frame(bench_.source, frame);
    if (targets.targets.empty()) return std::nullopt;
    const Target& best = targets.targets.front();
    InSource found{best.definition, best.certainty, {}};
    if (auto hits = finder_.find_in(best.definition)) found.hits = *std::move(hits);
    return found;
}

std::string SourceLook::text(const InSource& found, std::string_view indent) const {
    const Definition& d = found.definition;
    std::string text =
        fmt::format("{}in the source: {} {}{}\n", indent, place_text(bench_.roots, d.file, d.line),
                    d.qualified, certainty_mark(found.certainty));
    for (const PatternHit& hit : found.hits) {
        text += fmt::format("{}line {}: {} {} Remedy: {}\n", indent, hit.line, hit.pattern->title,
                            hit.pattern->why, hit.pattern->fix);
    }
    return text;
}

Json SourceLook::json(const InSource& found) const {
    Json json = definition_json(bench_.roots, found.definition);
    json["certainty"] = to_string(found.certainty);
    json["patterns"] = Json::array();
    for (const PatternHit& hit : found.hits)
        json["patterns"].push_back({{"id", hit.pattern->id}, {"line", hit.line}, {"fix", hit.pattern->fix}});
    return json;
}

}  // namespace culprit
