#include "sessions/log.h"

#include <fstream>

#include "sessions/event_json.h"
#include "support/support.h"

namespace culprit {
namespace {

using test::must;

class StoppedClock : public Clock {
  public:
    Time now() const override { return Time(std::chrono::milliseconds(1'700'000'000'123)); }
};

std::vector<EventBody> one_of_each() {
    return {
        SessionStarted{"20261121-101640-00ff", "culprit 0.1.0"},
        RootAdded{"core", "/src/core"},
        RootAdded{"t.nettrace", "/tmp/t.nettrace", true},
        UserText{"why?\nsee \"a\" \u00e4"},
        AssistantReply{"let me see",
                       {{"c1", "grep", R"({"pattern":"x"})"}, {"c2", "grep", "{not json"}},
                       "gpt",
                       {10, 5, 3}},
        CallDecided{"c1", true, "it only reads"},
        ToolResult{"c1",
                   "grep",
                   "E1",
                   "1 hit",
                   {{"hits", 1}},
                   "",
                   {"E1.txt", 9000, "abc"},
                   std::chrono::milliseconds(12)},
        ToolResult{"c2", "grep", "E2", "no JSON", nullptr, "invalid", {}, std::chrono::milliseconds(0)},
        WriteUpChecked{{{"A.B", "A.cs", 7, CheckedFrame::Status::Corrected, "line 5 corrected"}},
                       {{.kind = CheckedClaim::Kind::Name,
                         .text = "A.B",
                         .status = CheckedClaim::Status::Derived,
                         .evidence = "E2",
                         .why = "why"}},
                       "shown",
                       "asked"},
        Note{"a note"},
        Cancelled{"half of"},
        TurnFailed{"unavailable", "429", "some"},
        Nudged{"your reply was empty"},
        ResultsShortened{{"E1", "E2"}},
        Summarized{"what was found", "why?", {{"gpt", {10, 5, 3, 2}}}},
    };
}

class LogTest : public ::testing::Test {
  protected:
    LogTest() : folder_(test::temporary_folder()), file_(folder_.path() / "sessions/one.jsonl") {}

    Log create() { return must(Log::create(file_, {.id = "one", .program = "culprit test"}, clock_)); }
    void write_raw(std::string_view text) { std::ofstream(file_, std::ios::app) << text; }
    static std::string last_line(const Log& log) { return encode_event(log.events().back()); }

