// What kind of source a file is, as far as its path and its text tell.
#pragma once

#include <cstdint>
#include <string_view>

namespace culprit {

// facts::Generated, Listing and Test, as they apply. `path` is below the root.
std::uint32_t file_flags(std::string_view path, std::string_view text);

// True if the text holds a zero byte in its first 8,000, as git decides it.
bool is_binary(std::string_view text);

}  // namespace culprit
