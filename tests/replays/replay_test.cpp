// Recorded sessions, replayed by the built program: the same messages and model replies through the real loop
// and tools.
#include <set>

#include "base/text.h"
#include "sessions/log.h"
#include "support/child.h"
#include "tools/tool.h"

namespace culprit {
namespace {

using test::Child;
using test::must;

// The recordings of a folder: "recorded", whose calls are run again, or "recorded/sealed", whose calls depend
// on the machine or on a history and are answered from the recording.
std::vector<fs::path> recordings(std::string_view folder) {
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(test::source_path("sessions") / folder)) {
        if (entry.path().extension() == ".jsonl") files.push_back(entry.path());
    }
    std::ranges::sort(files);
    return files;
}

std::string name_of(const ::testing::TestParamInfo<fs::path>& info) {
    std::string name = info.param.stem().string();
    std::ranges::replace(name, '-', '_');
    return name;
}

class ReplayTest : public ::testing::TestWithParam<fs::path> {};

TEST_P(ReplayTest, IsTheSameAsTheRecording) {
    Child child({.argv = {test::culprit_program(), "replay", GetParam().string()}});
    EXPECT_EQ(child.wait(), 0) << child.output();
}

class SealedReplayTest : public ::testing::TestWithParam<fs::path> {};

TEST_P(SealedReplayTest, IsTheSameAsTheRecording) {
    Child child({.argv = {test::culprit_program(), "replay", "--tools", "recorded", GetParam().string()}});
    EXPECT_EQ(child.wait(), 0) << child.output();
}

INSTANTIATE_TEST_SUITE_P(Recorded, ReplayTest, ::testing::ValuesIn(recordings("recorded")), name_of);
INSTANTIATE_TEST_SUITE_P(Recorded, SealedReplayTest, ::testing::ValuesIn(recordings("recorded")), name_of);
INSTANTIATE_TEST_SUITE_P(Sealed, SealedReplayTest, ::testing::ValuesIn(recordings("recorded/sealed")),
                         name_of);

TEST(Replays, CoverEveryTool) {
    std::set<std::string, std::less<>> called;
    for (const std::string_view folder : {"recorded", "recorded/sealed"}) {
        for (const fs::path& file : recordings(folder)) {
            const Log log = must(Log::read(file));
            for (const Event& event : log.events()) {
                if (const auto* result = std::get_if<ToolResult>(&event.body)) called.insert(result->tool);
            }
        }
    }
    for (const Tool& tool : all_tools())
        EXPECT_TRUE(called.contains(tool.name))
            << "no recording calls " << tool.name << ": see CONTRIBUTING.md, \"A tool\"";
}

TEST(Replays, TheInvestigatorSaysTheSameAgain) {
    Child child({.argv = {test::culprit_program(), "--model", "investigator", "replay", "--live",
                          test::source_path("sessions/recorded/investigator-order-pipeline.jsonl")}});
    EXPECT_EQ(child.wait(), 0) << child.output();
}

TEST(Replays, ADifferenceIsShownAndExitsOne) {
    const auto folder = test::temporary_folder();
    const fs::path recording = test::source_path("sessions/recorded/every-tool.jsonl");
    std::string text = must(read_file(recording));
    text = replace_all(text, "../../samples", test::source_path("samples").string());
    const std::size_t at = text.find(R"("text":")", text.find(R"("type":"tool")"));
    text.insert(at + 8, "CHANGED ");
    must(write_file(folder.path() / "changed.jsonl", text));
    Child child({.argv = {test::culprit_program(), "replay", folder.path() / "changed.jsonl"}});
    EXPECT_EQ(child.wait(), 1) << child.output();
    EXPECT_NE(child.output().find("\n-CHANGED "), std::string::npos) << child.output();
}

}  // namespace
}  // namespace culprit
