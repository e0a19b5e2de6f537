// Plug-ins both ways: culprit mcp under the protocol's own SDK, and servers of others, good and rude.
#include <thread>

#include "base/text.h"
#include "sessions/store.h"
#include "support/mock_model.h"
#include "tools/tool.h"
#include "tools/toolsets.h"

namespace culprit {
namespace {

using test::Child;
using test::must;

constexpr std::string_view kFixtures = R"({"fixtures":[
 {"match":{"userMessage":"echo","hasToolResult":false},
  "response":{"toolCalls":[{"id":"c1","name":"every__echo","arguments":{"message":"hello there"}}]}},
 {"match":{"userMessage":"echo","hasToolResult":true},"response":{"content":"Echoed."}},
 {"match":{"userMessage":"wait","hasToolResult":false},
  "response":{"toolCalls":[{"id":"c1","name":"rude__wait","arguments":{}}]}},
 {"match":{"userMessage":"wait","hasToolResult":true},"response":{"content":"Waited."}},
 {"match":{"userMessage":"hello"},"response":{"content":"Hello."}}
]})";

fs::path peers() { return test::source_path("tests/peers"); }

bool have(std::string_view package) {
    return fs::exists(peers() / "node_modules/@modelcontextprotocol" / package);
}

class McpTest : public ::testing::Test {
  protected:
    McpTest() : folder_(test::temporary_folder()) {
        must(write_file(folder_.path() / "tree/A.cs", "class A\n{\n    int Resolve() => 1;\n}\n"));
        must(make_folder(folder_.path() / "home"));
    }
    std::string own_settings() const { return "XDG_CONFIG_HOME=" + (folder_.path() / "home").string(); }
    // The person's own file, with a server under this name.
    void set_up(std::string_view name, std::vector<std::string> argv, std::string_view more = "") {
        std::string args;
        for (std::size_t i = 1; i < argv.size(); ++i)
            args += fmt::format("{}\"{}\"", i > 1 ? ", " : "", argv[i]);
        must(write_file(
            folder_.path() / "home/culprit/culprit.toml",
            fmt::format("[mcp.{}]\ncommand = \"{}\"\nargs = [{}]\n{}", name, argv[0], args, more)));
    }
    std::vector<Event> events() {
        const SessionStore store(folder_.path() / ".culprit");
        return must(Log::read(must(store.find("")).log)).events();
    }

    TemporaryFolder folder_;
};

TEST_F(McpTest, TheProtocolsOwnClientListsCallsAndCancels) {
    if (!have("sdk")) GTEST_SKIP() << "the protocol's SDK is not installed: ./check installs it";
    Child child({.argv = {test::node_program(), peers() / "mcp_client.mjs", test::culprit_program(), "--root",
                          "tree=tree", "mcp"},
                 .folder = folder_.path()});
    EXPECT_EQ(child.wait(), 0) << child.output();
    const std::string tools = fmt::format("tools: {}\n", all_tools().size() + 1);  // and "playbook"
    EXPECT_EQ(child.output(), "server: \"culprit\"\n" + tools +
                                  "grep reads only: true\ngrep: [false,true,\"object\"]\n"
                                  "progress: [\"looking at the sources\"]\n"
                                  "wrong arguments: [true,true]\nunknown tool: -32602\nside by side: true\n"
                                  "cancelled: \"yes\"\nstill there: true\n");
    int results = 0;
    for (const Event& event : events()) results += std::holds_alternative<ToolResult>(event.body);
    EXPECT_GE(results, 10);
}

TEST_F(McpTest, EachRevisionIsGrantedAndBadLinesAreAnswered) {
    for (const char* version : {"2025-11-25", "2025-06-18", "2025-03-26", "1999-01-01"}) {
        Child child({.argv = {test::culprit_program(), "mcp"}, .folder = folder_.path()});
        child.type(fmt::format(
            R"({{"jsonrpc":"2.0","id":1,"method":"initialize","params":{{"protocolVersion":"{}"}}}})"
            "\nno json\n"
            R"({{"jsonrpc":"2.0","id":2,"method":"nonsense"}})"
            "\n"
            R"({{"jsonrpc":"2.0","id":"three","method":"tools/call","params":{{"name":"list_files"}}}})"
            "\n",
            version));
        child.close_input();
        EXPECT_EQ(child.wait(), 0);
        const std::string& out = child.output();
        const std::string granted = std::string_view(version) == "1999-01-01" ? "2025-11-25" : version;
        EXPECT_NE(out.find("\"protocolVersion\":\"" + granted), std::string::npos) << out;
        EXPECT_NE(out.find("-32700"), std::string::npos) << out;
        EXPECT_NE(out.find("-32601"), std::string::npos) << out;
        EXPECT_NE(out.find("\"id\":\"three\",\"result\""), std::string::npos) << out;
    }
}

