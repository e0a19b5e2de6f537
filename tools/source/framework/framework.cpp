#include "tools/source/framework/framework.h"

#include <zstd.h>

#include "tools/source/languages.h"

// The file as it is, between two symbols: a literal of its length would slow every build down.
asm(".section .rodata\n"
    "culprit_dotnet_begin:\n"
    ".incbin \"" CULPRIT_DOTNET
    "\"\n"
    "culprit_dotnet_end:\n"
    ".byte 0\n"
    ".previous\n");
extern const char dotnet_begin[] asm("culprit_dotnet_begin");
extern const char dotnet_end[] asm("culprit_dotnet_end");

namespace culprit {
namespace {

Result<std::string> unpack(std::string_view packed) {
    std::string text(ZSTD_getFrameContentSize(packed.data(), packed.size()), '\0');
    const std::size_t size = ZSTD_decompress(text.data(), text.size(), packed.data(), packed.size());
    if (ZSTD_isError(size))
        return fail(Fault::Internal, "the types of .NET cannot be read: {}", ZSTD_getErrorName(size));
    return text;
}

Result<std::string> parse(std::string_view packed) {
    TRY(const std::string text, unpack(packed));
    const Language& csharp = *language_named("csharp");
    SegmentBuilder builder;
    builder.begin_file("dotnet.cs");
    Parser parser(csharp.grammar());
    TRY_OK(extract(csharp, parser, text, builder, {}));
    builder.end_file();
    return builder.finish();
}

Result<Segment> load(const fs::path& store) {
    const std::string_view packed(dotnet_begin, static_cast<std::size_t>(dotnet_end - dotnet_begin));
    const fs::path file =
        store.empty() ? store : store / fmt::format("dotnet-{}.segment", content_hash(packed));
    if (!file.empty()) {
        if (auto kept = Segment::open(file)) return kept;
    }
    TRY(std::string bytes, parse(packed));
    // What cannot be kept is parsed again next time.
    if (!file.empty()) (void)write_file(file, bytes, Mode::Private);
    return Segment::from_bytes(std::move(bytes));
}

}  // namespace

std::unique_ptr<LiveSegment> dotnet_framework(const fs::path& store) {
    auto segment = load(store);
    if (!segment) return nullptr;
    return std::make_unique<LiveSegment>(LiveSegment{*std::move(segment), {1}, {}, {}, {}});
}

}  // namespace culprit
