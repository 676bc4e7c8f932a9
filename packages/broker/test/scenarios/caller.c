// SPDX-License-Identifier: Apache-2.0
// A program for tests that does to processes and sockets what Node cannot. It
// knows nothing of the protocol but where an HTTP/1.1 answer ends: what to send
// comes in hexadecimal. It has one connection, obeys one command a line of
// descriptor 3, and answers each with one line. Where a command forks and "goes
// on in the child", it is the child that obeys from then on.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

enum { commands = 3, most_words = 32, most_bytes = 1 << 17 };

static int connection = -1;
static char *title;
static size_t title_room;
static char line[most_bytes], bytes[most_bytes];
static char sibling_stack[1 << 16];

static void say(int failed) {
  if (failed) dprintf(1, "error %d\n", errno);
  else dprintf(1, "ok\n");
}

static void say_child(void) { dprintf(1, "child %d\n", getpid()); }

// One byte at a time: whoever obeys next finds the next line where it is.
static int read_line(void) {
  for (size_t length = 0; length < sizeof line - 1;) {
    if (read(commands, line + length, 1) != 1) return 0;
    if (line[length++] == '\n') {
      line[length - 1] = 0;
      return 1;
    }
  }
  return 0;
}

static struct sockaddr_un address_of(const char *path) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  strncpy(address.sun_path, path, sizeof address.sun_path - 1);
  return address;
}

static int connected_to(const char *path) {
  struct sockaddr_un address = address_of(path);
  // Not closed by an exec.
  int made = socket(AF_UNIX, SOCK_STREAM, 0);
  if (connect(made, (struct sockaddr *)&address, sizeof address) == 0) return made;
  int reason = errno;
  close(made);
  errno = reason;
  return -1;
}

static int send_hex(int to, const char *hex) {
  size_t length = strlen(hex) / 2;
  for (size_t i = 0; i < length; i++) {
    unsigned value;
    sscanf(hex + 2 * i, "%2x", &value);
    bytes[i] = (char)value;
  }
  return send(to, bytes, length, MSG_NOSIGNAL) == (ssize_t)length ? 0 : -1;
}

// "STATUS BODY" with the body in hexadecimal, or "closed".
static void receive(void) {
  size_t length = 0, wanted = 0;
  const char *body = NULL;
  while (body == NULL || length < wanted) {
    ssize_t more = read(connection, bytes + length, sizeof bytes - 1 - length);
    if (more <= 0) {
      dprintf(1, "closed\n");
      return;
    }
    length += (size_t)more;
    bytes[length] = 0;
    if (body == NULL && (body = strstr(bytes, "\r\n\r\n")) != NULL) {
      const char *header = strcasestr(bytes, "\r\ncontent-length:");
      body += 4;
      wanted = (size_t)(body - bytes);
      if (header != NULL) wanted += strtoul(header + 17, NULL, 10);
    }
  }
  dprintf(1, "%.3s ", bytes + 9);
  for (const char *at = body; at < bytes + wanted; at++) dprintf(1, "%02x", (unsigned char)*at);
  dprintf(1, "\n");
}

// Another process holds the connection, and says when it is closed, and how
// many bytes came before.
static void keep(void) {
  pid_t keeper = fork();
  if (keeper != 0) {
    dprintf(1, "kept %d\n", keeper);
    return;
  }
  long came = 0;
  for (ssize_t more; (more = read(connection, bytes, sizeof bytes)) > 0;) came += more;
  dprintf(1, "lost %ld\n", came);
  _exit(0);
}

static void become_child(int parent_stays) {
  pid_t parent = getpid();
  if (fork() > 0) {
    // Its children are never waited for.
    while (parent_stays) pause();
    _exit(0);
  }
  while (!parent_stays && getppid() == parent) usleep(100);
}

static void decoy(char **program) {
  int running[2];
  char byte;
  if (pipe2(running, O_CLOEXEC) != 0) return say(1);
  if (fork() > 0) {
    execv(program[0], program);
    _exit(1);
  }
  close(running[1]);
  // Ends when the parent has become the other program.
  if (read(running[0], &byte, 1) < 0) return say(1);
  close(running[0]);
  say_child();
}

