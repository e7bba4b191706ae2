/* hiredis for Swift, 0.14 and 1.x: what Swift cannot import (variadic functions, macros, fields that differ between versions), a wake-up
 * descriptor and the resolver. TLS is in tls.h. Nothing else belongs in this file. */
#ifndef QUALM_CHIREDIS_SHIM_H
#define QUALM_CHIREDIS_SHIM_H

#include <hiredis/hiredis.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

static inline int qualm_redis_event_descriptor(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

/* What went wrong, in words; empty when nothing did. */
static inline const char *qualm_redis_error(const redisContext *context) { return context->errstr; }
/* Bytes formatted and not yet given to the socket. */
static inline size_t qualm_redis_unsent(const redisContext *context) { return sdslen(context->obuf); }
/* Bytes in the reader's buffer, parsed ones included: grows with every read. */
static inline size_t qualm_redis_received(const redisContext *context) { return context->reader->len; }
/* Bytes received and not parsed yet: the unfinished element of an unfinished reply. */
static inline size_t qualm_redis_unparsed(const redisContext *context) { return context->reader->len - context->reader->pos; }

/* The pending error of a connect that is over: 0 when it succeeded. */
static inline int qualm_redis_socket_error(int descriptor) {
    int error = 0;
    socklen_t length = sizeof error;
    return getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &length) == 0 ? error : -1;
}
/* hiredis sets it for TCP by itself, in most versions. */
static inline void qualm_redis_no_delay(int descriptor) {
    int yes = 1;
    (void)setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
}

/* hiredis reserves room for as many elements as a reply announces: "*2000000000" would make it ask for 16 GB. No reply to this client has
 * more than a few thousand. And hiredis 1.x lets arrays nest without end, which who walks them pays with stack. The limited functions stand
 * in front of the reader's own, which its private data leads to. */
#define QUALM_REDIS_MAX_ELEMENTS 1048576
#define QUALM_REDIS_MAX_DEPTH 6
#if HIREDIS_MAJOR >= 1
typedef size_t qualm_redis_count;
#else
typedef int qualm_redis_count;
#endif
static inline void *qualm_redis_create_array(const redisReadTask *task, qualm_redis_count count) {
    const redisReplyObjectFunctions *own = (const redisReplyObjectFunctions *)task->privdata;
    int depth = 0;
    for (const redisReadTask *outer = task->parent; outer != NULL; outer = outer->parent) depth++;
    return count > QUALM_REDIS_MAX_ELEMENTS || depth > QUALM_REDIS_MAX_DEPTH ? NULL : own->createArray(task, count);
}
/* `limited` must live as long as the context. */
static inline void qualm_redis_limit_elements(redisContext *context, redisReplyObjectFunctions *limited) {
    *limited = *context->reader->fn;
    limited->createArray = qualm_redis_create_array;
    context->reader->privdata = context->reader->fn;
    context->reader->fn = limited;
}

/* Numeric addresses of a host, in the order of preference (RFC 6724), `QUALM_REDIS_ADDRESS_BYTES` each. Blocks.
 * Returns how many there are, or minus the resolver's error code made positive. */
#define QUALM_REDIS_ADDRESS_BYTES 64
static inline int qualm_redis_resolve(const char *host, char *addresses, int limit) {
    struct addrinfo hints, *found = NULL;
    memset(&hints, 0, sizeof hints);
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    int status = getaddrinfo(host, NULL, &hints, &found);
    if (status != 0) return status < 0 ? status : -status;
    int count = 0;
    for (struct addrinfo *each = found; each != NULL && count < limit; each = each->ai_next) {
        char *text = addresses + (size_t)count * QUALM_REDIS_ADDRESS_BYTES;
        if (getnameinfo(each->ai_addr, each->ai_addrlen, text, QUALM_REDIS_ADDRESS_BYTES, NULL, 0, NI_NUMERICHOST) == 0) count++;
    }
    freeaddrinfo(found);
    return count;
}
static inline const char *qualm_redis_resolver_error(int code) { return gai_strerror(code); }

#define QUALM_REDIS_TEXT_OF(token) #token
#define QUALM_REDIS_TEXT(token) QUALM_REDIS_TEXT_OF(token)
/* The version of the headers, "0.14.1". */
static inline const char *qualm_redis_version(void) {
    return QUALM_REDIS_TEXT(HIREDIS_MAJOR) "." QUALM_REDIS_TEXT(HIREDIS_MINOR) "." QUALM_REDIS_TEXT(HIREDIS_PATCH);
}
/* What the names of the shared libraries end with. */
static inline const char *qualm_redis_library_version(void) { return QUALM_REDIS_TEXT(HIREDIS_SONAME); }
static inline int qualm_redis_major(void) { return HIREDIS_MAJOR; }

#endif
