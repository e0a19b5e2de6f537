// What the tools that keep or send something say before they do: the command as a person would type it, and
// the files and the network that it needs. culprit does it itself; nothing is started.
#pragma once

#include "tools/tool.h"

namespace culprit {

Result<Plan> plan_jobs_compare(const Args& args, Workbench& bench);
Result<Plan> plan_jobs_acknowledge(const Args& args, Workbench& bench);
Result<Plan> plan_jobs_pin(const Args& args, Workbench& bench);

}  // namespace culprit
