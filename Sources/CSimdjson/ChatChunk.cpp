#include <cmath>

#include "Cursor.hpp"

namespace qj {
namespace {

/// Reads one chat chunk in a single walk. Of duplicate members the last wins. Members that are not named here, and values of an
/// unexpected type, are validated and passed.
class ChatReader {
public:
    ChatReader(Cursor &cursor, Scratch &scratch, qj_chat &chat, bool reads_tokens)
        : cursor(cursor), scratch(scratch), chat(chat), reads_tokens(reads_tokens) {}

    bool root() {
        return cursor.object([&](const Text &name) {
            if (is(cursor, name, "choices")) return choices();
            if (is(cursor, name, "usage")) return usage();
            if (is(cursor, name, "error")) return error();
            return pass();
        });
    }

private:
    Cursor &cursor;
    Scratch &scratch;
    qj_chat &chat;
    const bool reads_tokens;
    /// Where the entries of the choice being read begin. Those in front belong to a choice read before.
    size_t first_tool_call = 0, first_token = 0, first_alternative = 0;

    bool pass() {
        Span ignored;
        return cursor.skip(ignored);
    }
    bool no_memory() { return cursor.fail(QJ_CAPACITY, cursor.position()); }

    // Strings

    /// Appends the decoded string to the text store.
    bool decode(const Text &source, qj_text &text) {
        if (!scratch.text.reserve(source.size())) return no_memory();
        uint8_t *out = scratch.text.data() + scratch.text.size();
        size_t count = source.size();
        if (source.escaped) count = qj_unescape(cursor.bytes + source.start, count, out);
        else if (count) std::memcpy(out, cursor.bytes + source.start, count);
        text.start = uint32_t(scratch.text.size());
        scratch.text.add(count);
        text.end = uint32_t(scratch.text.size());
        return true;
    }
    /// A string; anything else is passed and leaves `text` empty.
    bool string(qj_text &text) {
        text = qj_text{};
        if (cursor.peek() != '"') return pass();
        Text source;
        return cursor.string(source) && decode(source, text);
    }
    /// The raw JSON of any value.
    bool raw(qj_text &text) {
        Text source;
        return cursor.skip(source) && decode(source, text);
    }

    // Numbers

    static bool begins_number(uint8_t first) { return first == '-' || (first >= '0' && first <= '9'); }

    bool real(double &value) {
        value = std::nan("");
        if (!begins_number(cursor.peek())) return pass();
        Number number;
        if (!cursor.number(number)) return false;
        if (!number.real(value)) value = std::nan("");
        return true;
    }
    /// A count: whole and not negative, 0 otherwise.
    bool count(int64_t &value) {
        value = 0;
        double number;
        if (!real(number)) return false;
        if (number > 0 && number < 9e15) value = int64_t(number);
        return true;
    }

    // Choices

    bool choices() {
        forget_choice();
        chat.has_no_choices = 0;
        if (cursor.peek() != '[') return pass();
        bool any = false;
        bool walked = cursor.array([&](size_t) {
            any = true;
            return cursor.peek() == '{' ? choice() : pass();
        });
        chat.has_no_choices = walked && !any;
        return walked;
    }

    void forget_choice() {
        chat.has_role = 0;
        chat.finish = QJ_FINISH_NONE;
        chat.reasoning = chat.content = chat.refusal = qj_text{};
        chat.logprobs_start = chat.logprobs_end = 0;
        scratch.tool_calls.truncate(0);
        scratch.tokens.truncate(0);
        scratch.alternatives.truncate(0);
    }

    bool choice() {
        // The index may come last, so another choice is read and then taken back.
        qj_chat before = chat;
        first_tool_call = scratch.tool_calls.size();
        first_token = scratch.tokens.size();
        first_alternative = scratch.alternatives.size();
        bool is_first = true;
        bool walked = cursor.object([&](const Text &name) {
            if (is(cursor, name, "index")) return index(is_first);
            if (is(cursor, name, "delta") || is(cursor, name, "message")) return cursor.peek() == '{' ? delta() : pass();
            if (is(cursor, name, "logprobs")) return logprobs();
            if (is(cursor, name, "finish_reason")) return finish();
            return pass();
        });
        if (!is_first) {
            chat = before;
            scratch.tool_calls.truncate(first_tool_call);
            scratch.tokens.truncate(first_token);
            scratch.alternatives.truncate(first_alternative);
        }
        return walked;
    }

    bool index(bool &is_first) {
        double value;
        if (!real(value)) return false;
        is_first = !(value != 0) || std::isnan(value);
        return true;
    }

