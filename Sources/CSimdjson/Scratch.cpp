#include "Scratch.hpp"

namespace qj {

namespace {
/// Documents up to this size leave their memory in place for the next one.
constexpr size_t everyday_bytes = 1 << 20;
}  // namespace

Scratch &Scratch::of_this_thread() {
    static thread_local Scratch scratch;
    return scratch;
}

qj_status Scratch::index(const uint8_t *bytes, size_t length) {
    if (length == 0) return QJ_SYNTAX;
    if (length >= (size_t(1) << 31) - 64) return QJ_CAPACITY;
    if (!stage1) {
        auto error = simdjson::get_active_implementation()->create_dom_parser_implementation(4096, 1, stage1);
        if (error) return QJ_CAPACITY;
    }
    if (stage1->capacity() < length) {
        size_t capacity = stage1->capacity() * 2;
        if (capacity < length) capacity = length;
        if (stage1->set_capacity(capacity)) return QJ_CAPACITY;
    }
    return stage1->stage1(bytes, length, simdjson::stage1_mode::regular) ? QJ_SYNTAX : QJ_OK;
}

void Scratch::trim() {
    if (stage1 && stage1->capacity() * sizeof(uint32_t) > everyday_bytes) stage1.reset();
    nodes.release_if_larger(everyday_bytes);
    members.release_if_larger(everyday_bytes);
    tool_calls.release_if_larger(everyday_bytes);
    tokens.release_if_larger(everyday_bytes);
    alternatives.release_if_larger(everyday_bytes);
    evidence.release_if_larger(everyday_bytes);
    listed.release_if_larger(everyday_bytes);
    text.release_if_larger(everyday_bytes);
}

}  // namespace qj

extern "C" void qj_trim(void) { qj::Scratch::of_this_thread().trim(); }
