#pragma once

#include "Number.hpp"
#include "Scratch.hpp"

namespace qj {

/// Walks the structural positions of one document and checks the grammar (RFC 8259) of everything it passes.
///
/// Stage 1 guarantees: valid UTF-8, no raw control character inside a string, every string closed. Its positions are the first byte
/// of every operator, string and other scalar outside strings, followed by a sentinel equal to the length. So a token ends at the
/// last byte that is not white space before the next position.
class Cursor {
public:
    qj_status status = QJ_OK;
    size_t failed_at = 0;

    Cursor(Scratch &scratch, const uint8_t *bytes, size_t length)
        : bytes(bytes), length(uint32_t(length)), next_escape(uint32_t(length)) {
        status = scratch.index(bytes, length);
        if (status) return;
        find_escape(0);
        positions = scratch.stage1->structural_indexes.get();
        count = scratch.stage1->n_structural_indexes;
    }

    const uint8_t *const bytes;
    const uint32_t length;

    bool ok() const { return status == QJ_OK; }
    /// Nothing but white space is left.
    bool at_end() const { return next == count; }
    /// The first byte of the next token; 0 at the end.
    uint8_t peek() const { return next < count ? bytes[positions[next]] : 0; }
    uint32_t position() const { return next < count ? positions[next] : length; }

    bool fail(qj_status why, size_t where) {
        if (status == QJ_OK) {
            status = why;
            failed_at = where;
        }
        return false;
    }
    bool fail() { return fail(QJ_SYNTAX, position()); }

    /// Passes an operator.
    bool expect(uint8_t op) {
        if (peek() != op) return fail();
        next++;
        return true;
    }

    /// Passes a string and checks its escapes.
    bool string(Text &text) {
        if (peek() != '"') return fail();
        text.start = positions[next] + 1;
        text.end = last_byte();
        next++;
        text.escaped = text.end > next_escape;
        return !text.escaped || check_escapes(text);
    }

    /// Passes a number.
    bool number(Number &number);
    /// Passes `true`, `false` or `null`.
    bool literal(qj_kind &kind);

    /// Passes any value; `span` covers it.
    bool skip(Span &span) {
        span.start = position();
        if (!skip_value()) return false;
        span.end = end_of_previous();
        return true;
    }

    /// Passes an object. `member(name)` must pass the value and return whether to go on.
    template <class Member> bool object(Member member) {
        if (!expect('{')) return false;
        if (peek() == '}') {
            next++;
            return true;
        }
        for (;;) {
            Text name;
            if (!string(name) || !expect(':') || !member(name)) return false;
            uint8_t separator = peek();
            if (separator != ',' && separator != '}') return fail();
            next++;
            if (separator == '}') return true;
        }
    }

    /// Passes an array. `element(index)` must pass the element and return whether to go on.
    template <class Element> bool array(Element element) {
        if (!expect('[')) return false;
        if (peek() == ']') {
            next++;
            return true;
        }
        for (size_t index = 0;; index++) {
            if (!element(index)) return false;
            uint8_t separator = peek();
            if (separator != ',' && separator != ']') return fail();
            next++;
            if (separator == ']') return true;
        }
    }

    /// One past the last byte of the token just passed.
    uint32_t end_of_previous() const {
        uint32_t end = next < count ? positions[next] : length;
        while (is_space(bytes[end - 1])) end--;
        return end;
    }

private:
    const uint32_t *positions = nullptr;
    uint32_t count = 0, next = 0;
    /// The first backslash not yet passed; the length when there is none. Only strings hold one, and the walk goes forward, so one
    /// search serves all strings in front of it.
    uint32_t next_escape;

    void find_escape(uint32_t from) {
        auto found = from < length ? static_cast<const uint8_t *>(std::memchr(bytes + from, '\\', length - from)) : nullptr;
        next_escape = found ? uint32_t(found - bytes) : length;
    }

    static bool is_space(uint8_t byte) { return byte == ' ' || byte == '\n' || byte == '\r' || byte == '\t'; }

    /// The offset of the last byte of the token at `next`: of a string, its closing quote.
    uint32_t last_byte() const {
        uint32_t last = (next + 1 < count ? positions[next + 1] : length) - 1;
        while (is_space(bytes[last])) last--;
        return last;
    }
    /// Only white space between `end` and the token after `next`.
    bool only_space_after(uint32_t end) {
        uint32_t limit = next + 1 < count ? positions[next + 1] : length;
        for (; end < limit; end++)
            if (!is_space(bytes[end])) return fail(QJ_SYNTAX, end);
        return true;
    }
    bool check_escapes(const Text &text);
    bool skip_value();
    bool skip_small_integers();
    bool skip_scalar();
};

/// Compares a member name, escapes decoded, with a literal.
bool names_equal_slowly(const Cursor &cursor, const Text &name, const char *literal, size_t length);

template <size_t size> inline bool is(const Cursor &cursor, const Text &name, const char (&literal)[size]) {
    if (__builtin_expect(name.escaped, 0)) return names_equal_slowly(cursor, name, literal, size - 1);
    return name.size() == size - 1 && std::memcmp(cursor.bytes + name.start, literal, size - 1) == 0;
}

}  // namespace qj
