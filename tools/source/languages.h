// The languages that the index understands: a row each.
#pragma once

#include <span>
#include <stop_token>
#include <string_view>
#include <vector>

#include "tools/source/query.h"
#include "tools/source/segment.h"
#include "tools/source/syntax.h"

namespace culprit {

enum class Family : std::uint8_t {
    CSharp,
    C,
    Java,
    Go,
    Rust,
    Python,
    JavaScript,
    MsBuild
};  // may call each other

struct Language {
    std::string_view name;  // "csharp": as its folder of patterns is called
    Family family;
    std::vector<std::string_view> suffixes;  // ".cs"
    bool hash_comments;                      // "#" begins a comment
    const TSLanguage* (*grammar)();          // null for MsBuild: of projects only the <Using> items are read
    std::string_view query;                  // in prompts/languages; empty: C# (csharp/) and MsBuild
};

std::span<const Language> languages();
const Language* language_of(std::string_view path);  // null if the index does not read such files
const Language* language_named(std::string_view name);

// Adds the facts of `text` to the file that `out` has open. Fails as Parser::parse does.
Result<> extract(const Language& language, Parser& parser, std::string_view text, SegmentBuilder& out,
                 std::stop_token stop);

}  // namespace culprit
