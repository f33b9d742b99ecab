/*
 * Stands between a process and the C library (LD_PRELOAD): logs every change that the process makes below one
 * directory, in order and with its octets, and makes the disk fail when it is told to. Calls the kernel by
 * itself, so that nothing here depends on the order of libraries. It sees no write through a mapping: of
 * SQLite's files only the index of the log (-shm) is mapped, and that is made anew at every start.
 *
 * CHAPPE_SHIM_ROOT     the directory; without it nothing is watched
 * CHAPPE_SHIM_LOG      the log, appended to; others may append marks. Left out: nothing is logged
 * CHAPPE_SHIM_CONTROL  a file of 64 octets, mapped: what is to go wrong, see `struct control`
 *
 * Order: a change is logged when it is done, a sync when it is asked for, a close before it is done. So a
 * sync covers what stands before it in the log, and perhaps more.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum op { OP_START = 1, OP_OPEN, OP_CLOSE, OP_WRITE, OP_TRUNCATE, OP_SYNC, OP_RENAME, OP_UNLINK, OP_MKDIR,
          OP_RMDIR, OP_LINK, OP_MARK };
enum kind { UNWATCHED = 0, DATABASE = 1, SPOOL = 2, OTHER = 4 };

struct header { /* followed by the path and the data; `length` counts them all */
  uint32_t length;
  uint16_t op;
  uint16_t path_length;
  int32_t fd;
  uint32_t data_length;
  int64_t number; /* flags of an open, offset of a write, size of a truncation */
};

struct control { /* little-endian; written by the test, `hits` and `changes` by us */
  _Atomic int32_t kinds;          /*  0 what is concerned: DATABASE + SPOOL + OTHER */
  _Atomic int32_t write_errno;    /*  4 of every write; ENOSPC: that would make a file longer */
  _Atomic int32_t sync_errno;     /*  8 */
  _Atomic int32_t write_delay_us; /* 12 */
  _Atomic int32_t sync_delay_us;  /* 16 */
  _Atomic int32_t left;           /* 20 how many failures are left; negative: no end */
  _Atomic int32_t hits;           /* 24 failures and delays so far */
  _Atomic int32_t changes;        /* 28 changes so far */
  _Atomic int32_t kill_at;        /* 32 die of SIGKILL at this change; 0: never */
  _Atomic int32_t kill_halfway;   /* 36 when half of it is written, not before it */
  _Atomic int32_t kill_at_sync;   /* 40 die of SIGKILL before this sync of the database; 0: never */
  _Atomic int32_t database_syncs; /* 44 so far */
};

#define FD_MAX 65536
static _Atomic uint8_t watched[FD_MAX];
static _Atomic ino_t inodes[FD_MAX];
static char root[PATH_MAX];
static size_t root_length;
static int log_fd = -1;
static struct control *control;

static void record(enum op op, int fd, int64_t number, const char *path, const void *data, size_t length) {
  if (log_fd < 0) return;
  size_t path_length = path ? strlen(path) : 0;
  struct header header = { (uint32_t)(sizeof header + path_length + length), op, (uint16_t)path_length,
                           fd, (uint32_t)length, number };
  struct iovec parts[3] = { { &header, sizeof header }, { (void *)path, path_length },
                            { (void *)data, length } };
  int saved = errno;
  if (syscall(SYS_writev, log_fd, parts, 3) != (long)header.length) abort();
  errno = saved;
}

