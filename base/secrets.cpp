#include "base/secrets.h"

#include <algorithm>
#include <array>
#include <memory>
#include <vector>

#include <re2/re2.h>
#include <unistd.h>

#include "base/text.h"

namespace culprit {
namespace {

constexpr std::string_view kMasked = "[masked]";
constexpr std::size_t kLeastValue = 8;  // shorter ones stand in ordinary text

// What is looked for in every text first, then the expression whose first group is kept and whose second is
// not.
struct Shape {
    std::string_view hint;
    const char* match;
};
constexpr std::array<Shape, 12> kShapes = {{
    {"sk-", R"((\b)(sk-(?:[a-z]+-)*[A-Za-z0-9_-]{20,}))"},  // OpenAI, Anthropic
    {"gh", R"((\b)(gh[pousr]_[A-Za-z0-9]{30,}))"},          // GitHub
    {"github_pat_", R"((\b)(github_pat_[A-Za-z0-9_]{30,}))"},
    {"glpat-", R"((\b)(glpat-[A-Za-z0-9_-]{18,}))"},    // GitLab
    {"AKIA", R"((\b)((?:AKIA|ASIA)[0-9A-Z]{16})\b)"},   // AWS
    {"xox", R"((\b)(xox[abprse]-[A-Za-z0-9-]{10,}))"},  // Slack
    {"AIza", R"((\b)(AIza[0-9A-Za-z_-]{35}))"},         // Google
    {"hooks.slack.com", R"((hooks\.slack\.com/services/)([A-Za-z0-9/_-]{20,}))"},
    {"earer ", R"(([Bb]earer )([A-Za-z0-9._~+/=-]{16,}))"},                            // RFC 6750
    {"eyJ", R"((\b)(eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{5,}))"},  // RFC 7519
    {"://", R"((://[^\s:/@"'\\]{0,100}:)([^\s:/@"'\\]{1,200})@)"},                     // RFC 3986, userinfo
    {"PRIVATE KEY-----", R"((-----BEGIN [A-Z ]*PRIVATE KEY-----)([\s\S]*?)-----END)"},
}};

// What follows the second group in a match.
std::string_view end_of(const Shape& shape) {
    if (shape.hint == "://") return "@";
    return shape.hint.starts_with("PRIVATE") ? "-----END" : "";
}

const std::vector<std::unique_ptr<RE2>>& compiled() {
    static const std::vector<std::unique_ptr<RE2>> all = [] {
        std::vector<std::unique_ptr<RE2>> made;
        for (const Shape& shape : kShapes) made.push_back(std::make_unique<RE2>(shape.match));
        return made;
    }();
    return all;
}

}  // namespace

bool names_secret(std::string_view variable) {
    for (const std::string_view part : {"KEY", "TOKEN", "SECRET", "PASSWORD", "PASSWD", "CREDENTIAL"}) {
        if (variable.contains(part)) return true;
    }
    return false;
}

bool is_secret_file(std::string_view name) {
    constexpr std::array<std::string_view, 10> kNames = {
        ".env",    ".netrc", ".pgpass", ".git-credentials", ".npmrc",
        ".pypirc", "id_rsa", "id_dsa",  "id_ecdsa",         "id_ed25519"};
    if (std::ranges::find(kNames, name) != kNames.end()) return true;
    return name.starts_with(".env.") && !name.ends_with(".example") && !name.ends_with(".sample") &&
           !name.ends_with(".template");
}

std::span<const std::string> secrets_of_environment() {
    static const std::vector<std::string> values = [] {
        std::vector<std::string> found;
        for (char** each = environ; each && *each; ++each) {
            const std::string_view entry = *each;
            const std::size_t equals = entry.find('=');
            if (equals == std::string_view::npos || !names_secret(entry.substr(0, equals))) continue;
            // A path is where a secret lies, not the secret.
            const std::string_view value = entry.substr(equals + 1);
            if (value.size() >= kLeastValue && !value.starts_with('/')) found.emplace_back(value);
        }
        return found;
    }();
    return values;
}

std::string mask_secrets(std::string text, std::span<const std::string> values) {
    for (std::size_t i = 0; i < kShapes.size(); ++i) {
        if (!text.contains(kShapes[i].hint)) continue;
        RE2::GlobalReplace(&text, *compiled()[i], fmt::format("\\1{}{}", kMasked, end_of(kShapes[i])));
    }
    for (const auto& list : {secrets_of_environment(), values}) {
        for (const std::string& value : list) {
            if (value.size() >= kLeastValue && text.contains(value))
                text = replace_all(std::move(text), value, kMasked);
        }
    }
    return text;
}

}  // namespace culprit
