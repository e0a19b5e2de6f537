#include "tools/profile/formats/v8/call_tree.h"

#include <fmt/format.h>

namespace culprit {

bool CallFrame::read_member(std::string_view key, JsonCursor& json) {
    if (key == "functionName")
        json.read(name);
    else if (key == "url")
        json.read(url);
    else if (key == "lineNumber")
        json.read(line);
    else if (key == "columnNumber")
        json.read(column);
    else
        return false;
    return true;
}

void CallFrame::read(JsonCursor& json) {
    std::string_view key;
    for (json.begin_object(); json.next_member(key);) {
        if (!read_member(key, json)) json.skip();
    }
}

FrameId CallFrame::frame(ProfileBuilder& builder) const {
    const auto from_one = [](double number) {
        return number >= 0 && number < 4e9 ? static_cast<std::uint32_t>(number) + 1 : 0;
    };
    std::string shown = name;
    if (name.empty()) {
        const std::string_view file = std::string_view(url).substr(url.find_last_of('/') + 1);
        shown = url.empty() ? "(anonymous)" : fmt::format("(anonymous {}:{})", file, from_one(line));
    }
    return builder.frame({.name = builder.intern(shown),
                          .file = builder.intern(url),
                          .line = from_one(line),
                          .column = from_one(column)});
}

}  // namespace culprit
