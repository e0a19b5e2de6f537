#include "agent/investigator/hang.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "agent/investigator/walk.h"
#include "base/text.h"

namespace culprit {
namespace {

constexpr std::array<std::string_view, 9> kHangs = {"deadlock", "deadlocks", "deadlocked", "hangs",   "hang",
                                                    "hung",     "stuck",     "freezes",    "livelock"};

// "pid 4711", "process 4711".
std::optional<int> pid_in(std::string_view message) {
    const std::string lowered = to_lower(message);
    for (const std::string_view word : {"pid ", "pid=", "process "}) {
        const std::size_t at = lowered.find(word);
        if (at == std::string::npos) continue;
        int pid = 0;
        const char* const begin = lowered.data() + at + word.size();
        std::from_chars(begin, lowered.data() + lowered.size(), pid);
        if (pid > 0) return pid;
    }
    return std::nullopt;
}

std::string lock_text(const Json& place) {
    return fmt::format("`{}` in `{}` ({})", text_at(place, "lock"), text_at(place, "method"),
                       text_at(place, "place"));
}

std::string cause_text(const Json& data, std::string_view evidence) {
    std::string text;
    for (const Json& each : member(data, "deadlock")) {
        text += fmt::format("- Thread {} waits for {}", integer_at(each, "thread"),
                            lock_text(member(each, "waits_for")));
        for (const Json& held : member(each, "holds")) text += fmt::format(" and holds {}", lock_text(held));
        text += fmt::format(" [{}]\n", evidence);
    }
    return text;
}

std::string stacks_text(const Json& data) {
    std::string text;
    for (const Json& each : member(data, "deadlock")) {
        for (const Json& frame : member(each, "path")) {
            if (frame.is_string()) text += frame.get<std::string>() + "\n";
        }
        text += "\n";
    }
    return text;
}

// The first lines of the tool: the verdict, and what was watched.
std::string observed(const ToolResult& result) {
    std::string text;
    for (const std::string_view line : split_lines(result.text)) {
        if (line.starts_with("thread ")) break;
        if (!line.starts_with("  ")) text += fmt::format("- {} [{}]\n", line, result.evidence);
    }
    return text;
}

std::string write_up_of(const ToolResult& result) {
    const bool is_deadlock = text_at(result.data, "verdict") == "deadlock";
    if (!is_deadlock) return fmt::format("{}\n[{}]\n", trim(result.text), result.evidence);
    return fmt::format(
        "## Observed Behavior\n{}\n## Root Cause Analysis\nThe threads take the same locks in opposite "
        "order, so each "
        "waits for what another one holds:\n{}\n## Call Stack\n{}## Resolution\n- Take the locks in one "
        "order "
        "everywhere, or hold only one of them: leave the outer `lock` before the call that takes the "
        "other.\n- Then run "
        "thread_stacks again: no thread may stand in Monitor.Enter all the time.\n",
        observed(result), cause_text(result.data, result.evidence), stacks_text(result.data));
}

}  // namespace

bool is_about_hanging(std::string_view message) {
    const std::string lowered = to_lower(message);
    return std::ranges::any_of(kHangs, [&](std::string_view word) { return contains_word(lowered, word); });
}

std::optional<HangReply> look_at_hang(Conversation& conversation) {
    const auto& messages = conversation.messages();
    // The last one may be a request to repair the write-up.
    const auto message = std::ranges::find_if(messages.rbegin(), messages.rend(), is_about_hanging);
    if (message == messages.rend()) return std::nullopt;
    Json arguments = Json::object();
    if (const auto pid = pid_in(*message)) {
        arguments["pid"] = *pid;
    } else {
        const std::string program = find_program(conversation, Wanted::AnyProject);
        if (conversation.is_waiting()) return HangReply{"Looking for the program that hangs.", false};
        if (program.empty()) return std::nullopt;
        arguments["program"] = program;
    }
    const ToolResult* result = conversation.ask("thread_stacks", arguments);
    if (!result) return HangReply{"Looking at what its threads wait for.", false};
    if (!result->fault.empty())
        return HangReply{
            fmt::format("The threads could not be looked at: {} [{}]\n", result->text, result->evidence),
            true};
    return HangReply{write_up_of(*result), true};
}

}  // namespace culprit
