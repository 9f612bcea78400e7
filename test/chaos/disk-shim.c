// A disk that fails, for one process: LD_PRELOAD of a shared object that stands between a program and libc's calls for files.
//
//   HPO_DISK_FOLDER   absolute path of a folder; only files in it, and itself, are meant
//   HPO_DISK_FAULT    KIND:N:ERRNO:MODE, such as sync:3:5:once: the N-th call of that kind fails (MODE once), or it and all later ones (ever),
//                     or it waits until the folder has a file "go", having said so on stderr (held; ERRNO is 0)
//   HPO_DISK_LOG      a file to which every change is appended as a record: op, path, offset, bytes, and what the program writes to stdout
//
// Kinds: write, grow (a write behind a file's end, or a file or folder that is made), short (half of the bytes are written, no error), sync,
// read, truncate, open, change (open for writing, of a file system that is mounted read-only), name (rename and unlink).
//
// A program may also ask while it runs, by opening these paths: /hpo-disk/fault/KIND:N:ERRNO:MODE sets a fault and begins to count anew,
// /hpo-disk/none takes it away; /hpo-disk/counts is read as "write=12 sync=3 …".
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum kind { WRITE, GROW, SHORT, SYNC, READ, TRUNCATE, OPEN, CHANGE, NAME, KINDS };
static const char *const kinds[KINDS] = {"write", "grow", "short", "sync", "read", "truncate", "open", "change", "name"};

#define FDS 65536
static char *paths[FDS]; // of files in the folder that were opened, by descriptor
static ino_t inodes[FDS]; // Node closes files by the system call itself, unseen: a descriptor may be another file's by now
static char folder[PATH_MAX];
static size_t folder_length;
static int log_fd = -1;
static long counts[KINDS];
static int fault_kind = -1, fault_errno, fault_ever, fault_held;
static long fault_at;
static pthread_mutex_t lock = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;

static void set_fault(const char *text) {
  char name[32], mode[8];
  memset(counts, 0, sizeof counts);
  fault_kind = -1;
  if (text == NULL || sscanf(text, "%31[a-z]:%ld:%d:%7s", name, &fault_at, &fault_errno, mode) != 4) return;
  for (int k = 0; k < KINDS; k++) if (strcmp(name, kinds[k]) == 0) fault_kind = k;
  fault_ever = strcmp(mode, "ever") == 0;
  fault_held = strcmp(mode, "held") == 0;
}

__attribute__((constructor)) static void begin(void) {
  const char *place = getenv("HPO_DISK_FOLDER"), *log = getenv("HPO_DISK_LOG");
  if (place != NULL && realpath(place, folder) != NULL) folder_length = strlen(folder);
  if (log != NULL) log_fd = syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  set_fault(getenv("HPO_DISK_FAULT"));
}

static int meant(const char *path) {
  return folder_length > 0 && path != NULL && strncmp(path, folder, folder_length) == 0 &&
         (path[folder_length] == '/' || path[folder_length] == 0);
}

static const char *path_of(int fd) {
  struct stat status;
  if (fd < 0 || fd >= FDS || paths[fd] == NULL) return NULL;
  return fstat(fd, &status) == 0 && status.st_ino == inodes[fd] ? paths[fd] : NULL;
}

/** A disk that takes its time, whatever signals come. */
static void hold(void) {
  static const char said[] = "disk-shim: a call is held\n";
  char go[PATH_MAX + 4];
  snprintf(go, sizeof go, "%s/go", folder);
  syscall(SYS_write, STDERR_FILENO, said, sizeof said - 1);
  while (syscall(SYS_faccessat, AT_FDCWD, go, F_OK) != 0) usleep(2000);
}

/** Counts a call; whether it has to fail. The lock is held. */
static int fails(enum kind kind) {
  long n = ++counts[kind];
  if (fault_held) {
    if (fault_kind == (int)kind && n == fault_at) hold();
    return 0;
  }
  return fault_kind == (int)kind && (fault_ever ? n >= fault_at : n == fault_at);
}

