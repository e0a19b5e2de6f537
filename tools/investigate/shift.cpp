#include "tools/investigate/shift.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <unordered_map>

#include "tools/profile/names.h"
#include "tools/profile/waits.h"

namespace culprit {
namespace {

constexpr double kIdle = 0.95;             // of a thread's weight, in waits that are for no lock
constexpr double kLeastYardstick = 0.005;  // of all before: a function that costs less measures nothing
constexpr double kLeastSpread = 0.02;      // of the ratios: few functions agree by chance
constexpr double kEnoughYardstick = 0.1;   // of all before, in functions that no edit stands above
constexpr double kLeastMoved = 0.001;      // of all before
constexpr std::size_t kNearAbove = 2;      // calls between a function and an edited one that calls it

// Where a thread has nothing to do, rather than being kept from what it has to do.
bool is_parked(std::string_view name) {
    static constexpr std::array<std::string_view, 12> kParked = {
        "Thread.Join", "PortableThreadPool", "LifoSemaphore", "TimerThread", "RunFinalizers", "SocketEvents",
        "EventLoop",   "ReadStdin",          "epoll_",        "ep_poll",     "accept",        "wait4"};
    return std::ranges::any_of(kParked, [&](std::string_view part) { return name.find(part) != name.npos; });
}

bool is_lock(std::string_view name) {
    return name.find("Monitor") != name.npos || name.find("Lock") != name.npos ||
           name.find("lock") != name.npos || name.find("futex") != name.npos ||
           name.find("mutex") != name.npos;
}

// What of a side is no cost: threads that do nothing but wait, though not for a lock, and wherever others are
// parked.
struct Idle {
    std::vector<bool> threads, nodes;
};
Idle find_idle(const ShiftSide& side) {
    const Profile& profile = *side.profile;
    const std::vector<bool> waits = waiting_frames(profile);
    std::vector<bool> idles(profile.frames.size()), parks(profile.frames.size());
    for (FrameId frame = 0; frame < profile.frames.size(); ++frame) {
        const std::string_view name = bare_name(profile, frame);
        idles[frame] = waits[frame] && !is_lock(name);
        parks[frame] = waits[frame] && is_parked(name);
    }
    Idle idle{.threads = std::vector<bool>(profile.threads.size()),
              .nodes = std::vector<bool>(profile.nodes.size())};
    std::vector<bool> waits_at(profile.nodes.size());
    for (NodeId node = 1; node < profile.nodes.size(); ++node) {
        const auto [parent, frame] = profile.nodes[node];
        const bool is_marker = profile.frames[frame].kind == FrameKind::Marker;
        waits_at[node] = is_marker ? waits_at[parent] : idles[frame];
        idle.nodes[node] = is_marker ? idle.nodes[parent] : parks[frame];
    }
    std::vector<double> all(profile.threads.size()), waiting(profile.threads.size());
    for (const Cell& cell : side.metric->cells) {
        all[cell.thread] += cell.weight;
        if (waits_at[cell.node]) waiting[cell.thread] += cell.weight;
    }
    for (std::size_t i = 0; i < all.size(); ++i) idle.threads[i] = all[i] > 0 && waiting[i] >= kIdle * all[i];
    // A program in which all wait is measured by its waits.
    if (std::ranges::find(idle.threads, false) == idle.threads.end()) {
        idle.threads.assign(all.size(), false);
        idle.nodes.assign(idle.nodes.size(), false);
    }
    return idle;
}

// Both profiles as one tree of the program's own functions.
class Overlay {
  public:
    Overlay() : nodes_(1), events_(1) {}

    // Returns the weight that was taken.
    double add(const ShiftSide& side, const Idle& idle, bool is_after) {
        const Profile& profile = *side.profile;
        std::vector<std::size_t> place(profile.nodes.size());
        for (NodeId node = 1; node < profile.nodes.size(); ++node) {
            const auto [parent, frame] = profile.nodes[node];
            const std::size_t above = place[parent];
            const std::string& name = side.names[frame];
            place[node] = name.empty() ? above : child(above, function(name));
        }
        double total = 0;
        for (const Cell& cell : side.metric->cells) {
            if (idle.threads[cell.thread] || idle.nodes[cell.node]) continue;
            ShiftNode& node = nodes_[place[cell.node]];
            (is_after ? node.after : node.before) += cell.weight;
            (is_after ? events_[place[cell.node]].second : events_[place[cell.node]].first) +=
                static_cast<double>(cell.events);
            total += cell.weight;
        }
        return total;
    }

    std::vector<ShiftNode>& nodes() { return nodes_; }
    const std::vector<std::pair<double, double>>& events() const { return events_; }
    std::vector<std::string>& names() { return names_; }

  private:
    std::size_t function(const std::string& name) {
        const auto [found, is_new] = functions_.try_emplace(name, names_.size());
        if (is_new) names_.push_back(name);
        return found->second;
    }
    // A function that calls itself is one node.
    std::size_t child(std::size_t parent, std::size_t function) {
        if (parent != 0 && nodes_[parent].function == function) return parent;
        const auto next = static_cast<std::uint32_t>(nodes_.size());
        const std::uint32_t found = index_.find_or_add(hash_of(parent, function), next, [&](std::uint32_t i) {
            return nodes_[i].parent == parent && nodes_[i].function == function;
        });
        if (found == next) {
            nodes_.push_back({.parent = parent, .function = function});
            events_.emplace_back();
        }
        return found;
    }

