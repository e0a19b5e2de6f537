// survey without a profile: from words to what on the calls from there fits the symptom.
#include "base/text.h"
#include "unit/tools/investigate/bench.h"

namespace culprit {
namespace {

using test::must;
using ::testing::HasSubstr;

// A client that sends letters; sending one copies it on the way to the wire, and waits for a task.
constexpr const char* kOffice = R"(namespace Post {
    public class Office {
        private readonly ICarrier _carrier = new Van();
        private readonly Stamp _stamp = new Stamp();
        public void SendLetter(byte[] text) {
            _stamp.Put(text.Length);
            _carrier.Carry(Envelope.Wrap(text));
        }
        public int CountLetters() { return 1; }
    }
    public interface ICarrier { void Carry(byte[] sealed_); }
    public class Van : ICarrier {
        public void Carry(byte[] sealed_) {
            foreach (byte each in sealed_) {
                byte[] one = new byte[1];
                one[0] = each;
            }
            Drive().Wait();
        }
        private System.Threading.Tasks.Task Drive() { return null; }
    }
    public static class Envelope {
        public static byte[] Wrap(byte[] text) {
            var stream = new System.IO.MemoryStream();
            stream.Write(text);
            return stream.ToArray();
        }
    }
    public class Stamp { public void Put(int size) { } }
    public class Archive { public byte[] Keep(System.IO.MemoryStream all) { return all.ToArray(); } }
}
)";

class ScoutTest : public ::testing::Test {
  protected:
    void add(std::string_view root, const std::string& text) {
        const fs::path folder = folder_.path() / root;
        fs::create_directories(folder);
        must(write_file(folder / "Office.cs", text));
        must(bench_.roots().add_source(root, folder));
    }
    Output survey(const std::string& about, const std::string& symptom = "") {
        return must(bench_.call("survey", {{"about", about}, {"symptom", symptom}}));
    }
    // "SYMBOL:LINE kind sureness" for each.
    static std::vector<std::string> leads(const Output& output) {
        std::vector<std::string> all;
        for (const Json& each : member(output.data, "hypotheses"))
            all.push_back(fmt::format("{}:{} {} {}", text_at(each, "symbol"), integer_at(each, "line"),
                                      text_at(each, "kind"), text_at(each, "sureness")));
        return all;
    }
    TemporaryFolder folder_ = test::temporary_folder();
    test::InvestigateBench bench_;
};

TEST_F(ScoutTest, MemoryIsFollowedAlongTheCopies) {
    add("src", kOffice);
    const Output output = survey("sending a letter takes ten times its size in memory");
    EXPECT_THAT(leads(output), ::testing::UnorderedElementsAre("Post.Van.Carry:15 allocation low",
                                                               "Post.Envelope.Wrap:26 allocation low"))
        << output.text;
    EXPECT_THAT(output.text, HasSubstr("speaks of Post.Office.SendLetter"));
    EXPECT_THAT(output.text, HasSubstr("reached by Post.Office.SendLetter (src/Office.cs:7)"));
    EXPECT_THAT(output.text, HasSubstr("collect_trace with purpose \"allocations\""));
    EXPECT_THAT(output.text, ::testing::Not(HasSubstr("Archive"))) << "no call leads there";
}

TEST_F(ScoutTest, LatencyIsFollowedToTheWait) {
    add("src", kOffice);
    EXPECT_THAT(leads(survey("the latency of sending letters went up")),
                ::testing::ElementsAre("Post.Van.Carry:18 wait low"));
    EXPECT_THAT(leads(survey("sending letters", "latency")),
                ::testing::ElementsAre("Post.Van.Carry:18 wait low"));
}

TEST_F(ScoutTest, ANameIsTakenAtItsWord) {
    add("src", kOffice);
    EXPECT_THAT(leads(survey("Archive.Keep uses too much memory")),
                ::testing::ElementsAre("Post.Archive.Keep:30 allocation low"));
}

TEST_F(ScoutTest, WhatHasChangedComesFirst) {
    add("before", replace_all(kOffice, "return stream.ToArray();", "return stream.GetBuffer();"));
    add("after", kOffice);
    const Output output = survey("sending a letter takes too much memory");
    ASSERT_FALSE(leads(output).empty());
    EXPECT_EQ(leads(output).front(), "Post.Envelope.Wrap:26 allocation medium") << output.text;
    EXPECT_THAT(output.text, ::testing::Not(HasSubstr("before/")));
}

TEST_F(ScoutTest, WordsThatNameNothingFindNothing) {
    add("src", kOffice);
    for (const char* words : {"it is slow", "the frobnicator eats memory", "!!! ???"}) {
        const Output output = survey(words);
        EXPECT_THAT(leads(output), ::testing::ElementsAre()) << words;
        EXPECT_THAT(output.text, HasSubstr("no function's name has to do with these words"));
    }
    EXPECT_EQ(bench_.call("survey", Json::object()).error().fault, Fault::Invalid);
}

}  // namespace
}  // namespace culprit
