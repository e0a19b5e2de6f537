#include "tools/profile/names.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/text.h"

namespace culprit {
namespace {

constexpr std::size_t kNone = std::string_view::npos;

// Calls use(i) for each byte that stands in no <>, [] or {}; use returns true to stop. A '<' or '>' of an
// operator or an arrow does no harm: the depth never falls below 0.
template <class Use>
void each_outer(std::string_view text, Use use) {
    int depth = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '>' || c == ']' || c == '}')
            depth = std::max(0, depth - 1);
        else if (depth == 0 && use(i))
            return;
        if (c == '<' || c == '[' || c == '{') ++depth;
    }
}

std::size_t first_outer(std::string_view text, char wanted) {
    std::size_t found = kNone;
    each_outer(text, [&](std::size_t i) {
        if (text[i] == wanted) found = i;
        return found != kNone;
    });
    return found;
}

// Where the last part of a name begins, behind "." or "::"; 0 if there is one part only.
std::size_t last_part(std::string_view text) {
    std::size_t begin = 0;
    each_outer(text, [&](std::size_t i) {
        if (i == 0) return false;
        if (text[i] == '.' && text[i - 1] != '.') begin = i + 1;  // "Type..ctor" is the method ".ctor"
        if (text[i] == ':' && text[i - 1] == ':') begin = i + 1;
        return false;
    });
    return begin;
}

std::string_view without_separator(std::string_view owner) {
    if (owner.ends_with("::")) return owner.substr(0, owner.size() - 2);
    return owner.ends_with('.') ? owner.substr(0, owner.size() - 1) : owner;
}

// "foo.constprop.0", "foo.part.3.cold": a function that the compiler cut, no member of something.
bool is_compilers_clone(std::string_view name) {
    constexpr std::array<std::string_view, 6> kMarks = {".constprop.", ".isra.", ".part.",
                                                        ".cold",       ".llvm.", ".lto_priv."};
    return std::ranges::any_of(kMarks, [&](std::string_view mark) { return name.find(mark) != kNone; });
}

constexpr std::array<std::pair<std::string_view, std::string_view>, 30> kTypeNames = {{
    {"int", "nint"},
    {"uint", "nuint"},
    {"int8", "sbyte"},
    {"int16", "short"},
    {"int32", "int"},
    {"int64", "long"},
    {"uint8", "byte"},
    {"uint16", "ushort"},
    {"uint32", "uint"},
    {"uint64", "ulong"},
    {"wchar", "char"},
    {"float32", "float"},
    {"float64", "double"},
    {"refany", "TypedReference"},
    {"System.String", "string"},
    {"System.Object", "object"},
    {"System.Int32", "int"},
    {"System.Int64", "long"},
    {"System.Byte", "byte"},
    {"System.Char", "char"},
    {"System.Boolean", "bool"},
    {"System.Double", "double"},
    {"System.Int16", "short"},
    {"System.UInt16", "ushort"},
    {"System.UInt32", "uint"},
    {"System.UInt64", "ulong"},
    {"System.SByte", "sbyte"},
    {"System.Single", "float"},
    {"System.Decimal", "decimal"},
    {"System.Void", "void"},
}};

bool is_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '.' || c == '+' || c == '/' || c == '!' || c == '`' || static_cast<unsigned char>(c) >= 0x80;
}

// The last part of a type's name without its arity: "System.Collections.Generic.List`1" -> "List"
std::string_view short_type(std::string_view word) {
    const auto known =
        std::ranges::find(kTypeNames, word, &std::pair<std::string_view, std::string_view>::first);
    if (known != kTypeNames.end()) return known->second;
    word = word.substr(0, word.find('`'));
    const std::size_t cut = word.find_last_of("./+");
    return cut == kNone ? word : word.substr(cut + 1);
}

