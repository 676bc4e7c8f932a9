// SPDX-License-Identifier: Apache-2.0
// A process that the broker under test sees as a caller. It moves bytes for the
// runner and does what processes do: fork, exec, hand a connection over, exit.
// It speaks proto/assent/conformance/v1/caller.proto on descriptors 0 and 1 and
// knows nothing of the protocol under test. One loop; nothing in it blocks.
//
// cc -O1 -pthread -o caller caller.c
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include <grp.h>
#ifdef __linux__
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#else
#include <mach-o/dyld.h>
#define MSG_NOSIGNAL 0
#endif

enum { INPUT = 0, OUTPUT = 1, MOST_FRAME = 16 << 20, MOST_UNREAD = 4 << 20 };
static const char keep_name[] = "ASSENT_CALLER_KEEP";

static void give_up(const char *why) {
  fprintf(stderr, "assent-caller: %s\n", why);
  exit(70);
}

// Bytes that grow at their end and shrink at their front.

struct bytes {
  uint8_t *data;
  size_t start, end, room;
};

static void append(struct bytes *to, const void *data, size_t length) {
  if (to->start == to->end) to->start = to->end = 0;
  if (to->end + length > to->room) {
    to->room = 2 * (to->end + length);
    to->data = realloc(to->data, to->room);
    if (to->data == NULL) give_up("out of memory");
  }
  if (length > 0) memcpy(to->data + to->end, data, length);
  to->end += length;
}

static size_t left(const struct bytes *of) { return of->end - of->start; }

// Protobuf: what is written.

static void put_varint(struct bytes *to, uint64_t value) {
  uint8_t byte;
  do {
    byte = (value & 0x7f) | (value > 0x7f ? 0x80 : 0);
    append(to, &byte, 1);
  } while (value >>= 7);
}

static void put_number(struct bytes *to, int field, uint64_t value) {
  put_varint(to, field << 3);
  put_varint(to, value);
}

static void put_data(struct bytes *to, int field, const void *data, size_t length) {
  put_varint(to, field << 3 | 2);
  put_varint(to, length);
  append(to, data, length);
}

static struct bytes output;

enum event { STARTED = 2, DATA, CLOSED, DONE, FAILED };

static void tell(uint64_t id, enum event event, const void *value, size_t length) {
  struct bytes message = {0};
  put_number(&message, 1, id);
  put_data(&message, event, value, length);
  size_t size = left(&message);
  append(&output, (uint8_t[]){size >> 24, size >> 16, size >> 8, size}, 4);
  append(&output, message.data, size);
  free(message.data);
}

static void done(uint64_t id, pid_t new_pid) {
  struct bytes value = {0};
  put_number(&value, 1, new_pid);
  tell(id, DONE, value.data, left(&value));
  free(value.data);
}

static void fail(uint64_t id, const char *why) { tell(id, FAILED, why, strlen(why)); }

// The name of an error as the system writes it.
static const char *name_of(int error) {
  static const struct { int error; const char *name; } names[] = {
    {ECONNREFUSED, "ECONNREFUSED"}, {ECONNRESET, "ECONNRESET"}, {EPIPE, "EPIPE"},
    {ENOENT, "ENOENT"}, {EACCES, "EACCES"}, {EPERM, "EPERM"}, {EEXIST, "EEXIST"},
    {ENAMETOOLONG, "ENAMETOOLONG"}, {EMFILE, "EMFILE"}, {EADDRINUSE, "EADDRINUSE"},
    {ENOSYS, "ENOSYS"}, {ECHILD, "ECHILD"}, {EINVAL, "EINVAL"}, {ENOTSOCK, "ENOTSOCK"},
  };
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (names[i].error == error) return names[i].name;
  return strerror(error);
}

// Writes what fits, or everything.
static void flush(bool wait) {
  while (left(&output) > 0) {
    ssize_t sent = write(OUTPUT, output.data + output.start, left(&output));
    if (sent >= 0) output.start += sent;
    else if (errno == EAGAIN && wait) poll(&(struct pollfd){OUTPUT, POLLOUT, 0}, 1, -1);
    else if (errno == EAGAIN) return;
    else if (errno != EINTR) _exit(0);  // Nobody listens any more.
  }
}

// Protobuf: what is read. A message is its fields by number, the last of each.

