// The contract of a tool: a row that says what it is called, what it takes and what it may do, and the
// function that does it. The same row is offered to a model, to people as a subcommand (`culprit profile top
// FILE`) and in the manual.
#pragma once

#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/json.h"
#include "base/result.h"
#include "tools/roots.h"
#include "tools/run/plan.h"

namespace culprit {

class SourceIndex;
class ProfileStore;
class ProjectMemory;
class Runner;

// What a call may do. Of one that Runs the policy looks at its plan too.
enum class Effect {
    Reads,      // looks at roots, artefacts, memory; starts fixed helpers alone (rg, git without hooks, perf
                // script)
    Remembers,  // writes in the memory folder alone
    Runs,       // starts what the call names, touches containers, hosts, servers
};

// A Path is text for a model, "ROOT/path"; on the command line it is any path as the shell means it. Paths
// are a list of them.
enum class Kind { String, Path, Integer, Number, Boolean, Strings, Paths };

struct Required {};

// One argument. Schema, check, default, command line and manual all come from this row.
struct Arg {
    std::string_view name;
    Kind kind;
    std::string_view about;  // for a model: what it means, its form, an example where that helps
    std::variant<Required, std::string_view, std::int64_t, double, bool> fallback = Required{};
    std::vector<std::string_view> choices = {};  // if not empty: the only values of a String
};

// The checked arguments of one call. Every declared argument has a value of its kind; to ask for one that was
// not declared, or as another kind, ends the program.
class Args {
  public:
    using Value = std::variant<std::string, std::int64_t, double, bool, std::vector<std::string>>;

    const std::string& text(std::string_view name) const { return get<std::string>(name); }
    std::int64_t integer(std::string_view name) const { return get<std::int64_t>(name); }
    double number(std::string_view name) const { return get<double>(name); }
    bool flag(std::string_view name) const { return get<bool>(name); }
    const std::vector<std::string>& list(std::string_view name) const {
        return get<std::vector<std::string>>(name);
    }

    void set(std::string_view name, Value value) { values_.emplace_back(name, std::move(value)); }

  private:
    const Value& find(std::string_view name) const;
    template <class T>
    const T& get(std::string_view name) const {
        return std::get<T>(find(name));
    }
    std::vector<std::pair<std::string, Value>> values_;
};

// Told now and then by what takes long: what is being done, and the share of it from 0 to 1 (negative: not
// known).
using Progress = std::function<void(std::string_view what, double share)>;

// What tools work with. Borrowed for the length of one call. Calls that only read may run side by side, each
// with a Workbench of its own over the same parts, so SourceIndex and ProfileStore are thread-safe.
struct Workbench {
    const Roots& roots;
    SourceIndex& source;
    ProfileStore& profiles;
    ProjectMemory& memory;
    std::stop_token stop;
    Progress progress = [](std::string_view, double) {};
    Runner* runner = nullptr;  // of a call that runs something (tools/run/runner.h)
    bool by_person = false;    // a person typed the arguments, as a subcommand
};

struct Output {
    std::string text;  // for a model and for people: compact, ranked, says when something was left out
    Json data = {};    // the same for programs; its fields are documented in docs/json.md
    // If not empty, what the command line prints in place of the text, byte for byte: a file of another
    // format.
    std::string bytes = {};
};

struct Tool {
    std::string_view name;     // what a model calls: "profile_top"
    std::string_view command;  // the same as words on the command line: "profile top"
    std::string_view about;    // a paragraph written for a model; its first sentence stands in lists
    Effect effect;
    std::vector<Arg> args;  // on the command line those that are Required go without a name, in this order
    Result<Output> (*run)(const Args&, Workbench&);
    std::string_view example = {};  // a command line that shows it at work, for --help
    // Of a tool that Runs: what a call with these arguments would start and needs. It looks, and changes
    // nothing. The call is decided by it; an error becomes the call's result. Without it the call as a whole
    // is asked about.
    Result<Plan> (*plan)(const Args&, Workbench&) = nullptr;
    // On the command line the result is the output of what it runs, passed on as it comes; of the text only
    // the first line is shown, on stderr.
    bool streams = false;
};

// Every tool there is, in the order in which they are listed.
const std::vector<Tool>& all_tools();
const Tool* find_tool(std::string_view name);

}  // namespace culprit
