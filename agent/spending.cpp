#include "agent/spending.h"

#include <algorithm>

#include "base/text.h"

namespace culprit {
namespace {

void add(SpentByModel& spent, const std::string& model, const Usage& usage) {
    const auto known = std::ranges::find(spent, model, &SpentByModel::value_type::first);
    if (known != spent.end())
        known->second += usage;
    else
        spent.emplace_back(model, usage);
}

SpentByModel spent_from(std::span<const Event> events) {
    SpentByModel spent;
    for (const Event& event : events) {
        if (const auto* summary = std::get_if<Summarized>(&event.body)) spent = summary->spent;
        if (const auto* undone = std::get_if<Undone>(&event.body)) {
            for (const auto& [model, usage] : undone->spent) add(spent, model, usage);
        }
        if (const auto* reply = std::get_if<AssistantReply>(&event.body))
            add(spent, reply->model, reply->usage);
    }
    return spent;
}

bool is_free(const Usage& usage) { return usage.input_tokens == 0 && usage.output_tokens == 0; }

}  // namespace

SpentByModel spent_by_model(std::span<const Event> events) { return spent_from(events); }

SpentByModel spent_in_turn(std::span<const Event> events) {
    const auto begins = [](const Event& event) {
        return std::holds_alternative<UserText>(event.body) ||
               std::holds_alternative<Summarized>(event.body) || std::holds_alternative<Undone>(event.body);
    };
    const auto last = std::ranges::find_if(events.rbegin(), events.rend(), begins);
    return spent_from(std::span(last.base(), events.end()));
}

std::optional<double> cost_of(const SpentByModel& spent, const ModelTable& models) {
    double cost = 0;
    for (const auto& [model, usage] : spent) {
        if (is_free(usage)) continue;
        const auto prices = models.find(model).prices;
        if (!prices) return std::nullopt;
        cost += cost_of(usage, *prices);
    }
    return cost;
}

std::string usage_text(const SpentByModel& spent, const ModelTable& models) {
    Usage all;
    for (const auto& [model, usage] : spent) all += usage;
    std::string text = fmt::format("{} tokens in", grouped(all.input_tokens));
    if (all.cached_tokens > 0) text += fmt::format(" ({} cached)", grouped(all.cached_tokens));
    text += fmt::format(", {} out", grouped(all.output_tokens));
    const auto cost = cost_of(spent, models);
    if (!cost) return text + ", price not known ([[models]] in culprit.toml sets it)";
    return text + fmt::format(", ${:.4f}", *cost);
}

std::string spending_text(std::span<const Event> events, const ModelTable& models) {
    const SpentByModel session = spent_by_model(events);
    std::string text = fmt::format("This turn: {}\nThis session: {}\n",
                                   usage_text(spent_in_turn(events), models), usage_text(session, models));
    for (const auto& each : session)
        text += fmt::format("  {}: {}\n", each.first, usage_text({each}, models));
    return text;
}

}  // namespace culprit