struct span {
  const uint8_t *at, *end;
};

struct field {
  unsigned number, type;
  uint64_t value;
  struct span data;
};

static uint64_t varint(struct span *from) {
  uint64_t value = 0;
  for (unsigned shift = 0; from->at < from->end && shift < 64; shift += 7) {
    uint8_t byte = *from->at++;
    value |= (uint64_t)(byte & 0x7f) << shift;
    if (byte < 0x80) return value;
  }
  give_up("a command that cannot be read");
  return 0;
}

static bool next_field(struct span *from, struct field *field) {
  if (from->at == from->end) return false;
  uint64_t key = varint(from);
  *field = (struct field){.number = key >> 3, .type = key & 7, .value = varint(from)};
  if (field->type == 2 && field->value <= (size_t)(from->end - from->at)) {
    field->data = (struct span){from->at, from->at + field->value};
    from->at += field->value;
  } else if (field->type != 0) give_up("a command that cannot be read");
  return true;
}

enum { MOST_FIELDS = 8 };

static void read_fields(struct span from, struct field fields[MOST_FIELDS]) {
  struct field field;
  memset(fields, 0, MOST_FIELDS * sizeof *fields);
  while (next_field(&from, &field))
    if (field.number < MOST_FIELDS) fields[field.number] = field;
}

static char *text(struct span from) {
  return strndup(from.at == NULL ? "" : (const char *)from.at, from.end - from.at);
}

// What is polled besides input and output.

struct slot {
  enum { CONNECTING, CONNECTED, LISTENING, TAKING, PASSING, WAITING } kind;
  int fd;
  uint32_t number;    // Of the connection.
  uint64_t command;   // That this answers.
  bool paused, half_close, ended, gone;
  struct bytes out;
  struct sockaddr_un address;
  struct threads *threads;
  struct slot *next;
};

static struct slot *slots;

static struct slot *add(int kind, int fd, uint64_t command, uint32_t number) {
  struct slot *slot = calloc(1, sizeof *slot);
  if (slot == NULL) give_up("out of memory");
  slot->kind = kind;
  slot->fd = fd;
  slot->command = command;
  slot->number = number;
  slot->next = slots;
  return slots = slot;
}

static void drop(struct slot *slot) {
  if (slot->fd >= 0) close(slot->fd);
  slot->fd = -1;
  slot->gone = true;
}

static void sweep(void) {
  for (struct slot **at = &slots; *at != NULL;) {
    struct slot *slot = *at;
    if (!slot->gone) at = &slot->next;
    else {
      *at = slot->next;
      free(slot->out.data);
      free(slot);
    }
  }
}

static struct slot *find(uint64_t id, uint32_t number) {
  for (struct slot *slot = slots; slot != NULL; slot = slot->next)
    if (slot->kind == CONNECTED && slot->number == number && !slot->gone) return slot;
  if (id != 0) fail(id, "no such connection");
  return NULL;
}

static void closed(struct slot *slot, int error) {
  struct bytes value = {0};
  put_number(&value, 1, slot->number);
  if (error != 0) put_data(&value, 2, name_of(error), strlen(name_of(error)));
  tell(0, CLOSED, value.data, left(&value));
  free(value.data);
  drop(slot);
}

// Sockets.

static int new_socket(void) {
  int fd = socket(AF_UNIX, SOCK_STREAM, 0);
  if (fd >= 0) fcntl(fd, F_SETFD, FD_CLOEXEC);
  return fd;
}

static bool address_of(struct span path, struct sockaddr_un *address) {
  size_t length = path.end - path.at;
  *address = (struct sockaddr_un){.sun_family = AF_UNIX};
  bool fits = length > 0 && length < sizeof address->sun_path;
  if (fits) memcpy(address->sun_path, path.at, length);
  else errno = length == 0 ? ENOENT : ENAMETOOLONG;
  return fits;
}

// Waits for the other end; for sockets of the runner. -1: errno.
static int connect_now(struct span path) {
  struct sockaddr_un address;
  if (!address_of(path, &address)) return -1;
  int fd = new_socket();
  if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) == 0) return fd;
  int error = errno;
  close(fd);
  errno = error;
  return -1;
}

