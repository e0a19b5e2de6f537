#include "agent/provider/model_facts.h"

#include <algorithm>

namespace culprit {

const ModelFacts* ModelTable::row_for(std::string_view model) const {
    const ModelFacts* best = nullptr;
    for (const ModelFacts& row : rows_) {
        if (model.starts_with(row.name) && (!best || row.name.size() > best->name.size())) best = &row;
    }
    return best;
}

ModelFacts ModelTable::find(std::string_view model) const {
    const ModelFacts* row = row_for(model);
    if (const std::size_t slash = model.rfind('/'); !row && slash != std::string_view::npos)
        row = row_for(model.substr(slash + 1));
    return row ? *row : ModelFacts{};
}

double cost_of(const Usage& usage, const Prices& prices) {
    const auto plain =
        std::max<std::int64_t>(0, usage.input_tokens - usage.cached_tokens - usage.written_tokens);
    return (static_cast<double>(plain) * prices.input +
            static_cast<double>(usage.cached_tokens) * prices.cached +
            static_cast<double>(usage.written_tokens) * prices.written +
            static_cast<double>(usage.output_tokens) * prices.output) /
           1e6;
}

}  // namespace culprit
