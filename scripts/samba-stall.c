// Preloaded into smbd, so that a test can hold up single calls of a server: a call stands still while
// the file $GRIDLOCK_STALL/<call> exists and the path of what it is about contains the file's text.
// smbd reads and writes in threads, so a READ that stands still holds up nobody else.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

// System calls of its own: what it intercepts must not call it again.
static int stands(const char *call, const char *path) {
    char name[4096], text[512];
    const char *folder = getenv("GRIDLOCK_STALL");
    if (!folder) return 0;
    snprintf(name, sizeof name, "%s/%s", folder, call);
    int file = (int)syscall(SYS_openat, AT_FDCWD, name, O_RDONLY | O_CLOEXEC, 0);
    if (file < 0) return 0;
    ssize_t count = syscall(SYS_pread64, file, text, sizeof text - 1, 0L);
    syscall(SYS_close, file);
    if (count < 0) return 0;
    text[count] = 0;
    text[strcspn(text, "\n")] = 0;
    return strstr(path, text) != NULL;
}

static void gate(const char *call, int descriptor) {
    struct timespec wait = {0, 20000000};
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t count = readlink(link, path, sizeof path - 1);
    if (count < 0) return;
    path[count] = 0;
    while (stands(call, path)) nanosleep(&wait, NULL);
}

ssize_t pread64(int file, void *bytes, size_t count, off64_t offset) {
    static ssize_t (*real)(int, void *, size_t, off64_t);
    if (!real) real = (ssize_t(*)(int, void *, size_t, off64_t))dlsym(RTLD_NEXT, "pread64");
    gate("pread", file);
    return real(file, bytes, count, offset);
}

ssize_t pwrite64(int file, const void *bytes, size_t count, off64_t offset) {
    static ssize_t (*real)(int, const void *, size_t, off64_t);
    if (!real) real = (ssize_t(*)(int, const void *, size_t, off64_t))dlsym(RTLD_NEXT, "pwrite64");
    gate("pwrite", file);
    return real(file, bytes, count, offset);
}

// Where off_t has 64 bits, smbd calls them by these names.
ssize_t pread(int file, void *bytes, size_t count, off_t offset) {
    return pread64(file, bytes, count, offset);
}

ssize_t pwrite(int file, const void *bytes, size_t count, off_t offset) {
    return pwrite64(file, bytes, count, offset);
}