// A child with a chosen process id; 0: any.
static void spawn(char **words) {
  pid_t wanted = atoi(words[0]);
  struct clone_args args = {.exit_signal = SIGCHLD};
  if (wanted > 0) {
    args.set_tid = (uintptr_t)&wanted;
    args.set_tid_size = 1;
  }
  pid_t child = (pid_t)syscall(SYS_clone3, &args, sizeof args);
  if (child < 0) return say(1);
  if (words[1] != NULL) {
    if (child == 0) {
      execv(words[1], words + 1);
      _exit(1);
    }
    dprintf(1, "child %d\n", child);
  } else if (child == 0) {
    say_child();
  } else {
    waitpid(child, NULL, 0);
    dprintf(1, "ended\n");
  }
}

static void become(char *program) {
  char number[16];
  snprintf(number, sizeof number, "%d", connection);
  execv(program, (char *[]){program, number, NULL});
  say(1);
}

static int sleep_on(void *unused) {
  (void)unused;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  while (pause()) continue;
  return 0;
}

static int pass(const char *path, int descriptor) {
  int to;
  while ((to = connected_to(path)) < 0) usleep(100);
  char byte = 0, room[CMSG_SPACE(sizeof(int))] = {0};
  struct iovec part = {&byte, 1};
  struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = room, .msg_controllen = sizeof room};
  struct cmsghdr *rights = CMSG_FIRSTHDR(&message);
  rights->cmsg_level = SOL_SOCKET;
  rights->cmsg_type = SCM_RIGHTS;
  rights->cmsg_len = CMSG_LEN(sizeof(int));
  memcpy(CMSG_DATA(rights), &descriptor, sizeof descriptor);
  int failed = sendmsg(to, &message, 0) < 0;
  close(to);
  return failed;
}

static int take(const char *path) {
  struct sockaddr_un address = address_of(path);
  int listening = socket(AF_UNIX, SOCK_STREAM, 0), taken = -1;
  if (bind(listening, (struct sockaddr *)&address, sizeof address) || listen(listening, 1)) return -1;
  int from = accept(listening, NULL, NULL);
  char byte, room[CMSG_SPACE(sizeof(int))];
  struct iovec part = {&byte, 1};
  struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = room, .msg_controllen = sizeof room};
  if (recvmsg(from, &message, 0) == 1 && CMSG_FIRSTHDR(&message) != NULL)
    memcpy(&taken, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof taken);
  close(from);
  close(listening);
  return taken;
}

// PR_SET_MM_EXE_FILE: makes /proc/PID/exe name another file. The kernel allows
// it once nothing of the old file is mapped: so each part is put into memory of
// its own, at the same address.
static int disguise(const char *path) {
  char self[4096] = {0};
  struct { char *from, *to; int protection; } parts[32];
  int count = 0;
  if (readlink("/proc/self/exe", self, sizeof self - 1) < 0) return -1;
  FILE *maps = fopen("/proc/self/maps", "r");
  for (char row[8192]; fgets(row, sizeof row, maps) != NULL && count < 32;) {
    char mode[5], *file = strchr(row, '/');
    if (file == NULL) continue;
    file[strcspn(file, "\n")] = 0;
    if (strcmp(file, self) != 0) continue;
    sscanf(row, "%p-%p %4s", (void **)&parts[count].from, (void **)&parts[count].to, mode);
    parts[count++].protection = (mode[0] == 'r') | (mode[1] == 'w') << 1 | (mode[2] == 'x') << 2;
  }
  fclose(maps);
  struct prctl_mm_map map = {.exe_fd = (uint32_t)open(path, O_RDONLY | O_CLOEXEC)};
  unsigned long long v[52] = {0};
  FILE *stat = fopen("/proc/self/stat", "r");
  char row[8192];
  if (fgets(row, sizeof row, stat) == NULL) return -1;
  fclose(stat);
  char *at = strrchr(row, ')') + 4;
  for (int i = 4; i < 52; i++) v[i] = strtoull(at, &at, 10);
  map.start_code = v[26], map.end_code = v[27], map.start_stack = v[28];
  map.start_data = v[45], map.end_data = v[46], map.start_brk = v[47];
  map.arg_start = v[48], map.arg_end = v[49], map.env_start = v[50], map.env_end = v[51];
  map.brk = (uintptr_t)sbrk(0);
  for (int i = 0; i < count; i++) {
    size_t length = (size_t)(parts[i].to - parts[i].from);
    void *copy = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    memcpy(copy, parts[i].from, length);
    mprotect(copy, length, parts[i].protection);
    mremap(copy, length, length, MREMAP_MAYMOVE | MREMAP_FIXED, parts[i].from);
  }
  return prctl(PR_SET_MM, PR_SET_MM_MAP, &map, sizeof map, 0);
}

