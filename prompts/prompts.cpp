#include "prompts/prompts.h"

#include <algorithm>

#include "embedded_prompts.h"

namespace culprit {

std::string_view prompt_text(std::string_view name) {
    for (const auto& [file, text] : kEmbeddedPrompts) {
        if (file == name) return text;
    }
    return {};
}

std::vector<std::string_view> prompt_names(std::string_view prefix) {
    std::vector<std::string_view> names;
    for (const auto& [file, text] : kEmbeddedPrompts) {
        if (file.starts_with(prefix)) names.push_back(file);
    }
    std::ranges::sort(names);
    return names;
}

Result<std::string> fill_prompt(std::string_view text, const std::vector<Substitution>& values) {
    std::string filled;
    std::vector<std::string_view> used;
    for (;;) {
        const std::size_t open = text.find("{{");
        filled += text.substr(0, open);
        if (open == std::string_view::npos) break;
        const std::size_t close = text.find("}}", open);
        if (close == std::string_view::npos)
            return fail(Fault::Internal, "a prompt has a placeholder without an end");
        const std::string_view name = text.substr(open + 2, close - open - 2);
        const auto value = std::ranges::find(values, name, &Substitution::first);
        if (value == values.end())
            return fail(Fault::Internal, "a prompt asks for {{{{{}}}}}, which has no value", name);
        filled += value->second;
        used.push_back(name);
        text.remove_prefix(close + 2);
    }
    for (const auto& [name, value] : values) {
        if (std::ranges::find(used, name) == used.end()) {
            return fail(Fault::Internal, "no prompt asks for {{{{{}}}}}", name);
        }
    }
    return filled;
}

}  // namespace culprit