// IL's words for types in those of C#: "(class System.String,unsigned int8[],value class
// System.Span`1<wchar>)" ->
// "(string, byte[], Span<char>)"
std::string shown_types(std::string_view text) {
    std::string shown;
    bool is_unsigned = false;
    for (std::size_t i = 0; i < text.size();) {
        if (text[i] == '[' && i + 1 < text.size() && is_word(text[i + 1]) &&
            (i == 0 || text[i - 1] == ' ' || text[i - 1] == ',' || text[i - 1] == '<' ||
             text[i - 1] == '(')) {
            i = std::min(text.find(']', i), text.size() - 1) +
                1;  // an assembly: "[System.Runtime]System.Span`1"
            continue;
        }
        std::size_t end = i;
        while (end < text.size() && is_word(text[end])) ++end;
        const std::string_view word = text.substr(i, end - i);
        if (word.empty()) {
            if (text[i] != ' ') shown += text[i] == ',' ? ", " : std::string(1, text[i]);
            end = i + 1;
        } else if (word == "unsigned") {
            is_unsigned = true;
        } else if (word.starts_with('!')) {
            shown += "T" + std::string(word.substr(word.find_last_of('!') + 1));
        } else if (word != "class" && word != "value" && word != "valuetype" && word != "native") {
            shown += short_type(is_unsigned ? "u" + std::string(word) : std::string(word));
            is_unsigned = false;
        }
        i = end;
    }
    return shown;
}

// A compiler's name for code that stands in the source of a method: what it is and in which one.
//   "<SendAsync>d__12" -> {"SendAsync", "d", ""}    "<Main>b__0_1" -> {"Main", "b", "0_1"}
//   "<PollGC>g__PollGCWorker|67_0" -> {"PollGC", "g", "PollGCWorker"}   "<>c__DisplayClass0_1" -> {"", "c",
//   ..}
struct Generated {
    std::string_view method;
    char kind = 0;  // 0 if the name is not a compiler's
    std::string_view rest;
};

Generated generated(std::string_view name) {
    if (!name.starts_with('<')) return {};
    int depth = 0;
    std::size_t close = 0;
    for (; close < name.size(); ++close) {
        if (name[close] == '<') ++depth;
        if (name[close] == '>' && --depth == 0) break;
    }
    if (close + 1 >= name.size()) return {};
    Generated parts{name.substr(1, close - 1), name[close + 1], name.substr(close + 2)};
    if (parts.rest.starts_with("__")) parts.rest.remove_prefix(2);
    return parts;
}

// The type with its nested ones as "Outer.Inner", generic arguments in <>, closures left out; what the
// innermost of them is generated for goes to `state_machine`.
std::string shown_owner(std::string_view owner, std::string_view& state_machine) {
    std::string shown;
    state_machine = {};
    while (!owner.empty()) {
        const std::size_t plus = first_outer(owner, '+');
        const std::string_view part = owner.substr(0, plus);
        owner.remove_prefix(plus == kNone ? owner.size() : plus + 1);
        const Generated inner = generated(part);
        if (inner.kind == 'd') state_machine = inner.method;
        if (inner.kind != 0) continue;
        const std::size_t bracket = part.find('[');
        const std::string_view plain = part.substr(0, bracket);
        if (!shown.empty()) shown += '.';
        shown += plain.substr(0, plain.find('`'));
        if (bracket == kNone) continue;
        std::string_view arguments = part.substr(bracket + 1);
        if (arguments.ends_with(']')) arguments.remove_suffix(1);
        shown += fmt::format("<{}>", shown_types(arguments));
    }
    return shown;
}

std::string shown_member(std::string_view method) {
    const Generated inner = generated(method);
    if (inner.kind == 'b') {
        const std::size_t cut = inner.rest.find_last_of('_');
        return fmt::format("{}.lambda{}", shown_member(inner.method),
                           cut == kNone ? inner.rest : inner.rest.substr(cut + 1));
    }
    if (inner.kind == 'g')
        return fmt::format("{}.{}", shown_member(inner.method), inner.rest.substr(0, inner.rest.find('|')));
    return std::string(method);
}

std::string_view owner_of(std::string_view name, const NameParts& parts) {
    const char* const begin = name.data();
    const std::string_view last = parts.type.empty() ? parts.name_space : parts.type;
    return last.empty() ? std::string_view()
                        : name.substr(0, static_cast<std::size_t>(last.data() + last.size() - begin));
}

constexpr std::array<std::string_view, 6> kMarkers = {"CPU_TIME",   "UNMANAGED_CODE_TIME", "BLOCKED_TIME",
                                                      "READY_TIME", "(Non-Activities)",    "Threads"};

bool is_marker(std::string_view name) {
    return std::ranges::find(kMarkers, name) != kMarkers.end() || name.starts_with("Process64 ") ||
           name.starts_with("Process32 ") || name.starts_with("Thread (");
}

// What a symbol of .NET's perf maps consists of, "int32 [Shop] Shop.Cart::Add(string)[OptimizedTier1]"; empty
// if it is of another form. The module stands between " [" and "] ": brackets in the type of the result have
// no space behind them.
struct Jitted {
    std::string_view module, method;
};

