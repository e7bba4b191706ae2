// glibc's heap settings (mallopt(3)), which the Glibc module does not export. On other C libraries there is nothing to set.
#if defined(__GLIBC__) || __has_include(<malloc.h>)
#include <malloc.h>
#endif

static inline void qualm_keep_freed_memory(int largest_block_bytes, int top_bytes) {
#if defined(M_MMAP_THRESHOLD) && defined(M_TRIM_THRESHOLD)
    mallopt(M_MMAP_THRESHOLD, largest_block_bytes);
    mallopt(M_TRIM_THRESHOLD, top_bytes);
#else
    (void)largest_block_bytes;
    (void)top_bytes;
#endif
}
