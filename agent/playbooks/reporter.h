// The provider that answers a playbook without a model: what the opening calls found is the answer.
#pragma once

#include <memory>
#include <string>

#include "agent/provider/provider.h"

namespace culprit {

// Its one reply is the texts of the results of this turn, each under what was asked, with what went wrong
// told as such, and `without_model` (what a model would add) below. Fails with Invalid, and what the calls
// said, if each of them failed.
std::unique_ptr<Provider> make_reporter(std::string without_model);

// "No model was asked …", with what one would add.
std::string no_model_text(std::string_view without_model);

// Makes these calls as if the model had asked for them, then leaves all to `then`, which must outlive it.
std::unique_ptr<Provider> make_opener(std::vector<ToolCall> calls, Provider& then);

}  // namespace culprit
