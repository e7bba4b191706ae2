// Tells the thread sanitizer what Swift's Mutex does when it has to wait.
//
// On Linux the uncontended path of Synchronization.Mutex is compiled into the caller, where the sanitizer sees it. The contended path is in
// libswiftSynchronization and the kernel, where it does not: it then reports a race between two threads that the mutex did keep apart.
// These functions stand in for the library's, call them, and announce the order that they establish.
//
// Names and calling convention: Synchronization._MutexHandle in stdlib/public/Synchronization/Mutex/LinuxImpl.swift of the Swift project.
// The sanitizer would complain falsely, not stay silent, if they changed.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdbool.h>
#include <stdint.h>

#define SWIFT __attribute__((swiftcall))
#define SELF __attribute__((swift_context)) void *

#define LOCK_SLOW "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define TRY_LOCK_SLOW "$s15Synchronization12_MutexHandleV12_tryLockSlowSbyF"
#define UNLOCK_SLOW "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"

void __tsan_acquire(void *address);
void __tsan_release(void *address);

SWIFT void qualm_tsan_lock_slow(uint32_t thread, SELF handle) __asm__(LOCK_SLOW);
SWIFT bool qualm_tsan_try_lock_slow(SELF handle) __asm__(TRY_LOCK_SLOW);
SWIFT void qualm_tsan_unlock_slow(SELF handle) __asm__(UNLOCK_SLOW);

SWIFT void qualm_tsan_lock_slow(uint32_t thread, SELF handle) {
    SWIFT void (*original)(uint32_t, SELF) = (SWIFT void (*)(uint32_t, SELF))dlsym(RTLD_NEXT, LOCK_SLOW);
    original(thread, handle);
    __tsan_acquire(handle);
}

SWIFT bool qualm_tsan_try_lock_slow(SELF handle) {
    SWIFT bool (*original)(SELF) = (SWIFT bool (*)(SELF))dlsym(RTLD_NEXT, TRY_LOCK_SLOW);
    bool isLocked = original(handle);
    if (isLocked) __tsan_acquire(handle);
    return isLocked;
}

SWIFT void qualm_tsan_unlock_slow(SELF handle) {
    SWIFT void (*original)(SELF) = (SWIFT void (*)(SELF))dlsym(RTLD_NEXT, UNLOCK_SLOW);
    __tsan_release(handle);
    original(handle);
}
