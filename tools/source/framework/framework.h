// What .NET itself declares, so that types flow through what programs call there: types, bases and members of
// its most used namespaces, made from the reference assemblies of an SDK by scripts/framework_types.cs, built
// into the program.
#pragma once

#include <memory>

#include "tools/source/root_index.h"

namespace culprit {

// Parsed when first asked for; kept in `store` (the folder of all indexes; empty: not kept), from where it is
// mapped the next time. Null only if what is built in cannot be parsed, which the tests rule out.
std::unique_ptr<LiveSegment> dotnet_framework(const fs::path& store);

}  // namespace culprit
