// A session as it runs: its log, and what it may read.
#pragma once

#include <optional>
#include <string_view>

#include "agent/project.h"
#include "sessions/log.h"
#include "sessions/store.h"

namespace culprit {

class Session {
  public:
    // Nothing is written before the first event.
    Session(const Project& project, Workspace& workspace, const Clock& clock);

    // Goes on with the session at `place` instead: its roots are added to the workspace (one that is gone is
    // told of in warnings()), calls that a crash left without a result get one that says so.
    Result<> resume(SessionPlace place);

    // Appends to the log, which is made if this is the first.
    Result<> record(EventBody body);

    Result<> keep_partial(std::string_view piece) { return log_->keep_partial(piece); }

    Result<> add_source(std::string_view name, const fs::path& folder);
    Result<> add_file(const fs::path& file);

    std::span<const Event> events() const;
    const SessionPlace& place() const { return place_; }
    Workspace& workspace() { return workspace_; }
    std::string next_evidence(std::size_t ahead = 0) const;  // "E7"; `ahead`: that many after it
    std::vector<std::string> take_warnings() { return std::exchange(warnings_, {}); }

  private:
    Result<> restore(const RootAdded& root);
    Result<> record_roots_from(std::size_t first);
    Result<> begin();

    const Project& project_;
    Workspace& workspace_;
    const Clock& clock_;
    SessionPlace place_;
    std::optional<Log> log_;
    std::vector<RootAdded> unwritten_;  // roots that were added before there was a log
    std::vector<std::string> warnings_;
};

}  // namespace culprit