Jitted jitted(std::string_view symbol) {
    for (std::size_t open = symbol.find(" ["); open != kNone; open = symbol.find(" [", open + 1)) {
        const std::size_t close = symbol.find("] ", open);
        if (open == 0 || close == kNone || symbol.find(']', open) != close) continue;
        std::string_view method = symbol.substr(close + 2);
        if (method.ends_with(']') && method.find("](") == kNone) method = method.substr(0, method.rfind('['));
        if (method.find("::") == kNone) continue;
        return {symbol.substr(open + 2, close - open - 2), trim(method)};
    }
    return {};
}

}  // namespace

Frame dotnet_frame(std::string_view name, ProfileBuilder& builder) {
    Frame frame{.name = builder.intern(name)};
    const std::size_t mark = name.find('!');
    const bool has_module = mark != kNone && mark > 0 && name.substr(0, mark).find_first_of(" (<[") == kNone;
    if (is_marker(name)) {
        frame.kind = FrameKind::Marker;
    } else if (name.ends_with("!?") || name == "?!?") {
        frame.kind = FrameKind::Unresolved;
    } else if (has_module || name.ends_with(')')) {
        frame.kind = FrameKind::Managed;
    }
    if (has_module && !name.starts_with('?')) frame.module = builder.intern(name.substr(0, mark));
    return frame;
}

std::optional<Frame> jitted_frame(std::string_view symbol, ProfileBuilder& builder) {
    const auto [module, method] = jitted(symbol);
    if (method.empty()) return std::nullopt;
    return Frame{
        .name = builder.intern(symbol), .module = builder.intern(module), .kind = FrameKind::Managed};
}

std::string_view bare_name(std::string_view name, std::string_view module) {
    if (module.empty()) return name;
    if (name.starts_with(module) && name.substr(module.size()).starts_with('!'))
        return name.substr(module.size() + 1);
    const auto [unused, method] = jitted(name);
    return method.empty() ? name : method;
}

std::string_view bare_name(const Profile& profile, FrameId id) {
    const Frame& frame = profile.frames[id];
    return bare_name(profile.text(frame.name), profile.text(frame.module));
}

NameParts name_parts(std::string_view name, std::size_t owner_size) {
    NameParts parts;
    std::size_t paren = first_outer(name, '(');
    if (paren == 0) paren = kNone;  // "(anonymous)"
    const std::string_view head = name.substr(0, paren);
    if (paren != kNone) parts.signature = name.substr(paren);
    const std::size_t method = owner_size > 0 && owner_size < head.size() ? owner_size + 1
                               : is_compilers_clone(head)                 ? 0
                                                                          : last_part(head);
    parts.method = head.substr(method);
    const std::string_view owner = without_separator(head.substr(0, method));
    const std::size_t type = last_part(owner.substr(0, first_outer(owner, '+')));
    parts.type = owner.substr(type);
    parts.name_space = without_separator(owner.substr(0, type));
    return parts;
}

std::string shown_method(std::string_view name, std::size_t owner_size) {
    const NameParts parts = name_parts(name, owner_size);
    const std::string_view owner = owner_of(name, parts);
    if (owner.empty()) return std::string(name);
    std::string_view state_machine;
    const std::string type = shown_owner(owner, state_machine);
    if (!state_machine.empty() && parts.method == "MoveNext")
        return fmt::format("{}.{}", type, shown_member(state_machine));
    return fmt::format("{}.{}{}", type, shown_member(parts.method), shown_types(parts.signature));
}

std::string shown_name(const Profile& profile, FrameId id) {
    const Frame& frame = profile.frames[id];
    if (frame.kind == FrameKind::Managed) return shown_method(bare_name(profile, id), frame.owner_size);
    if (frame.kind != FrameKind::Unresolved || frame.address == 0) return profile.full_name(id);
    return fmt::format("{}0x{:x}", frame.module ? fmt::format("{}!", profile.text(frame.module)) : "",
                       frame.address);
}

std::string shown_type(const Profile& profile, FrameId id) {
    const Frame& frame = profile.frames[id];
    const std::string_view name = bare_name(profile, id);
    const std::string_view owner = owner_of(name, name_parts(name, frame.owner_size));
    std::string_view ignored;
    return frame.kind == FrameKind::Managed ? shown_owner(owner, ignored) : std::string(owner);
}

}  // namespace culprit