    StoppedClock clock_;
    TemporaryFolder folder_;
    fs::path file_;
};

TEST(EventJson, EveryEventReadsBackAsItWasWritten) {
    std::vector<EventBody> bodies = one_of_each();
    bodies.push_back(Undone{{{"gpt", {10, 5, 3, 2}}}});
    bodies.push_back(ArtifactKept{"input.txt", "what was piped in"});
    EXPECT_EQ(bodies.back().index() + 1, std::variant_size_v<EventBody>) << "an event is missing here";
    for (const EventBody& body : bodies) {
        const std::string line = encode_event({StoppedClock().now(), body});
        EXPECT_EQ(encode_event(must(decode_event(line))), line);
    }
    EXPECT_EQ(
        encode_event({StoppedClock().now(), bodies[6]}),
        R"({"type":"tool","at":"2023-11-14T22:13:20.123Z","call":"c1","tool":"grep","evidence":"E1","text":"1 hit",)"
        R"("data":{"hits":1},"artifact":{"path":"E1.txt","bytes":9000,"hash":"abc"},"ms":12})");
}

TEST(EventJson, HostileLinesAreErrors) {
    for (const char* line :
         {"", "null", "[]", "{}", R"({"type":"user"})", R"({"type":"user","at":"yesterday"})",
          R"({"type":"nonsense","at":"2023-11-14T22:13:20.123Z"})", "{\"type\":"}) {
        EXPECT_FALSE(decode_event(line)) << line;
    }
    // Fields of another type than expected are as if they were not there.
    EXPECT_TRUE(
        decode_event(R"({"type":"tool","at":"2023-11-14T22:13:20.123Z","text":5,"ms":"x","artifact":[]})"));
}

TEST_F(LogTest, WhatIsAppendedIsReadBack) {
    {
        Log log = create();
        for (const EventBody& body : one_of_each()) must(log.append(body));
    }
    const Log log = must(Log::read(file_));
    EXPECT_EQ(log.events().size(), one_of_each().size() + 1);
    EXPECT_EQ(log.evidence_count(), 2u);
    EXPECT_TRUE(log.warnings().empty());
    EXPECT_EQ(fs::status(file_).permissions(), fs::perms::owner_read | fs::perms::owner_write);
}

TEST_F(LogTest, ATornLastLineIsPassedOverAndWrittenAfter) {
    must(create().append(UserText{"first"}));
    write_raw(R"({"type":"user","at":"2023-11-)");
    {
        Log log = must(Log::open(file_, clock_));
        EXPECT_EQ(log.events().size(), 2u);
        ASSERT_EQ(log.warnings().size(), 1u);
        EXPECT_NE(log.warnings()[0].find("line 3 is passed over"), std::string::npos) << log.warnings()[0];
        must(log.append(UserText{"second"}));
    }
    EXPECT_EQ(must(Log::read(file_)).events().size(), 3u);
}

TEST_F(LogTest, UnknownEventsAndNewerVersionsAreTold) {
    must(write_file(
        file_,
        R"({"type":"session","at":"2023-11-14T22:13:20.123Z","id":"x","program":"culprit 9","version":7})"
        "\n"
        R"({"type":"hologram","at":"2023-11-14T22:13:20.123Z"})"
        "\n"));
    const Log log = must(Log::read(file_));
    EXPECT_EQ(log.events().size(), 1u);
    EXPECT_EQ(log.warnings().size(), 2u);
}

TEST_F(LogTest, AFileThatIsNoLogIsCorrupt) {
    must(write_file(file_, "hello\n"));
    EXPECT_EQ(Log::read(file_).error().fault, Fault::Corrupt);
    must(write_file(file_, ""));
    EXPECT_EQ(Log::read(file_).error().fault, Fault::Corrupt);
}

TEST_F(LogTest, OneWriterAtATime) {
    const Log log = create();
    const auto second = Log::open(file_, clock_);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().what,
              "the session one is open in another culprit; close that one, or start a new session");
    EXPECT_TRUE(Log::read(file_));
}

TEST_F(LogTest, AReplyThatWasCutShortIsClosedWithWhatWasShown) {
    {
        Log log = create();
        must(log.append(UserText{"why?"}));
        must(log.keep_partial("It is "));
        must(log.keep_partial("the lock"));
    }  // as after kill -9: nothing closes the reply
    const Log log = must(Log::open(file_, clock_));
    EXPECT_EQ(std::get<Cancelled>(log.events().back().body).partial, "It is the lock");
}

TEST_F(LogTest, APartialReplyThatIsInTheLogIsNotClosedTwice) {
    {
        Log log = create();
        must(log.append(UserText{"why?"}));
        must(write_file(fs::path(file_).replace_extension(".partial"),
                        "2\nIt is the lock"));  // begun after two events
        must(log.append(AssistantReply{"It is the lock"}));
    }
    const Log log = must(Log::open(file_, clock_));
    EXPECT_TRUE(std::holds_alternative<AssistantReply>(log.events().back().body));
    EXPECT_FALSE(fs::exists(fs::path(file_).replace_extension(".partial")));
}

TEST_F(LogTest, CallsWithoutResultAreOpen) {
    Log log = create();
    must(log.append(AssistantReply{"", {{"a", "grep", "{}"}, {"b", "grep", "{}"}}}));
    must(log.append(ToolResult{.call_id = "a"}));
    must(log.append(AssistantReply{"", {{"a", "read_file", "{}"}}}));
    const auto open = open_calls(log.events());
    ASSERT_EQ(open.size(), 2u);
    EXPECT_EQ(open[0].id, "b");
    EXPECT_EQ(open[1].name, "read_file");
}

TEST_F(LogTest, WhatASummaryStandsForStaysOnDiskAlone) {
    {
        Log log = create();
        for (const EventBody& body : one_of_each()) {
            if (!std::holds_alternative<SessionStarted>(body)) must(log.append(body));
        }
        ASSERT_EQ(log.events().size(), 4u);  // the start, two roots, the summary
        must(log.append(UserText{"and then?"}));
    }
    const Log log = must(Log::open(file_, clock_));
    EXPECT_EQ(log.events().size(), 5u);
    EXPECT_EQ(log.evidence_count(), 2u) << "evidence goes on being counted";
    EXPECT_EQ(log.turns(), 2);
    EXPECT_EQ(log.first_message(), "why?\nsee \"a\" \u00e4");
    EXPECT_EQ(must(Log::read(file_)).events().size(), one_of_each().size() + 1);
}

TEST_F(LogTest, WhatIsTakenBackIsOnDiskAloneAndItsIdsAreNotGivenAgain) {
    {
        Log log = create();
        must(log.append(UserText{"first"}));
        must(log.append(ToolResult{.call_id = "a", .evidence = "E1"}));
        must(log.append(UserText{"second"}));
        must(log.append(RootAdded{"src", "/src"}));
        must(log.append(ToolResult{.call_id = "b", .evidence = "E2"}));
        must(log.append(Undone{}));
        EXPECT_EQ(log.turns(), 1);
    }
    for (const auto& open : {Log::read, Log::read_tail}) {
        const Log log = must(open(file_));
        EXPECT_EQ(log.turns(), 1);
        EXPECT_EQ(log.evidence_count(), 2u);
        ASSERT_EQ(log.events().size(), 5u) << "start, first, its result, the root, undone";
        EXPECT_EQ(std::get<UserText>(log.events()[1].body).text, "first");
        EXPECT_TRUE(std::holds_alternative<RootAdded>(log.events()[3].body));
    }
}

TEST_F(LogTest, EveryCutOfTheFileOpens) {
    {
        Log log = create();
        for (const EventBody& body : one_of_each()) must(log.append(body));
    }
    const std::string whole = must(read_file(file_));
    const std::size_t head = whole.find('\n');
    for (std::size_t size = head; size <= whole.size(); ++size) {
        must(write_file(file_, whole.substr(0, size)));
        const Log log = must(Log::open(file_, clock_));
        EXPECT_GE(log.events().size(), 1u);
    }
}

}  // namespace
}  // namespace culprit
