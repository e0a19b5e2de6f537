// The output of a program: all of it in a file, its head and its tail in memory, whatever its size.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/files.h"

namespace culprit {

class OutputCapture {
  public:
    static constexpr std::uint64_t kMostKept = 256u << 20;  // bytes in the file; the rest is counted alone

    // The file is made with the first byte.
    explicit OutputCapture(fs::path file) : file_(std::move(file)) {}

    // Fails if the file cannot be written; the output is then still counted and shown.
    Result<> add(std::string_view piece);

    std::uint64_t bytes() const { return bytes_; }
    const fs::path& file() const { return file_; }

    // All of it if it is short, else head and tail around what was left out, readable; `name` is how a model
    // names the file.
    std::string text(std::string_view name) const;

  private:
    Result<> keep(std::string_view piece);

    fs::path file_;
    Descriptor fd_;
    bool failed_ = false;
    std::uint64_t bytes_ = 0, lines_ = 0;
    std::string head_, tail_;
};

// What comes from a program, as text for people and models: colours and moves of the cursor left out, of a
// line that was written over ("\r") its last state, other control characters escaped, valid UTF-8.
std::string readable_output(std::string_view bytes);

}  // namespace culprit
