#include "tools/source/languages.h"

#include <algorithm>
#include <array>
#include <mutex>
#include <optional>

#include "prompts/prompts.h"
#include "tools/source/csharp/extract.h"
#include "tools/source/tagged.h"

extern "C" {
const TSLanguage* tree_sitter_c();
const TSLanguage* tree_sitter_c_sharp();
const TSLanguage* tree_sitter_cpp();
const TSLanguage* tree_sitter_go();
const TSLanguage* tree_sitter_java();
const TSLanguage* tree_sitter_javascript();
const TSLanguage* tree_sitter_python();
const TSLanguage* tree_sitter_rust();
const TSLanguage* tree_sitter_tsx();
const TSLanguage* tree_sitter_typescript();
}

namespace culprit {
namespace {

constexpr std::size_t kLanguages = 11;

}  // namespace

std::span<const Language> languages() {
    static const std::array<Language, kLanguages> all = {{
        {"csharp", Family::CSharp, {".cs"}, false, tree_sitter_c_sharp, ""},
        {"c", Family::C, {".c"}, false, tree_sitter_c, "languages/c.scm"},
        {"cpp",
         Family::C,
         {".cc", ".cpp", ".cxx", ".hpp", ".hh", ".hxx", ".h", ".ipp", ".inl"},
         false,
         tree_sitter_cpp,
         "languages/cpp.scm"},
        {"java", Family::Java, {".java"}, false, tree_sitter_java, "languages/java.scm"},
        {"go", Family::Go, {".go"}, false, tree_sitter_go, "languages/go.scm"},
        {"rust", Family::Rust, {".rs"}, false, tree_sitter_rust, "languages/rust.scm"},
        {"python", Family::Python, {".py"}, true, tree_sitter_python, "languages/python.scm"},
        {"javascript",
         Family::JavaScript,
         {".js", ".jsx", ".mjs", ".cjs"},
         false,
         tree_sitter_javascript,
         "languages/javascript.scm"},
        {"typescript",
         Family::JavaScript,
         {".ts", ".mts", ".cts"},
         false,
         tree_sitter_typescript,
         "languages/typescript.scm"},
        {"tsx", Family::JavaScript, {".tsx"}, false, tree_sitter_tsx, "languages/typescript.scm"},
        {"msbuild", Family::MsBuild, {".csproj", ".props", ".targets"}, false, nullptr, ""},
    }};
    return all;
}

const Language* language_of(std::string_view path) {
    const std::span<const Language> all = languages();
    const auto found = std::ranges::find_if(all, [&](const Language& language) {
        return std::ranges::any_of(language.suffixes,
                                   [&](std::string_view suffix) { return path.ends_with(suffix); });
    });
    return found == all.end() ? nullptr : &*found;
}

const Language* language_named(std::string_view name) {
    const auto found = std::ranges::find(languages(), name, &Language::name);
    return found == languages().end() ? nullptr : &*found;
}

namespace {

// Prepared when first needed, as that takes some 40 ms; a query may then be used by several threads.
const Result<Query>& query_of(const Language& language) {
    static std::array<std::once_flag, kLanguages> prepared;
    static std::array<std::optional<Result<Query>>, kLanguages> queries;
    const auto number = static_cast<std::size_t>(&language - languages().data());
    std::call_once(prepared[number], [&] {
        queries[number].emplace(
            Query::compile(language.grammar(), prompt_text(language.query), language.query));
    });
    return *queries[number];
}

}  // namespace

Result<> extract(const Language& language, Parser& parser, std::string_view text, SegmentBuilder& out,
                 std::stop_token stop) {
    if (language.family == Family::CSharp) return csharp::extract(parser, text, out, std::move(stop));
    if (language.family == Family::MsBuild) return csharp::extract_project(text, out), Result<>();
    const Result<Query>& query = query_of(language);
    if (!query) return std::unexpected(query.error());
    return extract_tagged(parser, *query, text, out, std::move(stop));
}

}  // namespace culprit
