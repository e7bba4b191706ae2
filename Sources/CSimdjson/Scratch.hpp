#pragma once

#include <cstdlib>
#include <cstring>
#include <memory>
#include <type_traits>

#include "CSimdjson.h"
#include <simdjson.h>

namespace qj {

/// Bytes of the input.
struct Span {
    uint32_t start = 0, end = 0;
    size_t size() const { return end - start; }
};

/// A string value: what stands between its quotes.
struct Text : Span {
    bool escaped = false;
};

/// A growable array of plain data that reports failure instead of throwing and keeps its memory between documents.
template <class T> class Store {
    static_assert(std::is_trivially_copyable<T>::value, "plain data only");

public:
    Store() = default;
    Store(const Store &) = delete;
    Store &operator=(const Store &) = delete;
    ~Store() { std::free(base); }

    T *data() { return base; }
    size_t size() const { return count; }
    T &operator[](size_t index) { return base[index]; }
    /// Counts entries written behind the last one, where room was reserved.
    void add(size_t written) { count += written; }
    /// Never grows.
    void truncate(size_t size) {
        if (size < count) count = size;
    }

    /// Room for `extra` more; false without memory.
    bool reserve(size_t extra) {
        if (capacity - count >= extra) return true;
        size_t wanted = capacity < 64 ? 64 : capacity * 2;
        if (wanted < count + extra) wanted = count + extra;
        void *grown = std::realloc(base, wanted * sizeof(T));
        if (!grown) return false;
        base = static_cast<T *>(grown);
        capacity = wanted;
        return true;
    }
    bool push(const T &value) {
        if (!reserve(1)) return false;
        base[count++] = value;
        return true;
    }
    void release_if_larger(size_t bytes) {
        if (capacity * sizeof(T) <= bytes) return;
        std::free(base);
        base = nullptr;
        count = capacity = 0;
    }

private:
    T *base = nullptr;
    size_t count = 0, capacity = 0;
};

/// What a thread needs to scan one document at a time. Per thread rather than per stream: ten thousand idle streams then hold no
/// scanning memory at all, and a scan never spans a suspension.
struct Scratch {
    /// simdjson's stage 1 (run-time dispatch to the best instruction set), and the positions it found.
    std::unique_ptr<simdjson::internal::dom_parser_implementation> stage1;
    Store<qj_node> nodes;
    Store<qj_member> members;
    Store<qj_tool_call> tool_calls;
    Store<qj_token> tokens;
    Store<double> alternatives;
    Store<qj_evidence_token> evidence;
    /// The texts of the alternatives of the token being read.
    Store<Text> listed;
    Store<uint8_t> text;

    static Scratch &of_this_thread();
    /// Finds the structural characters of the document.
    qj_status index(const uint8_t *bytes, size_t length);
    void trim();
};

}  // namespace qj
