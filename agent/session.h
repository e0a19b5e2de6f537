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

    // Appends to the log, which is made if this is the first. Secrets are masked first, `secrets` by their
    // values.
    Result<> record(EventBody body);

    Result<> keep_partial(std::string_view piece);

    // Puts a text beside the session; returns the path by which tools read it, "artifacts/NAME". A name that
    // is taken gets a number.
    Result<std::string> keep(std::string_view name, std::string_view text);

    Result<> add_source(std::string_view name, const fs::path& folder);
    Result<> add_file(const fs::path& file);

    // Values that are never kept, beside those of the environment: the keys of .env.
    void set_secrets(std::vector<std::string> values) { secrets_ = std::move(values); }

    // That of the last turn. Fails with NotFound if there is none that can be taken back.
    Result<UserText> last_message() const;
    // Takes the last turn back, which there is.
    Result<> undo();

    // Lets the log go, so that it may be opened again.
    void close() { log_.reset(); }

    std::span<const Event> events() const;
    const Project& project() const { return project_; }
    const SessionPlace& place() const { return place_; }
    Workspace& workspace() { return workspace_; }
    std::string next_evidence(std::size_t ahead = 0) const;  // "E7"; `ahead`: that many after it
    std::vector<std::string> take_warnings() { return std::exchange(warnings_, {}); }

  private:
    Result<> restore(const RootAdded& root);
    Result<> record_roots_from(std::size_t first);
    void read_guidelines();
    Result<> begin();

    const Project& project_;
    Workspace& workspace_;
    const Clock& clock_;
    SessionPlace place_;
    std::optional<Log> log_;
    std::vector<RootAdded> unwritten_;  // roots that were added before there was a log
    std::vector<std::string> warnings_;
    std::vector<std::string> secrets_;
};

}  // namespace culprit
