// Settings of the process and its threads that the Glibc module does not export, or exports with types that differ between C libraries.
#include <pthread.h>
#include <sys/resource.h>
#if __has_include(<malloc.h>)
#include <malloc.h>
#endif

// Declared only under _GNU_SOURCE, which a module cannot ask of its importers.
extern int pthread_setname_np(pthread_t thread, const char *name);

static inline int qualm_name_this_thread(const char *name) {
    return pthread_setname_np(pthread_self(), name);
}

// mallopt(3); nothing where the C library has no such settings.
static inline void qualm_keep_freed_memory(int largest_block_bytes, int top_bytes) {
#if defined(M_MMAP_THRESHOLD) && defined(M_TRIM_THRESHOLD)
    mallopt(M_MMAP_THRESHOLD, largest_block_bytes);
    mallopt(M_TRIM_THRESHOLD, top_bytes);
#else
    (void)largest_block_bytes;
    (void)top_bytes;
#endif
}

// getrlimit(2), setrlimit(2): raises the soft limit of open files to the hard one. Returns the limit in force, or -1 when there is none.
static inline long long qualm_raise_open_files(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
    if (limit.rlim_cur < limit.rlim_max) {
        struct rlimit raised = limit;
        raised.rlim_cur = raised.rlim_max;
        if (setrlimit(RLIMIT_NOFILE, &raised) == 0) limit = raised;
    }
    return limit.rlim_cur == RLIM_INFINITY ? -1 : (long long)limit.rlim_cur;
}
