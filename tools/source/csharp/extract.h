// The facts of a C# file.
#pragma once

#include <stop_token>
#include <string_view>

#include "tools/source/segment.h"
#include "tools/source/syntax.h"

namespace culprit::csharp {

// Adds the facts of `text` to the file that `out` has open. What does not parse is marked (facts::Broken) and
// what can be had around it is taken. Fails as Parser::parse does.
Result<> extract(Parser& parser, std::string_view text, SegmentBuilder& out, std::stop_token stop);

// Adds the <Using Include="…"> items of a project file, as global using directives.
void extract_project(std::string_view text, SegmentBuilder& out);

}  // namespace culprit::csharp
