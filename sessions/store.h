// The sessions of a project: where their logs are, which there are, and which one a person means.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/files.h"
#include "sessions/log.h"

namespace culprit {

// The folders below the state folder that belong to one session.
struct SessionPlace {
    std::string id;
    fs::path log;        // sessions/ID.jsonl
    fs::path artifacts;  // artifacts/ID
};

struct SessionSummary {
    SessionPlace place;
    std::size_t number = 0;  // by which find() knows it: 1 is the newest, those that cannot be read count too
    std::string title;       // the first line of the first message
    std::string model;       // of the last reply
    Time started, last;
    int turns = 0;
};

class SessionStore {
  public:
    explicit SessionStore(fs::path state) : state_(std::move(state)) {}

    // A new session's place; its id begins with the time, so that ids sort as they were made. Nothing is
    // written.
    SessionPlace place_new(const Clock& clock) const;
    SessionPlace place(std::string_view id) const;

    // Newest first. A log that cannot be read is told of in `warnings` and left out.
    std::vector<SessionSummary> list(std::vector<std::string>& warnings) const;

    // By id, by the beginning of one, by its number in list(); empty: the newest.
    // Fails with NotFound, or Invalid naming the candidates if several begin so.
    Result<SessionPlace> find(std::string_view which) const;

    // A new session that begins as `from` does, up to the end of turn `turns` (0: all of it), with its
    // artefacts. Fails with Invalid if it has not so many turns.
    Result<SessionPlace> fork(const SessionPlace& from, int turns, const Clock& clock) const;

  private:
    std::vector<std::string> ids() const;  // newest first
    fs::path state_;
};

SessionSummary summarize(SessionPlace place, const Log& log);

}  // namespace culprit