    bool delta() {
        qj_text reasoning{}, reasoning_content{};
        bool walked = cursor.object([&](const Text &name) {
            if (is(cursor, name, "content")) return content();
            if (is(cursor, name, "role")) {
                chat.has_role = cursor.peek() == '"';
                return pass();
            }
            if (is(cursor, name, "tool_calls")) return tool_calls();
            if (is(cursor, name, "refusal")) return string(chat.refusal);
            if (is(cursor, name, "reasoning_content")) return string(reasoning_content);
            if (is(cursor, name, "reasoning")) return string(reasoning);
            if (is(cursor, name, "function_call")) return function_call();
            return pass();
        });
        // Servers that send both names send the same text twice.
        chat.reasoning = reasoning_content.end > reasoning_content.start ? reasoning_content : reasoning;
        return walked;
    }

    /// A string, or an array of parts of which the texts count.
    bool content() {
        if (cursor.peek() != '[') return string(chat.content);
        chat.content.start = chat.content.end = uint32_t(scratch.text.size());
        return cursor.array([&](size_t) {
            if (cursor.peek() != '{') return pass();
            return cursor.object([&](const Text &name) {
                qj_text part;
                if (!is(cursor, name, "text")) return pass();
                if (!string(part)) return false;
                if (part.end > part.start) chat.content.end = part.end;
                return true;
            });
        });
    }

    bool tool_calls() {
        scratch.tool_calls.truncate(first_tool_call);
        if (cursor.peek() != '[') return pass();
        return cursor.array([&](size_t position) {
            if (cursor.peek() != '{') return pass();
            qj_tool_call call{};
            call.index = int64_t(position);
            bool walked = cursor.object([&](const Text &name) {
                if (is(cursor, name, "index")) return begins_number(cursor.peek()) ? count(call.index) : pass();
                if (is(cursor, name, "id")) return string(call.id);
                if (is(cursor, name, "function")) return function(call);
                return pass();
            });
            return walked && (scratch.tool_calls.push(call) || no_memory());
        });
    }

    /// The older form of a single tool call.
    bool function_call() {
        if (cursor.peek() != '{') return pass();
        qj_tool_call call{};
        return function(call) && (scratch.tool_calls.push(call) || no_memory());
    }

    bool function(qj_tool_call &call) {
        if (cursor.peek() != '{') return pass();
        return cursor.object([&](const Text &name) {
            if (is(cursor, name, "name")) return string(call.name);
            if (!is(cursor, name, "arguments")) return pass();
            // Some servers send the arguments as an object instead of its text.
            return cursor.peek() == '{' ? raw(call.arguments) : string(call.arguments);
        });
    }

    bool finish() {
        chat.finish = QJ_FINISH_NONE;
        if (cursor.peek() != '"') return pass();
        Text reason;
        if (!cursor.string(reason)) return false;
        if (is(cursor, reason, "stop")) chat.finish = QJ_FINISH_STOP;
        else if (is(cursor, reason, "length")) chat.finish = QJ_FINISH_LENGTH;
        else if (is(cursor, reason, "tool_calls")) chat.finish = QJ_FINISH_TOOL_CALLS;
        else if (is(cursor, reason, "content_filter")) chat.finish = QJ_FINISH_CONTENT_FILTER;
        else chat.finish = QJ_FINISH_OTHER;
        return true;
    }

    // Evidence

    bool logprobs() {
        scratch.tokens.truncate(first_token);
        scratch.alternatives.truncate(first_alternative);
        chat.logprobs_start = chat.logprobs_end = 0;
        if (cursor.peek() == 'n') return pass();
        chat.logprobs_start = cursor.position();
        bool walked = cursor.peek() != '{' || !reads_tokens ? pass() : cursor.object([&](const Text &name) {
            if (!is(cursor, name, "content") && !is(cursor, name, "refusal")) return pass();
            if (cursor.peek() != '[') return pass();
            return cursor.array([&](size_t) { return cursor.peek() == '{' ? token() : pass(); });
        });
        if (walked) chat.logprobs_end = cursor.end_of_previous();
        return walked;
    }

    bool token() {
        qj_token token{};
        token.logprob = std::nan("");
        token.alternatives_start = uint32_t(scratch.alternatives.size());
        scratch.listed.truncate(0);
        Text text;
        bool has_text = false;
        bool walked = cursor.object([&](const Text &name) {
            if (is(cursor, name, "token")) {
                has_text = cursor.peek() == '"';
                return has_text ? cursor.string(text) : pass();
            }
            if (is(cursor, name, "logprob")) return real(token.logprob);
            if (is(cursor, name, "top_logprobs")) return top_logprobs(token.alternatives_start);
            return pass();
        });
        if (!walked) return false;
        token.alternatives_end = uint32_t(scratch.alternatives.size());
        if (has_text) {
            if (!decode(text, token.text)) return false;
            for (size_t i = 0; i < scratch.listed.size() && !token.is_listed; i++)
                token.is_listed = equal(text, token.text, scratch.listed[i]);
        }
        return scratch.tokens.push(token) || no_memory();
    }

