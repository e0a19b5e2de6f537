// The conversation as the investigator sees it: what the engineer said, and what tools have answered so far.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/provider/provider.h"
#include "tools/investigate/inquiry.h"
#include "tools/investigate/work.h"

namespace culprit {

class Conversation : public Inquiry {
  public:
    // Borrows the request.
    explicit Conversation(const Request& request);

    const std::vector<std::string_view>& messages() const {
        return messages_;
    }  // the engineer's, latest last
    // Whether what was said before the last message has its answer.
    bool is_answered() const { return is_answered_; }
    const std::vector<std::string>& sources() const override { return sources_; }
    // The traces that this conversation has recorded, as tools take them, oldest first.
    const std::vector<std::string>& traces() const { return traces_; }
    // What their programs said that they did; nothing if one did not say.
    std::optional<Work> recorded_work() const;
    // The name by which tools take the file that the engineer named by this path, which may be relative.
    std::string file_name(std::string_view path) const;
    // Whether the engineer named such a file, and it is there.
    bool has_file(std::string_view path) const { return known_file(path) != nullptr; }

    // The result of this call. If there is none yet, the call becomes one of the next reply's, and the answer
    // is null. A call that failed has a result with its fault.
    const ToolResult* ask(std::string_view tool, const Json& arguments) override;
    bool is_waiting() const override { return !wanted_.empty(); }
    // What is missing, as calls. Ids are new in the conversation.
    std::vector<ToolCall> take_calls() { return std::move(wanted_); }

  private:
    struct Known {
        const ToolCall* call;
        const ToolResult* result;
    };
    const std::pair<std::string, std::string>* known_file(std::string_view path) const;

    std::vector<std::string_view> messages_;
    std::vector<std::string> sources_;
    std::vector<std::string> traces_;
    std::vector<std::optional<Done>> done_;                   // of each trace
    std::vector<std::pair<std::string, std::string>> files_;  // path, name
    std::vector<Known> known_;
    std::vector<ToolCall> wanted_;
    bool is_answered_ = false;
};

}  // namespace culprit