static void try_connect(struct slot *slot) {
  if (connect(slot->fd, (struct sockaddr *)&slot->address, sizeof slot->address) == 0) {
    slot->kind = CONNECTED;
    done(slot->command, 0);
  } else if (errno != EAGAIN && errno != EINTR) {
    fail(slot->command, name_of(errno));
    drop(slot);
  }
}

static void write_out(struct slot *slot) {
  while (left(&slot->out) > 0) {
    ssize_t sent = send(slot->fd, slot->out.data + slot->out.start, left(&slot->out),
                        MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent >= 0) slot->out.start += sent;
    else if (errno == EAGAIN) return;
    else if (errno != EINTR) {
      closed(slot, errno);
      return;
    }
  }
  if (slot->ended) closed(slot, 0);
  else if (slot->half_close) shutdown(slot->fd, SHUT_WR);
  slot->half_close = false;
}

static void read_in(struct slot *slot) {
  static uint8_t data[64 * 1024];
  ssize_t length = recv(slot->fd, data, sizeof data, MSG_DONTWAIT);
  if (length > 0) {
    struct bytes value = {0};
    put_number(&value, 1, slot->number);
    put_data(&value, 2, data, length);
    tell(0, DATA, value.data, left(&value));
    free(value.data);
  } else if (length == 0) {
    // What we were told to send is sent first.
    slot->ended = true;
    write_out(slot);
  } else if (errno != EAGAIN && errno != EINTR) closed(slot, errno);
}

// Handing a connection over: the one who takes it listens, takes one message
// with a descriptor and answers with a byte.

union rights {
  char room[CMSG_SPACE(sizeof(int))];
  struct cmsghdr align;
};

static void pass(uint64_t id, struct field *fields) {
  struct slot *slot = find(id, fields[1].value);
  if (slot == NULL) return;
  int to = connect_now(fields[2].data);
  if (to < 0) {
    fail(id, name_of(errno));
    return;
  }
  union rights rights = {0};
  struct iovec byte = {"+", 1};
  struct msghdr message = {.msg_iov = &byte, .msg_iovlen = 1, .msg_control = rights.room,
                           .msg_controllen = sizeof rights.room};
  struct cmsghdr *header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(sizeof(int));
  memcpy(CMSG_DATA(header), &slot->fd, sizeof(int));
  if (sendmsg(to, &message, MSG_NOSIGNAL) == 1) {
    slot->paused = true;
    add(PASSING, to, id, 0);
  } else {
    fail(id, name_of(errno));
    close(to);
  }
}

static void adopt(uint64_t id, struct field *fields) {
  struct sockaddr_un address;
  int fd = address_of(fields[2].data, &address) ? new_socket() : -1;
  if (fd >= 0 && bind(fd, (struct sockaddr *)&address, sizeof address) == 0 && listen(fd, 1) == 0) {
    add(LISTENING, fd, id, fields[1].value)->address = address;
    done(id, 0);
    return;
  }
  fail(id, name_of(errno));
  if (fd >= 0) close(fd);
}

static void take(struct slot *slot) {
  char byte;
  union rights rights = {0};
  struct iovec bytes = {&byte, 1};
  struct msghdr message = {.msg_iov = &bytes, .msg_iovlen = 1, .msg_control = rights.room,
                           .msg_controllen = sizeof rights.room};
  ssize_t length = recvmsg(slot->fd, &message, MSG_DONTWAIT);
  if (length < 0 && (errno == EAGAIN || errno == EINTR)) return;
  struct cmsghdr *header = length == 1 ? CMSG_FIRSTHDR(&message) : NULL;
  if (header != NULL && header->cmsg_type == SCM_RIGHTS) {
    int fd;
    memcpy(&fd, CMSG_DATA(header), sizeof fd);
    fcntl(fd, F_SETFD, FD_CLOEXEC);
    add(CONNECTED, fd, 0, slot->number);
    send(slot->fd, &byte, 1, MSG_NOSIGNAL);
  }
  drop(slot);
}

// Threads, each of which opens a connection and then stays.

struct threads {
  struct sockaddr_un address;
  uint32_t count, first, over;
  int error, tell;
  struct thread { struct threads *of; int fd, error; } each[];
};