    bool top_logprobs(size_t own) {
        scratch.alternatives.truncate(own);
        scratch.listed.truncate(0);
        if (cursor.peek() != '[') return pass();
        return cursor.array([&](size_t) {
            if (cursor.peek() != '{') return pass();
            double logprob = std::nan("");
            Text text;
            bool has_text = false;
            bool walked = cursor.object([&](const Text &name) {
                if (is(cursor, name, "token")) {
                    has_text = cursor.peek() == '"';
                    return has_text ? cursor.string(text) : pass();
                }
                if (is(cursor, name, "logprob")) return real(logprob);
                return pass();
            });
            if (!walked) return false;
            if (has_text && !scratch.listed.push(text)) return no_memory();
            return scratch.alternatives.push(logprob) || no_memory();
        });
    }

    /// Whether two strings are the same text. One character may be written plainly here and as an escape there.
    bool equal(const Text &sampled, const qj_text &decoded, const Text &other) {
        const uint8_t *bytes = cursor.bytes;
        if (sampled.size() == other.size() && std::memcmp(bytes + sampled.start, bytes + other.start, other.size()) == 0) return true;
        if (!sampled.escaped && !other.escaped) return false;
        size_t mark = scratch.text.size();
        qj_text text;
        if (!decode(other, text)) return false;
        scratch.text.truncate(mark);
        const uint8_t *base = scratch.text.data();
        return text.end - text.start == decoded.end - decoded.start &&
            std::memcmp(base + text.start, base + decoded.start, text.end - text.start) == 0;
    }

    // Usage and errors

    bool usage() {
        chat.has_usage = cursor.peek() == '{';
        chat.prompt_tokens = chat.completion_tokens = chat.cached_tokens = chat.reasoning_tokens = 0;
        chat.usage_start = cursor.position();
        bool walked = !chat.has_usage ? pass() : cursor.object([&](const Text &name) {
            if (is(cursor, name, "prompt_tokens")) return count(chat.prompt_tokens);
            if (is(cursor, name, "completion_tokens")) return count(chat.completion_tokens);
            if (is(cursor, name, "prompt_tokens_details")) return detail("cached_tokens", chat.cached_tokens);
            if (is(cursor, name, "completion_tokens_details")) return detail("reasoning_tokens", chat.reasoning_tokens);
            return pass();
        });
        if (walked) chat.usage_end = cursor.end_of_previous();
        return walked;
    }

    template <size_t size> bool detail(const char (&wanted)[size], int64_t &value) {
        if (cursor.peek() != '{') return pass();
        return cursor.object([&](const Text &name) { return is(cursor, name, wanted) ? count(value) : pass(); });
    }

    bool error() {
        chat.has_error = 0;
        chat.error = qj_text{};
        uint8_t first = cursor.peek();
        if (first == 'n' || first == 'f') return pass();
        chat.has_error = 1;
        if (first == '"') return string(chat.error);
        if (first != '{') return raw(chat.error);
        Text whole;
        whole.start = cursor.position();
        bool walked = cursor.object([&](const Text &name) { return is(cursor, name, "message") ? string(chat.error) : pass(); });
        if (!walked) return false;
        whole.end = cursor.end_of_previous();
        return chat.error.end > chat.error.start || decode(whole, chat.error);
    }
};

}  // namespace
}  // namespace qj

using namespace qj;

extern "C" enum qj_status qj_scan_chat(const uint8_t *bytes, size_t length, bool reads_tokens, qj_chat *chat, size_t *offset) {
    Scratch &scratch = Scratch::of_this_thread();
    *chat = qj_chat{};
    scratch.tool_calls.truncate(0);
    scratch.tokens.truncate(0);
    scratch.alternatives.truncate(0);
    scratch.text.truncate(0);
    Cursor cursor(scratch, bytes, length);
    if (cursor.ok()) {
        chat->start = cursor.position();
        if (cursor.peek() != '{') {
            Span span;
            if (cursor.skip(span) && (cursor.at_end() || cursor.fail())) cursor.fail(QJ_NOT_OBJECT, chat->start);
        } else if (ChatReader(cursor, scratch, *chat, reads_tokens).root()) {
            chat->end = cursor.end_of_previous();
            if (!cursor.at_end()) cursor.fail();
        }
    }
    chat->tool_calls = scratch.tool_calls.data();
    chat->tool_call_count = scratch.tool_calls.size();
    chat->tokens = scratch.tokens.data();
    chat->token_count = scratch.tokens.size();
    chat->alternatives = scratch.alternatives.data();
    chat->alternative_count = scratch.alternatives.size();
    chat->text = scratch.text.data();
    chat->text_count = scratch.text.size();
    *offset = cursor.failed_at;
    return cursor.status;
}
