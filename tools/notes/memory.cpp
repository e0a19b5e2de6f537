#include "tools/notes/memory.h"

#include "base/text.h"
#include "memory/project_memory.h"
#include "tools/notes/stale.h"

namespace culprit {
namespace {

Output listing(Workbench& bench) {
    const std::vector<std::string> files = bench.memory.files();
    std::string text = files.empty() ? "Memory is empty. Create MEMORY.md." : join(files, "\n");
    Json stale = Json::array();
    for (const StaleEntry& each : stale_entries(bench)) {
        text += fmt::format("\nstale: {}:{} names {}, which the sources no longer have: {}", each.entry.file,
                            each.entry.line, join(each.gone, ", "), one_line(each.entry.text, 120));
        stale.push_back({{"file", each.entry.file}, {"line", each.entry.line}, {"gone", each.gone}});
    }
    Json data = {{"files", files}};
    if (!stale.empty()) data["stale"] = std::move(stale);
    return {std::move(text), std::move(data)};
}

Result<Output> view(Workbench& bench, const std::string& path) {
    const ProjectMemory& memory = bench.memory;
    if (path.empty()) return listing(bench);
    TRY(const std::string text, memory.view(path));
    std::string numbered;
    std::size_t number = 0;
    for (const std::string_view line : split_lines(text))
        numbered += fmt::format("{:>4}  {}\n", ++number, line);
    return Output{numbered, {{"path", path}, {"text", valid_utf8(text)}}};
}

Result<Output> run_memory(const Args& args, Workbench& bench) {
    ProjectMemory& memory = bench.memory;
    const std::string& command = args.text("command");
    const std::string& path = args.text("path");
    const auto done = [&](std::string_view what) {
        return Output{fmt::format("{} {}", what, path), {{"path", path}, {"done", command}}};
    };
    if (command == "view") return view(bench, path);
    if (command == "create") {
        TRY_OK(memory.create(path, args.text("text")));
        return done("Written:");
    }
    if (command == "replace") {
        TRY_OK(memory.replace(path, args.text("old_text"), args.text("text")));
        return done("Changed:");
    }
    if (command == "insert") {
        if (args.integer("line") < 0) return fail(Fault::Invalid, "insert: 'line' must not be negative");
        TRY_OK(memory.insert(path, static_cast<std::size_t>(args.integer("line")), args.text("text")));
        return done("Changed:");
    }
    if (command == "delete") {
        TRY_OK(memory.erase(path));
        return done("Deleted:");
    }
    TRY_OK(memory.rename(path, args.text("new_path")));
    return done("Renamed:");
}

}  // namespace

Tool memory_tool() {
    return {
        "memory",
        "memory",
        "Keep what this project has taught, across sessions. There is MEMORY.md (an index, its first 200 "
        "lines are "
        "always in your "
        "prompt) and topic files beside it. Write what holds beyond this question: where things are, how "
        "they are built "
        "and run, which causes were found. Correct what turns out wrong. When the person says remember or "
        "forget, do "
        "it at once.",
        Effect::Remembers,
        {{"command",
          Kind::String,
          "what to do",
          Required{},
          {"view", "create", "replace", "insert", "delete", "rename"}},
         {"path", Kind::String,
          "file in the memory folder, such as MEMORY.md; view without one lists the files, and the entries "
          "that are stale",
          ""},
         {"text", Kind::String, "create: the whole text; replace: the new text; insert: the text to add", ""},
         {"old_text", Kind::String, "replace: the text to replace, which must stand in the file exactly once",
          ""},
         {"line", Kind::Integer, "insert: the line after which the text goes, 0 for the beginning", 0},
         {"new_path", Kind::String, "rename: the new name", ""}},
        run_memory};
}

}  // namespace culprit
