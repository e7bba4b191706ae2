#include <cmath>

#include "Cursor.hpp"

namespace qj {
namespace {

/// Reads the tokens of a recorded answer in a single walk over the whole line. Whatever is not exactly as recordings are written makes
/// it stop with QJ_UNEXPECTED: the caller then reads the line as a tree, which knows how to say what is wrong.
class EvidenceReader {
public:
    EvidenceReader(Cursor &cursor, Scratch &scratch, qj_evidence &evidence) : cursor(cursor), scratch(scratch), evidence(evidence) {}

    bool root() {
        bool found = false;
        if (cursor.peek() != '{') return unexpected();
        return cursor.object([&](const Text &name) {
            if (!is(cursor, name, "draft")) return pass();
            if (found || cursor.peek() != '{') return unexpected();
            found = true;
            return answer();
        });
    }

private:
    Cursor &cursor;
    Scratch &scratch;
    qj_evidence &evidence;

    bool unexpected() { return cursor.fail(QJ_UNEXPECTED, cursor.position()); }
    bool no_memory() { return cursor.fail(QJ_CAPACITY, cursor.position()); }
    bool pass() {
        Span ignored;
        return cursor.skip(ignored);
    }

    bool answer() {
        bool found = false;
        return cursor.object([&](const Text &name) {
            if (!is(cursor, name, "tokens")) return pass();
            if (found || cursor.peek() != '[') return unexpected();
            found = true;
            evidence.start = cursor.position();
            if (!cursor.array([&](size_t) { return token(); })) return false;
            evidence.end = cursor.end_of_previous();
            return true;
        });
    }

    /// A name that is not known, or comes twice, is unexpected: passing its value would not check what the tree checks.
    bool token() {
        if (cursor.peek() != '{') return unexpected();
        enum { MS = 1, BYTES = 2, LOGPROB = 4, TOP = 8, LISTED = 16 };
        unsigned seen = 0;
        auto once = [&](unsigned member) {
            bool again = seen & member;
            seen |= member;
            return !again || unexpected();
        };
        qj_evidence_token token{};
        token.logprob = std::nan("");
        token.is_listed = 1;
        token.text.start = token.text.end = uint32_t(scratch.text.size());
        token.top_start = token.top_end = uint32_t(scratch.alternatives.size());
        bool walked = cursor.object([&](const Text &name) {
            if (is(cursor, name, "t_ms")) return once(MS) && number(token.ms);
            if (is(cursor, name, "bytes")) return once(BYTES) && text(token.text);
            if (is(cursor, name, "logprob")) return once(LOGPROB) && logarithm(token.logprob);
            if (is(cursor, name, "top")) return once(TOP) && top(token);
            if (is(cursor, name, "listed")) return once(LISTED) && truth(token.is_listed);
            return unexpected();
        });
        if (!walked) return false;
        if (!(seen & BYTES)) return unexpected();
        return scratch.evidence.push(token) || no_memory();
    }

    bool number(double &value) {
        uint8_t first = cursor.peek();
        if (first != '-' && uint8_t(first - '0') > 9) return unexpected();
        Number read;
        return cursor.number(read) && (read.real(value) || unexpected());
    }

    bool logarithm(double &value) {
        if (cursor.peek() != 'n') return number(value);
        qj_kind kind;
        value = std::nan("");
        return cursor.literal(kind);
    }

    bool truth(uint8_t &value) {
        uint8_t first = cursor.peek();
        if (first != 't' && first != 'f') return unexpected();
        qj_kind kind = QJ_NULL;
        if (!cursor.literal(kind)) return false;
        value = kind == QJ_TRUE;
        return true;
    }

    bool top(qj_evidence_token &token) {
        if (cursor.peek() != '[') return unexpected();
        bool walked = cursor.array([&](size_t) {
            double value;
            return logarithm(value) && (scratch.alternatives.push(value) || no_memory());
        });
        token.top_end = uint32_t(scratch.alternatives.size());
        return walked;
    }

    /// A string, or an array of whole numbers from 0 to 255.
    bool text(qj_text &text) {
        uint8_t first = cursor.peek();
        bool read = first == '"' ? string() : first == '[' ? bytes() : unexpected();
        text.end = uint32_t(scratch.text.size());
        return read;
    }

    bool string() {
        Text source;
        if (!cursor.string(source)) return false;
        if (!scratch.text.reserve(source.size())) return no_memory();
        uint8_t *out = scratch.text.data() + scratch.text.size();
        size_t count = source.size();
        if (source.escaped) count = qj_unescape(cursor.bytes + source.start, count, out);
        else if (count) std::memcpy(out, cursor.bytes + source.start, count);
        scratch.text.add(count);
        return true;
    }

    bool bytes() {
        return cursor.array([&](size_t) {
            double value;
            if (!number(value)) return false;
            if (!(value >= 0 && value <= 255 && value == std::floor(value))) return unexpected();
            return scratch.text.push(uint8_t(value)) || no_memory();
        });
    }
};

}  // namespace
}  // namespace qj

using namespace qj;

extern "C" enum qj_status qj_scan_evidence(const uint8_t *bytes, size_t length, qj_evidence *evidence) {
    Scratch &scratch = Scratch::of_this_thread();
    *evidence = qj_evidence{};
    scratch.evidence.truncate(0);
    scratch.alternatives.truncate(0);
    scratch.text.truncate(0);
    Cursor cursor(scratch, bytes, length);
    if (cursor.ok() && EvidenceReader(cursor, scratch, *evidence).root() && !cursor.at_end()) cursor.fail();
    evidence->tokens = scratch.evidence.data();
    evidence->token_count = scratch.evidence.size();
    evidence->top = scratch.alternatives.data();
    evidence->top_count = scratch.alternatives.size();
    evidence->text = scratch.text.data();
    evidence->text_count = scratch.text.size();
    return cursor.status;
}
