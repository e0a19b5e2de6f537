#include "tools/investigate/wording.h"

#include "support/support.h"

namespace culprit {
namespace {

using ::testing::ElementsAre;

std::vector<std::string> stems_of(std::string_view text) {
    std::vector<std::string> stems;
    for (const DescribedWord& word : described_words(text))
        stems.push_back(word.stem + (word.is_deed ? "!" : ""));
    return stems;
}

TEST(Wording, WordsOfOneFamilyHaveOneStem) {
    for (const auto& [word, other] :
         std::vector<std::pair<std::string_view, std::string_view>>{{"sending", "send"},
                                                                    {"sender", "Sends"},
                                                                    {"writing", "write"},
                                                                    {"running", "run"},
                                                                    {"batches", "batch"},
                                                                    {"entries", "entry"},
                                                                    {"serialization", "serializer"},
                                                                    {"producer", "produces"},
                                                                    {"queued", "queue"},
                                                                    {"flushed", "flushing"},
                                                                    {"allocations", "allocation"}}) {
        EXPECT_EQ(stem(word), stem(other)) << word;
    }
    EXPECT_NE(stem("message"), stem("mess"));
    EXPECT_EQ(stem("process"), stem("processes"));
    EXPECT_EQ(stem("as"), "as");
    EXPECT_EQ(stem(""), "");
}

TEST(Wording, NamesAreTakenApart) {
    EXPECT_THAT(name_stems("OrderQueue.DrainAsync"), ElementsAre("ord", "queu", "drain"));
    EXPECT_THAT(name_stems("HTTPServer_sendAll"), ElementsAre("http", "serv", "send", "all"));
    EXPECT_THAT(name_stems(""), ElementsAre());
}

TEST(Wording, ADescriptionIsWhatItSpeaksOf) {
    EXPECT_THAT(stems_of("sending a byte array takes 80x its size in memory since 1.47"),
                ElementsAre("send!", "byt", "arrai"));
    EXPECT_THAT(stems_of("The producer seems slower after my change."), ElementsAre("produc"));
    EXPECT_THAT(stems_of("it is slow"), ElementsAre());
}

TEST(Wording, TheComplaintIsHeard) {
    EXPECT_EQ(symptom_in("sending a byte array takes 80x its size in memory"), Symptom::Memory);
    EXPECT_EQ(symptom_in("compressing batches allocates a lot"), Symptom::Memory);
    EXPECT_EQ(symptom_in("p99 latency of the flush went up"), Symptom::Latency);
    EXPECT_EQ(symptom_in("requests wait for each other"), Symptom::Latency);
    EXPECT_EQ(symptom_in("one core is busy parsing"), Symptom::Cpu);
    EXPECT_EQ(symptom_in("parsing is slow"), Symptom::Unknown);
    for (const Symptom symptom : {Symptom::Memory, Symptom::Cpu, Symptom::Latency, Symptom::Unknown})
        EXPECT_EQ(symptom_called(to_string(symptom)), symptom);
}

}  // namespace
}  // namespace culprit
