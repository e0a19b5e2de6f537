#include "agent/exit_codes.h"

namespace culprit {

int exit_code(const Error& error) {
    switch (error.fault) {
        case Fault::Invalid: return kWrongUse;
        case Fault::Cancelled: return kInterrupted;
        default: return kToolFailed;
    }
}

int exit_code(TurnEnd end) {
    switch (end) {
        case TurnEnd::Answered: return kDone;
        case TurnEnd::Cancelled: return kInterrupted;
        case TurnEnd::Unread: return kToolFailed;
        case TurnEnd::Failed:
        case TurnEnd::Limited: return kModelFailed;
    }
    return kModelFailed;
}

}  // namespace culprit
