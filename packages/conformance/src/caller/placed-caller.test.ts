// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, readlinkSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { startCaller } from "./caller-process.ts";
import { callerPath, withCaller } from "./native-caller.fixture.ts";
import { deepFolder, placeCopy, startAt } from "./placed-caller.ts";

let folder: string;

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "assent-placed-")));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const bytes = (...parts: (string | number)[]) =>
  Buffer.concat(
    parts.map((part) =>
      typeof part === "string" ? Buffer.from(part) : Buffer.from([part]),
    ),
  );

withCaller("a caller at an odd path", () => {
  const names: Readonly<Record<string, string | Buffer>> = {
    "newline, ESC and BEL": "a\nb\u001b[31m\u0007",
    "a newline at its end": "a\n",
    "bidirectional marks and zero width": "a\u202eexe.\u2066b\u200b",
    "bytes that are not UTF-8": bytes("a", 0xff, 0xfe, "b"),
    "an overlong form": bytes("a", 0xc0, 0xaf),
    "a lone surrogate": bytes("a", 0xed, 0xa0, 0x80),
    "no UTF-8 and a newline at its end": bytes(0x80, "\n"),
    "quotes, dollars and spaces": "a '\"$(id)`\\ ",
  };
  for (const [what, name] of Object.entries(names)) {
    it(`has ${what} in its path, byte by byte`, async () => {
      const path = placeCopy(callerPath, { folder, name });
      const caller = await startCaller(startAt(callerPath, path));
      try {
        expect(path.subarray(folder.length + 1).equals(Buffer.from(name))).toBe(
          true,
        );
        expect(caller.executableBytes.equals(path)).toBe(true);
        const exe = readlinkSync(`/proc/${caller.pid}/exe`, "buffer");
        expect(exe.equals(path)).toBe(true);
      } finally {
        caller.kill();
      }
    });
  }

  it("lies in a folder whose name is not UTF-8 either", async () => {
    const odd = bytes(`${folder}/`, 0xff);
    const path = placeCopy(callerPath, { folder: odd, name: "caller" });
    expect(path.equals(bytes(`${folder}/`, 0xff, "/caller"))).toBe(true);
    const caller = await startCaller(startAt(callerPath, path));
    expect(caller.executableBytes.equals(path)).toBe(true);
    caller.kill();
  });

  for (const length of [300, 1000, 4000, 4095]) {
    it(`has a path of ${length} bytes`, async () => {
      const place = {
        folder: deepFolder(folder, "tail", length),
        name: "tail",
      };
      const path = placeCopy(callerPath, place);
      expect(path).toHaveLength(length);
      const caller = await startCaller(startAt(callerPath, path));
      expect(caller.executableBytes.equals(path)).toBe(true);
      caller.kill();
    });
  }
});
