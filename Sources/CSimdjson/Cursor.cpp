#include "Cursor.hpp"

namespace qj {

namespace {
bool is_digit(uint8_t byte) { return byte >= '0' && byte <= '9'; }
bool is_hex(uint8_t byte) { return is_digit(byte) || (byte >= 'a' && byte <= 'f') || (byte >= 'A' && byte <= 'F'); }
}  // namespace

bool Cursor::check_escapes(const Text &text) {
    for (uint32_t at = next_escape; at < text.end; at = next_escape) {
        // Stage 1 found the closing quote behind this escape, so a byte follows the backslash.
        uint32_t after = at + 2;
        switch (bytes[at + 1]) {
        case '"': case '\\': case '/': case 'b': case 'f': case 'n': case 'r': case 't': break;
        case 'u':
            after = at + 6;
            if (after > text.end) return fail(QJ_SYNTAX, at);
            for (uint32_t digit = at + 2; digit < after; digit++)
                if (!is_hex(bytes[digit])) return fail(QJ_SYNTAX, at);
            break;
        default: return fail(QJ_SYNTAX, at);
        }
        find_escape(after);
    }
    return true;
}

bool Cursor::number(Number &number) {
    if (next >= count) return fail();
    uint32_t start = positions[next];
    uint32_t limit = next + 1 < count ? positions[next + 1] : length;
    const uint8_t *end = number.scan(bytes + start, bytes + limit);
    if (!end) return fail(QJ_SYNTAX, start);
    if (end != bytes + limit && !only_space_after(uint32_t(end - bytes))) return false;
    next++;
    return true;
}

bool Cursor::literal(qj_kind &kind) {
    if (next >= count) return fail();
    uint32_t at = positions[next];
    const char *word;
    uint32_t size;
    switch (bytes[at]) {
    case 't': word = "true", size = 4, kind = QJ_TRUE; break;
    case 'f': word = "false", size = 5, kind = QJ_FALSE; break;
    case 'n': word = "null", size = 4, kind = QJ_NULL; break;
    default: return fail();
    }
    if (length - at < size || std::memcmp(bytes + at, word, size) != 0) return fail();
    if (!only_space_after(at + size)) return false;
    next++;
    return true;
}

bool Cursor::skip_scalar() {
    uint8_t first = peek();
    if (first == '"') {
        Text text;
        return string(text);
    }
    if (first == '-' || is_digit(first)) {
        Number ignored;
        return number(ignored);
    }
    qj_kind kind;
    return literal(kind);
}

/// Passes an array of whole numbers of one to three digits without white space (`bytes` of a token: half of a chunk with logprobs).
/// On anything else it stays where it is and returns false.
bool Cursor::skip_small_integers() {
    uint32_t at = next + 1;
    for (;;) {
        if (at + 1 >= count) return false;
        uint32_t start = positions[at], size = positions[at + 1] - start;
        if (size - 1 > 2 || length - start < 4) return false;
        // The digits, and zeros instead of what follows them; every byte must then be '0'...'9' minus '0'.
        uint32_t digits;
        std::memcpy(&digits, bytes + start, 4);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
        digits = __builtin_bswap32(digits);
#endif
        digits = (digits ^ 0x30303030) & (0xFFFFFFFFu >> (32 - 8 * size));
        if (((digits | (digits + 0x76767676)) & 0x80808080) || (size > 1 && !(digits & 0xFF))) return false;
        uint8_t separator = bytes[start + size];
        at += 2;
        if (separator == ',') continue;
        if (separator != ']') return false;
        next = at;
        return true;
    }
}

bool Cursor::skip_value() {
    // One bit per open container instead of recursion: 1 is an object.
    uint64_t kinds[QJ_MAX_DEPTH / 64];
    uint32_t depth = 0;
    bool in_object = false;
    for (;;) {
        uint8_t first = peek();
        bool opened = first == '{' || first == '[';
        if (first == '[' && skip_small_integers()) {
            opened = false;
        } else if (opened) {
            if (depth == QJ_MAX_DEPTH) return fail(QJ_DEPTH, position());
            uint64_t bit = uint64_t(1) << (depth % 64);
            in_object = first == '{';
            if (in_object) kinds[depth / 64] = (depth % 64 ? kinds[depth / 64] : 0) | bit;
            else kinds[depth / 64] = (depth % 64 ? kinds[depth / 64] : 0) & ~bit;
            depth++;
            next++;
            if (peek() == (in_object ? '}' : ']')) opened = false;
        } else if (!skip_scalar()) {
            return false;
        }
        // Close what ends here; stop at a comma, which announces another value.
        while (!opened) {
            if (depth == 0) return true;
            uint8_t separator = peek();
            if (separator == ',') {
                // The empty container just opened cannot be followed by a comma before it is closed: its closing byte was peeked.
                next++;
                break;
            }
            if (separator != (in_object ? '}' : ']')) return fail();
            next++;
            depth--;
            if (depth) in_object = kinds[(depth - 1) / 64] >> ((depth - 1) % 64) & 1;
        }
        if (in_object) {
            Text name;
            if (!string(name) || !expect(':')) return false;
        }
    }
}

bool names_equal_slowly(const Cursor &cursor, const Text &name, const char *literal, size_t length) {
    // A name six times as long as the literal cannot decode to it: every escape is at most six bytes per decoded byte.
    uint8_t decoded[256];
    if (name.size() > sizeof decoded || name.size() > length * 6) return false;
    size_t count = qj_unescape(cursor.bytes + name.start, name.size(), decoded);
    return count == length && std::memcmp(decoded, literal, length) == 0;
}

}  // namespace qj
