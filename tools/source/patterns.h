// Performance anti-patterns: tree-sitter queries with a head that says what they mean, in
// prompts/patterns/<language>.
//
// A file begins with comment lines "; title:", "; why:", "; fix:", "; cost:", and examples that the tests
// run: "; bad:" (must be found) and "; good:" (must not). Its queries capture as @hit what is to be shown.
// Beside #eq? #match? #any-of? there is #inside? (pattern_query.h).
#pragma once

#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "tools/source/index.h"
#include "tools/source/languages.h"
#include "tools/source/pattern_query.h"

namespace culprit {

struct Pattern {
    std::string_view id;        // "regex-per-call"
    std::string_view language;  // as languages() has it
    std::string_view title, why, fix, cost;
    std::vector<std::string_view> bad, good;
    std::string_view text;  // the whole file
};

// All patterns that are built in, by language and id.
const std::vector<Pattern>& all_patterns();

struct PatternHit {
    const Pattern* pattern = nullptr;
    fs::path file;
    int line = 0;
    std::string text;    // the first line of what was found
    std::string symbol;  // the member it stands in
};

struct PatternFilter {
    std::vector<std::string> ids = {};  // empty: all
    std::string cost = {};              // empty: any
    bool takes(const Pattern& pattern) const;
};

// Compiles what it needs once and keeps it. For one thread.
class PatternFinder {
  public:
    explicit PatternFinder(PatternFilter filter) : filter_(std::move(filter)) {}

    // In the text of one definition alone. The definition's file is read as it is now.
    Result<std::vector<PatternHit>> find_in(const Definition& definition);
    Result<std::vector<PatternHit>> find_in(const fs::path& file, SourceIndex& index);
    // In a text of some language, a part of `file` or (empty) all of it; lines count from 1.
    Result<std::vector<PatternHit>> find_in_text(const Language& language, std::string_view text,
                                                 std::string_view file = {});

  private:
    struct Compiled {
        const Pattern* pattern;
        PatternQuery query;
        std::uint32_t hit;  // number of the capture
    };
    Result<const std::vector<Compiled>*> queries(const Language& language);

    PatternFilter filter_;
    std::vector<std::pair<const Language*, std::vector<Compiled>>> compiled_;
};

}  // namespace culprit
