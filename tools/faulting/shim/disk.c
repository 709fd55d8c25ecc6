// SPDX-License-Identifier: GPL-3.0-or-later
// Between a program and its database: writes down what reaches the disk, and lets calls fail. By LD_PRELOAD.
//
//   VIGIL_DISK_DATABASE  path of the database; its files are that path and whatever begins with it and `-` or `.`
//   VIGIL_DISK_LOG       what happens is appended here, as struct record with its octets; and what a TCP socket takes
//   VIGIL_DISK_CONTROL   a file of struct control that says which calls fail; it may change at any time
//
// One lock is around each call and its record, so the order of the records is the order of what happened.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

enum kind { WRITE, SYNC, TRUNCATE, OPEN, UNLINK, READ, KINDS };

// As tools/faulting/disk_shim.py reads it.
struct record {
  uint32_t type;  // a letter: see below
  uint32_t file;  // a number for each open; of a socket its descriptor
  uint64_t offset;
  uint64_t length;  // octets that follow
};
// S start; O open (path), C open that made the file (path), D open of its directory; W write; F file synced; T truncated to
// offset; U unlink (path); R rename (path NUL path); N octets to the network

struct control {
  uint32_t armed;
  uint32_t error;      // an errno
  uint32_t kinds;      // bits by enum kind
  int32_t skip;        // so many matching calls pass first
  int32_t times;       // then so many fail; negative: all
  uint32_t halves;     // the first write that fails writes half, as a full disk does
  uint32_t failed;     // counted here
  uint32_t calls[KINDS];
};

#define DESCRIPTORS 4096
enum { FOREIGN = 0, DATABASE = 1, DIRECTORY = 2 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static const char *database, *directory;
static size_t database_length;
static int log_descriptor = -1;
static struct control *control;
static struct { uint8_t what; uint32_t file; } open_files[DESCRIPTORS];
static uint32_t opened;

#define REAL(name) ((__typeof__(&name))real(#name))
static void *real(const char *name) {
  void *found = dlsym(RTLD_NEXT, name);
  if (!found) abort();
  return found;
}

static void put(const void *octets, size_t length) {
  const char *next = octets;
  while (length > 0) {
    ssize_t written = REAL(write)(log_descriptor, next, length);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) abort();
    next += written;
    length -= (size_t)written;
  }
}

static void record(char type, uint32_t file, uint64_t offset, const void *octets, uint64_t length) {
  if (log_descriptor < 0) return;
  int kept = errno;
  struct record head = {(uint32_t)type, file, offset, length};
  put(&head, sizeof head);
  put(octets, length);
  errno = kept;
}

