#include "agent/mentions.h"

#include <algorithm>
#include <array>
#include <optional>

#include "agent/project.h"
#include "base/text.h"

namespace culprit {
namespace {

constexpr std::string_view kOpening = "\"'`([{<@";
constexpr std::size_t kLongestPath = 4096;
constexpr std::string_view kClosing = "\"'`)]}>,;:!?.";

std::optional<Mention> mention_of(std::string_view word, const fs::path& base) {
    // A message may hold a pasted log: only what looks like a path is looked up.
    if (word.find_first_of("/.") == std::string_view::npos) return std::nullopt;
    const bool below_home = word.starts_with("~/");
    const fs::path path = below_home ? home_folder() / word.substr(2) : base / word;
    std::error_code code;
    const fs::file_status status = fs::status(path, code);
    const bool is_folder = fs::is_directory(status);
    if (!is_folder && !fs::is_regular_file(status)) return std::nullopt;
    if (is_folder && word.find('/') == std::string_view::npos) return std::nullopt;  // "tests" is a word, too
    auto real = real_path(path);
    if (!real) return std::nullopt;
    return Mention{*std::move(real), is_folder};
}

// The word with less and less of what follows it: "/a/b.cs." and "/a/b.cs:12)" both name /a/b.cs.
std::optional<Mention> unwrapped(std::string_view word, const fs::path& base) {
    for (int attempt = 0; attempt < 8; ++attempt) {
        if (const auto mention = mention_of(word, base)) return mention;
        if (!word.empty() && kClosing.find(word.back()) != std::string_view::npos)
            word.remove_suffix(1);
        else if (const std::size_t colon = word.rfind(':'); colon != std::string_view::npos)
            word = word.substr(0, colon);
        else
            break;
    }
    return std::nullopt;
}

std::optional<Mention> mention_in(std::string_view word, const fs::path& base) {
    if (word.size() > kLongestPath) return std::nullopt;
    while (!word.empty() && kOpening.find(word.front()) != std::string_view::npos) word.remove_prefix(1);
    if (const std::size_t equals = word.find('='); equals != std::string_view::npos) {  // "before=/a/b"
        if (const auto mention = unwrapped(word.substr(equals + 1), base)) return mention;
    }
    return unwrapped(word, base);
}

}  // namespace

std::vector<std::string_view> message_words(std::string_view text) {
    std::vector<std::string_view> words;
    while (!(text = trim(text)).empty()) {
        const char quote = text.front();
        const bool is_quote = quote == '"' || quote == '`';
        const std::size_t end = is_quote ? text.find(quote, 1) : std::string_view::npos;
        if (end != std::string_view::npos && text.substr(0, end).find('\n') == std::string_view::npos) {
            words.push_back(text.substr(1, end - 1));
            text.remove_prefix(end + 1);
            continue;
        }
        words.push_back(text.substr(0, text.find_first_of(" \t\r\n")));
        text.remove_prefix(words.back().size());
    }
    return words;
}

std::vector<Mention> find_mentions(std::string_view message, const fs::path& base) {
    std::vector<Mention> mentions;
    for (const std::string_view word : message_words(message)) {
        const auto mention = mention_in(word, base);
        if (mention && std::ranges::find(mentions, mention->path, &Mention::path) == mentions.end()) {
            mentions.push_back(*mention);
        }
    }
    return mentions;
}

std::string root_name_for(const fs::path& folder) {
    const std::string name = folder.filename().string();
    if (name != "src" && name != "source" && name != "lib") return name;
    const std::string parent = folder.parent_path().filename().string();
    return parent.empty() ? name : parent;
}

bool is_too_broad(const fs::path& folder) {
    static constexpr std::array<std::string_view, 6> kWhole = {"/etc", "/proc", "/sys",
                                                               "/dev", "/boot", "/run"};
    static constexpr std::array<std::string_view, 7> kTop = {"/var",  "/usr", "/bin", "/home",
                                                             "/root", "/tmp", "/opt"};
    static constexpr std::array<std::string_view, 8> kKeys = {
        ".ssh", ".gnupg", ".aws", ".azure", ".kube", ".docker", ".config", ".password-store"};
    const auto is_below = [&](const fs::path& other) { return lies_within(folder, other); };
    if (lies_within(home_folder(), folder)) return true;
    return std::ranges::any_of(kWhole, is_below) || std::ranges::find(kTop, folder.native()) != kTop.end() ||
           std::ranges::any_of(kKeys, [&](std::string_view name) { return is_below(home_folder() / name); });
}

}  // namespace culprit
