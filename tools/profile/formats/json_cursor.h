// Reads JSON front to back, of any size and depth, holding no more of it than a window: simdjson finds the
// tokens of one window after the other (its first stage), this walks over them.
//
// Calls    what comes next is asked for in order: begin_object(), next_member(key), a value or skip(),
// next_member ... Fails    once, and for good: from then on every call returns false or nothing; problem()
// tells what and where Lifetime the text is borrowed; keys are views of it and valid until the next call
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <simdjson.h>

#include "base/result.h"

namespace culprit {

class JsonCursor {
  public:
    // Starts at the value that begins at byte `start` of `text`.
    explicit JsonCursor(std::string_view text, std::size_t start = 0);

    // The first byte of the next token ('{', '[', '"', 't', '-', '7', ...); 0 at the end or after a failure.
    char peek();
    std::size_t offset();  // of the next token in the text

    bool begin_object() { return take('{'); }
    bool begin_array() { return take('['); }
    // True if there is one more, false at the end of the object or array, which is then behind us.
    bool next_member(std::string_view& key);
    bool next_element();

    // The next value; false and a failure if it is of another kind, but that `null` reads as 0 and "".
    bool read(double& number);
    bool read(std::uint64_t& integer);
    bool read(std::string& text);
    // A number, or a string that holds one, as some writers have it; false and no failure if it is something
    // else, which is left behind.
    bool read_number_or_text(double& number);
    void skip();  // the next value, whatever it is
    // The text of the next value, up to its first ']', if it is an array: all of an array of numbers. Empty
    // if it is none. The value stays the next one.
    std::string_view flat_array();
    // Goes on behind a text that flat_array() gave, which must be all of the array.
    void skip(std::string_view array);

    struct Problem {
        std::size_t offset = 0;
        std::string what;
        bool truncated = false;  // the text ends before the value does
    };
    const std::optional<Problem>& problem() const { return problem_; }
    // A failure of the caller's own: the value before this point is not what it should be.
    void fail(std::string what);

  private:
    static constexpr std::size_t kWindow = 256 * 1024;

    bool take(char wanted);
    void next_window();
    void advance();
    bool raw_string(std::string_view& inside);

    std::string_view text_;
    simdjson::dom::parser parser_;
    std::size_t window_ = 0;  // where the window begins in text_
    std::size_t window_end_ = 0;
    std::uint32_t token_ = 0, tokens_ = 0;
    char before_ = 0;  // the first byte of the token before
    std::string unescaped_;
    std::optional<Problem> problem_;
};

}  // namespace culprit
