#include "tools/run/thread_locks.h"

#include <algorithm>
#include <optional>

#include "base/text.h"
#include "tools/run/lock_text.h"
#include "tools/source/answer.h"
#include "tools/source/frames.h"

namespace culprit {
namespace {

constexpr int kDeepest = 3;                 // calls that may be compiled into their caller
constexpr std::size_t kMostReadings = 200;  // of one thread
constexpr int kMostMembers = 400;           // that are looked at for one thread
constexpr std::uint64_t kMostSource = 16u << 20;

std::string last_part(std::string_view name) {
    const std::size_t dot = name.rfind('.');
    return std::string(dot == std::string_view::npos ? name : name.substr(dot + 1));
}

// The lock statements in the text of a member.
struct MemberLocks {
    Definition member;
    std::vector<LockStatement> statements;

    LockPlace place(const LockStatement& statement, const Roots& roots) const {
        const std::string type = last_part(member.container);
        return {.lock = statement.object.contains('.') ? statement.object
                                                       : fmt::format("{}.{}", type, statement.object),
                .method = fmt::format("{}.{}", type, member.name),
                .place = place_text(roots, member.file, statement.line)};
    }
};

MemberLocks locks_in(Definition member) {
    MemberLocks locks{.member = std::move(member), .statements = {}};
    const auto text = read_file(locks.member.file, kMostSource);
    if (!text) return locks;
    const auto lines = split_lines(*text);
    std::string body;
    const auto first = static_cast<std::size_t>(std::max(locks.member.first_line, 1));
    const auto last = static_cast<std::size_t>(std::max(locks.member.last_line, 0));
    for (std::size_t line = first; line <= std::min(last, lines.size()); ++line)
        body += std::string(lines[line - 1]) + '\n';
    locks.statements = lock_statements(body, locks.member.first_line);
    return locks;
}

// A method as a frame, at the line from which it goes on.
std::string frame_text(const Definition& member, int line, const Roots& roots) {
    const std::size_t arguments = member.signature.find('(');
    const std::string place = place_text(roots, member.file, line);
    return fmt::format("at {}{} ({}:line {})", member.qualified,
                       arguments == std::string::npos ? "()" : member.signature.substr(arguments),
                       place.substr(0, place.rfind(':')), line);
}

// How far a stack was read: the calls that lead there, and the locks that are held by then.
struct Way {
    std::vector<LockPlace> held;
    std::vector<std::string> path;
};

// Follows calls from the outermost method on a stack inwards.
class LockReader {
  public:
    LockReader(std::uint64_t thread, const Roots& roots, SourceIndex& source)
        : thread_(thread), roots_(roots), source_(source) {}

    std::vector<LockReading> read(const std::vector<std::string>& frames) {
        std::vector<Definition> members;  // innermost first
        for (const std::string& frame : frames) {
            const FrameTargets found = resolve_frame(source_, frame);
            if (!found.targets.empty()) members.push_back(found.targets.front().definition);
        }
        if (members.empty()) return {};
        Way way;
        for (std::size_t i = members.size() - 1; i > 0; --i) {
            if (!go(members[i], members[i - 1], way, kDeepest)) way.path.clear();  // a delegate, for one
        }
        wait_in(members[0], way, kDeepest);
        return std::move(readings_);
    }

  private:
    static void add(std::vector<LockPlace>& held, LockPlace place) {
        if (std::ranges::find(held, place.place, &LockPlace::place) == held.end())
            held.push_back(std::move(place));
    }

    // The way one call further.
    Way step(const MemberLocks& locks, int line, Way way) const {
        for (const LockStatement& each : locks.statements) {
            if (each.guards(line)) add(way.held, locks.place(each, roots_));
        }
        way.path.push_back(frame_text(locks.member, line, roots_));
        return way;
    }

    // Goes from `outer` to its call of `inner`, also through methods that are on no stack; false if it does
    // not call it.
    bool go(const Definition& outer, const Definition& inner, Way& way, int depth) {
        if (looked_at_++ >= kMostMembers) return false;
        const MemberLocks locks = locks_in(outer);
        const std::vector<CallSite> sites = source_.calls_in(outer);
        for (const CallSite& site : sites) {
            if (!calls(site, inner)) continue;
            way = step(locks, site.line, std::move(way));
            return true;
        }
        for (const CallSite& site : sites) {
            if (depth == 0 || site.targets.empty()) continue;
            Way inside = step(locks, site.line, way);
            if (!go(site.targets.front().definition, inner, inside, depth - 1)) continue;
            way = std::move(inside);
            return true;
        }
        return false;
    }

    static bool calls(const CallSite& site, const Definition& member) {
        if (site.targets.empty()) return site.name == member.name;
        return std::ranges::find(site.targets, member, &Target::definition) != site.targets.end();
    }

    void wait_in(const Definition& member, const Way& way, int depth) {
        if (looked_at_++ >= kMostMembers) return;
        const MemberLocks locks = locks_in(member);
        for (const LockStatement& each : locks.statements) wait_at(locks, each, way);
        // A statement in the member itself, or in what it calls: below one of its own there may be others.
        if (depth == 0 || (!locks.statements.empty() && depth == kDeepest)) return;
        for (const CallSite& site : source_.calls_in(member)) {
            if (!site.targets.empty())
                wait_in(site.targets.front().definition, step(locks, site.line, way), depth - 1);
        }
    }

    void wait_at(const MemberLocks& locks, const LockStatement& statement, const Way& way) {
        LockReading reading{.thread = thread_,
                            .waits_for = locks.place(statement, roots_),
                            .holds = way.held,
                            .path = way.path};
        for (const LockStatement& outer : locks.statements) {
            if (outer.guards(statement)) add(reading.holds, locks.place(outer, roots_));
        }
        reading.path.push_back(frame_text(locks.member, statement.line, roots_));
        // A lock that it holds already it would not wait for.
        const bool is_held =
            std::ranges::find(reading.holds, reading.waits_for.lock, &LockPlace::lock) != reading.holds.end();
        if (!is_held && readings_.size() < kMostReadings) readings_.push_back(std::move(reading));
    }

    std::uint64_t thread_;
    const Roots& roots_;
    SourceIndex& source_;
    std::vector<LockReading> readings_;
    int looked_at_ = 0;
};

}  // namespace

std::vector<LockReading> read_locks(const std::vector<ThreadState>& threads, const Roots& roots,
                                    SourceIndex& source, std::stop_token stop) {
    std::vector<LockReading> readings;
    if (roots.sources().empty() || !source.make_current(std::move(stop))) return readings;
    for (const ThreadState& each : threads) {
        if (each.wait == ThreadWait::Lock && !each.snapshots.empty())
            std::ranges::move(LockReader(each.id, roots, source).read(each.last().frames),
                              std::back_inserter(readings));
    }
    return readings;
}

}  // namespace culprit
