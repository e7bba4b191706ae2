#ifndef CSIMDJSON_H
#define CSIMDJSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// A plain C face for JSON scanning on top of simdjson's first stage (SIMD: UTF-8 validation and the positions of all structural
// characters). The second stage is ours: one strict walk over those positions that validates the whole document and, unlike
// simdjson's own interfaces, reports the byte range of everything it meets. No byte outside [bytes, bytes + length) is read.
//
// Results live in scratch memory of the calling thread and stay valid until the thread's next call of any function here, so a
// caller copies what it needs before it returns. No function throws, and none keeps a pointer to the input.

#ifdef __cplusplus
extern "C" {
#endif

enum qj_status {
    QJ_OK = 0,
    /// Not JSON; `offset` is where the walk stopped (0 when simdjson's first stage refused, which does not tell).
    QJ_SYNTAX = 1,
    /// Containers nested deeper than QJ_MAX_DEPTH.
    QJ_DEPTH = 2,
    /// A number too large for a double.
    QJ_RANGE = 3,
    /// The document is JSON, but its root is not an object.
    QJ_NOT_OBJECT = 4,
    /// No memory, or a document of 2 GiB or more.
    QJ_CAPACITY = 5,
    /// Only of qj_scan_evidence: something is not as recordings are written.
    QJ_UNEXPECTED = 6,
};

enum { QJ_MAX_DEPTH = 256 };

enum qj_kind {
    QJ_NULL = 0,
    QJ_FALSE = 1,
    QJ_TRUE = 2,
    QJ_INT = 3,
    QJ_DOUBLE = 4,
    QJ_STRING = 5,
    QJ_ARRAY = 6,
    QJ_OBJECT = 7,
};

/// One value in document order. A container is followed by its contents; a member is a QJ_STRING node (the name) and its value.
struct qj_node {
    /// enum qj_kind.
    uint8_t kind;
    /// A string holds at least one escape.
    uint8_t escaped;
    /// Strings: the bytes between the quotes. Everything else: the whole value.
    uint32_t start, end;
    /// Containers: elements or members.
    uint32_t count;
    union {
        int64_t integer;
        double number;
    };
};

/// One member of the scanned object.
struct qj_member {
    /// enum qj_kind of the value; numbers are QJ_INT when they are an exact int64.
    uint8_t kind;
    uint8_t name_escaped;
    /// Between the quotes of the name.
    uint32_t name_start, name_end;
    /// The whole value, quotes included.
    uint32_t value_start, value_end;
};

struct qj_object {
    const struct qj_member *members;
    size_t count;
    /// From `{` to one past `}`.
    uint32_t start, end;
};

/// Validates the document and lists its values.
enum qj_status qj_parse(const uint8_t *bytes, size_t length, const struct qj_node **nodes, size_t *count, size_t *offset);

/// Validates the document, which must be an object, and lists its members.
enum qj_status qj_scan_object(const uint8_t *bytes, size_t length, struct qj_object *object, size_t *offset);

/// Decodes the escapes of a string that was validated before, into `out` (never longer than the input). Returns the count of bytes
/// written. An unpaired surrogate becomes U+FFFD.
size_t qj_unescape(const uint8_t *bytes, size_t length, uint8_t *out);

/// The number at `bytes` (validated before). Returns enum qj_kind; QJ_NULL when it does not fit a double.
enum qj_kind qj_number(const uint8_t *bytes, size_t length, int64_t *integer, double *number);

/// A range of qj_chat.text.
struct qj_text {
    uint32_t start, end;
};

/// One element of `tool_calls`; members it does not carry are empty.
struct qj_tool_call {
    /// Its `index`; where that is missing, its position in the array.
    int64_t index;
    struct qj_text id, name, arguments;
};

enum qj_finish {
    QJ_FINISH_NONE = 0,
    QJ_FINISH_STOP = 1,
    QJ_FINISH_LENGTH = 2,
    QJ_FINISH_TOOL_CALLS = 3,
    QJ_FINISH_CONTENT_FILTER = 4,
    QJ_FINISH_OTHER = 5,
};

struct qj_token {
    /// NaN when missing, null or no number.
    double logprob;
    struct qj_text text;
    /// A range of qj_chat.alternatives.
    uint32_t alternatives_start, alternatives_end;
    uint8_t is_listed;
};

/// One `chat.completion.chunk` (or `chat.completion`) by meaning. Offsets of ranges in the input are relative to its first byte.
struct qj_chat {
    /// The root object in the input.
    uint32_t start, end;
    /// The value of choices[0].logprobs in the input; start == end when absent or null.
    uint32_t logprobs_start, logprobs_end;
    /// The value of `usage` in the input; start == end when absent.
    uint32_t usage_start, usage_end;
    uint8_t has_no_choices, has_role, has_usage, has_error;
    /// enum qj_finish.
    uint8_t finish;
    struct qj_text reasoning, content, refusal;
    /// The error's message; the raw JSON of `error` when it has none.
    struct qj_text error;
    int64_t prompt_tokens, completion_tokens, cached_tokens, reasoning_tokens;
    const struct qj_tool_call *tool_calls;
    size_t tool_call_count;
    const struct qj_token *tokens;
    size_t token_count;
    const double *alternatives;
    size_t alternative_count;
    /// Decoded UTF-8 of every string above, back to back.
    const uint8_t *text;
    size_t text_count;
};

/// Validates one chunk and reads the choice with index 0, usage and error. `QJ_NOT_OBJECT` when the root is no object. Without
/// `reads_tokens` the value of `logprobs` is only validated and located.
enum qj_status qj_scan_chat(const uint8_t *bytes, size_t length, bool reads_tokens, struct qj_chat *chat, size_t *offset);

/// One recorded token; members it does not carry: 0, NaN, empty, listed.
struct qj_evidence_token {
    double ms;
    /// NaN when null.
    double logprob;
    /// A range of qj_evidence.text.
    struct qj_text text;
    /// A range of qj_evidence.top.
    uint32_t top_start, top_end;
    uint8_t is_listed;
};

/// The tokens of one recording.
struct qj_evidence {
    /// The value of draft.tokens in the input; start == end when absent.
    uint32_t start, end;
    const struct qj_evidence_token *tokens;
    size_t token_count;
    /// NaN for null.
    const double *top;
    size_t top_count;
    /// The decoded bytes of all tokens, back to back.
    const uint8_t *text;
    size_t text_count;
};

/// Validates one recording, which must be an object, and reads the array draft.tokens. QJ_UNEXPECTED says that the document may well be
/// JSON, but the tokens must be read in another way. Only their values are checked for what a double holds.
enum qj_status qj_scan_evidence(const uint8_t *bytes, size_t length, struct qj_evidence *evidence);

/// Frees what the calling thread's scratch holds beyond its everyday size. Results of earlier calls become invalid.
void qj_trim(void);

#ifdef __cplusplus
}
#endif

#endif