static void *run_thread(void *given) {
  struct thread *thread = given;
  const struct sockaddr *address = (struct sockaddr *)&thread->of->address;
  thread->fd = new_socket();
  if (thread->fd < 0 || connect(thread->fd, address, sizeof thread->of->address) != 0)
    thread->error = errno;
  if (write(thread->of->tell, &thread, sizeof thread) < 0) give_up("a pipe that broke");
  while (pause() < 0) continue;
  return NULL;
}

static void start_threads(uint64_t id, struct field *fields) {
  uint32_t count = fields[1].value;
  struct sockaddr_un address;
  int ends[2];
  if (count == 0 || count > 4096) {
    fail(id, "1 to 4096 threads");
    return;
  }
  if (!address_of(fields[2].data, &address) || pipe(ends) != 0) {
    fail(id, name_of(errno));
    return;
  }
  fcntl(ends[0], F_SETFD, FD_CLOEXEC);
  fcntl(ends[1], F_SETFD, FD_CLOEXEC);
  struct threads *threads = calloc(1, sizeof *threads + count * sizeof *threads->each);
  if (threads == NULL) give_up("out of memory");
  *threads = (struct threads){address, count, fields[3].value, 0, 0, ends[1]};
  add(WAITING, ends[0], id, 0)->threads = threads;
  for (uint32_t i = 0; i < count; i++) {
    pthread_t thread;
    threads->each[i].of = threads;
    int error = pthread_create(&thread, NULL, run_thread, &threads->each[i]);
    if (error == 0) pthread_detach(thread);
    else {
      // It is over before it began.
      threads->each[i].fd = -1;
      threads->error = error;
      threads->over++;
    }
  }
}

static void thread_over(struct slot *slot) {
  struct threads *threads = slot->threads;
  struct thread *thread;
  if (read(slot->fd, &thread, sizeof thread) != sizeof thread) return;
  if (thread->error != 0) threads->error = thread->error;
  if (++threads->over < threads->count) return;
  for (uint32_t i = 0; i < threads->count; i++) {
    int fd = threads->each[i].fd;
    if (threads->error == 0) add(CONNECTED, fd, 0, threads->first + i);
    else if (fd >= 0) close(fd);
  }
  if (threads->error == 0) done(slot->command, 0);
  else fail(slot->command, name_of(threads->error));
  // The threads hold what they point to; it is never freed.
  close(threads->tell);
  drop(slot);
}

// What processes do.

static void start(void);

static void speak_plainly(int fd) { fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK); }

static pid_t fork_as(uint64_t pid) {
  if (pid == 0) return fork();
#ifdef __linux__
  // clone3 with struct clone_args: exit_signal, set_tid, set_tid_size.
  pid_t wanted = pid;
  uint64_t args[11] = {[4] = SIGCHLD, [8] = (uintptr_t)&wanted, [9] = 1};
  return syscall(435, args, sizeof args);
#else
  errno = ENOSYS;
  return -1;
#endif
}

static void fork_now(uint64_t id, struct field *fields) {
  bool orphan = fields[2].value != 0;
  int ends[2], error = 0, control = connect_now(fields[1].data);
  if (control < 0 || pipe(ends) != 0) {
    fail(id, name_of(errno));
    return;
  }
  flush(true);
  pid_t child = fork_as(orphan ? 0 : fields[3].value), between = child;
  if (child < 0) error = errno;
  if (child == 0 && orphan && (child = fork_as(fields[3].value)) != 0) {
    int told[2] = {child, errno};
    _exit(write(ends[1], told, sizeof told) < 0);
  }
  if (child == 0) {
    dup2(control, INPUT);
    dup2(control, OUTPUT);
    speak_plainly(INPUT);
    for (struct slot *slot = slots; slot != NULL; slot = slot->next) {
      if (slot->kind != CONNECTED) drop(slot);
      slot->out.start = slot->out.end = 0;
      slot->paused = true;
    }
    start();
  } else if (orphan && child > 0) {
    int told[2] = {-1, ECHILD};
    if (read(ends[0], told, sizeof told) < 0) told[0] = -1;
    waitpid(between, NULL, 0);
    child = told[0];
    error = told[1];
  }
  close(ends[0]);
  close(ends[1]);
  close(control);
  if (child > 0) done(id, child);
  else if (child < 0) fail(id, name_of(error));
}

