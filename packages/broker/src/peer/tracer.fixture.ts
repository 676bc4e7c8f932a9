// SPDX-License-Identifier: Apache-2.0
// Attaches to a process as a debugger does, without stopping it, and says what
// came of it: 0, or the error's number.
import koffi from "koffi";

const seize = 0x4206;
const ptrace = koffi.load(null).func("long ptrace(long, int, void *, void *)");
const result = Number(ptrace(seize, Number(process.argv[2]), null, null));
// Before anything else makes a system call.
const errno = result === 0 ? 0 : koffi.errno();
process.stdout.write(`${JSON.stringify({ errno })}\n`);
process.stdin.on("close", () => process.exit(0)).resume();