TEST_F(McpTest, AHistoryOfJobsIsReadInTheRootsAlone) {
    Child child({.argv = {test::culprit_program(), "mcp"}, .folder = folder_.path()});
    const fs::path outside = folder_.path().parent_path() / "culprit-no-such-history.db";
    int id = 0;
    for (const std::string& store :
         {outside.string(), std::string("postgresql://127.0.0.1:1/x"), std::string("tree/none.db")}) {
        child.type(
            dump_json({{"jsonrpc", "2.0"},
                       {"id", ++id},
                       {"method", "tools/call"},
                       {"params",
                        {{"name", "jobs_trends"}, {"arguments", {{"product", "p"}, {"store", store}}}}}}) +
            "\n");
    }
    child.close_input();
    EXPECT_EQ(child.wait(), 0);
    EXPECT_TRUE(child.output().contains("lies outside of the roots")) << child.output();
    EXPECT_TRUE(child.output().contains("a history on a server is for a person to open")) << child.output();
    EXPECT_TRUE(child.output().contains("there is no tree/none.db")) << child.output();
    EXPECT_FALSE(fs::exists(outside));
}

TEST_F(McpTest, HostileLinesAreAnsweredAndTheServerStays) {
    Child child({.argv = {test::culprit_program(), "mcp"}, .folder = folder_.path()});
    const std::string call =
        R"({"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"list_files","arguments":{"path":"tree"}}})";
    std::string lines;
    for (std::size_t end = 0; end < call.size(); ++end) lines += call.substr(0, end) + "\n";
    for (const char* odd :
         {"[]", "[[]]", "7", "null", "{}", "[{\"method\":3}]", R"({"id":1,"method":"tools/call"})",
          R"({"id":{},"method":"tools/call","params":{"name":"grep","arguments":[1]}})",
          R"({"method":"notifications/cancelled","params":{"requestId":[]}})"})
        lines += std::string(odd) + "\n";
    lines += std::string(100000, '[') + "\n" + R"({"id":"last","method":"ping"})" + "\n";
    child.type(lines);
    child.close_input();
    EXPECT_EQ(child.wait(), 0);
    EXPECT_NE(child.output().find(R"("id":"last","result":{})"), std::string::npos);
}

class PluginTest : public McpTest {
  protected:
    PluginTest() : model_(kFixtures) {}
    struct Ran {
        int code;
        std::string output;
    };
    Ran ask(std::string_view message, std::vector<std::string> flags = {}) {
        std::vector<std::string> argv = {test::culprit_program(), "--model", "mock", "--base-url",
                                         model_.url() + "/v1"};
        argv.insert(argv.end(), flags.begin(), flags.end());
        argv.insert(argv.end(), {"ask", std::string(message)});
        Child child({.argv = argv, .folder = folder_.path(), .environment = {own_settings()}});
        child.close_input();
        const int code = child.wait();
        return {code, child.output()};
    }
    void set_up_rude(std::string_view how) {
        set_up("rude", {test::node_program(), peers() / "rude_mcp_server.mjs", std::string(how)},
               "deadline = 2.0\ncall_limit = 0.5\ntrusted = true\n");
    }

    test::MockModel model_;
};

TEST_F(PluginTest, ToolsOfAServerOfOthersAreCalledOnlyWithConsent) {
    if (!have("server-everything"))
        GTEST_SKIP() << "the example server is not installed: ./check installs it";
    const std::vector<std::string> argv = {
        test::node_program(), peers() / "node_modules/@modelcontextprotocol/server-everything/dist/index.js",
        "stdio"};
    set_up("every", argv);
    const Ran refused = ask("echo");
    EXPECT_EQ(refused.code, 0) << refused.output;
    EXPECT_NE(refused.output.find("every__echo was not run"), std::string::npos) << refused.output;
}

