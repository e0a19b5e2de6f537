// What is known of models by name: window, longest reply, price. The built-in table is data
// (agent/provider/models.toml); the person's own rows come before it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sessions/event.h"

namespace culprit {

struct Prices {  // dollars for a million tokens
    double input = 0, output = 0;
    double cached = 0;   // of input that was read from the provider's cache
    double written = 0;  // of input that was written to it
};

struct ModelFacts {
    std::string name;             // the beginning of the names that this is for
    std::int64_t window = 0;      // tokens of request and reply together; 0: not known
    std::int64_t max_output = 0;  // of one reply; 0: not known
    bool reasons = false;         // takes an effort of reasoning, and no temperature
    bool budgeted = false;        // Anthropic: thinking is bounded by a number of tokens, not by an effort
    std::optional<Prices> prices = {};
};

class ModelTable {
  public:
    explicit ModelTable(std::vector<ModelFacts> rows) : rows_(std::move(rows)) {}

    // The row whose name is the longest beginning of `model`; of two, the first. What stands before a '/' in
    // `model` does not count if no row has it ("anthropic/claude-…" at OpenRouter). Unknown: all empty.
    ModelFacts find(std::string_view model) const;

  private:
    const ModelFacts* row_for(std::string_view model) const;
    std::vector<ModelFacts> rows_;
};

// What `usage` costs in dollars.
double cost_of(const Usage& usage, const Prices& prices);

}  // namespace culprit
