/*
 * An interposed library (LD_PRELOAD) that writes down, in order, what a process does to the files below POWER_DIR, so
 * that the disk can be rebuilt as it would be if the power had failed at any moment. The record goes to POWER_LOG:
 *
 *   W <offset> <length> <path>\n<bytes>   bytes were written
 *   T <size> <path>\n                     it was cut, or filled up, to a size
 *   S <path>\n                            what was written to it is on the disk
 *   D <path>\n                            so are the names in this directory
 *   C <path>\n                            it was opened, and made where it was not there
 *   R <path>\n<path>\n                    it was renamed
 *   U <path>\n                            it was removed
 *
 * A record is made when the call has succeeded, so that no more counts as synced than is.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define FILES 4096

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char *paths[FILES];
static const char *root;
static size_t root_length;
static int record = -1;

__attribute__((constructor)) static void begin(void) {
  root = getenv("POWER_DIR");
  const char *file = getenv("POWER_LOG");
  if (!root || !file) return;
  root_length = strlen(root);
  record = (int)syscall(SYS_openat, AT_FDCWD, file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
}

static int is_ours(const char *path) { return record >= 0 && path && strncmp(path, root, root_length) == 0; }

static char *path_of(int fd) { return fd >= 0 && fd < FILES ? paths[fd] : NULL; }

static void put(const void *bytes, size_t length) {
  const char *at = bytes;
  while (length > 0) {
    long done = syscall(SYS_write, record, at, length);
    if (done < 0) return;
    at += done;
    length -= (size_t)done;
  }
}

static void say(const char *format, ...) {
  char line[2 * PATH_MAX];
  va_list args;
  va_start(args, format);
  int length = vsnprintf(line, sizeof line, format, args);
  va_end(args);
  put(line, (size_t)length);
}

static void opened(int fd, const char *path) {
  if (fd < 0 || fd >= FILES) return;
  pthread_mutex_lock(&lock);
  free(paths[fd]);
  paths[fd] = NULL;
  if (is_ours(path)) {
    paths[fd] = strdup(path);
    struct stat state;
    if (fstat(fd, &state) == 0 && S_ISREG(state.st_mode)) say("C %s\n", path);
  }
  pthread_mutex_unlock(&lock);
}

#define REAL(name) \
  static __typeof__(name) *real; \
  if (!real) real = (__typeof__(name) *)dlsym(RTLD_NEXT, #name)

#define MODE(flags) \
  mode_t mode = 0; \
  if ((flags) & O_CREAT) { \
    va_list args; \
    va_start(args, flags); \
    mode = va_arg(args, mode_t); \
    va_end(args); \
  }

int open(const char *path, int flags, ...) {
  REAL(open);
  MODE(flags);
  int fd = real(path, flags, mode);
  opened(fd, path);
  return fd;
}

int open64(const char *path, int flags, ...) {
  REAL(open64);
  MODE(flags);
  int fd = real(path, flags, mode);
  opened(fd, path);
  return fd;
}

int close(int fd) {
  REAL(close);
  pthread_mutex_lock(&lock);
  if (path_of(fd)) {
    free(paths[fd]);
    paths[fd] = NULL;
  }
  pthread_mutex_unlock(&lock);
  return real(fd);
}

static void written(int fd, const void *bytes, ssize_t length, off_t offset) {
  if (length <= 0 || !path_of(fd)) return;
  say("W %lld %lld %s\n", (long long)offset, (long long)length, path_of(fd));
  put(bytes, (size_t)length);
}

/* The call and its record are one step: another thread's sync must not come between them. */
#define RECORDED(call, offset) \
  if (!path_of(fd)) return call; \
  pthread_mutex_lock(&lock); \
  off_t at = (offset); \
  ssize_t done = call; \
  written(fd, bytes, done, at); \
  pthread_mutex_unlock(&lock); \
  return done

static off_t place(int fd) {
  struct stat state;
  if ((fcntl(fd, F_GETFL) & O_APPEND) && fstat(fd, &state) == 0) return state.st_size;
  return lseek(fd, 0, SEEK_CUR);
}

ssize_t write(int fd, const void *bytes, size_t length) {
  REAL(write);
  RECORDED(real(fd, bytes, length), place(fd));
}

ssize_t pwrite(int fd, const void *bytes, size_t length, off_t offset) {
  REAL(pwrite);
  RECORDED(real(fd, bytes, length, offset), offset);
}

ssize_t pwrite64(int fd, const void *bytes, size_t length, off64_t offset) {
  REAL(pwrite64);
  RECORDED(real(fd, bytes, length, offset), offset);
}

/* As single writes, which the caller may get fewer of than it asked for. */
ssize_t writev(int fd, const struct iovec *parts, int count) {
  REAL(writev);
  if (!path_of(fd) || count < 1) return real(fd, parts, count);
  return write(fd, parts[0].iov_base, parts[0].iov_len);
}

ssize_t pwritev(int fd, const struct iovec *parts, int count, off_t offset) {
  REAL(pwritev);
  if (!path_of(fd) || count < 1) return real(fd, parts, count, offset);
  return pwrite(fd, parts[0].iov_base, parts[0].iov_len, offset);
}

ssize_t pwritev64(int fd, const struct iovec *parts, int count, off64_t offset) {
  REAL(pwritev64);
  if (!path_of(fd) || count < 1) return real(fd, parts, count, offset);
  return pwrite64(fd, parts[0].iov_base, parts[0].iov_len, offset);
}

static int noted(int result, int fd, const char *format, long long size) {
  if (result == 0 && path_of(fd)) {
    if (size >= 0) say(format, size, path_of(fd));
    else say(format, path_of(fd));
  }
  return result;
}

int ftruncate(int fd, off_t size) {
  REAL(ftruncate);
  pthread_mutex_lock(&lock);
  int result = noted(real(fd, size), fd, "T %lld %s\n", (long long)size);
  pthread_mutex_unlock(&lock);
  return result;
}

int ftruncate64(int fd, off64_t size) {
  REAL(ftruncate64);
  pthread_mutex_lock(&lock);
  int result = noted(real(fd, size), fd, "T %lld %s\n", (long long)size);
  pthread_mutex_unlock(&lock);
  return result;
}

static const char *sync_of(int fd) {
  struct stat state;
  return fstat(fd, &state) == 0 && S_ISDIR(state.st_mode) ? "D %s\n" : "S %s\n";
}

int fsync(int fd) {
  REAL(fsync);
  pthread_mutex_lock(&lock);
  int result = noted(real(fd), fd, sync_of(fd), -1);
  pthread_mutex_unlock(&lock);
  return result;
}

int fdatasync(int fd) {
  REAL(fdatasync);
  pthread_mutex_lock(&lock);
  int result = noted(real(fd), fd, sync_of(fd), -1);
  pthread_mutex_unlock(&lock);
  return result;
}

int rename(const char *from, const char *to) {
  REAL(rename);
  pthread_mutex_lock(&lock);
  int result = real(from, to);
  if (result == 0 && is_ours(from)) say("R %s\n%s\n", from, to);
  pthread_mutex_unlock(&lock);
  return result;
}

int unlink(const char *path) {
  REAL(unlink);
  pthread_mutex_lock(&lock);
  int result = real(path);
  if (result == 0 && is_ours(path)) say("U %s\n", path);
  pthread_mutex_unlock(&lock);
  return result;
}
