// SPDX-License-Identifier: Apache-2.0
// Connects to argv[1], starts a sibling that shares its memory and so keeps it
// alive, and on the first byte received runs another program.
#define _GNU_SOURCE
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static char stack[65536];

static int sleep_on(void *unused) {
  (void)unused;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  for (;;) pause();
}

int main(int argc, char **argv) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  char byte;
  int connection = socket(AF_UNIX, SOCK_STREAM, 0);
  if (argc < 2) return 1;
  strncpy(address.sun_path, argv[1], sizeof address.sun_path - 1);
  if (connect(connection, (struct sockaddr *)&address, sizeof address)) return 1;
  if (clone(sleep_on, stack + sizeof stack, CLONE_VM | SIGCHLD, 0) < 0) return 1;
  if (read(connection, &byte, 1) != 1) return 1;
  execl("/bin/sh", "sh", "-c", "echo '{}'; exec sleep 1000", (char *)0);
  return 1;
}
