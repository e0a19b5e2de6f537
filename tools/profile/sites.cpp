#include "tools/profile/sites.h"

#include <algorithm>

#include "tools/profile/names.h"

namespace culprit {
namespace {

// Modules of the runtime and its class library: code that a program calls rather than is.
bool is_platform(std::string_view module) {
    return module.starts_with("System.") || module == "System" || module.starts_with("Microsoft.") ||
           module == "mscorlib" || module == "netstandard";
}

class Methods {
  public:
    Methods(const Profile& profile, const std::vector<bool>& own) : profile_(profile), own_(own) {}

    // The innermost frame that counts as the program's own, else the innermost of all; false if there is
    // none.
    bool find(NodeId node, FrameId& found) const {
        if (node == kRootNode) return false;
        found = profile_.nodes[node].frame;
        for (; node != kRootNode; node = profile_.nodes[node].parent) {
            const FrameId frame = profile_.nodes[node].frame;
            if (!counts(frame)) continue;
            found = frame;
            return true;
        }
        return true;
    }

  private:
    bool counts(FrameId id) const {
        if (!own_.empty()) return own_[id];
        const Frame& frame = profile_.frames[id];
        return frame.kind == FrameKind::Managed && !is_platform(profile_.text(frame.module));
    }

    const Profile& profile_;
    const std::vector<bool>& own_;
};

std::vector<SiteSum> sorted(std::map<std::pair<std::string, std::string>, SiteSum> sums) {
    std::vector<SiteSum> list;
    for (auto& [key, sum] : sums) list.push_back(std::move(sum));
    std::ranges::stable_sort(list, std::ranges::greater(), &SiteSum::weight);
    return list;
}

}  // namespace

Sites sites_of(const Profile& profile, const std::vector<Cell>& cells, const std::vector<bool>& own) {
    const Methods methods(profile, own);
    std::map<std::pair<std::string, std::string>, SiteSum> details, places, both;
    for (const Cell& cell : cells) {
        FrameId frame = 0;
        const bool has_frame = methods.find(cell.node, frame);
        const std::string detail(profile.text(cell.detail));
        const std::string method = has_frame ? profile.full_name(frame) : "(no stack)";
        const std::string shown = has_frame ? shown_name(profile, frame) : method;
        const auto add = [&](auto& sums, const std::string& d, const std::string& m, const std::string& s) {
            SiteSum& sum = sums[{d, m}];
            sum.detail = d;
            sum.method = m;
            sum.shown = s;
            sum.weight += cell.weight;
            sum.events += cell.events;
        };
        add(details, detail, "", "");
        add(places, "", method, shown);
        add(both, detail, method, shown);
    }
    return {sorted(std::move(details)), sorted(std::move(places)), sorted(std::move(both))};
}

}  // namespace culprit
