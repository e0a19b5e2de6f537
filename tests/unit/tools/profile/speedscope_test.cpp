#include <cmath>

#include "unit/tools/profile/profile_files.h"

namespace culprit {
namespace {

using test::must;

constexpr std::string_view kFrames =
    R"("shared":{"frames":[{"name":"a"},{"name":"b","file":"b.c","line":7},{"name":"c"}]})";

Profile parse(std::string_view rest) {
    return must(parse_profile(
        fmt::format(R"({{"$schema":"https://www.speedscope.app/file-format-schema.json",{},{}}})", kFrames,
                    rest),
        {}));
}

Error refused(std::string_view rest) {
    const auto profile = parse_profile(
        fmt::format(R"({{"$schema":"https://www.speedscope.app/file-format-schema.json",{},{}}})", kFrames,
                    rest),
        {});
    EXPECT_FALSE(profile);
    return profile ? Error{} : profile.error();
}

TEST(Speedscope, EventedInTime) {
    const Profile profile =
        parse(R"("profiles":[{"type":"evented","name":"main","unit":"milliseconds","startValue":5,
        "endValue":20,"events":[{"type":"O","frame":0,"at":5},{"type":"O","frame":1,"at":6},{"type":"C","frame":1,"at":9},
        {"type":"O","frame":1,"at":10},{"type":"C","frame":1,"at":12},{"type":"C","frame":0,"at":20}]}])");
    EXPECT_EQ(test::folded(profile, "time"), "a 10000000\na;b 5000000\n");
    EXPECT_EQ(profile.duration_ns, 15e6);
    EXPECT_EQ(profile.metric("samples"), nullptr);
    EXPECT_EQ(profile.threads.at(0).name, "main");
    EXPECT_EQ(profile.text(profile.frames[1].file), "b.c");
    EXPECT_EQ(profile.frames[1].line, 7u);
    EXPECT_TRUE(profile.warnings.empty());
}

TEST(Speedscope, SampledInTimeCountsSamplesToo) {
    const Profile profile =
        parse(R"("profiles":[{"type":"sampled","name":"t","unit":"seconds","startValue":0,"endValue":4,
        "samples":[[0,1],[0,1,2],[0,1],[]],"weights":[1,0.5,2,0.5]}])");
    EXPECT_EQ(test::folded(profile, "samples"), "a;b 2\na;b;c 1\n");
    EXPECT_EQ(test::folded(profile, "time"), "a;b 3000000000\na;b;c 500000000\n");
    EXPECT_EQ(profile.default_metric()->name, "samples");
    EXPECT_EQ(profile.default_metric()->total, 4);
}

TEST(Speedscope, WeightsWithoutAUnitAreSamples) {
    const Profile profile =
        parse(R"("profiles":[{"type":"sampled","name":"t","unit":"none","startValue":0,"endValue":7,
        "samples":[[0],[0,1]],"weights":[3,4]}])");
    EXPECT_EQ(test::folded(profile, "samples"), "a 3\na;b 4\n");
    EXPECT_EQ(profile.metrics.size(), 1u);
    EXPECT_EQ(profile.metrics[0].unit, "count");
    EXPECT_EQ(profile.duration_ns, 0);
}

TEST(Speedscope, UnitsMayDiffer) {
    const Profile profile = parse(R"("profiles":[
        {"type":"sampled","name":"t","unit":"bytes","startValue":0,"endValue":7,"samples":[[0]],"weights":[64]},
        {"type":"evented","name":"u","unit":"microseconds","startValue":0,"endValue":2,
         "events":[{"type":"O","frame":0,"at":0},{"type":"C","frame":0,"at":2}]}])");
    EXPECT_EQ(test::folded(profile, "bytes"), "a 64\n");
    EXPECT_EQ(test::folded(profile, "time"), "a 2000\n");
    EXPECT_EQ(profile.threads.size(), 2u);
}

TEST(Speedscope, MembersMayComeInAnyOrder) {
    const Profile profile = must(parse_profile(
        fmt::format(
            R"({{"profiles":[{{"weights":[3,4],"samples":[[0],[0,1]],"unit":"none","startValue":0,"endValue":7,
            "name":"t"}},{{"events":[{{"at":1,"frame":0,"type":"O"}},{{"at":2,"frame":0,"type":"C"}}],"endValue":2,
            "startValue":1,"unit":"nanoseconds","name":"u"}}],{}}})",
            kFrames),
        {}));
    EXPECT_EQ(test::folded(profile, "samples"), "a 3\na;b 4\n");
    EXPECT_EQ(test::folded(profile, "time"), "a 1\n");
}

TEST(Speedscope, EscapesInNames) {
    const Profile profile = must(parse_profile(
        R"({"shared":{"frames":[{"name":"a\"\\\u00e9\ud83d\ude00\n"}]},"profiles":[{"unit":"none","startValue":0,
           "samples":[[0]],"weights":[1]}]})",
        {}));
    EXPECT_EQ(profile.full_name(0), "a\"\\é😀\n");
}

