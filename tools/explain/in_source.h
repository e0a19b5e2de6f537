// What the sources have to say of a name in somebody's report.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tools/source/frames.h"
#include "tools/source/patterns.h"
#include "tools/tool.h"

namespace culprit {

struct InSource {
    Definition definition;
    Certainty certainty = Certainty::Exact;
    std::vector<PatternHit> hits;  // anti-patterns in its text
};

// Looks names up in the source roots, one after the other. For one call of a tool.
class SourceLook {
  public:
    explicit SourceLook(Workbench& bench) : bench_(bench), finder_(PatternFilter{}) {}

    // The definition that a frame means, if the roots have it.
    std::optional<InSource> find(std::string_view frame);
    bool has_sources() const { return !bench_.roots.sources().empty(); }

    // Lines for people: where it is, and each anti-pattern with its remedy.
    std::string text(const InSource& found, std::string_view indent) const;
    Json json(const InSource& found) const;

  private:
    Workbench& bench_;
    PatternFinder finder_;
};

}  // namespace culprit
