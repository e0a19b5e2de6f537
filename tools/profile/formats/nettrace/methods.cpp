#include "tools/profile/formats/nettrace/methods.h"

#include <algorithm>

#include "tools/profile/formats/byte_cursor.h"

namespace culprit {

void Methods::add_module(std::string_view payload) {
    ByteCursor cursor(payload);
    const std::uint64_t module = cursor.u64();
    cursor.skip(16);  // assembly, flags, reserved
    const std::string_view path = cursor.utf16();
    if (cursor.ok()) modules_.insert_or_assign(module, path);
}

void Methods::add_method(std::string_view payload) {
    ByteCursor cursor(payload);
    cursor.u64();  // the method's own id
    Method method;
    method.module = cursor.u64();
    method.start = cursor.u64();
    method.size = cursor.u32();
    cursor.skip(8);  // token, flags
    method.name_space = cursor.utf16();
    method.name = cursor.utf16();
    method.signature = cursor.utf16();
    if (!cursor.ok() || method.size == 0) return;
    methods_.push_back(method);
    sorted_ = false;
}

// Of methods that were at the same place one after the other, the first that was told of counts.
Methods::Method* Methods::find(std::uint64_t address) {
    if (!sorted_) {
        std::ranges::stable_sort(methods_, {}, &Method::start);
        const auto same = std::ranges::unique(methods_, {}, &Method::start);
        methods_.erase(same.begin(), same.end());
        sorted_ = true;
    }
    const auto behind = std::ranges::upper_bound(methods_, address, {}, &Method::start);
    if (behind == methods_.begin()) return nullptr;
    Method& method = *std::prev(behind);
    return address - method.start < method.size ? &method : nullptr;
}

FrameId Methods::frame_at(std::uint64_t address, ProfileBuilder& builder) {
    Method* const method = find(address);
    if (!method) {
        return builder.frame(
            {.name = builder.intern("?!?"), .kind = FrameKind::Unresolved, .address = address});
    }
    if (method->frame == kNoFrame) method->frame = make_frame(*method, builder);
    return method->frame;
}

FrameId Methods::make_frame(const Method& method, ProfileBuilder& builder) const {
    const std::string owner = utf8_of_utf16(method.name_space);
    const std::string signature = utf8_of_utf16(method.signature);
    const std::size_t arguments = signature.find('(');  // before it stands the type of the result
    std::string name = owner + "." + utf8_of_utf16(method.name);
    if (arguments != std::string::npos) name += signature.substr(arguments);
    std::string module;
    if (const auto found = modules_.find(method.module); found != modules_.end()) {
        module = utf8_of_utf16(found->second);
        module.erase(0, module.find_last_of("/\\") + 1);
        if (module.ends_with(".dll") || module.ends_with(".exe")) module.resize(module.size() - 4);
    }
    if (!module.empty()) name = module + "!" + name;
    return builder.frame({.name = builder.intern(name),
                          .module = builder.intern(module),
                          .owner_size = static_cast<std::uint32_t>(owner.size()),
                          .kind = FrameKind::Managed});
}

}  // namespace culprit
