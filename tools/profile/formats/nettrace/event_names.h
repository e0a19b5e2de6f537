// Names of the .NET runtime's events, which the files do not hold.
//
// Source  microsoft/perfview src/TraceEvent/Parsers/ClrTraceEventParser.cs, after the runtime's ClrEtwAll.man
#pragma once

#include <string>

#include "tools/profile/formats/nettrace/metadata.h"

namespace culprit {

// "GC/AllocationTick"; "Event 217" for one that is not known.
std::string event_name(const EventType& type);

}  // namespace culprit
