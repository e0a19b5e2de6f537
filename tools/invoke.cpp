#include "tools/invoke.h"

#include <algorithm>

#include "base/secrets.h"
#include "base/text.h"

namespace culprit {
namespace {

// Structured data larger than this stays out of the log.
constexpr std::size_t kMostData = 256 * 1024;

Result<Output> run_checked(const ToolCall& call, const Toolbox& tools, Workbench& bench) {
    const OfferedTool* tool = tools.find(call.name);
    if (!tool) {
        std::vector<std::string_view> names;
        for (const OfferedTool& each : tools.all()) names.push_back(each.name);
        return fail(Fault::NotFound, "there is no tool '{}'; there are: {}", call.name,
                    fmt::join(names, ", "));
    }
    const std::string text = call.arguments.empty() ? "{}" : call.arguments;
    TRY(const Json json, parse_json(text, fmt::format("the arguments of {}", call.name)));
    try {
        return tool->run(json, bench);
    } catch (const std::exception& error) {  // a bug of ours ends the call, never the session
        return fail(Fault::Internal, "{} failed: {}; report it, and go on without it", call.name,
                    error.what());
    }
}

// Keeps the head up to a line end in its last fifth, if there is one.
std::string_view head_of(std::string_view text, std::size_t most) {
    const std::size_t end = text.rfind('\n', most);
    if (end != std::string_view::npos && end > most - most / 5) return text.substr(0, end + 1);
    while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xC0) == 0x80) --most;
    return text.substr(0, most);
}

std::string_view tail_of(std::string_view text, std::size_t most) {
    std::size_t start = text.size() - most;
    const std::size_t line = text.find('\n', start);
    if (line != std::string_view::npos && line < start + most / 5) return text.substr(line + 1);
    while (start < text.size() && (static_cast<unsigned char>(text[start]) & 0xC0) == 0x80) ++start;
    return text.substr(start);
}

}  // namespace

std::string shorten(std::string_view text, std::size_t most, std::string_view where) {
    if (text.size() <= most) return std::string(text);
    const std::string_view head = head_of(text, most * 3 / 4);
    const std::string_view tail = tail_of(text, most / 4);
    const std::string_view left_out = text.substr(head.size(), text.size() - head.size() - tail.size());
    const auto lines = std::ranges::count(left_out, '\n');
    return fmt::format("{}{}[… {} left out; {} …]\n{}", head, head.ends_with('\n') ? "" : "\n",
                       lines > 0 ? fmt::format("{} lines", grouped(lines))
                                 : bytes_text(static_cast<double>(left_out.size())),
                       where, tail);
}

Result<ToolResult> invoke(const ToolCall& call, std::string_view evidence, const fs::path& artifacts,
                          const Toolbox& tools, Workbench& bench) {
    const auto start = std::chrono::steady_clock::now();
    auto output = run_checked(call, tools, bench);
    ToolResult result{.call_id = call.id, .tool = call.name, .evidence = std::string(evidence)};
    result.elapsed =
        std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - start);
    if (!output) {
        if (output.error().fault == Fault::Cancelled) return std::unexpected(std::move(output).error());
        result.fault = to_string(output.error().fault);
        result.text = valid_utf8(output.error().what);
        return result;
    }
    const std::string whole = mask_secrets(valid_utf8(output->text));
    result.text = whole;
    result.data = std::move(output->data);
    if (!result.data.is_null() && dump_json(result.data).size() > kMostData)
        result.data = flag_at(result.data, "finding") ? Json{{"finding", true}} : Json();
    if (whole.size() > kMostResultText) {
        const std::string name = std::string(evidence) + ".txt";
        if (auto written = write_file(artifacts / name, whole, Mode::Private); !written) {
            return std::unexpected(std::move(written).error());
        }
        result.artifact = {name, whole.size(), content_hash(whole)};
        result.text = shorten(whole, kMostResultText, fmt::format("read_file artifacts/{} shows them", name));
    }
    return result;
}

}  // namespace culprit