__attribute__((constructor)) static void begin(void) {
  const char *path = getenv("VIGIL_DISK_DATABASE"), *log = getenv("VIGIL_DISK_LOG"), *page = getenv("VIGIL_DISK_CONTROL");
  if (!path) return;
  database = strdup(path);
  database_length = strlen(path);
  char *parent = strdup(path), *slash = strrchr(parent, '/');
  if (slash) *slash = 0;
  directory = parent;
  if (log) {
    log_descriptor = REAL(open)(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (log_descriptor < 0) abort();
    record('S', 0, 0, "", 0);
  }
  if (page) {
    int descriptor = REAL(open)(page, O_RDWR | O_CLOEXEC);
    if (descriptor < 0) abort();
    control = mmap(NULL, sizeof *control, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
    if (control == MAP_FAILED) abort();
    REAL(close)(descriptor);
  }
}

static int is_ours(const char *path) {
  return database && !strncmp(path, database, database_length) &&
         (path[database_length] == 0 || path[database_length] == '-' || path[database_length] == '.');
}

static int what_is(int descriptor) {
  return descriptor >= 0 && descriptor < DESCRIPTORS ? open_files[descriptor].what : FOREIGN;
}

// Inside the lock: whether this call is to fail, with errno set.
static int fails(enum kind kind) {
  if (!control) return 0;
  control->calls[kind]++;
  if (!control->armed || !(control->kinds & (1u << kind))) return 0;
  if (control->skip > 0) {
    control->skip--;
    return 0;
  }
  if (control->times == 0) return 0;
  if (control->times > 0) control->times--;
  control->failed++;
  errno = (int)control->error;
  return 1;
}

static int has_mode(int flags) { return (flags & O_CREAT) != 0 || (flags & O_TMPFILE) == O_TMPFILE; }

typedef int (*opening)(const char *, int, ...);

static int open_by(opening function, const char *path, int flags, mode_t mode) {
  int ours = is_ours(path), parent = !ours && database && !strcmp(path, directory);
  if (!ours && !parent) return function(path, flags, mode);
  pthread_mutex_lock(&lock);
  struct stat info;
  int was_there = stat(path, &info) == 0, descriptor = -1;
  if (!(ours && fails(OPEN))) descriptor = function(path, flags, mode);
  if (descriptor >= 0 && descriptor < DESCRIPTORS) {
    open_files[descriptor].what = ours ? DATABASE : DIRECTORY;
    open_files[descriptor].file = ++opened;
    record(parent ? 'D' : was_there ? 'O' : 'C', opened, 0, path, strlen(path));
    if (was_there && ours && (flags & O_TRUNC)) record('T', opened, 0, "", 0);
  }
  pthread_mutex_unlock(&lock);
  return descriptor;
}

static mode_t mode_of(int flags, va_list *more) { return has_mode(flags) ? (mode_t)va_arg(*more, unsigned) : 0; }

#define OPENING(name)                                  \
  int name(const char *path, int flags, ...) {         \
    va_list more;                                      \
    va_start(more, flags);                             \
    mode_t mode = mode_of(flags, &more);               \
    va_end(more);                                      \
    return open_by((opening)real(#name), path, flags, mode); \
  }
OPENING(open)
OPENING(open64)

int close(int descriptor) {
  if (!what_is(descriptor)) return REAL(close)(descriptor);
  pthread_mutex_lock(&lock);
  open_files[descriptor].what = FOREIGN;
  int result = REAL(close)(descriptor);
  pthread_mutex_unlock(&lock);
  return result;
}

// A write of a file of ours at `offset`, or where the file stands (-1).
static ssize_t write_at(int descriptor, const void *octets, size_t length, off64_t offset) {
  pthread_mutex_lock(&lock);
  size_t half = 0;
  if (control && control->halves && length > 1) half = length / 2;
  ssize_t result = -1;
  if (fails(WRITE)) {
    if (half) {
      control->halves = 0;
      length = half;
    } else {
      length = 0;
    }
  }
  if (length) {
    result = offset < 0 ? REAL(write)(descriptor, octets, length) : REAL(pwrite64)(descriptor, octets, length, offset);
    // Only afterwards is it known where an appending write has gone.
    off64_t at = offset < 0 ? lseek64(descriptor, 0, SEEK_CUR) - result : offset;
    if (result > 0) record('W', open_files[descriptor].file, (uint64_t)at, octets, (uint64_t)result);
  }
  pthread_mutex_unlock(&lock);
  return result;
}

ssize_t pwrite(int descriptor, const void *octets, size_t length, off_t offset) {
  if (what_is(descriptor) == DATABASE) return write_at(descriptor, octets, length, offset);
  return REAL(pwrite)(descriptor, octets, length, offset);
}

ssize_t pwrite64(int descriptor, const void *octets, size_t length, off64_t offset) {
  if (what_is(descriptor) == DATABASE) return write_at(descriptor, octets, length, offset);
  return REAL(pwrite64)(descriptor, octets, length, offset);
}

static int is_network(int descriptor) {
  int domain = 0, kept = errno;
  socklen_t size = sizeof domain;
  int is = log_descriptor >= 0 && descriptor != log_descriptor &&
           getsockopt(descriptor, SOL_SOCKET, SO_DOMAIN, &domain, &size) == 0 && (domain == AF_INET || domain == AF_INET6);
  errno = kept;
  return is;
}

ssize_t write(int descriptor, const void *octets, size_t length) {
  if (what_is(descriptor) == DATABASE) return write_at(descriptor, octets, length, -1);
  if (!is_network(descriptor)) return REAL(write)(descriptor, octets, length);
  pthread_mutex_lock(&lock);
  ssize_t result = REAL(write)(descriptor, octets, length);
  if (result > 0) record('N', (uint32_t)descriptor, 0, octets, (uint64_t)result);
  pthread_mutex_unlock(&lock);
  return result;
}

ssize_t send(int descriptor, const void *octets, size_t length, int flags) {
  if (!is_network(descriptor)) return REAL(send)(descriptor, octets, length, flags);
  pthread_mutex_lock(&lock);
  ssize_t result = REAL(send)(descriptor, octets, length, flags);
  if (result > 0) record('N', (uint32_t)descriptor, 0, octets, (uint64_t)result);
  pthread_mutex_unlock(&lock);
  return result;
}

// The network's stream begins anew with each connection.
int connect(int descriptor, const struct sockaddr *address, socklen_t length) {
  if (is_network(descriptor)) {
    pthread_mutex_lock(&lock);
    record('N', (uint32_t)descriptor, 0, "", 0);
    pthread_mutex_unlock(&lock);
  }
  return REAL(connect)(descriptor, address, length);
}

#define SYNCING(name)                                                                      \
  int name(int descriptor) {                                                               \
    int what = what_is(descriptor);                                                        \
    if (!what) return REAL(name)(descriptor);                                              \
    pthread_mutex_lock(&lock);                                                             \
    int result = fails(SYNC) ? -1 : REAL(name)(descriptor);                                \
    if (result == 0) record('F', open_files[descriptor].file, 0, "", 0);                   \
    pthread_mutex_unlock(&lock);                                                           \
    return result;                                                                         \
  }
SYNCING(fsync)
SYNCING(fdatasync)

#define TRUNCATING(name, size)                                                             \
  int name(int descriptor, size length) {                                                  \
    if (what_is(descriptor) != DATABASE) return REAL(name)(descriptor, length);            \
    pthread_mutex_lock(&lock);                                                             \
    int result = fails(TRUNCATE) ? -1 : REAL(name)(descriptor, length);                    \
    if (result == 0) record('T', open_files[descriptor].file, (uint64_t)length, "", 0);    \
    pthread_mutex_unlock(&lock);                                                           \
    return result;                                                                         \
  }
TRUNCATING(ftruncate, off_t)
TRUNCATING(ftruncate64, off64_t)

int unlink(const char *path) {
  if (!is_ours(path)) return REAL(unlink)(path);
  pthread_mutex_lock(&lock);
  int result = fails(UNLINK) ? -1 : REAL(unlink)(path);
  if (result == 0) record('U', 0, 0, path, strlen(path));
  pthread_mutex_unlock(&lock);
  return result;
}

int rename(const char *from, const char *to) {
  if (!is_ours(from) && !is_ours(to)) return REAL(rename)(from, to);
  pthread_mutex_lock(&lock);
  int result = fails(UNLINK) ? -1 : REAL(rename)(from, to);
  if (result == 0) {
    size_t first = strlen(from) + 1, second = strlen(to);
    char *both = malloc(first + second);
    if (!both) abort();
    memcpy(both, from, first);
    memcpy(both + first, to, second);
    record('R', 0, 0, both, first + second);
    free(both);
  }
  pthread_mutex_unlock(&lock);
  return result;
}

#define READING(name, size)                                                                \
  ssize_t name(int descriptor, void *octets, size_t length, size offset) {                 \
    if (what_is(descriptor) != DATABASE) return REAL(name)(descriptor, octets, length, offset); \
    pthread_mutex_lock(&lock);                                                             \
    ssize_t result = fails(READ) ? -1 : REAL(name)(descriptor, octets, length, offset);    \
    pthread_mutex_unlock(&lock);                                                           \
    return result;                                                                         \
  }
READING(pread, off_t)
READING(pread64, off64_t)