static int own_executable(char *path, size_t room) {
#ifdef __linux__
  return readlink("/proc/self/exe", path, room);
#else
  uint32_t size = room;
  return _NSGetExecutablePath(path, &size) == 0 ? (int)strlen(path) : -1;
#endif
}

// A file's bytes in memory, without a name in any folder; -1: errno.
static int in_memory(const char *path) {
#ifdef __linux__
  static uint8_t data[64 * 1024];
  int from = open(path, O_RDONLY | O_CLOEXEC), to = memfd_create("caller", MFD_CLOEXEC);
  ssize_t length = from < 0 || to < 0 ? -1 : 1;
  while (length > 0 && (length = read(from, data, sizeof data)) > 0)
    if (write(to, data, length) != length) length = -1;
  if (from >= 0) close(from);
  return length < 0 ? -1 : to;
#else
  (void)path;
  errno = ENOSYS;
  return -1;
#endif
}

struct exec {
  char *path, **argv;
  size_t argc;
  struct bytes keep;
  bool foreign, memfd;
};

static struct exec read_exec(struct span from) {
  struct exec exec = {.argv = calloc(1, sizeof(char *))};
  struct field field;
  while (next_field(&from, &field)) {
    switch (field.number) {
      case 1:
      case 6:
        if (field.value > 0) exec.path = text(field.data);
        break;
      case 2:
        exec.argv = realloc(exec.argv, (exec.argc + 2) * sizeof(char *));
        exec.argv[exec.argc++] = text(field.data);
        exec.argv[exec.argc] = NULL;
        break;
      case 3:
        while (field.data.at < field.data.end) {
          uint32_t number = varint(&field.data);
          append(&exec.keep, &number, sizeof number);
        }
        if (field.type == 0) append(&exec.keep, &(uint32_t){field.value}, sizeof(uint32_t));
        break;
      case 4: exec.foreign = field.value; break;
      case 5: exec.memfd = field.value; break;
    }
  }
  return exec;
}

// Lets the kept connections through an exec, and says which they are.
static bool keep(uint64_t id, struct exec *exec) {
  struct bytes list = {0};
  const uint32_t *numbers = (const uint32_t *)exec->keep.data;
  for (size_t i = 0; i < left(&exec->keep) / sizeof *numbers; i++) {
    struct slot *slot = find(id, numbers[i]);
    if (slot == NULL) return false;
    if (left(&slot->out) > 0) {
      fail(id, "bytes for a kept connection are still unwritten");
      return false;
    }
    char entry[64];
    append(&list, entry, sprintf(entry, "%u:%d:%d,", slot->number, slot->fd, slot->paused));
    fcntl(slot->fd, F_SETFD, 0);
  }
  append(&list, "", 1);
  if (list.end > 1) setenv(keep_name, (char *)list.data, 1);
  free(list.data);
  return true;
}

static void exec_now(uint64_t id, struct span from) {
  struct exec exec = read_exec(from);
  char own[4096] = "/proc/self/exe", *path = exec.path;
  if (path == NULL) {
#ifndef __linux__
    own_executable(own, sizeof own - 1);
#endif
    path = own;
  }
  if (exec.argc == 0) exec.argv = (char *[]){path, NULL};
  if (!keep(id, &exec)) return;
  flush(true);
  int ends[2] = {-1, -1}, nothing = open("/dev/null", O_RDWR | O_CLOEXEC), memory = -1;
  if (exec.foreign) {
    for (int fd = INPUT; fd <= OUTPUT; fd++) {
      ends[fd] = fcntl(fd, F_DUPFD_CLOEXEC, 3);
      dup2(nothing, fd);
    }
    signal(SIGPIPE, SIG_DFL);
  }
  char link[64];
  if (exec.memfd && (memory = in_memory(path)) >= 0) {
    sprintf(link, "/proc/self/fd/%d", memory);
    path = link;
  }
  if (!exec.memfd || memory >= 0) execv(path, exec.argv);
  int error = errno;
  if (memory >= 0) close(memory);
  close(nothing);
  for (int fd = INPUT; exec.foreign && fd <= OUTPUT; fd++) {
    dup2(ends[fd], fd);
    close(ends[fd]);
  }
  signal(SIGPIPE, SIG_IGN);
  unsetenv(keep_name);
  for (struct slot *slot = slots; slot != NULL; slot = slot->next)
    if (slot->fd >= 0) fcntl(slot->fd, F_SETFD, FD_CLOEXEC);
  fail(id, name_of(error));
}