TEST_F(PluginTest, WhoIsAskedAndSaysYesGetsTheResult) {
    if (!have("server-everything"))
        GTEST_SKIP() << "the example server is not installed: ./check installs it";
    set_up("every",
           {test::node_program(),
            peers() / "node_modules/@modelcontextprotocol/server-everything/dist/index.js", "stdio"});
    Child child({.argv = {test::culprit_program(), "--model", "mock", "--base-url", model_.url() + "/v1"},
                 .folder = folder_.path(),
                 .environment = {own_settings()},
                 .on_terminal = true});
    ASSERT_TRUE(child.wait_for("> "));
    const auto always =
        std::ranges::count_if(all_tools(), [](const Tool& tool) { return !toolset_of(tool.name); });
    const std::string without = fmt::format("tools ({})", always + 2);  // and "playbook", "open_tools"
    for (int i = 0; i < 50; ++i) {                                      // it connects while the person types
        child.new_output();
        child.type("/context\n");
        ASSERT_TRUE(child.wait_for("results of tools"));
        if (child.output().substr(child.output().rfind("system prompt")).find(without) == std::string::npos)
            break;
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
    child.type("echo\n\n");
    ASSERT_TRUE(child.wait_for("every__echo wants to run:")) << child.output();
    child.type("y\n");
    EXPECT_TRUE(child.wait_for("Echo: hello there")) << child.output();
    EXPECT_TRUE(child.wait_for("Echoed.")) << child.output();
}

TEST_F(PluginTest, ATrustedServersReadingToolIsRunAndItsCallLimitHolds) {
    set_up_rude("late");
    const Ran ran = ask("wait");
    EXPECT_EQ(ran.code, 0) << ran.output;
    EXPECT_NE(ran.output.find("did not answer tools/call within 500"), std::string::npos) << ran.output;
    EXPECT_NE(ran.output.find("Waited."), std::string::npos) << ran.output;
}

TEST_F(PluginTest, ARudeServerCostsOneMessage) {
    const struct {
        const char* how;
        const char* told;
    } kRude[] = {{"silent", "did not answer initialize within 2"},
                 {"dying", "it ended (exit code 7); it said: no licence"},
                 {"flood", "that nobody asked for"}};
    for (const auto& rude : kRude) {
        set_up_rude(rude.how);
        const Ran ran = ask("hello");
        EXPECT_EQ(ran.code, 0) << ran.output;
        EXPECT_NE(ran.output.find(rude.told), std::string::npos) << ran.output;
        EXPECT_EQ(ran.output.find("plug-in server rude"), ran.output.rfind("plug-in server rude"))
            << ran.output;
        EXPECT_NE(ran.output.find("Hello."), std::string::npos) << ran.output;
    }
}

TEST_F(PluginTest, TheProjectsServersAreStartedOnlyIfNamed) {
    must(write_file(folder_.path() / ".mcp.json",
                    R"({"mcpServers":{"mine":{"command":"touch","args":["started"]}}})"));
    const Ran unnamed = ask("hello");
    EXPECT_NE(unnamed.output.find("--mcp mine starts it (touch started)"), std::string::npos)
        << unnamed.output;
    EXPECT_FALSE(fs::exists(folder_.path() / "started"));
    ask("hello", {"--mcp", "mine"});
    EXPECT_TRUE(fs::exists(folder_.path() / "started"));
}

TEST_F(PluginTest, TheChatDoesNotWaitForASlowServer) {
    set_up_rude("silent");
    Child child({.argv = {test::culprit_program(), "--model", "mock", "--base-url", model_.url() + "/v1"},
                 .folder = folder_.path(),
                 .environment = {own_settings()}});
    child.type("hello\n\n");
    EXPECT_TRUE(child.wait_for("Hello.", std::chrono::milliseconds(1500)));
    child.close_input();
    EXPECT_EQ(child.wait(), 0);
}

}  // namespace
}  // namespace culprit
