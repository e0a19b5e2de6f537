// Room in the model's window: how full it is, what to leave out, and what to say in place of it.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "agent/provider/provider.h"
#include "agent/session.h"

namespace culprit {

// What a request may have of a window, in tokens; the rest is for the reply. 0: as much as there is.
std::int64_t room_for_request(const ModelFacts& facts);

// The results that are to be shortened so that about `bytes` fewer are sent: the largest first, those of the
// newest reply only if the older ones are not enough. Small ones, and those that are shortened already, stay.
std::vector<const ToolResult*> results_to_shorten(std::span<const Event> events, std::size_t bytes);

// Keeps each of them whole as an artefact, then logs that they are shortened from here on.
Result<> shorten_results(Session& session, const std::vector<const ToolResult*>& results);

// A summary that needs no model: messages, answers and results, each cut to its beginning.
std::string plain_summary(std::span<const Event> events);

// The event that stands for all events so far. `message` of it is set if the person's last one is not
// answered.
Summarized summarize_as(std::string text, std::span<const Event> events);

// What fills the window, as /context shows it: a line for each part, with its tokens and its share.
std::string context_text(const Request& request, std::span<const Event> events, Provider& provider);

}  // namespace culprit
