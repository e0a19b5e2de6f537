// What a call calls: C#'s rules of lookup and overload resolution, as far as the text of the sources decides
// them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "tools/source/index.h"
#include "tools/source/types.h"

namespace culprit {

struct Resolution {
    DefinitionRef definition;
    Certainty certainty = Certainty::Exact;
};

// For one question, one thread. `tiers` is as Types has it: that of the call first.
class Resolver {
  public:
    explicit Resolver(std::vector<Tier> tiers) : types_(std::move(tiers)) {}

    // The definition that the call binds to; nothing if it lies outside of the roots or calls a delegate.
    std::optional<Resolution> resolve(const LiveSegment* segment, facts::Index call);

    // The methods that are passed as values to the call.
    std::vector<Resolution> passed_methods(const LiveSegment* segment, facts::Index call);

    // The types that name `type` as a base, or as a base of their bases.
    std::vector<DefinitionRef> derived_types(const Symbol* type);
    // The members that override or implement `definition`.
    std::vector<DefinitionRef> implementations(const DefinitionRef& definition);
    // What `definition` overrides or implements, in base types and interfaces, itself not included.
    std::vector<DefinitionRef> overridden(const DefinitionRef& definition);

    Types& types() { return types_; }

  private:
    // What an expression stands for.
    struct Value {
        TypeRef type = nullptr;
        bool is_type = false;        // the type itself, as in `File.Open`
        bool is_base = false;        // `base`
        std::string_view path = {};  // a name that nothing declares: a namespace, or a type from outside
        bool is_known() const { return type != nullptr; }
    };
    struct Candidate {
        DefinitionRef definition;
        TypeRef owner = nullptr;    // the type it was found in, with its arguments
        bool is_extension = false;  // called on its first argument
        int distance = 0;           // how many bases up; extensions behind members
    };
    // The outcome for one call, kept while its lambdas are looked at.
    struct Bound {
        std::optional<Candidate> candidate = {};
        Certainty certainty = Certainty::Exact;
        Bindings bindings = {};
        bool is_outside = false;     // surely nothing of ours
        TypeRef delegate = nullptr;  // a delegate is called
    };
    struct At {
        const LiveSegment* segment;
        const facts::File* file;
        Context context;
    };

    Value value_of(const At& at, facts::Index expression);
    Value compute(const At& at, facts::Index expression);
    Value name_value(const At& at, const facts::Expression& e);
    Value member_value(const At& at, const facts::Expression& e);
    Value outside_value(const Value& target, std::string_view name);
    TypeRef binary_type(const At& at, const facts::Expression& e);
    TypeRef local_type(const At& at, const facts::Local& local);
    TypeRef lambda_parameter(const At& at, const facts::Local& local);
    TypeRef argument_type(const At& at, const Bound& bound, std::size_t position, std::string_view name,
                          bool is_out);
    TypeRef type_of(const At& at, facts::Index expression) { return value_of(at, expression).type; }
    TypeRef text_type(const At& at, facts::Text text) {
        return types_.parse(at.segment->segment.text(text), at.context);
    }
    TypeRef type_of_member(const DefinitionRef& definition, TypeRef owner);
    TypeRef target_type(const At& at, facts::Index expression, const facts::Expression& e);

    // The languages that are read by queries (tagged_resolve.cpp).
    std::optional<Resolution> resolve_tagged(const At& at, const facts::Call& call);
    std::vector<std::string> names_of_line(std::string_view type, std::size_t tier) const;
    std::string tagged_type(const At& at, facts::Text name) const;

    const Bound& bind(const At& at, facts::Index expression);
    Bound bind_call(const At& at, const facts::Expression& e);
    Bound bind_name(const At& at, const facts::Expression& call, const facts::Expression& function);
    Bound bind_member(const At& at, const facts::Expression& call, const facts::Expression& function);
    Bound bind_constructor(const At& at, const facts::Expression& call, TypeRef type);
    Bound by_name(const At& at, const facts::Expression& call, const facts::Expression& function);
    TypeRef call_type(const At& at, facts::Index expression, const facts::Expression& e);
    void infer_from_lambdas(const At& at, const facts::Expression& e, Bound& bound,
                            const std::vector<TypeRef>& arguments);

    std::vector<Candidate> members(TypeRef type, std::string_view name, bool skip_self);
    void add_members(const Symbol* symbol, TypeRef owner, std::string_view name, int distance,
                     std::vector<Candidate>& out);
    void add_extensions(const At& at, TypeRef receiver, std::string_view name, std::vector<Candidate>& out);
    struct Score;
    std::optional<Score> score(const At& at, const facts::Expression& call, const Candidate& candidate,
                               TypeRef receiver, const std::vector<TypeRef>& arguments,
                               std::size_t type_arguments, Fit least);
    int better_conversion(Fit a, TypeRef to_a, Fit b, TypeRef to_b);
    int compare(const Score& a, const Score& b);
    bool is_accessible(const At& at, const Candidate& candidate);
    Bound choose(const At& at, const facts::Expression& call, const std::vector<Candidate>& candidates,
                 TypeRef receiver, facts::Text type_arguments);

    Types types_;
    std::unordered_map<std::uint64_t, Value> values_;
    std::unordered_map<std::uint64_t, Bound> bound_;
    std::unordered_map<const LiveSegment*, std::uint64_t> numbers_;
    int depth_ = 0;
};

}  // namespace culprit
