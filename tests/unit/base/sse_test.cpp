#include "base/sse.h"

#include "support/support.h"

namespace culprit {
namespace {

constexpr std::string_view kStream =
    "\xEF\xBB\xBF: a comment\r\n"
    "event: delta\r\ndata: {\"text\":\"größer\"}\r\n\r\n"
    "data\ndata: two\n\n"
    "id: 7\nretry: 10\n\n"
    "data:no space\r\rdata: never completed";

std::vector<std::string> read_in_pieces(std::string_view stream, std::size_t size) {
    SseParser parser;
    std::vector<std::string> events;
    for (std::size_t at = 0; at < stream.size(); at += size) {
        for (const SseEvent& event : parser.feed(stream.substr(at, size)))
            events.push_back(event.name + "|" + event.data);
    }
    return events;
}

TEST(Sse, ReadsTheSameHoweverTheStreamIsCut) {
    const std::vector<std::string> expected = {"delta|{\"text\":\"größer\"}", "|\ntwo", "|no space"};
    for (std::size_t size = 1; size <= kStream.size(); ++size)
        EXPECT_EQ(read_in_pieces(kStream, size), expected) << size;
}

}  // namespace
}  // namespace culprit
