// What the tools over sources share: reading the places and names that a call gives, and writing compact
// answers.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tools/source/index.h"
#include "tools/tool.h"

namespace culprit {

// Lines up to a budget of about 2,000 tokens; counts those that no longer fit.
class Lines {
  public:
    explicit Lines(std::size_t most_bytes = 8000) : most_bytes_(most_bytes) {}
    void add(std::string line);
    std::size_t left_out() const { return left_out_; }
    // The lines, and behind them, if some were left out, "… 12 more: " and `how_to_see_them`.
    std::string text(std::string_view how_to_see_them) const;

  private:
    std::size_t most_bytes_;
    std::string text_;
    std::size_t left_out_ = 0;
};

std::string place_text(const Roots& roots, const fs::path& file, int line);  // "ROOT/src/A.cs:12"

// {"symbol","file","line","certainty","root"}: `file` is below the root.
Json target_json(const Roots& roots, std::string_view symbol, const fs::path& file, int line,
                 Certainty certainty);
Json definition_json(const Roots& roots, const Definition& definition);

// "FILE:LINE" or "FILE:LINE:NAME".
struct PlaceQuery {
    fs::path file;
    int line = 0;
    std::string name;
};
// Nothing if the text has no such form; fails if it has, and the file is not there (as Roots::resolve).
Result<std::optional<PlaceQuery>> read_place(const Roots& roots, std::string_view text);

// The definitions that a name or a definition's place means, best first. Fails with NotFound, naming what is
// called alike, or Invalid for a place outside of any definition.
Result<std::vector<Definition>> definitions_meant(Workbench& bench, const std::string& query,
                                                  std::size_t limit);

// The numbered lines `first` to `last` of a file, cut at the budget of a deliberate read.
Result<std::string> numbered_lines(const fs::path& file, int first, int last);

std::string certainty_mark(Certainty certainty);  // "  [likely]"; nothing if exact

// Brings the index up to date with the call's stop token.
Result<> make_ready(Workbench& bench);
// What to say below an answer that rests on a part of the files; else nothing.
std::string partial_note(const Workbench& bench);

}  // namespace culprit
