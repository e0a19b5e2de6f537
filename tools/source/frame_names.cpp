// Frames: reading their names.
#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cstdlib>

#include <cxxabi.h>
#include <re2/re2.h>

#include "base/text.h"
#include "tools/source/frames.h"

namespace culprit {
namespace {

int number(std::string_view text) {
    int value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

std::string demangled(const std::string& name) {
    int status = 0;
    char* text = abi::__cxa_demangle(name.c_str(), nullptr, nullptr, &status);
    std::string result = status == 0 && text ? text : name;
    std::free(text);
    return result;
}

bool take_prefix(std::string_view& text, std::string_view prefix) {
    if (!text.starts_with(prefix)) return false;
    text.remove_prefix(prefix.size());
    return true;
}

// Cuts file and line off, in each way in which the runtimes write them.
void take_place(std::string& text, FrameName& frame) {
    static const RE2 kPython(R"re(File "([^"]+)", line (\d+)(?:, in (.+))?)re", RE2::Latin1);
    static const RE2 kPlaces[] = {
        {R"( in (\S.*):line (\d+)$)", RE2::Latin1},                                        // .NET
        {R"( ?\(([^()]*?[^()/:\s][^()/:]*):(?:line )?(\d+)(?::\d+)?\)$)", RE2::Latin1},    // (file:1:2)
        {R"(^(?:at )?((?:file://)?\S*?[^\s/:]+\.\w{1,4}):(\d+)(?::\d+)?$)", RE2::Latin1},  // file:1:2
        {R"(\s+((?:file://|/)?\S*?[^\s/:]+\.\w{1,4}):(\d+)(?::\d+)?$)", RE2::Latin1},      // name file:1
    };
    re2::StringPiece found[4];
    const auto matches = [&](const RE2& pattern) {
        return pattern.Match(text, 0, text.size(), RE2::UNANCHORED, found,
                             pattern.NumberOfCapturingGroups() + 1);
    };
    const bool python = matches(kPython);
    if (!python && !std::ranges::any_of(kPlaces, matches)) return;
    frame.file = found[1].as_string();
    frame.line = number(found[2].as_string());
    if (frame.file.starts_with("file://")) frame.file = frame.file.substr(7);
    std::ranges::replace(frame.file, '\\', '/');
    text = python ? found[3].as_string()
                  : text.substr(0, static_cast<std::size_t>(found[0].data() - text.data()));
}

// The parenthesis that opens the parameters: the last one at the end of the text that is closed there.
std::size_t parameters_begin(std::string_view text) {
    if (!text.ends_with(')')) return text.npos;
    int depth = 0;
    for (std::size_t i = text.size(); i-- > 0;) {
        if (text[i] == ')') ++depth;
        if (text[i] == '(' && --depth == 0) return i;
    }
    return text.npos;
}

std::vector<std::string_view> split_at_top(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    int depth = 0;
    std::size_t begin = 0;
    for (std::size_t i = 0; i <= text.size(); ++i) {
        if (i < text.size()) {
            if (text[i] == '<' || text[i] == '(' || text[i] == '[') ++depth;
            if (text[i] == '>' || text[i] == ')' || text[i] == ']') --depth;
            if (text[i] != separator || depth > 0) continue;
        }
        parts.push_back(text.substr(begin, i - begin));
        begin = i + 1;
    }
    return parts;
}

// "value class [System.Runtime]System.Span`1<unsigned int8>" is "Span", "unsigned int8[]" is "Byte[]".
std::string simple_type(std::string_view text) {
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 34> kNames{{
        {"int8", "SByte"},          {"int16", "Int16"},    {"int32", "Int32"},   {"int64", "Int64"},
        {"uint8", "Byte"},          {"uint16", "UInt16"},  {"uint32", "UInt32"}, {"uint64", "UInt64"},
        {"float32", "Single"},      {"float64", "Double"}, {"wchar", "Char"},    {"native int", "IntPtr"},
        {"native uint", "UIntPtr"}, {"bool", "Boolean"},   {"char", "Char"},     {"string", "String"},
        {"object", "Object"},       {"int", "Int32"},      {"uint", "UInt32"},   {"long", "Int64"},
        {"ulong", "UInt64"},        {"short", "Int16"},    {"ushort", "UInt16"}, {"byte", "Byte"},
        {"sbyte", "SByte"},         {"float", "Single"},   {"double", "Double"}, {"decimal", "Decimal"},
        {"nint", "IntPtr"},         {"nuint", "UIntPtr"},  {"void", "Void"},     {"__Canon", ""},
        {"dynamic", "Object"},      {"intptr", "IntPtr"},
    }};
    text = trim(text);
    for (const std::string_view word :
         {"class ", "value class ", "valuetype ", "ref ", "out ", "in ", "params ", "this ", "scoped "})
        take_prefix(text, word);
    const bool is_unsigned = take_prefix(text, "unsigned ");
    if (text.starts_with('[')) text = text.substr(std::min(text.find(']') + 1, text.size()));
    std::string arrays;
    while (text.ends_with("[]") || text.ends_with('&') || text.ends_with('*') || text.ends_with('?')) {
        if (text.ends_with("[]")) arrays += "[]";
        text.remove_suffix(text.ends_with("[]") ? 2 : 1);
    }
    if (text.starts_with('!')) return "";
    if (text.starts_with('(')) return "ValueTuple" + arrays;
    text = text.substr(0, text.find_first_of("`<["));
    if (const auto dot = text.find_last_of(".+/"); dot != text.npos) text = text.substr(dot + 1);
    const std::string name = (is_unsigned ? "u" : "") + std::string(text);
    const auto known = std::ranges::find(kNames, std::string_view(name),
                                         &std::pair<std::string_view, std::string_view>::first);
    if (known != kNames.end() && known->second.empty()) return "";
    return (known == kNames.end() ? name : std::string(known->second)) + arrays;
}

// The words of a name, cut at '.', '+', '::', '/' and '$', without type arguments. What the compiler wrote in
// angle brackets stays as it is: "<Run>d__3".
std::vector<std::string> words_of(std::string_view text) {
    std::vector<std::string> words(1);
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        const bool starts = words.back().empty();
        if (c == '<' || c == '[' || c == '(' || c == '{') {
            const char close = c == '<' ? '>' : c == '[' ? ']' : c == '(' ? ')' : '}';
            int depth = 0;
            std::size_t end = i;
            for (; end < text.size(); ++end) {
                if (text[end] == c) ++depth;
                if (text[end] == close && --depth == 0) break;
            }
            if (starts || words.back().starts_with('<')) words.back() += text.substr(i, end - i + 1);
            i = end;
        } else if (c == '`') {
            while (i + 1 < text.size() && std::isdigit(static_cast<unsigned char>(text[i + 1]))) ++i;
        } else if (c == '.' && starts && words.size() > 1) {
            words.back() += c;  // "Type..ctor"
        } else if (c == '.' || c == '+' || c == '/' || c == ':') {
            if (!starts && !(words.back() == "." && c == '.')) words.emplace_back();
        } else {
            words.back() += c;
        }
    }
    if (words.back().empty()) words.pop_back();
    return words;
}

// "<<Main>b__0>d" is about "Main"; of "<Run>g__Local|3_0" the local function is "Local".
void take_compiler_name(std::string& word, FrameName& frame) {
    for (int depth = 0; word.starts_with('<') && depth < 8; ++depth) {
        const auto close = word.rfind('>');
        if (close == std::string::npos || close < 1) return;
        const std::string_view behind = std::string_view(word).substr(close + 1);
        if (behind.starts_with("g__"))
            frame.inner = std::string(
                behind.substr(3, behind.find('|') == behind.npos ? behind.npos : behind.find('|') - 3));
        frame.is_compiler_made = true;
        word = word.substr(1, close - 1);
    }
}

void read_name(std::string_view text, FrameName& frame) {
    std::vector<std::string> words = words_of(text);
    static const RE2 kJavaLambda(R"(lambda\$(\w+)\$\d+)"), kGoClosure(R"(func\d+(\.\d+)*|\d+)"),
        kRustHash(R"(h[0-9a-f]{16})");
    std::erase_if(words, [](const std::string& w) {
        return w.starts_with("<>c") || w == "(anonymous namespace)" || w == "{{closure}}" ||
               w == "{closure#0}" || (w.starts_with('[') && w.ends_with(']'));
    });
    for (std::string& word : words) {
        if (word.starts_with("(*") && word.ends_with(')'))
            word = word.substr(2, word.size() - 3);  // Go: (*Type)
    }
    while (words.size() > 1 &&
           (RE2::FullMatch(words.back(), kGoClosure) || RE2::FullMatch(words.back(), kRustHash))) {
        words.pop_back();
        frame.is_compiler_made = true;
    }
    if (words.empty()) return;
    frame.method = words.back();
    words.pop_back();
    if (frame.method == "MoveNext" && !words.empty() && words.back().starts_with('<') &&
        words.back().find(">d") != std::string::npos) {
        frame.method = words.back();
        words.pop_back();
    }
    take_compiler_name(frame.method, frame);
    if (std::string lambda; RE2::FullMatch(frame.method, kJavaLambda, &lambda)) {
        frame.method = lambda;
        frame.is_compiler_made = true;
    }
    if (frame.method == "<init>" || frame.method == "ctor") frame.method = ".ctor";
    if (frame.method == "<clinit>" || frame.method == "cctor") frame.method = ".cctor";
    if (frame.method.ends_with("-fm")) frame.method.resize(frame.method.size() - 3);
    // An explicit implementation: "Type.System.IDisposable.Dispose" has its words in the method's own name.
    for (std::string& word : words) {
        take_compiler_name(word, frame);
        for (std::string_view part : split(word, '$')) {
            if (!part.empty()) frame.path.emplace_back(part);
        }
    }
    for (const std::string_view prefix : {"get_", "set_", "add_", "remove_"}) {
        if (frame.method.starts_with(prefix)) frame.method = frame.method.substr(prefix.size());
    }
}

}  // namespace

FrameName read_frame(std::string_view written) {
    FrameName frame;
    std::string text(trim(written));
    static const RE2 kNoise[] = {
        {R"(^[0-9a-f]{8,16} )", RE2::Latin1},     // perf: an address
        {R"( \((/|\[)[^():]*\)$)", RE2::Latin1},  // perf: a library
        {R"(\+0x[0-9a-f]+$)", RE2::Latin1},       // an offset
        {R"(\[(Optimized|QuickJitted|PreJIT|MinOpt|Instrumented|Tier|ReadyToRun|Unknown)\w*\])", RE2::Latin1},
        {R"( \[clone [^\]]*\])", RE2::Latin1},
    };
    for (const RE2& noise : kNoise) RE2::GlobalReplace(&text, noise, "");
    static const RE2 kAnonymous(R"(^\(anonymous (\S+:\d+)\)$)",
                                RE2::Latin1);  // V8, a function without a name
    RE2::Replace(&text, kAnonymous, R"(\1)");
    take_place(text, frame);
    std::string_view rest = trim(text);
    while (take_prefix(rest, "at ") || take_prefix(rest, "async ") || take_prefix(rest, "new ") ||
           take_prefix(rest, "instance ") || take_prefix(rest, "in ")) {
    }
    std::string plain(rest);
    if (rest.starts_with("_Z") || rest.starts_with("__Z")) plain = demangled(plain);
    rest = plain;
    while (rest.ends_with(" const") || rest.ends_with(" &")) rest.remove_suffix(rest.ends_with(" &") ? 2 : 6);
    if (const auto open = parameters_begin(rest);
        open != rest.npos && open > 0 && !rest.ends_with("operator()")) {
        const std::string_view inside = rest.substr(open + 1, rest.size() - open - 2);
        frame.parameters.emplace();
        for (const std::string_view parameter : split_at_top(inside, ',')) {
            const std::string_view clean = trim(parameter);
            if (!clean.empty()) frame.parameters->push_back(simple_type(clean));
        }
        rest = rest.substr(0, open);
    }
    // "instance void [Module] Ns.Type::Method": the name is the last word; in type arguments blanks do not
    // count.
    const auto words = split_at_top(rest, ' ');
    for (std::size_t i = words.size(); i-- > 0;) {
        if (trim(words[i]).empty()) continue;
        rest = words[i];
        break;
    }
    if (const auto bang = rest.find('!'); bang != rest.npos) rest = rest.substr(bang + 1);
    if (rest.starts_with('[')) {
        const auto close = rest.find(']');
        if (close != rest.npos) rest = rest.substr(close + 1);
    }
    if (const auto slash = rest.rfind('/');
        slash != rest.npos && rest.find('.', slash) != rest.npos && rest.find('<') == rest.npos) {
        rest = rest.substr(slash + 1);  // Go: the path of the package
    }
    if (rest == "<anonymous>" || rest == "(anonymous)" || rest == "<module>") rest = {};
    read_name(rest, frame);
    return frame;
}

}  // namespace culprit
