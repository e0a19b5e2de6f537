#include "tools/profile/store.h"

#include <atomic>
#include <thread>

#include "support/support.h"

namespace culprit {
namespace {

using test::must;

std::string profile_with(int weight) {
    return fmt::format(R"({{"shared":{{"frames":[{{"name":"a"}}]}},"profiles":[{{"unit":"none","startValue":0,
        "samples":[[0]],"weights":[{}]}}]}})",
                       weight);
}

class StoreTest : public ::testing::Test {
  protected:
    StoreTest() : folder_(test::temporary_folder()), file_(folder_.path() / "a.json") {
        must(write_file(file_, profile_with(1)));
    }
    TemporaryFolder folder_;
    fs::path file_;
};

TEST_F(StoreTest, ReadsAFileOnceAndAgainWhenItChanged) {
    ProfileStore store;
    const Profile* const first = &*must(store.open(file_));
    EXPECT_EQ(&*must(store.open(file_)), first);
    must(write_file(file_, profile_with(12345)));
    EXPECT_EQ(must(store.open(file_))->default_metric()->total, 12345);
}

TEST_F(StoreTest, WhatIsPinnedStaysWhateverTheLimit) {
    ProfileStore store(1);
    const auto pinned = must(store.open(file_));
    const fs::path other = folder_.path() / "b.json";
    must(write_file(other, profile_with(2)));
    for (int i = 0; i < 3; ++i) EXPECT_EQ(must(store.open(other))->default_metric()->total, 2);
    EXPECT_EQ(pinned->default_metric()->total, 1);
    EXPECT_EQ(&*must(store.open(file_)), &*pinned);
}

TEST_F(StoreTest, FailuresNameTheFileAndAreNotKept) {
    ProfileStore store;
    EXPECT_EQ(store.open(folder_.path() / "none").error().fault, Fault::NotFound);
    must(write_file(file_, "no profile"));
    EXPECT_TRUE(store.open(file_).error().what.starts_with("a.json: this is no profile"));
    must(write_file(file_, profile_with(3)));
    EXPECT_EQ(must(store.open(file_))->default_metric()->total, 3);
}

TEST_F(StoreTest, ManyThreadsShareOneReading) {
    ProfileStore store;
    std::atomic<int> right = 0;
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 8; ++i) {
            threads.emplace_back([&] {
                for (int n = 0; n < 50; ++n) {
                    const auto profile = store.open(file_);
                    if (profile && (*profile)->default_metric()->total == 1) ++right;
                }
            });
        }
    }
    EXPECT_EQ(right, 400);
}

}  // namespace
}  // namespace culprit
