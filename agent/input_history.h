// What was typed in a project: the messages of all sessions, and the one that is being typed.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/files.h"

namespace culprit {

// A file with a message a line, as JSON texts, private to its owner; its folder is made when there is
// something to keep. Beside it, "draft.PID", lies what is being typed. Two processes may use it at once.
// Nothing fails: without a history people type all the same.
class InputHistory {
  public:
    static constexpr std::size_t kMostMessages = 2000;

    // An empty path keeps nothing.
    explicit InputHistory(fs::path file);
    ~InputHistory();
    InputHistory(const InputHistory&) = delete;
    InputHistory& operator=(const InputHistory&) = delete;

    // Oldest first; drafts of processes that are gone become the last of them.
    std::vector<std::string> load();
    void add(std::string_view message);  // with secrets masked
    void draft(std::string_view typed);  // what stands there now; empty: nothing
    bool found_draft() const { return found_draft_; }

  private:
    fs::path draft_file() const;

    fs::path file_;
    Descriptor draft_;
    std::string last_;
    bool found_draft_ = false;
};

}  // namespace culprit
