// remember, forget: what a person wants kept or gone takes effect at once, and says what changed.
#include "base/clock.h"
#include "base/secrets.h"
#include "base/text.h"
#include "memory/entries.h"
#include "tools/notes/memory.h"

namespace culprit {
namespace {

Result<Output> run_remember(const Args& args, Workbench& bench) {
    const std::string file = args.text("topic").empty() ? "MEMORY.md" : args.text("topic");
    const std::string date = time_text(Clock().now()).substr(0, 10);
    TRY(const Remembered done,
        remember(bench.memory, mask_secrets(args.text("text")), date, args.text("evidence"), file));
    Json against = Json::array();
    std::string text = done.is_new ? fmt::format("Remembered in {}, line {}:\n+ {}\n", done.entry.file,
                                                 done.entry.line, done.entry.text)
                                   : fmt::format("{}, line {} says it already:\n  {}\n", done.entry.file,
                                                 done.entry.line, done.entry.text);
    for (const MemoryEntry& each : done.against) {
        text += fmt::format("It may contradict {}, line {}: {}\n", each.file, each.line, each.text);
        against.push_back({{"file", each.file}, {"line", each.line}, {"text", each.text}});
    }
    if (!done.against.empty()) text += "Forget the one that is wrong.\n";
    if (const auto index = bench.memory.view("MEMORY.md")) {
        const std::size_t lines = split_lines(*index).size();
        if (lines >= ProjectMemory::kLinesWarned)
            text += fmt::format(
                "MEMORY.md has {} lines; the first {} are in each prompt: move details to topic files.\n",
                lines, ProjectMemory::kLinesInPrompt);
    }
    return Output{.text = std::move(text),
                  .data = {{"file", done.entry.file},
                           {"line", done.entry.line},
                           {"text", done.entry.text},
                           {"new", done.is_new},
                           {"against", std::move(against)}}};
}

Result<Output> run_forget(const Args& args, Workbench& bench) {
    TRY(const MemoryEntry gone, forget(bench.memory, args.text("words")));
    return Output{
        .text = fmt::format("Forgotten, from {}, line {}:\n- {}\n", gone.file, gone.line, gone.text),
        .data = {{"file", gone.file}, {"line", gone.line}, {"text", gone.text}}};
}

}  // namespace

Tool remember_tool() {
    return {
        "remember",
        "remember",
        "Remember one fact about this project for all sessions to come; says when an entry has it already or "
        "may contradict "
        "it. Use it at once when the person says remember.",
        Effect::Remembers,
        {{"text", Kind::String, "the fact, in one sentence; files and symbols in `backticks`"},
         {"evidence", Kind::String, "what it rests on: \"E3\", \"the person said so\"", ""},
         {"topic", Kind::String, "another file of the memory folder than MEMORY.md: topics/locks.md", ""}},
        run_remember,
        "remember 'the broker is started by `scripts/kafka.sh`'"};
}

Tool forget_tool() {
    return {"forget",
            "forget",
            "Remove one entry of this project's memory, found by some of its words; says which it was. Use "
            "it at once when the person "
            "says forget, or when an entry turns out wrong.",
            Effect::Remembers,
            {{"words", Kind::String, "words of the entry"}},
            run_forget,
            "forget 'kafka.sh'"};
}

}  // namespace culprit
