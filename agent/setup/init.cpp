#include "agent/setup/init.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "base/process.h"
#include "base/text.h"

namespace culprit {
namespace {

constexpr std::size_t kMostFiles = 200'000;
constexpr std::size_t kMostNamed = 5;

constexpr std::array<std::pair<std::string_view, std::string_view>, 16> kLanguages = {{
    {".cs", "C#"},
    {".cpp", "C++"},
    {".cc", "C++"},
    {".h", "C or C++"},
    {".c", "C"},
    {".java", "Java"},
    {".kt", "Kotlin"},
    {".go", "Go"},
    {".rs", "Rust"},
    {".py", "Python"},
    {".js", "JavaScript"},
    {".ts", "TypeScript"},
    {".rb", "Ruby"},
    {".fs", "F#"},
    {".scala", "Scala"},
    {".swift", "Swift"},
}};

bool ends_in_any(std::string_view name, std::initializer_list<std::string_view> ends) {
    return std::ranges::any_of(ends, [&](std::string_view end) { return name.ends_with(end); });
}

void keep(std::vector<std::string>& list, const std::string& name) {
    if (list.size() < kMostNamed && std::ranges::find(list, name) == list.end()) list.push_back(name);
}

std::string list_text(const std::vector<std::string>& list) {
    return list.empty() ? "none" : join(list, ", ");
}

}  // namespace

RepositoryFacts look_at_repository(const fs::path& folder, std::stop_token stop) {
    RepositoryFacts facts;
    const auto listed = run({.argv = {"rg", "--no-config", "--files", "--sort", "path"},
                             .folder = folder,
                             .most_output = 64u << 20},
                            stop);
    if (!listed) return facts;
    std::map<std::string, std::size_t> languages;
    std::size_t count = 0;
    for (const std::string_view line : split_lines(listed->out)) {
        if (++count > kMostFiles) break;
        const fs::path path(line);
        const std::string name = path.filename().string(), suffix = path.extension().string();
        for (const auto& [end, language] : kLanguages) {
            if (suffix == end) ++languages[std::string(language)];
        }
        if (ends_in_any(name, {".sln", ".slnx"}) || name == "CMakeLists.txt" || name == "pom.xml" ||
            name == "build.gradle" || name == "go.mod" || name == "Cargo.toml" || name == "package.json" ||
            name == "pyproject.toml")
            keep(facts.builds, std::string(line));
        if (name.starts_with("docker-compose") || name.starts_with("compose.y"))
            keep(facts.compose, std::string(line));
        if (name == "AGENTS.md" || name == "CLAUDE.md") keep(facts.guidelines, std::string(line));
        if (ends_in_any(name, {".nettrace", ".speedscope.json", ".cpuprofile", ".pb.gz", ".perf-report.txt",
                               ".nettrace.zst"}))
            keep(facts.profiles, std::string(line));
        for (const fs::path& part : path.parent_path()) {
            if (contains_ignoring_case(part.string(), "bench") ||
                contains_ignoring_case(part.string(), "stress"))
                keep(facts.benchmarks, path.parent_path().string());
        }
    }
    facts.languages.assign(languages.begin(), languages.end());
    std::ranges::stable_sort(facts.languages, std::ranges::greater(),
                             &std::pair<std::string, std::size_t>::second);
    return facts;
}

std::string settings_text(const RepositoryFacts& facts) {
    std::string languages;
    for (const auto& [name, count] : facts.languages)
        languages += fmt::format("{}{} ({} files)", languages.empty() ? "" : ", ", name, count);
    return fmt::format(
        R"(# Settings of culprit for this project. Everything is a comment until you take the '#' away; docs/models.md tells of each.
# Keys never stand here: they come from the environment, from .env, or from a command in your own file.
#
# What was found when this file was made:
#   languages:   {}
#   builds:      {}
#   benchmarks:  {}
#   containers:  {}
#   guidelines:  {} (they are in each prompt)
#   profiles:    {}

# The model that is asked. Without one the investigator works: no key, no network.
# profile = "work"

# [profiles.work]
# provider = "openai"          # openai, azure, anthropic, gemini, ollama, ...; culprit models lists them
# model = "gpt-5"
# key_variable = "WORK_KEY"    # the variable that holds the key
# temperature = 0.2
# max_tokens = 8000

# [limits]                     # of one turn
# steps = 60
# tokens = 2000000
# cost = 5.0                   # dollars
# seconds = 900
)",
        languages.empty() ? "none that is known" : languages, list_text(facts.builds),
        list_text(facts.benchmarks), list_text(facts.compose), list_text(facts.guidelines),
        list_text(facts.profiles));
}

Result<std::string> init_project(const Project& project, std::stop_token stop) {
    const fs::path file = project.folder / "culprit.toml";
    std::error_code code;
    if (fs::exists(file, code))
        return fail(Fault::Invalid, "{} is there already; it is left as it is", file.string());
    const RepositoryFacts facts = look_at_repository(project.folder, stop);
    TRY_OK(write_file(file, settings_text(facts)));
    TRY_OK(prepare_state(project));
    std::string next = "Next: culprit doctor checks this machine; culprit starts a chat";
    if (!facts.profiles.empty())
        next += fmt::format("; culprit profile summary {} reads a profile", facts.profiles.front());
    return fmt::format(
        "Wrote {} (all of it comments) and {}/, of which memory/ and playbooks/ are meant for version "
        "control.\n{}.\n",
        file.string(), project.state().string(), next);
}

}  // namespace culprit
