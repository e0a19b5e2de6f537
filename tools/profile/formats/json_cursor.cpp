#include "tools/profile/formats/json_cursor.h"

#include <algorithm>
#include <charconv>

namespace culprit {
namespace {

bool ends_a_scalar(char c) {
    return c == ',' || c == ']' || c == '}' || c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

}  // namespace

JsonCursor::JsonCursor(std::string_view text, std::size_t start)
    : text_(text), window_(start), window_end_(start) {
    next_window();
}

// Finds the tokens from window_end_ on. The last token of a window may go on behind it, so it becomes the
// first of the next one; a window with one token alone is made larger until it holds the whole of it.
void JsonCursor::next_window() {
    std::size_t size = kWindow;
    window_ = window_end_;
    for (;;) {
        const std::string_view rest = text_.substr(window_);
        const std::size_t length = std::min(size, rest.size());
        token_ = tokens_ = 0;
        if (length == 0) return;
        if (length > 0xFFFF0000u) return fail("a string is too long");
        if (parser_.capacity() < length && parser_.allocate(length) != simdjson::SUCCESS)
            return fail("no memory is left");
        auto& stage = *parser_.implementation;
        // As part of a stream, so that a string may be open at the end. That mode also forgets the tokens
        // behind what it takes for the end of a document, but leaves them in the list, which is closed by
        // `length`.
        const auto error = stage.stage1(reinterpret_cast<const std::uint8_t*>(rest.data()), length,
                                        simdjson::stage1_mode::streaming_partial);
        if (error == simdjson::UNESCAPED_CHARS) return fail("a string holds a control character");
        tokens_ = stage.n_structural_indexes;
        while (stage.structural_indexes[tokens_] < length) ++tokens_;
        if (length == rest.size()) {
            window_end_ = window_ + length;
            return;
        }
        if (tokens_ > 0) --tokens_;
        window_end_ = window_ + stage.structural_indexes[tokens_];
        if (tokens_ > 0) return;
        size = window_end_ > window_ ? kWindow : size * 2;
        window_ = window_end_;
    }
}

char JsonCursor::peek() {
    if (problem_) return 0;
    if (token_ == tokens_) {
        next_window();
        if (token_ == tokens_) return 0;
    }
    return text_[offset()];
}

std::size_t JsonCursor::offset() {
    return token_ < tokens_ ? window_ + parser_.implementation->structural_indexes[token_] : window_end_;
}

void JsonCursor::fail(std::string what) {
    const bool at_end = token_ == tokens_ && window_end_ == text_.size();
    if (!problem_) problem_ = {offset(), std::move(what), at_end};
}

void JsonCursor::advance() {
    before_ = text_[offset()];
    ++token_;
}

bool JsonCursor::take(char wanted) {
    if (const char c = peek(); c != wanted) {
        fail(c == 0 ? "the text ends" : fmt::format("'{}' where '{}' should be", c, wanted));
        return false;
    }
    advance();
    return true;
}

bool JsonCursor::next_element() {
    if (peek() == ']') {
        advance();
        return false;
    }
    if (before_ != '[' && !take(',')) return false;
    if (peek() == 0) fail("the text ends");
    return !problem_;
}

bool JsonCursor::next_member(std::string_view& key) {
    if (peek() == '}') {
        advance();
        return false;
    }
    if (before_ != '{' && !take(',')) return false;
    return raw_string(key) && take(':');
}

// The string as it stands between its quotes.
bool JsonCursor::raw_string(std::string_view& inside) {
    if (const char c = peek(); c != '"') {
        fail(c == 0 ? "the text ends" : fmt::format("'{}' where a string should be", c));
        return false;
    }
    const std::size_t start = offset() + 1;
    std::size_t end = text_.find('"', start);
    const auto escaped = [&] {
        std::size_t backslashes = 0;
        while (end - backslashes > start && text_[end - backslashes - 1] == '\\') ++backslashes;
        return backslashes % 2 == 1;
    };
    while (end != std::string_view::npos && escaped()) end = text_.find('"', end + 1);
    if (end == std::string_view::npos) {
        problem_ = {offset(), "the text ends in a string", true};
        return false;
    }
    inside = text_.substr(start, end - start);
    advance();
    return true;
}

bool JsonCursor::read(std::string& text) {
    std::string_view inside;
    if (peek() == 'n') {
        text.clear();
        advance();
        return true;
    }
    const std::size_t at = offset();
    if (!raw_string(inside)) return false;
    text.assign(inside);
    if (inside.find('\\') == std::string_view::npos) return true;
    unescaped_.assign(inside);
    unescaped_ += '"';
    unescaped_.append(simdjson::SIMDJSON_PADDING, ' ');
    text.resize(inside.size() + simdjson::SIMDJSON_PADDING);
    auto* const from = reinterpret_cast<std::uint8_t*>(unescaped_.data());
    auto* const to = reinterpret_cast<std::uint8_t*>(text.data());
    const std::uint8_t* const end = parser_.implementation->parse_string(from, to);
    if (end == nullptr) {
        problem_ = {at, "a string has a bad escape", false};
        return false;
    }
    text.resize(static_cast<std::size_t>(end - to));
    return true;
}

bool JsonCursor::read(double& number) {
    const char c = peek();
    if (c == 'n') {
        number = 0;
        advance();
        return true;
    }
    const char* const start = text_.data() + offset();
    const char* const end = text_.data() + text_.size();
    const auto [stop, error] = c == 0 ? std::from_chars_result{start, std::errc::invalid_argument}
                                      : std::from_chars(start, end, number);
    if (error == std::errc::result_out_of_range) number = 0;
    if (error == std::errc::invalid_argument || (stop < end && !ends_a_scalar(*stop))) {
        fail(c == 0 ? "the text ends" : fmt::format("'{}' where a number should be", c));
        return false;
    }
    if (stop == end) {  // its last digits may be missing
        problem_ = {offset(), "the text ends in a number", true};
        return false;
    }
    advance();
    return true;
}

bool JsonCursor::read(std::uint64_t& integer) {
    const char c = peek();
    const char* at = text_.data() + offset();
    const char* const end = text_.data() + text_.size();
    integer = 0;
    if (c >= '0' && c <= '9') {
        for (; at < end && *at >= '0' && *at <= '9' && integer < (std::uint64_t{1} << 60); ++at) {
            integer = integer * 10 + static_cast<std::uint64_t>(*at - '0');
        }
        if (at < end && ends_a_scalar(*at)) {
            advance();
            return true;
        }
    }
    double number = 0;
    const std::size_t start = offset();
    if (!read(number)) return false;
    if (number < 0 || number > 9e18) {
        problem_ = {start, fmt::format("{} where a count should be", number), false};
        return false;
    }
    integer = static_cast<std::uint64_t>(number);
    return true;
}

bool JsonCursor::read_number_or_text(double& number) {
    const char c = peek();
    if (c == '-' || (c >= '0' && c <= '9')) return read(number);
    std::string text;
    if (c != '"') {
        skip();
        return false;
    }
    if (!read(text)) return false;
    const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc() && stop == text.data() + text.size();
}

std::string_view JsonCursor::flat_array() {
    if (peek() != '[') return {};
    const std::size_t start = offset(), end = text_.find(']', start);
    return end == std::string_view::npos ? std::string_view() : text_.substr(start, end + 1 - start);
}

void JsonCursor::skip(std::string_view array) {
    const auto end = static_cast<std::size_t>(array.data() + array.size() - text_.data());
    while (peek() != 0 && offset() < end) {
        const std::uint32_t* const tokens = parser_.implementation->structural_indexes.get();
        while (token_ < tokens_ && window_ + tokens[token_] < end) ++token_;
    }
    before_ = ']';
}

void JsonCursor::skip() {
    std::size_t depth = 0;
    do {
        const char c = peek();
        if (c == 0) return fail("the text ends");
        if (c == '{' || c == '[') ++depth;
        if (c == '}' || c == ']') {
            if (depth == 0) return fail("there is no value");
            --depth;
        }
        advance();
    } while (depth > 0);
}

}  // namespace culprit
