#include "Number.hpp"

#include <cmath>
#include <cstring>

#include <simdjson.h>

namespace qj {

namespace {

bool is_digit(uint8_t byte) { return uint8_t(byte - '0') <= 9; }

/// Eight digits at once: the value of each byte, then pairs, then fours, then all.
bool eight_digits(const uint8_t *at, uint64_t &digits) {
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    uint64_t word;
    std::memcpy(&word, at, 8);
    word ^= 0x3030303030303030;
    if ((word | (word + 0x7676767676767676)) & 0x8080808080808080) return false;
    word = word * 10 + (word >> 8);
    word = ((word & 0x000000FF000000FF) * 0x000F424000000064 + ((word >> 16) & 0x000000FF000000FF) * 0x0000271000000001) >> 32;
    digits = digits * 100000000 + word;
    return true;
#else
    return false;
#endif
}

const uint8_t *gather(const uint8_t *at, const uint8_t *end, uint64_t &digits) {
    while (end - at >= 8 && eight_digits(at, digits)) at += 8;
    while (at < end && is_digit(*at)) digits = digits * 10 + uint64_t(*at++ - '0');
    return at;
}

}  // namespace

const uint8_t *Number::scan(const uint8_t *at, const uint8_t *end) {
    first = at;
    negative = at < end && *at == '-';
    if (negative) at++;
    if (at == end || !is_digit(*at)) return nullptr;
    const uint8_t *integer = at;
    if (*at == '0') {
        at++;
    } else {
        while (at < end && is_digit(*at)) digits = digits * 10 + uint64_t(*at++ - '0');
        significant = size_t(at - integer);
    }
    if (at < end && *at == '.') {
        whole = false;
        const uint8_t *fraction = ++at;
        at = gather(at, end, digits);
        if (at == fraction) return nullptr;
        exponent = fraction - at;
        // Zeros in front are not significant: 0.00001 has one digit.
        if (significant == 0)
            while (fraction < at && *fraction == '0') fraction++;
        significant += size_t(at - fraction);
    } else if (significant == 0) {
        significant = 1;
    }
    if (at < end && (*at == 'e' || *at == 'E')) {
        whole = false;
        at++;
        bool below = at < end && *at == '-';
        if (at < end && (*at == '-' || *at == '+')) at++;
        if (at == end || !is_digit(*at)) return nullptr;
        int64_t written = 0;
        // Beyond a million the value is 0 or too large however many digits stand in front of it (a document is below 2 GiB, but
        // more than 19 digits take the slow path, which reads the text again).
        while (at < end && is_digit(*at)) {
            if (written < 1000000) written = written * 10 + (*at - '0');
            at++;
        }
        exponent += below ? -written : written;
    }
    last = at;
    return at;
}

qj_kind Number::convert(int64_t &integer, double &number) const {
    if (whole && significant <= 19 && !(negative && digits == 0)) {
        if (digits <= uint64_t(INT64_MAX)) {
            integer = negative ? -int64_t(digits) : int64_t(digits);
            return QJ_INT;
        }
        if (negative && digits == uint64_t(INT64_MAX) + 1) {
            integer = INT64_MIN;
            return QJ_INT;
        }
    }
    return real(number) ? QJ_DOUBLE : QJ_NULL;
}

bool Number::real(double &number) const {
    if (significant <= 19) {
        if (digits == 0) {
            number = negative ? -0.0 : 0.0;
            return true;
        }
        // Clinger's exact case, then Eisel and Lemire's algorithm (D. Lemire, "Number parsing at a gigabyte per second", 2021).
        if (exponent >= simdjson::internal::smallest_power && exponent <= simdjson::internal::largest_power &&
            simdjson::SIMDJSON_BUILTIN_IMPLEMENTATION::numberparsing::compute_float_64(exponent, digits, negative, number))
            return true;
    }
    number = simdjson::internal::from_chars(reinterpret_cast<const char *>(first), reinterpret_cast<const char *>(last));
    return std::isfinite(number);
}

}  // namespace qj

extern "C" enum qj_kind qj_number(const uint8_t *bytes, size_t length, int64_t *integer, double *number) {
    qj::Number value;
    if (!value.scan(bytes, bytes + length)) return QJ_NULL;
    return value.convert(*integer, *number);
}