// Processes that come, ask, and go, one after the other.
static void swarm(const char *path, int count, const char *hex) {
  int served = 0;
  for (int i = 0; i < count; i++) {
    int status;
    pid_t child = fork();
    if (child == 0) {
      int made = connected_to(path);
      _exit(made < 0 || send_hex(made, hex) || read(made, bytes, 1) != 1);
    }
    if (waitpid(child, &status, 0) == child && status == 0) served++;
  }
  dprintf(1, "served %d\n", served);
}

static void obey(char **w) {
  const char *what = w[0];
  if (!strcmp(what, "connect")) say((connection = connected_to(w[1])) < 0);
  else if (!strcmp(what, "send")) say(send_hex(connection, w[1]));
  else if (!strcmp(what, "receive")) receive();
  else if (!strcmp(what, "keep")) keep();
  // Goes on in the child; the parent stays, and is silent.
  else if (!strcmp(what, "fork")) become_child(1), say_child();
  // Goes on in the child; the parent is gone.
  else if (!strcmp(what, "leave")) become_child(0), say_child();
  else if (!strcmp(what, "daemonise")) become_child(0), setsid(), become_child(0), say_child();
  // Goes on in the child; the parent is another program.
  else if (!strcmp(what, "decoy")) decoy(w + 1);
  // Another file of this program, or the same: it goes on with the connection.
  else if (!strcmp(what, "exec")) become(w[1]);
  // Goes on in the child until that ends; with a program, the child is that.
  else if (!strcmp(what, "spawn")) spawn(w + 1);
  // A process that shares this memory.
  else if (!strcmp(what, "sibling")) say(clone(sleep_on, sibling_stack + sizeof sibling_stack, CLONE_VM | SIGCHLD, 0) < 0);
  else if (!strcmp(what, "name")) say(prctl(PR_SET_NAME, w[1]));
  else if (!strcmp(what, "title")) memset(title, 0, title_room), strncpy(title, w[1], title_room - 1), say(0);
  else if (!strcmp(what, "disguise")) say(disguise(w[1]));
  else if (!strcmp(what, "dumpable")) say(prctl(PR_SET_DUMPABLE, atoi(w[1])));
  else if (!strcmp(what, "user")) say(setresuid(atoi(w[1]), atoi(w[1]), atoi(w[1])));
  else if (!strcmp(what, "pass")) say(pass(w[1], connection));
  else if (!strcmp(what, "take")) say((connection = take(w[1])) < 0);
  else if (!strcmp(what, "wait")) { while (access(w[1], F_OK)) usleep(100); say(0); }
  else if (!strcmp(what, "swarm")) swarm(w[1], atoi(w[2]), w[3]);
  else if (!strcmp(what, "exit")) _exit(0);
  else dprintf(1, "unknown %s\n", what);
}

static int run(int argc, char **argv) {
  if (argc > 0) {
    title = argv[0];
    title_room = (size_t)(argv[argc - 1] + strlen(argv[argc - 1]) - argv[0]) + 1;
  }
  if (argc > 1) connection = atoi(argv[1]);
  dprintf(1, "ready %d\n", getpid());
  while (read_line()) {
    char *words[most_words + 1] = {0};
    int count = 0;
    for (char *word = strtok(line, " "); word && count < most_words; word = strtok(NULL, " ")) words[count++] = word;
    if (count > 0) obey(words);
  }
  return 0;
}

#ifdef INJECTED
// As a library that is loaded into another program.
__attribute__((constructor)) static void start(int argc, char **argv) { _exit(run(argc, argv)); }
#else
int main(int argc, char **argv) { return run(argc, argv); }
#endif
