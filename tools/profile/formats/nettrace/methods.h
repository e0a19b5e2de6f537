// Which method an address of code belongs to, as the events of the runtime tell it.
#pragma once

#include <cstdint>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "tools/profile/builder.h"

namespace culprit {

// Add everything, then ask. Text is borrowed from the events and must live as long as this does.
class Methods {
  public:
    // An event that describes a module: ModuleLoad, ModuleUnload, or one of the rundown.
    void add_module(std::string_view payload);
    // An event that describes a method: MethodLoadVerbose, MethodUnloadVerbose, or one of the rundown.
    void add_method(std::string_view payload);

    // The frame of the method at this address, unresolved if no event told of one.
    FrameId frame_at(std::uint64_t address, ProfileBuilder& builder);
    bool empty() const { return methods_.empty(); }

  private:
    struct Method {
        std::uint64_t start = 0, size = 0;
        std::uint64_t module = 0;
        std::string_view name_space, name, signature;  // UTF-16
        FrameId frame = kNoFrame;
    };
    static constexpr FrameId kNoFrame = ~FrameId{0};
    Method* find(std::uint64_t address);
    FrameId make_frame(const Method& method, ProfileBuilder& builder) const;

    std::vector<Method> methods_;
    bool sorted_ = true;
    std::unordered_map<std::uint64_t, std::string_view> modules_;  // UTF-16 path by id
};

}  // namespace culprit
