// What a run says to the shell that started it (docs/architecture.md).
#pragma once

#include "agent/loop.h"
#include "base/result.h"

namespace culprit {

enum ExitCode {
    kDone = 0,
    kFinding = 1,
    kWrongUse = 2,
    kToolFailed = 3,
    kModelFailed = 4,
    kInterrupted = 130
};

int exit_code(const Error& error);
int exit_code(TurnEnd end);

}  // namespace culprit
