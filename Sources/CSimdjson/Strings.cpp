#include <cstring>

#include "CSimdjson.h"

namespace {

unsigned hex(const uint8_t *digits) {
    unsigned value = 0;
    for (int i = 0; i < 4; i++) {
        uint8_t d = digits[i];
        value = value << 4 | unsigned(d <= '9' ? d - '0' : (d | 0x20) - 'a' + 10);
    }
    return value;
}

uint8_t *put(uint8_t *out, uint32_t scalar) {
    if (scalar < 0x80) {
        *out++ = uint8_t(scalar);
    } else if (scalar < 0x800) {
        *out++ = uint8_t(0xC0 | scalar >> 6);
        *out++ = uint8_t(0x80 | (scalar & 0x3F));
    } else if (scalar < 0x10000) {
        *out++ = uint8_t(0xE0 | scalar >> 12);
        *out++ = uint8_t(0x80 | (scalar >> 6 & 0x3F));
        *out++ = uint8_t(0x80 | (scalar & 0x3F));
    } else {
        *out++ = uint8_t(0xF0 | scalar >> 18);
        *out++ = uint8_t(0x80 | (scalar >> 12 & 0x3F));
        *out++ = uint8_t(0x80 | (scalar >> 6 & 0x3F));
        *out++ = uint8_t(0x80 | (scalar & 0x3F));
    }
    return out;
}

}  // namespace

extern "C" size_t qj_unescape(const uint8_t *bytes, size_t length, uint8_t *out) {
    const uint8_t *at = bytes, *end = bytes + length;
    uint8_t *begin = out;
    while (at < end) {
        const uint8_t *escape = static_cast<const uint8_t *>(std::memchr(at, '\\', size_t(end - at)));
        size_t plain = size_t((escape ? escape : end) - at);
        std::memcpy(out, at, plain);
        out += plain;
        if (!escape) break;
        at = escape + 2;
        switch (escape[1]) {
        case 'b': *out++ = '\b'; break;
        case 'f': *out++ = '\f'; break;
        case 'n': *out++ = '\n'; break;
        case 'r': *out++ = '\r'; break;
        case 't': *out++ = '\t'; break;
        case 'u': {
            uint32_t scalar = hex(at);
            at += 4;
            if (scalar >= 0xD800 && scalar < 0xDC00 && end - at >= 6 && at[0] == '\\' && at[1] == 'u') {
                uint32_t low = hex(at + 2);
                if (low >= 0xDC00 && low < 0xE000) {
                    scalar = 0x10000 + ((scalar - 0xD800) << 10) + (low - 0xDC00);
                    at += 6;
                }
            }
            if (scalar >= 0xD800 && scalar < 0xE000) scalar = 0xFFFD;
            out = put(out, scalar);
            break;
        }
        default: *out++ = escape[1];
        }
    }
    return size_t(out - begin);
}