// The connections that came through an exec.
static void take_kept(void) {
  const char *at = getenv(keep_name);
  unsigned number, paused;
  int fd, length;
  while (at != NULL && sscanf(at, "%u:%d:%u,%n", &number, &fd, &paused, &length) == 3) {
    fcntl(fd, F_SETFD, FD_CLOEXEC);
    add(CONNECTED, fd, 0, number)->paused = paused;
    at += length;
  }
  unsetenv(keep_name);
}

static char *title_room;
static size_t title_size;

static void set_title(const char *title) {
#ifdef __linux__
  prctl(PR_SET_NAME, title);
#endif
  memset(title_room, 0, title_size);
  memcpy(title_room, title, strnlen(title, title_size - 1));
}

static void answer(uint64_t id, bool ok) {
  if (ok) done(id, 0);
  else fail(id, name_of(errno));
}

static void obey(struct span message) {
  struct field field, op = {0}, fields[MOST_FIELDS] = {{0}};
  uint64_t id = 0;
  while (next_field(&message, &field)) {
    if (field.number == 1) id = field.value;
    else op = field;
  }
  if (op.type == 2) read_fields(op.data, fields);
  struct slot *slot;
  switch (op.number) {
    case 2: {  // connect
      struct sockaddr_un address;
      int fd = address_of(fields[2].data, &address) ? new_socket() : -1;
      if (fd < 0) {
        fail(id, name_of(errno));
        return;
      }
      fcntl(fd, F_SETFL, O_NONBLOCK);
      slot = add(CONNECTING, fd, id, fields[1].value);
      slot->address = address;
      try_connect(slot);
      return;
    }
    case 3:  // send
      if ((slot = find(id, fields[1].value)) == NULL) return;
      append(&slot->out, fields[2].data.at, fields[2].data.end - fields[2].data.at);
      slot->half_close |= fields[3].value != 0;
      done(id, 0);
      write_out(slot);
      return;
    case 4:  // close
      if ((slot = find(id, op.value)) == NULL) return;
      done(id, 0);
      closed(slot, 0);
      return;
    case 5:  // pause
      if ((slot = find(id, fields[1].value)) == NULL) return;
      slot->paused = fields[2].value != 0;
      done(id, 0);
      return;
    case 6: fork_now(id, fields); return;
    case 7: exec_now(id, op.data); return;
    case 8: pass(id, fields); return;
    case 9: start_threads(id, fields); return;
    case 10: {  // title
      char *title = text(fields[1].data);
      set_title(title);
      free(title);
      done(id, 0);
      return;
    }
    case 11:  // exit
      flush(true);
      _exit(op.value);
    case 12: adopt(id, fields); return;
    case 13:  // hide
#ifdef __linux__
      answer(id, prctl(PR_SET_DUMPABLE, 0) == 0);
#else
      fail(id, name_of(ENOSYS));
#endif
      return;
    case 14: {  // reap
      pid_t child = waitpid(op.value, NULL, WNOHANG);
      if (child == 0) fail(id, "it runs");
      else answer(id, child > 0);
      return;
    }
    case 15: {  // user
      gid_t gid = fields[2].value;
      answer(id, setgroups(0, NULL) == 0 && setgid(gid) == 0 && setuid(fields[1].value) == 0);
      return;
    }
    default: fail(id, "an unknown command");
  }
}

// Reads no byte beyond the frame at hand: after an exec, the rest is the next program's.
static void read_commands(void) {
  static uint8_t *frame;
  static size_t have, room, need = 4;
  for (;;) {
    if (room < need && (frame = realloc(frame, room = need)) == NULL) give_up("out of memory");
    ssize_t length = read(INPUT, frame + have, need - have);
    if (length == 0) _exit(0);
    if (length < 0 && errno == EINTR) continue;
    if (length < 0) {
      if (errno == EAGAIN) return;
      _exit(0);
    }
    have += length;
    if (have < need) continue;
    if (need == 4) {
      need += (uint32_t)frame[0] << 24 | frame[1] << 16 | frame[2] << 8 | frame[3];
      if (need > MOST_FRAME) give_up("a command that is too long");
      if (need > 4) continue;
    }
    struct span message = {frame + 4, frame + need};
    have = 0;
    need = 4;
    obey(message);
  }
}

