// The languages that the index understands: a row each.
#pragma once

#include <span>
#include <stop_token>
#include <string_view>
#include <vector>

#include "tools/source/segment.h"
#include "tools/source/syntax.h"

namespace culprit {

struct Language {
    std::string_view name;
    std::vector<std::string_view> suffixes;  // ".cs"
    bool hash_comments;                      // "#" begins a comment
    const TSLanguage* (*grammar)();
    Result<> (*extract)(Parser&, std::string_view text, SegmentBuilder& out, std::stop_token stop);
};

std::span<const Language> languages();
const Language* language_of(std::string_view path);  // null if the index does not read such files

}  // namespace culprit
