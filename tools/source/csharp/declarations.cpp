// Declarations of C#: namespaces, types, members, parameters, and what #if leaves out.
#include <algorithm>
#include <array>
#include <string>

#include "base/text.h"
#include "tools/source/csharp/conditions.h"
#include "tools/source/csharp/walker.h"

namespace culprit::csharp {

using facts::Kind;

// What stands before the body of a declaration.
struct Walker::Header {
    TSNode whole, name, body;
    facts::Definition definition;
    std::vector<TextId> bases;
    bool has_name = false, has_body = false;
};

namespace {

std::uint32_t modifier_flag(std::string_view word) {
    static constexpr std::array<std::pair<std::string_view, std::uint32_t>, 14> kWords{{
        {"static", facts::Static},
        {"abstract", facts::Abstract},
        {"virtual", facts::Virtual},
        {"override", facts::Override},
        {"async", facts::Async},
        {"partial", facts::Partial},
        {"sealed", facts::Sealed},
        {"private", facts::Private},
        {"new", facts::New},
        {"public", facts::Public},
        {"const", facts::Static},
        {"file", facts::Private},
        {"internal", facts::Public},
        {"protected", facts::Public},
    }};
    const auto found = std::ranges::find(kWords, word, &std::pair<std::string_view, std::uint32_t>::first);
    return found == kWords.end() ? 0 : found->second;
}

std::uint32_t parameter_flag(std::string_view word) {
    if (word == "ref") return facts::Ref;
    if (word == "out") return facts::Out;
    if (word == "in") return facts::In;
    if (word == "this") return facts::This;
    if (word == "params") return facts::Params;
    if (word == "=") return facts::Optional;
    return 0;
}

}  // namespace

facts::Text Walker::type_text(TSNode node) {
    if (ts_node_is_null(node) || ts_node_symbol(node) == is_.implicit_type) return 0;
    return type_text(cursor_.text(node));
}

// As written, but without blanks (except between words), "global::", "ref" and "scoped".
facts::Text Walker::type_text(std::string_view text) {
    for (const std::string_view word : {"scoped ", "ref ", "readonly "}) {
        if (text.starts_with(word)) text = trim(text.substr(word.size()));
    }
    if (text == "var") return 0;
    if (text.find_first_of(" \t\r\n:") == std::string_view::npos) return out_.text(text);
    std::string clean;
    for (const char c : replace_all(std::string(text), "global::", "")) {
        const bool blank = c == ' ' || c == '\t' || c == '\r' || c == '\n';
        if (!blank) clean += c;
        // "(int A, string B)": the name of a tuple's part stays apart from its type
        else if (!clean.empty() && clean.back() != ' ' && clean.back() != ',' && clean.back() != '(')
            clean += ' ';
    }
    for (const std::string_view sign : {" ,", " >", " <", " [", " )", " ?", "< "}) {
        clean = replace_all(std::move(clean), sign, trim(sign));
    }
    return out_.text(clean);
}

void Walker::read_parameters() {
    facts::Parameter rest;  // `params T[] name` stands in the list itself, without a node of its own
    cursor_.children([&](TSFieldId field) {
        const TSNode node = cursor_.node();
        if (ts_node_symbol(node) == is_.parameter) {
            facts::Parameter parameter;
            cursor_.children([&](TSFieldId part) {
                const TSNode child = cursor_.node();
                if (part == is_.field.type) {
                    if (cursor_.text(child).starts_with("ref ")) parameter.flags |= facts::Ref;
                    parameter.type = type_text(child);
                } else if (part == is_.field.name) {
                    parameter.name = out_.text(cursor_.text(child));
                } else if (ts_node_symbol(child) == is_.modifier || !ts_node_is_named(child)) {
                    parameter.flags |= parameter_flag(cursor_.text(child));
                }
            });
            out_.tables.parameters.push_back(parameter);
        } else if (field == is_.field.type) {
            rest.type = type_text(node);
        } else if (field == is_.field.name) {
            rest.name = out_.text(cursor_.text(node));
            rest.flags = facts::Params;
            out_.tables.parameters.push_back(rest);
        }
    });
}

void Walker::read_bases(Header& header) {
    cursor_.children([&](TSFieldId) {
        TSNode node = cursor_.node();
        if (!ts_node_is_named(node) || ts_node_symbol(node) == is_.argument_list) return;
        if (ts_node_symbol(node) == is_.primary_base) node = ts_node_child_by_field_id(node, is_.field.type);
        header.bases.push_back(type_text(node));
    });
}

Walker::Header Walker::read_header() {
    Header header;
    header.whole = cursor_.node();
    facts::Definition& definition = header.definition;
    definition.parameters.begin = static_cast<Index>(out_.tables.parameters.size());
    std::string constraints;
    cursor_.children([&](TSFieldId field) {
        const TSNode node = cursor_.node();
        const TSSymbol kind = ts_node_symbol(node);
        if (kind == is_.modifier) {
            definition.flags |= modifier_flag(cursor_.text(node));
        } else if (field == is_.field.name || field == is_.field.op) {
            header.name = node;
            header.has_name = true;
        } else if (field == is_.field.type || field == is_.field.returns) {
            definition.type = type_text(node);
        } else if (kind == is_.parameter_list || kind == is_.bracketed_parameter_list) {
            read_parameters();
            definition.flags |= facts::PrimaryConstructor;  // declare() keeps it for types alone
        } else if (kind == is_.type_parameter_list) {
            const std::string_view text = cursor_.text(node);
            definition.type_parameters = type_text(text.substr(1, text.size() < 2 ? 0 : text.size() - 2));
            definition.arity = static_cast<std::uint16_t>(1 + std::ranges::count(text, ','));
        } else if (kind == is_.base_list) {
            read_bases(header);
        } else if (kind == is_.constraints) {
            const std::string_view clause = trim(cursor_.text(node));  // "where T : A, B"
            if (!constraints.empty()) constraints += ';';
            if (clause.starts_with("where")) constraints += out_.view(type_text(trim(clause.substr(5))));
        } else if (kind == is_.explicit_interface) {
            const std::string_view text = trim(cursor_.text(node));
            definition.interface = type_text(text.ends_with('.') ? text.substr(0, text.size() - 1) : text);
        } else if (field == is_.field.body || field == is_.field.value || field == is_.field.accessors) {
            if (!header.has_body) header.body = node;
            header.has_body = true;
        }
    });
    definition.parameters.end = static_cast<Index>(out_.tables.parameters.size());
    definition.constraints = out_.text(constraints);
    return header;
}

facts::Index Walker::declare(Kind kind, const Header& header) {
    facts::Definition definition = header.definition;
    definition.kind = kind;
    definition.scope = at_.scope;
    definition.container = at_.container;
    definition.file = out_.file_index();
    definition.flags |= at_.flags;
    const bool in_interface =
        at_.container != facts::kNone && out_.tables.definitions[at_.container].kind == Kind::Interface;
    if (!(definition.flags & facts::Public) && !facts::is_type(kind) && !in_interface &&
        kind != Kind::EnumMember) {
        definition.flags |= facts::Private;
    }
    if (!facts::is_type(kind) || kind == Kind::Delegate)
        definition.flags &= ~std::uint32_t{facts::PrimaryConstructor};
    if (header.has_body) {
        definition.flags |= facts::HasBody;
        definition.body_byte = ts_node_start_byte(header.body);
    }
    definition.first_byte = ts_node_start_byte(header.whole);
    definition.end_byte = ts_node_end_byte(header.whole);
    definition.first_line = line_of(header.whole);
    definition.last_line = ts_node_end_point(header.whole).row + 1;
    definition.line = header.has_name ? line_of(header.name) : definition.first_line;
    definition.name_byte = header.has_name ? ts_node_start_byte(header.name) : definition.first_byte;
    const auto parameters = std::span(out_.tables.parameters).subspan(definition.parameters.begin);
    if (!parameters.empty() && (parameters[0].flags & facts::This)) definition.flags |= facts::Extension;

    const auto added = static_cast<Index>(out_.tables.definitions.size());
    definition.bases.begin = static_cast<Index>(out_.tables.texts.size());
    for (const TextId base : header.bases) {
        out_.tables.texts.push_back(base);
        std::string_view simple = out_.view(base);
        simple = simple.substr(0, simple.find('<'));
        if (const auto dot = simple.rfind('.'); dot != std::string_view::npos)
            simple = simple.substr(dot + 1);
        out_.tables.derived.push_back({out_.text(std::string(simple)), added});
    }
    definition.bases.end = static_cast<Index>(out_.tables.texts.size());
    out_.tables.definitions.push_back(definition);
    return added;
}

void Walker::enter_namespace(bool to_the_end) {
    const TSNode name = ts_node_child_by_field_id(cursor_.node(), is_.field.name);
    const Context outer = at_;
    std::string scope(out_.view(at_.scope));
    if (!scope.empty()) scope += '.';
    at_.scope = out_.text(scope + std::string(out_.view(type_text(name))));
    if (to_the_end) return;
    const TSNode body = ts_node_child_by_field_id(cursor_.node(), is_.field.body);
    cursor_.children([&](TSFieldId) {
        if (ts_node_eq(cursor_.node(), body)) visit_children();
    });
    at_ = outer;
}

// "using A.B;", "using static A.B;", "using X = A.B;", each perhaps global.
void Walker::add_using() {
    facts::Using row;
    std::string_view text = trim(cursor_.text());
    const auto take = [&](std::string_view word) {
        if (!text.starts_with(word)) return false;
        text = trim(text.substr(word.size()));
        return true;
    };
    row.global = take("global ");
    if (!take("using")) return;
    take("unsafe ");
    if (take("static ")) row.kind = facts::UsingKind::Static;
    while (text.ends_with(';')) text = trim(text.substr(0, text.size() - 1));
    if (const auto equals = text.find('='); equals != std::string_view::npos) {
        row.kind = facts::UsingKind::Alias;
        row.name = out_.text(std::string(trim(text.substr(0, equals))));
        text = trim(text.substr(equals + 1));
    }
    row.target = type_text(text);
    out_.tables.usings.push_back(row);
}

void Walker::declare_type(Kind kind) {
    Header header = read_header();
    if (!header.has_name) return visit_children();
    const std::string_view declared = ts_node_type(header.whole);
    if (declared == "struct_declaration") kind = Kind::Struct;
    if (declared == "interface_declaration") kind = Kind::Interface;
    if (declared == "record_declaration") kind = Kind::Record;
    header.definition.name = out_.text(cursor_.text(header.name));
    const Context outer = at_;
    const Index added = declare(kind, header);
    std::string scope(out_.view(at_.scope));
    if (!scope.empty()) scope += '.';
    scope += cursor_.text(header.name);
    if (header.definition.arity) scope += '`' + std::to_string(header.definition.arity);
    at_ = {
        .member = added, .container = added, .scope = out_.text(scope), .returns = 0, .flags = outer.flags};
    cursor_.children([&](TSFieldId field) {
        if (field == is_.field.body)
            visit_children();
        else if (ts_node_symbol(cursor_.node()) == is_.base_list)
            constructor_call(added);
    });
    at_ = outer;
}

namespace {

// A local function has no access of its own: this one is a member that a parse gone wrong put into the body
// of another.
bool is_misplaced_member(std::string_view text) {
    const auto begins = [&](std::string_view word) {
        return text.starts_with(word) && text[word.size()] == ' ';
    };
    return std::ranges::any_of(
        std::array{"public", "private", "protected", "internal", "override", "virtual"}, begins);
}

}  // namespace

void Walker::declare_member(Kind kind) {
    Header header = read_header();
    if (kind == Kind::LocalFunction && is_misplaced_member(cursor_.text(header.whole))) kind = Kind::Method;
    if (kind == Kind::Indexer) header.name = header.whole;
    if (kind == Kind::Indexer)
        header.definition.name = out_.text("this[]");
    else if (kind == Kind::Operator)
        header.definition.name =
            out_.text("operator " + std::string(header.has_name ? cursor_.text(header.name)
                                                                : out_.view(header.definition.type)));
    else if (!header.has_name)
        return visit_children();
    else if (kind == Kind::Destructor)
        header.definition.name = out_.text("~" + std::string(cursor_.text(header.name)));
    else
        header.definition.name = out_.text(cursor_.text(header.name));

    const Context outer = at_;
    const std::uint32_t outer_end = scope_end_;
    const Index added = declare(kind, header);
    if (kind == Kind::LocalFunction) out_.tables.definitions[added].container = outer.member;
    at_.member = added;
    at_.returns = header.definition.type;
    if (header.definition.flags & facts::Async) {
        const std::string_view type = out_.view(at_.returns);
        const auto open = type.find('<');
        at_.returns = open == std::string_view::npos
                          ? 0
                          : type_text(std::string(type.substr(open + 1, type.size() - open - 2)));
    }
    scope_end_ = ts_node_end_byte(header.whole);
    cursor_.children([&](TSFieldId field) {
        const TSSymbol symbol = ts_node_symbol(cursor_.node());
        if (symbol == is_.constructor_initializer)
            constructor_call(added);
        else if (field == is_.field.body || field == is_.field.accessors)
            visit();
        else if (field == is_.field.value)
            visit({.type = header.definition.type});
    });
    scope_end_ = outer_end;
    at_ = outer;
}

// Fields and events: one type, several names.
void Walker::declare_fields(Kind kind) {
    Header header = read_header();
    if (header.has_name) return declare_member(kind);  // an event with accessors
    const auto declarator = [&] {
        const TSNode name = ts_node_child_by_field_id(cursor_.node(), is_.field.name);
        if (ts_node_is_null(name)) return;
        header.name = name;
        header.has_name = true;
        header.definition.name = out_.text(cursor_.text(name));
        const Context outer = at_;
        at_.member = declare(kind, header);
        cursor_.children([&](TSFieldId field) {
            if (field != is_.field.name) visit({.type = header.definition.type});
        });
        at_ = outer;
    };
    cursor_.children([&](TSFieldId) {
        if (ts_node_symbol(cursor_.node()) != is_.variable_declaration) return;
        cursor_.children([&](TSFieldId field) {
            if (field == is_.field.type)
                header.definition.type = type_text(cursor_.node());
            else if (ts_node_symbol(cursor_.node()) == is_.variable_declarator)
                declarator();
        });
    });
}

// ": base(...)", ": this(...)" and "class A(int x) : B(x)".
void Walker::constructor_call(Index owner) {
    const TSNode node = cursor_.node();
    const bool to_this = cursor_.text(node).find("this") < cursor_.text(node).find('(') &&
                         ts_node_symbol(node) == is_.constructor_initializer;
    const Index type = facts::is_type(out_.tables.definitions[owner].kind) ? owner : at_.container;
    if (type == facts::kNone) return;
    const facts::Definition& definition = out_.tables.definitions[type];
    std::string called(out_.view(definition.name));
    if (!to_this) {
        const TextId base =
            definition.bases.begin < definition.bases.end ? out_.tables.texts[definition.bases.begin] : 0;
        called = out_.view(base).substr(0, out_.view(base).find('<'));
        called = called.substr(called.rfind('.') == std::string::npos ? 0 : called.rfind('.') + 1);
    }
    const auto take = [&] {
        const Index call = add({.op = to_this ? facts::Op::ThisCall : facts::Op::BaseCall});
        record_call(call, node, called);
        arguments_here(call);
    };
    cursor_.children([&](TSFieldId) {
        const TSSymbol kind = ts_node_symbol(cursor_.node());
        if (kind == is_.argument_list)
            take();
        else if (kind == is_.primary_base) {
            cursor_.children([&](TSFieldId) {
                if (ts_node_symbol(cursor_.node()) == is_.argument_list) take();
            });
        }
    });
}

// The branches that a current .NET compiles come as they are, the others marked as Inactive.
void Walker::conditional_region() {
    const std::uint32_t outer = at_.flags;
    const TSNode condition = ts_node_child_by_field_id(cursor_.node(), is_.field.condition);
    const bool is_else = ts_node_symbol(cursor_.node()) == is_.preproc_else;
    const bool compiled = is_else || is_true(cursor_.text(condition));
    if (!compiled) at_.flags |= facts::Inactive;
    cursor_.children([&](TSFieldId field) {
        if (field == is_.field.condition) return;
        if (field != is_.field.alternative) return void(visit());
        const std::uint32_t here = at_.flags;
        at_.flags = compiled ? outer | facts::Inactive : outer;
        conditional_region();
        at_.flags = here;
    });
    at_.flags = outer;
}

}  // namespace culprit::csharp
