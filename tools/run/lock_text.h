// The lock statements of C#, found in its text.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace culprit {

struct LockStatement {
    std::string object;              // as written, without blanks and "this.": "_queue", "_client.SyncRoot"
    int line = 0;                    // of the statement, as numbered from `first_line`
    int last_line = 0;               // of what it guards
    std::size_t begin = 0, end = 0;  // of the same, in the text

    bool guards(int other) const { return line <= other && other <= last_line; }
    bool guards(const LockStatement& other) const { return begin < other.begin && other.begin < end; }
};

// Of `lock (x)`, and of Monitor.Enter(x) up to the Monitor.Exit(x) that follows it, in order. Comments and
// literals are left out; what the text cuts off ends with it.
std::vector<LockStatement> lock_statements(std::string_view text, int first_line);

}  // namespace culprit
