# SPDX-License-Identifier: Apache-2.0
"""A Unix socket that is its user's alone, and that replaces none that lives (CHN-002 to -004)."""

import errno
import fcntl
import os
import socket
import stat
import sys


def listen(path):
    """SystemExit says why not."""
    folder = os.path.dirname(path)
    os.makedirs(folder, mode=0o700, exist_ok=True)
    found = os.lstat(folder)
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o077:
        sys.exit("The endpoint's folder must be a folder of yours with mode 0700.")
    # Held until we end, so that of two that start at once one gives way.
    flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        fcntl.flock(os.open(f"{path}.lock", flags, 0o600), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        sys.exit("Another broker is running.")
    remove_stale(path)
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    before = os.umask(0o177)
    try:
        listening.bind(path)
    finally:
        os.umask(before)
    listening.listen(128)
    return listening


def remove_stale(path):
    """Removes a socket that nobody listens at; leaves anything else, links too."""
    try:
        if not stat.S_ISSOCK(os.lstat(path).st_mode):
            sys.exit("There is something else at the endpoint's path.")
    except FileNotFoundError:
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        if probe.connect_ex(path) != errno.ECONNREFUSED:
            sys.exit("Another broker is running.")
    os.unlink(path)
