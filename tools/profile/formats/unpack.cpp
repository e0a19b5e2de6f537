#include "tools/profile/formats/unpack.h"

#include <algorithm>
#include <memory>

#include <zlib.h>
#include <zstd.h>

namespace culprit {
namespace {

constexpr std::size_t kMost = std::size_t{4} << 30;
constexpr std::string_view kGzip = "\x1f\x8b";
constexpr std::string_view kZstd = "\x28\xb5\x2f\xfd";

Result<Unpacked> finish(Unpacked unpacked, std::string_view what, std::size_t at, std::string_view why) {
    if (why.empty()) return unpacked;
    if (unpacked.bytes.empty()) return fail(Fault::Corrupt, "{}: {} at byte {}", what, why, at);
    unpacked.warning = fmt::format("{}: {} at byte {} of the packed file; {} bytes were unpacked before",
                                   what, why, at, unpacked.bytes.size());
    return unpacked;
}

// Makes room behind what was unpacked; false at the limit.
bool grow(std::string& bytes, std::size_t used) {
    if (used >= kMost) return false;
    bytes.resize(std::min(kMost, std::max<std::size_t>(used * 2, 1u << 20)));
    return true;
}

Result<Unpacked> unpack_gzip(std::string_view bytes) {
    z_stream stream{};
    if (inflateInit2(&stream, 15 + 32) != Z_OK) return fail(Fault::Unavailable, "gzip: no memory is left");
    const std::unique_ptr<z_stream, decltype(&inflateEnd)> ending(&stream, inflateEnd);
    Unpacked unpacked;
    std::size_t used = 0, taken = 0;
    std::string_view why;
    for (;;) {
        if (used == unpacked.bytes.size() && !grow(unpacked.bytes, used)) {
            return fail(Fault::Invalid, "gzip: it unpacks to more than {} bytes", kMost);
        }
        const std::size_t in = std::min<std::size_t>(bytes.size() - taken, 1u << 30);
        const std::size_t out = std::min<std::size_t>(unpacked.bytes.size() - used, 1u << 30);
        stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data() + taken));
        stream.avail_in = static_cast<uInt>(in);
        stream.next_out = reinterpret_cast<Bytef*>(unpacked.bytes.data() + used);
        stream.avail_out = static_cast<uInt>(out);
        const int status = inflate(&stream, Z_NO_FLUSH);
        taken += in - stream.avail_in;
        used += out - stream.avail_out;
        if (status == Z_STREAM_END) {
            if (!bytes.substr(taken).starts_with(kGzip)) break;  // what may follow the last member is padding
            inflateReset(&stream);
        } else if (status == Z_BUF_ERROR && taken == bytes.size()) {
            why = "the file is cut short";
            break;
        } else if (status != Z_OK && status != Z_BUF_ERROR) {
            why = "the data is damaged";
            break;
        }
    }
    unpacked.bytes.resize(used);
    return finish(std::move(unpacked), "gzip", taken, why);
}

Result<Unpacked> unpack_zstd(std::string_view bytes) {
    const std::unique_ptr<ZSTD_DStream, decltype(&ZSTD_freeDStream)> stream(ZSTD_createDStream(),
                                                                            ZSTD_freeDStream);
    if (!stream) return fail(Fault::Unavailable, "zstd: no memory is left");
    Unpacked unpacked;
    std::size_t used = 0, left = 1;
    std::string_view why;
    ZSTD_inBuffer in{bytes.data(), bytes.size(), 0};
    while (left != 0 || in.pos < in.size) {
        if (used == unpacked.bytes.size() && !grow(unpacked.bytes, used)) {
            return fail(Fault::Invalid, "zstd: it unpacks to more than {} bytes", kMost);
        }
        ZSTD_outBuffer out{unpacked.bytes.data() + used, unpacked.bytes.size() - used, 0};
        const std::size_t before = in.pos;
        left = ZSTD_decompressStream(stream.get(), &out, &in);
        used += out.pos;
        if (ZSTD_isError(left)) {
            why = "the data is damaged";
            break;
        }
        if (in.pos == before && out.pos == 0 && in.pos == in.size) {
            why = "the file is cut short";
            break;
        }
    }
    unpacked.bytes.resize(used);
    return finish(std::move(unpacked), "zstd", in.pos, why);
}

}  // namespace

Result<std::optional<Unpacked>> unpack(std::string_view bytes) {
    if (!bytes.starts_with(kGzip) && !bytes.starts_with(kZstd)) return std::nullopt;
    TRY(Unpacked unpacked, bytes.starts_with(kGzip) ? unpack_gzip(bytes) : unpack_zstd(bytes));
    return unpacked;
}

}  // namespace culprit
