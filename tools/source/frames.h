// From the frame of a profile or a stack trace to the definition in the sources.
//
// Understands what the .NET runtime, its profilers and perf maps write (nested types, generics, state
// machines, lambdas, local functions, accessors), C++ mangled or not, Rust, Java, Go, V8 and Python, each
// with or without a file and a line.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tools/source/index.h"

namespace culprit {

struct FrameName {
    std::vector<std::string> path;  // namespaces and types, outermost first, without type arguments
    std::string method;             // ".ctor" of a constructor, ".cctor" of a static one; empty: not known
    std::string inner;              // a local function within the method
    std::optional<std::vector<std::string>>
        parameters;    // simple CLR names: "String", "Byte[]"; "" where any type fits
    std::string file;  // as the frame has it
    int line = 0;
    bool is_compiler_made = false;  // a lambda or a state machine, written as the method it stands in
};

// Never fails: what cannot be read leaves the fields empty.
FrameName read_frame(std::string_view frame);

// How many of its last names agree, if the frame may be this function or member by them; nothing else is
// compared. Types are not functions, but where one is constructed.
std::optional<std::size_t> names_agree(const FrameName& frame, const Definition& definition);

struct FrameTargets {
    FrameName name;
    std::vector<Target> targets;  // best first; several only if the frame does not tell them apart
    std::string why;              // if there is not just one target: why
};

// `root` restricts to one root; empty: all.
FrameTargets resolve_frame(SourceIndex& index, std::string_view frame, std::string_view root = "");

}  // namespace culprit
