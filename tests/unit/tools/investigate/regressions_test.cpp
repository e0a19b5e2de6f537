// Regressions that were injected into the workloads of bench/regressions and profiled for real
// (bench/regressions/ keep.py keeps them): the true cause stands first, in its file and member.
#include "base/text.h"
#include "unit/tools/investigate/bench.h"

namespace culprit {
namespace {

using test::must;

std::vector<std::string> kept() {
    std::vector<std::string> names;
    for (const auto& each : fs::directory_iterator(test::source_path("tests/regressions"))) {
        if (each.is_directory()) names.push_back(each.path().filename().string());
    }
    std::ranges::sort(names);
    return names;
}

class RegressionsTest : public ::testing::TestWithParam<std::string> {
  protected:
    RegressionsTest() : kept_(test::source_path("tests/regressions")), folder_(test::temporary_folder()) {
        case_ = must(parse_json(must(read_file(kept_ / GetParam() / "case.json")), "case.json"));
        const fs::path workload = test::source_path("bench/regressions") / text_at(case_, "workload");
        for (const char* side : {"before", "after"}) {
            fs::copy(workload, folder_.path() / side, fs::copy_options::recursive);
            must(bench_.roots().add_source(side, folder_.path() / side));
        }
        for (const Json& edit : member(case_, "edits")) {
            const fs::path file = folder_.path() / "after" / edit[0].get<std::string>();
            std::string text = must(read_file(file));
            const std::string old = edit[1].get<std::string>();
            text.replace(text.find(old), old.size(), edit[2].get<std::string>());
            must(write_file(file, text));
        }
    }
    std::string profile(std::string_view side, const fs::path& from) {
        const std::string name = fmt::format("{}{}", side, text_at(case_, "suffix"));
        fs::copy(from, folder_.path() / name);
        must(bench_.roots().add_file(folder_.path() / name));
        return name;
    }

    fs::path kept_;
    TemporaryFolder folder_;
    Json case_;
    test::InvestigateBench bench_;
};

TEST_P(RegressionsTest, StandFirst) {
    const std::string suffix = text_at(case_, "suffix");
    const std::string before =
        profile("before", kept_ / fmt::format("{}-before{}", text_at(case_, "workload"), suffix));
    const std::string after = profile("after", kept_ / GetParam() / fmt::format("after{}", suffix));
    const Output output = must(bench_.call("survey", {{"profiles", {before, after}}}));
    const Json& hypotheses = member(output.data, "hypotheses");
    ASSERT_TRUE(hypotheses.is_array() && !hypotheses.empty()) << output.text;
    std::vector<std::string> members;
    for (const Json& each : member(case_, "members")) members.push_back(each.get<std::string>());
    const Json& first = hypotheses.front();
    EXPECT_THAT(members, ::testing::Contains(replace_all(text_at(first, "symbol"), "::", ".")))
        << output.text;
    EXPECT_EQ(text_at(first, "file"), "after/" + text_at(case_, "file"));
}

INSTANTIATE_TEST_SUITE_P(Kept, RegressionsTest, ::testing::ValuesIn(kept()),
                         [](const auto& each) { return replace_all(each.param, "-", "_"); });

}  // namespace
}  // namespace culprit
