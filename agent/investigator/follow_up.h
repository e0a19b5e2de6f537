// What an engineer asks once there is an answer: more of it, why it is not something else, one kind of cost.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace culprit {

struct FollowUp {
    enum class Kind {
        Stacks,  // "a more detailed call stack": `about` a cause's number or a name of code, or empty: all
        Cause,   // "tell me more about 2": `about` as above
        Doubt,   // "why not CatalogIndex?", "is it the GC?": `about` a name of code, or a suspicion's name
        Only,    // "only allocations": `about` as dimension_named takes it; empty: everything again
    };
    Kind kind = Kind::Stacks;
    std::string about;

    int number() const;  // of a cause; 0: `about` is none
};

// What a message asks, if it is one of these and nothing else.
std::optional<FollowUp> follow_up_in(std::string_view message);

}  // namespace culprit
