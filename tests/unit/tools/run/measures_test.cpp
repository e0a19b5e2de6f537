#include "tools/run/measures.h"

#include "support/support.h"
#include "tools/run/words.h"

namespace culprit {
namespace {

using test::must;

double value_of(const std::vector<Measure>& measures, std::string_view name) {
    const auto found = std::ranges::find(measures, name, &Measure::name);
    return found == measures.end() ? -1 : found->value;
}

TEST(Measures, TheLastJsonObjectCountsWithItsPaths) {
    const auto found =
        measures_in("start {x}\n{\"a\":1}\n{\"rate\":12.5,\"latency\":{\"p99\":3},\"name\":\"x\"}\nbye\n");
    EXPECT_EQ(found.size(), 2u);
    EXPECT_EQ(value_of(found, "rate"), 12.5);
    EXPECT_EQ(value_of(found, "latency.p99"), 3);
    EXPECT_EQ(value_of(measures_in("log\n{\n \"rate\": 7\n}\n"), "rate"), 7);
    EXPECT_TRUE(measures_in_json("{not json}\n").empty());
}

TEST(Measures, TheSummaryOfBenchmarkDotNetIsReadInItsUnits) {
    constexpr std::string_view kSummary =
        "// * Summary *\n\n| Method | Size | Mean       | Error    | Allocated |\n"
        "|------- |----- |-----------:|---------:|----------:|\n"
        "| Encode | 10   | 1,234.5 us |   2.1 us |    1.5 KB |\n| Decode | 10   |   17.50 ns |  0.10 ns |    "
        "     - |\n";
    const auto found = measures_in(kSummary);
    EXPECT_EQ(value_of(found, "Encode.Mean"), 1234500);
    EXPECT_EQ(value_of(found, "Encode.Allocated"), 1536);
    EXPECT_EQ(value_of(found, "Decode.Mean"), 17.5);
    EXPECT_EQ(found.size(), 3u);
}

TEST(Measures, ProseOfKafkasOwnToolIsRead) {
    const auto found = measures_in(
        "1000 records sent, 90.1 records/sec (1 MB/sec)\n"
        "500000 records sent, 98,765.4 records/sec (9.4 MB/sec), 12.3 ms avg latency\n");
    EXPECT_EQ(value_of(found, "records/sec"), 98765.4);
    EXPECT_EQ(value_of(found, "MB/sec"), 9.4);
}

TEST(Measures, APatternTakesItsLastMatchAndSaysWhatIsWrong) {
    EXPECT_EQ(must(measure_by_pattern("rate=1\nrate=2,500\n", "^rate=([0-9,]+)$")).value, 2500);
    EXPECT_EQ(measure_by_pattern("x", "rate=(").error().fault, Fault::Invalid);
    EXPECT_EQ(measure_by_pattern("x", "rate").error().fault, Fault::Invalid);
    EXPECT_EQ(measure_by_pattern("x", "rate=([0-9]+)").error().fault, Fault::NotFound);
    EXPECT_EQ(measure_by_pattern("abc", "()").error().fault, Fault::NotFound);
    EXPECT_EQ(measure_by_pattern("rate=fast", "rate=(\\w+)").error().fault, Fault::NotFound);
}

TEST(Measures, WhatMattersAndWhichWayIsKnownByName) {
    const std::vector<Measure> measures = {{"seconds", 3}, {"p99_ms", 2}, {"messages_per_s", 100}};
    EXPECT_EQ(main_measure(measures)->name, "messages_per_s");
    EXPECT_EQ(better_of("messages_per_s"), Better::Higher);
    EXPECT_EQ(better_of("cpu_s"), Better::Lower);
    EXPECT_EQ(better_of("orders"), std::nullopt);
    EXPECT_EQ(main_measure({{"orders", 5}}), nullptr);
}

TEST(Measures, DamagedOutputIsNoTrouble) {
    const std::string whole =
        "x 12 a/s\n| Method | Mean |\n|--|--|\n| A | 1 ns |\n{\"a\":{\"b\":[1,2,{\"c\":3}]},\"d\":1e999}\n";
    for (std::size_t size = 0; size <= whole.size(); ++size)
        static_cast<void>(measures_in(whole.substr(0, size)));
    EXPECT_TRUE(measures_in(std::string(200000, '{')).empty());
    EXPECT_TRUE(measures_in(std::string("\0\xff\xfe|", 4)).empty());
}

TEST(Words, AreSplitAsAShellDoes) {
    EXPECT_EQ(must(split_words(" a 'b c' \"d \\\" e\" f\\ g '' $HOME;x")),
              (std::vector<std::string>{"a", "b c", "d \" e", "f g", "", "$HOME;x"}));
    EXPECT_TRUE(must(split_words("  \n")).empty());
    EXPECT_EQ(split_words("a 'b").error().fault, Fault::Invalid);
}

}  // namespace
}  // namespace culprit