static void record(char op, const char *path, uint64_t offset, const void *bytes, uint32_t length) {
  if (log_fd < 0) return;
  uint32_t path_length = strlen(path);
  struct __attribute__((packed)) { char op; uint32_t path; uint64_t offset; uint32_t length; } head = {op, path_length, offset, length};
  struct iovec parts[3] = {{&head, sizeof head}, {(void *)path, path_length}, {(void *)bytes, length}};
  syscall(SYS_writev, log_fd, parts, bytes == NULL ? 2 : 3);
}

#define REAL(name) \
  static __typeof__(name) *real; \
  if (real == NULL) real = (__typeof__(name) *)dlsym(RTLD_NEXT, #name)
#define FAIL(code) do { int e = (code); pthread_mutex_unlock(&lock); errno = e; return -1; } while (0)
#define DONE(result) do { __typeof__(result) r = (result); int e = errno; pthread_mutex_unlock(&lock); errno = e; return r; } while (0)

static int counts_fd(void) {
  char text[256];
  int length = 0, fd = memfd_create("counts", MFD_CLOEXEC);
  for (int k = 0; k < KINDS; k++) length += sprintf(text + length, "%s=%ld ", kinds[k], counts[k]);
  syscall(SYS_pwrite64, fd, text, length, 0);
  return fd;
}

static int opened(const char *path, int flags, mode_t mode) {
  if (strncmp(path, "/hpo-disk/", 10) == 0) {
    if (strcmp(path + 10, "counts") == 0) return counts_fd();
    set_fault(strncmp(path + 10, "fault/", 6) == 0 ? path + 16 : NULL);
    errno = ENOENT;
    return -1;
  }
  if (!meant(path)) return syscall(SYS_openat, AT_FDCWD, path, flags, mode);
  pthread_mutex_lock(&lock);
  struct stat status;
  int writes = (flags & O_ACCMODE) != O_RDONLY;
  int fresh = (flags & O_CREAT) && stat(path, &status) != 0;
  if (fails(OPEN)) FAIL(fault_errno);
  if ((writes || fresh) && fails(CHANGE)) FAIL(fault_errno);
  if (fresh && fails(GROW)) FAIL(fault_errno);
  int fd = syscall(SYS_openat, AT_FDCWD, path, flags, mode);
  if (fd >= 0 && fd < FDS) {
    free(paths[fd]);
    paths[fd] = strdup(path);
    fstat(fd, &status);
    inodes[fd] = status.st_ino;
    if (fresh) record('C', path, 0, NULL, 0);
    if ((flags & O_TRUNC) && !fresh) record('T', path, 0, NULL, 0);
  }
  DONE(fd);
}

static mode_t mode_of(int flags, va_list rest) { return flags & (O_CREAT | __O_TMPFILE) ? va_arg(rest, mode_t) : 0; }
int open(const char *path, int flags, ...) {
  va_list rest; va_start(rest, flags); mode_t mode = mode_of(flags, rest); va_end(rest);
  return opened(path, flags, mode);
}
int open64(const char *path, int flags, ...) {
  va_list rest; va_start(rest, flags); mode_t mode = mode_of(flags, rest); va_end(rest);
  return opened(path, flags | O_LARGEFILE, mode);
}

int close(int fd) {
  if (fd >= 0 && fd < FDS && paths[fd] != NULL) {
    pthread_mutex_lock(&lock);
    free(paths[fd]);
    paths[fd] = NULL;
    pthread_mutex_unlock(&lock);
  }
  return syscall(SYS_close, fd);
}

/** offset −1: where the file stands. */
static ssize_t written(int fd, const void *bytes, size_t length, int64_t offset) {
  const char *path = path_of(fd);
  if (path == NULL) {
    if (fd == STDOUT_FILENO && log_fd >= 0) record('A', "", 0, bytes, length);
    return offset < 0 ? syscall(SYS_write, fd, bytes, length) : syscall(SYS_pwrite64, fd, bytes, length, offset);
  }
  pthread_mutex_lock(&lock);
  struct stat status;
  fstat(fd, &status);
  int64_t place = offset >= 0 ? offset : fcntl(fd, F_GETFL) & O_APPEND ? status.st_size : lseek(fd, 0, SEEK_CUR);
  if (fails(WRITE)) FAIL(fault_errno);
  if (place + (int64_t)length > status.st_size && fails(GROW)) FAIL(fault_errno);
  if (length > 1 && fails(SHORT)) length /= 2;
  ssize_t done = offset < 0 ? syscall(SYS_write, fd, bytes, length) : syscall(SYS_pwrite64, fd, bytes, length, offset);
  if (done > 0) record('W', path, place, bytes, done);
  DONE(done);
}

ssize_t write(int fd, const void *bytes, size_t length) { return written(fd, bytes, length, -1); }
ssize_t pwrite(int fd, const void *bytes, size_t length, off_t offset) { return written(fd, bytes, length, offset); }
ssize_t pwrite64(int fd, const void *bytes, size_t length, off64_t offset) { return written(fd, bytes, length, offset); }
/** Only the first part: whoever calls goes on with the rest, as after any short write. */
ssize_t writev(int fd, const struct iovec *parts, int count) {
  if (path_of(fd) == NULL || count < 1) return syscall(SYS_writev, fd, parts, count);
  return written(fd, parts[0].iov_base, parts[0].iov_len, -1);
}

static ssize_t taken(int fd, void *bytes, size_t length, int64_t offset) {
  if (path_of(fd) != NULL) {
    pthread_mutex_lock(&lock);
    if (fails(READ)) FAIL(fault_errno);
    pthread_mutex_unlock(&lock);
  }
  return offset < 0 ? syscall(SYS_read, fd, bytes, length) : syscall(SYS_pread64, fd, bytes, length, offset);
}

ssize_t read(int fd, void *bytes, size_t length) { return taken(fd, bytes, length, -1); }
ssize_t pread(int fd, void *bytes, size_t length, off_t offset) { return taken(fd, bytes, length, offset); }
ssize_t pread64(int fd, void *bytes, size_t length, off64_t offset) { return taken(fd, bytes, length, offset); }

static int synced(int fd, long call) {
  const char *path = path_of(fd);
  if (path == NULL) return syscall(call, fd);
  pthread_mutex_lock(&lock);
  if (fails(SYNC)) FAIL(fault_errno);
  // Nobody cuts the power of this machine: what is recorded is enough.
  int done = log_fd < 0 ? 0 : syscall(call, fd);
  if (done == 0) record('F', path, 0, NULL, 0);
  DONE(done);
}

int fsync(int fd) { return synced(fd, SYS_fsync); }
int fdatasync(int fd) { return synced(fd, SYS_fdatasync); }

static int cut(int fd, off64_t length) {
  const char *path = path_of(fd);
  if (path == NULL) return syscall(SYS_ftruncate, fd, length);
  pthread_mutex_lock(&lock);
  if (fails(TRUNCATE)) FAIL(fault_errno);
  int done = syscall(SYS_ftruncate, fd, length);
  if (done == 0) record('T', path, length, NULL, 0);
  DONE(done);
}

int ftruncate(int fd, off_t length) { return cut(fd, length); }
int ftruncate64(int fd, off64_t length) { return cut(fd, length); }

int rename(const char *from, const char *to) {
  REAL(rename);
  if (!meant(to)) return real(from, to);
  pthread_mutex_lock(&lock);
  if (fails(NAME)) FAIL(fault_errno);
  int done = real(from, to);
  if (done == 0) record('R', from, 0, to, strlen(to));
  DONE(done);
}

int unlink(const char *path) {
  REAL(unlink);
  if (!meant(path)) return real(path);
  pthread_mutex_lock(&lock);
  if (fails(NAME)) FAIL(fault_errno);
  int done = real(path);
  if (done == 0) record('U', path, 0, NULL, 0);
  DONE(done);
}

int rmdir(const char *path) {
  REAL(rmdir);
  if (!meant(path)) return real(path);
  pthread_mutex_lock(&lock);
  int done = real(path);
  if (done == 0) record('U', path, 0, NULL, 0);
  DONE(done);
}

int mkdir(const char *path, mode_t mode) {
  REAL(mkdir);
  if (!meant(path)) return real(path, mode);
  pthread_mutex_lock(&lock);
  if (fails(CHANGE)) FAIL(fault_errno);
  if (fails(GROW)) FAIL(fault_errno);
  int done = real(path, mode);
  if (done == 0) record('D', path, 0, NULL, 0);
  DONE(done);
}
