#include "agent/investigator/conversation.h"

#include <algorithm>

#include "agent/grounding/write_up.h"
#include "base/files.h"
#include "base/text.h"

namespace culprit {

Conversation::Conversation(const Request& request) {
    // The list of roots in the system prompt: "- NAME/ (source tree)" and "- NAME (file, PATH)". What the
    // memory or guidelines have further down is none.
    bool is_list = false;
    for (std::string_view line : split_lines(request.system)) {
        if (line.starts_with("# "))
            is_list = line.starts_with("# Source trees and files") && sources_.empty() && files_.empty();
        if (!is_list || !line.starts_with("- ")) continue;
        line.remove_prefix(2);
        if (line.ends_with("/ (source tree)")) sources_.emplace_back(line.substr(0, line.size() - 15));
        const std::size_t file = line.find(" (file, ");
        if (file != std::string_view::npos && line.ends_with(')')) {
            files_.emplace_back(line.substr(file + 8, line.size() - file - 9), line.substr(0, file));
        }
    }
    std::vector<const ToolCall*> open;
    bool is_final = false;  // the last reply
    for (const Message& message : request.messages) {
        // A write-up that follows from the same results cannot be written otherwise.
        if (message.role == Message::Role::User && !is_repair_request(message.text)) {
            messages_.push_back(message.text);
            is_answered_ = is_final;
        }
        if (message.role == Message::Role::Assistant) is_final = message.calls.empty();
        for (const ToolCall& call : message.calls) open.push_back(&call);
        if (message.role != Message::Role::Tool) continue;
        const auto call = std::ranges::find(open, message.result->call_id, &ToolCall::id);
        if (call != open.end()) known_.push_back({*call, message.result});
        const bool is_trace = message.result->tool == "collect_trace" && message.result->fault.empty();
        if (!is_trace) continue;
        const Json& data = message.result->data;
        traces_.push_back(text_at(data, "file"));
        done_.push_back(done_in(text_at(data, "output"), number_at(data, "seconds")));
    }
}

std::optional<Work> Conversation::recorded_work() const {
    if (done_.size() < 2) return std::nullopt;
    const auto &before = done_[done_.size() - 2], &after = done_.back();
    if (!before || !after || before->unit != after->unit) return std::nullopt;
    return Work{before->count, after->count, before->unit};
}

const std::pair<std::string, std::string>* Conversation::known_file(std::string_view path) const {
    std::string relative = fs::path(path).lexically_normal().string();
    if (relative.starts_with("~/")) relative.erase(0, 2);
    while (relative.starts_with("../")) relative.erase(0, 3);
    const auto found = std::ranges::find_if(files_, [&](const auto& file) {
        return file.first == relative || file.second == relative || file.first.ends_with("/" + relative);
    });
    return found == files_.end() ? nullptr : &*found;
}

std::string Conversation::file_name(std::string_view path) const {
    const auto* file = known_file(path);
    return file ? file->second : std::string(path);
}

const ToolResult* Conversation::ask(std::string_view tool, const Json& arguments) {
    const std::string text = dump_json(arguments);
    const auto is_it = [&](const ToolCall& call) { return call.name == tool && call.arguments == text; };
    for (const Known& each : known_) {
        if (is_it(*each.call)) return each.result;
    }
    if (std::ranges::none_of(wanted_, is_it)) {
        const std::string id = fmt::format("i{}", known_.size() + wanted_.size() + 1);
        wanted_.push_back({id, std::string(tool), text});
    }
    return nullptr;
}

}  // namespace culprit
