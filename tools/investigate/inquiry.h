// What an investigation asks. The same plan is walked through a model's loop, a reply at a time, and by
// `survey`, which runs the tools itself.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sessions/event.h"

namespace culprit {

class Inquiry {
  public:
    virtual ~Inquiry() = default;

    // The result of this call; a call that failed has one with its fault. Null: it is not there yet, and the
    // plan goes on with what it can ask besides. Stays where it is while the inquiry lives.
    virtual const ToolResult* ask(std::string_view tool, const Json& arguments) = 0;
    virtual bool is_waiting() const = 0;                          // some call has no result yet
    virtual const std::vector<std::string>& sources() const = 0;  // names of the source roots

    // The data of a result that is there and good; else a null.
    const Json& data(std::string_view tool, const Json& arguments) {
        static const Json kNone;
        const ToolResult* result = ask(tool, arguments);
        return result && result->fault.empty() ? result->data : kNone;
    }
};

}  // namespace culprit
