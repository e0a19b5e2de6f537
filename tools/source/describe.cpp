// From the records of the index to values for people: names, signatures, places.
#include <algorithm>

#include "base/text.h"
#include "tools/source/file_kind.h"
#include "tools/source/index_state.h"
#include "tools/source/languages.h"

namespace culprit {

std::string_view to_string(SymbolKind kind) {
    using enum facts::Kind;
    switch (kind) {
        case Namespace: return "namespace";
        case Class: return "class";
        case Struct: return "struct";
        case Interface: return "interface";
        case Record: return "record";
        case Enum: return "enum";
        case Delegate: return "delegate";
        case Method: return "method";
        case Constructor: return "constructor";
        case Destructor: return "destructor";
        case Operator: return "operator";
        case Property: return "property";
        case Indexer: return "indexer";
        case Event: return "event";
        case Field: return "field";
        case EnumMember: return "enum member";
        case LocalFunction: return "local function";
        case Function: return "function";
    }
    return "symbol";
}

std::string_view to_string(Certainty certainty) {
    switch (certainty) {
        case Certainty::Exact: return "exact";
        case Certainty::Likely: return "likely";
        case Certainty::ByName: return "by name";
    }
    return "";
}

namespace {

std::string spaced(std::string_view type) { return replace_all(std::string(type), ",", ", "); }

// "Ns.Outer`1.Inner" as people write it, with the names of the parameters where the definitions around say
// them.
std::string container_name(const DefinitionRef& ref) {
    std::vector<std::string> parts;
    std::string_view outermost_scope = ref.text(ref.get().scope);
    facts::Index index = ref.get().container;
    for (int depth = 0; index != facts::kNone && depth < 50; ++depth) {
        const DefinitionRef around{ref.segment, index};
        const std::string_view parameters = around.text(around.get().type_parameters);
        const bool is_generic_type = !parameters.empty() && facts::is_type(around.get().kind);
        parts.push_back(std::string(around.name()) +
                        (is_generic_type ? fmt::format("<{}>", spaced(parameters)) : ""));
        outermost_scope = around.text(around.get().scope);
        index = around.get().container;
    }
    if (!outermost_scope.empty()) parts.emplace_back(outermost_scope);
    std::ranges::reverse(parts);
    return join(parts, ".");
}

std::string signature(const DefinitionRef& ref) {
    const facts::Definition& d = ref.get();
    std::string text;
    if (facts::is_type(d.kind) && d.kind != facts::Kind::Delegate) {
        text = std::string(to_string(d.kind)) + ' ';
    } else if (d.type) {
        text = spaced(ref.text(d.type)) + ' ';
    }
    if (d.interface) text += std::string(ref.text(d.interface)) + '.';
    text += ref.name();
    if (d.type_parameters) text += fmt::format("<{}>", spaced(ref.text(d.type_parameters)));
    const auto parameters = ref.segment->segment.parameters(d);
    if (facts::is_callable(d.kind) || d.kind == facts::Kind::Delegate || !parameters.empty()) {
        std::vector<std::string> list;
        for (const facts::Parameter& p : parameters) {
            std::string_view word = "";
            if (p.flags & facts::This)
                word = "this ";
            else if (p.flags & facts::Out)
                word = "out ";
            else if (p.flags & facts::Ref)
                word = "ref ";
            else if (p.flags & facts::In)
                word = "in ";
            else if (p.flags & facts::Params)
                word = "params ";
            const std::string type = spaced(ref.text(p.type));
            list.push_back(fmt::format("{}{}{}{}{}", word, type, type.empty() ? "" : " ", ref.text(p.name),
                                       p.flags & facts::Optional ? " = …" : ""));
        }
        text += fmt::format("({})", fmt::join(list, ", "));
    }
    std::vector<std::string> bases;
    for (const facts::Text base : ref.segment->segment.bases(d)) bases.push_back(spaced(ref.text(base)));
    if (!bases.empty()) text += " : " + join(bases, ", ");
    return text;
}

}  // namespace

fs::path SourceIndex::State::path_of(const LiveSegment* segment, facts::Index file) const {
    const RootState* root = owner(segment);
    const std::string_view path = segment->segment.text(segment->segment.file(file).path);
    return root ? root->index->root() / path : fs::path(path);
}

Definition describe_definition(const DefinitionRef& ref) {
    const facts::Definition& d = ref.get();
    const Segment& segment = ref.segment->segment;
    const std::uint32_t flags = segment.file(d.file).flags;
    Definition result{.kind = d.kind,
                      .name = std::string(ref.name()),
                      .container = container_name(ref),
                      .signature = signature(ref),
                      .line = static_cast<int>(d.line),
                      .first_line = static_cast<int>(d.first_line),
                      .last_line = static_cast<int>(d.last_line),
                      .has_body = (d.flags & facts::HasBody) != 0,
                      .is_generated = (flags & (facts::Generated | facts::Listing)) != 0,
                      .is_test = (flags & facts::Test) != 0};
    result.qualified = result.container.empty() ? result.name : result.container + '.' + result.name;
    for (const facts::Parameter& p : segment.parameters(d)) {
        result.parameters.push_back({std::string(ref.text(p.type)), std::string(ref.text(p.name))});
    }
    for (const facts::Text base : segment.bases(d)) result.bases.emplace_back(ref.text(base));
    return result;
}

Result<std::vector<Definition>> definitions_in_text(std::string_view path, std::string_view text,
                                                    std::stop_token stop) {
    std::vector<Definition> result;
    const Language* language = language_of(path);
    if (!language || !language->grammar || is_binary(text)) return result;
    SegmentBuilder builder;
    facts::File& file = builder.begin_file(path);
    file.language = static_cast<std::uint32_t>(language - languages().data());
    Parser parser(language->grammar());
    TRY_OK(extract(*language, parser, text, builder, std::move(stop)));
    builder.end_file();
    TRY(Segment segment, Segment::from_bytes(builder.finish()));
    const LiveSegment live{std::move(segment), {1}, {}, {}, {}};
    for (facts::Index i = 0; i < live.segment.definitions().size(); ++i)
        result.push_back(describe_definition({&live, i}));
    return result;
}

Definition SourceIndex::State::describe(const DefinitionRef& ref) const {
    Definition result = describe_definition(ref);
    result.file = path_of(ref.segment, ref.get().file);
    if (const RootState* root = owner(ref.segment)) result.root = root->name;
    return result;
}

std::optional<DefinitionRef> SourceIndex::State::find_again(const Definition& definition) const {
    std::optional<DefinitionRef> found;
    with_file(definition.file, [&](const LiveSegment* live, facts::Index, const facts::File& file) {
        for (facts::Index i = file.definitions.begin; i < file.definitions.end; ++i) {
            const DefinitionRef ref{live, i};
            if (ref.get().line != static_cast<std::uint32_t>(definition.line) ||
                ref.name() != definition.name)
                continue;
            if (ref.get().kind == definition.kind || !found) found = ref;
        }
    });
    return found;
}

CallSite SourceIndex::State::describe_call(const LiveSegment* segment, facts::Index index) const {
    const facts::Call& call = segment->segment.call(index);
    CallSite site{.file = path_of(segment, call.file),
                  .line = static_cast<int>(call.line),
                  .column = static_cast<int>(call.column),
                  .name = std::string(segment->segment.text(call.name))};
    if (call.member != facts::kNone) site.caller = describe({segment, call.member});
    return site;
}

CallSite SourceIndex::State::resolved_call(const LiveSegment* segment, facts::Index index,
                                           Resolver& resolver) const {
    CallSite site = describe_call(segment, index);
    if (const auto found = resolver.resolve(segment, index)) {
        site.targets.push_back({describe(found->definition), found->certainty});
        site.name = site.name == "new" ? site.targets[0].definition.name : site.name;
    }
    return site;
}

}  // namespace culprit
