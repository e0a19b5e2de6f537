#include "tools/run/services.h"

#include <algorithm>

#include "base/text.h"

namespace culprit {
namespace {

constexpr std::size_t kMostFiles = 50000;
constexpr int kDeepest = 8;
constexpr std::uint64_t kMostBytes = 1u << 20;
constexpr std::size_t kMostLines = 200;

bool is_compose(std::string_view name) {
    const bool is_yaml = name.ends_with(".yml") || name.ends_with(".yaml");
    return is_yaml && (name.starts_with("docker-compose") || name.starts_with("compose"));
}

bool is_script(const fs::path& file) {
    const std::string name = file.filename(), ending = file.extension();
    return name == "Makefile" || name == "justfile" || name == "Justfile" || ending == ".sh" ||
           ending == ".bash" || ending == ".ps1" || ending == ".py" || ending == ".cmd" || ending == ".bat";
}

bool is_skipped(std::string_view name) {
    return name == "node_modules" || name == "bin" || name == "obj" || name == "build" || name == "target" ||
           name.starts_with('.');
}

std::string unquoted(std::string_view text) {
    text = trim(text.substr(0, std::min(text.size(), text.find(" #"))));
    if (text.size() >= 2 && (text.front() == '"' || text.front() == '\'') && text.back() == text.front())
        text = text.substr(1, text.size() - 2);
    return std::string(text);
}

bool is_service_name(std::string_view name) {
    return !name.empty() && std::ranges::all_of(name, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
               c == '_' || c == '-';
    });
}

void add_script(const fs::path& file, std::vector<DockerLine>& lines) {
    const auto text = read_file(file, kMostBytes);
    if (!text) return;
    int number = 0;
    for (const std::string_view line : split_lines(*text)) {
        ++number;
        const std::string_view code = trim(line);
        const bool calls = code.contains("docker run") || code.contains("docker compose") ||
                           code.contains("docker-compose ") || code.contains("podman run");
        if (calls && !code.starts_with('#') && lines.size() < kMostLines)
            lines.push_back({file, number, one_line(code, 160)});
    }
}

}  // namespace

std::vector<ComposeService> services_in(std::string_view yaml) {
    std::vector<ComposeService> services;
    bool in_services = false, in_ports = false;
    std::size_t service_indent = 0, ports_indent = 0;
    for (const std::string_view line : split_lines(yaml)) {
        const std::string_view content = trim(line);
        if (content.empty() || content.starts_with('#')) continue;
        const std::size_t indent = line.find_first_not_of(' ');
        if (indent == 0) {
            in_services = content.starts_with("services:");
            service_indent = 0;
            continue;
        }
        if (!in_services) continue;
        if (service_indent == 0) service_indent = indent;
        if (indent == service_indent && content.ends_with(':')) {
            const std::string name = unquoted(content.substr(0, content.size() - 1));
            if (is_service_name(name)) services.push_back({name, {}, {}});
            in_ports = false;
        } else if (!services.empty() && indent > service_indent) {
            if (in_ports && content.starts_with("- ") && indent >= ports_indent) {
                services.back().ports.push_back(unquoted(content.substr(2)));
                continue;
            }
            in_ports = content == "ports:";
            ports_indent = indent;
            if (content.starts_with("image:")) services.back().image = unquoted(content.substr(6));
        }
    }
    return services;
}

ServiceFiles find_service_files(const fs::path& folder) {
    ServiceFiles found;
    std::size_t files = 0;
    std::error_code code;
    fs::recursive_directory_iterator entry(folder, fs::directory_options::skip_permission_denied, code), end;
    for (; !code && entry != end; entry.increment(code)) {
        const fs::path& path = entry->path();
        const std::string name = path.filename();
        std::error_code ignored;
        if (entry->is_symlink(ignored)) continue;
        if (entry->is_directory(ignored)) {
            if (is_skipped(name) || entry.depth() >= kDeepest) entry.disable_recursion_pending();
            continue;
        }
        if (++files > kMostFiles) {
            found.was_cut = true;
            break;
        }
        if (is_compose(name)) {
            const auto text = read_file(path, kMostBytes);
            found.compose.push_back({path, text ? services_in(*text) : std::vector<ComposeService>{}});
        } else if (is_script(path)) {
            add_script(path, found.scripts);
        }
    }
    std::ranges::sort(found.compose, {}, &ComposeFile::path);
    std::ranges::stable_sort(found.scripts, {}, &DockerLine::path);
    return found;
}

}  // namespace culprit
