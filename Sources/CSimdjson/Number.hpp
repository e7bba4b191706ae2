#pragma once

#include "CSimdjson.h"

namespace qj {

/// A number as written: `digits * 10^exponent`, while at most 19 digits are significant.
struct Number {
    const uint8_t *first = nullptr, *last = nullptr;
    uint64_t digits = 0;
    int64_t exponent = 0;
    size_t significant = 0;
    bool negative = false, whole = true;

    /// Reads the number at `at` by the grammar of RFC 8259. Returns the byte behind it; null when there is no number.
    const uint8_t *scan(const uint8_t *at, const uint8_t *end);

    /// QJ_INT when it is an exact int64 written without fraction and exponent (`-0` is a double: an integer would lose its sign),
    /// else the nearest double, else, when too large for one, QJ_NULL.
    qj_kind convert(int64_t &integer, double &number) const;

    /// The nearest double; false when too large for one.
    bool real(double &number) const;
};

}  // namespace qj
