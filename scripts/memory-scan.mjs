// SPDX-License-Identifier: Apache-2.0
// Counts copies of a secret and of the password in the memory of a running
// broker, before and after a lock: a figure to know, not a gate. What it means
// is in SECURITY.md, under "Limits". Needs root: nobody else can look there.
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { closeSync, openSync, readFileSync, readSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createHome, lineOf } from "./assent-home.mjs";

const program = fileURLToPath(
  new URL("../examples/deploy.mjs", import.meta.url),
);
const password = `password-${randomBytes(12).toString("hex")}`;
const secret = `secret-${randomBytes(12).toString("hex")}`;
const chunkBytes = 16 * 1024 * 1024;

if (process.getuid?.() !== 0) {
  console.log("memory-scan: NOT RUN, it needs root: sudo npm run memory-scan");
  process.exit(0);
}

const home = createHome({ password });
try {
  const broker = home.startBroker();
  await lineOf(broker, "is running");
  const report = (moment) => {
    const counts = scan(broker.pid, { secret, password });
    console.log(
      `${moment.padEnd(34)} secret ${String(counts.secret).padStart(3)}, password ${String(counts.password).padStart(3)}`,
    );
  };
  console.log("copies in the broker's memory:");
  report("nothing was done yet");
  await home.assent(["account", "create", "Personal"], "");
  await home.assent(["integration", "on"], "");
  await home.assent(["vault", "create", "Dev"], "");
  await home.assent(
    ["item", "create", "Dev", "GitHub", "--field", "token", "--stdin"],
    `${secret}\n`,
  );
  report("an item was created");
  const reading = home.start([program, "assent://Dev/GitHub/token", "--wait"], {
    env: home.environment(),
    stdin: "pipe",
  });
  await home.approve(await home.nextPrompt());
  await lineOf(reading, "waiting");
  report("before lock: unlocked, and read");
  await home.assent(["lock"]);
  report("after lock");
  for (let call = 0; call < 20; call += 1) await home.assent(["status"]);
  report("after lock, and twenty other calls");
  reading.stdin.end("\n");
  if (reading.exitCode === null) await once(reading, "close");
} finally {
  await home.remove();
}

/** How often each text is in the memory of a process, as it is or in base64. */
function scan(pid, texts) {
  const memory = openSync(join("/proc", `${pid}`, "mem"), "r");
  const wanted = Object.entries(texts).map(([name, text]) => ({
    name,
    forms: [
      Buffer.from(text),
      // Without its end, which depends on what follows.
      Buffer.from(Buffer.from(text).toString("base64").slice(0, -4)),
      Buffer.from(text, "utf16le"),
    ],
  }));
  const counts = Object.fromEntries(wanted.map(({ name }) => [name, 0]));
  const longest = 256;
  const chunk = Buffer.alloc(chunkBytes + longest);
  for (const [start, end] of writableRanges(pid)) {
    for (let at = start; at < end; at += chunkBytes) {
      const length = Math.min(chunk.length, end - at);
      let read = 0;
      try {
        read = readSync(memory, chunk, 0, length, at);
      } catch {
        // Not backed by memory.
        continue;
      }
      for (const { name, forms } of wanted) {
        for (const form of forms) {
          counts[name] += occurrences(chunk.subarray(0, read), form);
        }
      }
    }
  }
  closeSync(memory);
  return counts;
}

/** Beginnings within the chunk itself; what begins in its overlap is the next one's. */
function occurrences(bytes, form) {
  let count = 0;
  let at = bytes.indexOf(form);
  while (at >= 0 && at < chunkBytes) {
    count += 1;
    at = bytes.indexOf(form, at + 1);
  }
  return count;
}

function writableRanges(pid) {
  return readFileSync(`/proc/${pid}/maps`, "latin1")
    .split("\n")
    .flatMap((line) => {
      const [, from, to] = /^([0-9a-f]+)-([0-9a-f]+) rw/.exec(line) ?? [];
      return from === undefined
        ? []
        : [[Number.parseInt(from, 16), Number.parseInt(to, 16)]];
    });
}
