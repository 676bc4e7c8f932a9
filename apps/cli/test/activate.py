# SPDX-License-Identifier: Apache-2.0
"""A service manager as systemd is one, as far as sockets go: it opens what it
is told to, keeps it, and starts a program with it.

    activate.py KIND PATH MODE NAMES PROGRAM ...

Lines on stdin: start, stop, kill. Says "ended N" once the program has ended.
"""

import os
import signal
import socket
import sys

kind, path, mode, names, *program = sys.argv[1:]
unix, stream = socket.AF_UNIX, socket.SOCK_STREAM


def at_path(family_type: int, listens: bool = True) -> socket.socket:
    made = socket.socket(unix, family_type)
    made.bind(path)
    os.chmod(path, int(mode, 8))
    if listens:
        made.listen()
    return made


def tcp() -> socket.socket:
    made = socket.socket(socket.AF_INET, stream)
    made.bind(("127.0.0.1", 0))
    made.listen()
    return made


def abstract() -> socket.socket:
    made = socket.socket(unix, stream)
    made.bind("\0" + path)
    made.listen()
    return made


makers = {
    "stream": lambda: at_path(stream),
    "foreign": lambda: at_path(stream),
    "silent": lambda: at_path(stream, listens=False),
    "packets": lambda: at_path(socket.SOCK_SEQPACKET),
    "tcp": tcp,
    "abstract": abstract,
    "nothing": lambda: None,
}
held = makers[kind]()
if kind == "foreign":
    os.chown(path, 65534, 65534)
child = 0
print("listening", flush=True)
for line in sys.stdin:
    if line == "start\n":
        child = os.fork()
        if child == 0:
            os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
            if held is not None:
                os.dup2(held.fileno(), 3)
                os.set_inheritable(3, True)
            count = len(names.split(":"))
            os.environ.update(
                LISTEN_PID=str(os.getpid()),
                LISTEN_FDS=str(count),
                LISTEN_FDNAMES=names,
            )
            os.execv(program[0], program)
    elif line != "wait\n":
        os.kill(child, signal.SIGTERM if line == "stop\n" else signal.SIGKILL)
    if line != "start\n":
        _, status = os.waitpid(child, 0)
        print("ended", os.waitstatus_to_exitcode(status), flush=True)
