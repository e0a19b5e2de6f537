// "Why not X?": what the evidence says of a method or a cause that the engineer would have named.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "tools/investigate/hypotheses.h"

namespace culprit {

// Whether `name` means the symbol: "Cart.Add" means "Shop.Cart.Add", and "Cart" what is declared in it.
bool is_meant(std::string_view symbol, std::string_view name);

// For a suspicion (suspicions.h), or for a method: how much of what grew it explains, whether its text has
// changed, how it stands to the causes that were found, and so why it is one of them or not. Nothing while
// calls are missing. The suspects have been located.
std::optional<std::string> answer_doubt(Inquiry& inquiry, const Measurements& measured,
                                        std::string_view about);

}  // namespace culprit