static bool is_utf8(const uint8_t *at, const uint8_t *end) {
  while (at < end) {
    uint8_t lead = *at++;
    int more = lead < 0x80 ? 0 : lead >= 0xc2 && lead < 0xe0 ? 1 : (lead & 0xf0) == 0xe0 ? 2
             : lead >= 0xf0 && lead < 0xf5 ? 3 : -1;
    if (more < 0 || more > end - at) return false;
    // Overlong forms, surrogates, beyond the last code point.
    if ((lead == 0xe0 && *at < 0xa0) || (lead == 0xed && *at > 0x9f) ||
        (lead == 0xf0 && *at < 0x90) || (lead == 0xf4 && *at > 0x8f))
      return false;
    for (; more > 0; more--)
      if ((*at++ & 0xc0) != 0x80) return false;
  }
  return true;
}

static void start(void) {
  char path[4096];
  int length = own_executable(path, sizeof path);
  struct bytes value = {0};
  put_number(&value, 1, getpid());
  if (length > 0)
    put_data(&value, is_utf8((uint8_t *)path, (uint8_t *)path + length) ? 2 : 4, path, length);
  put_data(&value, 3, "c", 1);
  tell(0, STARTED, value.data, left(&value));
  free(value.data);
}

static short wanted(const struct slot *slot) {
  if (slot->kind == CONNECTING) return 0;
  if (slot->kind != CONNECTED) return POLLIN;
  bool reads = !slot->paused && !slot->ended && left(&output) < MOST_UNREAD;
  return (reads ? POLLIN : 0) | (left(&slot->out) > 0 ? POLLOUT : 0);
}

static void serve(struct slot *slot) {
  char byte;
  switch (slot->kind) {
    case CONNECTING: try_connect(slot); return;
    case CONNECTED:
      if (left(&slot->out) > 0) write_out(slot);
      if (!slot->gone && wanted(slot) & POLLIN) read_in(slot);
      return;
    case LISTENING: {
      int fd = accept(slot->fd, NULL, NULL);
      if (fd < 0) return;
      fcntl(fd, F_SETFD, FD_CLOEXEC);
      unlink(slot->address.sun_path);
      add(TAKING, fd, slot->command, slot->number);
      drop(slot);
      return;
    }
    case TAKING: take(slot); return;
    case PASSING:
      if (recv(slot->fd, &byte, 1, MSG_DONTWAIT) == 1) done(slot->command, 0);
      else fail(slot->command, "the other did not take it");
      drop(slot);
      return;
    case WAITING: thread_over(slot); return;
  }
}

int main(int argc, char **argv) {
  title_room = argv[0];
  title_size = argv[argc - 1] + strlen(argv[argc - 1]) + 1 - argv[0];
  signal(SIGPIPE, SIG_IGN);
  speak_plainly(INPUT);
  speak_plainly(OUTPUT);
  take_kept();
  start();
  struct pollfd *polled = NULL;
  for (;;) {
    size_t count = 2, at = 2;
    bool connecting = false;
    for (struct slot *slot = slots; slot != NULL; slot = slot->next) count++;
    if ((polled = realloc(polled, count * sizeof *polled)) == NULL) give_up("out of memory");
    polled[0] = (struct pollfd){INPUT, POLLIN, 0};
    polled[1] = (struct pollfd){left(&output) > 0 ? OUTPUT : -1, POLLOUT, 0};
    for (struct slot *slot = slots; slot != NULL; slot = slot->next) {
      short events = wanted(slot);
      connecting |= slot->kind == CONNECTING;
      // Without a wish the end of a connection would be told again and again.
      polled[at++] = (struct pollfd){events == 0 ? -1 : slot->fd, events, 0};
    }
    // A full backlog gives no sign when there is room again.
    if (poll(polled, count, connecting ? 5 : -1) < 0 && errno != EINTR) give_up("poll");
    at = 2;
    for (struct slot *slot = slots, *next; slot != NULL; slot = next) {
      bool ready = polled[at++].revents != 0 || slot->kind == CONNECTING;
      next = slot->next;
      if (ready && !slot->gone) serve(slot);
    }
    if (polled[0].revents != 0) read_commands();
    sweep();
    flush(false);
  }
}
