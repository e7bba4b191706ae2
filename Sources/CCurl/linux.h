/* What the event loop needs of Linux and the platform's Swift module leaves out. */
#ifndef QUALM_CCURL_LINUX_H
#define QUALM_CCURL_LINUX_H

#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>

static inline int ccurl_event_descriptor(void) {
    return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
}
static inline int ccurl_epoll_descriptor(void) {
    return epoll_create1(EPOLL_CLOEXEC);
}
/* epoll_event is packed on some architectures and its data is a union: Swift sees two numbers instead. */
static inline int ccurl_epoll_control(int epoll, int operation, int descriptor, uint32_t flags, uint64_t mark) {
    struct epoll_event event = {.events = flags, .data = {.u64 = mark}};
    return epoll_ctl(epoll, operation, descriptor, &event);
}
static inline uint64_t ccurl_epoll_mark(const struct epoll_event *event) {
    return event->data.u64;
}
static inline uint32_t ccurl_epoll_flags(const struct epoll_event *event) {
    return event->events;
}

#endif
