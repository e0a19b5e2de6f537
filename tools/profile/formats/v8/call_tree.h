// What V8's files have in common: functions, and nodes that hold their children.
#pragma once

#include <string>
#include <string_view>

#include "tools/profile/builder.h"
#include "tools/profile/formats/json_cursor.h"

namespace culprit {

// A function as V8 names it, member by member.
struct CallFrame {
    std::string name, url;
    double line = -1, column = -1;  // 0-based; -1 if not known

    // Takes up one of the members that describe a function; false, and nothing read, for another.
    bool read_member(std::string_view key, JsonCursor& json);
    // A whole object of them.
    void read(JsonCursor& json);
    // Lines and columns 1-based; a function without a name is called by its place: "(anonymous
    // checkout.js:9)".
    FrameId frame(ProfileBuilder& builder) const;
};

// Reads an object whose "children" are a list of such objects, to any depth: open() and close() for each, and
// member(key) for each member but "children", which reads it or returns false.
template <class Open, class Member, class Close>
void read_tree(JsonCursor& json, Open open, Member member, Close close) {
    std::size_t depth = 0;
    const auto enter = [&] {
        if (!json.begin_object()) return false;
        open();
        ++depth;
        return true;
    };
    std::string_view key;
    for (bool good = enter(); good && depth > 0 && !json.problem();) {
        if (!json.next_member(key)) {
            if (json.problem()) return;
            close();
            if (--depth > 0 && json.next_element()) good = enter();
        } else if (key == "children") {
            if (json.begin_array() && json.next_element()) good = enter();
        } else if (!member(key)) {
            json.skip();
        }
    }
}

}  // namespace culprit
