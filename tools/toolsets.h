// Tools that a model is told of in full only once it needs them. With all tools explained, a request is three
// times as long, and models choose worse among fifty tools than among fifteen. A call of a tool whose set is
// closed works like any other.
#pragma once

#include <string_view>
#include <vector>

namespace culprit {

struct Toolset {
    std::string_view name, about;
    std::vector<std::string_view> tools;
};

// Of the built-in tools those that are not needed for most questions; each stands in one set.
const std::vector<Toolset>& toolsets();

// The set that the tool stands in; null for one that is always offered.
const Toolset* toolset_of(std::string_view tool);

}  // namespace culprit
