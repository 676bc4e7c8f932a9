# SPDX-License-Identifier: Apache-2.0
"""Who is at the other end of a connection, as the kernel tells it (Linux)."""

import os
import select
import socket
import struct

SO_PEERPIDFD = 77
PAGE_ENTRY = 8


class Process:
    """One image of one process: exec makes another, of the same file too (PRC-005)."""

    def __init__(self, pid, pidfd, folder, start):
        self.pid, self.pidfd, self.folder, self.start = pid, pidfd, folder, start
        self.path, self.executable, self.image = None, None, None
        self.unfit = None
        self.connections = set()

    @property
    def identified(self):
        return self.image is not None

    def state(self):
        """"same", "changed" or "exited"; looked at anew for every call (PRC-012)."""
        if self.unfit is None:
            changed = self.identified and not self._same_image()
            # Last: while it lives, its pid is no other's, so all above was its own.
            self.unfit = "exited" if exited(self.pidfd) else "changed" if changed else None
        return self.unfit or "same"

    def _same_image(self):
        try:
            # The file answers nothing any more once the image is gone.
            return self.executable == executable_of(self.folder) and bool(
                os.pread(self.image, PAGE_ENTRY, 0)
            )
        except OSError:
            return False

    def close(self):
        for held in (self.pidfd, self.folder, self.image):
            if held is not None:
                os.close(held)
        self.image = None


def exited(pidfd):
    poll = select.poll()
    poll.register(pidfd, select.POLLIN)
    return bool(poll.poll(0))


def executable_of(folder):
    found = os.stat("exe", dir_fd=folder)
    return found.st_dev, found.st_ino


def read_stat(folder):
    """State, parent and start time. The name before them may hold anything, so count from its end."""
    with open(os.open("stat", os.O_RDONLY, dir_fd=folder), "rb") as file:
        fields = file.read().rpartition(b")")[2].split()
    return fields[0].decode(), int(fields[1]), int(fields[19])


def identify(connection):
    """The process that connected, or None: another user, not visible here, or gone (PRC-001, PRC-009)."""
    size = struct.calcsize("3i")
    pid, uid, _ = struct.unpack(
        "3i", connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, size)
    )
    if uid != os.getuid() or pid <= 0:
        return None
    opened = []
    try:
        opened.append(peer_pidfd(connection, pid))
        opened.append(os.open(f"/proc/{pid}", os.O_RDONLY | os.O_DIRECTORY))
        process = Process(pid, *opened, read_stat(opened[1])[2])
    except (OSError, ValueError):
        for held in opened:
            os.close(held)
        return None
    try:
        process.path = os.readlink(b"exe", dir_fd=process.folder)
        process.executable = executable_of(process.folder)
        process.image = os.open("pagemap", os.O_RDONLY, dir_fd=process.folder)
        if not process._same_image():
            process.unfit = "changed"
    except OSError:
        process.image = None
    if exited(process.pidfd):
        process.close()
        return None
    return process


def peer_pidfd(connection, pid):
    """A handle that is this process and never the next one with its pid."""
    try:
        raw = connection.getsockopt(socket.SOL_SOCKET, SO_PEERPIDFD, 4)
        return struct.unpack("i", raw)[0]
    except OSError:
        # Before Linux 6.5: its pid may have become another's since it connected.
        return os.pidfd_open(pid)


class Processes:
    """Those that are known, so that all connections of one are one caller (PRC-008)."""

    def __init__(self, on_end):
        self._known = {}
        self._on_end = on_end

    def of(self, connection):
        """Its process, the one known already if it is the same; None: refuse it."""
        found = identify(connection)
        if found is None:
            return None
        key = found.pid, found.start
        known = self._known.get(key)
        if known is not None and known.state() == "same" and known.identified:
            found.close()
            return known
        if known is not None:
            self._on_end(known)
        self._known[key] = found
        return found

    def ancestors(self, process):
        """Known processes that started it, the nearest first."""
        found, at = [], process.pid
        for _ in range(64):
            try:
                folder = os.open(f"/proc/{at}", os.O_RDONLY | os.O_DIRECTORY)
                try:
                    at = read_stat(folder)[1]
                finally:
                    os.close(folder)
            except (OSError, ValueError):
                break
            found += [one for (pid, _), one in self._known.items() if pid == at]
        return found

    def forget(self, process):
        key = process.pid, process.start
        if self._known.get(key) is process:
            del self._known[key]
