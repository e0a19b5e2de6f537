// Events by what they were about and where they happened: allocations by type, waits by lock, exceptions by
// type.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "tools/profile/analysis.h"

namespace culprit {

struct SiteSum {
    std::string detail;  // the type or the lock; empty if the event had none
    std::string
        method;  // exact: the innermost method that is neither of the runtime nor of its class library
    std::string shown;
    double weight = 0;
    std::uint64_t events = 0;
};

// The heaviest first.
struct Sites {
    std::vector<SiteSum> details;  // by detail alone
    std::vector<SiteSum> methods;  // by method alone
    std::vector<SiteSum> both;
};

// `own` as in Selection: if it is not empty, the innermost frame that it has is the method.
Sites sites_of(const Profile& profile, const std::vector<Cell>& cells, const std::vector<bool>& own);

}  // namespace culprit
