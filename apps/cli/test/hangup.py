# SPDX-License-Identifier: Apache-2.0
# Runs a command on a terminal of its own, and closes that terminal once the
# command says it is running. Prints what it ended with.
import os
import pty
import signal
import sys

pid, terminal = pty.fork()
if pid == 0:
    os.execv(sys.argv[1], sys.argv[1:])
seen = b""
while b"Assent is running" not in seen:
    seen += os.read(terminal, 4096)
if os.environ.get("BEFORE_HANGUP") == "reload":
    os.kill(pid, signal.SIGHUP)
    while b"settings were read again" not in seen:
        seen += os.read(terminal, 4096)
os.close(terminal)
_, status = os.waitpid(pid, 0)
print("ended", os.waitstatus_to_exitcode(status))
