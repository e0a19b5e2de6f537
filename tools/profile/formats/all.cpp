#include <algorithm>

#include "tools/profile/formats/format.h"
#include "tools/profile/formats/unpack.h"

namespace culprit {

Format speedscope_format();
Format nettrace_format();

const std::vector<Format>& all_formats() {
    static const std::vector<Format> formats = {
        nettrace_format(),
        speedscope_format(),
    };
    return formats;
}

namespace {

constexpr std::size_t kHead = 4096;

const Format* likeliest(std::string_view head) {
    const auto& formats = all_formats();
    for (const Likeness wanted : {Likeness::Yes, Likeness::Maybe}) {
        const auto found =
            std::ranges::find_if(formats, [&](const Format& f) { return f.probe(head) == wanted; });
        if (found != formats.end()) return &*found;
    }
    return nullptr;
}

}  // namespace

Result<Profile> parse_profile(std::string_view bytes, const Reading& reading) {
    if (bytes.empty()) return fail(Fault::Invalid, "the file is empty");
    TRY(std::optional<Unpacked> unpacked, unpack(bytes));
    if (unpacked) {
        TRY(Profile profile, parse_profile(unpacked->bytes, reading));
        if (!unpacked->warning.empty()) profile.warnings.push_back(unpacked->warning);
        return profile;
    }
    if (const Format* format = likeliest(bytes.substr(0, kHead))) return format->parse(bytes, reading);
    std::vector<std::string_view> names;
    for (const Format& format : all_formats()) names.push_back(format.name);
    return fail(Fault::Invalid, "this is no profile that can be read (tried: {})", fmt::join(names, ", "));
}

}  // namespace culprit
