#include "sessions/store.h"

#include "support/support.h"

namespace culprit {
namespace {

using test::must;

class SessionStoreTest : public ::testing::Test {
  protected:
    SessionStoreTest() : folder_(test::temporary_folder()), store_(folder_.path()) {}

    void add(std::string_view id, std::string_view message) {
        Log log = must(Log::create(store_.place(id).log, {.id = std::string(id), .program = "test"}, clock_));
        must(log.append(UserText{std::string(message)}));
        must(log.append(AssistantReply{.text = "so", .model = "gpt"}));
    }

    Clock clock_;
    TemporaryFolder folder_;
    SessionStore store_;
};

TEST_F(SessionStoreTest, NewPlacesSortByTime) {
    const SessionPlace place = store_.place_new(clock_);
    EXPECT_EQ(place.id.size(), 19u) << place.id;
    EXPECT_EQ(place.log, folder_.path() / "sessions" / (place.id + ".jsonl"));
    EXPECT_EQ(place.artifacts, folder_.path() / "artifacts" / place.id);
}

TEST_F(SessionStoreTest, ListsNewestFirstAndTellsOfBrokenOnes) {
    add("20260101-000000-aaaa", "\n  first question\nmore");
    add("20260102-000000-bbbb", "second");
    must(write_file(folder_.path() / "sessions/20260103-000000-cccc.jsonl", "broken"));
    std::vector<std::string> warnings;
    const auto list = store_.list(warnings);
    ASSERT_EQ(list.size(), 2u);
    EXPECT_EQ(list[0].title, "second");
    EXPECT_EQ(list[1].title, "first question more");
    EXPECT_EQ(list[1].turns, 1);
    EXPECT_EQ(list[1].model, "gpt");
    EXPECT_EQ(warnings.size(), 1u);
}

TEST_F(SessionStoreTest, FindsByPrefixNumberAndNewest) {
    EXPECT_EQ(store_.find("").error().fault, Fault::NotFound);
    add("20260101-000000-aaaa", "1");
    add("20260102-000000-bbbb", "2");
    EXPECT_EQ(must(store_.find("")).id, "20260102-000000-bbbb");
    EXPECT_EQ(must(store_.find("2")).id, "20260101-000000-aaaa");
    EXPECT_EQ(must(store_.find("20260101")).id, "20260101-000000-aaaa");
    EXPECT_EQ(store_.find("2026").error().fault, Fault::Invalid);
    EXPECT_EQ(store_.find("2025").error().fault, Fault::NotFound);
    EXPECT_EQ(store_.find("../../etc/passwd").error().fault, Fault::NotFound);
}

}  // namespace
}  // namespace culprit