TEST(Speedscope, SaysWhatIsWrongAndWhere) {
    EXPECT_EQ(
        refused(R"("profiles":[{"unit":"none","startValue":0,"samples":[[0],[3]],"weights":[1,1]}])").what,
        "speedscope: frame 3 is named, and there are 3 at byte 206 in profiles[0].samples[1]");
    EXPECT_EQ(refused(R"("profiles":[{"unit":"none","startValue":0,"samples":[[0]],"weights":[1,1]}])").what,
              "speedscope: there are more weights than the 1 samples at byte 219 in profiles[0].weights[1]");
    EXPECT_EQ(refused(R"("profiles":[{"unit":"pounds"}])").what,
              "speedscope: 'pounds' is no unit at byte 175 in profiles[0]");
    EXPECT_EQ(refused(R"("profiles":[])").what, "speedscope: there is no profile in the file");
    EXPECT_EQ(refused(R"("profiles":{})").fault, Fault::Corrupt);
}

TEST(Speedscope, ACutFileGivesWhatIsWhole) {
    const std::string text = fmt::format(
        R"({{{},"profiles":[{{"unit":"none","startValue":0,"samples":[[0],[0,1]],"weights":[3,4]}},)"
        R"({{"unit":"nanoseconds","startValue":0,"events":[{{"type":"O","frame":0,"at":0}},{{"type":"O","frame":1,"at":6}},{{"type)",
        kFrames);
    const Profile profile = must(parse_profile(text, {}));
    EXPECT_EQ(test::folded(profile, "samples"), "a 3\na;b 4\n");
    EXPECT_EQ(test::folded(profile, "time"), "a 6\n");
    ASSERT_EQ(profile.warnings.size(), 1u);
    EXPECT_TRUE(profile.warnings[0].starts_with("the file is cut short: 273 of 278 bytes"))
        << profile.warnings[0];
}

TEST(Speedscope, CutInTheSamplesTheyStillCount) {
    const std::string text = fmt::format(
        R"({{{},"profiles":[{{"unit":"seconds","startValue":0,"samples":[[0],[0,1],[0,)", kFrames);
    const Profile profile = must(parse_profile(text, {}));
    EXPECT_EQ(test::folded(profile, "samples"), "a 1\na;b 1\n");
    EXPECT_EQ(profile.warnings.size(), 2u);
}

TEST(Speedscope, EventsThatDoNotNestAreTold) {
    const Profile profile = parse(R"("profiles":[{"unit":"nanoseconds","startValue":0,"endValue":9,"events":[
        {"type":"O","frame":0,"at":0},{"type":"O","frame":1,"at":1},{"type":"C","frame":0,"at":5},{"type":"C","frame":2,"at":4}]}])");
    EXPECT_EQ(test::folded(profile, "time"), "a 1\na;b 4\n");
    ASSERT_EQ(profile.warnings.size(), 1u);
    EXPECT_TRUE(profile.warnings[0].starts_with("3 events close")) << profile.warnings[0];
}

TEST(Speedscope, DepthAndSizeAreNoDanger) {
    std::string stack = "0";
    for (int i = 1; i < 100000; ++i) stack += ",0";
    const Profile profile = parse(fmt::format(
        R"("profiles":[{{"unit":"none","startValue":0,"samples":[[{}]],"weights":[1]}}])", stack));
    EXPECT_EQ(profile.nodes.size(), 100001u);
    const auto rows = must(top(profile, Selection{}, By::Method));
    EXPECT_EQ(rows.at(0).inclusive, 1);
    EXPECT_EQ(rows.at(0).self, 1);
    EXPECT_EQ(refused("\"profiles\":" + std::string(300000, '[')).fault, Fault::Corrupt);
}

// A name longer than the window in which tokens are found.
TEST(Speedscope, LongStrings) {
    const std::string name(1'000'000, 'x');
    const Profile profile = must(parse_profile(fmt::format(R"({{"shared":{{"frames":[{{"name":"{}"}}]}},
        "profiles":[{{"unit":"none","startValue":0,"samples":[[0]],"weights":[1]}}]}})",
                                                           name),
                                               {}));
    EXPECT_EQ(profile.full_name(0), name);
}

TEST(Speedscope, DamagedFilesAreReadOrRefused) {
    const std::string text = fmt::format(
        R"({{"$schema":"https://www.speedscope.app/file-format-schema.json",{},"profiles":[{{"name":"x","unit":"none","startValue":0,
        "samples":[[0],[0,1]],"weights":[3,4]}},{{"unit":"nanoseconds","startValue":0,"endValue":1e3,
        "events":[{{"type":"O","frame":0,"at":0}},{{"type":"C","frame":0,"at":6.5}}]}}]}})",
        kFrames);
    test::expect_sound_when_damaged(text, 1, 3000);
}

}  // namespace
}  // namespace culprit
