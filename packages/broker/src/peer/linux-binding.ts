// SPDX-License-Identifier: Apache-2.0
import { constants } from "node:os";
import type * as Koffi from "koffi";
import type { PeerBinding } from "./binding.ts";
import { SystemCallError } from "./system-error.ts";

// From the kernel's headers; the same on every architecture we support.
const solSocket = 1;
const soPeerCredentials = 17;
const soPeerPidfd = 77;
const soType = 3;
const soListens = 30;
const soDomain = 39;
const stream = 1;
const unix = 1;
const pidfdOpenCall = 434;
const pollIn = 1;
const statxDontSync = 0x4000;
const statxInode = 0x100;
const lockExclusiveNoWait = 2 | 4;
const prSetDumpable = 4;
const prSetNoNewPrivileges = 38;
const rlimitCore = 4;
const clockBootTime = 7;
const clockTicks = 2;

/**
 * The system calls through koffi. `null` loads the symbols of the running
 * process, so glibc and musl are the same to us. Buffers are kept between
 * calls: everything here is synchronous, nothing is re-entered.
 *
 * @throws when a symbol is missing.
 */
export function createLinuxBinding(koffi: typeof Koffi): PeerBinding {
  const libc = koffi.load(null);
  const getsockopt = libc.func(
    "int getsockopt(int, int, int, void *, _Inout_ uint32_t *)",
  );
  const getsockname = libc.func(
    "int getsockname(int, void *, _Inout_ uint32_t *)",
  );
  const syscall = libc.func("long syscall(long, ...)");
  const poll = libc.func("int poll(void *, unsigned long, int)");
  const statx = libc.func(
    "int statx(int, const char *, int, uint32_t, void *)",
  );
  const pread = libc.func("long pread(int, void *, size_t, long)");
  const readlinkat = libc.func(
    "long readlinkat(int, const char *, void *, size_t)",
  );
  const flock = libc.func("int flock(int, int)");
  const prctl = libc.func("int prctl(int, ...)");
  const setrlimit = libc.func("int setrlimit(int, void *)");
  const clockGettime = libc.func("int clock_gettime(int, void *)");
  const sysconf = libc.func("long sysconf(int)");

  const option = Buffer.alloc(12);
  const optionLength = [0];
  const status = Buffer.alloc(256);
  const one = Buffer.alloc(8);
  const link = Buffer.alloc(4096);
  const time = Buffer.alloc(16);
  const onePoll = Buffer.alloc(8);

  const failed = (call: string) => new SystemCallError(call, koffi.errno());
  // A signal that a handler of ours takes says nothing about the process looked
  // at. Each turn takes one, so this ends.
  const uninterrupted = (call: () => number): number => {
    let result = call();
    while (result < 0 && koffi.errno() === constants.errno.EINTR) {
      result = call();
    }
    return result;
  };
  const control = (option: number, value: number) => {
    const rest = ["ulong", 0, "ulong", 0, "ulong", 0];
    if (prctl(option, "ulong", value, ...rest) !== 0) throw failed("prctl");
  };
  const readOption = (
    socket: number,
    name: number,
    length: number,
    call: string,
  ) => {
    optionLength[0] = length;
    if (getsockopt(socket, solSocket, name, option, optionLength) !== 0) {
      throw failed(call);
    }
  };

  return {
    ticksPerSecond: Number(sysconf(clockTicks)),
    peerCredentials(socket) {
      readOption(socket, soPeerCredentials, 12, "SO_PEERCRED");
      return { pid: option.readInt32LE(0), userId: option.readUInt32LE(4) };
    },
    peerPidfd(socket) {
      readOption(socket, soPeerPidfd, 4, "SO_PEERPIDFD");
      return option.readInt32LE(0);
    },
    openPidfd(pid) {
      const pidfd = Number(syscall(pidfdOpenCall, "int", pid, "uint", 0));
      if (pidfd < 0) throw failed("pidfd_open");
      return pidfd;
    },
    hasEnded(pidfd) {
      onePoll.writeInt32LE(pidfd, 0);
      onePoll.writeInt32LE(pollIn, 4);
      // Every answer, an error too, means that it cannot be trusted to live.
      return uninterrupted(() => poll(onePoll, 1, 0)) !== 0;
    },
    haveEnded(pidfds) {
      if (pidfds.length === 0) return [];
      const list = Buffer.alloc(8 * pidfds.length);
      pidfds.forEach((pidfd, index) => {
        list.writeInt32LE(pidfd, 8 * index);
        list.writeInt32LE(pollIn, 8 * index + 4);
      });
      const looked = uninterrupted(() => poll(list, pidfds.length, 0));
      if (looked < 0) throw failed("poll");
      return pidfds.map((_, index) => list.readInt16LE(8 * index + 6) !== 0);
    },
    fileKey(directory, name) {
      if (statx(directory, name, statxDontSync, statxInode, status) !== 0) {
        throw failed("statx");
      }
      // stx_dev_major, stx_dev_minor, then both halves of stx_ino.
      return `${status.readUInt32LE(0x88)}:${status.readUInt32LE(0x8c)}:${status.readUInt32LE(0x24)}:${status.readUInt32LE(0x20)}`;
    },
    answers: (descriptor, length) =>
      uninterrupted(() => Number(pread(descriptor, one, length, 0))) > 0,
    readLink(directory, name) {
      const length = Number(readlinkat(directory, name, link, link.length));
      if (length < 0) throw failed("readlinkat");
      return new Uint8Array(link.subarray(0, length));
    },
    tryLock(descriptor) {
      if (flock(descriptor, lockExclusiveNoWait) === 0) return true;
      if (koffi.errno() === constants.errno.EWOULDBLOCK) return false;
      throw failed("flock");
    },
    listeningPath(descriptor) {
      try {
        const is = (name: number, value: number) => {
          readOption(descriptor, name, 4, "getsockopt");
          return option.readInt32LE(0) === value;
        };
        if (!is(soDomain, unix) || !is(soType, stream) || !is(soListens, 1)) {
          return undefined;
        }
      } catch {
        return undefined;
      }
      const address = Buffer.alloc(128);
      const length = [address.length];
      if (getsockname(descriptor, address, length) !== 0) return undefined;
      // After the family, up to the zero that ends it; an abstract name begins with one.
      const path = address.subarray(2, length[0]);
      const end = path.indexOf(0);
      return path.toString("utf8", 0, end < 0 ? path.length : end) || undefined;
    },
    forbidInspection: () => control(prSetDumpable, 0),
    forbidNewRights: () => control(prSetNoNewPrivileges, 1),
    forbidCoreFiles() {
      if (setrlimit(rlimitCore, Buffer.alloc(16)) !== 0) {
        throw failed("setrlimit");
      }
    },
    bootTimeMs() {
      if (clockGettime(clockBootTime, time) !== 0)
        throw failed("clock_gettime");
      return (
        Number(time.readBigInt64LE(0)) * 1000 +
        Math.floor(time.readUInt32LE(8) / 1e6)
      );
    },
  };
}
