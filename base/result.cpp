#include "base/result.h"

namespace culprit {

std::string_view to_string(Fault fault) {
    switch (fault) {
        case Fault::Invalid: return "invalid";
        case Fault::NotFound: return "not_found";
        case Fault::Denied: return "denied";
        case Fault::TimedOut: return "timed_out";
        case Fault::Unavailable: return "unavailable";
        case Fault::Corrupt: return "corrupt";
        case Fault::Cancelled: return "cancelled";
        case Fault::Internal: return "internal";
        case Fault::TooLarge: return "too_large";
    }
    return "internal";
}

}  // namespace culprit
