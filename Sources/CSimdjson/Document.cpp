#include "Cursor.hpp"

namespace qj {
namespace {

qj_kind kind_of(uint8_t first) {
    switch (first) {
    case '{': return QJ_OBJECT;
    case '[': return QJ_ARRAY;
    case '"': return QJ_STRING;
    case 't': return QJ_TRUE;
    case 'f': return QJ_FALSE;
    case 'n': return QJ_NULL;
    default: return QJ_DOUBLE;
    }
}

/// Appends the values of a document in document order. Recursion is bounded by QJ_MAX_DEPTH.
bool list(Cursor &cursor, Store<qj_node> &nodes, unsigned depth) {
    qj_node node{};
    node.start = cursor.position();
    size_t own = nodes.size();
    auto push = [&](const qj_node &added) { return nodes.push(added) || cursor.fail(QJ_CAPACITY, added.start); };
    auto close = [&](uint32_t count) {
        nodes[own].count = count;
        nodes[own].end = cursor.end_of_previous();
        return true;
    };
    uint8_t first = cursor.peek();
    node.kind = kind_of(first);
    switch (first) {
    case '{': case '[': {
        if (depth == QJ_MAX_DEPTH) return cursor.fail(QJ_DEPTH, node.start);
        if (!push(node)) return false;
        uint32_t count = 0;
        if (first == '[') {
            return cursor.array([&](size_t) { return count++, list(cursor, nodes, depth + 1); }) && close(count);
        }
        return cursor.object([&](const Text &name) {
            qj_node named{};
            named.kind = QJ_STRING;
            named.escaped = name.escaped;
            named.start = name.start;
            named.end = name.end;
            count++;
            return push(named) && list(cursor, nodes, depth + 1);
        }) && close(count);
    }
    case '"': {
        Text text;
        if (!cursor.string(text)) return false;
        node.start = text.start;
        node.end = text.end;
        node.escaped = text.escaped;
        return push(node);
    }
    case 't': case 'f': case 'n': {
        qj_kind kind;
        if (!cursor.literal(kind)) return false;
        node.end = cursor.end_of_previous();
        return push(node);
    }
    default: {
        Number number;
        if (!cursor.number(number)) return false;
        node.end = uint32_t(number.last - cursor.bytes);
        int64_t integer = 0;
        double real = 0;
        node.kind = number.convert(integer, real);
        if (node.kind == QJ_NULL) return cursor.fail(QJ_RANGE, node.start);
        if (node.kind == QJ_INT) node.integer = integer;
        else node.number = real;
        return push(node);
    }
    }
}

}  // namespace
}  // namespace qj

using namespace qj;

extern "C" enum qj_status qj_parse(const uint8_t *bytes, size_t length, const qj_node **nodes, size_t *count, size_t *offset) {
    Scratch &scratch = Scratch::of_this_thread();
    scratch.nodes.truncate(0);
    Cursor cursor(scratch, bytes, length);
    if (cursor.ok() && list(cursor, scratch.nodes, 0) && !cursor.at_end()) cursor.fail();
    *nodes = scratch.nodes.data();
    *count = scratch.nodes.size();
    *offset = cursor.failed_at;
    return cursor.status;
}

extern "C" enum qj_status qj_scan_object(const uint8_t *bytes, size_t length, qj_object *object, size_t *offset) {
    Scratch &scratch = Scratch::of_this_thread();
    Store<qj_member> &members = scratch.members;
    members.truncate(0);
    Cursor cursor(scratch, bytes, length);
    *object = qj_object{};
    if (cursor.ok()) {
        object->start = cursor.position();
        if (cursor.peek() != '{') {
            Span span;
            if (cursor.skip(span) && (cursor.at_end() || cursor.fail())) cursor.fail(QJ_NOT_OBJECT, object->start);
        } else {
            bool walked = cursor.object([&](const Text &name) {
                qj_member member{};
                uint8_t first = cursor.peek();
                member.kind = kind_of(first);
                member.name_escaped = name.escaped;
                member.name_start = name.start;
                member.name_end = name.end;
                Span value;
                if (!cursor.skip(value)) return false;
                member.value_start = value.start;
                member.value_end = value.end;
                if (member.kind == QJ_DOUBLE) {
                    int64_t integer;
                    double number;
                    member.kind = qj_number(bytes + value.start, value.size(), &integer, &number);
                    if (member.kind == QJ_NULL) return cursor.fail(QJ_RANGE, value.start);
                }
                return members.push(member) || cursor.fail(QJ_CAPACITY, value.start);
            });
            if (walked) {
                object->end = cursor.end_of_previous();
                if (!cursor.at_end()) {
                    cursor.fail();
                }
            }
        }
    }
    object->members = members.data();
    object->count = members.size();
    *offset = cursor.failed_at;
    return cursor.status;
}
