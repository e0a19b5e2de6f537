// The log of one session: append-only, one event a line, written before the program acts on it.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/files.h"
#include "sessions/event.h"

namespace culprit {

// After a crash the file says what was about to happen and, with the partial file beside it, all that had
// been shown: the text of a reply that is still coming goes to ID.partial before it is shown, and into the
// log when the reply is whole. A last line that was torn is left as it is and passed over, as is an event of
// a type that this version does not know. One process at a time writes a session (flock). Not thread-safe.
//
// What a summary stands for is kept on disk alone, so that memory and the time to open a session follow the
// model's window, not the session's age: events() then begins with the start, the roots and the summary.
class Log {
  public:
    // A new session; `file` must not exist. The file is private to its owner.
    static Result<Log> create(const fs::path& file, SessionStarted start, const Clock& clock);
    // To go on with. Fails with NotFound, Unavailable if another process writes it, Corrupt if it does not
    // begin as a log. A reply that was cut short is closed as Cancelled.
    static Result<Log> open(const fs::path& file, const Clock& clock);
    // To look at only: needs no lock and changes nothing. All events, those before a summary too.
    static Result<Log> read(const fs::path& file);
    // The same, from the last summary on.
    static Result<Log> read_tail(const fs::path& file);

    // On disk, then in events(). Fails as write_all does; the event is then in neither. After Undone the last
    // turn is on disk alone; the ids of its results are not given again.
    Result<> append(EventBody body);

    // Text of the reply that is coming, before it is shown.
    Result<> keep_partial(std::string_view piece);

    const std::vector<Event>& events() const { return events_; }
    const std::vector<std::string>& warnings() const { return warnings_; }  // of reading it
    const SessionStarted& start() const { return std::get<SessionStarted>(events_.front().body); }
    const fs::path& file() const { return file_; }

    // Of the whole log, what events() no longer holds too.
    std::size_t evidence_count() const { return evidence_; }  // tool results
    int turns() const { return turns_; }                      // messages of the person
    const std::string& first_message() const { return first_message_; }

  private:
    Log(fs::path file, Descriptor fd, const Clock* clock)
        : file_(std::move(file)), fd_(std::move(fd)), clock_(clock) {}
    enum class Part { Whole, Tail };
    Result<> load(Part part);
    void load_line(std::string_view line, std::size_t number);
    void pass_over(std::string_view line, std::size_t number);
    void count(const Event& event);
    void forget_before_summary();
    void forget_last_turn();
    std::string size_now() const;
    Result<> close_cut_reply();
    void clear_partial();
    fs::path partial_file() const;

    fs::path file_;
    Descriptor fd_;
    Descriptor partial_;
    const Clock* clock_ = nullptr;  // null: read only
    std::vector<Event> events_;
    std::vector<std::string> warnings_;
    std::size_t evidence_ = 0;
    int turns_ = 0;
    std::string first_message_;
    bool ends_in_the_middle_ = false;  // the file's last line has no end
};

// The calls of replies that have no result, oldest first: a crash came between.
std::vector<ToolCall> open_calls(std::span<const Event> events);

}  // namespace culprit
