#include "tools/source/csharp/conditions.h"

#include <cctype>
#include <charconv>
#include <vector>

#include "base/text.h"

namespace culprit::csharp {
namespace {

constexpr int kNewest = 10;  // .NET 10

bool is_defined(std::string_view symbol) {
    if (symbol == "true" || symbol == "NET" || symbol == "NETCOREAPP" || symbol == "TRACE" ||
        symbol == "RELEASE")
        return true;
    if (symbol.starts_with("NETCOREAPP") && symbol.ends_with("_OR_GREATER")) return true;
    if (!symbol.starts_with("NET") || symbol.size() < 4 ||
        !std::isdigit(static_cast<unsigned char>(symbol[3])))
        return false;
    int major = 0;
    const auto [end, unused] = std::from_chars(symbol.data() + 3, symbol.data() + symbol.size(), major);
    const std::string_view rest(end, static_cast<std::size_t>(symbol.data() + symbol.size() - end));
    return rest == "_0_OR_GREATER" ? major <= kNewest : rest == "_0" && major == kNewest;
}

// or := and { "||" and }; and := not { "&&" not }; not := "!" not | "(" or ")" | symbol [("=="|"!=") not]
class Condition {
  public:
    explicit Condition(std::string_view text) : text_(text) {}
    bool holds() { return either(0); }

  private:
    bool take(std::string_view sign) {
        while (!text_.empty() && (text_.front() == ' ' || text_.front() == '\t')) text_.remove_prefix(1);
        if (!text_.starts_with(sign)) return false;
        text_.remove_prefix(sign.size());
        return true;
    }
    bool either(int depth) {
        bool value = both(depth);
        while (take("||")) value = both(depth) || value;
        return value;
    }
    bool both(int depth) {
        bool value = one(depth);
        while (true) {
            if (take("&&"))
                value = one(depth) && value;
            else if (take("=="))
                value = one(depth) == value;
            else if (take("!="))
                value = one(depth) != value;
            else
                return value;
        }
    }
    bool one(int depth) {
        if (depth > 50) return false;
        if (take("!")) return !one(depth + 1);
        if (take("(")) {
            const bool value = either(depth + 1);
            return take(")") && value;
        }
        std::size_t end = 0;
        while (end < text_.size() &&
               (std::isalnum(static_cast<unsigned char>(text_[end])) || text_[end] == '_'))
            ++end;
        const std::string_view symbol = text_.substr(0, end);
        text_.remove_prefix(end);
        return is_defined(symbol);
    }
    std::string_view text_;
};

}  // namespace

bool is_true(std::string_view condition) {
    const std::size_t comment = condition.find("//");
    return Condition(trim(condition.substr(0, comment))).holds();
}

std::string without_conditions(std::string_view text) {
    struct Region {
        bool taken, active;  // a branch was compiled; this one is
    };
    std::vector<Region> open;
    std::string result(text);
    bool active = true;
    std::size_t begin = 0;
    while (begin < text.size()) {
        const std::size_t end = std::min(text.find('\n', begin), text.size());
        std::string_view line = trim(text.substr(begin, end - begin));
        bool blank = !active;
        if (line.starts_with('#')) {
            line = trim(line.substr(1));
            const bool outer = open.size() < 2 || open[open.size() - 2].active;
            blank = true;
            if (line.starts_with("if")) {
                const bool holds = active && is_true(line.substr(2));
                open.push_back({holds, holds});
            } else if (line.starts_with("elif") && !open.empty()) {
                const bool holds = outer && !open.back().taken && is_true(line.substr(4));
                open.back() = {open.back().taken || holds, holds};
            } else if (line.starts_with("else") && !open.empty()) {
                open.back().active = outer && !open.back().taken;
            } else if (line.starts_with("endif") && !open.empty()) {
                open.pop_back();
            }
            active = open.empty() || open.back().active;
        }
        for (std::size_t i = begin; blank && i < end; ++i) {
            if (result[i] != '\r') result[i] = ' ';
        }
        begin = end + 1;
    }
    return result;
}

}  // namespace culprit::csharp
