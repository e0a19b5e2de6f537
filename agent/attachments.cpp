#include "agent/attachments.h"

#include <re2/re2.h>

#include "agent/mentions.h"
#include "base/text.h"

namespace culprit {
namespace {

constexpr std::size_t kLeastFrames = 3;
constexpr std::uint64_t kMostText = 1 << 20;

// Frames as .NET, Java, JavaScript, Python and gdb print them.
std::size_t count_of_frames(std::string_view message) {
    static const RE2 kFrame(R"(^\s*(?:at \S.*[(\[].*|File ".+", line \d+, in .+|#\d+ .+))");
    std::size_t frames = 0;
    for (const std::string_view line : split_lines(message)) {
        if (RE2::FullMatch(re2::StringPiece(line.data(), line.size()), kFrame)) ++frames;
    }
    return frames;
}

bool is_text(const fs::path& file) {
    const auto bytes = read_file(file, kMostText);
    return bytes && bytes->find('\0') == std::string::npos && valid_utf8(*bytes) == *bytes;
}

// Whether some reader of profiles takes the file.
bool is_profile(const fs::path& file, Session& session) {
    return session.workspace().profiles.open(file).has_value();
}

}  // namespace

Result<std::vector<ToolCall>> attachments_of(std::string_view message, const fs::path& base,
                                             Session& session) {
    std::vector<ToolCall> calls;
    const auto add = [&](std::string_view tool, const Json& arguments) {
        calls.push_back(
            {fmt::format("attached_{}", calls.size() + 1), std::string(tool), dump_json(arguments)});
    };
    std::string attached;  // the words that begin with '@' alone
    for (const std::string_view line : split_lines(message)) {
        for (const std::string_view word : split(line, ' ')) {
            if (word.starts_with('@') && word.size() > 1) attached += std::string(word) + "\n";
        }
    }
    for (const Mention& mention : find_mentions(attached, base)) {
        const Roots& roots = session.workspace().roots;
        if (mention.is_folder || !roots.resolve(mention.path.string())) continue;
        const std::string name = roots.shown(mention.path);
        if (is_profile(mention.path, session))
            add("profile_summary", {{"file", name}});
        else if (is_text(mention.path))
            add("read_file", {{"path", name}});
    }
    if (count_of_frames(message) >= kLeastFrames) {
        TRY(const std::string file, session.keep("stack.txt", message));
        add("explain_stack", {{"file", file}});
    }
    return calls;
}

}  // namespace culprit
