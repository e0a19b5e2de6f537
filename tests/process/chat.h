// The chat as a person has it: the built program, by a pipe or on a pseudo-terminal, with a model server that
// others wrote.
#pragma once

#include "sessions/store.h"
#include "support/mock_model.h"

namespace culprit::test {

inline constexpr std::string_view kFixtures = R"({"fixtures":[
 {"match":{"userMessage":"hello"},"response":{"content":"Hello, what got slower?"}},
 {"match":{"userMessage":"count"},"response":{"content":"one two three four five six seven eight nine ten"},
  "latency":150,"chunkSize":4},
 {"match":{"userMessage":"escape"},"response":{"content":"red \u001b[31m bell \u0007 done"}},
 {"match":{"userMessage":"stubborn","hasToolResult":false},"response":{"toolCalls":[{"id":"c1","name":"run_command",
  "arguments":{"command":"trap '' TERM; echo now it runs; sleep 5; sleep 5"}}]}},
 {"match":{"userMessage":"disguise","hasToolResult":false},"response":{"toolCalls":[{"id":"c1","name":"run_command",
  "arguments":{"command":"echo \u001b[31mred\u001b]0;title\u0007\u202e\recho good"}}]}},
 {"match":{},"response":{"content":"Understood."}}
]})";

inline constexpr std::string_view kPrompt = "> ";

class ChatFixture : public ::testing::Test {
  protected:
    ChatFixture() : folder_(temporary_folder()), model_(kFixtures) {
        must(write_file(folder_.path() / "A.cs", "class A { }\n"));
    }

    ChildSettings settings(std::vector<std::string> arguments, bool on_terminal) const {
        std::vector<std::string> argv = {culprit_program()};
        argv.insert(argv.end(), arguments.begin(), arguments.end());
        return {.argv = argv,
                .folder = folder_.path(),
                .environment = {"OPENAI_BASE_URL=" + model_.url() + "/v1", "OPENAI_MODEL=mock",
                                "OPENAI_API_KEY=k", "TERM=xterm", "INPUTRC=/dev/null",
                                "HOME=" + folder_.path().string()},
                .on_terminal = on_terminal};
    }

    // The events of the newest session as lines.
    std::string log() const {
        std::vector<std::string> warnings;
        const auto sessions = SessionStore(folder_.path() / ".culprit").list(warnings);
        return sessions.empty() ? "" : must(read_file(sessions.front().place.log));
    }

    TemporaryFolder folder_;
    MockModel model_;
};

}  // namespace culprit::test
