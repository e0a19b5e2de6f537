// What a session has used, and what that costs.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "agent/provider/model_facts.h"
#include "sessions/event.h"

namespace culprit {

// By model, in the order in which they first replied.
using SpentByModel = std::vector<std::pair<std::string, Usage>>;

SpentByModel spent_by_model(std::span<const Event> events);  // of the session
SpentByModel spent_in_turn(std::span<const Event> events);   // of the last turn

// In dollars; nothing if a model that used tokens has no price.
std::optional<double> cost_of(const SpentByModel& spent, const ModelTable& models);

// As /cost shows it: the last turn and the session, a line for each model, with cached tokens and the price.
std::string spending_text(std::span<const Event> events, const ModelTable& models);

// "12,345 tokens in (8,000 cached), 512 out, $0.0123"
std::string usage_text(const SpentByModel& spent, const ModelTable& models);

}  // namespace culprit
