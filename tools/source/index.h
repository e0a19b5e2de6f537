// What the source under the roots says: definitions, types, calls, and what each call calls.
//
// Answers are values; they stay good while files change. Places are real paths and lines from 1. Every
// question is answered from the files as they are: what changed since the last question is read again first
// (files are looked at again after a pause that grows with the size of the tree).
//
// The same project may stand in two roots, as `before` and `after`: a call resolves in the root it stands in,
// and in the other roots only if that one knows no such type.
//
// Thread-safe. The roots may grow between questions.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <shared_mutex>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/files.h"
#include "tools/roots.h"
#include "tools/source/facts.h"

namespace culprit {

using SymbolKind = facts::Kind;
std::string_view to_string(SymbolKind kind);  // "method", "class", "local function", ...

// How sure an answer is.
//   Exact   the text decides it: types, arguments and scope leave one definition
//   Likely  some type on the way is not known; of what could be meant this fits best
//   ByName  nothing but the name and the number of arguments speaks for it
enum class Certainty { Exact, Likely, ByName };
std::string_view to_string(Certainty certainty);  // "exact", "likely", "by name"

struct SourceParameter {
    std::string type, name;
};

struct Definition {
    SymbolKind kind = SymbolKind::Method;
    std::string name = {};       // "Resolve"; of a constructor the type's; "this[]", "operator +", "~Type"
    std::string container = {};  // "Shop.Orders.CatalogIndex"; with "<TKey>" where a type has parameters
    std::string qualified = {};  // container and name
    std::string signature =
        {};  // "string Resolve(ReadOnlySpan<char> key, int limit)": as declared, without modifiers
    std::vector<SourceParameter> parameters = {};
    std::vector<std::string> bases = {};  // of a type, as written
    std::string root = {};                // the root's name
    fs::path file = {};
    int line = 0;                       // of the name
    int first_line = 0, last_line = 0;  // of the whole, attributes included
    bool has_body = false;
    bool is_generated = false;  // written by a program, or an API listing
    bool is_test = false;

    bool operator==(const Definition& other) const {
        return file == other.file && line == other.line && qualified == other.qualified &&
               signature == other.signature;
    }
};

struct Target {
    Definition definition;
    Certainty certainty = Certainty::Exact;
};

struct CallSite {
    fs::path file;
    int line = 0, column = 0;  // of the called name, from 1; columns count bytes
    std::string name = {};     // as it is called
    Definition caller = {};    // the member it stands in (a local function is one); lambdas belong to theirs
    std::vector<Target> targets = {};  // best first; empty: outside of the roots, or a delegate
};

struct Caller {
    CallSite site;  // its targets are the definition that was asked for
    Certainty certainty = Certainty::Exact;
    bool through_base =
        false;  // calls a base or an interface member that the definition overrides or implements
};

// One step of a way through calls: `site` stands in the step before.
struct PathStep {
    Definition definition;
    std::optional<CallSite> site = {};  // none for the first
    Certainty certainty = Certainty::Exact;
    enum class How {
        Calls,
        Implements,
        Passed
    } how = How::Calls;  // Passed: given away as a delegate at the site
};

enum class ReferenceKind { Call, Declaration, Mention };

struct Reference {
    fs::path file;
    int line = 0;
    std::string text;       // the line
    std::string container;  // the member or type it stands in
    ReferenceKind kind = ReferenceKind::Mention;
    Certainty certainty = Certainty::ByName;
};

enum class Match { Exact, Prefix, Part };

struct SymbolQuery {
    std::string name;  // "Resolve", "CatalogIndex.Resolve", "Shop.Orders.CatalogIndex"; case counts if Exact
    Match match = Match::Exact;  // of the last part of the name; those before it must end the container
    std::vector<SymbolKind> kinds = {};  // empty: all
    std::string root = {};               // empty: all
    std::size_t limit = 50;
};

// The definitions in a text that is no file here, such as an older revision of one; `path` tells the
// language. Without file and root. Empty for a language that is not known.
Result<std::vector<Definition>> definitions_in_text(std::string_view path, std::string_view text,
                                                    std::stop_token stop = {});

struct IndexState {
    std::size_t files = 0, definitions = 0, calls = 0, broken_files = 0;
    std::chrono::milliseconds took{0};  // the last look at the files, with what was parsed
    std::size_t parsed = 0;             // files parsed by it
};

class SourceIndex {
  public:
    static constexpr std::chrono::milliseconds kAsLongAsItTakes = std::chrono::hours(24);

    // Keeps what it learnt in `state_folder` ("index" in .culprit); empty: in memory alone. Reads nothing
    // yet. The first index of a huge tree takes long: a question waits for it no longer than `patience`, and
    // is then answered from just the files that hold the names it is about, while the index is made beside
    // it.
    explicit SourceIndex(const Roots& roots, fs::path state_folder = {},
                         std::chrono::milliseconds patience = kAsLongAsItTakes);
    ~SourceIndex();  // an index that is being made is left where it stands; the next start goes on from there

    // Looks at the files now, however long it takes, and reads what changed. Fails with Cancelled, or
    // NotFound without ripgrep; questions then answer from what there is.
    Result<IndexState> update(std::stop_token stop = {});
    // Whether answers rest on a part of the files for now.
    bool is_partial() const;
    // The same, if the last look is long enough ago. Questions do this by themselves; this can be stopped and
    // tells why it fails.
    Result<> make_current(std::stop_token stop);

    // The innermost definition whose range holds the line; the member rather than its type where both begin
    // there.
    std::optional<Definition> definition_at(const fs::path& file, int line);
    // All of a file, in order, containers before what they contain.
    std::vector<Definition> definitions_in(const fs::path& file);
    // Best first: not generated, not in tests, with a body, shorter names.
    std::vector<Definition> find(const SymbolQuery& query);
    // The members of a type, of all its parts.
    std::vector<Definition> members(const Definition& type);

    // The calls in a definition's range, in order, each with what it calls.
    std::vector<CallSite> calls_in(const Definition& definition);
    std::vector<CallSite> calls_at(const fs::path& file, int line);
    // Whether some call on the line calls `target`, or a member that `target` overrides or implements.
    std::optional<Certainty> line_calls(const fs::path& file, int line, const Definition& target);
    // Every call site of a method, constructor or delegate-free function.
    std::vector<Caller> callers(const Definition& definition, std::stop_token stop = {});

    // Of a type: the types that derive from it, through others too. Of a member: what overrides or implements
    // it.
    std::vector<Definition> implementations(const Definition& definition);
    // The shortest ways from one method to another, at most `limit`; through overrides, implementations and
    // delegates that are passed on. Gives up after 20,000 methods.
    std::vector<std::vector<PathStep>> call_paths(const Definition& from, const Definition& to,
                                                  std::size_t limit, std::stop_token stop = {});
    // Where the name is used in code, comments and strings left out. A call is listed only if it resolves to
    // the definition; for anything else but a call the name has to do.
    std::vector<Reference> references(const Definition& definition, std::size_t limit,
                                      std::stop_token stop = {});

    // Files whose path ends in whole parts with `suffix`, all if it is empty ("CatalogIndex.cs",
    // "src/Orders/CatalogIndex.cs").
    std::vector<fs::path> files_named(std::string_view suffix);

  private:
    struct State;
    // What a question has to see while the index is not there: these files, and those that hold these words.
    struct About {
        std::vector<fs::path> files = {};
        std::vector<std::string> words = {};
    };
    // Brings up to date what may be old, and holds it as it is.
    std::shared_lock<std::shared_mutex> fresh(const About& about);
    std::unique_ptr<State> state_;
};

}  // namespace culprit