__attribute__((constructor)) static void begin(void) {
  const char *directory = getenv("CHAPPE_SHIM_ROOT");
  const char *log = getenv("CHAPPE_SHIM_LOG");
  const char *file = getenv("CHAPPE_SHIM_CONTROL");
  if (!directory) return;
  root_length = strlen(directory);
  if (root_length >= sizeof root) abort();
  memcpy(root, directory, root_length + 1);
  if (log) {
    log_fd = (int)syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    if (log_fd < 0) abort();
    /* Out of the way: low numbers are what the process expects to get. */
    int high = fcntl(log_fd, F_DUPFD_CLOEXEC, 900);
    if (high >= 0) { syscall(SYS_close, log_fd); log_fd = high; }
  }
  if (file) {
    int fd = (int)syscall(SYS_openat, AT_FDCWD, file, O_RDWR | O_CLOEXEC, 0);
    if (fd < 0) abort();
    void *page = mmap(NULL, sizeof *control, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (page == MAP_FAILED) abort();
    control = page;
    syscall(SYS_close, fd);
  }
  record(OP_START, getpid(), 0, NULL, NULL, 0);
}

/* The absolute path if it is the directory or below it, or NULL. */
static const char *below(const char *path, char *buffer) {
  if (!root_length || !path) return NULL;
  if (path[0] != '/') {
    char here[PATH_MAX];
    if (syscall(SYS_getcwd, here, sizeof here) < 0) return NULL;
    if (snprintf(buffer, PATH_MAX, "%s/%s", here, path) >= PATH_MAX) return NULL;
    path = buffer;
  }
  if (strncmp(path, root, root_length) != 0) return NULL;
  return path[root_length] == '/' || path[root_length] == 0 ? path : NULL;
}

static uint8_t kind_of(const char *path) {
  if (strstr(path, "/queue.sqlite")) return DATABASE;
  const char *spool = strstr(path, "/spool");
  return spool && (spool[6] == '/' || spool[6] == 0) ? SPOOL : OTHER;
}

/* Descriptors can be closed past us (libuv does), and then be given to a socket. */
static uint8_t kind_at(int fd) {
  if (fd < 0 || fd >= FD_MAX || !watched[fd]) return UNWATCHED;
  struct stat now;
  int saved = errno;
  int same = fstat(fd, &now) == 0 && now.st_ino == inodes[fd];
  errno = saved;
  if (!same) watched[fd] = UNWATCHED;
  return watched[fd];
}

/*
 * Changes are done first and logged then. Who dies waits until no other thread is between the two, or the log
 * would not tell all; a change that would begin meanwhile never does.
 */
static _Atomic int32_t changing;
static _Atomic int32_t dying;

static void wait_for_death(void) {
  atomic_fetch_sub(&changing, 1);
  for (;;) pause();
}

static int begin_change(void) {
  atomic_fetch_add(&changing, 1);
  if (atomic_load(&dying)) wait_for_death();
  return 0;
}

static void end_change(int *scope) {
  (void)scope;
  atomic_fetch_sub(&changing, 1);
}

/* Until the end of the block that it stands in. */
#define CHANGE_IN_THIS_BLOCK __attribute__((cleanup(end_change), unused)) int scope = begin_change()

/* In a block that changes something. */
static void die(void) {
  if (atomic_exchange(&dying, 1)) wait_for_death();
  while (atomic_load(&changing) > 1) sched_yield();
  syscall(SYS_kill, getpid(), SIGKILL);
  for (;;) pause();
}

static void wait_us(int32_t us) {
  if (us <= 0) return;
  struct timespec time = { us / 1000000, (long)(us % 1000000) * 1000 };
  control->hits++;
  while (nanosleep(&time, &time) < 0 && errno == EINTR) {}
}

/* Counts a change, and dies if it is the one to die at. */
static void change(int fd, const void *data, size_t length, off_t offset) {
  if (!control) return;
  int32_t count = atomic_fetch_add(&control->changes, 1) + 1;
  if (count != control->kill_at) return;
  if (control->kill_halfway && length > 1) {
    if (offset < 0) syscall(SYS_write, fd, data, length / 2);
    else syscall(SYS_pwrite64, fd, data, length / 2, offset);
  }
  die();
}

/* 1 if the change has to fail, with errno set. */
static int fails(uint8_t kind, int32_t with) {
  if (!control || with == 0 || !(control->kinds & kind)) return 0;
  int32_t left = control->left;
  do {
    if (left == 0) return 0;
  } while (left > 0 && !atomic_compare_exchange_weak(&control->left, &left, left - 1));
  control->hits++;
  errno = with;
  return 1;
}

/* A full disk still takes what is written over. */
static int write_fails(int fd, uint8_t kind, off_t end) {
  if (!control || !(control->kinds & kind)) return 0;
  wait_us(control->write_delay_us);
  int32_t with = control->write_errno;
  struct stat now;
  if (with == ENOSPC && fstat(fd, &now) == 0 && end <= now.st_size) return 0;
  return fails(kind, with);
}

static int opened(const char *path, int flags, mode_t mode) {
  char buffer[PATH_MAX];
  const char *full = below(path, buffer);
  int makes = full && (flags & (O_CREAT | O_TRUNC)) && !(flags & O_DIRECTORY);
  CHANGE_IN_THIS_BLOCK;
  if (makes) {
    struct stat there;
    if (syscall(SYS_faccessat, AT_FDCWD, full, F_OK) != 0 || (flags & O_TRUNC)) change(-1, NULL, 0, 0);
    if (control && control->write_errno == ENOSPC && stat(full, &there) != 0 &&
        fails(kind_of(full), ENOSPC)) return -1;
  }
  int fd = (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
  if (fd >= 0 && fd < FD_MAX) {
    struct stat now;
    watched[fd] = full && fstat(fd, &now) == 0 ? kind_of(full) : UNWATCHED;
    if (full) inodes[fd] = now.st_ino;
    if (full) record(OP_OPEN, fd, flags, full, NULL, 0);
  }
  return fd;
}

#define MODE_OF(flags, last) \
  mode_t mode = 0; \
  if ((flags) & (O_CREAT | O_TMPFILE)) { va_list rest; va_start(rest, last); \
    mode = (mode_t)va_arg(rest, int); va_end(rest); }

int open(const char *path, int flags, ...) { MODE_OF(flags, flags) return opened(path, flags, mode); }
int open64(const char *path, int flags, ...) { MODE_OF(flags, flags) return opened(path, flags, mode); }
static int opened_at(int at, const char *path, int flags, mode_t mode) {
  if (at == AT_FDCWD || path[0] == '/') return opened(path, flags, mode);
  int fd = (int)syscall(SYS_openat, at, path, flags, mode);
  if (fd >= 0 && fd < FD_MAX) watched[fd] = UNWATCHED;
  return fd;
}
int openat(int at, const char *path, int flags, ...) {
  MODE_OF(flags, flags) return opened_at(at, path, flags, mode);
}
int openat64(int at, const char *path, int flags, ...) {
  MODE_OF(flags, flags) return opened_at(at, path, flags, mode);
}
int creat(const char *path, mode_t mode) { return opened(path, O_CREAT | O_WRONLY | O_TRUNC, mode); }
int creat64(const char *path, mode_t mode) { return opened(path, O_CREAT | O_WRONLY | O_TRUNC, mode); }

int close(int fd) {
  if (fd == log_fd && fd >= 0) { errno = EBADF; return -1; }
  if (kind_at(fd)) {
    record(OP_CLOSE, fd, 0, NULL, NULL, 0);
    watched[fd] = UNWATCHED;
  }
  return (int)syscall(SYS_close, fd);
}

static ssize_t put(int fd, const void *data, size_t length, off_t offset, int at) {
  uint8_t kind = kind_at(fd);
  if (!kind && at) return syscall(SYS_pwrite64, fd, data, length, offset);
  if (!kind) return syscall(SYS_write, fd, data, length);
  CHANGE_IN_THIS_BLOCK;
  off_t from = at ? offset : lseek(fd, 0, SEEK_CUR);
  change(fd, data, length, at ? offset : -1);
  if (write_fails(fd, kind, from + (off_t)length)) return -1;
  ssize_t done = at ? syscall(SYS_pwrite64, fd, data, length, offset) : syscall(SYS_write, fd, data, length);
  if (done <= 0) return done;
  /* The place is asked for afterwards: a file may be open for appending. */
  if (!at) from = lseek(fd, 0, SEEK_CUR) - done;
  record(OP_WRITE, fd, from, NULL, data, (size_t)done);
  return done;
}

ssize_t write(int fd, const void *data, size_t length) { return put(fd, data, length, 0, 0); }
ssize_t pwrite(int fd, const void *data, size_t length, off_t at) { return put(fd, data, length, at, 1); }
ssize_t pwrite64(int fd, const void *data, size_t length, off64_t at) { return put(fd, data, length, at, 1); }

static ssize_t put_all(int fd, const struct iovec *parts, int count, off_t offset, int at) {
  if (!kind_at(fd)) {
    if (!at) return syscall(SYS_writev, fd, parts, count);
    return syscall(SYS_pwritev, fd, parts, count, (long)offset, 0L);
  }
  ssize_t all = 0;
  for (int each = 0; each < count; each += 1) {
    if (parts[each].iov_len == 0) continue;
    ssize_t done = put(fd, parts[each].iov_base, parts[each].iov_len, offset + all, at);
    if (done < 0) return all > 0 ? all : -1;
    all += done;
    if ((size_t)done < parts[each].iov_len) break;
  }
  return all;
}

ssize_t writev(int fd, const struct iovec *parts, int count) { return put_all(fd, parts, count, 0, 0); }
ssize_t pwritev(int fd, const struct iovec *parts, int count, off_t at) {
  return put_all(fd, parts, count, at, 1);
}
ssize_t pwritev64(int fd, const struct iovec *parts, int count, off64_t at) {
  return put_all(fd, parts, count, at, 1);
}

static int cut(int fd, off_t size) {
  CHANGE_IN_THIS_BLOCK;
  if (kind_at(fd)) change(fd, NULL, 0, 0);
  int result = (int)syscall(SYS_ftruncate, fd, size);
  if (result == 0 && kind_at(fd)) record(OP_TRUNCATE, fd, size, NULL, NULL, 0);
  return result;
}
int ftruncate(int fd, off_t size) { return cut(fd, size); }
int ftruncate64(int fd, off64_t size) { return cut(fd, size); }

/* Not used by what is watched; if it were, it would have to be logged. */
int fallocate(int fd, int mode, off_t at, off_t length) {
  if (kind_at(fd)) { errno = EOPNOTSUPP; return -1; }
  return (int)syscall(SYS_fallocate, fd, mode, at, length);
}
int fallocate64(int fd, int mode, off64_t at, off64_t length) { return fallocate(fd, mode, at, length); }
int posix_fallocate(int fd, off_t at, off_t length) {
  if (kind_at(fd)) return EOPNOTSUPP;
  return syscall(SYS_fallocate, fd, 0, at, length) == 0 ? 0 : errno;
}
int posix_fallocate64(int fd, off64_t at, off64_t length) { return posix_fallocate(fd, at, length); }

static int synced(int fd, long call) {
  uint8_t kind = kind_at(fd);
  if (!kind) return (int)syscall(call, fd);
  CHANGE_IN_THIS_BLOCK;
  change(fd, NULL, 0, 0);
  if (control && kind == DATABASE &&
      atomic_fetch_add(&control->database_syncs, 1) + 1 == control->kill_at_sync) die();
  if (control && (control->kinds & kind)) wait_us(control->sync_delay_us);
  if (fails(kind, control ? control->sync_errno : 0)) return -1;
  /* The machine that runs the test does not lose its power: that it was asked for is enough. */
  if (log_fd < 0) return (int)syscall(call, fd);
  record(OP_SYNC, fd, 0, NULL, NULL, 0);
  return 0;
}
int fsync(int fd) { return synced(fd, SYS_fsync); }
int fdatasync(int fd) { return synced(fd, SYS_fdatasync); }

static int renamed(const char *from, const char *to) {
  char one[PATH_MAX], other[PATH_MAX], both[2 * PATH_MAX];
  const char *source = below(from, one), *target = below(to, other);
  CHANGE_IN_THIS_BLOCK;
  if (source) change(-1, NULL, 0, 0);
  int result = (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
  if (result == 0 && source && target) {
    snprintf(both, sizeof both, "%s\n%s", source, target);
    record(OP_RENAME, 0, 0, both, NULL, 0);
  }
  return result;
}
int rename(const char *from, const char *to) { return renamed(from, to); }

static int named(enum op op, const char *path, long (*call)(const char *, mode_t), mode_t mode) {
  char buffer[PATH_MAX];
  const char *full = below(path, buffer);
  CHANGE_IN_THIS_BLOCK;
  if (full) change(-1, NULL, 0, 0);
  int result = (int)call(path, mode);
  if (result == 0 && full) record(op, 0, 0, full, NULL, 0);
  return result;
}
static long call_unlink(const char *path, mode_t mode) {
  (void)mode;
  return syscall(SYS_unlinkat, AT_FDCWD, path, 0);
}
static long call_rmdir(const char *path, mode_t mode) {
  (void)mode;
  return syscall(SYS_unlinkat, AT_FDCWD, path, AT_REMOVEDIR);
}
static long call_mkdir(const char *path, mode_t mode) { return syscall(SYS_mkdirat, AT_FDCWD, path, mode); }
int unlink(const char *path) { return named(OP_UNLINK, path, call_unlink, 0); }
int rmdir(const char *path) { return named(OP_RMDIR, path, call_rmdir, 0); }
int mkdir(const char *path, mode_t mode) { return named(OP_MKDIR, path, call_mkdir, mode); }
int unlinkat(int at, const char *path, int flags) {
  if (at != AT_FDCWD && path[0] != '/') return (int)syscall(SYS_unlinkat, at, path, flags);
  return flags & AT_REMOVEDIR ? rmdir(path) : unlink(path);
}
int link(const char *from, const char *to) {
  char one[PATH_MAX], other[PATH_MAX], both[2 * PATH_MAX];
  const char *source = below(from, one), *target = below(to, other);
  CHANGE_IN_THIS_BLOCK;
  if (target) change(-1, NULL, 0, 0);
  int result = (int)syscall(SYS_linkat, AT_FDCWD, from, AT_FDCWD, to, 0);
  if (result == 0 && source && target) {
    snprintf(both, sizeof both, "%s\n%s", source, target);
    record(OP_LINK, 0, 0, both, NULL, 0);
  }
  return result;
}
