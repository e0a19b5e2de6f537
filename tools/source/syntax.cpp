#include "tools/source/syntax.h"

#include <chrono>

namespace culprit {
namespace {

constexpr auto kLongestParse = std::chrono::seconds(10);

struct Watch {
    std::stop_token stop;
    std::chrono::steady_clock::time_point end = std::chrono::steady_clock::now() + kLongestParse;

    static bool gives_up(TSParseState* state) {
        const auto* watch = static_cast<const Watch*>(state->payload);
        return watch->stop.stop_requested() || std::chrono::steady_clock::now() > watch->end;
    }
};

struct Input {
    std::string_view text;

    static const char* read(void* payload, std::uint32_t byte, TSPoint, std::uint32_t* size) {
        const std::string_view rest = static_cast<const Input*>(payload)->text;
        if (byte >= rest.size()) return *size = 0, "";
        *size = static_cast<std::uint32_t>(rest.size() - byte);
        return rest.data() + byte;
    }
};

}  // namespace

Parser::Parser(const TSLanguage* language) : parser_(ts_parser_new(), ts_parser_delete) {
    ts_parser_set_language(parser_.get(), language);
}

Result<Tree> Parser::parse(std::string_view text, std::stop_token stop) {
    if (text.size() >= UINT32_MAX)
        return fail(Fault::Invalid, "a source file of {} bytes is too long to parse", text.size());
    Watch watch{std::move(stop)};
    Input input{text};
    TSTree* tree = ts_parser_parse_with_options(parser_.get(), nullptr,
                                                {&input, Input::read, TSInputEncodingUTF8, nullptr},
                                                {&watch, Watch::gives_up});
    if (tree) return Tree(tree);
    ts_parser_reset(parser_.get());
    if (watch.stop.stop_requested()) return std::unexpected(cancelled());
    return fail(Fault::TimedOut, "parsing took more than {} s", kLongestParse.count());
}

}  // namespace culprit