    std::vector<ShiftNode> nodes_;
    std::vector<std::pair<double, double>> events_;  // before, after
    std::vector<std::string> names_;
    std::unordered_map<std::string, std::size_t> functions_;
    IndexTable index_;
};

// Of each function its own weight and that with all below, from the nodes.
void sum_up(Shift& shift, const std::vector<std::pair<double, double>>& events) {
    for (FunctionShift& f : shift.functions) f.before = f.after = f.before_inclusive = f.after_inclusive = 0;
    std::vector<std::pair<double, double>> below(shift.nodes.size());
    std::vector<Node> tree;
    for (std::size_t i = shift.nodes.size(); i-- > 0;) {
        below[i].first += shift.nodes[i].before;
        below[i].second += shift.nodes[i].after;
        if (i == 0) break;
        below[shift.nodes[i].parent].first += below[i].first;
        below[shift.nodes[i].parent].second += below[i].second;
    }
    for (const ShiftNode& node : shift.nodes)
        tree.push_back({static_cast<NodeId>(node.parent), static_cast<FrameId>(node.function)});
    std::vector<int> on_path(shift.functions.size());
    walk(
        tree,
        [&](NodeId id) {
            FunctionShift& f = shift.functions[tree[id].frame];
            f.before += shift.nodes[id].before;
            f.after += shift.nodes[id].after;
            f.events_before += events[id].first;
            f.events_after += events[id].second;
            if (on_path[tree[id].frame]++ > 0) return;
            f.before_inclusive += below[id].first;
            f.after_inclusive += below[id].second;
        },
        [&](NodeId id) { --on_path[tree[id].frame]; });
}

// For each function whether an edited one calls it, over at most kNearAbove calls.
std::vector<bool> below_edits(const Shift& shift, const std::vector<bool>& touched) {
    std::vector<bool> below(shift.functions.size());
    for (std::size_t i = 1; i < shift.nodes.size(); ++i) {
        std::size_t above = shift.nodes[i].parent;
        for (std::size_t step = 0; step < kNearAbove && above != 0;
             ++step, above = shift.nodes[above].parent) {
            if (touched[shift.nodes[above].function]) below[shift.nodes[i].function] = true;
        }
    }
    return below;
}

using Weighted = std::vector<std::pair<double, double>>;  // value, weight

// The value at which half of the weight lies below.
double weighted_median(Weighted values) {
    double all = 0;
    for (const auto& [value, weight] : values) all += weight;
    std::ranges::sort(values);
    double sum = 0;
    for (const auto& [value, weight] : values) {
        sum += weight;
        if (sum >= all / 2) return value;
    }
    return 1;
}

// How much of what it cost before, as shares, an untouched function costs after, and how far that differs.
struct Yardstick {
    double ratio = 1, spread = kLeastSpread;
};
Yardstick median_of(const Weighted& ratios) {
    Yardstick found{.ratio = weighted_median(ratios)};
    Weighted deviations;
    for (const auto& [ratio, weight] : ratios)
        deviations.emplace_back(std::abs(ratio / found.ratio - 1), weight);
    found.spread = std::max(weighted_median(std::move(deviations)), kLeastSpread);
    return found;
}

// Big functions count more, but not by their size.
Yardstick yardstick(const Shift& shift, const ShiftRules& rules) {
    std::vector<bool> touched(shift.functions.size());
    for (std::size_t i = 0; i < touched.size(); ++i) touched[i] = rules.is_touched(shift.functions[i].name);
    const std::vector<bool> below = below_edits(shift, touched);
    for (const bool only_far : {true, false}) {
        Weighted ratios;
        double covered = 0;
        for (std::size_t i = 0; i < shift.functions.size(); ++i) {
            const FunctionShift& f = shift.functions[i];
            if (touched[i] || (only_far && below[i]) || f.before < kLeastYardstick || f.after <= 0) continue;
            ratios.emplace_back(f.after / f.before, std::sqrt(f.before));
            covered += f.before;
        }
        if (covered >= kEnoughYardstick || (!only_far && !ratios.empty())) return median_of(ratios);
    }
    return {};
}

// What a function lost to those that it calls, or they to it, is no growth, and no loss.
void cancel_below(Shift& shift) {
    std::vector<double> gained(shift.nodes.size()), lost(shift.nodes.size());  // by its children
    for (std::size_t i = 1; i < shift.nodes.size(); ++i) {
        const double change = shift.nodes[i].after - shift.nodes[i].before;
        shift.nodes[i].grew = std::max(change, 0.0);
        shift.nodes[i].shrank = std::max(-change, 0.0);
        if (shift.nodes[i].parent != 0)
            (change > 0 ? gained : lost)[shift.nodes[i].parent] += std::abs(change);
    }
    // What is left of the gains and losses of each one's children.
    std::vector<double> kept_gain(shift.nodes.size(), 1), kept_loss(shift.nodes.size(), 1);
    for (std::size_t i = 1; i < shift.nodes.size(); ++i) {
        ShiftNode& node = shift.nodes[i];
        if (const double moved = std::min(node.grew, lost[i]); moved > 0) {
            node.grew -= moved;
            kept_loss[i] = 1 - moved / lost[i];
            shift.cancelled += moved;
        }
        if (const double moved = std::min(node.shrank, gained[i]); moved > 0) {
            node.shrank -= moved;
            kept_gain[i] = 1 - moved / gained[i];
            shift.cancelled += moved;
        }
    }
    for (std::size_t i = 1; i < shift.nodes.size(); ++i) {
        shift.nodes[i].grew *= kept_gain[shift.nodes[i].parent];
        shift.nodes[i].shrank *= kept_loss[shift.nodes[i].parent];
    }
}

// Of one function several paths may have grown and others shrunk: together they did what they did.
void net_functions(Shift& shift) {
    for (std::size_t i = 1; i < shift.nodes.size(); ++i) {
        shift.functions[shift.nodes[i].function].grew += shift.nodes[i].grew;
        shift.functions[shift.nodes[i].function].shrank += shift.nodes[i].shrank;
    }
    std::vector<double> factor;
    for (FunctionShift& f : shift.functions) {
        const double grew = std::clamp(f.after - f.before, 0.0, f.grew);
        factor.push_back(f.grew > 0 ? grew / f.grew : 0);
        f.grew = grew;
        f.shrank = std::clamp(f.before - f.after, 0.0, f.shrank);
    }
    for (std::size_t i = 1; i < shift.nodes.size(); ++i)
        shift.nodes[i].grew *= factor[shift.nodes[i].function];
}

// What a function lost as its code went to another is no growth of that one.
void cancel_moved(Shift& shift, const ShiftRules& rules) {
    std::vector<std::size_t> losers, winners;
    for (std::size_t i = 0; i < shift.functions.size(); ++i) {
        const FunctionShift& f = shift.functions[i];
        if (!rules.is_touched(f.name)) continue;
        if (f.shrank > kLeastMoved) losers.push_back(i);
        if (f.grew > kLeastMoved) winners.push_back(i);
    }
    std::vector<double> factor(shift.functions.size(), 1);
    for (const std::size_t from : losers) {
        double left = shift.functions[from].shrank;
        for (const std::size_t to : winners) {
            FunctionShift& winner = shift.functions[to];
            if (winner.grew <= 0 || !rules.has_moved(shift.functions[from].name, winner.name)) continue;
            const double moved = std::min(left, winner.grew);
            factor[to] *= 1 - moved / winner.grew;
            winner.grew -= moved;
            left -= moved;
            shift.cancelled += moved;
        }
    }
    for (std::size_t i = 1; i < shift.nodes.size(); ++i)
        shift.nodes[i].grew *= factor[shift.nodes[i].function];
}

void add_noise(Shift& shift) {
    for (FunctionShift& f : shift.functions) {
        const auto squared = [](double weight, double events) {
            return events > 0 ? weight * weight / events : 0;
        };
        f.noise = std::sqrt(squared(f.before, f.events_before) + squared(f.after, f.events_after));
    }
}

}  // namespace

Result<Shift> find_shift(const ShiftSide& before, const ShiftSide& after, const ShiftRules& rules) {
    Shift shift;
    Overlay overlay;
    const Idle idle_before = find_idle(before), idle_after = find_idle(after);
    double total_before = overlay.add(before, idle_before, false);
    double total_after = overlay.add(after, idle_after, true);
    if (total_before <= 0 || total_after <= 0) {
        return fail(Fault::Invalid, "the profile {} has nothing of the metric '{}' to compare",
                    total_before <= 0 ? "before" : "after", before.metric->name);
    }
    shift.idle_before = static_cast<std::size_t>(std::ranges::count(idle_before.threads, true));
    shift.idle_after = static_cast<std::size_t>(std::ranges::count(idle_after.threads, true));
    shift.nodes = std::move(overlay.nodes());
    for (std::string& name : overlay.names()) shift.functions.push_back({.name = std::move(name)});
    for (const auto& [b, a] : overlay.events()) shift.events_before += b, shift.events_after += a;

    const bool by_work = before.work > 0 && after.work > 0;
    if (by_work) total_after = total_before / before.work * after.work;
    for (ShiftNode& node : shift.nodes) node.before /= total_before, node.after /= total_after;
    sum_up(shift, overlay.events());
    if (!by_work) {
        const Yardstick untouched = yardstick(shift, rules);
        shift.scale = 1 / std::clamp(untouched.ratio, 0.01, 100.0);
        shift.uncertainty = untouched.spread;
        for (ShiftNode& node : shift.nodes) node.after *= shift.scale;
        for (FunctionShift& f : shift.functions) f.after *= shift.scale, f.after_inclusive *= shift.scale;
    }
    add_noise(shift);
    cancel_below(shift);
    net_functions(shift);
    cancel_moved(shift, rules);
    return shift;
}

}  // namespace culprit
