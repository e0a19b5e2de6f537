// Reads little-endian numbers and strings from bytes of which nothing is trusted.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>

namespace culprit {

// What lies behind the end reads as 0 or empty, and ok() is false from then on.
class ByteCursor {
  public:
    explicit ByteCursor(std::string_view bytes) : at_(bytes.data()), end_(bytes.data() + bytes.size()) {}

    bool ok() const { return ok_; }
    std::size_t left() const { return static_cast<std::size_t>(end_ - at_); }
    const char* position() const { return at_; }

    template <class T>
    T number() {
        static_assert(std::is_integral_v<T> && std::endian::native == std::endian::little);
        T value = 0;
        if (left() < sizeof(T)) return fail(), value;
        std::memcpy(&value, at_, sizeof(T));
        at_ += sizeof(T);
        return value;
    }
    std::uint8_t u8() { return number<std::uint8_t>(); }
    std::uint16_t u16() { return number<std::uint16_t>(); }
    std::uint32_t u32() { return number<std::uint32_t>(); }
    std::uint64_t u64() { return number<std::uint64_t>(); }

    // 7 bits a byte, the least significant first; more than 64 bits are a failure.
    std::uint64_t varuint() {
        if (at_ < end_ && !(*at_ & 0x80)) return static_cast<std::uint8_t>(*at_++);
        return long_varuint();
    }

    std::string_view take(std::uint64_t size) {
        if (left() < size) return fail(), std::string_view();
        at_ += size;
        return {at_ - size, static_cast<std::size_t>(size)};
    }
    void skip(std::uint64_t size) { take(size); }

    // The bytes of a UTF-16 string up to its terminating zero, which is left behind.
    std::string_view utf16() {
        const char* const start = at_;
        while (left() >= 2) {
            at_ += 2;
            if (at_[-1] == 0 && at_[-2] == 0) return {start, static_cast<std::size_t>(at_ - 2 - start)};
        }
        return fail(), std::string_view();
    }
    std::string_view utf8_sized() { return take(varuint()); }

  private:
    void fail() {
        ok_ = false;
        at_ = end_;
    }
    std::uint64_t long_varuint() {
        std::uint64_t value = 0;
        for (unsigned shift = 0; shift < 70; shift += 7) {
            const std::uint8_t byte = u8();
            if (shift < 64) value |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
            if (!(byte & 0x80)) return value;
        }
        fail();
        return 0;
    }

    const char* at_;
    const char* end_;
    bool ok_ = true;
};

// UTF-16 (little endian) as UTF-8; a lone surrogate or byte becomes U+FFFD.
std::string utf8_of_utf16(std::string_view bytes);

}  // namespace culprit
