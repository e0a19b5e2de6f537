// What the tools of a session have said, as claims are held against it.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "agent/grounding/figures.h"
#include "sessions/event.h"

namespace culprit {

// One line of a result, with its figures.
struct FactRow {
    std::string_view text;
    std::vector<Figure> figures;  // bare numbers too
    std::string_view head;        // the line over the table that it stands in
    std::size_t result = 0;       // index in Facts::results
};

struct FactResult {
    std::string_view evidence;  // "E7"
    std::string_view text;
    std::string_view arguments;  // of its call, JSON as the model wrote it
    bool is_source = false;      // lines of files, and not measurements
};

// Borrows from the events. Results that failed say nothing.
class Facts {
  public:
    explicit Facts(std::span<const Event> events);

    const std::vector<FactRow>& rows() const { return rows_; }
    const FactResult& result_of(const FactRow& row) const { return results_[row.result]; }
    const FactResult* find(std::string_view evidence) const;
    bool empty() const { return results_.empty(); }

    // The head over a figure of a row of a table, "explains"; empty if there is none.
    std::string_view column(const FactRow& row, std::size_t figure) const;

    // Whether the word stands in a result, as a whole word.
    bool mentions(std::string_view word) const;
    // Whether only the engineer has said this number.
    bool was_said(const Figure& figure) const;

  private:
    std::vector<FactResult> results_;
    std::vector<FactRow> rows_;
    std::vector<Figure> said_;
};

}  // namespace culprit
